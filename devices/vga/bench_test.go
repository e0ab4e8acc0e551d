package vga

import "testing"

// The guests that draw their screens byte by byte are many; this is what an
// access costs them beyond the way to the device.
func BenchmarkWindow(b *testing.B) {
	for _, bench := range []struct {
		name   string
		mode   mode
		script string
		size   int
		read   bool
	}{
		{"text/write8", text80, "outw 3c4h, 0302h", 1, false},
		{"text/write16", text80, "outw 3c4h, 0302h", 2, false},
		{"text/write32", text80, "outw 3c4h, 0302h", 4, false},
		{"text/read8", text80, "outw 3c4h, 0302h", 1, true},
		{"text/read16", text80, "outw 3c4h, 0302h", 2, true},
		{"planar/write0", planar640x480, "", 1, false},
		{"planar/write1", planar640x480, "outw 3ceh, 0105h", 1, false},
		{"planar/write3", planar640x480, "outw 3ceh, 0305h", 1, false},
		{"planar/read0", planar640x480, "", 1, true},
		{"planar/read1", planar640x480, "outw 3ceh, 0805h", 1, true},
		{"chained/write8", chained320x200, "", 1, false},
		{"chained/write32", chained320x200, "", 4, false},
	} {
		b.Run(bench.name, func(b *testing.B) {
			g := newGuest(b)
			g.set(bench.mode)
			g.run(bench.script)
			start := g.access.start
			for i := uint32(0); b.Loop(); i++ {
				at := start + i*uint32(bench.size)&0x3fff
				if bench.read {
					g.ReadMem(at, bench.size)
				} else {
					g.WriteMem(at, bench.size, i)
				}
			}
		})
	}
}

// A picture that has changed everywhere, in one place, and not at all.
func BenchmarkFrame(b *testing.B) {
	for _, bench := range []struct {
		name string
		draw func(g *guest)
		at   uint32
	}{
		{"text", func(g *guest) { g.textScreen(text80, 16) }, 0xb8000},
		{"640x480x16", func(g *guest) { g.drawPlanar(planar640x480, 640, 480) }, 0xa0000},
		{"320x200x256", func(g *guest) { g.draw(chained320x200, 320, 200, 256, g.chained) }, 0xa0000},
	} {
		g := newGuest(b)
		bench.draw(g)
		g.index(portGraphicsIndex, grBitMask, 0xff)
		for _, change := range []string{"all", "one", "none"} {
			b.Run(bench.name+"/"+change, func(b *testing.B) {
				for i := uint32(0); b.Loop(); i++ {
					switch change {
					case "all":
						g.MarkDirty(0, vramSize)
					case "one":
						g.WriteMem(bench.at-WindowStart, 1, i)
					}
					g.Frame()
				}
			})
		}
	}
}

func BenchmarkText(b *testing.B) {
	g := newGuest(b)
	g.textScreen(text80, 16)
	for b.Loop() {
		g.Text()
	}
}
