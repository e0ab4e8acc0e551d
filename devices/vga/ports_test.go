package vga

import (
	"image/color"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestPorts(t *testing.T) {
	for _, test := range []struct{ name, script string }{
		{"reset: the adapter answers where the monochrome one did", `
			in 3cch = 00h
			in 3d4h = 0ffh
			in 3dah = 0ffh
			out 3d4h, 0ah
			in 3b4h = 00h
			in 3c2h = 10h
			in 3c6h = 0ffh`},
		{"miscellaneous output moves the CRTC", `
			out 3c2h, 67h
			in 3cch = 67h
			in 3b4h = 0ffh
			in 3b5h = 0ffh
			in 3bah = 0ffh
			outw 3d4h, 4d0eh
			outw 3b4h, 0aa0eh ; nobody there
			in 3d4h = 0eh
			in 3d5h = 4dh
			out 3c2h, 66h
			in 3d5h = 0ffh
			in 3b5h = 4dh
			in 3bah = 08h`},
		{"registers have only their bits", `
			outw 3c4h, 0ff00h
			in 3c5h = 03h
			outw 3c4h, 0ff01h
			in 3c5h = 3dh
			outw 3c4h, 0ff02h
			in 3c5h = 0fh
			outw 3c4h, 0ff03h
			in 3c5h = 3fh
			outw 3c4h, 0ff04h
			in 3c5h = 0eh
			outw 3c4h, 0ff05h
			in 3c5h = 00h
			outw 3ceh, 0ff03h
			in 3cfh = 1fh
			outw 3ceh, 0ff05h
			in 3cfh = 7bh
			outw 3ceh, 0ff08h
			in 3cfh = 0ffh
			outw 3ceh, 0ff09h
			in 3cfh = 00h
			out 3c2h, 01h
			outw 3d4h, 0ff18h
			in 3d5h = 0ffh
			outw 3d4h, 0ff19h ; no such register
			in 3d5h = 00h
			out 3dah, 0ffh
			in 3cah = 0bh`},
		{"indices wrap", `
			out 3c4h, 0fah
			in 3c4h = 02h
			out 3ceh, 18h
			in 3ceh = 08h`},
		{"nothing answers in the holes", `
			in 3c3h = 0ffh
			in 3cbh = 0ffh
			in 3cdh = 0ffh`},
		{"the CRTC's timing can be protected", `
			out 3c2h, 01h
			outw 3d4h, 5f00h
			outw 3d4h, 1f07h
			outw 3d4h, 8e11h
			outw 3d4h, 0000h
			out 3d4h, 00h
			in 3d5h = 5fh
			outw 3d4h, 0ff07h ; of overflow, line compare stays writable
			out 3d4h, 07h
			in 3d5h = 1fh
			outw 3d4h, 0007h
			out 3d4h, 07h
			in 3d5h = 0fh
			outw 3d4h, 1208h
			out 3d4h, 08h
			in 3d5h = 12h
			outw 3d4h, 0e11h
			outw 3d4h, 1100h
			out 3d4h, 00h
			in 3d5h = 11h`},
		{"the attribute controller takes index and data in turn", `
			out 3c2h, 01h
			in 3dah
			out 3c0h, 13h
			out 3c0h, 0ffh
			in 3c0h = 13h
			in 3c1h = 0fh
			out 3c0h, 30h ; index again, with PAS
			in 3c0h = 30h
			in 3dah       ; starts over
			out 3c0h, 01h
			out 3c0h, 0ffh
			in 3c1h = 3fh
			out 3c0h, 15h ; no such register
			out 3c0h, 0ffh
			in 3c1h = 00h`},
		{"input status 1 at the unselected address does not start over", `
			out 3c2h, 01h
			in 3dah
			out 3c0h, 11h
			in 3bah
			out 3c0h, 5ah
			in 3c1h = 5ah`},
		{"the DAC takes and gives three parts and goes on", `
			out 3c8h, 0ffh
			out 3c9h, 01h
			out 3c9h, 02h
			out 3c9h, 0c3h ; 6 bits
			out 3c9h, 04h
			out 3c9h, 05h
			in 3c8h = 00h
			in 3c7h = 00h
			out 3c9h, 06h
			in 3c8h = 01h
			out 3c7h, 0ffh
			in 3c7h = 03h
			in 3c9h = 01h
			in 3c9h = 02h
			in 3c9h = 03h
			in 3c9h = 04h
			in 3c9h = 05h
			in 3c9h = 06h
			in 3c9h = 00h`},
		{"a colour that is not complete is not written", `
			out 3c8h, 10h
			out 3c9h, 3fh
			out 3c9h, 3fh
			out 3c8h, 10h
			out 3c9h, 11h
			out 3c7h, 10h
			in 3c9h = 00h
			in 3c9h = 00h`},
		{"the PEL mask is a plain register", `
			out 3c6h, 55h
			in 3c6h = 55h`},
	} {
		t.Run(test.name, func(t *testing.T) { newGuest(t).run(test.script) })
	}
}

// A polling guest sees the beam pass: the numbers are those of 640x480.
func TestInputStatusFollowsTheBeam(t *testing.T) {
	g := newGuest(t)
	g.set(planar640x480)
	g.run(`
		in 3dah = 00h    ; displaying
		wait 25000
		in 3dah = 00h    ; still on line 0
		wait 1000
		in 3dah = 01h    ; horizontal blanking
		wait 6000
		in 3dah = 00h    ; line 1
		wait 15222000
		in 3dah = 01h    ; line 480
		wait 317100
		in 3dah = 09h    ; line 490: vertical retrace
		wait 64000
		in 3dah = 01h    ; line 492
		wait 1048500     ; line 0 again
		in 3dah = 00h`)
}

func TestFrameRates(t *testing.T) {
	for _, test := range []struct {
		name string
		mode mode
		ns   int64
	}{
		{"text", text80, 14_268_059},            // 70.09 Hz
		{"text 40", text40, 14_268_059},         // the same, at half the clock
		{"640x480", planar640x480, 16_683_217},  // 59.94 Hz
		{"320x200", chained320x200, 14_268_123}, // 70.09 Hz
		{"640x350", planar640x350, 14_268_123},
	} {
		g := newGuest(t)
		g.set(test.mode)
		ns, _, _ := g.frameTime()
		assert.InDelta(t, test.ns, ns, 1000, test.name)
	}
}

func TestRetraceThatNeverComesIsTheGuestsProblem(t *testing.T) {
	g := newGuest(t)
	g.set(text80)
	g.run("out 3d4h, 11h \n out 3d5h, 00h \n outw 3d4h, 0ff10h \n outw 3d4h, 0ff07h")
	for range 2000 {
		g.clock.Advance(10_000)
		assert.Zero(t, g.In(portStatus1, 1)&statusVRetrace)
	}
}

// The way of a colour: plane enable, palette, colour select, PEL mask, DAC.
func TestColours(t *testing.T) {
	for _, test := range []struct {
		name, script string
		value        uint8
		colour       int // the number that the DAC is asked for
	}{
		{"palette", "", 9, 0x39},
		{"plane enable", "in 3dah \n out 3c0h, 32h \n out 3c0h, 07h", 9, 0x01},
		{"colour select, upper bits", "in 3dah \n out 3c0h, 34h \n out 3c0h, 0ch", 9, 0xf9},
		{"colour select, lower bits ignored", "in 3dah \n out 3c0h, 34h \n out 3c0h, 03h", 9, 0x39},
		{"colour select, all bits", "in 3dah \n out 3c0h, 30h \n out 3c0h, 81h \n out 3c0h, 34h \n out 3c0h, 06h", 9, 0x69},
		{"PEL mask", "out 3c6h, 0fh", 9, 0x09},
		{"blinking colours, lit", "in 3dah \n out 3c0h, 30h \n out 3c0h, 09h", 9, 0x39},
		{"colours that do not blink are bright", "in 3dah \n out 3c0h, 30h \n out 3c0h, 09h", 1, 0x39},
		{"blinking colours, dark", "in 3dah \n out 3c0h, 30h \n out 3c0h, 09h \n wait 280000000", 9, 0x01},
		{"bright in the dark, too", "in 3dah \n out 3c0h, 30h \n out 3c0h, 09h \n wait 280000000", 1, 0x39},
		{"monochrome, lit", "in 3dah \n out 3c0h, 30h \n out 3c0h, 0bh", 1, 0x01},
		{"monochrome, dark", "in 3dah \n out 3c0h, 30h \n out 3c0h, 0bh \n wait 280000000", 1, 0x39},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := newGuest(t)
			g.set(planar640x480)
			g.loadColours(func(i int) [3]uint8 { return [3]uint8{uint8(i & 63), uint8(i >> 6), 63} })
			g.run(test.script)
			got := g.Frame().Palette[test.value]
			assert.Equal(t, test.colour, int(got.R>>2|got.G>>2<<6))
			assert.EqualValues(t, 0xff, got.B)
		})
	}
}

func TestScreenIsDark(t *testing.T) {
	red := color.RGBA{R: 0xff, A: 0xff}
	for _, test := range []struct {
		name, script string
		blank        bool
		colour       color.RGBA
	}{
		{"on", "", false, color.RGBA{A: 0xff}},
		{"screen off", "outw 3c4h, 2101h", true, black},
		{"no sync", "outw 3d4h, 2317h", true, black},
		{"palette at the CPU shows the border", "in 3dah \n out 3c0h, 00h", true, red},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := newGuest(t)
			g.set(text80)
			g.run("out 3c8h, 04h \n out 3c9h, 3fh \n out 3c9h, 0 \n out 3c9h, 0")
			g.run("in 3dah \n out 3c0h, 31h \n out 3c0h, 04h")
			g.run(test.script)
			f, text := g.Frame(), g.Text()
			assert.Equal(t, test.blank, f.Blank)
			assert.Equal(t, test.blank, text.Blank)
			assert.Equal(t, test.colour, f.Palette[0])
			assert.Equal(t, test.colour, text.Palette[0])
		})
	}
}
