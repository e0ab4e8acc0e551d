package cpu

// Exception vectors.
const (
	excDE = 0
	excDB = 1
	excBP = 3
	excOF = 4
	excBR = 5
	excUD = 6
	excNM = 7
	excDF = 8
	excTS = 10
	excNP = 11
	excSS = 12
	excGP = 13
	excPF = 14
	excMF = 16
	excAC = 17

	vecNMI = 2
)

// fault is an exception on its way to the handler.
type fault struct {
	vector  uint8
	hasCode bool
	code    uint32
	cr2     uint32
	restart bool // no exception: the instruction is to be started again
	trap    bool // not a fault: an external interrupt or a debug trap
}

// faultSignal is what a faulting instruction panics with; Run and Step recover
// it. A panic costs about 150 ns, and the fast paths need no error results.
type signal struct{}

var faultSignal = &signal{}

func (c *CPU) raise(vector uint8) {
	c.fault = fault{vector: vector}
	panic(faultSignal)
}

// raiseCode raises an exception with an error code. While an exception or an
// external interrupt is being delivered, the EXT bit is set (PRM 9.7).
func (c *CPU) raiseCode(vector uint8, code uint32) {
	c.fault = fault{vector: vector, hasCode: true, code: code | c.ext}
	panic(faultSignal)
}

// privileged raises #GP unless at CPL 0.
func (c *CPU) privileged() {
	if c.cpl != 0 {
		c.raiseCode(excGP, 0)
	}
}

// deliver takes an exception, with double faults and shutdown (PRM 9.8.8).
func (c *CPU) deliver(f fault) {
	for {
		if f.vector == excPF {
			c.cr2 = f.cr2
		}
		c.traceInterrupt(f, Exception)
		if !c.tryDeliver(f, 1) {
			return
		}
		second := c.fault
		switch {
		case f.vector == excDF:
			c.shutdown = true
			return
		case contributory(f.vector) && contributory(second.vector),
			f.vector == excPF && (contributory(second.vector) || second.vector == excPF):
			if second.vector == excPF {
				c.cr2 = second.cr2
			}
			f = fault{vector: excDF, hasCode: true}
		default:
			f = second
		}
	}
}

func contributory(v uint8) bool { return v == excDE || v >= excTS && v <= excGP }

// tryDeliver reports whether the delivery itself faulted.
func (c *CPU) tryDeliver(f fault, ext uint32) (faulted bool) {
	c.ext = ext
	defer func() {
		c.ext = 0
		if r := recover(); r != nil {
			if r != any(faultSignal) {
				panic(r)
			}
			faulted = true
		}
	}()
	c.op = nil
	flags := c.flags()
	if !f.trap && f.vector != excDB {
		// A fault is restarted without hitting the same breakpoint again.
		flags |= FlagRF
	}
	c.interrupt(f.vector, false, f.hasCode, f.code, flags)
	return false
}

// hardware takes an external interrupt or NMI.
func (c *CPU) hardware(vector uint8) {
	c.halted = false
	f := fault{vector: vector, trap: true}
	c.traceInterrupt(f, External)
	if c.tryDeliver(f, 1) {
		c.deliver(c.fault)
	}
	c.target++
}

// interrupt transfers control through the interrupt table. It changes no
// register before everything is checked.
func (c *CPU) interrupt(vector uint8, soft, hasCode bool, code, flags uint32) {
	if c.cr0&CR0PE == 0 {
		c.realInterrupt(vector, flags)
	} else {
		c.protectedInterrupt(vector, soft, hasCode, code, flags)
	}
	c.halted = false
	c.entered = true
}

func (c *CPU) realInterrupt(vector uint8, flags uint32) {
	at := uint32(vector) * 4
	if at+3 > c.idt.limit {
		c.raiseCode(excGP, at*2+2)
	}
	v := c.sysRead32(c.idt.base + at)
	sp := c.r[ESP]
	for i, w := range [3]uint32{flags, uint32(c.seg[CS].selector), c.eip} {
		c.st16(SS, (sp-2*uint32(i+1))&c.spMask, w&0xFFFF)
	}
	c.setSP(sp - 6)
	c.setRealCS(uint16(v >> 16))
	c.eip = v & 0xFFFF
	c.eflags &^= FlagIF | FlagTF | FlagAC | FlagRF
}

