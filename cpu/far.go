package cpu

// Far transfers: JMP, CALL, RET and IRET to another code segment (PRM 6.3).

func (c *CPU) jmpFarM(o *op) {
	off := c.ea(o)
	to := c.ld(o.seg, off, o.size)
	c.farJump(uint16(c.ld16(o.seg, off+uint32(o.size))), to)
}

func (c *CPU) callFarM(o *op) {
	off := c.ea(o)
	to := c.ld(o.seg, off, o.size)
	c.farCall(o, uint16(c.ld16(o.seg, off+uint32(o.size))), to)
}

// checkTarget raises #GP for an offset outside a code segment.
func (c *CPU) checkTarget(off, limit uint32) {
	if off > limit {
		c.raiseCode(excGP, 0)
	}
}

// codeSegment checks a code descriptor for a direct jump or call.
func (c *CPU) codeSegment(d *descriptor, sel uint16) {
	code := uint32(sel &^ 3)
	switch {
	case d.conforming() && d.dpl() > c.cpl,
		!d.conforming() && (uint8(sel&3) > c.cpl || d.dpl() != c.cpl):
		c.raiseCode(excGP, code)
	case !d.present():
		c.raiseCode(excNP, code)
	}
}

// setCS loads a checked code segment.
func (c *CPU) setCS(d *descriptor, sel uint16, cpl uint8) {
	c.setAccessed(d)
	c.seg[CS] = d.segment(sel&^3 | uint16(cpl))
	c.cpl = cpl
	c.modeChanged()
}

func (c *CPU) farJump(sel uint16, off uint32) {
	if !c.protected() {
		c.checkTarget(off, c.seg[CS].limit)
		c.setRealCS(sel)
		c.eip = off
		return
	}
	if sel&^3 == 0 {
		c.raiseCode(excGP, 0)
	}
	d := c.need(sel, excGP)
	if d.isCode() {
		c.codeSegment(&d, sel)
		c.checkTarget(off, d.limit())
		c.setCS(&d, sel, c.cpl)
		c.eip = off
		return
	}
	code := uint32(sel &^ 3)
	kind := d.system()
	switch kind {
	case gateTSS16, gateTSS32, gateTask, gateCall16, gateCall32:
	default:
		c.raiseCode(excGP, code)
	}
	if d.dpl() < c.cpl || d.dpl() < uint8(sel&3) {
		c.raiseCode(excGP, code)
	}
	if !d.present() {
		c.raiseCode(excNP, code)
	}
	switch kind {
	case gateTSS16, gateTSS32:
		c.switchTask(sel, d, taskJump, c.flags(), false, 0)
	case gateTask:
		c.throughTaskGate(uint16(d.lo>>16), taskJump, c.flags(), false, 0)
	default:
		c.gateJump(&d)
	}
}

// gateJump is a JMP through a call gate: never to an inner level.
func (c *CPU) gateJump(g *descriptor) {
	sel := uint16(g.lo >> 16)
	off := g.lo & 0xFFFF
	if g.system() == gateCall32 {
		off |= g.hi & 0xFFFF0000
	}
	if sel&^3 == 0 {
		c.raiseCode(excGP, 0)
	}
	d := c.need(sel, excGP)
	code := uint32(sel &^ 3)
	if !d.isCode() || d.conforming() && d.dpl() > c.cpl || !d.conforming() && d.dpl() != c.cpl {
		c.raiseCode(excGP, code)
	}
	if !d.present() {
		c.raiseCode(excNP, code)
	}
	c.checkTarget(off, d.limit())
	c.setCS(&d, sel, c.cpl)
	c.eip = off
}

