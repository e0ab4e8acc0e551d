package roms

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

const qemu = "qemu-system-i386"

// deadline bounds one run of a guest on a busy host.
const deadline = 60 * time.Second

// guest is a machine under test: a QEMU isapc with our ROMs, COM1 captured and
// a monitor to press keys on.
type guest struct {
	t       *testing.T
	cmd     *exec.Cmd
	monitor net.Conn
	com1    io.Writer

	mu     sync.Mutex
	serial strings.Builder
}

// firmware puts the ROMs to run into dir, where QEMU is started and looks for
// bios.bin and for vgabios.bin, which it offers to the firmware through
// fw_cfg. With TOYVM_TEST_BIOS set, that BIOS and QEMU's own VGA BIOS run
// instead: what the guests expect can so be checked against other firmware.
func firmware(t *testing.T, dir string) []string {
	if bios := os.Getenv("TOYVM_TEST_BIOS"); bios != "" {
		return []string{"-bios", bios}
	}
	write(t, filepath.Join(dir, "bios.bin"), BIOS)
	write(t, filepath.Join(dir, "vgabios.bin"), VGABIOS)
	return nil
}

func write(t *testing.T, path string, data []byte) string {
	t.Helper()
	if err := os.WriteFile(path, data, 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// start runs QEMU. The guest is stopped at the end of the test.
func start(t *testing.T, args ...string) *guest {
	t.Helper()
	requireTool(t, qemu)
	dir := t.TempDir()
	socket := filepath.Join(dir, "monitor")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	base := []string{
		"-M", "isapc", "-cpu", "486", "-m", "16", "-nodefaults", "-display", "none",
		"-device", "isa-vga", "-device", "isa-debug-exit,iobase=0x501,iosize=2",
		"-serial", "stdio", "-chardev", "socket,id=monitor,path=" + socket, "-mon", "monitor",
	}
	base = append(base, firmware(t, dir)...)
	g := &guest{t: t, cmd: exec.Command(qemu, append(base, args...)...)}
	g.cmd.Dir = dir
	var stderr bytes.Buffer
	g.cmd.Stderr = &stderr
	stdout, err := g.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if g.com1, err = g.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := g.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		g.cmd.Process.Kill()
		g.cmd.Wait()
		if t.Failed() && stderr.Len() > 0 {
			t.Log(stderr.String())
		}
	})
	go func() {
		buffer := make([]byte, 4096)
		for {
			n, err := stdout.Read(buffer)
			g.mu.Lock()
			g.serial.Write(buffer[:n])
			g.mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	listener.(*net.UnixListener).SetDeadline(time.Now().Add(deadline))
	if g.monitor, err = listener.Accept(); err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	go io.Copy(io.Discard, g.monitor)
	t.Cleanup(func() { g.monitor.Close() })
	return g
}

// output returns what the guest has sent so far.
func (g *guest) output() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return strings.ReplaceAll(g.serial.String(), "\r", "")
}

// waitFor waits until the guest has sent text.
func (g *guest) waitFor(text string) {
	g.t.Helper()
	for end := time.Now().Add(deadline); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if strings.Contains(g.output(), text) {
			return
		}
	}
	g.t.Fatalf("no %q from the guest:\n%s", text, g.output())
}

// command gives a command to QEMU's monitor.
func (g *guest) command(format string, args ...any) {
	g.t.Helper()
	if _, err := fmt.Fprintf(g.monitor, format+"\n", args...); err != nil {
		g.t.Fatal(err)
	}
}

// run boots a guest that reports its checks, and fails for each that failed.
func run(t *testing.T, args ...string) {
	t.Helper()
	g := start(t, args...)
	g.finish()
}

// finish waits for the end of the guest and judges its reports.
func (g *guest) finish() {
	t := g.t
	t.Helper()
	g.waitFor("DONE\n")
	passed := 0
	for _, line := range strings.Split(g.output(), "\n") {
		switch {
		case strings.HasPrefix(line, "FAIL "):
			t.Error(line)
		case strings.Contains(line, "PASS "):
			passed++
		}
	}
	if passed == 0 {
		t.Errorf("no check passed:\n%s", g.output())
	}
}

// image returns the path of a scratch copy of a committed guest, extended to
// size bytes. The marks are written over it.
func image(t *testing.T, name string, size int, marks ...mark) string {
	t.Helper()
	return write(t, filepath.Join(t.TempDir(), name), imageData(t, name, size, marks...))
}

type mark struct {
	at   int
	text string
}

func imageData(t *testing.T, name string, size int, marks ...mark) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	data = append(data, make([]byte, size-len(data))...)
	for _, m := range marks {
		copy(data[m.at:], m.text)
	}
	return data
}

