package vga

import "encoding/binary"

// Planes of the text modes.
const (
	charPlane = iota
	attributePlane
	fontPlane
)

// Attribute bits.
const (
	attributeBlink = 0x80
	// Of the low three bits only the value of the monochrome adapter's
	// underlined characters matters, in colour modes too.
	attributeUnderlineMask = 0x07
	attributeUnderline     = 0x01
)

const fontRows = 32 // bytes per character in plane 2

// spread has, for each bit of a byte, a byte of all ones or zeros, the highest
// bit first.
var spread = func() (t [256]uint64) {
	for b := range t {
		for i := range 8 {
			if b>>(7-i)&1 != 0 {
				t[b] |= 0xff << (8 * i)
			}
		}
	}
	return t
}()

const eightDots = 0x0101010101010101

// inks are the colours of each attribute, eight dots at a time: the
// background, and what turns it into the foreground.
type inks struct {
	mixed bool
	blink bool // what they were mixed for
	back  [256]uint64
	flip  [256]uint64
}

func (k *inks) mix(r *raster) {
	if k.mixed && k.blink == r.blink {
		return
	}
	k.mixed, k.blink = true, r.blink
	for a := range 256 {
		fore, back := attributeColours(uint8(a), r.blink)
		k.back[a] = uint64(back) * eightDots
		k.flip[a] = uint64(fore^back) * eightDots
	}
}

// attributeColours are the palette indices that an attribute stands for.
func attributeColours(a uint8, blink bool) (fore, back uint8) {
	fore, back = a&15, a>>4
	if blink {
		back &= 7
	}
	return fore, back
}

// textLine draws one line of the picture, and a character more for panning.
func (v *VGA) textLine(out []uint8, r *raster, l *scanLine, ink *inks) {
	from, plain := r.span(l, r.columns+1)
	cursorRow := r.cursor.enabled && r.cursor.lit && r.cursor.first <= l.row && l.row <= r.cursor.last
	for column := range r.columns + 1 {
		at := from + column
		if !plain {
			at = int(r.address(l, column))
		}
		cell := v.vram[at*4:][:2]
		char, attribute := cell[charPlane], cell[attributePlane]

		font := int(r.fonts[attribute>>3&1]) + int(char)*fontRows + int(l.row)
		dots := v.vram[font&(vramSize/4-1)*4+fontPlane]
		ninth := uint8(0)
		if r.lineGraphics && char&0xe0 == 0xc0 {
			ninth = dots << 7
		}
		switch {
		case cursorRow && l.counter+uint16(column>>r.countShift) == r.cursor.address:
			dots, ninth = 0xff, 0x80
		case attribute&attributeBlink != 0 && !r.blinkLit:
			dots, ninth = 0, 0
		case l.row == r.underline && attribute&attributeUnderlineMask == attributeUnderline:
			dots, ninth = 0xff, 0x80
		}

		back, flip := ink.back[attribute], ink.flip[attribute]
		binary.LittleEndian.PutUint64(out, back^spread[dots]&flip)
		if r.dots == 9 {
			out[8] = uint8(back ^ spread[ninth]&flip)
		}
		out = out[r.dots:]
	}
}