func (c *CPU) farCall(o *op, sel uint16, off uint32) {
	size := uint32(o.size)
	if !c.protected() {
		c.checkTarget(off, c.seg[CS].limit)
		sp := c.r[ESP]
		c.probe(SS, (sp-2*size)&c.spMask, size)
		c.st(SS, (sp-size)&c.spMask, uint32(c.seg[CS].selector), o.size)
		c.st(SS, (sp-2*size)&c.spMask, c.eip, o.size)
		c.setSP(sp - 2*size)
		c.setRealCS(sel)
		c.eip = off
		return
	}
	if sel&^3 == 0 {
		c.raiseCode(excGP, 0)
	}
	d := c.need(sel, excGP)
	if d.isCode() {
		c.codeSegment(&d, sel)
		st := c.currentStack()
		c.reserve(&st, 2, size)
		c.checkTarget(off, d.limit())
		c.stackPush(&st, uint32(c.seg[CS].selector), size)
		c.stackPush(&st, c.eip, size)
		c.setSP(st.sp)
		c.setCS(&d, sel, c.cpl)
		c.eip = off
		return
	}
	code := uint32(sel &^ 3)
	kind := d.system()
	switch kind {
	case gateTSS16, gateTSS32, gateTask, gateCall16, gateCall32:
	default:
		c.raiseCode(excGP, code)
	}
	if d.dpl() < c.cpl || d.dpl() < uint8(sel&3) {
		c.raiseCode(excGP, code)
	}
	if !d.present() {
		c.raiseCode(excNP, code)
	}
	switch kind {
	case gateTSS16, gateTSS32:
		c.switchTask(sel, d, taskCall, c.flags(), false, 0)
	case gateTask:
		c.throughTaskGate(uint16(d.lo>>16), taskCall, c.flags(), false, 0)
	default:
		c.gateCall(&d)
	}
}

// gateCall is a CALL through a call gate, to the same or an inner level.
func (c *CPU) gateCall(g *descriptor) {
	sel := uint16(g.lo >> 16)
	off := g.lo & 0xFFFF
	size := uint32(2)
	if g.system() == gateCall32 {
		off |= g.hi & 0xFFFF0000
		size = 4
	}
	if sel&^3 == 0 {
		c.raiseCode(excGP, 0)
	}
	d := c.need(sel, excGP)
	code := uint32(sel &^ 3)
	if !d.isCode() || d.dpl() > c.cpl {
		c.raiseCode(excGP, code)
	}
	if !d.present() {
		c.raiseCode(excNP, code)
	}
	if d.conforming() || d.dpl() == c.cpl {
		st := c.currentStack()
		c.reserve(&st, 2, size)
		c.checkTarget(off, d.limit())
		c.stackPush(&st, uint32(c.seg[CS].selector), size)
		c.stackPush(&st, c.eip, size)
		c.setSP(st.sp)
		c.setCS(&d, sel, c.cpl)
		c.eip = off
		return
	}
	cpl := d.dpl()
	ss, sp := c.innerStack(cpl)
	st := c.newStack(c.stackSegment(ss, cpl, excTS), sp, cpl)
	count := g.hi & 31
	var params [32]uint32
	for i := range count {
		params[i] = c.stackAt(i, uint8(size))
	}
	c.reserve(&st, 4+count, size)
	c.checkTarget(off, d.limit())
	c.stackPush(&st, uint32(c.seg[SS].selector), size)
	c.stackPush(&st, c.r[ESP], size)
	for i := count; i > 0; i-- {
		c.stackPush(&st, params[i-1], size)
	}
	c.stackPush(&st, uint32(c.seg[CS].selector), size)
	c.stackPush(&st, c.eip, size)
	c.useStack(&st)
	c.setCS(&d, sel, cpl)
	c.eip = off
}

// retFar is RETF; imm bytes of parameters are released.
func (c *CPU) retFar(o *op) {
	off := c.stackAt(0, o.size)
	sel := uint16(c.stackAt(1, o.size))
	release := 2*uint32(o.size) + o.imm
	if !c.protected() {
		c.checkTarget(off, c.seg[CS].limit)
		c.setSP(c.r[ESP] + release)
		c.setRealCS(sel)
		c.eip = off
		return
	}
	d := c.returnSegment(sel)
	cpl := uint8(sel & 3)
	if cpl == c.cpl {
		c.checkTarget(off, d.limit())
		c.setSP(c.r[ESP] + release)
		c.setCS(&d, sel, cpl)
		c.eip = off
		return
	}
	at := c.r[ESP] + release
	sp := c.ld(SS, at&c.spMask, o.size)
	ss := uint16(c.ld16(SS, (at+uint32(o.size))&c.spMask))
	seg := c.stackSegment(ss, cpl, excGP)
	c.checkTarget(off, d.limit())
	c.setCS(&d, sel, cpl)
	c.eip = off
	c.outerStack(seg, sp, o.size)
	c.setSP(c.r[ESP] + o.imm)
}

