package cpu

// Hardware task switches (PRM 7).

type taskSwitch int

const (
	taskJump taskSwitch = iota
	taskCall            // also interrupts through a task gate
	taskIret
)

// taskGate is an interrupt through a task gate.
func (c *CPU) taskGate(sel uint16, flags uint32, hasCode bool, code uint32) {
	c.throughTaskGate(sel, taskCall, flags, hasCode, code)
}

// throughTaskGate checks the TSS selector of a task gate; the privilege of the
// TSS descriptor itself does not matter.
func (c *CPU) throughTaskGate(sel uint16, how taskSwitch, flags uint32, hasCode bool, code uint32) {
	e := uint32(sel &^ 3)
	if sel&4 != 0 || sel&^3 == 0 {
		c.raiseCode(excGP, e)
	}
	d := c.need(sel, excGP)
	if k := d.system(); k != gateTSS16 && k != gateTSS32 {
		c.raiseCode(excGP, e)
	}
	if !d.present() {
		c.raiseCode(excNP, e)
	}
	c.switchTask(sel, d, how, flags, hasCode, code)
}

// taskReturn is IRET with NT set.
func (c *CPU) taskReturn() {
	sel := uint16(c.sysRead16(c.tr.base))
	e := uint32(sel &^ 3)
	if sel&4 != 0 {
		c.raiseCode(excTS, e)
	}
	d, ok := c.lookup(sel)
	if !ok {
		c.raiseCode(excTS, e)
	}
	if k := d.system(); k != gateTSS16Busy && k != gateTSS32Busy {
		c.raiseCode(excTS, e)
	}
	if !d.present() {
		c.raiseCode(excNP, e)
	}
	c.switchTask(sel, d, taskIret, c.flags(), false, 0)
}

// taskState is the part of a TSS that a switch loads.
type taskState struct {
	cr3, eip, eflags uint32
	r                [8]uint32
	seg              [6]uint16
	ldt              uint16
	trap             bool
}

// switchTask leaves the current task and enters the one of descriptor d.
func (c *CPU) switchTask(sel uint16, d descriptor, how taskSwitch, flags uint32, hasCode bool, code uint32) {
	e := uint32(sel &^ 3)
	wide := d.hi>>8&8 != 0
	min := uint32(0x2B)
	if wide {
		min = 0x67
	}
	if d.limit() < min {
		c.raiseCode(excTS, e)
	}
	base := d.base()
	t := c.readTask(base, wide)
	// The old TSS must be writable up to what is saved.
	oldWide := c.tr.flags>>8&8 != 0
	oldBase := c.tr.base
	if oldWide {
		c.probeLin(oldBase+0x20, 0x40, 0)
	} else {
		c.probeLin(oldBase+0x0E, 0x1C, 0)
	}
	if how == taskCall {
		c.probeLin(base, 2, 0)
	}
	oldSel := c.tr.selector
	oldDesc := descriptor{addr: c.gdt.base + uint32(oldSel&^7)}
	oldDesc.hi = c.sysRead32(oldDesc.addr + 4)
	if how != taskCall {
		c.probeLin(oldDesc.addr+5, 1, 0)
	}
	if how != taskIret {
		c.probeLin(d.addr+5, 1, 0)
	}
	if how != taskCall {
		c.sysWrite8(oldDesc.addr+5, oldDesc.hi>>8&^2&0xFF)
	}
	if how == taskIret {
		flags &^= FlagNT
	}
	c.saveTask(oldBase, oldWide, flags)
	if how == taskCall {
		c.sysWrite16(base, uint32(oldSel))
		t.eflags |= FlagNT
	}
	if how != taskIret {
		d.hi |= 2 << 8
		c.sysWrite8(d.addr+5, d.hi>>8&0xFF)
	}
	// From here on the processor is in the new task; faults are its faults.
	c.tr = d.segment(sel)
	c.tr.flags |= 2 << 8
	c.cr0 |= CR0TS
	if how == taskIret {
		c.endNMI()
	}
	if c.cr0&CR0PG != 0 && wide && t.cr3 != c.cr3 {
		c.cr3 = t.cr3
		c.flushTLB(false)
	}
	c.enterTask(&t, hasCode, code, wide)
}

func (c *CPU) readTask(base uint32, wide bool) taskState {
	var t taskState
	if wide {
		t.cr3 = c.sysRead32(base + 0x1C)
		t.eip = c.sysRead32(base + 0x20)
		t.eflags = c.sysRead32(base + 0x24)
		for i := range t.r {
			t.r[i] = c.sysRead32(base + 0x28 + uint32(i)*4)
		}
		for i := range t.seg {
			t.seg[i] = uint16(c.sysRead16(base + 0x48 + uint32(i)*4))
		}
		t.ldt = uint16(c.sysRead16(base + 0x60))
		t.trap = c.sysRead16(base+0x64)&1 != 0
		return t
	}
	t.eip = c.sysRead16(base + 0x0E)
	t.eflags = c.sysRead16(base + 0x10)
	for i := range t.r {
		t.r[i] = c.sysRead16(base+0x12+uint32(i)*2) | 0xFFFF0000
	}
	for i := range t.seg[:4] {
		t.seg[i] = uint16(c.sysRead16(base + 0x22 + uint32(i)*2))
	}
	t.ldt = uint16(c.sysRead16(base + 0x2A))
	return t
}

