package ata

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const pollMedia = "4ah 1 0 0 10h 0 0 0 8"

func TestNoMedium(t *testing.T) {
	b := emptyBoard(t)
	b.AttachCDROM(0, nil)
	for _, packet := range []string{"00", "25h", "28h 0 0 0 0 0 0 0 1", "43h 0 0 0 0 0 0 0 ffh", "beh 0 0 0 0 0 0 0 1 10h"} {
		key, asc := b.refused(packet)
		assert.Equal(t, []byte{2, 0x3a}, []byte{key, asc}, packet)
	}
	assert.Equal(t, []byte{0, 6, 4, 0x10, 0, 0, 0, 0}, b.ask(pollMedia))
}

// A guest that does not ask for events sees the medium go and come.
func TestMediumChange(t *testing.T) {
	b, _ := newCDBoard(t)
	b.ask("00")
	assert.Error(t, b.Insert(0, patterned(4)), "there is one in it")
	require.NoError(t, b.Eject(0, false))
	assert.True(t, b.TrayOpen(0))
	key, asc := b.refused("00")
	assert.Equal(t, []byte{2, 0x3a}, []byte{key, asc})
	assert.Equal(t, []byte{0, 6, 4, 0x10, 0, 1, 0, 0}, b.ask(pollMedia), "open")

	require.NoError(t, b.Insert(0, patterned(16)))
	assert.False(t, b.TrayOpen(0))
	assert.NotEmpty(t, b.ask("12h 0 0 0 ffh"), "INQUIRY is served first")
	key, asc = b.refused("00")
	assert.Equal(t, []byte{2, 0x3a}, []byte{key, asc})
	key, asc = b.refused("25h")
	assert.Equal(t, []byte{6, 0x28}, []byte{key, asc})
	assert.Equal(t, []byte{0, 0, 0, 3, 0, 0, 8, 0}, b.ask("25h"))
	assert.Equal(t, []byte{0, 6, 4, 0x10, 2, 2, 0, 0}, b.ask(pollMedia), "new medium")
	assert.Equal(t, []byte{0, 6, 4, 0x10, 0, 2, 0, 0}, b.ask(pollMedia), "told")
	assert.Equal(t, []byte{0, 2, 0x80, 0x10}, b.ask("4ah 1 0 0 2 0 0 0 8"), "no such class")
}

func TestLockedTray(t *testing.T) {
	b, _ := newCDBoard(t)
	b.ask("1eh 0 0 0 1")
	key, asc := b.refused("1bh 0 0 0 2")
	assert.Equal(t, []byte{5, 0x53}, []byte{key, asc})
	assert.ErrorIs(t, b.Eject(0, false), ErrLocked)
	assert.Equal(t, []byte{0, 6, 4, 0x10, 1, 2, 0, 0}, b.ask(pollMedia), "somebody pressed the button")
	assert.Equal(t, []byte{0, 6, 4, 0x10, 0, 2, 0, 0}, b.ask(pollMedia))
	b.ask("1eh 0 0 0 0")
	b.ask("1bh 0 0 0 2")
	assert.True(t, b.TrayOpen(0))
	b.ask("1eh 0 0 0 1")
	require.NoError(t, b.Eject(0, false), "it is open already")
	require.NoError(t, b.Insert(0, patterned(4)))
	require.NoError(t, b.Eject(0, true), "by force")
	require.NoError(t, b.Insert(0, patterned(4)))
	b.run("out 3f6h, 4\nout 3f6h, 0")
	require.NoError(t, b.Eject(0, false), "a reset unlocks")
}

func TestStartStop(t *testing.T) {
	b, _ := newCDBoard(t)
	b.ask("1bh 0 0 0 0")
	b.ask("1bh 0 0 0 1")
	b.ask("1bh 0 0 0 3") // closed already
	b.ask("00")
	b.ask("1bh 0 0 0 2")
	key, asc := b.refused("00")
	assert.Equal(t, []byte{2, 0x3a}, []byte{key, asc})
	b.Reset()
	assert.True(t, b.TrayOpen(0), "a reset does not close it")
	b.ask("1bh 0 0 0 3")
	key, asc = b.refused("00")
	assert.Equal(t, []byte{6, 0x28}, []byte{key, asc}, "the medium may be another one")
	b.ask("00")
	for _, closes := range []func(){func() { b.ask("1bh 0 0 0 3") }, func() { require.NoError(t, b.Insert(0, nil)) }} {
		require.NoError(t, b.Eject(0, false))
		closes()
		assert.False(t, b.TrayOpen(0))
		for range 2 {
			key, asc = b.refused("00")
			assert.Equal(t, []byte{2, 0x3a}, []byte{key, asc}, "it is empty")
		}
	}
}

func TestOnlyCDROMsHaveTrays(t *testing.T) {
	b, _ := newBoard(t)
	assert.ErrorContains(t, b.Eject(0, true), "not a CD-ROM")
	assert.ErrorContains(t, b.Insert(1, patterned(1)), "not a CD-ROM")
	assert.False(t, b.TrayOpen(0))
}
