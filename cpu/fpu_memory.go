package cpu

// x87 instructions with a memory operand.

func (c *CPU) fpuMemory(o *op, reg uint8) {
	f := &c.fpu
	off := c.ea(o)
	switch o.sub<<3 | reg {
	case 1<<3 | 4: // FLDENV
		c.checkFPU(true)
		c.loadEnv(o, off)
		return
	case 1<<3 | 5: // FLDCW
		c.checkFPU(true)
		f.cw = uint16(c.ld16(o.seg, off))&0x1F7F | 0x40
		f.refresh()
		return
	case 1<<3 | 6: // FNSTENV
		c.checkFPU(false)
		c.probe(o.seg, off, c.envSize(o))
		c.storeEnv(o, off)
		f.cw |= fxAll
		f.refresh()
		return
	case 1<<3 | 7: // FNSTCW
		c.checkFPU(false)
		c.st16(o.seg, off, uint32(f.cw))
		return
	case 5<<3 | 4: // FRSTOR
		c.checkFPU(true)
		c.restore(o, off)
		return
	case 5<<3 | 6: // FNSAVE
		c.checkFPU(false)
		c.save(o, off)
		return
	case 5<<3 | 7: // FNSTSW
		c.checkFPU(false)
		c.st16(o.seg, off, uint32(f.status()))
		return
	case 1<<3 | 1, 3<<3 | 1, 3<<3 | 4, 3<<3 | 6, 5<<3 | 1, 5<<3 | 5, 7<<3 | 1:
		c.raise(excUD)
	}
	c.checkFPU(true)
	r := f.rounder()
	switch o.sub<<3 | reg {
	case 3 << 3:
		c.loadReal(o, fromInt(int64(int32(c.ld32(o.seg, off)))), &r, off)
		return
	case 7 << 3:
		c.loadReal(o, fromInt(int64(int16(c.ld16(o.seg, off)))), &r, off)
		return
	case 7<<3 | 5:
		c.loadReal(o, fromInt(int64(c.ld64(o.seg, off))), &r, off)
		return
	case 7<<3 | 4: // FBLD
		c.whole(o.seg, off, 10)
		v := c.ld80(o.seg, off)
		c.loadReal(o, fromBCD(v.m, v.se), &r, off)
		return
	case 3<<3 | 5: // FLD m80
		c.whole(o.seg, off, 10)
		c.loadReal(o, c.ld80(o.seg, off), &r, off)
		return
	case 1<<3 | 2, 1<<3 | 3:
		c.storeReal(o, off, single, reg == 3)
		return
	case 5<<3 | 2, 5<<3 | 3:
		c.storeReal(o, off, double, reg == 3)
		return
	case 3<<3 | 7:
		c.storeExtended(o, off)
		return
	case 3<<3 | 2, 3<<3 | 3:
		c.storeInt(o, off, 4, reg == 3)
		return
	case 7<<3 | 2, 7<<3 | 3:
		c.storeInt(o, off, 2, reg == 3)
		return
	case 7<<3 | 7:
		c.storeInt(o, off, 8, true)
		return
	case 7<<3 | 6:
		c.storeBCD(o, off)
		return
	}
	var v f80
	switch o.sub {
	case 0:
		v = single.load(&r, uint64(c.ld32(o.seg, off)))
	case 4:
		v = double.load(&r, c.ld64(o.seg, off))
	case 2:
		v = fromInt(int64(int32(c.ld32(o.seg, off))))
	case 6:
		v = fromInt(int64(int16(c.ld16(o.seg, off))))
	}
	c.locateData(o, off)
	f.arithMem(reg, v, &r)
}

func (c *CPU) locateData(o *op, off uint32) {
	c.locate(o)
	c.fpu.fdp = off
	c.fpu.fds = c.seg[o.seg&7].selector
}

// whole checks an operand that is read in parts: all of it must lie within the
// segment, and #AC wants a multiple of 8 (SDM 3, 6.15).
func (c *CPU) whole(s uint8, off, n uint32) {
	c.checkRead(s, off, n)
	c.alignCheck(c.seg[s&7].base+off, 8, c.user)
}

