package main

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jezek/xgb/xproto"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/roms/demo"
)

// Keys by their codes in Linux.
const (
	code7     = 8
	codeQ     = 16
	codeEnter = 28
	codeCtrl  = 29
	codeAlt   = 56
	codeA     = 30
	codeS     = 31
	codeL     = 38
	codeC     = 46
	codeB     = 48
	codeP     = 25
	codeF12   = 88
)

// buildWindow builds the program with its window.
func buildWindow(t *testing.T) string {
	t.Helper()
	needs(t, "xvfb", "/usr/bin/Xvfb")
	needs(t, "libgl1-mesa-dev", "/usr/include/GL/gl.h")
	for pkg, header := range map[string]string{
		"libx11-dev": "Xlib.h", "libxcursor-dev": "Xcursor/Xcursor.h", "libxi-dev": "extensions/XInput2.h",
		"libxinerama-dev": "extensions/Xinerama.h", "libxrandr-dev": "extensions/Xrandr.h", "libxxf86vm-dev": "extensions/xf86vmode.h",
	} {
		needs(t, pkg, "/usr/include/X11/"+header)
	}
	needs(t, "libasound2-dev", "/usr/include/alsa/asoundlib.h")
	path := filepath.Join(t.TempDir(), "toyvm")
	out, err := exec.Command("go", "build", "-tags", "window", "-o", path, ".").CombinedOutput()
	require.NoError(t, err, string(out))
	return path
}

// A windowRun is the program with a window on an X server.
type windowRun struct {
	*xServer
	cmd    *exec.Cmd
	dir    string
	window xproto.Window
}

func (x *xServer) run(program string, args ...string) *windowRun {
	x.t.Helper()
	r := &windowRun{xServer: x, dir: x.t.TempDir()}
	r.cmd = exec.Command(program, append([]string{"run"}, args...)...)
	r.cmd.Dir = r.dir
	r.cmd.Env = append(os.Environ(), "DISPLAY="+x.display, "LIBGL_ALWAYS_SOFTWARE=1")
	var errs bytes.Buffer
	r.cmd.Stderr = &errs
	require.NoError(x.t, r.cmd.Start())
	t := x.t
	t.Cleanup(func() {
		r.cmd.Process.Kill()
		r.cmd.Wait()
		if t.Failed() {
			t.Log(errs.String())
		}
	})
	r.window = x.window("toyvm")
	return r
}

// file waits for a text in a file of the run, and returns what is in it.
func (r *windowRun) file(name, want string) (text string) {
	r.t.Helper()
	r.eventually(fmt.Sprintf("%q in %s", want, name), func() bool {
		data, _ := os.ReadFile(filepath.Join(r.dir, name))
		text = string(data)
		return strings.Contains(text, want)
	})
	return text
}

// titled waits for a title.
func (r *windowRun) titled(part string) {
	r.t.Helper()
	r.eventually("title with "+part, func() bool { return strings.Contains(r.title(r.window), part) })
}

// status is what the program ends with.
func (r *windowRun) status() int {
	r.cmd.Wait()
	return r.cmd.ProcessState.ExitCode()
}

// showsThePicture tells whether the window shows what the machine says that it
// shows, which is paused for that.
func (r *windowRun) showsThePicture(size image.Point) {
	r.t.Helper()
	r.press(codeCtrl, codeAlt, codeP)
	r.titled("paused")
	r.press(codeCtrl, codeAlt, codeC)
	var want image.Image
	r.eventually("screenshot", func() bool {
		files, err := filepath.Glob(filepath.Join(r.dir, "*.png"))
		require.NoError(r.t, err)
		if len(files) == 0 {
			return false
		}
		file, err := os.Open(files[0])
		require.NoError(r.t, err)
		defer file.Close()
		if want, err = png.Decode(file); err != nil { // it is being written
			return false
		}
		return os.Remove(files[0]) == nil
	})
	assert.Equal(r.t, size, want.Bounds().Size())
	r.eventually("window with the machine's picture", func() bool { return equalImages(want, r.picture(r.window)) })
	r.press(codeCtrl, codeAlt, codeP)
}

func equalImages(a, b image.Image) bool {
	if a.Bounds() != b.Bounds() {
		return false
	}
	for y := range a.Bounds().Max.Y {
		for x := range a.Bounds().Max.X {
			r, g, bl, _ := a.At(x, y).RGBA()
			if r2, g2, bl2, _ := b.At(x, y).RGBA(); r != r2 || g != g2 || bl != bl2 {
				return false
			}
		}
	}
	return true
}

