package cpu

// System instructions: descriptor table registers, control and debug registers,
// LAR and its relatives.

// protectedOnly raises #UD in real and virtual-8086 mode.
func (c *CPU) protectedOnly() {
	if !c.protected() {
		c.raise(excUD)
	}
}

// group6 is SLDT STR LLDT LTR VERR VERW.
func (c *CPU) group6(o *op) {
	c.protectedOnly()
	switch o.sub {
	case 0:
		c.storeSelector(o, c.ldt.selector)
		return
	case 1:
		c.storeSelector(o, c.tr.selector)
		return
	}
	t := *o
	t.size = 2
	if o.sub == 2 || o.sub == 3 {
		c.privileged()
	}
	sel := uint16(c.rm(&t))
	switch o.sub {
	case 2:
		c.lldt(sel)
	case 3:
		c.ltr(sel)
	case 4:
		c.setZF(c.accessible(sel, false))
	case 5:
		c.setZF(c.accessible(sel, true))
	}
}

// storeSelector writes 16 bits to memory and the operand size to a register.
func (c *CPU) storeSelector(o *op, v uint16) {
	if o.flags&opMem != 0 {
		c.st16(o.seg, c.ea(o), uint32(v))
		return
	}
	c.setReg(o.src, 0, o.size, uint32(v))
}

func (c *CPU) lldt(sel uint16) {
	if sel&^3 == 0 {
		c.ldt = segment{selector: sel}
		return
	}
	e := uint32(sel &^ 3)
	if sel&4 != 0 {
		c.raiseCode(excGP, e)
	}
	d := c.need(sel, excGP)
	if d.system() != gateLDT {
		c.raiseCode(excGP, e)
	}
	if !d.present() {
		c.raiseCode(excNP, e)
	}
	c.ldt = d.segment(sel)
}

func (c *CPU) ltr(sel uint16) {
	e := uint32(sel &^ 3)
	if sel&4 != 0 || e == 0 {
		c.raiseCode(excGP, e)
	}
	d := c.need(sel, excGP)
	if k := d.system(); k != gateTSS16 && k != gateTSS32 {
		c.raiseCode(excGP, e)
	}
	if !d.present() {
		c.raiseCode(excNP, e)
	}
	c.sysWrite8(d.addr+5, (d.hi>>8|2)&0xFF)
	c.tr = d.segment(sel)
}

// accessible is VERR and VERW.
func (c *CPU) accessible(sel uint16, write bool) bool {
	if sel&^3 == 0 {
		return false
	}
	d, ok := c.lookup(sel)
	if !ok || d.hi&segS == 0 {
		return false
	}
	if write {
		if !d.isData() || d.hi&segW == 0 {
			return false
		}
	} else if d.isCode() {
		if d.hi&segW == 0 {
			return false
		}
		if d.conforming() {
			return true
		}
	}
	return d.dpl() >= c.cpl && d.dpl() >= uint8(sel&3)
}

// visible is the check of LAR and LSL; types lists the system types allowed.
func (c *CPU) visible(sel uint16, types uint32) (d descriptor, ok bool) {
	if sel&^3 == 0 {
		return d, false
	}
	d, ok = c.lookup(sel)
	if !ok {
		return d, false
	}
	if k := d.system(); k >= 0 && types>>k&1 == 0 {
		return d, false
	}
	if d.isCode() && d.conforming() {
		return d, true
	}
	return d, d.dpl() >= c.cpl && d.dpl() >= uint8(sel&3)
}

func (c *CPU) sourceSelector(o *op) uint16 {
	t := *o
	t.size = 2
	return uint16(c.rm(&t))
}

func (c *CPU) lar(o *op) {
	c.protectedOnly()
	const types = 1<<gateTSS16 | 1<<gateLDT | 1<<gateTSS16Busy | 1<<gateCall16 | 1<<gateTask |
		1<<gateTSS32 | 1<<gateTSS32Busy | 1<<gateCall32
	d, ok := c.visible(c.sourceSelector(o), types)
	if ok {
		c.setRegOp(o, d.hi&0x00FFFF00)
	}
	c.setZF(ok)
}

