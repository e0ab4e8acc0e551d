package vga

import (
	"bytes"
	"image"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFrameSizes(t *testing.T) {
	for _, test := range []struct {
		name           string
		mode           mode
		width, height  int
		scaleX, scaleY int
	}{
		{"text 80", text80, 720, 400, 1, 1},
		{"text 40", text40, 360, 400, 2, 1},
		{"cga 4", cga4, 320, 200, 2, 2},
		{"cga 2", cga2, 640, 200, 1, 2},
		{"320x200", planar320x200, 320, 200, 2, 2},
		{"640x200", planar640x200, 640, 200, 1, 2},
		{"640x350", planar640x350, 640, 350, 1, 1},
		{"640x480", planar640x480, 640, 480, 1, 1},
		{"13h", chained320x200, 320, 200, 2, 2},
		{"mode X", unchained320x240, 320, 240, 2, 2},
		{"360x480", unchained360x480, 360, 480, 2, 1},
	} {
		g := newGuest(t)
		g.set(test.mode)
		f := g.Frame()
		assert.Equal(t, [4]int{test.width, test.height, test.scaleX, test.scaleY},
			[4]int{f.Width, f.Height, f.ScaleX, f.ScaleY}, test.name)
		assert.Len(t, f.Pix, f.Width*f.Height)
		assert.Len(t, f.Lines, f.Height)
	}
}

// watcher is a front end that redraws what the frame says has changed.
type watcher struct {
	seen    uint64
	palette uint64
	pix     []uint8
}

func (w *watcher) redraw(f *Frame) (lines []int, all bool) {
	if f.Generation == w.seen {
		return nil, false
	}
	if f.PaletteGeneration != w.palette || len(w.pix) != len(f.Pix) {
		all = true
		w.pix = bytes.Clone(f.Pix)
	}
	for y, generation := range f.Lines {
		if generation > w.seen {
			lines = append(lines, y)
			if f.RGBA == nil {
				copy(w.pix[y*f.Width:], f.Pix[y*f.Width:(y+1)*f.Width])
			}
		}
	}
	w.seen, w.palette = f.Generation, f.PaletteGeneration
	return lines, all
}

func TestFrameTellsWhatChanged(t *testing.T) {
	g := newGuest(t)
	g.draw(chained320x200, 320, 200, 256, g.chained)
	var w watcher
	_, all := w.redraw(g.Frame())
	assert.True(t, all)
	lines, all := w.redraw(g.Frame())
	assert.Empty(t, lines)
	assert.False(t, all)

	g.run("write 0a0500h, 0eeh ; line 4")
	g.Text() // another reader of pictures must not take the news away
	lines, all = w.redraw(g.Frame())
	assert.Equal(t, []int{4}, lines)
	assert.False(t, all)

	g.Mapping().Mem[320*7] = 0xee
	g.MarkDirty(320*7, 1)
	lines, _ = w.redraw(g.Frame())
	assert.Equal(t, []int{7}, lines)

	g.run("out 3c6h, 0fh")
	lines, all = w.redraw(g.Frame())
	assert.Empty(t, lines)
	assert.True(t, all)

	g.set(text80)
	_, all = w.redraw(g.Frame())
	assert.True(t, all)
	assert.Equal(t, g.Frame().Pix, w.pix)
}

func TestFrameSeesANewFont(t *testing.T) {
	g := newGuest(t)
	g.textScreen(text80, 16)
	var w watcher
	w.redraw(g.Frame())
	g.loadFont(0, 8)
	lines, _ := w.redraw(g.Frame())
	assert.NotEmpty(t, lines)
	fresh := newGuest(t)
	copy(fresh.vram, g.vram)
	fresh.set(text80)
	fresh.loadColours(dacEGA)
	assert.Equal(t, fresh.Frame().Pix, w.pix)
}

func TestCursorIsDrawnInTheForeground(t *testing.T) {
	g := newGuest(t)
	g.set(text80)
	g.run("writew 0b8004h, 1e20h \n outw 3d4h, 020fh")
	row := func(y int) []uint8 { return g.Frame().Pix[y*720+18:][:9] }
	assert.Equal(t, bytes.Repeat([]uint8{1}, 9), row(12))
	assert.Equal(t, bytes.Repeat([]uint8{14}, 9), row(13))
	assert.Equal(t, bytes.Repeat([]uint8{14}, 9), row(14))
	assert.Equal(t, bytes.Repeat([]uint8{1}, 9), row(15))
	g.clock.Advance(120_000_000)
	assert.Equal(t, bytes.Repeat([]uint8{1}, 9), row(13))
}

// A 256-colour mode without chaining may pan by dots and bytes.
func TestPanning(t *testing.T) {
	for _, test := range []struct {
		name   string
		mode   mode
		script string
		byDots int
	}{
		{"9 dots: 8 is none", text80, "out 3c0h, 33h \n out 3c0h, 08h", 0},
		{"9 dots: 0 is one", text80, "out 3c0h, 33h \n out 3c0h, 00h", 1},
		{"9 dots: 7 is eight", text80, "out 3c0h, 33h \n out 3c0h, 07h", 8},
		{"9 dots: 9 is none", text80, "out 3c0h, 33h \n out 3c0h, 09h", 0},
		{"9 dots: a byte", text80, "out 3c0h, 33h \n out 3c0h, 08h \n outw 3d4h, 2008h", 9},
		{"8 dots", planar640x480, "out 3c0h, 33h \n out 3c0h, 05h", 5},
		{"8 dots: two bytes and more", planar640x480, "out 3c0h, 33h \n out 3c0h, 05h \n outw 3d4h, 4008h", 21},
		{"256 colours", unchained320x240, "out 3c0h, 33h \n out 3c0h, 06h", 3},
		{"256 colours: a byte", unchained320x240, "outw 3d4h, 2008h", 4},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := newGuest(t)
			g.set(test.mode)
			for i := range g.vram[:vramSize] {
				g.vram[i] = uint8(i * 0x35 >> 3)
			}
			// The same again with the next character, to compare with.
			g.run("in 3dah \n out 3c0h, 33h")
			if test.mode == text80 {
				g.run("out 3c0h, 08h")
			} else {
				g.run("out 3c0h, 00h")
			}
			f := g.Frame()
			unpanned := bytes.Clone(f.Pix[:f.Width])
			g.run("in 3dah")
			g.run(test.script)
			f = g.Frame()
			n := f.Width - test.byDots
			assert.Equal(t, unpanned[test.byDots:], f.Pix[:n])
		})
	}
}

// Two lines of every four come from elsewhere on the Hercules.
func TestFourBanks(t *testing.T) {
	g := newGuest(t)
	g.set(cga2)
	g.run("outw 3d4h, 0e11h \n outw 3d4h, 0309h \n outw 3d4h, 0c017h ; row scan bits 0 and 1")
	for bank := range 4 {
		for i := range 80 {
			g.vram[(bank<<13+i)*4] = uint8(0x11 << bank)
		}
	}
	f := g.Frame()
	for y := range 4 {
		want := make([]uint8, 8)
		want[3-y], want[7-y] = 1, 1
		assert.Equal(t, want, f.Pix[y*f.Width:][:8])
	}
}

func TestImage(t *testing.T) {
	g := newGuest(t)
	g.draw(chained320x200, 320, 200, 256, g.chained)
	f := g.Frame()
	m := f.Image().(*image.Paletted)
	require.Equal(t, f.Pix, m.Pix)
	m.Pix[0]++
	assert.NotEqual(t, f.Pix[0], m.Pix[0], "a copy")
	assert.Equal(t, f.Palette[77], m.Palette[77])
}
