package vga

// The largest picture, whatever the registers say. No monitor shows more than
// 1024 lines, and 2048 dots are 227 characters.
const (
	maxWidth  = 2048
	maxHeight = 2048
)

// A raster is everything that decides how display memory becomes dots, except
// their colours. Two equal rasters over the same memory give the same picture.
type raster struct {
	linear linear // a picture of the VBE extension, and nothing else counts

	graphics  bool
	serialize uint8 // bits 5 and 6 of graphics mode
	pairs     bool  // two 4-bit dots make one of 8 bits

	columns int // character clocks of the displayed area
	dots    int // dots a character clock
	lines   int // scan lines of the displayed area
	repeat  int // scan lines that look the same, because nothing distinguishes them

	start      uint16 // address counter at the top left
	startLow   uint16 // the same below the split
	rowOffset  uint16
	countShift int
	rowBits    [2]uint16 // where row scan bits 0 and 1 enter the address; 0: nowhere

	presetRow uint8
	lastRow   uint8
	double    bool // each row takes two scan lines
	halve     bool // the vertical counter takes two scan lines

	split      int // last count of the vertical counter before the split
	panning    int // dots that are cut off on the left
	panningLow int

	fonts        [2]uint16 // of attributes without and with bit 3
	lineGraphics bool
	underline    uint8
	blink        bool // attribute bit 7 blinks
	blinkLit     bool
	cursor       cursor
}

// A cursor is what the CRT controller knows of it.
type cursor struct {
	enabled bool
	address uint16
	first   uint8 // rows of the character
	last    uint8
	lit     bool
}

func (v *VGA) raster() raster {
	if v.vbe.enabled() {
		return v.linearRaster()
	}
	c, mode := &v.crtc, v.attr.regs[arMode]
	r := raster{
		graphics:   mode&attrGraphics != 0,
		columns:    c.horizontalDisplay(),
		dots:       charDots(v.seq.regs[srClockingMode]),
		lines:      min(v.scanLines(min(c.verticalDisplay(), c.verticalTotal())), maxHeight),
		start:      c.pair(crStartAddressHigh) + c.bytePanning(),
		rowOffset:  c.rowOffset(),
		countShift: c.countShift(),
		presetRow:  c.presetRowScan(),
		lastRow:    c.rowScanLimit(),
		double:     c.doubleScan(),
		halve:      c.mode(crtcHalveLines),
		split:      c.lineCompare(),
	}
	if !c.mode(crtcRow0) {
		r.rowBits[0] = 1 << 13 >> c.addressUnit()
	}
	if !c.mode(crtcRow1) {
		r.rowBits[1] = 1 << 14 >> c.addressUnit()
	}
	if r.graphics {
		r.dots = 8
		r.serialize = v.gc.regs[grMode] & modeShift
		r.pairs = mode&attr256 != 0
	} else {
		v.textRaster(&r)
	}
	r.columns = min(r.columns, maxWidth/r.dots)
	r.repeat = r.repeats()
	r.panning = v.panning(&r)
	if mode&attrPanSplit == 0 {
		r.panningLow = r.panning
		r.startLow = c.bytePanning()
	}
	return r
}

// linearRaster is for the pictures of the VBE extension. While these are dark
// the dots, which a palette cannot darken, are not mixed.
func (v *VGA) linearRaster() raster {
	r := raster{linear: v.vbe.linear(), graphics: true, repeat: 1}
	if v.dark() || !v.paletteServesScreen() {
		r.linear.depth = min(r.linear.depth, 8)
	}
	return r
}

// sameButCursor tells whether two rasters differ in nothing but the cursor,
// which moves much more often than anything else.
func (r *raster) sameButCursor(other raster) bool {
	other.cursor = r.cursor
	return *r == other
}

// has tells whether a cursor is on a line, or just behind it.
func (r *raster) has(c cursor, l *scanLine) bool {
	return int(c.address-l.counter) <= r.columns
}

