package cpu

// Memory accesses through a segment. The ld and st functions try the TLB first,
// as the inlined code of exec_gen.go does, and otherwise check the segment, walk
// the page tables and talk to devices. All of them raise faults before anything
// is changed.

func (c *CPU) ld8(s uint8, off uint32) uint32 {
	sg := &c.seg[s&7]
	lin := sg.base + off
	e := &c.tlb[lin>>pageShift&tlbMask]
	if d := lin - e.rtag; uint64(off)+1 <= sg.rtop && d <= 4095 {
		return uint32(e.host[d])
	}
	c.checkRead(s, off, 1)
	return c.linRead(lin, 1, c.user)
}

func (c *CPU) ld16(s uint8, off uint32) uint32 {
	sg := &c.seg[s&7]
	lin := sg.base + off
	e := &c.tlb[lin>>pageShift&tlbMask]
	if d := lin - e.rtag; uint64(off)+2 <= sg.rtop && d <= 4094 {
		return le16(e.host, d)
	}
	c.checkRead(s, off, 2)
	return c.linRead(lin, 2, c.user)
}

func (c *CPU) ld32(s uint8, off uint32) uint32 {
	sg := &c.seg[s&7]
	lin := sg.base + off
	e := &c.tlb[lin>>pageShift&tlbMask]
	if d := lin - e.rtag; uint64(off)+4 <= sg.rtop && d <= 4092 {
		return le32(e.host, d)
	}
	c.checkRead(s, off, 4)
	return c.linRead(lin, 4, c.user)
}

func (c *CPU) st8(s uint8, off, v uint32) {
	sg := &c.seg[s&7]
	lin := sg.base + off
	e := &c.tlb[lin>>pageShift&tlbMask]
	if d := lin - e.wtag; uint64(off)+1 <= sg.wtop && d <= 4095 {
		e.host[d] = uint8(v)
		return
	}
	c.checkWrite(s, off, 1)
	c.linWrite(lin, 1, v, c.user)
}

func (c *CPU) st16(s uint8, off, v uint32) {
	sg := &c.seg[s&7]
	lin := sg.base + off
	e := &c.tlb[lin>>pageShift&tlbMask]
	if d := lin - e.wtag; uint64(off)+2 <= sg.wtop && d <= 4094 {
		put16(e.host, d, v)
		return
	}
	c.checkWrite(s, off, 2)
	c.linWrite(lin, 2, v, c.user)
}

func (c *CPU) st32(s uint8, off, v uint32) {
	sg := &c.seg[s&7]
	lin := sg.base + off
	e := &c.tlb[lin>>pageShift&tlbMask]
	if d := lin - e.wtag; uint64(off)+4 <= sg.wtop && d <= 4092 {
		put32(e.host, d, v)
		return
	}
	c.checkWrite(s, off, 4)
	c.linWrite(lin, 4, v, c.user)
}

// ld and st are the accesses of a size known at run time.
func (c *CPU) ld(s uint8, off uint32, size uint8) uint32 {
	switch size {
	case 1:
		return c.ld8(s, off)
	case 2:
		return c.ld16(s, off)
	}
	return c.ld32(s, off)
}

func (c *CPU) st(s uint8, off, v uint32, size uint8) {
	switch size {
	case 1:
		c.st8(s, off, v)
	case 2:
		c.st16(s, off, v)
	default:
		c.st32(s, off, v)
	}
}

// rmw reads an operand that is going to be written: all checks are those of the
// write, so that the store that follows cannot fault.
func (c *CPU) rmw(s uint8, off uint32, size uint8) uint32 {
	c.probe(s, off, uint32(size))
	return c.ld(s, off, size)
}

// probe checks that n bytes can be written.
func (c *CPU) probe(s uint8, off, n uint32) {
	sg := &c.seg[s&7]
	lin := sg.base + off
	if uint64(off)+uint64(n) <= sg.wtop && lin-c.tlb[lin>>pageShift&tlbMask].wtag <= PageSize-n {
		return
	}
	c.checkWrite(s, off, n)
	if n == 8 || n == 10 {
		// An operand, not an area of several.
		c.alignCheck(lin, 8, c.user)
	}
	c.probeLin(c.seg[s&7].base+off, n, c.user)
}

func (c *CPU) probeLin(lin, n uint32, user int) {
	if lin-c.tlbs[user].fast[lin>>pageShift&tlbMask].wtag <= PageSize-n {
		return
	}
	c.translate(lin, true, user)
	if lin&pageMask+n > PageSize {
		c.translate((lin+n-1)&^pageMask, true, user)
	}
}

