package cpu

// The decoder turns bytes into ops: prefixes and ModRM here, the opcode maps in
// decode_map.go.

type decoder struct {
	buf   [16]byte
	n     int  // valid bytes of buf
	pos   int  // bytes consumed
	short bool // the instruction needs more than n bytes

	c      *CPU
	o      *op
	code32 bool
	size   uint8 // operand size, 2 or 4
	addr32 bool
	seg    int8 // segment override or -1
	lock   bool
	rep    uint8 // opRep, opRepne or 0

	modrm   uint8
	hasRM   bool
	rmIsMem bool
	end     bool
}

func (d *decoder) u8() uint32 {
	if d.pos >= d.n {
		d.short = true
		return 0
	}
	v := d.buf[d.pos]
	d.pos++
	return uint32(v)
}

func (d *decoder) u16() uint32 {
	v := d.u8()
	return v | d.u8()<<8
}

func (d *decoder) u32() uint32 {
	v := d.u16()
	return v | d.u16()<<16
}

func (d *decoder) s8() uint32 { return uint32(int32(int8(d.u8()))) }

// imm reads an immediate of the operand size.
func (d *decoder) imm(size uint8) uint32 {
	switch size {
	case 1:
		return d.u8()
	case 2:
		return d.u16()
	}
	return d.u32()
}

// decode decodes one instruction of at most n bytes into o and tells whether it
// ends the block.
func (d *decoder) decode(c *CPU, o *op, eip uint32, n int) bool {
	d.c, d.o, d.n, d.pos = c, o, n, 0
	d.short, d.lock, d.hasRM, d.rmIsMem, d.end = false, false, false, false, false
	d.rep, d.seg = 0, -1
	d.code32 = c.mode&modeCode32 != 0
	d.size, d.addr32 = 2, d.code32
	if d.code32 {
		d.size = 4
	}
	o.eip = eip
	o.base, o.index = regZero, regZero
	o.amask = 0xFFFFFFFF
	var opcode uint32
prefixes:
	for {
		opcode = d.u8()
		switch opcode {
		case 0x26, 0x2E, 0x36, 0x3E:
			d.seg = int8(opcode >> 3 & 3)
		case 0x64, 0x65:
			d.seg = int8(opcode - 0x64 + FS)
		case 0x66:
			d.size = 4
			if d.code32 {
				d.size = 2
			}
		case 0x67:
			d.addr32 = !d.code32
		case 0xF0:
			d.lock = true
		case 0xF2:
			d.rep = opRepne
		case 0xF3:
			d.rep = opRep
		default:
			break prefixes
		}
		if d.short {
			break
		}
	}
	o.size = d.size
	o.flags |= d.rep
	if d.addr32 {
		o.flags |= opAddr32
	}
	if d.short {
		o.len = uint8(d.pos)
		return true
	}
	d.opcode(uint8(opcode))
	o.len = uint8(d.pos)
	if d.lock {
		if !d.lockable(uint8(opcode)) {
			d.ud()
		}
		o.flags |= opLock
	}
	return d.end
}

// lockable tells whether LOCK is allowed: only read-modify-write instructions
// with a memory destination (PRM, LOCK).
func (d *decoder) lockable(opcode uint8) bool {
	if !d.rmIsMem {
		return false
	}
	reg := d.modrm >> 3 & 7
	switch {
	case opcode < 0x38:
		return opcode&7 < 2 // ALU with memory destination; CMP is 38h
	case opcode >= 0x80 && opcode <= 0x83:
		return reg != 7
	case opcode == 0x86 || opcode == 0x87:
		return true
	case opcode == 0xF6 || opcode == 0xF7:
		return reg == 2 || reg == 3
	case opcode == 0xFE || opcode == 0xFF:
		return reg < 2
	}
	return false
}

// lockable0F is the same for the two-byte opcodes.
func (d *decoder) lockable0F(opcode uint8) bool {
	if !d.rmIsMem {
		return false
	}
	switch opcode {
	case 0xAB, 0xB3, 0xBB, 0xB0, 0xB1, 0xC0, 0xC1:
		return true
	case 0xBA:
		return d.modrm>>3&7 >= 5
	case 0xC7:
		return d.modrm>>3&7 == 1
	}
	return false
}

// ud makes the instruction an invalid opcode.
func (d *decoder) ud() { d.coldEnd(coldUD) }