func (c *CPU) lsl(o *op) {
	c.protectedOnly()
	const types = 1<<gateTSS16 | 1<<gateLDT | 1<<gateTSS16Busy | 1<<gateTSS32 | 1<<gateTSS32Busy
	d, ok := c.visible(c.sourceSelector(o), types)
	if ok {
		c.setRegOp(o, d.limit())
	}
	c.setZF(ok)
}

func (c *CPU) arpl(o *op) {
	c.protectedOnly()
	// The operand is only written if it changes.
	a := c.rm(o)
	b := c.regOp(o)
	if a&3 < b&3 {
		c.setRM(o, a&^3|b&3)
		c.setZF(true)
		return
	}
	c.setZF(false)
}

// group7 is SGDT SIDT LGDT LIDT SMSW LMSW INVLPG.
func (c *CPU) group7(o *op) {
	switch o.sub {
	case 0:
		c.storeTable(o, &c.gdt)
	case 1:
		c.storeTable(o, &c.idt)
	case 2:
		c.privileged()
		c.loadTable(o, &c.gdt)
	case 3:
		c.privileged()
		c.loadTable(o, &c.idt)
	case 4:
		if o.flags&opMem != 0 {
			c.st16(o.seg, c.ea(o), c.cr0&0xFFFF)
		} else {
			c.setReg(o.src, 0, o.size, c.cr0)
		}
	case 6:
		c.privileged()
		// LMSW can set PE but not clear it.
		v := uint32(c.sourceSelector(o))
		c.setCR0(c.cr0&^0xE | v&0xF)
	case 7:
		c.privileged()
		c.invlpg(c.seg[o.seg&7].base + c.ea(o))
	}
}

// storeTable: with 16-bit operands the top byte is stored as it is on the 486.
// The base goes first, as it is what may be out of alignment.
func (c *CPU) storeTable(o *op, t *table) {
	off := c.ea(o)
	c.probe(o.seg, off, 6)
	c.st32(o.seg, off+2, t.base)
	c.st16(o.seg, off, t.limit)
}

func (c *CPU) loadTable(o *op, t *table) {
	off := c.ea(o)
	limit := c.ld16(o.seg, off)
	base := c.ld32(o.seg, off+2)
	if o.size == 2 {
		base &= 0xFFFFFF
	}
	*t = table{base: base, limit: limit}
}

func (c *CPU) clts(*op) {
	c.privileged()
	c.cr0 &^= CR0TS
}

// setCR0 applies the rules of MOV CR0.
func (c *CPU) setCR0(v uint32) {
	v = v&c.model.cr0Mask | CR0ET
	if v&CR0PG != 0 && v&CR0PE == 0 || v&CR0NW != 0 && v&CR0CD == 0 {
		c.raiseCode(excGP, 0)
	}
	old := c.cr0
	c.cr0 = v
	if (old^v)&(CR0PG|CR0WP|CR0PE) != 0 {
		c.flushTLB(true)
	}
	if (old^v)&CR0PE != 0 && v&CR0PE != 0 {
		c.cpl = 0
	}
	c.modeChanged()
}

// movSys is MOV to and from control, debug and test registers; sub is the opcode.
func (c *CPU) movSys(o *op) {
	c.privileged()
	r := o.dst
	switch o.sub {
	case 0x20:
		if r == 1 || r > 4 || r == 4 && c.model.cr4Mask == 0 {
			c.raise(excUD)
		}
		c.r[o.src] = c.CR(int(r))
	case 0x22:
		c.moveToCR(r, c.r[o.src])
	case 0x21:
		c.r[o.src] = c.readDR(r)
	case 0x23:
		c.writeDR(r, c.r[o.src])
	case 0x24:
		c.r[o.src] = 0
	case 0x26:
	}
}

func (c *CPU) moveToCR(r uint8, v uint32) {
	switch {
	case r == 0:
		c.setCR0(v)
	case r == 2:
		c.cr2 = v
	case r == 3:
		c.cr3 = v
		c.flushTLB(false)
	case r == 4 && c.model.cr4Mask != 0:
		if v&^c.model.cr4Mask != 0 {
			c.raiseCode(excGP, 0)
		}
		old := c.cr4
		c.cr4 = v
		if (old^v)&(CR4PSE|CR4PGE) != 0 {
			c.flushTLB(true)
		}
	default:
		c.raise(excUD)
	}
}
