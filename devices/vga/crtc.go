package vga

// CRT controller registers.
const (
	crHorizontalTotal = iota
	crHorizontalDisplayEnd
	crStartHorizontalBlank
	crEndHorizontalBlank
	crStartHorizontalRetrace
	crEndHorizontalRetrace
	crVerticalTotal
	crOverflow
	crPresetRowScan
	crMaximumScanLine
	crCursorStart
	crCursorEnd
	crStartAddressHigh
	crStartAddressLow
	crCursorLocationHigh
	crCursorLocationLow
	crVerticalRetraceStart
	crVerticalRetraceEnd
	crVerticalDisplayEnd
	crOffset
	crUnderlineLocation
	crStartVerticalBlank
	crEndVerticalBlank
	crModeControl
	crLineCompare
	crtcRegisters
)

const (
	overflowLineCompare = 0b0001_0000

	maximumDoubleScan = 0b1000_0000 // each line is shown twice

	cursorOff       = 0b0010_0000 // in cursor start
	cursorSkewShift = 5           // in cursor end: to the right by so many characters
	cursorSkew      = 0b0110_0000

	retraceProtect = 0b1000_0000 // in vertical retrace end: registers 0-7 are read-only

	underlineCountBy4   = 0b0010_0000 // the address counter moves every fourth character
	underlineDoubleWord = 0b0100_0000

	rowScanMask = 0b0001_1111 // preset, maximum, cursor start and end, underline
)

// CRTC mode control.
const (
	crtcRow0       = 0b0000_0001 // off: row scan bit 0 is address bit 13, as in the CGA
	crtcRow1       = 0b0000_0010 // off: row scan bit 1 is address bit 14, as in the Hercules
	crtcHalveLines = 0b0000_0100 // the vertical counter moves every second line
	crtcCountBy2   = 0b0000_1000 // the address counter moves every second character
	crtcByte       = 0b0100_0000 // byte addresses, not word
	crtcSync       = 0b1000_0000 // off: no retrace, so the monitor goes dark
)

// crtController makes the timing, the addresses and the cursor. The state has
// room for 256 registers as QEMU's does, of which the VGA has 25.
type crtController struct {
	index uint8
	regs  [256]uint8
}

func (c *crtController) read() uint8 { return c.regs[c.index] }

func (c *crtController) write(b uint8) {
	switch {
	case c.index >= crtcRegisters:
	case c.index > crOverflow || c.regs[crVerticalRetraceEnd]&retraceProtect == 0:
		c.regs[c.index] = b
	case c.index == crOverflow:
		// Line compare is of use to every program, so its ninth bit escapes
		// the protection of the timing.
		c.regs[crOverflow] = c.regs[crOverflow]&^overflowLineCompare | b&overflowLineCompare
	}
}

// pair is a 16-bit register whose high byte comes first.
func (c *crtController) pair(high int) uint16 {
	return uint16(c.regs[high])<<8 | uint16(c.regs[high+1])
}

// tenBits puts together a vertical register, with its bits 8 and 9 found at
// the given places of the overflow register.
func (c *crtController) tenBits(reg, bit8, bit9 int) int {
	over := int(c.regs[crOverflow])
	return int(c.regs[reg]) | over>>bit8&1<<8 | over>>bit9&1<<9
}

func (c *crtController) verticalTotal() int       { return c.tenBits(crVerticalTotal, 0, 5) + 2 }
func (c *crtController) verticalDisplay() int     { return c.tenBits(crVerticalDisplayEnd, 1, 6) + 1 }
func (c *crtController) retraceStart() int        { return c.tenBits(crVerticalRetraceStart, 2, 7) }
func (c *crtController) horizontalTotal() int     { return int(c.regs[crHorizontalTotal]) + 5 }
func (c *crtController) horizontalDisplay() int   { return int(c.regs[crHorizontalDisplayEnd]) + 1 }
func (c *crtController) mode(bit uint8) bool      { return c.regs[crModeControl]&bit != 0 }
func (c *crtController) rowScanLimit() uint8      { return c.regs[crMaximumScanLine] & rowScanMask }
func (c *crtController) doubleScan() bool         { return c.regs[crMaximumScanLine]&maximumDoubleScan != 0 }
func (c *crtController) presetRowScan() uint8     { return c.regs[crPresetRowScan] & rowScanMask }
func (c *crtController) bytePanning() uint16      { return uint16(c.regs[crPresetRowScan]) >> 5 & 3 }
func (c *crtController) rowOffset() uint16        { return uint16(c.regs[crOffset]) * 2 }
func (c *crtController) underlineLocation() uint8 { return c.regs[crUnderlineLocation] & rowScanMask }

func (c *crtController) lineCompare() int {
	bit8 := int(c.regs[crOverflow]) >> 4 & 1 << 8
	bit9 := int(c.regs[crMaximumScanLine]) >> 6 & 1 << 9
	return int(c.regs[crLineCompare]) | bit8 | bit9
}

// retraceLines is the length of the vertical retrace: its end is given by the
// low four bits of the line.
func (c *crtController) retraceLines() int {
	n := (int(c.regs[crVerticalRetraceEnd]) - c.retraceStart()) & 15
	if n == 0 {
		return 16
	}
	return n
}

// addressUnit is the shift that makes byte addresses of the address counter.
func (c *crtController) addressUnit() int {
	switch {
	case c.regs[crUnderlineLocation]&underlineDoubleWord != 0:
		return 2
	case c.mode(crtcByte):
		return 0
	}
	return 1
}

// countShift is how often, as a power of two, the same address is fetched.
func (c *crtController) countShift() int {
	switch {
	case c.regs[crUnderlineLocation]&underlineCountBy4 != 0:
		return 2
	case c.mode(crtcCountBy2):
		return 1
	}
	return 0
}
