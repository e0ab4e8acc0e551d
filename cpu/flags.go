package cpu

// The arithmetic flags are kept in the form in which instructions produce them:
//
//	cf    CF, 0 or 1
//	fv    bit 4 is AF; bit 31 is OF xor CF. For addition and subtraction both
//	      are bits of a^b^result, the vector of carries into each bit.
//	fres  the result, sign-extended to 64 bits. ZF: the low half is zero.
//	      SF: bit 63. PF: even parity of byte 0 xor byte 4, which for a
//	      sign-extended value is the parity of byte 0.
//
// Any combination of flags can be expressed, so no separate "evaluated" form is
// needed.

// parity is 1 for bytes with an even number of ones.
var parity = func() (t [256]uint8) {
	for i := range t {
		n := 0
		for v := i; v != 0; v &= v - 1 {
			n++
		}
		t[i] = uint8(1 - n&1)
	}
	return t
}()

func (c *CPU) zf() bool { return uint32(c.fres) == 0 }
func (c *CPU) sf() bool { return int64(c.fres) < 0 }
func (c *CPU) of() bool { return (c.fv>>31^c.cf)&1 != 0 }
func (c *CPU) pf() bool { return parity[uint8(c.fres)^uint8(c.fres>>32)] != 0 }

// setCF changes CF alone; OF is stored relative to it.
func (c *CPU) setCF(v uint32) {
	c.fv ^= (c.cf ^ v) << 31
	c.cf = v
}

// cond evaluates a condition code as encoded in Jcc, SETcc and CMOVcc.
func (c *CPU) cond(cc uint8) bool {
	var v bool
	switch cc >> 1 & 7 {
	case 0:
		v = c.of()
	case 1:
		v = c.cf != 0
	case 2:
		v = c.zf()
	case 3:
		v = c.cf != 0 || c.zf()
	case 4:
		v = c.sf()
	case 5:
		v = c.pf()
	case 6:
		v = c.sf() != c.of()
	case 7:
		v = c.zf() || c.sf() != c.of()
	}
	return v != (cc&1 != 0)
}

// arith returns the six arithmetic flags.
func (c *CPU) arith() uint32 {
	f := c.cf | c.fv&FlagAF | (c.fv>>31^c.cf)&1<<11
	f |= uint32(parity[uint8(c.fres)^uint8(c.fres>>32)]) << 2
	if c.zf() {
		f |= FlagZF
	}
	if c.sf() {
		f |= FlagSF
	}
	return f
}

// setArith sets the six arithmetic flags from a flags word.
func (c *CPU) setArith(f uint32) {
	c.cf = f & 1
	c.fv = f&FlagAF | (f>>11^f)&1<<31
	r := uint64(f>>2&1 ^ 1)
	if f&FlagZF == 0 {
		r = 1 | uint64(f>>2&1)<<32
	} else {
		r <<= 32
	}
	if f&FlagSF != 0 {
		r |= 1 << 63
	}
	c.fres = r
}

// flags returns EFLAGS.
func (c *CPU) flags() uint32 { return c.eflags | c.arith() | 2 }

// setFlags sets EFLAGS; the caller has applied the privilege rules.
func (c *CPU) setFlags(f uint32) {
	c.setArith(f)
	c.eflags = f & (c.model.flagMask &^ arithFlags)
}

// setLogic sets the flags of AND, OR, XOR and TEST from a result of the given size.
func (c *CPU) setLogic(r uint32, size uint8) {
	c.fres = sext64(r, size)
	c.cf, c.fv = 0, 0
}

// setSZP sets SF, ZF and PF from a result.
func (c *CPU) setSZP(r uint32, size uint8) { c.fres = sext64(r, size) }

// setCarries stores cf and the carry vector of an operation of the given size.
func (c *CPU) setCarries(cf, v uint32, size uint8) {
	c.cf = cf & 1
	switch size {
	case 1:
		c.fv = v<<24 | v&FlagAF
	case 2:
		c.fv = v<<16 | v&FlagAF
	default:
		c.fv = v
	}
}

// setCFOF sets CF and OF and leaves the others.
func (c *CPU) setCFOF(cf, of uint32) {
	c.cf = cf & 1
	c.fv = c.fv&FlagAF | (of^cf)&1<<31
}

func sext64(v uint32, size uint8) uint64 {
	switch size {
	case 1:
		return uint64(int64(int8(v)))
	case 2:
		return uint64(int64(int16(v)))
	}
	return uint64(int64(int32(v)))
}

func b2u(b bool) uint32 {
	if b {
		return 1
	}
	return 0
}