// The functions of the executor's slow path note the operation first, for a fault.

func (c *CPU) slowLd8(o *op, off uint32) uint32 {
	c.op = o
	return c.ld8(o.seg, off)
}

func (c *CPU) slowLd16(o *op, off uint32) uint32 {
	c.op = o
	return c.ld16(o.seg, off)
}

func (c *CPU) slowLd32(o *op, off uint32) uint32 {
	c.op = o
	return c.ld32(o.seg, off)
}

func (c *CPU) slowSt8(o *op, off, v uint32) {
	c.op = o
	c.st8(o.seg, off, v)
}

func (c *CPU) slowSt16(o *op, off, v uint32) {
	c.op = o
	c.st16(o.seg, off, v)
}

func (c *CPU) slowSt32(o *op, off, v uint32) {
	c.op = o
	c.st32(o.seg, off, v)
}

func (c *CPU) slowRMW8(o *op, off uint32) uint32 {
	c.op = o
	return c.rmw(o.seg, off, 1)
}

func (c *CPU) slowRMW16(o *op, off uint32) uint32 {
	c.op = o
	return c.rmw(o.seg, off, 2)
}

func (c *CPU) slowRMW32(o *op, off uint32) uint32 {
	c.op = o
	return c.rmw(o.seg, off, 4)
}

// linRead reads 1, 2 or 4 bytes at a linear address.
func (c *CPU) linRead(lin, n uint32, user int) uint32 {
	c.alignCheck(lin, n, user)
	if c.watched {
		c.dataBreakpoint(lin, n, false)
	}
	if lin&pageMask+n <= PageSize {
		return c.mem.read(c.translate(lin, false, user), n)
	}
	p := c.translate(lin, false, user)
	q := c.translate((lin+n-1)&^pageMask, false, user)
	var v uint32
	first := PageSize - lin&pageMask
	for i := range n {
		a := p + i
		if i >= first {
			a = q + i - first
		}
		v |= c.mem.read(a, 1) << (8 * i)
	}
	return v
}

// linWrite writes 1, 2 or 4 bytes at a linear address; nothing is written if
// any part faults.
func (c *CPU) linWrite(lin, n, v uint32, user int) {
	c.alignCheck(lin, n, user)
	if c.watched {
		c.dataBreakpoint(lin, n, true)
	}
	e := &c.tlbs[user].fast[lin>>pageShift&tlbMask]
	if d := lin - e.wtag; d <= PageSize-n {
		switch n {
		case 1:
			e.host[d] = uint8(v)
		case 2:
			put16(e.host, d, v)
		default:
			put32(e.host, d, v)
		}
		return
	}
	if lin&pageMask+n <= PageSize {
		c.mem.write(c.translate(lin, true, user), n, v)
		c.armWrite(user, lin)
		return
	}
	p := c.translate(lin, true, user)
	q := c.translate((lin+n-1)&^pageMask, true, user)
	first := PageSize - lin&pageMask
	for i := range n {
		a := p + i
		if i >= first {
			a = q + i - first
		}
		c.mem.write(a, 1, v>>(8*i)&0xFF)
	}
}

// alignCheck raises #AC. While alignment is checked, c.tlb never hits.
func (c *CPU) alignCheck(lin, n uint32, user int) {
	if lin&(n-1) != 0 && user != 0 && c.alignChecked() {
		c.raiseCode(excAC, 0)
	}
}

func (c *CPU) alignChecked() bool {
	return c.eflags&FlagAC != 0 && c.cr0&CR0AM != 0 && c.cpl == 3
}

// Accesses of the processor itself to descriptor tables and task state segments
// have supervisor privilege.

func (c *CPU) sysRead16(lin uint32) uint32 { return c.sysRead(lin, 2) }
func (c *CPU) sysRead32(lin uint32) uint32 { return c.sysRead(lin, 4) }

func (c *CPU) sysRead(lin, n uint32) uint32 {
	e := &c.tlbs[0].fast[lin>>pageShift&tlbMask]
	if d := lin - e.rtag; d <= PageSize-n && !c.watched {
		switch n {
		case 1:
			return uint32(e.host[d])
		case 2:
			return le16(e.host, d)
		}
		return le32(e.host, d)
	}
	return c.linRead(lin, n, 0)
}

func (c *CPU) sysWrite8(lin, v uint32)  { c.linWrite(lin, 1, v, 0) }
func (c *CPU) sysWrite16(lin, v uint32) { c.linWrite(lin, 2, v, 0) }
func (c *CPU) sysWrite32(lin, v uint32) { c.linWrite(lin, 4, v, 0) }
