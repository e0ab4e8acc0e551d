package vga

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"toyvm/devices/devicetest"
	"toyvm/vmstate"
)

// FuzzDevice is a guest that knows nothing about the adapter, with front ends
// that look on. Every picture must have a bounded size, what was drawn bit by
// bit must be what is drawn at once, and the state must survive a load.
func FuzzDevice(f *testing.F) {
	for seed := range uint64(4) {
		r := rand.New(rand.NewPCG(seed, 0))
		traffic := make([]byte, 600)
		for i := range traffic {
			traffic[i] = uint8(r.Uint32())
		}
		f.Add(uint8(seed*5), traffic)
	}
	modes := []mode{text40, text80, text80x50, textMono, cga4, cga2, planar320x200, planar640x200, mono640x350,
		planar640x350, planar640x480, chained320x200, unchained320x240, unchained360x480}
	f.Fuzz(func(t *testing.T, first uint8, traffic []byte) {
		g := newGuest(t)
		if int(first) < len(modes) {
			g.set(modes[first])
			g.loadColours(dacEGA)
		}
		for len(traffic) >= 4 {
			g.random(traffic[0], traffic[1], traffic[2], traffic[3])
			traffic = traffic[4:]
		}
		g.checkPictures()
	})
}

// FuzzLoaded does anything to the adapter after a load of anything.
func FuzzLoaded(f *testing.F) {
	devicetest.FuzzLoaded(f, func() ([]*vmstate.Section, func(what, value uint8)) {
		g := newGuest(f)
		return []*vmstate.Section{g.Section()}, func(what, value uint8) {
			g.random(what, value>>3, value, value)
			g.Frame()
		}
	})
}

// random does one thing that a guest or a front end can do.
func (g *guest) random(what, a, b, c uint8) {
	size := 1 << (c & 3 % 3)
	at := uint32(what>>4&1)<<16 | uint32(a)<<8 | uint32(b)
	switch what & 15 {
	case 0, 1, 2, 3:
		// A register behind an index, with the ports of both addresses.
		port := [4]uint16{portSequencerIndex, portGraphicsIndex, portCRTCIndex, portCRTCIndex - monochrome}[what&3]
		g.index(port, int(a&31), b)
	case 4:
		g.In(portStatus1, 1)
		g.Out(portAttribute, 1, uint32(a))
		g.Out(portAttribute, 1, uint32(b))
	case 5:
		if c&0x40 != 0 {
			g.Out(portVBEIndex, 2, uint32(a%12))
			g.Out(portVBEData, 2, uint32(b)<<(c&7))
			return
		}
		g.Out(0x3b0+uint16(a&63), size, uint32(b))
	case 6:
		g.In(0x3b0+uint16(a&63), size)
	case 7, 8, 9, 10:
		g.WriteMem(at, size, uint32(c)*0x01020304)
	case 11:
		g.ReadMem(at, size)
	case 12:
		if m := g.Mapping(); m.Mem != nil {
			i := at % uint32(len(m.Mem))
			m.Mem[i] = c
			g.MarkDirty(m.Start+int(i), 1)
		}
	case 13:
		g.clock.Advance(int64(a)<<20 | int64(b)<<12)
	case 14:
		g.Frame()
	case 15:
		g.Text()
	}
}

// checkPictures compares the pictures of an adapter that has drawn before with
// those of one that has just been loaded.
func (g *guest) checkPictures() {
	body, err := state.Marshal(g.VGA)
	require.NoError(g.t, err)
	fresh := New(g.clock, slices.Clone(g.vram))
	require.NoError(g.t, fresh.Section().Unmarshal(body, state.Version))
	again, err := state.Marshal(fresh)
	require.NoError(g.t, err)
	require.Equal(g.t, body, again)
	assert.Equal(g.t, g.access, fresh.access)

	got, want := g.Frame(), fresh.Frame()
	assert.LessOrEqual(g.t, got.Width, maxWidth)
	assert.LessOrEqual(g.t, got.Height, maxHeight)
	assert.Equal(g.t, [4]int{want.Width, want.Height, want.ScaleX, want.ScaleY},
		[4]int{got.Width, got.Height, got.ScaleX, got.ScaleY})
	assert.Equal(g.t, got.Width*got.Height, len(got.Pix)+len(got.RGBA))
	assert.True(g.t, bytes.Equal(want.Pix, got.Pix), "dots")
	assert.True(g.t, slices.Equal(want.RGBA, got.RGBA), "dots")
	assert.Equal(g.t, want.Palette, got.Palette)

	gotText, wantText := g.Text(), fresh.Text()
	require.Equal(g.t, wantText == nil, gotText == nil)
	if wantText != nil {
		assert.Equal(g.t, wantText.Cells, gotText.Cells)
		assert.Equal(g.t, wantText.Cursor, gotText.Cursor)
		assert.Equal(g.t, wantText.Palette, gotText.Palette)
	}
}

// Nonsense in one register at a time, and in all of them, is a picture.
func TestEveryRegisterValueIsAPicture(t *testing.T) {
	g := newGuest(t)
	for i := range g.vram {
		g.vram[i] = uint8(i * 7 >> 2)
	}
	for _, m := range []mode{text80, planar640x480} {
		for reg := range 64 {
			for _, value := range []uint8{0, 1, 0x55, 0xaa, 0xff} {
				g.set(m)
				g.nonsense(reg, value)
				g.inputStatus1()
				f := g.Frame()
				require.Positive(t, f.Width*f.Height)
				g.Text()
			}
		}
	}
	for _, value := range []uint8{0, 1, 0x55, 0xaa, 0xff} {
		for reg := range 64 {
			g.nonsense(reg, value)
		}
		g.checkPictures()
	}
}

func (g *guest) nonsense(reg int, value uint8) {
	switch {
	case reg < 25:
		g.index(portCRTCIndex, crVerticalRetraceEnd, 0)
		g.index(portCRTCIndex, reg, value)
	case reg < 30:
		g.index(portSequencerIndex, reg-25, value)
	case reg < 39:
		g.index(portGraphicsIndex, reg-30, value)
	case reg < 60:
		g.In(portStatus1, 1)
		g.Out(portAttribute, 1, uint32(reg-39|paletteAddressAtCRT))
		g.Out(portAttribute, 1, uint32(value))
	case reg == 60:
		g.Out(portMiscOutput, 1, uint32(value|miscColourAddress))
	}
}
