package spawn_test

import (
	"bytes"
	"io"
	"io/fs"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/machine"
	"toyvm/snapshot"
	"toyvm/snapshot/disk"
	"toyvm/snapshot/spawn"
)

// file is the backing of an image in memory.
type file struct{ *bytes.Reader }

func (file) WriteAt([]byte, int64) (int, error) { return 0, fs.ErrPermission }
func (file) Sync() error                        { return nil }
func (file) Close() error                       { return nil }

func readOnly(content string) machine.Medium {
	return disk.New(file{bytes.NewReader([]byte(content))}, disk.Config{Size: int64(len(content)), ReadOnly: true})
}

// other is a medium that is no disk.Disk.
type other struct {
	*strings.Reader
	writable bool
}

func (o other) ReadOnly() bool                     { return !o.writable }
func (o other) WriteAt([]byte, int64) (int, error) { return 0, fs.ErrPermission }

func capture(t *testing.T, c machine.Config) (*machine.Machine, *snapshot.Image) {
	t.Helper()
	c.Memory, c.VideoMemory = 1<<20, 256<<10
	m, err := machine.New(c)
	require.NoError(t, err)
	m.Run(machine.Budget{Instructions: 100_000})
	i, err := spawn.Capture(m)
	require.NoError(t, err)
	return m, i
}

func contents(t *testing.T, m machine.Medium) string {
	t.Helper()
	data, err := io.ReadAll(io.NewSectionReader(m, 0, m.Size()))
	require.NoError(t, err)
	return string(data)
}

func TestAMachineIsSpawnedAsItWasCaptured(t *testing.T) {
	floppy, hard, cd := strings.Repeat("floppy  ", 1<<10), strings.Repeat("hard disk...... ", 1<<16), strings.Repeat("compact.", 1<<10)
	m, i := capture(t, machine.Config{
		CPU:      "pentium",
		Floppies: [2]machine.Floppy{{Medium: readOnly(floppy)}, {Present: true}},
		Drives: [4]machine.Drive{
			1: {Kind: machine.HardDisk, Media: disk.Over(disk.FromBytes(1<<20, []byte(hard)))},
			2: {Kind: machine.CDROM, Media: readOnly(cd)},
			3: {Kind: machine.CDROM},
		},
	})
	var drives []string
	for _, d := range i.Disks {
		drives = append(drives, d.Drive)
	}
	assert.Equal(t, []string{"floppy0", "floppy1", "ide0-hd1", "ide1-cd0", "ide1-cd1"}, drives)

	s, err := spawn.Machine(i, nil)
	require.NoError(t, err)
	fork, err := s.Fork()
	require.NoError(t, err)
	want, err := m.Hash()
	require.NoError(t, err)
	for _, m := range []*machine.Machine{s, fork} {
		hash, err := m.Hash()
		require.NoError(t, err)
		assert.Equal(t, want, hash)
		c := m.Config()
		assert.Equal(t, floppy, contents(t, c.Floppies[0].Medium))
		assert.Equal(t, hard, contents(t, c.Drives[1].Media))
		assert.Equal(t, cd, contents(t, c.Drives[2].Media))
		assert.Nil(t, c.Floppies[1].Medium)
		assert.Nil(t, c.Drives[3].Media)
		assert.True(t, c.Floppies[0].Medium.ReadOnly())
		assert.False(t, c.Drives[1].Media.ReadOnly())
		_, err = c.Floppies[0].Medium.WriteAt([]byte("x"), 0)
		assert.ErrorIs(t, err, fs.ErrPermission)
		again, err := spawn.Capture(m)
		require.NoError(t, err)
		d, err := snapshot.Compare(i, again)
		require.NoError(t, err)
		assert.True(t, d.Empty())
		assert.True(t, again.Disks[0].ReadOnly)
	}
}

func TestMediaThatCannotBeCaptured(t *testing.T) {
	text := strings.Repeat("x", 2048)
	_, i := capture(t, machine.Config{Drives: [4]machine.Drive{2: {Kind: machine.CDROM, Media: other{strings.NewReader(text), false}}}})
	assert.Equal(t, snapshot.Disk{Drive: "ide1-cd0", ReadOnly: true, Size: 2048}, i.Disks[1])
	m, err := spawn.Machine(i, nil)
	require.NoError(t, err)
	assert.Nil(t, m.Config().Drives[2].Media)
	m, err = spawn.Machine(i, func(c *machine.Config) { c.Drives[2].Media = other{strings.NewReader(text), false} })
	require.NoError(t, err)
	assert.Equal(t, text, contents(t, m.Config().Drives[2].Media))

	m, err = machine.New(machine.Config{Floppies: [2]machine.Floppy{{Medium: other{strings.NewReader(text), true}}}})
	require.NoError(t, err)
	_, err = spawn.Capture(m)
	assert.EqualError(t, err, "floppy0: its medium cannot be captured; a disk.Disk can")
}
