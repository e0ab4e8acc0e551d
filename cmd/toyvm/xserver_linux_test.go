package main

import (
	"bufio"
	"image"
	"image/color"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"
	"github.com/stretchr/testify/require"
)

// An xServer is an X server without a screen to see, and a user in front of it.
type xServer struct {
	t       *testing.T
	display string
	conn    *xgb.Conn
	root    xproto.Window
	format  xproto.Format // of pictures
}

// startX starts the server.
func startX(t *testing.T) *xServer {
	t.Helper()
	const program = "/usr/bin/Xvfb"
	needs(t, "xvfb", program)
	r, w, err := os.Pipe()
	require.NoError(t, err)
	defer r.Close()
	cmd := exec.Command(program, "-displayfd", "3", "-screen", "0", "1024x768x24", "-nolisten", "tcp")
	cmd.ExtraFiles = []*os.File{w}
	require.NoError(t, cmd.Start())
	w.Close()
	t.Cleanup(func() {
		cmd.Process.Signal(os.Interrupt)
		cmd.Wait()
	})
	number, err := bufio.NewReader(r).ReadString('\n')
	require.NoError(t, err, "the number of the display")

	xgb.Logger.SetOutput(io.Discard) // it tells that it gives no password
	x := &xServer{t: t, display: ":" + strings.TrimSpace(number)}
	x.conn, err = xgb.NewConnDisplay(x.display)
	require.NoError(t, err)
	t.Cleanup(x.conn.Close)
	require.NoError(t, xtest.Init(x.conn))
	setup := xproto.Setup(x.conn)
	screen := setup.DefaultScreen(x.conn)
	x.root = screen.Root
	for _, f := range setup.PixmapFormats {
		if f.Depth == screen.RootDepth {
			x.format = f
		}
	}
	return x
}

// window waits for a window with a title that begins so.
func (x *xServer) window(title string) (w xproto.Window) {
	x.t.Helper()
	x.eventually("a window "+title, func() bool {
		tree, err := xproto.QueryTree(x.conn, x.root).Reply()
		require.NoError(x.t, err)
		for _, w = range tree.Children {
			if strings.HasPrefix(x.title(w), title) {
				return true
			}
		}
		return false
	})
	return w
}

func (x *xServer) title(w xproto.Window) string {
	reply, err := xproto.GetProperty(x.conn, false, w, xproto.AtomWmName, xproto.GetPropertyTypeAny, 0, 64).Reply()
	if err != nil {
		return ""
	}
	return string(reply.Value)
}

// close asks a window to close, as its frame does.
func (x *xServer) close(w xproto.Window) {
	atom := func(name string) xproto.Atom {
		reply, err := xproto.InternAtom(x.conn, false, uint16(len(name)), name).Reply()
		require.NoError(x.t, err)
		return reply.Atom
	}
	event := xproto.ClientMessageEvent{
		Format: 32, Window: w, Type: atom("WM_PROTOCOLS"),
		Data: xproto.ClientMessageDataUnionData32New([]uint32{uint32(atom("WM_DELETE_WINDOW")), 0, 0, 0, 0}),
	}
	require.NoError(x.t, xproto.SendEventChecked(x.conn, false, w, xproto.EventMaskNoEvent, string(event.Bytes())).Check())
}

// eventually waits for a condition, longer than it ever takes.
func (x *xServer) eventually(what string, holds func() bool) {
	x.t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if holds() {
			return
		}
	}
	x.t.Fatalf("no %s", what)
}

// look is longer than a window takes to look at keys and mouse.
const look = 50 * time.Millisecond

// press presses keys together, by their codes in Linux, which X counts from 8,
// and releases them.
func (x *xServer) press(keys ...byte) {
	for _, key := range keys {
		x.fake(xproto.KeyPress, key+8)
		time.Sleep(look)
	}
	for i := range keys {
		x.fake(xproto.KeyRelease, keys[len(keys)-1-i]+8)
	}
	time.Sleep(look)
}

// fake does what the user does.
func (x *xServer) fake(event, detail byte) {
	require.NoError(x.t, xtest.FakeInputChecked(x.conn, event, detail, 0, x.root, 0, 0, 0).Check())
}

// clickUntil clicks until that has done what it has to: of two clicks soon
// after each other, a window on a busy host sees one.
func (x *xServer) clickUntil(button byte, done func() bool) {
	x.t.Helper()
	x.eventually("effect of the mouse", func() bool {
		x.fake(xproto.ButtonPress, button)
		time.Sleep(look)
		x.fake(xproto.ButtonRelease, button)
		time.Sleep(look)
		return done()
	})
}

// move moves the mouse, which begins in the middle of the screen.
func (x *xServer) move(dx, dy int16) {
	const relative = 1
	require.NoError(x.t, xtest.FakeInputChecked(x.conn, xproto.MotionNotify, relative, 0, x.root, dx, dy, 0).Check())
	time.Sleep(look)
}

// picture is what is to see in a window.
func (x *xServer) picture(w xproto.Window) image.Image {
	x.t.Helper()
	g, err := xproto.GetGeometry(x.conn, xproto.Drawable(w)).Reply()
	require.NoError(x.t, err)
	reply, err := xproto.GetImage(x.conn, xproto.ImageFormatZPixmap, xproto.Drawable(w), 0, 0, g.Width, g.Height, 1<<32-1).Reply()
	require.NoError(x.t, err)
	m := image.NewRGBA(image.Rect(0, 0, int(g.Width), int(g.Height)))
	dot, pad := int(x.format.BitsPerPixel)/8, int(x.format.ScanlinePad)/8
	line := (m.Rect.Max.X*dot + pad - 1) / pad * pad
	for y := range m.Rect.Max.Y {
		for i := range m.Rect.Max.X {
			p := reply.Data[y*line+i*dot:]
			m.SetRGBA(i, y, color.RGBA{R: p[2], G: p[1], B: p[0], A: 0xff})
		}
	}
	return m
}
