package cpu

import "math/bits"

// Decimal adjustment. AF, CF by the manual; OF, undefined, is left clear.

func (c *CPU) daa(*op) {
	al, cf := c.r[EAX]&0xFF, c.cf
	old, af := al, c.fv&FlagAF
	if al&15 > 9 || af != 0 {
		al += 6
		af = FlagAF
	}
	if old > 0x99 || cf != 0 {
		al += 0x60
		cf = 1
	} else {
		cf = 0
	}
	c.setReg8(EAX, 0, al)
	c.adjusted(al&0xFF, cf, af)
}

func (c *CPU) das(*op) {
	al, cf := c.r[EAX]&0xFF, c.cf
	old, af := al, c.fv&FlagAF
	carry := uint32(0)
	if al&15 > 9 || af != 0 {
		carry = b2u(al < 6) | cf
		al -= 6
		af = FlagAF
	}
	if old > 0x99 || cf != 0 {
		al -= 0x60
		carry = 1
	}
	c.setReg8(EAX, 0, al)
	c.adjusted(al&0xFF, carry, af)
}

func (c *CPU) adjusted(al, cf, af uint32) {
	c.setSZP(al, 1)
	c.cf = cf
	c.fv = af | cf<<31
}

func (c *CPU) aaa(*op) { c.asciiAdjust(0x106) }
func (c *CPU) aas(*op) { c.asciiAdjust(^uint32(0x106) + 1) }

func (c *CPU) asciiAdjust(by uint32) {
	ax := c.r[EAX] & 0xFFFF
	cf := uint32(0)
	if ax&15 > 9 || c.fv&FlagAF != 0 {
		ax += by
		cf = 1
	}
	c.setReg16(EAX, ax&0xFF0F)
	c.adjusted(ax&15, cf, cf<<4)
}

func (c *CPU) aam(o *op) {
	if o.imm == 0 {
		c.raise(excDE)
	}
	al := c.r[EAX] & 0xFF
	c.setReg16(EAX, al/o.imm<<8|al%o.imm)
	c.setLogic(al%o.imm, 1)
}

func (c *CPU) aad(o *op) {
	al := (c.r[EAX]&0xFF + c.r[EAX]>>8&0xFF*o.imm) & 0xFF
	c.setReg16(EAX, al)
	c.setLogic(al, 1)
}

// Multiplication and division of the accumulator. SF, ZF, AF and PF are
// undefined after MUL and IMUL and follow the low half here.

func (c *CPU) mul(o *op) {
	b := c.rm(o)
	switch o.size {
	case 1:
		p := (c.r[EAX] & 0xFF) * b
		c.setReg16(EAX, p)
		c.setLogic(p, 1)
		c.setCFOF(b2u(p>>8 != 0), b2u(p>>8 != 0))
	case 2:
		p := (c.r[EAX] & 0xFFFF) * b
		c.setReg16(EAX, p)
		c.setReg16(EDX, p>>16)
		c.setLogic(p, 2)
		c.setCFOF(b2u(p>>16 != 0), b2u(p>>16 != 0))
	default:
		p := uint64(c.r[EAX]) * uint64(b)
		c.r[EAX], c.r[EDX] = uint32(p), uint32(p>>32)
		c.setLogic(uint32(p), 4)
		c.setCFOF(b2u(p>>32 != 0), b2u(p>>32 != 0))
	}
}

func (c *CPU) imul(o *op) {
	b := c.rm(o)
	var over uint32
	switch o.size {
	case 1:
		p := int32(int8(c.r[EAX])) * int32(int8(b))
		c.setReg16(EAX, uint32(p))
		over = b2u(p != int32(int8(p)))
		c.setLogic(uint32(p), 1)
	case 2:
		p := int32(int16(c.r[EAX])) * int32(int16(b))
		c.setReg16(EAX, uint32(p))
		c.setReg16(EDX, uint32(p)>>16)
		over = b2u(p != int32(int16(p)))
		c.setLogic(uint32(p), 2)
	default:
		p := int64(int32(c.r[EAX])) * int64(int32(b))
		c.r[EAX], c.r[EDX] = uint32(p), uint32(uint64(p)>>32)
		over = b2u(p != int64(int32(p)))
		c.setLogic(uint32(p), 4)
	}
	c.setCFOF(over, over)
}

