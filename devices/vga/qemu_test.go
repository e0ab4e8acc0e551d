package vga

import (
	"bytes"
	"compress/gzip"
	"flag"
	"fmt"
	"image/color"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var capture = flag.Bool("capture", false, "make the captures in testdata/qemu again, with nasm and QEMU")

// captured are the modes of the captures. The 40-column modes are missing:
// QEMU draws their characters 8 dots wide, whatever the sequencer says.
var captured = []int{0x03, 0x04, 0x06, 0x07, 0x0d, 0x0e, 0x10, 0x11, 0x12, 0x13, 0x101, 0x102, 0x110, 0x111, 0x112}

const capturedRegisters = 1 + 5 + 25 + 9 + 21 + 768 + 2*10

// captureFile is what QEMU's adapter held after the guest in testdata/qemu, and
// what it showed: the registers as the guest sent them, the first 256 KiB of
// video memory and a picture in PPM, one after the other.
func captureFile(mode int) string {
	return filepath.Join("testdata", "qemu", fmt.Sprintf("%03x.gz", mode))
}

// The same registers and memory must be the same picture.
func TestPicturesOfQEMU(t *testing.T) {
	for _, mode := range captured {
		t.Run(fmt.Sprintf("mode %02xh", mode), func(t *testing.T) {
			if *capture {
				captureMode(t, mode)
			}
			f, err := os.Open(captureFile(mode))
			require.NoError(t, err)
			defer f.Close()
			z, err := gzip.NewReader(f)
			require.NoError(t, err)
			data, err := io.ReadAll(z)
			require.NoError(t, err)

			g := newGuest(t)
			g.loadRegisters(data[:capturedRegisters])
			data = data[capturedRegisters:]
			copy(g.vram, data[:vramSize])
			comparePPM(t, data[vramSize:], g.Frame())
		})
	}
}

// loadRegisters sets all registers as a guest does that restores them.
func (g *guest) loadRegisters(b []byte) {
	next := func(n int) []byte {
		head := b[:n]
		b = b[n:]
		return head
	}
	g.Out(portMiscOutput, 1, uint32(next(1)[0]))
	crtc := uint16(portCRTCIndex)
	if g.msr&miscColourAddress == 0 {
		crtc -= monochrome
	}
	for _, chip := range []struct {
		port uint16
		n    int
	}{{portSequencerIndex, 5}, {crtc, 25}, {portGraphicsIndex, 9}} {
		g.index(crtc, crVerticalRetraceEnd, 0)
		for i, value := range next(chip.n) {
			g.index(chip.port, i, value)
		}
	}
	g.In(crtc+6, 1)
	for i, value := range next(attributeRegisters) {
		g.Out(portAttribute, 1, uint32(i))
		g.Out(portAttribute, 1, uint32(value))
	}
	g.Out(portAttribute, 1, paletteAddressAtCRT)
	g.Out(portDACWriteIndex, 1, 0)
	for _, part := range next(768) {
		g.Out(portDACData, 1, uint32(part))
	}
	vbe := next(2 * 10)
	for _, i := range []int{vbeWidth, vbeHeight, vbeDepth, vbeEnable, vbeVirtualWidth, vbeX, vbeY} {
		g.Out(portVBEIndex, 2, uint32(i))
		g.Out(portVBEData, 2, uint32(vbe[2*i])|uint32(vbe[2*i+1])<<8)
	}
}

// comparePPM allows for QEMU's ways to make 8 bits of 5 or 6.
func comparePPM(t *testing.T, ppm []byte, f *Frame) {
	var width, height int
	_, err := fmt.Sscanf(string(ppm[:16]), "P6\n%d %d\n255", &width, &height)
	require.NoError(t, err)
	dots := ppm[bytes.Index(ppm, []byte("\n255\n"))+5:]
	require.Equal(t, [2]int{width, height}, [2]int{f.Width * f.ScaleX, f.Height * f.ScaleY})
	m, differ := f.Image(), 0
	for y := range height {
		for x := range width {
			got := color.RGBAModel.Convert(m.At(x/f.ScaleX, y/f.ScaleY)).(color.RGBA)
			want := dots[3*(y*width+x):]
			if apart(got.R, want[0]) || apart(got.G, want[1]) || apart(got.B, want[2]) {
				if differ++; differ == 1 {
					t.Logf("first at %d,%d: %v, want %v", x, y, got, want[:3])
				}
			}
		}
	}
	assert.Zero(t, differ, "dots that differ")
}

func apart(a, b uint8) bool { return max(a, b)-min(a, b) > 7 }

// captureMode runs the guest in QEMU.
func captureMode(t *testing.T, mode int) {
	dir := t.TempDir()
	file := func(name string) string { return filepath.Join(dir, name) }
	run := func(name string, args ...string) {
		out, err := exec.Command(name, args...).CombinedOutput()
		require.NoError(t, err, string(out))
	}
	run("nasm", "-f", "bin", "-o", file("boot"), "testdata/qemu/capture.asm")
	boot, err := os.ReadFile(file("boot"))
	require.NoError(t, err)
	boot[508], boot[509] = uint8(mode), uint8(mode>>8)
	require.NoError(t, os.WriteFile(file("boot"), append(boot, make([]byte, 1474560-512)...), 0o644))

	cmd := exec.Command("qemu-system-i386", "-M", "isapc", "-nodefaults", "-device", "isa-vga", "-display", "none",
		"-drive", "if=floppy,format=raw,file="+file("boot"),
		"-chardev", "file,id=d,path="+file("registers"), "-device", "isa-debugcon,chardev=d,iobase=0xe9",
		"-monitor", "stdio")
	monitor, err := cmd.StdinPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	var registers []byte
	for range 200 {
		time.Sleep(100 * time.Millisecond)
		if registers, _ = os.ReadFile(file("registers")); len(registers) == capturedRegisters {
			break
		}
	}
	time.Sleep(500 * time.Millisecond)
	fmt.Fprintf(monitor, "screendump %q\npmemsave 0xe0000000 %d %q\nquit\n", file("picture"), vramSize, file("memory"))
	require.NoError(t, cmd.Wait())
	memory, err := os.ReadFile(file("memory"))
	require.NoError(t, err)
	picture, err := os.ReadFile(file("picture"))
	require.NoError(t, err)
	require.Len(t, registers, capturedRegisters)

	f, err := os.Create(captureFile(mode))
	require.NoError(t, err)
	defer f.Close()
	z, err := gzip.NewWriterLevel(f, gzip.BestCompression)
	require.NoError(t, err)
	_, err = z.Write(bytes.Join([][]byte{registers, memory, picture}, nil))
	require.NoError(t, err)
	require.NoError(t, z.Close())
}
