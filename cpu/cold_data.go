package cpu

func (c *CPU) xchgM(o *op) {
	a := c.rmwRM(o)
	c.setRM(o, c.regOp(o))
	c.setRegOp(o, a)
}

// cmov reads its source even if the condition is false.
func (c *CPU) cmov(o *op) {
	v := c.rm(o)
	if c.cond(o.sub) {
		c.setRegOp(o, v)
	}
}

func (c *CPU) xlat(o *op) {
	off := (c.r[EBX] + c.r[EAX]&0xFF) & o.amask
	c.setReg8(EAX, 0, c.ld8(o.seg, off))
}

func (c *CPU) bound(o *op) {
	off := c.ea(o)
	lo := c.ld(o.seg, off, o.size)
	hi := c.ld(o.seg, off+uint32(o.size), o.size)
	i := int64(sext64(c.regOp(o), o.size))
	if i < int64(sext64(lo, o.size)) || i > int64(sext64(hi, o.size)) {
		c.raise(excBR)
	}
}

// ---- stack ----

func (c *CPU) slowPush16(o *op, off, v uint32) {
	c.op = o
	c.st16(SS, off, v)
}

func (c *CPU) slowPush32(o *op, off, v uint32) {
	c.op = o
	c.st32(SS, off, v)
}

func (c *CPU) slowPop16(o *op, off uint32) uint32 {
	c.op = o
	return c.ld16(SS, off)
}

func (c *CPU) slowPop32(o *op, off uint32) uint32 {
	c.op = o
	return c.ld32(SS, off)
}

// setSP sets ESP or SP by the stack size.
func (c *CPU) setSP(v uint32) { c.r[ESP] = c.r[ESP]&^c.spMask | v&c.spMask }

// push stores one value of the given size.
func (c *CPU) push(v uint32, size uint8) {
	off := (c.r[ESP] - uint32(size)) & c.spMask
	c.st(SS, off, v, size)
	c.setSP(off)
}

// stackAt reads the i-th value of the given size from the top of the stack.
func (c *CPU) stackAt(i uint32, size uint8) uint32 {
	return c.ld(SS, (c.r[ESP]+i*uint32(size))&c.spMask, size)
}

// pushSeg pushes a segment register: with 32-bit operands only the low half of
// the slot is written (SDM 2, PUSH).
func (c *CPU) pushSeg(o *op) {
	off := (c.r[ESP] - uint32(o.size)) & c.spMask
	c.st16(SS, off, uint32(c.seg[o.sub&7].selector))
	c.setSP(off)
}

func (c *CPU) popSeg(o *op) {
	sel := c.ld16(SS, c.r[ESP]&c.spMask)
	sp := c.r[ESP] + uint32(o.size)
	mask := c.spMask
	c.loadSegment(int(o.sub), uint16(sel))
	c.r[ESP] = c.r[ESP]&^mask | sp&mask
	if o.sub == SS {
		c.holdInterrupts(true)
	}
}

func (c *CPU) popM(o *op) {
	v := c.stackAt(0, o.size)
	c.setRM(o, v)
	c.setSP(c.r[ESP] + uint32(o.size))
}

func (c *CPU) pusha(o *op) {
	n := uint32(o.size)
	// All eight slots are checked before the first is written.
	if low := (c.r[ESP] - 8*n) & c.spMask; low < c.r[ESP]&c.spMask {
		c.probe(SS, low, 8*n)
	} else {
		for i := uint32(1); i <= 8; i++ {
			c.probe(SS, (c.r[ESP]-i*n)&c.spMask, n)
		}
	}
	for i := range uint32(8) {
		c.st(SS, (c.r[ESP]-(i+1)*n)&c.spMask, c.r[i], o.size)
	}
	c.setSP(c.r[ESP] - 8*n)
}

func (c *CPU) popa(o *op) {
	var v [8]uint32
	for i := range uint32(8) {
		v[7-i] = c.stackAt(i, o.size)
	}
	sp := c.r[ESP] + 8*uint32(o.size)
	for i := range uint8(8) {
		if i != ESP {
			c.setReg(i, 0, o.size, v[i])
		}
	}
	c.setSP(sp)
}

