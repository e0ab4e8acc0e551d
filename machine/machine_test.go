package machine

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// image is a medium in memory.
type image struct {
	data     []byte
	readOnly bool
}

func (m *image) ReadAt(p []byte, off int64) (int, error) {
	return bytes.NewReader(m.data).ReadAt(p, off)
}

func (m *image) WriteAt(p []byte, off int64) (int, error) { return copy(m.data[off:], p), nil }
func (m *image) Size() int64                              { return int64(len(m.data)) }
func (m *image) ReadOnly() bool                           { return m.readOnly }
func (m *image) Fork() Medium                             { return &image{bytes.Clone(m.data), m.readOnly} }

const (
	firmwareGuests = "../roms/testdata/"

	floppySize = 1440 << 10
	diskSize   = 3 << 20
)

// guestImage is a committed guest as a disk of a size.
func guestImage(t testing.TB, name string, size int) *image {
	t.Helper()
	data, err := os.ReadFile(firmwareGuests + name)
	require.NoError(t, err)
	return &image{data: append(data, make([]byte, size-len(data))...)}
}

func floppyGuest(t testing.TB, name string) Config {
	t.Helper()
	return Config{Floppies: [2]Floppy{{Medium: guestImage(t, name, floppySize)}}}
}

// diskGuest is the guest that checks hard disks, which must know the size.
func diskGuest(t testing.TB) Config {
	t.Helper()
	disk := guestImage(t, "disk.img", diskSize)
	const parameter = 440
	disk.data[parameter], disk.data[parameter+1] = diskSize/512&0xff, diskSize/512>>8&0xff
	return Config{Drives: [4]Drive{{Kind: HardDisk, Media: disk}}}
}

// cdGuest is a guest without emulation on a CD-ROM in the secondary master.
func cdGuest(t testing.TB) Config {
	t.Helper()
	const sector = 2048
	iso := make([]byte, 20*sector)
	copy(iso[16*sector:], "\x01CD001\x01")
	record := iso[17*sector:]
	copy(record, "\x00CD001\x01EL TORITO SPECIFICATION")
	record[0x47] = 19
	copy(iso[18*sector:], "\xffCD001\x01")
	catalog := iso[19*sector:]
	copy(catalog, "\x01\x00")
	copy(catalog[0x1c:], "\xaa\x55\x55\xaa")
	copy(catalog[0x20:], []byte{0x88, 0, 0, 0, 0, 0, 4, 0, 20})
	iso = append(iso, guestImage(t, "cdrom.img", sector).data...)
	return Config{Drives: [4]Drive{2: {Kind: CDROM, Media: &image{data: iso, readOnly: true}}}}
}

// bootSector is a floppy with a few bytes of code in its boot sector.
func bootSector(code ...byte) Config {
	sector := append(code, make([]byte, floppySize-len(code))...)
	sector[510], sector[511] = 0x55, 0xaa
	return Config{Floppies: [2]Floppy{{Medium: &image{data: sector}}}}
}

// guest is a machine under test with what it has sent to COM1.
type guest struct {
	*Machine
	t      testing.TB
	serial *strings.Builder
}

func start(t testing.TB, c Config) *guest {
	t.Helper()
	g := &guest{t: t, serial: new(strings.Builder)}
	c.Serial = []func(byte){func(b byte) { g.serial.WriteByte(b) }, nil}
	m, err := New(c)
	require.NoError(t, err)
	g.Machine = m
	return g
}

// until runs up to a number of milliseconds of guest time until done.
func (g *guest) until(milliseconds int, what string, done func() bool) {
	g.t.Helper()
	end := g.Clock().Now() + int64(milliseconds)*1e6
	for !done() {
		if g.Clock().Now() >= end {
			g.t.Fatalf("no %s\n%s\nserial: %s\n%s", what, g.screen(), g.serial, g.Registers())
		}
		stop := g.Run(Budget{Until: g.Clock().Now() + 10e6})
		if stop.Reason != StopBudget {
			if done() {
				return
			}
			g.t.Fatalf("%v, %v and no %s\n%s\nserial: %s\n%s", stop.Reason, stop.Err, what, g.screen(), g.serial, g.Registers())
		}
	}
}

func (g *guest) screen() string {
	if text := g.Text(); text != nil {
		return text.String()
	}
	return "(graphics)"
}

func (g *guest) waitScreen(text string) {
	g.t.Helper()
	g.until(60000, text+" on the screen", func() bool { return strings.Contains(g.screen(), text) })
}