func (d *decoder) cold(id uint8) {
	d.o.h = hCold
	d.o.cold = id
}

// coldEnd is cold for an operation that ends the block.
func (d *decoder) coldEnd(id uint8) {
	d.o.h = hColdEnd
	d.o.cold = id
	d.end = true
}

// rm16 are base and index of 16-bit addressing.
var rm16 = [8][2]uint8{
	{EBX, ESI}, {EBX, EDI}, {EBP, ESI}, {EBP, EDI},
	{ESI, regZero}, {EDI, regZero}, {EBP, regZero}, {EBX, regZero},
}

// rm decodes ModRM, SIB and displacement. The reg field goes to dst, a register
// r/m to src; size is that of byte registers or not.
func (d *decoder) rm(size uint8) {
	o := d.o
	d.modrm = uint8(d.u8())
	d.hasRM = true
	mod, reg, rm := d.modrm>>6, d.modrm>>3&7, d.modrm&7
	o.size = size
	setReg(&o.dst, &o.dsh, reg, size)
	if mod == 3 {
		setReg(&o.src, &o.ssh, rm, size)
		return
	}
	d.rmIsMem = true
	o.flags |= opMem
	seg := uint8(DS)
	if !d.addr32 {
		o.amask = 0xFFFF
		o.base, o.index = rm16[rm][0], rm16[rm][1]
		if o.base == EBP {
			seg = SS
		}
		switch {
		case mod == 0 && rm == 6:
			o.base, seg = regZero, DS
			o.disp = d.u16()
		case mod == 1:
			o.disp = d.s8()
		case mod == 2:
			o.disp = d.u16()
		}
	} else {
		o.base = rm
		if rm == 4 {
			sib := uint8(d.u8())
			o.base = sib & 7
			o.index = sib >> 3 & 7
			o.scale = sib >> 6
			if o.index == 4 {
				o.index = regZero
			}
		}
		if o.base == ESP || o.base == EBP {
			seg = SS
		}
		switch {
		case mod == 0 && o.base == EBP:
			o.base, seg = regZero, DS
			o.disp = d.u32()
		case mod == 1:
			o.disp = d.s8()
		case mod == 2:
			o.disp = d.u32()
		}
	}
	if d.seg >= 0 {
		seg = uint8(d.seg)
	}
	o.seg = seg
}

// setReg names a register of the given size.
func setReg(r, sh *uint8, n, size uint8) {
	if size == 1 {
		*r, *sh = n&3, n>>2<<3
		return
	}
	*r, *sh = n, 0
}

// swap exchanges the register operands: the r/m register becomes the destination.
func (d *decoder) swap() {
	o := d.o
	o.dst, o.src = o.src, o.dst
	o.dsh, o.ssh = o.ssh, o.dsh
}

// string fills segment and address size of a string instruction.
func (d *decoder) string(size uint8, id uint8) {
	o := d.o
	o.size = size
	o.seg = DS
	if d.seg >= 0 {
		o.seg = uint8(d.seg)
	}
	if !d.addr32 {
		o.amask = 0xFFFF
	}
	if d.rep != 0 {
		// REP counts iterations on its own and may stop anywhere.
		d.coldEnd(id)
		return
	}
	d.cold(id)
}

// branch sets the target of a relative jump.
func (d *decoder) branch(h uint16, rel uint32) {
	o := d.o
	o.h = h
	o.imm = o.eip + uint32(d.pos) + rel
	if d.size == 2 {
		o.imm &= 0xFFFF
	}
	d.end = true
	if o.imm > d.c.seg[CS].limit {
		o.sub = uint8(h - hJO) // a condition, if h is one
		switch {
		case h >= hJO && h <= hJG:
			d.coldEnd(coldJccLimit)
		case h == hLoop16 || h == hLoop32 || h == hJcxz || h == hJecxz:
			o.sub = uint8(h - hLoop32)
			d.coldEnd(coldLoopLimit)
		default:
			d.coldEnd(coldGP)
		}
	}
}

// at16 indexes handlers of 16- and 32-bit operands.
func (d *decoder) at16(h16, h32 uint16) uint16 {
	if d.size == 2 {
		return h16
	}
	return h32
}

func sizeIndex(size uint8) int { return int(size >> 1) }
