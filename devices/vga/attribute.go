package vga

// Attribute controller registers behind the sixteen of the palette.
const (
	arMode = iota + 0x10
	arOverscan
	arPlaneEnable
	arPanning
	arColourSelect
	attributeRegisters
)

// Attribute index.
const (
	attributeIndexMask  = 0b0001_1111
	paletteAddressAtCRT = 0b0010_0000 // PAS: the palette serves the screen, not the CPU
)

// Attribute mode control.
const (
	attrGraphics     = 0b0000_0001
	attrMonochrome   = 0b0000_0010
	attrLineGraphics = 0b0000_0100 // C0h-DFh repeat their eighth dot in the ninth
	attrBlink        = 0b0000_1000 // bit 7 blinks, instead of brightening the background
	attrPanSplit     = 0b0010_0000 // no panning below the split
	attr256          = 0b0100_0000 // two dots make an 8-bit colour
	attrPaletteHigh  = 0b1000_0000 // colour bits 4 and 5 come from colour select
)

// attributeBits are the bits that exist in each register.
var attributeBits = [attributeRegisters]uint8{
	0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f,
	arMode: 0xef, arOverscan: 0xff, arPlaneEnable: 0x3f, arPanning: 0x0f, arColourSelect: 0x0f,
}

// attributeController turns the 4-bit colours of memory into the 8-bit ones
// of the DAC.
type attributeController struct {
	index    uint8
	regs     [attributeRegisters]uint8
	flipFlop int32 // 1: the next write goes to the register, not the index
}

func (a *attributeController) read() uint8 {
	if i := a.index & attributeIndexMask; i < attributeRegisters {
		return a.regs[i]
	}
	return 0
}

func (a *attributeController) write(b uint8) {
	if a.flipFlop == 0 {
		a.index = b & (attributeIndexMask | paletteAddressAtCRT)
	} else if i := a.index & attributeIndexMask; i < attributeRegisters {
		a.regs[i] = b & attributeBits[i]
	}
	a.flipFlop ^= 1
}

// colour is the DAC's index for a 4-bit colour.
func (a *attributeController) colour(c uint8) uint8 {
	out, high := a.regs[c&15]&0x3f, a.regs[arColourSelect]
	if a.regs[arMode]&attrPaletteHigh != 0 {
		out = out&0x0f | high&0x03<<4
	}
	return out | high&0x0c<<4
}

// graphicsColour is the DAC's index for a 4-bit colour of a graphics mode,
// where blinking is a matter of bit 3: in colour it stays on, so that 0-7 are
// bright, but blinks for 8-15; in monochrome it blinks for all, and the
// palette shows which look different for it.
func (a *attributeController) graphicsColour(c uint8, lit bool) uint8 {
	switch mode := a.regs[arMode]; {
	case mode&attrBlink == 0:
	case !lit:
		c ^= 8
	case mode&attrMonochrome == 0:
		c |= 8
	}
	return a.colour(c)
}
