package vga

import (
	"fmt"
	"image/color"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// linear sets a mode of the VBE extension.
func (g *guest) linear(width, height, depth int) {
	g.t.Helper()
	g.set(planar640x480)
	g.run(fmt.Sprintf("vbe 04h, 0 \n vbe 01h, %d \n vbe 02h, %d \n vbe 03h, %d \n vbe 04h, 41h", width, height, depth))
}

// linearPattern draws into the linear frame buffer, or through the banks of
// the window.
func (g *guest) linearPattern(width, height, depth int) {
	g.linear(width, height, depth)
	if depth == 4 {
		g.loadColours(dacEGA)
		g.index(portGraphicsIndex, grMode, 2)
		pattern(width, height, 16, func(x, y int, colour uint8) {
			at := y*width/8 + x/8
			g.run(fmt.Sprintf("vbe 05h, %d", at>>16))
			g.planar(0)(x&7+at&0xffff*8, 0, colour)
		})
		return
	}
	g.loadColours(dacRamp)
	size := dotBits(depth) / 8
	pattern(width, height, 256, func(x, y int, colour uint8) {
		at := (y*width + x) * size
		dot := uint32(colour)
		if part := dacRamp(int(colour)); depth > 8 {
			r, gr, b := uint32(part[0]), uint32(part[1]), uint32(part[2])
			dot = map[int]uint32{15: r>>1<<10 | gr>>1<<5 | b>>1, 16: r>>1<<11 | gr<<5 | b>>1,
				24: r<<18 | gr<<10 | b<<2, 32: r<<18 | gr<<10 | b<<2}[depth]
		}
		for i := range size {
			g.vram[at+i] = uint8(dot >> (8 * i))
		}
		g.MarkDirty(at, size)
	})
}

func TestVBERegisters(t *testing.T) {
	for _, test := range []struct{ name, script string }{
		{"ID", "invbe 0 = 0b0c5h \n vbe 0, 0b0c2h \n invbe 0 = 0b0c2h \n vbe 0, 1234h \n invbe 0 = 0b0c2h"},
		{"memory in units of 64 KiB", "invbe 0ah = 10h"},
		{"no such register", "invbe 0bh = 0 \n vbe 0bh, 1 \n invbe 0ffffh = 0"},
		{"the largest there are", "vbe 4, 2 \n invbe 1 = 800h \n invbe 2 = 800h \n invbe 3 = 20h \n vbe 4, 0 \n invbe 1 = 0"},
		{"a mode", `
			vbe 1, 800
			vbe 2, 600
			vbe 3, 8
			vbe 4, 41h
			invbe 1 = 800
			invbe 2 = 600
			invbe 6 = 800
			invbe 7 = 1310 ; 1 MiB / 800`},
		{"values that do not fit", `
			vbe 1, 1023    ; a multiple of 8
			vbe 2, 2000
			vbe 3, 7       ; no such depth
			vbe 4, 01h
			invbe 1 = 1016
			invbe 2 = 1032
			invbe 3 = 8
			vbe 3, 32
			invbe 2 = 258
			vbe 1, 0
			invbe 1 = 8`},
		{"scrolling in a larger picture", `
			vbe 1, 320
			vbe 2, 200
			vbe 3, 16
			vbe 4, 01h
			vbe 6, 643
			invbe 6 = 640
			invbe 7 = 819
			vbe 8, 400
			invbe 8 = 320
			vbe 9, 700
			invbe 9 = 619`},
		{"banks wrap", "vbe 5, 13h \n invbe 5 = 3 \n vbe 4, 0 \n invbe 5 = 0"},
		{"words at an even address", "vbe 3, 12h \n out 1ceh, 0 \n in 1d0h = 0c5h \n in 1ceh = 0"},
	} {
		t.Run(test.name, func(t *testing.T) { newGuest(t).run(test.script) })
	}
}

func TestVBEBanks(t *testing.T) {
	g := newGuest(t)
	remaps := 0
	g.NotifyRemap(func() { remaps++ })
	g.linear(640, 400, 32)
	g.run(`
		writed 0a0000h, 11223344h
		vbe 05h, 03h
		writed 0affffh, 55667788h
		readd 0a0000h = 0
		read 0affffh = 88h
		vbe 05h, 00h
		readd 0a0000h = 11223344h
		read 0b0000h = 0ffh`)
	assert.EqualValues(t, 0x44, g.vram[0])
	assert.EqualValues(t, 0x88, g.vram[0x3ffff])

	remaps = 0
	g.run("vbe 05h, 02h")
	assert.Equal(t, 1, remaps)
	m := g.Mapping()
	m.Mem[5] = 0x77
	assert.EqualValues(t, 0x77, g.vram[m.Start+5])
	assert.Equal(t, 0x20000, m.Start)

	g.run("vbe 04h, 00h")
	assert.Nil(t, g.Mapping().Mem)
}

func TestVBEClearsTheScreenUnlessAskedNotTo(t *testing.T) {
	g := newGuest(t)
	g.linear(320, 200, 8)
	g.vram[100] = 1
	g.run("vbe 4, 0 \n vbe 4, 81h")
	assert.EqualValues(t, 1, g.vram[100])
	g.run("vbe 4, 81h \n vbe 4, 01h")
	assert.EqualValues(t, 1, g.vram[100], "it is enabled already")
	g.run("vbe 4, 0 \n vbe 4, 01h")
	assert.Zero(t, g.vram[100])
}

func TestVBEPictureAndBack(t *testing.T) {
	g := newGuest(t)
	g.textScreen(text80, 16)
	g.linear(320, 200, 32)
	var w watcher
	f := g.Frame()
	w.redraw(f)
	require.Equal(t, [3]int{320, 200, 64000}, [3]int{f.Width, f.Height, len(f.RGBA)})
	g.vram[(320*2+1)*4+2] = 0xff
	g.MarkDirty((320*2+1)*4, 4)
	lines, all := w.redraw(g.Frame())
	assert.Equal(t, []int{2}, lines)
	assert.False(t, all)
	assert.Equal(t, color.RGBA{R: 0xff, A: 0xff}, g.Frame().RGBA[641])
	assert.Equal(t, color.RGBA{R: 0xff, A: 0xff}, g.Frame().Image().At(1, 2))

	g.run("vbe 9, 2")
	assert.Equal(t, color.RGBA{R: 0xff, A: 0xff}, g.Frame().RGBA[1], "scrolled")
	assert.Nil(t, g.Text())

	g.run("outw 3c4h, 2101h")
	f = g.Frame()
	assert.True(t, f.Blank)
	assert.Nil(t, f.RGBA)
	assert.Len(t, f.Pix, 64000)

	g.run("vbe 4, 0")
	g.set(text80)
	assert.Equal(t, 720, g.Frame().Width)
	assert.NotNil(t, g.Text())
}

func TestVBEWideDAC(t *testing.T) {
	g := newGuest(t)
	g.linear(320, 200, 8)
	g.run("out 3c8h, 07h \n out 3c9h, 81h \n out 3c9h, 3fh \n out 3c9h, 0ffh")
	assert.Equal(t, color.RGBA{R: 0x04, G: 0xff, B: 0xff, A: 0xff}, g.Frame().Palette[7])
	g.run("vbe 4, 0a1h \n out 3c8h, 07h \n out 3c9h, 81h \n out 3c9h, 3fh \n out 3c9h, 0ffh")
	assert.Equal(t, color.RGBA{R: 0x81, G: 0x3f, B: 0xff, A: 0xff}, g.Frame().Palette[7])
}

func TestMemoryNeedNotBeAPowerOfTwo(t *testing.T) {
	g := newGuest(t)
	v := New(g.clock, make([]byte, 700<<10))
	assert.Len(t, v.vram, 512<<10)
	assert.Panics(t, func() { New(g.clock, make([]byte, vramSize-1)) })
}
