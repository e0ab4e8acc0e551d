package monitor

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/cmd/toyvm/internal/media"
	"toyvm/machine"
)

// diskFile makes an image whose first byte is a letter.
func diskFile(t *testing.T, letter string, size int64) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), letter+".img")
	require.NoError(t, os.WriteFile(path, []byte(letter), 0o644))
	require.NoError(t, os.Truncate(path, size))
	return path
}

const floppySize = 1440 << 10

// withDrives is a machine with a floppy, a hard disk and a CD-ROM drive.
func withDrives(t *testing.T) (c *Console, out *strings.Builder, floppy string) {
	t.Helper()
	floppy = diskFile(t, "a", floppySize)
	a, err := media.Open(floppy, media.Floppy, media.Options{})
	require.NoError(t, err)
	config := machine.Config{
		Floppies: [2]machine.Floppy{{Present: true, Medium: a}},
		Drives: [4]machine.Drive{
			{Kind: machine.HardDisk, Media: media.InMemory(media.HardDisk, 1<<20, nil)},
			{},
			{Kind: machine.CDROM},
		},
	}
	m, err := machine.New(config)
	require.NoError(t, err)
	out = new(strings.Builder)
	c = &Console{Machine: m, Drives: NewDrives(&config, media.Options{}), Out: out}
	t.Cleanup(func() { assert.NoError(t, c.Drives.Close()) })
	return c, out, floppy
}

// do carries out a line and returns what it printed.
func do(t *testing.T, c *Console, out *strings.Builder, line string) (string, error) {
	t.Helper()
	action, err := Parse(line)
	require.NoError(t, err, line)
	out.Reset()
	err = action(c)
	return out.String(), err
}

func TestBlockDevices(t *testing.T) {
	c, out, floppy := withDrives(t)
	text, err := do(t, c, out, "info block")
	require.NoError(t, err)
	assert.Equal(t, "floppy0: "+floppy+` (raw)
    Attached to:      fdc
    Removable device: not locked, tray closed
    Cache mode:       writeback

ide0-hd0: (in memory) (raw)
    Attached to:      isa-ide
    Cache mode:       writeback, changes are forgotten

ide1-cd0: [not inserted]
    Attached to:      isa-ide[1]
    Removable device: not locked, tray closed
`, text)
	text, err = do(t, c, out, "info qtree")
	require.NoError(t, err)
	assert.Contains(t, text, "    dev: fdc, id \"\"\n      dev: floppy, id \"\"\n        drive = \"floppy0\"\n")
	assert.Contains(t, text, "    dev: isa-ide[1], id \"\"\n      dev: ide-cd, id \"\"\n        drive = \"ide1-cd0\"\n")
}

func TestFloppyIsChanged(t *testing.T) {
	c, out, floppy := withDrives(t)
	inside := func() string {
		medium := c.Machine.Config().Floppies[0].Medium
		if medium == nil {
			return ""
		}
		p := make([]byte, 1)
		_, err := medium.ReadAt(p, 0)
		require.NoError(t, err)
		return string(p)
	}
	other := diskFile(t, "b", floppySize)
	var events []machine.Event
	c.Machine.SetTrace(machine.Trace{Input: func(e machine.Event) { events = append(events, e) }})

	_, err := do(t, c, out, "change floppy0 "+other)
	require.NoError(t, err)
	assert.Equal(t, "b", inside())
	require.Len(t, events, 1, "it goes through the machine's queue")
	assert.IsType(t, machine.FloppyAction{}, events[0].Action)

	unlocked, err := media.Open(floppy, media.Floppy, media.Options{})
	require.NoError(t, err, "the image that was in the drive is free")
	_, err = do(t, c, out, "change floppy0 "+floppy)
	assert.EqualError(t, err, floppy+": it is in use by another machine, or by another drive of this one")
	assert.Equal(t, "b", inside(), "what was there stays")
	require.NoError(t, unlocked.Close())

	for _, path := range []string{"/nowhere", diskFile(t, "c", 64<<20)} {
		_, err = do(t, c, out, "change floppy0 "+path)
		assert.ErrorContains(t, err, path+": ")
		assert.Equal(t, "b", inside())
	}

	_, err = do(t, c, out, "change floppy0 "+other+" raw read-only")
	require.NoError(t, err, "the same image again")
	text, err := do(t, c, out, "info block floppy0")
	require.NoError(t, err)
	assert.Contains(t, text, "(raw, read-only)")
	assert.True(t, c.Machine.Config().Floppies[0].Medium.ReadOnly())

	_, err = do(t, c, out, "eject floppy0")
	require.NoError(t, err)
	assert.Empty(t, inside())
	text, err = do(t, c, out, "info block floppy0")
	require.NoError(t, err)
	assert.Contains(t, text, "floppy0: [not inserted]\n")
}

func TestDiscIsChanged(t *testing.T) {
	c, out, _ := withDrives(t)
	disc := diskFile(t, "d", 1<<20)
	_, err := do(t, c, out, "change ide1-cd0 "+disc)
	require.NoError(t, err)
	text, err := do(t, c, out, "info block ide1-cd0")
	require.NoError(t, err)
	assert.Contains(t, text, "ide1-cd0: "+disc+" (raw, read-only)\n")
	_, err = do(t, c, out, "eject -f ide1-cd0")
	require.NoError(t, err)
	text, err = do(t, c, out, "info block ide1-cd0")
	require.NoError(t, err)
	assert.Contains(t, text, "[not inserted]")
	assert.Contains(t, text, "tray open")
}

func TestDriveErrors(t *testing.T) {
	c, out, _ := withDrives(t)
	for line, want := range map[string]string{
		"eject ide0-hd0":       "Device 'ide0-hd0' is not removable",
		"change ide0-hd0 /x":   "Device 'ide0-hd0' is not removable",
		"eject nothere":        "Device 'nothere' not found",
		"eject flopy0":         "Device 'flopy0' not found; did you mean floppy0?",
		"info block ide0-cd0":  "Device 'ide0-cd0' not found; did you mean ide0-hd0 or ide1-cd0?",
		"change floppy1 a.img": "Device 'floppy1' not found; did you mean floppy0?",
	} {
		_, err := do(t, c, out, line)
		assert.EqualError(t, err, want, line)
	}
	for line, want := range map[string]string{
		"change floppy0 a.img qcow2":       `format "qcow2": images are raw`,
		"change floppy0 a.img raw perhaps": `"perhaps": it is read-only, read-write or retain`,
		"change floppy0 -f":                "a device and a file are due",
		"eject floppy0 floppy1":            "one device is due",
	} {
		_, err := Parse(line)
		assert.ErrorContains(t, err, want, line)
	}
}
