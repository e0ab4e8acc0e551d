package vga

import "encoding/binary"

// How the graphics controller turns four bytes, one of each plane, into eight
// dots of 4 bits: bits 5 and 6 of its mode.
const (
	serializePlanes = 0b0000_0000 // one bit of each plane a dot
	serializeCGA    = 0b0010_0000 // two adjacent bits a dot, low planes then high
	serialize256    = 0b0100_0000 // four adjacent bits a dot
)

// bitDots has bit 7-i of a byte as the value of dot i; pairDots has the four
// pairs of bits as the values of four dots, nibbleDots the two halves as those
// of two.
var bitDots, pairDots, nibbleDots = func() (one [256]uint64, two, four [256]uint64) {
	for b := range uint64(256) {
		for i := range 8 {
			one[b] |= b >> (7 - i) & 1 << (8 * i)
		}
		for i := range 4 {
			two[b] |= b >> (6 - 2*i) & 3 << (8 * i)
		}
		four[b] = b>>4 | b&15<<8
	}
	return one, two, four
}()

// eight makes the dots of four bytes.
func (r *raster) eight(p []byte) uint64 {
	switch r.serialize {
	case serializePlanes:
		return bitDots[p[0]] | bitDots[p[1]]<<1 | bitDots[p[2]]<<2 | bitDots[p[3]]<<3
	case serializeCGA:
		return pairDots[p[0]] | pairDots[p[2]]<<2 | (pairDots[p[1]]|pairDots[p[3]]<<2)<<32
	}
	return nibbleDots[p[0]] | nibbleDots[p[1]]<<16 | nibbleDots[p[2]]<<32 | nibbleDots[p[3]]<<48
}

// graphicsLine draws one line of the picture, and a character more for
// panning.
func (v *VGA) graphicsLine(out []uint8, r *raster, l *scanLine) {
	n := r.columns + 1
	from, plain := r.span(l, n)
	if plain && r.pairs && r.serialize&serialize256 != 0 {
		// Bytes are dots, and memory has the planes side by side.
		copy(out, v.vram[from*4:][:n*4])
		return
	}
	for column := range n {
		at := from + column
		if !plain {
			at = int(r.address(l, column))
		}
		dots := r.eight(v.vram[at*4:][:4])
		if r.pairs {
			binary.LittleEndian.PutUint32(out, join(dots))
			out = out[4:]
		} else {
			binary.LittleEndian.PutUint64(out, dots)
			out = out[8:]
		}
	}
}

// join makes four dots of 8 bits of eight dots of 4 bits.
func join(dots uint64) uint32 {
	var out uint32
	for i := range 4 {
		pair := uint32(dots >> (16 * i))
		out |= (pair&15<<4 | pair>>8&15) << (8 * i)
	}
	return out
}
