package roms

import (
	"bytes"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"toyvm/roms/demo"
)

// TestDemo boots the demo from the image as it is and from one of the full
// size, and gives it commands over COM1 and from the keyboard.
func TestDemo(t *testing.T) {
	padded := append(bytes.Clone(demo.Image), make([]byte, floppySize-len(demo.Image))...)
	for name, data := range map[string][]byte{"as it is": demo.Image, "1440 KiB": padded} {
		t.Run(name, func(t *testing.T) {
			g := start(t, floppy(write(t, filepath.Join(t.TempDir(), "demo.img"), data))...)
			g.waitFor("Type help for its commands, here or on COM1.\n> ")
			io.WriteString(g.com1, "d 7df0\r")
			g.waitFor("55 AA")
			for _, key := range strings.Split("m e m ret", " ") {
				g.command("sendkey %s 10", key)
			}
			g.waitFor("00100000-00FFFFFF  15360 KiB memory\n")
			screen := g.waitForScreen("scan 1C, character 0D")
			for _, want := range []string{"486, x87", "639 + 15360 KiB", "VGA 80x25, font 8x16", "COM 3F8"} {
				if !strings.Contains(screen, want) {
					t.Errorf("no %q on the screen:\n%s", want, screen)
				}
			}
			io.WriteString(g.com1, "mode 13\r")
			g.waitFor("A key ends it.\n")
			io.WriteString(g.com1, " time\r")
			g.waitFor(" ticks of 55 ms since midnight")
			io.WriteString(g.com1, "off 8\r")
			if got, want := fmt.Sprint(g.cmd.Wait()), "exit status 17"; got != want {
				t.Errorf("QEMU ended with %s, want %s", got, want)
			}
		})
	}
}
