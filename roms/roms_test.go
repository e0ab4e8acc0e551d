package roms

import (
	"bytes"
	"maps"
	"os"
	"os/exec"
	"strings"
	"testing"

	"toyvm/roms/internal/build"
)

// TestRebuild makes every generated file again and compares it with the
// committed one.
func TestRebuild(t *testing.T) {
	requireTool(t, "nasm")
	outputs, err := build.All(".")
	if err != nil {
		t.Fatal(err)
	}
	guests, err := build.Guests(".")
	if err != nil {
		t.Fatal(err)
	}
	maps.Copy(outputs, guests)
	for name, want := range outputs {
		got, err := os.ReadFile(name)
		if err != nil {
			t.Error(err)
		} else if !bytes.Equal(got, want) {
			t.Errorf("%s differs from what its sources make: run build.sh", name)
		}
	}
}

// TestFonts checks the committed fonts, which needs no assembler.
func TestFonts(t *testing.T) {
	fonts, err := build.Fonts(".")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range fonts {
		if got, _ := os.ReadFile(name); !bytes.Equal(got, want) {
			t.Errorf("%s differs from what its sources make: run build.sh", name)
		}
	}
	low := fonts["font/8x8.bin"][:1024]
	if !bytes.Equal(BIOS[0xfa6e:0xfa6e+1024], low) {
		t.Error("the system BIOS does not show the 8x8 font at F000:FA6E")
	}
}

// TestLayout checks what other programs find at fixed places of the ROMs.
func TestLayout(t *testing.T) {
	if len(BIOS) != 64<<10 {
		t.Errorf("system BIOS: %d bytes", len(BIOS))
	}
	if len(VGABIOS) != 32<<10 {
		t.Errorf("VGA BIOS: %d bytes", len(VGABIOS))
	}
	for _, test := range []struct {
		name  string
		rom   []byte
		at    int
		bytes string
	}{
		{"far jump at the reset vector", BIOS, 0xfff0, "\xea"},
		{"date separator", BIOS, 0xfff7, "/"},
		{"model byte", BIOS, 0xfffe, "\xfc"},
		{"jump to POST", BIOS, 0xe05b, "\xe9"},
		{"IRET", BIOS, 0xff53, "\xcf"},
		{"option ROM signature", VGABIOS, 0, "\x55\xaa\x40"},
		{"VGA mark", VGABIOS, 0x1e, "IBM"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if !strings.HasPrefix(string(test.rom[test.at:]), test.bytes) {
				t.Errorf("% x at %04Xh", test.rom[test.at:test.at+len(test.bytes)], test.at)
			}
		})
	}
	var sum byte
	for _, b := range VGABIOS {
		sum += b
	}
	if sum != 0 {
		t.Errorf("VGA BIOS: byte sum %02x", sum)
	}
}

func requireTool(t *testing.T, name string) {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Skipf("%s is not installed", name)
	}
}