func (c *CPU) setRealCS(sel uint16) {
	s := &c.seg[CS]
	s.selector = sel
	s.base = uint32(sel) << 4
	if c.v86() {
		c.realSegment(CS, sel)
	}
}

// stack is a stack being written that is not yet, or not only, the current one.
type stack struct {
	seg  segment
	sp   uint32
	mask uint32
	user int
	code uint32 // error code of #SS
}

func (c *CPU) currentStack() stack {
	return stack{seg: c.seg[SS], sp: c.r[ESP], mask: c.spMask, user: c.user}
}

func (c *CPU) newStack(seg segment, sp uint32, cpl uint8) stack {
	s := stack{seg: seg, sp: sp, mask: 0xFFFF, code: uint32(seg.selector &^ 3)}
	if seg.flags&segB != 0 {
		s.mask = 0xFFFFFFFF
	}
	if cpl == 3 {
		s.user = 1
	}
	return s
}

func (c *CPU) stackPush(s *stack, v uint32, size uint32) {
	off := (s.sp - size) & s.mask
	c.stackCheck(s, off, size)
	c.linWrite(s.seg.base+off, size, v, s.user)
	s.sp = s.sp&^s.mask | off
}

func (c *CPU) stackCheck(s *stack, off, size uint32) {
	if !s.seg.inLimit(off, size, true) || s.seg.flags&segW == 0 {
		c.raiseCode(excSS, s.code)
	}
}

// reserve checks that n values can be pushed, before the first is.
func (c *CPU) reserve(s *stack, n, size uint32) {
	sp := s.sp
	if all := n * size; sp&s.mask >= all && s.seg.flags&(segCode|segC|segW) == segW && (sp-1)&s.mask <= s.seg.limit {
		lin := s.seg.base + (sp-all)&s.mask
		if lin-c.tlbs[s.user].fast[lin>>pageShift&tlbMask].wtag <= PageSize-all {
			return
		}
	}
	for range n {
		sp -= size
		off := sp & s.mask
		c.stackCheck(s, off, size)
		c.probeLin(s.seg.base+off, size, s.user)
	}
}

func (c *CPU) useStack(s *stack) {
	c.seg[SS] = s.seg
	c.r[ESP] = s.sp
}

// Gate types.
const (
	gateTSS16     = 1
	gateLDT       = 2
	gateTSS16Busy = 3
	gateCall16    = 4
	gateTask      = 5
	gateInt16     = 6
	gateTrap16    = 7
	gateTSS32     = 9
	gateTSS32Busy = 11
	gateCall32    = 12
	gateInt32     = 14
	gateTrap32    = 15
)