func (c *CPU) saveTask(base uint32, wide bool, flags uint32) {
	if wide {
		c.sysWrite32(base+0x20, c.eip)
		c.sysWrite32(base+0x24, flags)
		for i := range uint32(8) {
			c.sysWrite32(base+0x28+i*4, c.r[i])
		}
		for i := range uint32(6) {
			c.sysWrite16(base+0x48+i*4, uint32(c.seg[i].selector))
		}
		return
	}
	c.sysWrite16(base+0x0E, c.eip&0xFFFF)
	c.sysWrite16(base+0x10, flags&0xFFFF)
	for i := range uint32(8) {
		c.sysWrite16(base+0x12+i*2, c.r[i]&0xFFFF)
	}
	for i := range uint32(4) {
		c.sysWrite16(base+0x22+i*2, uint32(c.seg[i].selector))
	}
}

// enterTask loads the registers of a task. All selectors are in place, as
// segments that cannot be used, before the first descriptor is checked: a fault
// is taken in the new task.
func (c *CPU) enterTask(t *taskState, hasCode bool, code uint32, wide bool) {
	c.op = nil // a fault from here on saves the new EIP
	copy(c.r[:8], t.r[:])
	c.eip = t.eip
	c.setFlags(t.eflags)
	for i := range c.seg[:6] {
		c.seg[i] = segment{selector: t.seg[i]}
	}
	c.dr[7] &^= 0x155 // local breakpoints
	c.ldt = segment{selector: t.ldt}
	c.shadow = false
	if t.eflags&FlagVM != 0 {
		c.cpl = 3
		for i := range c.seg[:6] {
			c.realSegment(i, t.seg[i])
		}
		c.modeChanged()
		c.loadTaskLDT(t.ldt)
	} else {
		c.cpl = uint8(t.seg[CS] & 3)
		c.modeChanged()
		c.loadTaskLDT(t.ldt)
		c.loadTaskCS(t.seg[CS])
		c.seg[SS] = c.stackSegment(t.seg[SS], c.cpl, excTS)
		c.modeChanged()
		for _, s := range [4]int{ES, DS, FS, GS} {
			c.loadTaskData(s, t.seg[s])
		}
	}
	c.modeChanged()
	if hasCode {
		size := uint8(2)
		if wide {
			size = 4
		}
		c.push(code, size)
	}
	if c.eip > c.seg[CS].limit {
		c.raiseCode(excGP, 0)
	}
	if t.trap {
		c.trapPending |= dr6BT
	}
	c.breakBlock()
}

func (c *CPU) loadTaskLDT(sel uint16) {
	if sel&^3 == 0 {
		return
	}
	e := uint32(sel &^ 3)
	if sel&4 != 0 {
		c.raiseCode(excTS, e)
	}
	d, ok := c.lookup(sel)
	if !ok || d.system() != gateLDT || !d.present() {
		c.raiseCode(excTS, e)
	}
	c.ldt = d.segment(sel)
}

func (c *CPU) loadTaskCS(sel uint16) {
	e := uint32(sel &^ 3)
	if e == 0 {
		c.raiseCode(excTS, 0)
	}
	d := c.need(sel, excTS)
	rpl := uint8(sel & 3)
	if !d.isCode() || d.conforming() && d.dpl() > rpl || !d.conforming() && d.dpl() != rpl {
		c.raiseCode(excTS, e)
	}
	if !d.present() {
		c.raiseCode(excNP, e)
	}
	c.setAccessed(&d)
	c.seg[CS] = d.segment(sel)
	c.seg[CS].derive(true)
}

func (c *CPU) loadTaskData(s int, sel uint16) {
	if sel&^3 == 0 {
		return
	}
	e := uint32(sel &^ 3)
	d := c.need(sel, excTS)
	if !d.isData() && !(d.isCode() && d.hi&segW != 0) {
		c.raiseCode(excTS, e)
	}
	if !(d.isCode() && d.conforming()) && (uint8(sel&3) > d.dpl() || c.cpl > d.dpl()) {
		c.raiseCode(excTS, e)
	}
	if !d.present() {
		c.raiseCode(excNP, e)
	}
	c.setAccessed(&d)
	seg := d.segment(sel)
	seg.derive(true)
	c.seg[s] = seg
}