func floppy(path string) []string {
	return []string{"-drive", "if=floppy,format=raw,file=" + path, "-boot", "a"}
}

func disk(path string) []string {
	return []string{"-drive", "if=ide,format=raw,file=" + path, "-boot", "c"}
}

func cdrom(path string) []string {
	return []string{"-drive", "if=ide,index=2,media=cdrom,format=raw,file=" + path, "-boot", "d"}
}

const (
	floppySize = 1440 << 10
	diskSize   = 20 << 20
)

func TestSystemServices(t *testing.T) {
	run(t, floppy(image(t, "system.img", floppySize))...)
}

func TestFloppy(t *testing.T) {
	run(t, floppy(image(t, "floppy.img", floppySize))...)
}

// TestFloppySizes boots from every format that the board knows.
func TestFloppySizes(t *testing.T) {
	for _, kib := range []int{160, 180, 320, 360, 720, 1200, 2880} {
		t.Run(fmt.Sprint(kib, " KiB"), func(t *testing.T) {
			run(t, floppy(image(t, "protected.img", kib<<10))...)
		})
	}
}

// diskGuest returns a disk of size bytes that boots the disk guest.
func diskGuest(t *testing.T, size int64) string {
	t.Helper()
	path := image(t, "disk.img", 4096, mark{440, string(binary.LittleEndian.AppendUint32(nil, uint32(size/512)))})
	if err := os.Truncate(path, size); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestHardDisk runs on a disk that needs no translation of its geometry, and
// on larger ones.
func TestHardDisk(t *testing.T) {
	for _, size := range []int64{diskSize, 600 << 20, 5 << 30, 100 << 30} {
		t.Run(fmt.Sprint(size>>20, " MiB"), func(t *testing.T) {
			run(t, disk(diskGuest(t, size))...)
		})
	}
}

func TestCDROM(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cd.iso")
	write(t, path, elTorito(0, 4, imageData(t, "cdrom.img", 2048)))
	run(t, cdrom(path)...)
}

// The emulated drives read a mark from cylinder 1, head 1, sector 3.
func TestEmulatedFloppy(t *testing.T) {
	data := imageData(t, "emulated.img", floppySize, mark{((1*2+1)*18 + 2) * 512, "MARK"})
	path := filepath.Join(t.TempDir(), "cd.iso")
	write(t, path, elTorito(2, 1, data))
	run(t, cdrom(path)...)
}

func TestEmulatedDisk(t *testing.T) {
	// One partition that ends at cylinder 9, head 3, sector 63.
	const heads, sectors = 4, 63
	data := imageData(t, "emulated.img", 10*heads*sectors*512,
		mark{((1*heads+1)*sectors + 2) * 512, "MARK"},
		mark{446, "\x80\x01\x01\x00\x01\x03\x3f\x09\x3f\x00\x00\x00\x99\x09\x00\x00"})
	path := filepath.Join(t.TempDir(), "cd.iso")
	write(t, path, elTorito(4, 1, data))
	run(t, cdrom(path)...)
}

// elTorito makes a CD image with a boot catalog: media type, sectors to load
// and boot image as given.
func elTorito(media byte, count byte, boot []byte) []byte {
	const sector = 2048
	iso := make([]byte, 20*sector)
	primary := iso[16*sector:]
	copy(primary, "\x01CD001\x01")
	record := iso[17*sector:]
	copy(record, "\x00CD001\x01EL TORITO SPECIFICATION")
	record[0x47] = 19
	copy(iso[18*sector:], "\xffCD001\x01")
	catalog := iso[19*sector:]
	copy(catalog, "\x01\x00")
	copy(catalog[0x1c:], "\xaa\x55\x55\xaa")
	copy(catalog[0x20:], []byte{0x88, media, 0, 0, 0, 0, count, 0, 20})
	iso = append(iso, boot...)
	return append(iso, make([]byte, -len(iso)&(sector-1))...)
}

func TestVideo(t *testing.T) {
	run(t, floppy(image(t, "video.img", floppySize))...)
}

// TestKeyboard presses keys and compares what INT 16h/10h makes of them: scan
// code and character, shift states (INT 16h/12h), and BDA 96h with the lights.
func TestKeyboard(t *testing.T) {
	// Time follows the instructions, so that a busy host does not release a
	// shift key before the guest has looked at it.
	args := append(floppy(image(t, "keyboard.img", floppySize)), "-icount", "shift=4")
	g := start(t, args...)
	g.waitFor("READY\n")
	for _, test := range []struct{ keys, want string }{
		{"a", "1E61 0000 0010"},
		{"shift-a", "1E41 0002 0010"},
		{"ctrl-a", "1E01 0104 0010"},
		{"alt-a", "1E00 0208 0010"},
		{"ctrl_r-a", "1E01 0404 0014"},
		{"alt_r-a", "1E00 0808 0018"},
		{"1", "0231 0000 0010"},
		{"shift-1", "0221 0002 0010"},
		{"ret", "1C0D 0000 0010"},
		{"esc", "011B 0000 0010"},
		{"f1", "3B00 0000 0010"},
		{"shift-f1", "5400 0002 0010"},
		{"ctrl-f1", "5E00 0104 0010"},
		{"alt-f1", "6800 0208 0010"},
		{"f12", "8600 0000 0010"},
		{"tab", "0F09 0000 0010"},
		{"shift-tab", "0F00 0002 0010"},
		{"up", "48E0 0000 0010"},
		{"ctrl-left", "73E0 0104 0010"},
		{"alt-delete", "A300 0208 0010"},
		{"kp_8", "4800 0000 0010"},
		{"shift-kp_8", "4838 0002 0010"},
		{"kp_enter", "E00D 0000 0010"},
		{"kp_divide", "E02F 0000 0010"},
		{"ctrl-backspace", "0E7F 0104 0010"},
		{"num_lock;kp_8", "4838 0020 0210"},
		{"num_lock;kp_5", "4C00 0000 0010"},
		{"caps_lock;a", "1E41 0040 0410"},
		{"shift-a", "1E61 0042 0410"},
		{"caps_lock;a", "1E61 0000 0010"},
		{"insert", "52E0 0080 0010"},
		{"insert", "52E0 0000 0010"},
		{"pause;b;b", "3062 0000 0010"},
	} {
		before := len(g.output())
		for _, key := range strings.Split(test.keys, ";") {
			g.command("sendkey %s 10", key)
			time.Sleep(60 * time.Millisecond)
		}
		for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
			if strings.HasSuffix(g.output()[before:], "\n") {
				break
			}
		}
		if got := strings.TrimSpace(g.output()[before:]); got != test.want {
			t.Errorf("%s: %s, want %s", test.keys, got, test.want)
		}
	}
	g.command("sendkey ctrl-pause 10")
	g.waitFor("BREAK\n0000 ")
	g.command("sendkey f10 10")
	g.finish()
}