func (c *CPU) protectedInterrupt(vector uint8, soft, hasCode bool, code, flags uint32) {
	at := uint32(vector) * 8
	// The error code of a fault in the IDT is the vector with the IDT bit.
	idtCode := at | 2
	if at+7 > c.idt.limit {
		c.raiseCode(excGP, idtCode)
	}
	g := descriptor{lo: c.sysRead32(c.idt.base + at), hi: c.sysRead32(c.idt.base + at + 4)}
	kind := g.system()
	switch kind {
	case gateTask, gateInt16, gateTrap16, gateInt32, gateTrap32:
	default:
		c.raiseCode(excGP, idtCode)
	}
	if soft && g.dpl() < c.cpl {
		c.raiseCode(excGP, idtCode)
	}
	if !g.present() {
		c.raiseCode(excNP, idtCode)
	}
	sel := uint16(g.lo >> 16)
	if kind == gateTask {
		c.taskGate(sel, flags, hasCode, code)
		return
	}
	size := uint32(2)
	offset := g.lo & 0xFFFF
	if kind >= gateInt32 {
		size = 4
		offset |= g.hi & 0xFFFF0000
	}
	if sel&^3 == 0 {
		c.raiseCode(excGP, 0)
	}
	d := c.need(sel, excGP)
	if !d.isCode() || d.dpl() > c.cpl {
		c.raiseCode(excGP, uint32(sel&^3))
	}
	if !d.present() {
		c.raiseCode(excNP, uint32(sel&^3))
	}
	cpl := c.cpl
	v86 := c.v86()
	var st stack
	n := uint32(3)
	if hasCode {
		n++
	}
	oldSS, oldSP := c.seg[SS].selector, c.r[ESP]
	if !d.conforming() && d.dpl() < c.cpl {
		if v86 && d.dpl() != 0 {
			c.raiseCode(excGP, uint32(sel&^3))
		}
		cpl = d.dpl()
		ss, sp := c.innerStack(cpl)
		st = c.newStack(c.stackSegment(ss, cpl, excTS), sp, cpl)
		n += 2
		if v86 {
			n += 4
		}
	} else {
		if v86 {
			c.raiseCode(excGP, uint32(sel&^3))
		}
		st = c.currentStack()
	}
	c.reserve(&st, n, size)
	if offset > d.limit() {
		c.raiseCode(excGP, 0)
	}
	if v86 {
		for _, s := range [4]int{GS, FS, DS, ES} {
			c.stackPush(&st, uint32(c.seg[s].selector), size)
		}
	}
	if cpl != c.cpl {
		c.stackPush(&st, uint32(oldSS), size)
		c.stackPush(&st, oldSP, size)
	}
	c.stackPush(&st, flags, size)
	c.stackPush(&st, uint32(c.seg[CS].selector), size)
	c.stackPush(&st, c.eip, size)
	if hasCode {
		c.stackPush(&st, code, size)
	}
	c.setAccessed(&d)
	if cpl != c.cpl {
		c.useStack(&st)
	} else {
		c.setSP(st.sp)
	}
	if v86 {
		for _, s := range [4]int{GS, FS, DS, ES} {
			c.seg[s] = segment{}
		}
	}
	c.cpl = cpl
	c.seg[CS] = d.segment(sel&^3 | uint16(cpl))
	c.eip = offset
	c.eflags &^= FlagTF | FlagNT | FlagRF | FlagVM
	if kind == gateInt16 || kind == gateInt32 {
		c.eflags &^= FlagIF
	}
	c.modeChanged()
}

// innerStack reads the stack of a privilege level from the TSS.
func (c *CPU) innerStack(cpl uint8) (ss uint16, sp uint32) {
	code := uint32(c.tr.selector &^ 3)
	if c.tr.flags>>8&8 != 0 {
		at := uint32(cpl)*8 + 4
		if at+5 > c.tr.limit {
			c.raiseCode(excTS, code)
		}
		return uint16(c.sysRead16(c.tr.base + at + 4)), c.sysRead32(c.tr.base + at)
	}
	at := uint32(cpl)*4 + 2
	if at+3 > c.tr.limit {
		c.raiseCode(excTS, code)
	}
	return uint16(c.sysRead16(c.tr.base + at + 2)), c.sysRead16(c.tr.base + at)
}

// ---- instructions ----

func (c *CPU) intN(o *op) {
	if c.v86() && c.iopl() < 3 {
		c.raiseCode(excGP, 0)
	}
	c.software(uint8(o.imm), true)
}

// int3 and into are not subject to IOPL in virtual-8086 mode.
func (c *CPU) int3(*op) { c.software(excBP, true) }

// int1 is no software interrupt to the checks: error codes have EXT set (SDM 3, 6.13).
func (c *CPU) int1(*op) {
	c.ext = 1
	c.software(excDB, false)
	c.ext = 0
}

func (c *CPU) into(*op) {
	if c.of() {
		c.software(excOF, true)
	}
}

// software takes the interrupt of an instruction, which the privilege level
// of its gate may forbid if that is checked.
func (c *CPU) software(vector uint8, checked bool) {
	c.traceInterrupt(fault{vector: vector}, Software)
	c.interrupt(vector, checked, false, 0, c.flags())
}

func (c *CPU) hlt(*op) {
	c.privileged()
	c.halted = true
	c.breakBlock()
}

// ---- lines ----

// SetINTR sets the level of the interrupt request line.
func (c *CPU) SetINTR(level bool) {
	c.intr = level
	if level && (c.eflags&FlagIF != 0 || c.shadow) {
		c.breakBlock()
	}
}

// RaiseNMI is a rising edge of the NMI line.
func (c *CPU) RaiseNMI() {
	c.nmi = true
	c.breakBlock()
}
