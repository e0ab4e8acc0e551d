package vga

// The video modes of the IBM VGA BIOS, and two that programs made of them.
var (
	text40 = mode{msr: 0x67, sr: "03 08 03 00 02",
		crtc: "2D 27 28 90 2B A0 BF 1F 00 4F 0D 0E 00 00 00 00 9C 8E 8F 14 1F 96 B9 A3 FF",
		attr: paletteEGA + " 0C 00 0F 08 00", grap: "00 00 00 00 00 10 0E 00 FF"}
	text80 = mode{msr: 0x67, sr: "03 00 03 00 02",
		crtc: "5F 4F 50 82 55 81 BF 1F 00 4F 0D 0E 00 00 00 00 9C 8E 8F 28 1F 96 B9 A3 FF",
		attr: paletteEGA + " 0C 00 0F 08 00", grap: "00 00 00 00 00 10 0E 00 FF"}
	text80x50 = mode{msr: 0x67, sr: text80.sr,
		crtc: "5F 4F 50 82 55 81 BF 1F 00 47 06 07 00 00 00 00 9C 8E 8F 28 1F 96 B9 A3 FF",
		attr: text80.attr, grap: text80.grap}
	textMono = mode{msr: 0x66, sr: text80.sr,
		crtc: "5F 4F 50 82 55 81 BF 1F 00 4F 0D 0E 00 00 00 00 9C 8E 8F 28 0D 96 B9 A3 FF",
		attr: "00 08 08 08 08 08 08 08 10 18 18 18 18 18 18 18 0E 00 0F 08 00", grap: "00 00 00 00 00 10 0A 00 FF"}
	cga4 = mode{msr: 0x63, sr: "03 09 03 00 02",
		crtc: "2D 27 28 90 2B 80 BF 1F 00 C1 00 00 00 00 00 00 9C 8E 8F 14 00 96 B9 A2 FF",
		attr: "00 13 15 17 02 04 06 07 10 11 12 13 14 15 16 17 01 00 03 00 00", grap: "00 00 00 00 00 30 0F 00 FF"}
	cga2 = mode{msr: 0x63, sr: "03 01 01 00 06",
		crtc: "5F 4F 50 82 54 80 BF 1F 00 C1 00 00 00 00 00 00 9C 8E 8F 28 00 96 B9 C2 FF",
		attr: "00 17 17 17 17 17 17 17 17 17 17 17 17 17 17 17 01 00 01 00 00", grap: "00 00 00 00 00 00 0D 00 FF"}
	planar320x200 = mode{msr: 0x63, sr: "03 09 0F 00 06",
		crtc: "2D 27 28 90 2B 80 BF 1F 00 C0 00 00 00 00 00 00 9C 8E 8F 14 00 96 B9 E3 FF",
		attr: paletteCGA + " 01 00 0F 00 00", grap: grapPlanar}
	planar640x200 = mode{msr: 0x63, sr: "03 01 0F 00 06",
		crtc: "5F 4F 50 82 54 80 BF 1F 00 C0 00 00 00 00 00 00 9C 8E 8F 28 00 96 B9 E3 FF",
		attr: paletteCGA + " 01 00 0F 00 00", grap: grapPlanar}
	mono640x350 = mode{msr: 0xa2, sr: "03 01 0F 00 06",
		crtc: "5F 4F 50 82 54 80 BF 1F 00 40 00 00 00 00 00 00 83 85 5D 28 0F 63 BA E3 FF",
		attr: "00 08 00 00 18 18 00 00 00 08 00 00 00 18 00 00 0B 00 05 00 00", grap: "00 00 00 00 00 00 05 05 FF"}
	planar640x350 = mode{msr: 0xa3, sr: "03 01 0F 00 06",
		crtc: "5F 4F 50 82 54 80 BF 1F 00 40 00 00 00 00 00 00 83 85 5D 28 0F 63 BA E3 FF",
		attr: paletteEGA + " 01 00 0F 00 00", grap: grapPlanar}
	mono640x480 = mode{msr: 0xe3, sr: "03 01 0F 00 06",
		crtc: "5F 4F 50 82 54 80 0B 3E 00 40 00 00 00 00 00 00 EA 8C DF 28 00 E7 04 E3 FF",
		attr: "00 3F 3F 3F 3F 3F 3F 3F 3F 3F 3F 3F 3F 3F 3F 3F 01 00 0F 00 00", grap: "00 00 00 00 00 00 05 01 FF"}
	planar640x480 = mode{msr: 0xe3, sr: "03 01 0F 00 06",
		crtc: mono640x480.crtc,
		attr: paletteEGA + " 01 00 0F 00 00", grap: grapPlanar}
	chained320x200 = mode{msr: 0x63, sr: "03 01 0F 00 0E",
		crtc: "5F 4F 50 82 54 80 BF 1F 00 41 00 00 00 00 00 00 9C 8E 8F 28 40 96 B9 A3 FF",
		attr: palette256 + " 41 00 0F 00 00", grap: "00 00 00 00 00 40 05 0F FF"}
	// Mode X: 256 colours in planes, with the lines of 640x480.
	unchained320x240 = mode{msr: 0xe3, sr: "03 01 0F 00 06",
		crtc: "5F 4F 50 82 54 80 0D 3E 00 41 00 00 00 00 00 00 EA AC DF 28 00 E7 06 E3 FF",
		attr: palette256 + " 41 00 0F 00 00", grap: "00 00 00 00 00 40 05 0F FF"}
	// The same 360 dots wide and with every line.
	unchained360x480 = mode{msr: 0xe7, sr: "03 01 0F 00 06",
		crtc: "6B 59 5A 8E 5E 8A 0D 3E 00 40 00 00 00 00 00 00 EA AC DF 2D 00 E7 06 E3 FF",
		attr: palette256 + " 41 00 0F 00 00", grap: "00 00 00 00 00 40 05 0F FF"}
)