func (c *CPU) div(o *op) {
	b := c.rm(o)
	if b == 0 {
		c.raise(excDE)
	}
	switch o.size {
	case 1:
		a := c.r[EAX] & 0xFFFF
		q := a / b
		if q > 0xFF {
			c.raise(excDE)
		}
		c.setReg16(EAX, q|a%b<<8)
	case 2:
		a := c.r[EAX]&0xFFFF | c.r[EDX]<<16
		q := a / b
		if q > 0xFFFF {
			c.raise(excDE)
		}
		c.setReg16(EAX, q)
		c.setReg16(EDX, a%b)
	default:
		if c.r[EDX] >= b {
			c.raise(excDE)
		}
		c.r[EAX], c.r[EDX] = bits.Div32(c.r[EDX], c.r[EAX], b)
	}
}

func (c *CPU) idiv(o *op) {
	b := int64(0)
	switch v := c.rm(o); o.size {
	case 1:
		b = int64(int8(v))
	case 2:
		b = int64(int16(v))
	default:
		b = int64(int32(v))
	}
	if b == 0 {
		c.raise(excDE)
	}
	switch o.size {
	case 1:
		a := int64(int16(c.r[EAX]))
		q := a / b
		if q != int64(int8(q)) {
			c.raise(excDE)
		}
		c.setReg16(EAX, uint32(q)&0xFF|uint32(a%b)&0xFF<<8)
	case 2:
		a := int64(int32(c.r[EAX]&0xFFFF | c.r[EDX]<<16))
		q := a / b
		if q != int64(int16(q)) {
			c.raise(excDE)
		}
		c.setReg16(EAX, uint32(q))
		c.setReg16(EDX, uint32(a%b))
	default:
		a := int64(uint64(c.r[EDX])<<32 | uint64(c.r[EAX]))
		if a == -1<<63 && b == -1 {
			c.raise(excDE)
		}
		q := a / b
		if q != int64(int32(q)) {
			c.raise(excDE)
		}
		c.r[EAX], c.r[EDX] = uint32(q), uint32(a%b)
	}
}

// shiftRM is group 2 with the count masked to five bits.
func (c *CPU) shiftRM(o *op, count uint32) {
	a := c.rmwRM(o)
	if count == 0 {
		return
	}
	n := uint32(o.size) * 8
	m := sizeMask(o.size)
	top := func(v uint32) uint32 { return v >> (n - 1) & 1 }
	var r, cf, of uint32
	switch o.sub {
	case 0: // ROL
		k := count % n
		r = (a<<k | a>>(n-k)) & m
		cf = r & 1
		of = top(r) ^ cf
	case 1: // ROR
		k := count % n
		r = (a>>k | a<<(n-k)) & m
		cf = top(r)
		of = cf ^ r>>(n-2)&1
	case 2: // RCL
		v := uint64(c.cf)<<n | uint64(a)
		k := count % (n + 1)
		v = v<<k | v>>(n+1-k)
		r = uint32(v) & m
		cf = uint32(v>>n) & 1
		of = top(r) ^ cf
	case 3: // RCR
		v := uint64(c.cf)<<n | uint64(a)
		k := count % (n + 1)
		v = v>>k | v<<(n+1-k)
		r = uint32(v) & m
		cf = uint32(v>>n) & 1
		of = top(r) ^ r>>(n-2)&1
	case 4, 6: // SHL
		v := uint64(a) << count
		r = uint32(v) & m
		cf = uint32(v>>n) & 1
		of = top(r) ^ cf
	case 5: // SHR
		r = a >> count
		cf = a >> (count - 1) & 1
		of = top(a)
	case 7: // SAR
		v := int64(sext64(a, o.size))
		r = uint32(v>>count) & m
		cf = uint32(v>>(count-1)) & 1
	}
	c.setRM(o, r)
	if o.sub >= 4 {
		c.setSZP(r, o.size)
		c.fv = 0
	}
	c.setCFOF(cf, of)
}

// shiftDouble is SHLD (sub 0) and SHRD (sub 1).
func (c *CPU) shiftDouble(o *op, count uint32) {
	a := c.rmwRM(o)
	if count == 0 {
		return
	}
	b := c.regOp(o)
	n := uint32(o.size) * 8
	m := sizeMask(o.size)
	var r, cf uint32
	if o.size == 2 {
		// A count above 16 is undefined; the operands then act as a ring
		// r/m:reg:r/m.
		if o.sub == 0 {
			v := uint64(a)<<32 | uint64(b)<<16 | uint64(a)
			r = uint32(v<<count>>32) & m
			cf = uint32(v>>(48-count)) & 1
		} else {
			v := uint64(a)<<32 | uint64(b)<<16 | uint64(a)
			r = uint32(v>>count) & m
			cf = uint32(v>>(count-1)) & 1
		}
	} else if o.sub == 0 {
		r = a<<count | b>>(32-count)
		cf = a >> (32 - count) & 1
	} else {
		r = a>>count | b<<(32-count)
		cf = a >> (count - 1) & 1
	}
	c.setRM(o, r)
	c.setSZP(r, o.size)
	c.fv = 0
	c.setCFOF(cf, (r^a)>>(n-1)&1)
}

