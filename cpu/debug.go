package cpu

// Debug registers (PRM 11).

const (
	dr6BD = 1 << 13
	dr6BS = 1 << 14
	dr6BT = 1 << 15
	dr7GD = 1 << 13
)

// drIndex maps DR4 and DR5 to DR6 and DR7, unless CR4.DE makes them invalid.
func (c *CPU) drIndex(r uint8) uint8 {
	if r == 4 || r == 5 {
		if c.cr4&CR4DE != 0 {
			c.raise(excUD)
		}
		return r + 2
	}
	return r
}

func (c *CPU) checkGD() {
	if c.dr[7]&dr7GD != 0 {
		c.dr[6] |= dr6BD
		c.dr[7] &^= dr7GD
		c.raise(excDB)
	}
}

func (c *CPU) readDR(r uint8) uint32 {
	r = c.drIndex(r)
	c.checkGD()
	return c.dr[r]
}

func (c *CPU) writeDR(r uint8, v uint32) {
	r = c.drIndex(r)
	c.checkGD()
	switch r {
	case 6:
		v = v&0xE00F | 0xFFFF0FF0
	case 7:
		v = v&0xFFFF2BFF&^0xD000 | v&0x2000 | 0x400
	}
	c.dr[r] = v
	if r == 7 {
		c.modeChanged()
		c.breakBlock()
	}
}

// watching tells whether a data breakpoint is enabled; then no access takes the
// fast path.
func (c *CPU) watching() bool {
	for i := range 4 {
		if c.dr[7]>>(2*i)&3 != 0 && c.dr[7]>>(16+4*i)&1 != 0 {
			return true
		}
	}
	return false
}

// dataBreakpoint notes the data breakpoints that an access hits; the trap comes
// after the instruction.
func (c *CPU) dataBreakpoint(lin, n uint32, write bool) {
	for i := range 4 {
		kind := c.dr[7] >> (16 + 4*i) & 3
		if c.dr[7]>>(2*i)&3 == 0 || kind&1 == 0 || kind == 1 && !write {
			continue
		}
		size := c.dr[7]>>(18+4*i)&3 + 1
		at := c.dr[i] &^ (size - 1)
		if lin-at < size || at-lin < n {
			c.trapPending |= 1 << i
		}
	}
}

// debugTrap delivers the traps collected during the previous instruction.
func (c *CPU) debugTrap() {
	c.dr[6] |= c.trapPending
	c.trapPending = 0
	c.dr[7] &^= dr7GD
	c.target++
	f := fault{vector: excDB, trap: true}
	c.traceInterrupt(f, Exception)
	if c.tryDeliver(f, 1) {
		c.deliver(c.fault)
	}
}

// codeBreakpoint raises the fault of an instruction breakpoint at c.eip.
func (c *CPU) codeBreakpoint() bool {
	if c.eflags&FlagRF != 0 {
		return false
	}
	lin := c.seg[CS].base + c.eip
	var hit uint32
	for i := range 4 {
		enabled := c.dr[7]>>(2*i)&3 != 0
		if enabled && c.dr[7]>>(16+4*i)&3 == 0 && c.dr[i] == lin {
			hit |= 1 << i
		}
	}
	if hit == 0 {
		return false
	}
	c.dr[6] |= hit
	c.dr[7] &^= dr7GD
	c.target++
	c.deliver(fault{vector: excDB})
	return true
}

// ioBreak notes I/O breakpoints (CR4.DE).
func (c *CPU) ioBreak(port uint16, size uint8) {
	if c.cr4&CR4DE == 0 || c.dr[7]&0xFF == 0 {
		return
	}
	for i := range 4 {
		if c.dr[7]>>(2*i)&3 == 0 || c.dr[7]>>(16+4*i)&3 != 2 {
			continue
		}
		n := c.dr[7]>>(18+4*i)&3 + 1
		at := c.dr[i] &^ (n - 1)
		if uint32(port) < at+n && uint32(port)+uint32(size) > at {
			c.trapPending |= 1 << i
		}
	}
}