func (c *CPU) ld64(s uint8, off uint32) uint64 {
	sg := &c.seg[s&7]
	lin := sg.base + off
	e := &c.tlb[lin>>pageShift&tlbMask]
	if d := lin - e.rtag; uint64(off)+8 <= sg.rtop && d <= PageSize-8 {
		return uint64(le32(e.host, d)) | uint64(le32(e.host, d+4))<<32
	}
	c.whole(s, off, 8)
	lo := c.ld32(s, off)
	return uint64(lo) | uint64(c.ld32(s, off+4))<<32
}

func (c *CPU) st64(s uint8, off uint32, v uint64) {
	c.st32(s, off, uint32(v))
	c.st32(s, off+4, uint32(v>>32))
}

// ld80 and st80 also move the registers of a save area. Those need not be
// aligned (SDM 3, 22.18.6.9), and as words they always are.
func (c *CPU) ld80(s uint8, off uint32) f80 {
	sg := &c.seg[s&7]
	lin := sg.base + off
	e := &c.tlb[lin>>pageShift&tlbMask]
	if d := lin - e.rtag; uint64(off)+10 <= sg.rtop && d <= PageSize-10 {
		return f80{uint64(le32(e.host, d)) | uint64(le32(e.host, d+4))<<32, uint16(le16(e.host, d+8))}
	}
	var m uint64
	for i := range uint32(4) {
		m |= uint64(c.ld16(s, off+2*i)) << (16 * i)
	}
	return f80{m, uint16(c.ld16(s, off+8))}
}

func (c *CPU) st80(s uint8, off uint32, v f80) {
	sg := &c.seg[s&7]
	lin := sg.base + off
	e := &c.tlb[lin>>pageShift&tlbMask]
	if d := lin - e.wtag; uint64(off)+10 <= sg.wtop && d <= PageSize-10 {
		put32(e.host, d, uint32(v.m))
		put32(e.host, d+4, uint32(v.m>>32))
		put16(e.host, d+8, uint32(v.se))
		return
	}
	for i := range uint32(4) {
		c.st16(s, off+2*i, uint32(v.m>>(16*i))&0xFFFF)
	}
	c.st16(s, off+8, uint32(v.se))
}

// loadReal pushes a value; a stack overflow comes before the exceptions of its
// format. A denormal is pushed even if that exception is unmasked (SDM 2, FLD).
func (c *CPU) loadReal(o *op, v f80, r *rounder, off uint32) {
	f := &c.fpu
	c.locateData(o, off)
	if f.empty(7) {
		if f.note(r, fxIE) {
			return
		}
	}
	f.push(v)
}

func (c *CPU) storeReal(o *op, off uint32, format float, pop bool) {
	f := &c.fpu
	size := uint32(format.frac+format.exp+1) / 8
	c.probe(o.seg, off, size)
	c.locateData(o, off)
	r := f.rounder()
	var v uint64
	ok := true
	if f.empty(0) {
		ok = !f.underflow()
		v, _ = format.store(&rounder{cw: 0x37F}, f80Indefinite)
	} else {
		v, ok = format.store(&r, *f.st(0))
		f.note(&r, fxBefore)
	}
	if !ok {
		return
	}
	if size == 4 {
		c.st32(o.seg, off, uint32(v))
	} else {
		c.st64(o.seg, off, v)
	}
	if pop {
		f.pop()
	}
}

func (c *CPU) storeExtended(o *op, off uint32) {
	f := &c.fpu
	c.probe(o.seg, off, 10)
	c.locateData(o, off)
	v := *f.st(0)
	if f.empty(0) {
		if f.underflow() {
			return
		}
		v = f80Indefinite
	} else {
		f.sw &^= swC1
	}
	c.st80(o.seg, off, v)
	f.pop()
}

func (c *CPU) storeInt(o *op, off uint32, size uint, pop bool) {
	f := &c.fpu
	c.probe(o.seg, off, uint32(size))
	c.locateData(o, off)
	r := f.rounder()
	var v int64
	if f.empty(0) {
		if f.underflow() {
			return
		}
		v = int64(-1) << (size*8 - 1)
	} else {
		v, _ = r.toInt(*f.st(0), size)
		if f.note(&r, fxBefore) {
			return
		}
	}
	switch size {
	case 2:
		c.st16(o.seg, off, uint32(v)&0xFFFF)
	case 4:
		c.st32(o.seg, off, uint32(v))
	default:
		c.st64(o.seg, off, uint64(v))
	}
	if pop {
		f.pop()
	}
}

