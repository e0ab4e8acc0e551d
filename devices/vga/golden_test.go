package vga

import (
	"flag"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the pictures in testdata")

// pictures are what the adapter must show, each kept in testdata under its
// name.
var pictures = map[string]func(g *guest){
	"text-40x25":   func(g *guest) { g.textScreen(text40, 16) },
	"text-80x25":   func(g *guest) { g.textScreen(text80, 16) },
	"text-80x50":   func(g *guest) { g.textScreen(text80x50, 8) },
	"text-mono":    func(g *guest) { g.textScreen(textMono, 16) },
	"text-8-dots":  func(g *guest) { g.textScreen(text80, 16); g.index(portSequencerIndex, srClockingMode, 1) },
	"cga-320x200":  func(g *guest) { g.draw(cga4, 320, 200, 4, g.cga(2)) },
	"cga-640x200":  func(g *guest) { g.draw(cga2, 640, 200, 2, g.cga(1)) },
	"320x200x16":   func(g *guest) { g.drawPlanar(planar320x200, 320, 200) },
	"640x200x16":   func(g *guest) { g.drawPlanar(planar640x200, 640, 200) },
	"640x350-mono": func(g *guest) { g.drawPlanar(mono640x350, 640, 350) },
	"640x350x16":   func(g *guest) { g.drawPlanar(planar640x350, 640, 350) },
	"640x480-mono": func(g *guest) { g.drawPlanar(mono640x480, 640, 480) },
	"640x480x16":   func(g *guest) { g.drawPlanar(planar640x480, 640, 480) },
	"320x200x256":  func(g *guest) { g.draw(chained320x200, 320, 200, 256, g.chained) },
	"320x240x256":  func(g *guest) { g.draw(unchained320x240, 320, 240, 256, g.unchained(320)) },
	"360x480x256":  func(g *guest) { g.draw(unchained360x480, 360, 480, 256, g.unchained(360)) },

	"vbe-800x600x4":  func(g *guest) { g.linearPattern(800, 600, 4) },
	"vbe-320x400x8":  func(g *guest) { g.linearPattern(320, 400, 8) },
	"vbe-640x400x15": func(g *guest) { g.linearPattern(640, 400, 15) },
	"vbe-640x400x16": func(g *guest) { g.linearPattern(640, 400, 16) },
	"vbe-320x200x24": func(g *guest) { g.linearPattern(320, 200, 24) },
	"vbe-320x200x32": func(g *guest) { g.linearPattern(320, 200, 32) },

	"text-two-sets": func(g *guest) {
		g.textScreen(text80, 16)
		g.loadFont(5, 8)
		g.run("outw 3c4h, 2403h ; set 5 for attribute bit 3")
	},
	"text-blink-dark": func(g *guest) { g.textScreen(text80, 16); g.clock.Advance(16 * 14268480) },
	"text-bright-back": func(g *guest) {
		g.textScreen(text80, 16)
		g.run("in 3dah \n out 3c0h, 30h \n out 3c0h, 04h")
	},
	"text-underline": func(g *guest) { g.textScreen(text80, 16); g.run("outw 3d4h, 0c14h") },
	"text-split-panned": func(g *guest) {
		g.textScreen(text80, 16)
		g.run(`
			outw 3d4h, 0507h ; preset below: start at row 5 of the character
			outw 3d4h, 0508h
			out 3d4h, 11h
			out 3d5h, 0eh
			outw 3d4h, 0f07h ; line compare 0c7h
			outw 3d4h, 0f09h
			outw 3d4h, 0c718h
			outw 3d4h, 010ch ; start address 0140h: four rows down
			outw 3d4h, 400dh
			in 3dah
			out 3c0h, 33h    ; panned by 4 dots
			out 3c0h, 03h
			out 3c0h, 30h
			out 3c0h, 2ch`)
	},
	"256-split-panned": func(g *guest) {
		g.draw(unchained320x240, 320, 240, 256, g.unchained(320))
		g.run(`
			outw 3d4h, 0011h
			outw 3d4h, 3e07h ; line compare 12bh: behind line 149 of the picture
			outw 3d4h, 0109h
			outw 3d4h, 2b18h
			outw 3d4h, 120ch ; start address 12c0h: 60 lines down
			outw 3d4h, 0c00dh
			outw 3d4h, 2008h ; one address to the right
			in 3dah
			out 3c0h, 33h    ; and two dots
			out 3c0h, 04h`)
	},
}

func (g *guest) draw(m mode, w, h, colours int, put plot) {
	g.set(m)
	g.loadColours(dacOf(m, colours))
	pattern(w, h, colours, put)
}

func dacOf(m mode, colours int) func(int) [3]uint8 {
	switch {
	case colours == 256:
		return dacRamp
	case m == mono640x350:
		return dacMono
	case m.msr == 0x63:
		return dacCGA
	}
	return dacEGA
}

func (g *guest) drawPlanar(m mode, w, h int) {
	g.set(m)
	g.loadColours(dacOf(m, 16))
	pattern(w, h, 16, g.planar(w/8))
}

func TestPictures(t *testing.T) {
	for name, draw := range pictures {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newGuest(t)
			draw(g)
			compareGolden(t, name, g.Frame().Image())
		})
	}
}

func compareGolden(t *testing.T, name string, got image.Image) {
	file := filepath.Join("testdata", name+".png")
	if *update {
		f, err := os.Create(file)
		require.NoError(t, err)
		defer f.Close()
		require.NoError(t, (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(f, got))
		return
	}
	f, err := os.Open(file)
	require.NoError(t, err)
	defer f.Close()
	want, err := png.Decode(f)
	require.NoError(t, err)
	require.Equal(t, want.Bounds(), got.Bounds())
	differ := 0
	for y := range got.Bounds().Dy() {
		for x := range got.Bounds().Dx() {
			if color.RGBAModel.Convert(want.At(x, y)) != color.RGBAModel.Convert(got.At(x, y)) {
				if differ == 0 {
					t.Logf("first at %d,%d: %v, want %v", x, y, got.At(x, y), want.At(x, y))
				}
				differ++
			}
		}
	}
	assert.Zero(t, differ, "dots that differ")
}
