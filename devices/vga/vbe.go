package vga

import (
	"encoding/binary"
	"image/color"
	"slices"
)

// The Bochs VBE extension has two word ports, an index and the register that
// it selects.
const (
	portVBEIndex = 0x1ce
	portVBEData  = 0x1cf // and the next, which is on an even address
)

// VBE registers.
const (
	vbeID = iota
	vbeWidth
	vbeHeight
	vbeDepth
	vbeEnable
	vbeBank
	vbeVirtualWidth
	vbeVirtualHeight
	vbeX
	vbeY
	vbeMemory // in units of 64 KiB, read-only
)

// VBE ID: the version, of which the guest may choose any up to the last.
const (
	vbeID0 = 0xb0c0
	vbeID5 = 0xb0c5
)

// VBE enable.
const (
	vbeEnabled      = 0b0000_0001
	vbeCapabilities = 0b0000_0010 // width, height and depth read as the largest there are
	vbeWideDAC      = 0b0010_0000 // 8 bits for each part of a colour
	vbeKeepMemory   = 0b1000_0000 // do not clear the screen when enabling
)

const (
	vbeMaxDepth  = 32
	vbeBankShift = 16
)

// vbe is the Bochs extension, as QEMU's adapters have it: pictures of any
// size, up to 32 bits a dot, in as much memory as there is. While it is
// enabled the CRT controller has no say.
type vbe struct {
	bankOffset int32
	present    uint8
	index      uint16
	regs       [10]uint16
	startAddr  uint32 // of the picture, in units of 4 bytes
	lineOffset uint32 // bytes from line to line
	bankMask   uint32
}

// A linear picture is one of the extension: lines of dots in plain memory,
// or of planes for the depth of 4.
type linear struct {
	width, height int
	depth         int // bits a dot; 0: no such picture
	start, line   int // in bytes
}

func (e *vbe) enabled() bool { return e.regs[vbeEnable]&vbeEnabled != 0 }

// packed tells whether dots are bytes or more, next to each other.
func (e *vbe) packed() bool { return e.enabled() && e.regs[vbeDepth] > 4 }

func (e *vbe) wideDAC() bool { return e.regs[vbeEnable]&vbeWideDAC != 0 }

func (v *VGA) resetVBE() {
	v.vbe = vbe{present: 1, bankMask: uint32(len(v.vram)>>vbeBankShift - 1)}
	v.vbe.regs[vbeID] = vbeID5
}

func (v *VGA) vbeIn() uint16 {
	e := &v.vbe
	if e.index == vbeMemory {
		return uint16(len(v.vram) >> 16)
	}
	if e.regs[vbeEnable]&vbeCapabilities != 0 {
		switch e.index {
		case vbeWidth:
			return maxWidth
		case vbeHeight:
			return maxHeight
		case vbeDepth:
			return vbeMaxDepth
		}
	}
	if int(e.index) < len(e.regs) {
		return e.regs[e.index]
	}
	return 0
}

func (v *VGA) vbeOut(value uint16) {
	e := &v.vbe
	switch e.index {
	case vbeID:
		if vbeID0 <= value && value <= vbeID5 {
			e.regs[vbeID] = value
		}
	case vbeEnable:
		v.enableVBE(value)
	case vbeWidth, vbeHeight, vbeDepth, vbeBank, vbeVirtualWidth, vbeX, vbeY:
		e.regs[e.index] = value
	}
	v.fixVBE()
	v.remap()
}

func (v *VGA) enableVBE(value uint16) {
	e, before := &v.vbe, v.vbe.enabled()
	e.regs[vbeEnable] = value
	switch {
	case !e.enabled():
		e.regs[vbeBank] = 0
	case !before:
		e.regs[vbeVirtualWidth], e.regs[vbeX], e.regs[vbeY] = 0, 0, 0
		v.fixVBE()
		if value&vbeKeepMemory == 0 {
			n := int(e.regs[vbeHeight]) * int(e.lineOffset)
			clear(v.vram[:n])
			for i := 0; i < n; i += 1 << regionShift {
				v.changes.mark(uint32(i))
			}
			v.changes.markFont()
		}
	}
}