func (c *CPU) notNegM(o *op) {
	a := c.rmwRM(o)
	m := sizeMask(o.size)
	if o.sub == 2 {
		c.setRM(o, ^a&m)
		return
	}
	r := -a & m
	c.setRM(o, r)
	c.setSZP(r, o.size)
	c.setCarries(b2u(a != 0), a^r, o.size)
}

// bt is BT, BTS, BTR, BTC with a register bit offset, which in memory reaches
// beyond the operand.
func (c *CPU) bt(o *op) {
	i := c.regOp(o)
	if o.flags&opMem != 0 {
		var step uint32
		if o.size == 2 {
			step = uint32(int32(int16(i))>>4) * 2
		} else {
			step = uint32(int32(i)>>5) * 4
		}
		t := *o
		t.disp += step
		c.btAt(&t, i)
		return
	}
	c.btAt(o, i)
}

func (c *CPU) btImm(o *op) { c.btAt(o, o.imm) }

func (c *CPU) btAt(o *op, i uint32) {
	var a uint32
	if o.sub == 0 {
		a = c.rm(o)
	} else {
		a = c.rmwRM(o)
	}
	bit := uint32(1) << (i & (uint32(o.size)*8 - 1))
	cf := b2u(a&bit != 0)
	switch o.sub {
	case 1:
		c.setRM(o, a|bit)
	case 2:
		c.setRM(o, a&^bit)
	case 3:
		c.setRM(o, a^bit)
	}
	c.setCF(cf)
}

// bsf and bsr leave the destination alone if the source is 0.
func (c *CPU) bsf(o *op) {
	a := c.rm(o)
	c.setLogic(a, o.size)
	if a != 0 {
		c.setRegOp(o, uint32(bits.TrailingZeros32(a)))
	}
}

func (c *CPU) bsr(o *op) {
	a := c.rm(o)
	c.setLogic(a, o.size)
	if a != 0 {
		c.setRegOp(o, uint32(bits.Len32(a)-1))
	}
}

// bswap of a 16-bit register is undefined and gives 0.
func (c *CPU) bswap(o *op) {
	if o.size == 2 {
		c.setReg16(o.dst, 0)
		return
	}
	c.r[o.dst] = bits.ReverseBytes32(c.r[o.dst])
}

// compare sets the flags of a-b.
func (c *CPU) compare(a, b uint32, size uint8) {
	x := uint64(a) - uint64(b)
	r := uint32(x) & sizeMask(size)
	c.setSZP(r, size)
	c.setCarries(uint32(x>>(size*8)), a^b^r, size)
}

// cmpxchg writes its memory operand in any case (SDM 2, CMPXCHG).
func (c *CPU) cmpxchg(o *op) {
	m := c.rmwRM(o)
	a := c.getReg(EAX, 0, o.size)
	if a == m {
		c.setRM(o, c.regOp(o))
	} else {
		c.setRM(o, m)
		c.setReg(EAX, 0, o.size, m)
	}
	c.compare(a, m, o.size)
}

func (c *CPU) cmpxchg8b(o *op) {
	off := c.ea(o)
	c.probe(o.seg, off, 8)
	lo, hi := c.ld32(o.seg, off), c.ld32(o.seg, off+4)
	if lo == c.r[EAX] && hi == c.r[EDX] {
		c.st32(o.seg, off, c.r[EBX])
		c.st32(o.seg, off+4, c.r[ECX])
		c.setZF(true)
		return
	}
	c.st32(o.seg, off, lo)
	c.st32(o.seg, off+4, hi)
	c.r[EAX], c.r[EDX] = lo, hi
	c.setZF(false)
}

func (c *CPU) setZF(z bool) {
	f := c.arith() &^ FlagZF
	if z {
		f |= FlagZF
	}
	c.setArith(f)
}

func (c *CPU) xadd(o *op) {
	a := c.rmwRM(o)
	b := c.regOp(o)
	x := uint64(a) + uint64(b)
	r := uint32(x) & sizeMask(o.size)
	if o.flags&opMem != 0 {
		c.setRM(o, r)
		c.setRegOp(o, a)
	} else {
		// With both operands the same register the sum stays.
		c.setRegOp(o, a)
		c.setRM(o, r)
	}
	c.setSZP(r, o.size)
	c.setCarries(uint32(x>>(o.size*8)), a^b^r, o.size)
}
