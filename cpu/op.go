package cpu

// op is one decoded instruction, or two that were fused. It is 32 bytes and
// free of pointers: registers are named by their index, so that blocks need no
// scanning by the collector and two ops share a cache line.
type op struct {
	eip   uint32 // of the instruction
	imm   uint32 // immediate operand, or target of a branch
	disp  uint32
	amask uint32 // FFFF for 16-bit addresses

	h    uint16 // handler, see exec_gen.go
	cold uint8  // operation in the table of cold.go, for hCold and hColdEnd
	rem  uint8  // instructions of the block from this one to the end

	len   uint8 // in bytes
	dst   uint8 // register operand, mostly ModRM.reg or the destination
	src   uint8 // register operand
	base  uint8
	index uint8
	scale uint8
	seg   uint8
	dsh   uint8 // 8 if dst is AH, CH, DH or BH
	ssh   uint8 // 8 if src is AH, CH, DH or BH
	size  uint8 // operand size in bytes
	flags uint8
	sub   uint8 // opcode or variant, for handlers that serve several
}

// op.flags
const (
	opMem    = 1 << iota // the r/m operand is in memory
	opRep                // F3
	opRepne              // F2
	opAddr32             // 32-bit addresses
	opLock
)

// ea is the offset of the memory operand.
func (c *CPU) ea(o *op) uint32 {
	return (c.r[o.base] + c.r[o.index]<<(o.scale&3) + o.disp) & o.amask
}

// Operand access of cold operations. The r/m operand is a register named by
// src and ssh, or memory; the reg operand is named by dst and dsh.

func (c *CPU) reg8(i, sh uint8) uint32 { return c.r[i] >> (sh & 31) & 0xFF }

func (c *CPU) setReg8(i, sh uint8, v uint32) {
	p := &c.r[i]
	*p = *p&^(0xFF<<(sh&31)) | v&0xFF<<(sh&31)
}

func (c *CPU) setReg16(i uint8, v uint32) {
	p := &c.r[i]
	*p = *p&^0xFFFF | v&0xFFFF
}

func (c *CPU) getReg(i, sh, size uint8) uint32 {
	switch size {
	case 1:
		return c.reg8(i, sh)
	case 2:
		return c.r[i] & 0xFFFF
	}
	return c.r[i]
}

func (c *CPU) setReg(i, sh, size uint8, v uint32) {
	switch size {
	case 1:
		c.setReg8(i, sh, v)
	case 2:
		c.setReg16(i, v)
	default:
		c.r[i] = v
	}
}

// rm reads the r/m operand.
func (c *CPU) rm(o *op) uint32 {
	if o.flags&opMem != 0 {
		return c.ld(o.seg, c.ea(o), o.size)
	}
	return c.getReg(o.src, o.ssh, o.size)
}

// rmw reads the r/m operand, which is going to be written by setRM.
func (c *CPU) rmwRM(o *op) uint32 {
	if o.flags&opMem != 0 {
		return c.rmw(o.seg, c.ea(o), o.size)
	}
	return c.getReg(o.src, o.ssh, o.size)
}

// setRM writes the r/m operand.
func (c *CPU) setRM(o *op, v uint32) {
	if o.flags&opMem != 0 {
		c.st(o.seg, c.ea(o), v, o.size)
		return
	}
	c.setReg(o.src, o.ssh, o.size, v)
}

// regOp reads the reg operand.
func (c *CPU) regOp(o *op) uint32 { return c.getReg(o.dst, o.dsh, o.size) }

func (c *CPU) setRegOp(o *op, v uint32) { c.setReg(o.dst, o.dsh, o.size, v) }
