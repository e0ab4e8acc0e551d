package vga

import "math/bits"

// Graphics controller registers.
const (
	grSetReset = iota
	grEnableSetReset
	grColourCompare
	grDataRotate
	grReadMapSelect
	grMode
	grMiscellaneous
	grColourDontCare
	grBitMask
)

const graphicsIndexMask = 0x0f

// Data rotate: the count in bits 0-2, the function with the latches above.
const (
	rotateCount   = 0b0000_0111
	functionShift = 3
	functionAnd   = 1
	functionOr    = 2
	functionXor   = 3
)

// Mode.
const (
	modeWrite       = 0b0000_0011
	modeReadCompare = 0b0000_1000 // read mode 1
	modeOddEven     = 0b0001_0000 // reads: address bit 0 selects between two planes
	modeShift       = 0b0110_0000 // how bytes become dots, see the serializer
)

// Miscellaneous.
const (
	miscChainOddEven = 0b0000_0010 // address bit 0 selects planes only
	miscMapShift     = 2
	miscMap          = 0b0000_1100 // where the memory appears
)

// graphicsBits are the bits that exist in each register.
var graphicsBits = [16]uint8{0x0f, 0x0f, 0x0f, 0x1f, 0x03, 0x7b, 0x0f, 0x0f, 0xff}

// graphicsController is between the CPU and display memory.
type graphicsController struct {
	index uint8
	regs  [16]uint8
	latch uint32 // the four planes as last read, plane 0 lowest
}

func (g *graphicsController) read() uint8 { return g.regs[g.index&graphicsIndexMask] }

func (g *graphicsController) write(b uint8) {
	i := g.index & graphicsIndexMask
	g.regs[i] = b & graphicsBits[i]
}

// everyPlane has a bit set, in each of the planes that n has a bit for.
var everyPlane = func() (t [16]uint32) {
	for n := range t {
		for plane := range 4 {
			if n>>plane&1 != 0 {
				t[n] |= 0xff << (8 * plane)
			}
		}
	}
	return t
}()

const onePerPlane = 0x01010101

// passesData tells whether bytes of the CPU reach memory unchanged.
func (g *graphicsController) passesData() bool {
	return g.regs[grMode]&modeWrite == 0 && g.regs[grEnableSetReset] == 0 &&
		g.regs[grDataRotate] == 0 && g.regs[grBitMask] == 0xff
}

// mix is what a byte written by the CPU puts into the four planes.
func (g *graphicsController) mix(b uint8) uint32 {
	mask := g.regs[grBitMask]
	var data uint32
	switch g.regs[grMode] & modeWrite {
	case 0: // the rotated byte in all planes, except where set/reset is on
		data = uint32(g.rotate(b)) * onePerPlane
		enabled := everyPlane[g.regs[grEnableSetReset]&15]
		data = data&^enabled | everyPlane[g.regs[grSetReset]&15]&enabled
	case 1: // the latches, to copy four planes at a time
		return g.latch
	case 2: // the low bits of the byte are a colour
		data = everyPlane[b&15]
	case 3: // the colour is in set/reset, and the byte says where
		data = everyPlane[g.regs[grSetReset]&15]
		mask &= g.rotate(b)
	}
	switch g.regs[grDataRotate] >> functionShift & 3 {
	case functionAnd:
		data &= g.latch
	case functionOr:
		data |= g.latch
	case functionXor:
		data ^= g.latch
	}
	where := uint32(mask) * onePerPlane
	return data&where | g.latch&^where
}

func (g *graphicsController) rotate(b uint8) uint8 {
	return bits.RotateLeft8(b, -int(g.regs[grDataRotate]&rotateCount))
}

// compare has a bit set for each dot of the latches that has the compared
// colour in the planes that matter: read mode 1.
func (g *graphicsController) compare() uint8 {
	differ := g.latch ^ everyPlane[g.regs[grColourCompare]&15]
	differ &= everyPlane[g.regs[grColourDontCare]&15]
	differ |= differ >> 16
	differ |= differ >> 8
	return ^uint8(differ)
}
