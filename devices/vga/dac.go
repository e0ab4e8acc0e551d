package vga

import "image/color"

// DAC state as port 3C7h reads it.
const (
	dacWriting = 0
	dacReading = 3
)

const pelMaskReset = 0xff

// dac is the table of 256 colours of 3 x 6 bits, and the converter behind it.
type dac struct {
	state      uint8
	part       uint8 // of the colour being read or written: 0 red, 1 green, 2 blue
	readIndex  uint8
	writeIndex uint8
	cache      [3]uint8 // parts of a colour that is not yet written
	colours    [768]uint8
	pelMask    uint8
}

func (d *dac) startRead(index uint8) { d.state, d.readIndex, d.part = dacReading, index, 0 }

func (d *dac) startWrite(index uint8) { d.state, d.writeIndex, d.part = dacWriting, index, 0 }

func (d *dac) read() uint8 {
	b := d.colours[3*int(d.readIndex)+int(d.part)]
	if d.part++; d.part == 3 {
		d.part = 0
		d.readIndex++
	}
	return b
}

// write takes 6 bits of b, or all in the wide mode of the VBE extension.
func (d *dac) write(b uint8, wide bool) {
	if !wide {
		b &= 0x3f
	}
	d.cache[d.part] = b
	if d.part++; d.part == 3 {
		d.part = 0
		copy(d.colours[3*int(d.writeIndex):], d.cache[:])
		d.writeIndex++
	}
}

// colour is what the screen shows for an index from the attribute controller.
func (d *dac) colour(index uint8, wide bool) color.RGBA {
	c := d.colours[3*int(index&d.pelMask):]
	if wide {
		return color.RGBA{R: c[0], G: c[1], B: c[2], A: 0xff}
	}
	return color.RGBA{R: sixToEight(c[0]), G: sixToEight(c[1]), B: sixToEight(c[2]), A: 0xff}
}

// sixToEight spreads 0-63 over 0-255.
func sixToEight(b uint8) uint8 { return b<<2 | b>>4&3 }