const (
	paletteEGA = "00 01 02 03 04 05 14 07 38 39 3A 3B 3C 3D 3E 3F"
	paletteCGA = "00 01 02 03 04 05 06 07 10 11 12 13 14 15 16 17"
	palette256 = "00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F"
	grapPlanar = "00 00 00 00 00 00 05 0F FF"
)

// text puts the adapter into a text mode with a font of its height and fills
// the screen: every character, in every attribute.
func (g *guest) textScreen(m mode, height int) {
	g.set(m)
	if m == textMono {
		g.loadColours(dacMono)
	} else {
		g.loadColours(dacEGA)
	}
	g.loadFont(0, height)
	text := g.Text()
	base := uint32(0xb8000 - WindowStart)
	if m.msr&miscColourAddress == 0 {
		base = 0xb0000 - WindowStart
	}
	for i := range text.Columns * text.Rows {
		column, row := i%text.Columns, i/text.Columns
		g.WriteMem(base+uint32(2*i), 2, uint32(i&0xff|(column>>2+row<<4)&0xff<<8))
	}
}

// A plot draws one dot of a test pattern.
type plot func(x, y int, colour uint8)

// pattern draws diagonal bands of all colours, a frame around them, and a
// block of every colour in the middle.
func pattern(w, h, colours int, put plot) {
	for y := range h {
		for x := range w {
			c := (x + y) / 8 % colours
			bx, by := (x-w/4)*colours/(w/2), y-h/3
			switch {
			case x == 0 || y == 0 || x == w-1 || y == h-1:
				c = colours - 1
			case x >= w/4 && x < w*3/4 && by >= 0 && by < h/3:
				c = bx
			}
			put(x, y, uint8(c))
		}
	}
}

// planar draws in planes with write mode 2: the mask picks the dot, a read
// fills the latches, and the byte written is the colour.
func (g *guest) planar(bytesPerLine int) plot {
	g.index(portGraphicsIndex, grMode, 2)
	return func(x, y int, colour uint8) {
		g.index(portGraphicsIndex, grBitMask, 0x80>>(x&7))
		at := uint32(y*bytesPerLine + x>>3)
		g.ReadMem(at, 1)
		g.WriteMem(at, 1, uint32(colour))
	}
}

func (g *guest) chained(x, y int, colour uint8) {
	g.WriteMem(uint32(y*320+x), 1, uint32(colour))
}

func (g *guest) unchained(width int) plot {
	return func(x, y int, colour uint8) {
		g.index(portSequencerIndex, srMapMask, 1<<(x&3))
		g.WriteMem(uint32((y*width+x)/4), 1, uint32(colour))
	}
}

// cga draws at B8000h, odd lines 2000h behind even ones.
func (g *guest) cga(bits int) plot {
	perByte := 8 / bits
	return func(x, y int, colour uint8) {
		at := uint32(0xb8000 - WindowStart + y>>1*80 + y&1<<13 + x/perByte)
		shift := (perByte - 1 - x%perByte) * bits
		old := g.ReadMem(at, 1)
		dot := uint32(1<<bits - 1)
		g.WriteMem(at, 1, old&^(dot<<shift)|uint32(colour)<<shift)
	}
}
