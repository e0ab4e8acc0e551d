package vga

import "encoding/binary"

// vramSize is what a VGA has: four planes of 64 KiB.
const vramSize = 256 << 10

// Window is where the CPU sees display memory: ReadMem and WriteMem take
// offsets from WindowStart.
const (
	WindowStart = 0xa0000
	WindowSize  = 0x20000
)

// access is how the registers make the CPU see display memory. It is kept
// ready, because programs write pictures byte by byte.
type access struct {
	start uint32 // of the part of the window that answers
	size  uint32

	bank uint32 // of the VBE extension: added to the address in memory
	mask uint32 // of the bytes of memory that there are

	direct    bool // memory is plain: byte n of the part is byte bank+n of vram
	textRead  bool // bytes alternate between two planes and nothing else happens
	textWrite bool
}

// windows are the parts of the window that answer, by memory map select.
var windows = [4]struct{ start, size uint32 }{
	{0x00000, 0x20000}, {0x00000, 0x10000}, {0x10000, 0x08000}, {0x18000, 0x08000},
}

// A Mapping is a part of the window that is plain memory at the moment. Mem is
// nil if there is none.
type Mapping struct {
	Offset uint32 // in the window
	Mem    []byte // of video memory
	Start  int    // of Mem in it, for MarkDirty
}

// Mapping tells which part of the window the board may give the CPU directly,
// for as long as no change is notified. Writes that go past WriteMem must be
// told with MarkDirty before the next picture is pulled.
func (v *VGA) Mapping() Mapping {
	if !v.access.direct {
		return Mapping{}
	}
	from := v.access.bank
	return Mapping{Offset: v.access.start, Mem: v.vram[from : from+v.access.size], Start: int(from)}
}

// NotifyRemap has f called whenever Mapping may have changed.
func (v *VGA) NotifyRemap(f func()) { v.onRemap = f }

// remap works out access after a change of the registers it depends on.
func (v *VGA) remap() {
	s, g := &v.seq.regs, &v.gc.regs
	w := windows[g[grMiscellaneous]&miscMap>>miscMapShift]
	chain4 := s[srMemoryMode]&memoryChain4 != 0
	chain2 := g[grMiscellaneous]&miscChainOddEven != 0
	readsPlain := g[grMode]&modeReadCompare == 0
	writesPlain := v.gc.passesData()
	now := access{
		start:  w.start,
		size:   w.size,
		mask:   vramSize - 1,
		direct: chain4 && readsPlain && writesPlain && s[srMapMask] == 0x0f,
		textRead: !chain4 && chain2 && readsPlain &&
			g[grMode]&modeOddEven != 0,
		textWrite: !chain4 && chain2 && writesPlain &&
			s[srMemoryMode]&memorySequential == 0 && s[srMapMask] == 0x03,
	}
	if v.vbe.enabled() {
		now.bank, now.mask = uint32(v.vbe.bankOffset), uint32(len(v.vram)-1)
		now.textRead, now.textWrite = false, false
		if now.direct = v.vbe.packed(); now.direct {
			now.start, now.size = 0, 1<<vbeBankShift
		}
	}
	before := v.access
	v.access = now
	moved := before.start != now.start || before.size != now.size || before.bank != now.bank
	if v.onRemap != nil && (before.direct != now.direct || now.direct && moved) {
		v.onRemap()
	}
}

// ReadMem is a read by the CPU of 1, 2 or 4 bytes at an offset into the
// window. Addresses that the memory map leaves out float.
func (v *VGA) ReadMem(offset uint32, size int) uint32 {
	at := offset - v.access.start
	if v.access.textRead && size == 2 && at&1 == 0 && at < v.access.size {
		latch := v.load(at >> 1)
		return latch >> (v.gc.regs[grReadMapSelect] & 2 * 8) & 0xffff
	}
	var value uint32
	for i := range uint32(size) {
		value |= uint32(v.readByte(at+i)) << (8 * i)
	}
	return value
}

// WriteMem is a write by the CPU of 1, 2 or 4 bytes.
func (v *VGA) WriteMem(offset uint32, size int, value uint32) {
	at := offset - v.access.start
	if v.access.textWrite && size == 2 && at&1 == 0 && at < v.access.size {
		i := at << 1 & v.access.mask
		binary.LittleEndian.PutUint16(v.vram[i:], uint16(value))
		v.changes.mark(i)
		return
	}
	for i := range uint32(size) {
		v.writeByte(at+i, uint8(value>>(8*i)))
	}
}

func (v *VGA) readByte(at uint32) uint8 {
	switch {
	case at >= v.access.size:
		return floating
	case v.access.direct:
		// The latches stay as they are, as when the board reads memory itself.
		return v.vram[v.access.bank+at]
	}
	address, plane := at, uint32(v.gc.regs[grReadMapSelect]&3)
	if v.seq.regs[srMemoryMode]&memoryChain4 != 0 {
		address, plane = at>>2, at&3
	} else {
		if v.gc.regs[grMode]&modeOddEven != 0 {
			plane = plane&2 | at&1
		}
		address = v.chain2(at)
	}
	latch := v.load(address)
	if v.gc.regs[grMode]&modeReadCompare != 0 {
		return v.gc.compare()
	}
	return uint8(latch >> (8 * plane))
}

func (v *VGA) writeByte(at uint32, b uint8) {
	switch {
	case at >= v.access.size:
		return
	case v.access.direct:
		i := v.access.bank + at
		v.vram[i] = b
		v.changes.mark(i)
		v.changes.markFont()
		return
	case v.access.textWrite:
		i := (at>>1<<2 | at&1) & v.access.mask
		v.vram[i] = b
		v.changes.mark(i)
		return
	}
	address, planes := at, v.seq.regs[srMapMask]
	if v.seq.regs[srMemoryMode]&memoryChain4 != 0 {
		address = at >> 2
		planes &= 1 << (at & 3)
	} else {
		if v.seq.regs[srMemoryMode]&memorySequential == 0 {
			planes &= 0b0101 << (at & 1)
		}
		address = v.chain2(at)
	}
	v.store(address, v.gc.mix(b), planes)
}

// chain2 is the address in the planes where odd/even chaining may have taken
// address bit 0 for the choice of the plane.
func (v *VGA) chain2(at uint32) uint32 {
	if v.gc.regs[grMiscellaneous]&miscChainOddEven != 0 {
		return at >> 1
	}
	return at
}

// load reads all planes of an address into the latches.
func (v *VGA) load(address uint32) uint32 {
	i := (address + v.access.bank) << 2 & v.access.mask
	v.gc.latch = binary.LittleEndian.Uint32(v.vram[i:])
	return v.gc.latch
}

// store writes data to some planes of an address.
func (v *VGA) store(address, data uint32, planes uint8) {
	i := (address + v.access.bank) << 2 & v.access.mask
	where := everyPlane[planes&15]
	cell := v.vram[i : i+4]
	binary.LittleEndian.PutUint32(cell, binary.LittleEndian.Uint32(cell)&^where|data&where)
	v.changes.mark(i)
	if planes&(1<<fontPlane) != 0 {
		v.changes.markFont()
	}
}