func TestWindow(t *testing.T) {
	program := buildWindow(t)
	x := startX(t)

	t.Run("it shows the machine's picture", func(t *testing.T) {
		x.t = t
		r := x.run(program, "--serial", "file:com1")
		r.file("com1", "> ")
		r.showsThePicture(image.Pt(720, 400))
		for _, key := range []byte{50, 24, 32, 18, 57, 2, 4, 28} { // mode 13
			r.press(key)
		}
		r.file("com1", "A key ends it.")
		r.showsThePicture(image.Pt(640, 400))
		x.close(r.window)
		assert.Zero(t, r.status())
	})

	t.Run("typing reaches the guest", func(t *testing.T) {
		x.t = t
		r := x.run(program, "--serial", "file:com1", guestImage(t, "keyboard.img", floppy))
		r.file("com1", "READY")
		r.press(42, 35) // H
		r.file("com1", "2348")
		r.press(68) // F10
		assert.Equal(t, 0x10<<1|1, r.status(), "from the guest")
	})

	t.Run("every key has its scan code", func(t *testing.T) {
		x.t = t
		r := x.run(program, "--serial", "file:com1", "--trace", "io", "--trace-file", "trace")
		r.file("com1", "> ")
		var want []string
		for _, k := range boardKeys() {
			r.press(k.code)
			if k.code == codeF12 { // the menu's
				r.titled("Esc")
				r.press(k.code)
				r.titled("F12")
			}
			want = append(want, k.scanCodes...)
		}
		r.press(codeEnter) // ends what Pause began
		r.press(codeEnter) // and what was typed
		r.press(code7)
		r.file("com1", "> 7")
		r.press(codeCtrl, codeAlt, codeQ)
		assert.Zero(t, r.status())
		got := scanned(r.file("trace", ""))
		require.GreaterOrEqual(t, len(got), len(want))
		// On a busy host the next key may be down before this one is seen to be up.
		assert.ElementsMatch(t, want, got[:len(want)])
	})

	t.Run("no key stays down when the focus goes", func(t *testing.T) {
		x.t = t
		r := x.run(program, "--serial", "file:com1")
		r.file("com1", "> ")
		r.fake(xproto.KeyPress, codeA+8)
		r.file("com1", "> a")
		require.NoError(t, xproto.SetInputFocusChecked(x.conn, xproto.InputFocusNone, xproto.InputFocusNone, 0).Check())
		time.Sleep(300 * time.Millisecond)
		before := r.file("com1", "")
		time.Sleep(time.Second) // in which a key that is down repeats
		assert.Equal(t, before, r.file("com1", ""))
		r.fake(xproto.KeyRelease, codeA+8)
		require.NoError(t, xproto.SetInputFocusChecked(x.conn, xproto.InputFocusNone, r.window, 0).Check())
	})

	t.Run("the menu saves the machine and goes back", func(t *testing.T) {
		x.t = t
		disk := filepath.Join(t.TempDir(), "demo.img")
		require.NoError(t, os.WriteFile(disk, demo.Image, 0o644))
		require.NoError(t, os.Truncate(disk, floppy))
		r := x.run(program, "--serial", "file:com1", disk)
		r.file("com1", "> ")
		r.press(codeA)
		r.file("com1", "> a")
		r.press(codeCtrl, codeAlt, codeS)
		r.titled("Esc")
		r.press(codeEnter)
		r.titled("F12")
		r.press(codeB)
		r.file("com1", "> ab")
		r.press(codeCtrl, codeAlt, codeL)
		r.titled("Esc")
		r.press(codeEnter)
		r.titled("F12")
		r.press(codeC)
		r.file("com1", "> abc")
		r.press(codeEnter)
		r.file("com1", `"ac" is no command`)
	})

	t.Run("the mouse is the guest's after a click", func(t *testing.T) {
		x.t = t
		r := x.run(program, "--serial", "file:com1", guestImage(t, "mouse.img", floppy))
		r.file("com1", "READY")
		r.clickUntil(1, func() bool { return strings.Contains(r.title(r.window), "Ctrl+Alt") })
		r.clickUntil(1, func() bool { return strings.Contains(r.file("com1", ""), "09 00 00") })
		x.move(30, -20)
		r.file("com1", " 1E 14")
		r.press(codeCtrl, codeAlt)
		r.titled("F12")
		r.clickUntil(1, func() bool { return strings.Contains(r.title(r.window), "Ctrl+Alt") })
		r.clickUntil(3, func() bool { return strings.Contains(r.file("com1", ""), "DONE") })
		assert.Equal(t, 0x10<<1|1, r.status(), "from the guest")
	})
}

// scanned is what the guest has read from the keyboard since Esc, key by key,
// but for the answers to commands.
func scanned(trace string) (codes []string) {
	prefix := ""
	for line := range strings.Lines(trace) {
		_, code, found := strings.Cut(strings.TrimSpace(line), "io in  0060 -> ")
		if !found {
			continue
		}
		code = prefix + strings.TrimSuffix(code, " i8042")
		switch {
		case codes == nil && code != "01", code == "fa":
		case code == "e0", code == "e1", len(code) == 4 && code[:2] == "e1":
			prefix = code
		default:
			codes, prefix = append(codes, code), ""
		}
	}
	return codes
}

// A boardKey is a key by its code in Linux, with what it sends.
type boardKey struct {
	code      byte
	scanCodes []string
}

// boardKeys are the keys of a board with 104 keys and one more to the left of
// Z. Linux counts the first as the XT did.
func boardKeys() (keys []boardKey) {
	add := func(code byte, prefix string, scanCode byte) {
		keys = append(keys, boardKey{code, []string{fmt.Sprintf("%s%02x", prefix, scanCode), fmt.Sprintf("%s%02x", prefix, scanCode|0x80)}})
	}
	for code := byte(1); code <= 88; code++ {
		if code != 84 && code != 85 { // there are none
			add(code, "", code)
		}
	}
	for _, k := range []struct{ code, scanCode byte }{
		{96, 0x1c}, {97, 0x1d}, {98, 0x35}, {100, 0x38}, {102, 0x47}, {103, 0x48}, {104, 0x49}, {105, 0x4b}, {106, 0x4d},
		{107, 0x4f}, {108, 0x50}, {109, 0x51}, {110, 0x52}, {111, 0x53}, {125, 0x5b}, {126, 0x5c}, {127, 0x5d},
	} {
		add(k.code, "e0", k.scanCode)
	}
	return append(keys,
		boardKey{99, []string{"e02a", "e037", "e0b7", "e0aa"}}, // Print Screen
		boardKey{119, []string{"e11d45", "e19dc5"}},            // Pause
	)
}