// fixVBE makes the registers describe a bank and a picture that fit into
// memory, which is what the guest then reads back.
func (v *VGA) fixVBE() {
	e := &v.vbe
	e.bankMask = uint32(len(v.vram)>>vbeBankShift - 1)
	e.regs[vbeBank] &= uint16(e.bankMask)
	e.bankOffset = int32(e.regs[vbeBank]) << vbeBankShift
	if !e.enabled() {
		return
	}
	switch e.regs[vbeDepth] {
	case 4, 8, 15, 16, 24, 32:
	default:
		e.regs[vbeDepth] = 8
	}
	bits := dotBits(int(e.regs[vbeDepth]))
	width := min(max(int(e.regs[vbeWidth])&^7, 8), maxWidth)
	virtual := max(int(e.regs[vbeVirtualWidth])&^7, width)
	line := virtual * bits / 8
	rows := min(len(v.vram)/line, 0xffff)
	height := min(max(int(e.regs[vbeHeight]), 1), rows, maxHeight)
	x := min(int(e.regs[vbeX]), virtual-width)
	y := min(int(e.regs[vbeY]), rows-height)
	e.regs[vbeWidth], e.regs[vbeHeight] = uint16(width), uint16(height)
	e.regs[vbeVirtualWidth], e.regs[vbeVirtualHeight] = uint16(virtual), uint16(rows)
	e.regs[vbeX], e.regs[vbeY] = uint16(x), uint16(y)
	e.lineOffset = uint32(line)
	e.startAddr = uint32(y*line+x*bits/8) / 4
}

// linear is the picture of the extension.
func (e *vbe) linear() linear {
	return linear{
		width: int(e.regs[vbeWidth]), height: int(e.regs[vbeHeight]), depth: int(e.regs[vbeDepth]),
		start: int(e.startAddr) * 4, line: int(e.lineOffset),
	}
}

// bytes is the length of a line that is shown.
func (l *linear) bytes() int { return l.width * dotBits(l.depth) / 8 }

// dotBits is what a dot takes in memory. One of 15 bits has another that says
// nothing.
func dotBits(depth int) int {
	if depth == 15 {
		return 16
	}
	return depth
}

// drawLinear is draw for the pictures of the extension.
func (v *VGA) drawLinear(l *linear, since, next uint64) bool {
	f, changed := &v.frame, false
	for y := range l.height {
		at := l.start + y*l.line
		if !v.changes.since(since, at, l.bytes()) {
			continue
		}
		if f.drawLinearLine(l, y, v.vram[at:at+l.bytes()]) {
			f.Lines[y] = next
			changed = true
		}
	}
	return changed
}

// drawLinearLine draws line y from its memory, and tells whether it looks
// different.
func (f *Frame) drawLinearLine(l *linear, y int, mem []byte) bool {
	switch {
	case l.depth > 8:
		l.mix(f.mixed[:l.width], mem)
		return replace(f.RGBA[y*l.width:][:l.width], f.mixed[:l.width])
	case l.depth == 4:
		r := raster{serialize: serializePlanes}
		for i := 0; i < len(mem); i += 4 {
			binary.LittleEndian.PutUint64(f.line[2*i:], r.eight(mem[i:i+4]))
		}
		mem = f.line[:l.width]
	}
	return replace(f.Pix[y*l.width:][:l.width], mem)
}

// replace tells whether it had to change anything.
func replace[E comparable](shown, drawn []E) bool {
	if slices.Equal(shown, drawn) {
		return false
	}
	copy(shown, drawn)
	return true
}

// mix makes colours of dots that are not indices.
func (l *linear) mix(out []color.RGBA, mem []byte) {
	switch l.depth {
	case 15:
		for i := range out {
			c := binary.LittleEndian.Uint16(mem[2*i:])
			out[i] = color.RGBA{widen(c>>10, 5), widen(c>>5, 5), widen(c, 5), 0xff}
		}
	case 16:
		for i := range out {
			c := binary.LittleEndian.Uint16(mem[2*i:])
			out[i] = color.RGBA{widen(c>>11, 5), widen(c>>5, 6), widen(c, 5), 0xff}
		}
	default:
		size := l.depth / 8
		for i := range out {
			c := mem[i*size:][:3]
			out[i] = color.RGBA{c[2], c[1], c[0], 0xff}
		}
	}
}

// widen spreads the lowest bits of c over 0-255.
func widen(c uint16, bits int) uint8 {
	c <<= 16 - bits
	return uint8(c>>8 | c>>(8+bits))
}