// enter: the nesting level is in sub, the frame size in imm.
func (c *CPU) enter(o *op) {
	n := uint32(o.size)
	sp := c.r[ESP]
	bp := c.r[EBP]
	level := uint32(o.sub)
	put := func(v uint32) {
		sp -= n
		c.st(SS, sp&c.spMask, v, o.size)
	}
	// The last slot and the word at the final stack pointer must be writable
	// before anything changes.
	slots := uint32(1)
	if level > 0 {
		slots += level
	}
	for i := uint32(1); i <= slots; i++ {
		c.probe(SS, (sp-i*n)&c.spMask, n)
	}
	c.probe(SS, (sp-slots*n-o.imm)&c.spMask, 1)
	frame := sp - n
	// Reads of the display come first for the same reason.
	var display [32]uint32
	for i := uint32(1); i < level; i++ {
		display[i] = c.ld(SS, (bp-i*n)&c.spMask, o.size)
	}
	put(bp)
	for i := uint32(1); i < level; i++ {
		put(display[i])
	}
	if level > 0 {
		put(frame&c.spMask | c.r[ESP]&^c.spMask)
	}
	if o.size == 2 {
		c.setReg16(EBP, frame)
	} else {
		c.r[EBP] = frame&c.spMask | c.r[ESP]&^c.spMask
	}
	c.setSP(sp - o.imm)
}

// ---- segment registers ----

func (c *CPU) movFromSeg(o *op) {
	v := uint32(c.seg[o.dst&7].selector)
	if o.flags&opMem != 0 {
		c.st16(o.seg, c.ea(o), v)
		return
	}
	c.setReg(o.src, 0, o.size, v)
}

func (c *CPU) movToSeg(o *op) {
	c.loadSegment(int(o.dst), uint16(c.rm(o)))
	if o.dst == SS {
		c.holdInterrupts(true)
	}
}

func (c *CPU) loadFar(o *op) {
	off := c.ea(o)
	v := c.ld(o.seg, off, o.size)
	sel := c.ld16(o.seg, off+uint32(o.size))
	c.loadSegment(int(o.sub), uint16(sel))
	c.setRegOp(o, v)
}

// ---- flags ----

func (c *CPU) sahf(*op) {
	f := c.r[EAX] >> 8 & 0xFF
	c.setArith(c.arith()&FlagOF | f&(arithFlags&^FlagOF))
}

// pushf: RF and VM are clear in the image (SDM 2, PUSHF).
func (c *CPU) pushf(o *op) {
	if c.v86() && c.iopl() < 3 {
		c.raiseCode(excGP, 0)
	}
	c.push(c.flags()&^(FlagRF|FlagVM), o.size)
}

func (c *CPU) popf(o *op) {
	if c.v86() && c.iopl() < 3 {
		c.raiseCode(excGP, 0)
	}
	v := c.stackAt(0, o.size)
	c.setSP(c.r[ESP] + uint32(o.size))
	c.loadFlags(v, o.size, c.cpl, false)
}

// loadFlags is the flag part of POPF and IRET: IOPL changes at CPL 0 only, IF
// only at CPL <= IOPL. IRET also restores RF.
func (c *CPU) loadFlags(v uint32, size uint8, cpl uint8, iret bool) {
	mask := uint32(arithFlags | FlagTF | FlagDF | FlagNT)
	if size == 4 {
		mask |= FlagAC | FlagID
		if iret {
			mask |= FlagRF
		}
	}
	if cpl == 0 {
		mask |= FlagIOPL
	}
	if cpl <= c.iopl() {
		mask |= FlagIF
	}
	old := c.flags()
	if !iret {
		old &^= FlagRF
	}
	c.setFlags(old&^mask | v&mask)
	c.flagsChanged()
}

// flagsChanged follows a change of TF, IF, AC or VM.
func (c *CPU) flagsChanged() {
	if c.cr0&CR0AM != 0 {
		c.modeChanged()
	}
	if c.eflags&(FlagTF|FlagRF) != 0 || c.intr && c.eflags&FlagIF != 0 {
		c.breakBlock()
	}
}

func (c *CPU) cli(*op) {
	c.checkIOPL()
	c.eflags &^= FlagIF
}

func (c *CPU) sti(*op) {
	c.checkIOPL()
	if c.eflags&FlagIF == 0 {
		c.eflags |= FlagIF
		c.holdInterrupts(false)
	}
}

// holdInterrupts keeps interrupts, and with ss debug traps, off for one
// instruction; Run looks after the end of it.
func (c *CPU) holdInterrupts(ss bool) {
	c.shadow, c.shadowSS = true, ss
	c.breakBlock()
}

// checkIOPL is the privilege check of CLI and STI.
func (c *CPU) checkIOPL() {
	if c.cr0&CR0PE != 0 && c.cpl > c.iopl() {
		c.raiseCode(excGP, 0)
	}
}