func (c *CPU) storeBCD(o *op, off uint32) {
	f := &c.fpu
	c.probe(o.seg, off, 10)
	c.locateData(o, off)
	r := f.rounder()
	lo, hi := uint64(0xC000000000000000), uint16(0xFFFF)
	if f.empty(0) {
		if f.underflow() {
			return
		}
	} else {
		lo, hi, _ = r.toBCD(*f.st(0))
		if f.note(&r, fxBefore) {
			return
		}
	}
	c.st64(o.seg, off, lo)
	c.st16(o.seg, off+8, uint32(hi))
	f.pop()
}

// envSize is the size of the environment by the operand size, which an escape
// keeps in dsh.
func (c *CPU) envSize(o *op) uint32 {
	if o.dsh == 4 {
		return 28
	}
	return 14
}

// storeEnv writes the environment in one of its four layouts (PRM 16.4).
func (c *CPU) storeEnv(o *op, off uint32) {
	f := &c.fpu
	real := !c.protected()
	lin := func(sel uint16, p uint32) uint32 { return uint32(sel)<<4 + p }
	if o.dsh == 4 {
		w := [7]uint32{uint32(f.cw), uint32(f.status()), uint32(f.tagWord()),
			f.fip, uint32(f.fcs) | uint32(f.fop)<<16, f.fdp, uint32(f.fds)}
		w[0] |= 0xFFFF0000
		w[1] |= 0xFFFF0000
		w[2] |= 0xFFFF0000
		w[6] |= 0xFFFF0000
		if real {
			ip, dp := lin(f.fcs, f.fip), lin(f.fds, f.fdp)
			w[3], w[4] = ip&0xFFFF, ip>>16<<12|uint32(f.fop)
			w[5], w[6] = dp&0xFFFF, dp>>16<<12
		}
		for i, v := range w {
			c.st32(o.seg, off+4*uint32(i), v)
		}
		return
	}
	w := [7]uint32{uint32(f.cw), uint32(f.status()), uint32(f.tagWord()),
		f.fip, uint32(f.fcs), f.fdp, uint32(f.fds)}
	if real {
		ip, dp := lin(f.fcs, f.fip), lin(f.fds, f.fdp)
		w[3], w[4] = ip, ip>>16<<12|uint32(f.fop)
		w[5], w[6] = dp, dp>>16<<12
	}
	for i, v := range w {
		c.st16(o.seg, off+2*uint32(i), v&0xFFFF)
	}
}

func (c *CPU) loadEnv(o *op, off uint32) {
	c.checkRead(o.seg, off, c.envSize(o))
	var w [7]uint32
	for i := range w {
		if o.dsh == 4 {
			w[i] = c.ld32(o.seg, off+4*uint32(i))
		} else {
			w[i] = c.ld16(o.seg, off+2*uint32(i))
		}
	}
	f := &c.fpu
	f.cw = uint16(w[0])&0x1F7F | 0x40
	f.setStatus(uint16(w[1]))
	f.setTagWord(uint16(w[2]))
	f.refresh()
	if !c.protected() {
		f.fip, f.fcs = w[3]&0xFFFF|w[4]>>12<<16, 0
		f.fdp, f.fds = w[5]&0xFFFF|w[6]>>12<<16, 0
		f.fop = uint16(w[4]) & 0x7FF
		return
	}
	f.fip, f.fcs, f.fdp, f.fds = w[3], uint16(w[4]), w[5], uint16(w[6])
	if o.dsh == 4 {
		f.fop = uint16(w[4]>>16) & 0x7FF
	}
}

func (c *CPU) save(o *op, off uint32) {
	n := c.envSize(o)
	c.probe(o.seg, off, n+80)
	c.storeEnv(o, off)
	for i := range uint8(8) {
		c.st80(o.seg, off+n+10*uint32(i), *c.fpu.st(i))
	}
	c.fpu.init()
	c.clearFERR()
}

func (c *CPU) restore(o *op, off uint32) {
	n := c.envSize(o)
	c.checkRead(o.seg, off, n+80)
	var v [8]f80
	for i := range v {
		v[i] = c.ld80(o.seg, off+n+10*uint32(i))
	}
	c.loadEnv(o, off)
	for i := range uint8(8) {
		*c.fpu.st(i) = v[i]
	}
}