// textRaster adds what only text modes have.
func (v *VGA) textRaster(r *raster) {
	c, mode, frames := &v.crtc, v.attr.regs[arMode], v.frames()
	r.fonts = v.seq.characterMaps()
	r.lineGraphics = mode&attrLineGraphics != 0
	r.underline = c.underlineLocation()
	r.blink = mode&attrBlink != 0
	r.blinkLit = blinkLit(frames) || !r.blink
	first, last := c.regs[crCursorStart], c.regs[crCursorEnd]
	r.cursor = cursor{
		address: c.pair(crCursorLocationHigh) + uint16(last&cursorSkew>>cursorSkewShift),
		first:   first & rowScanMask,
		last:    last & rowScanMask,
	}
	r.cursor.enabled = first&cursorOff == 0 && r.cursor.first <= r.cursor.last
	r.cursor.lit = r.cursor.enabled && cursorLit(frames)
}

// panning is the number of dots that the attribute controller drops. With 9
// dots a character the register counts from 8, which means none.
func (v *VGA) panning(r *raster) int {
	n := int(v.attr.regs[arPanning])
	switch {
	case r.dots == 9 && n < 8:
		return n + 1
	case n >= 8:
		return 0
	case r.pairs:
		return n / 2
	}
	return n
}

// repeats is how many scan lines look alike: with double scan, two; and in
// graphics modes all those of a row, if the row scan counter is not part of
// the address.
func (r *raster) repeats() int {
	n := 1
	if r.double {
		n = 2
	}
	if r.graphics && r.rowBits == [2]uint16{} {
		n *= int(r.lastRow) + 1
	}
	return n
}

// cellWidth is the dots of the picture that a character clock makes.
func (r *raster) cellWidth() int {
	if r.pairs {
		return r.dots / 2
	}
	return r.dots
}

func (r *raster) width() int {
	if r.linear.depth != 0 {
		return r.linear.width
	}
	return r.columns * r.cellWidth()
}

func (r *raster) height() int {
	if r.linear.depth != 0 {
		return r.linear.height
	}
	return (r.lines + r.repeat - 1) / r.repeat
}

// A scanLine is where one line of the picture comes from.
type scanLine struct {
	counter uint16 // address counter of the first character
	row     uint8  // row scan counter
	first   bool   // of its row of characters on this screen
	panning int
}

// scan goes through the lines of the picture as the CRT controller does.
func (r *raster) scan(yield func(y int, l scanLine) bool) {
	l := scanLine{counter: r.start, row: r.presetRow, first: true, panning: r.panning}
	second := false // of two scan lines for one row
	for n := range r.lines {
		if n%r.repeat == 0 {
			if !yield(n/r.repeat, l) {
				return
			}
			l.first = false
		}
		if r.splitsAfter(n) {
			l = scanLine{counter: r.startLow, first: true, panning: r.panningLow}
			second = false
			continue
		}
		if r.double {
			if second = !second; second {
				continue
			}
		}
		if l.row == r.lastRow {
			l.row = 0
			l.counter += r.rowOffset
			l.first = true
		} else {
			l.row = (l.row + 1) & rowScanMask
		}
	}
}

// splitsAfter tells whether the address counter starts again from 0 behind
// scan line n, for the lower part of a split screen.
func (r *raster) splitsAfter(n int) bool {
	if r.halve {
		return n == 2*r.split+1
	}
	return n == r.split
}

// address is where in the planes the character at column is fetched.
func (r *raster) address(l *scanLine, column int) uint16 {
	a := l.counter + uint16(column>>r.countShift)
	for i, bit := range r.rowBits {
		if bit != 0 {
			a &^= bit
			if l.row>>i&1 != 0 {
				a |= bit
			}
		}
	}
	return a
}

// span is where the n characters of a line begin, and whether they are next to
// each other in memory. They are, unless the address wraps or counts slowly.
func (r *raster) span(l *scanLine, n int) (from int, plain bool) {
	from = int(r.address(l, 0))
	return from, int(r.address(l, n-1)) == from+n-1
}
