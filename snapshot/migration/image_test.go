package migration

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/machine"
	"toyvm/snapshot"
	"toyvm/vmstate"
)

func TestCapturesAreComplete(t *testing.T) {
	for _, name := range []string{"min-halt", "halt-icount", "irq", "misc", "paging-live", "reset", "x87ide"} {
		s, err := Parse(capture(t, name))
		require.NoError(t, err)
		assert.NoError(t, s.Complete(), name)
	}
}

func TestAStreamThatLacksMemoryIsNotComplete(t *testing.T) {
	s, err := Parse(capture(t, "irq"))
	require.NoError(t, err)
	s.Pages = s.Pages[1:]
	assert.EqualError(t, s.Complete(), `memory block "pc.ram" has 256 pages, and the stream holds 255 of them`)
}

// A stream that is meant for QEMU tells what the machine was, all the same.
func TestImageOfAStream(t *testing.T) {
	board, err := machine.New(machine.Config{Memory: 1 << 20})
	require.NoError(t, err)
	board.Run(machine.Budget{Instructions: 500_000})
	want, err := snapshot.Capture(board)
	require.NoError(t, err)

	m, err := Capture(board, "isapc")
	require.NoError(t, err)
	m.Settings = want.Settings
	require.NoError(t, QEMU{Serial: 1, RTCShift: 12345}.Adapt(m))
	var b bytes.Buffer
	require.NoError(t, m.Write(&b))
	s, err := Parse(b.Bytes())
	require.NoError(t, err)
	assert.Nil(t, s.Lookup("vga"), "QEMU does not get it")
	got, err := s.Image()
	require.NoError(t, err)

	assert.ElementsMatch(t, want.Settings, got.Settings)
	assert.Empty(t, vmstate.Diff(want.Tree(), got.Tree()))
	d, err := snapshot.Compare(&snapshot.Image{Memory: want.Memory}, &snapshot.Image{Memory: got.Memory})
	require.NoError(t, err)
	assert.True(t, d.Empty())
}

func TestAStreamWithoutSettingsHasNone(t *testing.T) {
	s, err := Parse(capture(t, "irq"))
	require.NoError(t, err)
	assert.Nil(t, s.Settings)
}
