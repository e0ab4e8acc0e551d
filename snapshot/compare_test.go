package snapshot_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/machine"
	"toyvm/snapshot"
	"toyvm/snapshot/disk"
)

func compare(t *testing.T, before, after *snapshot.Image) *snapshot.Difference {
	t.Helper()
	d, err := snapshot.Compare(before, after)
	require.NoError(t, err)
	return d
}

func TestAnImageDoesNotDifferFromItself(t *testing.T) {
	m := running(t, machine.Config{})
	assert.True(t, compare(t, capture(t, m), capture(t, m)).Empty())
}

func TestChangedFieldsAreNamedByPath(t *testing.T) {
	m := running(t, machine.Config{})
	before := capture(t, m)
	m.Do(machine.OutAction{Port: 0x3fb, Size: 1, Value: 0x1b}) // line control of COM1
	d := compare(t, before, capture(t, m))
	require.Len(t, d.Devices, 1)
	assert.Equal(t, "serial.state.lcr", d.Devices[0].Path)
	assert.Empty(t, d.Memory)
}

func TestChangedMemoryIsRuns(t *testing.T) {
	m := running(t, machine.Config{})
	before := capture(t, m)
	m.Memory().WritePhysical(0x20ffe, []byte{1, 2, 3, 4, 0, 0, 5}) // across pages, with a short gap
	m.Memory().WritePhysical(0x30000, []byte{9})
	d := compare(t, before, capture(t, m))
	assert.Equal(t, []snapshot.MemoryChange{{Name: "pc.ram", Runs: []snapshot.Run{{At: 0x20ffe, Length: 7}, {At: 0x30000, Length: 1}}}}, d.Memory)
	assert.Empty(t, d.Devices)
}

func TestChangedDisksAreRunsOfSectors(t *testing.T) {
	d := disk.Over(disk.FromBytes(1<<20+100, bytes.Repeat([]byte{7}, 1<<20)))
	image := func() *snapshot.Image {
		c := d.Capture()
		return &snapshot.Image{Disks: []snapshot.Disk{{Drive: "ide0-hd0", Contents: c, Size: c.Size()}}}
	}
	before := image()
	for _, w := range []struct {
		at   int64
		data string
	}{{510, "abcd"}, {128 << 10, "\x07\x07"}, {1<<20 + 90, "end"}} {
		_, err := d.WriteAt([]byte(w.data), w.at)
		require.NoError(t, err)
	}
	assert.Equal(t, []snapshot.DiskChange{{Drive: "ide0-hd0", Runs: []snapshot.Run{{At: 0, Length: 2}, {At: 2048, Length: 1}}}},
		compare(t, before, image()).Disks)
}

func TestOtherMachines(t *testing.T) {
	a, b := capture(t, running(t, machine.Config{})), capture(t, running(t, machine.Config{CPU: "386", Memory: 8 << 20}))
	d := compare(t, a, b)
	assert.Equal(t, []snapshot.SettingChange{
		{Name: "cpu", Old: "486", New: "386"},
		{Name: "memory", Old: "16777216", New: "8388608"},
	}, d.Settings)
	assert.False(t, d.Empty())

	a.Disks = []snapshot.Disk{{Drive: "floppy0"}, {Drive: "ide1-cd0", Path: "a.iso", Size: 2048}}
	b.Disks = []snapshot.Disk{{Drive: "floppy0", Contents: disk.FromBytes(512, nil), Size: 512}, {Drive: "ide1-cd0", Path: "b.iso", Size: 2048}}
	assert.Equal(t, []snapshot.DiskChange{
		{Drive: "floppy0", Other: "empty -> 512 bytes"},
		{Drive: "ide1-cd0", Other: "a.iso, 2048 bytes -> b.iso, 2048 bytes"},
	}, compare(t, a, b).Disks)
}
