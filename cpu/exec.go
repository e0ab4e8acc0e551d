package cpu

//go:generate go run ./gen

// Reason says why Run came back.
type Reason uint8

const (
	ReasonCount    Reason = iota // the number of instructions is used up
	ReasonHalt                   // HLT, and no interrupt is pending
	ReasonShutdown               // triple fault
	ReasonStop                   // Stop was called
)

func (r Reason) String() string {
	return [...]string{"count", "halt", "shutdown", "stop"}[r&3]
}

// Run executes at most max instructions. Interrupts are taken before the
// instruction at which they are seen; the counter is exact at all times.
func (c *CPU) Run(max uint64) Reason {
	c.running = true
	defer func() { c.running = false }()
	c.end = c.Instructions() + max
	if c.end < max {
		c.end = 1<<64 - 1
	}
	for {
		c.takeReset()
		if r, stop := c.stopped(); stop {
			return r
		}
		now := c.Instructions()
		if now >= c.end {
			return ReasonCount
		}
		if c.event() {
			continue
		}
		if c.needStep() {
			c.stepOne()
			continue
		}
		// It would only keep a breakpoint from the next instruction, and there is none.
		c.eflags &^= FlagRF
		c.setBudget(min(c.end-now, 1<<30))
		if c.runBlocks(false) {
			c.takeFault()
			continue
		}
		// The next block is longer than what is left: run the head of it.
		if c.left > 0 && c.left < maxOps && c.runBlocks(true) {
			c.takeFault()
		}
	}
}

// Step executes one instruction, or one iteration of a repeated one, by the
// plain path: decoded alone, without the block cache.
func (c *CPU) Step() Reason {
	c.running = true
	defer func() { c.running = false }()
	c.end = c.Instructions() + 1
	c.takeReset()
	if r, stop := c.stopped(); stop {
		return r
	}
	if !c.event() {
		c.stepOne()
	}
	if r, stop := c.stopped(); stop {
		return r
	}
	return ReasonCount
}

// Stop makes Run return after the current instruction.
func (c *CPU) Stop() {
	c.stop = true
	c.breakBlock()
}

// Instructions returns the number of instructions completed since the processor
// was made. Deliveries of interrupts and exceptions count as one each.
func (c *CPU) Instructions() uint64 {
	n := c.target - uint64(c.left)
	if c.op != nil {
		n -= uint64(c.op.rem) - uint64(c.consumed)
	}
	return n
}

// setBudget makes the executor come back after n instructions.
func (c *CPU) setBudget(n uint64) {
	now := c.Instructions()
	c.left = int64(n)
	c.target = now + n
}

func (c *CPU) stopped() (Reason, bool) {
	switch {
	case c.stop:
		c.stop = false
		return ReasonStop, true
	case c.shutdown:
		return ReasonShutdown, true
	case c.halted && !c.waking():
		return ReasonHalt, true
	}
	return 0, false
}

// waking tells whether something is about to end HLT.
func (c *CPU) waking() bool {
	return c.trapPending != 0 || c.nmi && !c.inNMI || c.intr && c.eflags&FlagIF != 0
}

// takeReset does a reset that was asked for while an instruction ran.
func (c *CPU) takeReset() {
	if c.resetPending {
		c.resetPending = false
		c.running = false
		c.Reset()
		c.running = true
	}
}

// event takes what is due between two instructions, by priority (SDM 3, 5.9):
// traps of the previous instruction, NMI, INTR. It reports whether there was
// one; each counts as an instruction.
func (c *CPU) event() bool {
	switch {
	case c.trapPending != 0 && !c.shadowSS:
		c.debugTrap()
	case c.shadow:
		return false
	case c.nmi && !c.inNMI:
		c.nmi, c.inNMI = false, true
		c.hardware(vecNMI)
	case c.intr && c.eflags&FlagIF != 0:
		c.hardware(c.bus.Acknowledge())
	default:
		return false
	}
	return true
}

// needStep tells whether the next instruction must run alone.
func (c *CPU) needStep() bool {
	if c.shadow {
		if c.intr || c.nmi || c.trapPending != 0 || c.dr[7]&0xFF != 0 {
			return true
		}
		// Nothing waits: the shadow ends unseen.
		c.shadow, c.shadowSS = false, false
	}
	return c.eflags&FlagTF != 0 || c.dr[7]&0xFF != 0 || c.trace.Instruction != nil
}

// stepOne runs one instruction with the checks that blocks go without.
func (c *CPU) stepOne() {
	tf := c.eflags&FlagTF != 0
	// A load of SS also hides a breakpoint at the next instruction (PRM 9.2.4).
	armed := c.dr[7]&0xFF != 0 && !c.shadowSS
	c.shadow, c.shadowSS = false, false
	c.setBudget(1)
	if armed && c.codeBreakpoint() {
		return
	}
	if c.trace.Instruction != nil {
		c.trace.Instruction()
	}
	c.eflags &^= FlagRF
	c.entered = false
	if c.runBlocks(true) {
		c.takeFault()
		return
	}
	// INT n does not trap: it has cleared TF for its handler.
	if tf && !c.entered {
		c.trapPending |= dr6BS
	}
}

// runBlocks runs the loop, or with truncated one block of exactly c.left
// instructions, and reports whether it ended in a fault.
func (c *CPU) runBlocks(truncated bool) (faulted bool) {
	defer func() {
		if r := recover(); r != nil {
			if r != any(faultSignal) {
				panic(r)
			}
			faulted = true
		}
	}()
	c.op = nil
	if truncated {
		defer c.releaseScratch()
		c.loop(c.truncated(int(c.left)))
	} else {
		c.loop(c.next())
	}
	c.op = nil
	return false
}

// takeFault undoes the count of what was not executed and delivers c.fault.
func (c *CPU) takeFault() {
	if o := c.op; o != nil {
		c.eip = o.eip
		c.left += int64(o.rem) - int64(c.consumed)
		c.op = nil
	}
	c.consumed = 0
	c.target++
	// Data breakpoints of an instruction that did not complete are void.
	c.trapPending &= dr6BS
	if !c.fault.restart {
		c.deliver(c.fault)
	}
}
