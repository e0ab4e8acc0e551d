package roms

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const screenBytes = 80 * 25 * 2

// screen returns the text screen, one line for each row, without trailing
// blanks. Characters outside ASCII show as a dot.
func (g *guest) screen() string {
	g.t.Helper()
	path := filepath.Join(g.t.TempDir(), "screen")
	g.command("pmemsave 0xb8000 %d %q", screenBytes, path)
	var cells []byte
	for end := time.Now().Add(deadline); len(cells) != screenBytes; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			g.t.Fatal("the monitor does not save memory")
		}
		cells, _ = os.ReadFile(path)
	}
	var text strings.Builder
	for row := range 25 {
		var line strings.Builder
		for column := range 80 {
			c := cells[(row*80+column)*2]
			if c < ' ' || c > '~' {
				c = '.'
			}
			line.WriteByte(c)
		}
		fmt.Fprintln(&text, strings.TrimRight(line.String(), " "))
	}
	return text.String()
}

// waitForScreen waits until the screen shows text, and returns all of it.
func (g *guest) waitForScreen(text string) string {
	g.t.Helper()
	var screen string
	for end := time.Now().Add(deadline); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if screen = g.screen(); strings.Contains(screen, text) {
			return screen
		}
	}
	g.t.Fatalf("no %q on the screen:\n%s", text, screen)
	return ""
}

// TestStartScreen checks what POST reports, and that the BIOS waits for a key
// when there is nothing to boot.
func TestStartScreen(t *testing.T) {
	for _, test := range []struct {
		name string
		args []string
		want []string
	}{
		{"no drives", []string{"-boot", "a"}, []string{
			"Processor   GenuineIntel family 4",
			"Memory      640 KB base, 15360 KB extended",
			"Ports       COM1 03F8",
		}},
		{"little memory", []string{"-m", "1"}, []string{
			"Memory      640 KB base, 0 KB extended",
		}},
		{"more than 64 MB", []string{"-m", "200"}, []string{
			"Memory      640 KB base, 203776 KB extended",
		}},
		{"disks", append(cdrom("/dev/null"), disk(blank(t, diskSize))...), []string{
			"Disk C      20 MB, 40/16/63 cylinders/heads/sectors, QEMU HARDDISK",
			"CD-ROM      QEMU DVD-ROM",
			"Booting from disk C: not bootable",
		}},
		{"large disk", append(disk(blank(t, 5<<30)), "-boot", "adc"), []string{
			"Disk C      5120 MB, 652/255/63 cylinders/heads/sectors",
			"Booting from disk C: not bootable",
		}},
		{"empty drives in order", append(floppy(blank(t, 720<<10)), "-drive", "if=ide,index=2,media=cdrom", "-boot", "dac"), []string{
			"Floppy A",
			"Booting from CD-ROM: no disc",
			"Booting from floppy A: not bootable",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if os.Getenv("TOYVM_TEST_BIOS") != "" {
				t.Skip("the start screen is that of our BIOS")
			}
			g := start(t, test.args...)
			screen := g.waitForScreen("No bootable disk")
			at := 0
			for _, want := range test.want {
				i := strings.Index(screen[at:], want)
				if i < 0 {
					t.Errorf("no %q, or not in this order:\n%s", want, screen)
					continue
				}
				at += i
			}
		})
	}
}

// blank returns the path of an image without contents.
func blank(t *testing.T, size int64) string {
	t.Helper()
	path := write(t, filepath.Join(t.TempDir(), "blank"), nil)
	if err := os.Truncate(path, size); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestRetry inserts a disk at the message, presses a key and sees it boot.
func TestRetry(t *testing.T) {
	if os.Getenv("TOYVM_TEST_BIOS") != "" {
		t.Skip("the message is that of our BIOS")
	}
	g := start(t, "-drive", "if=floppy,id=a", "-boot", "a")
	g.waitForScreen("Booting from floppy A: no disk")
	g.command("change a %s raw", image(t, "keyboard.img", floppySize))
	g.command("sendkey ret 10")
	g.waitFor("READY\n")
	g.command("sendkey f10 10")
	g.finish()
}

// TestGRUB boots GRUB's rescue images and gives it a command.
func TestGRUB(t *testing.T) {
	const images = "/usr/lib/grub-rescue/"
	for name, attach := range map[string]func(string) []string{
		"grub-rescue-floppy.img": floppy,
		"grub-rescue-cdrom.iso":  cdrom,
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := os.Stat(images + name); err != nil {
				t.Skip("the package grub-rescue-pc is not installed")
			}
			source, err := os.ReadFile(images + name)
			if err != nil {
				t.Fatal(err)
			}
			args := attach(write(t, filepath.Join(t.TempDir(), name), source))
			args = append(args, "-drive", "if=ide,index=0,format=raw,file="+blank(t, diskSize))
			g := start(t, args...)
			g.waitForScreen("Use the")
			g.command("sendkey c 10")
			g.waitForScreen("grub>")
			g.command("sendkey l 10")
			time.Sleep(100 * time.Millisecond)
			g.command("sendkey s 10")
			time.Sleep(100 * time.Millisecond)
			g.command("sendkey ret 10")
			g.waitForScreen("(hd0)")
		})
	}
}
