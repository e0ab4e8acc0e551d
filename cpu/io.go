package cpu

func (c *CPU) in(o *op, port uint16) {
	c.checkPort(port, o.size)
	c.setReg(EAX, 0, o.size, c.portIn(port, o.size))
}

func (c *CPU) out(o *op, port uint16) {
	c.checkPort(port, o.size)
	c.portOut(port, o.size, c.r[EAX]&sizeMask(o.size))
}

func (c *CPU) portIn(port uint16, size uint8) uint32 {
	c.ioBreak(port, size)
	return c.bus.In(port, int(size)) & sizeMask(size)
}

func (c *CPU) portOut(port uint16, size uint8, v uint32) {
	c.ioBreak(port, size)
	c.bus.Out(port, int(size), v)
}

// checkPort applies IOPL and the I/O permission bitmap (PRM 8.3): a port is
// allowed if the bits of all its bytes are clear; two bytes of the map are read
// always, so that both must lie within the TSS.
func (c *CPU) checkPort(port uint16, size uint8) {
	if c.cr0&CR0PE == 0 || !c.v86() && c.cpl <= c.iopl() {
		return
	}
	if c.tr.flags&segP == 0 || c.tr.flags>>8&0xD != 9 || c.tr.limit < 0x67 {
		c.raiseCode(excGP, 0)
	}
	at := c.sysRead16(c.tr.base+0x66) + uint32(port)>>3
	if at+1 > c.tr.limit {
		c.raiseCode(excGP, 0)
	}
	bits := c.sysRead16(c.tr.base+at) >> (port & 7)
	if bits&(1<<size-1) != 0 {
		c.raiseCode(excGP, 0)
	}
}