// returnSegment checks the code segment of RETF and IRET.
func (c *CPU) returnSegment(sel uint16) descriptor {
	if sel&^3 == 0 {
		c.raiseCode(excGP, 0)
	}
	d := c.need(sel, excGP)
	code := uint32(sel &^ 3)
	rpl := uint8(sel & 3)
	if !d.isCode() || rpl < c.cpl ||
		d.conforming() && d.dpl() > rpl || !d.conforming() && d.dpl() != rpl {
		c.raiseCode(excGP, code)
	}
	if !d.present() {
		c.raiseCode(excNP, code)
	}
	return d
}

// outerStack installs the stack of the level returned to, and clears segment
// registers that this level may not hold.
func (c *CPU) outerStack(seg segment, sp uint32, size uint8) {
	c.seg[SS] = seg
	c.modeChanged()
	if size == 2 {
		sp &= 0xFFFF
	}
	c.setSP(sp)
	for _, i := range [4]int{ES, DS, FS, GS} {
		s := &c.seg[i]
		if s.flags&(segCode|segC) != segCode|segC && s.dpl() < c.cpl {
			*s = segment{}
		}
	}
}

// iret in all its forms (SDM 2, IRET).
func (c *CPU) iret(o *op) {
	size := o.size
	if c.protected() && c.eflags&FlagNT != 0 {
		c.taskReturn()
		return
	}
	if c.v86() && c.iopl() < 3 {
		c.raiseCode(excGP, 0)
	}
	off := c.stackAt(0, size)
	sel := uint16(c.stackAt(1, size))
	flags := c.stackAt(2, size)
	release := 3 * uint32(size)
	if !c.protected() {
		c.checkTarget(off, c.seg[CS].limit)
		c.setSP(c.r[ESP] + release)
		c.setRealCS(sel)
		c.eip = off
		c.loadFlags(flags, size, c.cpl, true)
		c.endNMI()
		return
	}
	if size == 4 && flags&FlagVM != 0 && c.cpl == 0 {
		c.iretToV86(off, sel, flags)
		return
	}
	d := c.returnSegment(sel)
	cpl := uint8(sel & 3)
	old := c.cpl
	if cpl == old {
		c.checkTarget(off, d.limit())
		c.setSP(c.r[ESP] + release)
		c.setCS(&d, sel, cpl)
		c.eip = off
	} else {
		sp := c.stackAt(3, size)
		ss := uint16(c.stackAt(4, size))
		seg := c.stackSegment(ss, cpl, excGP)
		c.checkTarget(off, d.limit())
		c.setCS(&d, sel, cpl)
		c.eip = off
		c.outerStack(seg, sp, size)
	}
	c.loadFlags(flags, size, old, true)
	c.endNMI()
}

func (c *CPU) iretToV86(off uint32, sel uint16, flags uint32) {
	var v [9]uint32
	for i := range v {
		v[i] = c.stackAt(uint32(i), 4)
	}
	c.checkTarget(off&0xFFFF0000, 0xFFFF)
	c.setFlags(flags)
	c.cpl = 3
	c.r[ESP] = v[3]
	for i, s := range [6]int{CS, SS, ES, DS, FS, GS} {
		w := [6]uint32{uint32(sel), v[4], v[5], v[6], v[7], v[8]}[i]
		c.realSegment(s, uint16(w))
	}
	c.eip = off & 0xFFFF
	c.modeChanged()
	c.endNMI()
	if c.eflags&(FlagTF|FlagRF) != 0 || c.intr && c.eflags&FlagIF != 0 {
		c.breakBlock()
	}
}

// endNMI lets the next NMI in.
func (c *CPU) endNMI() {
	if c.inNMI {
		c.inNMI = false
		if c.nmi {
			c.breakBlock()
		}
	}
}