func TestMouse(t *testing.T) {
	g := start(t, floppy(image(t, "mouse.img", floppySize))...)
	g.waitFor("READY\n")
	g.command("mouse_move 5 3")
	g.waitFor("28 05 FD\n") // down is negative, shown by the sign bit
	g.command("mouse_button 1")
	g.waitFor("09 00 00\n")
	g.command("mouse_button 0")
	g.waitFor("08 00 00\n")
	g.command("mouse_button 2")
	g.finish()
}

// TestReset presses Ctrl-Alt-Del: the guest starts again.
func TestReset(t *testing.T) {
	g := start(t, floppy(image(t, "keyboard.img", floppySize))...)
	g.waitFor("READY\n")
	g.command("sendkey ctrl-alt-delete 10")
	for end := time.Now().Add(deadline); strings.Count(g.output(), "READY\n") < 2; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("no second start:\n%s", g.output())
		}
	}
	g.command("sendkey f10 10")
	g.finish()
}

func TestProtectedMode(t *testing.T) {
	run(t, floppy(image(t, "protected.img", floppySize))...)
}

// TestDiskPlaces runs the disk guest on the drives other than the first.
func TestDiskPlaces(t *testing.T) {
	for index := 1; index < 4; index++ {
		t.Run(fmt.Sprint("index ", index), func(t *testing.T) {
			path := diskGuest(t, diskSize)
			run(t, "-drive", fmt.Sprintf("if=ide,index=%d,format=raw,file=%s", index, path), "-boot", "c")
		})
	}
}

// TestPrinter checks the paper: the text by INT 17h, then the screen.
func TestPrinter(t *testing.T) {
	paper := filepath.Join(t.TempDir(), "paper")
	run(t, append(floppy(image(t, "printer.img", floppySize)), "-parallel", "file:"+paper)...)
	got, err := os.ReadFile(paper)
	if err != nil {
		t.Fatal(err)
	}
	want := "printed\r\nprinted" + strings.Repeat(" ", 73) + "\r\n" +
		strings.Repeat(strings.Repeat(" ", 80)+"\r\n", 24)
	if string(got) != want {
		t.Errorf("printed %d bytes, want %d:\n%q", len(got), len(want), got)
	}
}
