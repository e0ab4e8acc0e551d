package cpu

// x87 instructions. op.sub has the low three bits of the opcode, op.imm ModRM.

// fpuOp picks the operation when an escape is decoded.
func (d *decoder) fpuOp() {
	o := d.o
	reg := d.modrm >> 3 & 7
	if d.rmIsMem {
		o.dsh = d.size // the layout of FSTENV and FSAVE depends on it
		o.size = 4
		d.cold(coldFPU)
		if reg == 0 && (o.sub == 1 || o.sub == 5) {
			d.cold(coldFPULoad)
		}
		return
	}
	m := d.c.model
	switch {
	case o.sub == 7 && d.modrm == 0xE0:
		d.cold(coldFPUStatus)
		return
	case o.sub != 2 && o.sub&1 == 0 && reg != 2 && reg != 3:
		d.cold(coldFPUArith)
		return
	case o.sub == 1 && reg == 0:
		d.cold(coldFPULoadST)
		return
	case o.sub == 1 && reg == 1:
		d.cold(coldFPUExchange)
		return
	case o.sub == 5 && (reg == 2 || reg == 3):
		d.cold(coldFPUStoreST)
		return
	}
	switch o.sub {
	case 2, 3: // FCMOVcc, and FCOMI in DB
		p6 := reg < 4 || o.sub == 3 && reg >= 5
		if p6 && (m.features&featCMOV == 0 || reg == 7) {
			d.ud()
			return
		}
		if o.sub == 2 && reg >= 4 && d.modrm != 0xE9 || o.sub == 3 && reg == 4 && d.modrm > 0xE4 {
			d.ud()
			return
		}
	case 1:
		if d.modrm&^1 == 0xE2 || d.modrm&^1 == 0xE6 || d.modrm == 0xEF || reg == 2 && d.modrm != 0xD0 {
			d.ud()
			return
		}
	case 5:
		if reg >= 6 {
			d.ud()
			return
		}
	case 6:
		if reg == 3 && d.modrm != 0xD9 {
			d.ud()
			return
		}
	case 7:
		if reg == 4 && d.modrm != 0xE0 || reg == 7 || reg >= 5 && m.features&featCMOV == 0 {
			d.ud()
			return
		}
	}
	d.cold(coldFPU)
}

// ready is the common case of checkFPU.
func (c *CPU) ready(o *op) {
	if c.cr0&(CR0EM|CR0TS)|uint32(c.fpu.sw&swES) != 0 {
		c.checkFPU(true)
	}
	c.locate(o)
}

// The most frequent instructions have entries of their own (BenchmarkFPU).

// fpuArith is arithmetic on two registers, D8, DC and DE.
func (c *CPU) fpuArith(o *op) {
	c.ready(o)
	f := &c.fpu
	i := uint8(o.imm & 7)
	reg := uint8(o.imm>>3) & 7
	if a, b := f.top&7, (f.top+i)&7; f.used>>a&1 != 0 && f.used>>b&1 != 0 {
		if v, ok := f.quick(reg, f.r[a], f.r[b]); ok {
			if o.sub == 0 {
				f.r[a] = v
				return
			}
			f.r[b] = v
			if o.sub == 6 {
				f.pop()
			}
			return
		}
	}
	if o.sub == 0 {
		c.fpu.arithST(reg, 0, i, 0, i, false)
	} else {
		c.fpu.arithST(reg, i, i, 0, i, o.sub == 6)
	}
}

func (c *CPU) fpuLoadST(o *op) {
	c.ready(o)
	f := &c.fpu
	i := uint8(o.imm & 7)
	if f.empty(i) || !f.empty(7) {
		f.op9(uint8(o.imm), 0, i)
		return
	}
	f.sw &^= swC1
	v := *f.st(i)
	f.top = (f.top - 1) & 7
	f.set(0, v)
}

func (c *CPU) fpuExchange(o *op) {
	c.ready(o)
	c.fpu.exchange(uint8(o.imm & 7))
}

func (c *CPU) fpuStoreST(o *op) {
	c.ready(o)
	c.fpu.storeST(uint8(o.imm&7), o.imm&8 != 0)
}

// fpuLoad is FLD m32 (D9) and FLD m64 (DD).
func (c *CPU) fpuLoad(o *op) {
	c.checkFPU(true)
	off := c.ea(o)
	var v f80
	r := rounder{cw: c.fpu.cw}
	if o.sub == 1 {
		v = single.load(&r, uint64(c.ld32(o.seg, off)))
	} else {
		v = double.load(&r, c.ld64(o.seg, off))
	}
	c.loadReal(o, v, &r, off)
}

// fpuStatus is FNSTSW AX.
func (c *CPU) fpuStatus(o *op) {
	if c.cr0&(CR0EM|CR0TS) != 0 {
		c.raise(excNM)
	}
	c.setReg16(EAX, uint32(c.fpu.status()))
}

// escape executes one x87 instruction.
func (c *CPU) escape(o *op) {
	reg := uint8(o.imm>>3) & 7
	if o.flags&opMem != 0 {
		c.fpuMemory(o, reg)
		return
	}
	if c.fpuControl(o, reg) {
		return
	}
	c.checkFPU(true)
	c.locate(o)
	i := uint8(o.imm & 7)
	f := &c.fpu
	switch o.sub {
	case 0:
		f.arithST(reg, 0, i, 0, i, false)
	case 1:
		f.op9(uint8(o.imm), reg, i)
	case 2:
		if o.imm == 0xE9 {
			f.compare(0, 1, 2, true)
			return
		}
		c.fcmov(reg, i)
	case 3:
		if reg < 4 {
			c.fcmov(reg|4, i)
			return
		}
		c.fcomi(i, reg == 5, false)
	case 4:
		f.arithST(reg, i, i, 0, i, false)
	case 5:
		f.op13(reg, i)
	case 6:
		if o.imm == 0xD9 {
			f.compare(0, 1, 2, false)
			return
		}
		f.arithST(reg, i, i, 0, i, true)
	case 7:
		switch reg {
		case 0: // FFREEP
			f.sw &^= swC1
			f.free(i)
			f.pop()
		case 1:
			f.exchange(i)
		case 2, 3:
			f.storeST(i, true)
		default:
			c.fcomi(i, reg == 5, true)
		}
	}
}

// locate notes the instruction for the environment.
func (c *CPU) locate(o *op) {
	f := &c.fpu
	f.fip = o.eip
	f.fcs = c.seg[CS].selector
	f.fop = uint16(o.sub)<<8 | uint16(o.imm)
}

// fpuControl executes the instructions that neither wait nor report.
func (c *CPU) fpuControl(o *op, reg uint8) bool {
	if o.sub != 3 || reg != 4 {
		return false
	}
	c.checkFPU(false)
	switch o.imm & 7 {
	case 2: // FNCLEX
		c.fpu.sw &^= fxAll | fxSF | swES | swB
		c.clearFERR()
	case 3:
		c.fpu.init()
		c.clearFERR()
	}
	return true
}

func (c *CPU) clearFERR() {
	if l, ok := c.bus.(FERRLine); ok {
		l.SetFERR(false)
	}
}

// arithST is an arithmetic instruction on two registers; a and b are its
// operands in the order of D8, dst the destination.
func (f *fpu) arithST(reg, dst, i, a, b uint8, pop bool) {
	if reg == 2 || reg == 3 {
		n := uint8(0)
		if reg == 3 {
			n = 1
		}
		if pop {
			n = 1
		}
		f.compare(0, i, n, false)
		return
	}
	if f.empty(a) || f.empty(b) {
		if f.underflow() {
			return
		}
		f.set(dst, f80Indefinite)
	} else {
		// In DC and DE, reg 4 is FSUBR where it is FSUB in D8: ST(0) is the
		// first operand in all of them.
		if !f.arith(reg, dst, *f.st(a), *f.st(b)) {
			return
		}
	}
	if pop {
		f.pop()
	}
}

// arith stores a op b and reports whether there was a result.
func (f *fpu) arith(reg, dst uint8, a, b f80) bool {
	r := rounder{cw: f.cw}
	p := r.precision()
	var v f80
	switch reg {
	case 0:
		v = r.add(a, b, p)
	case 1:
		v = r.mul(a, b, p)
	case 4:
		v = r.sub(a, b, p)
	case 5:
		v = r.sub(b, a, p)
	case 6:
		v = r.div(a, b, p)
	case 7:
		v = r.div(b, a, p)
	}
	if r.exc == 0 && f.used>>((f.top+dst)&7)&1 != 0 {
		f.sw &^= swC1
		f.r[(f.top+dst)&7] = v
		return true
	}
	if f.note(&r, fxBefore) {
		return false
	}
	f.set(dst, v)
	return true
}

// arithMem is ST(0) op memory.
func (f *fpu) arithMem(reg uint8, b f80, loaded *rounder) {
	if reg == 2 || reg == 3 {
		f.compareWith(b, loaded.exc, reg-2)
		return
	}
	if f.empty(0) {
		if !f.underflow() {
			f.set(0, f80Indefinite)
		}
		return
	}
	a := *f.st(0)
	if loaded.exc == 0 {
		f.arith(reg, 0, a, b)
		return
	}
	// The operand was a signalling NaN or a denormal in its own format.
	r := rounder{cw: f.cw}
	if loaded.exc&fxIE != 0 {
		r.exc = fxIE
		if a.unsupported() {
			b = f80Indefinite
		} else if a.isNaN() {
			// Quietened already, but it counts as signalling.
			b.m &^= quiet
			b = (&rounder{cw: f.cw}).nan(a, b)
		}
		if !f.note(&r, fxBefore) {
			f.set(0, b)
		}
		return
	}
	if isOdd(a, b) {
		f.arith(reg, 0, a, b)
		return
	}
	r.exc = fxDE
	if reg == 7 && a.isZero() {
		// Division by zero comes before the denormal.
		r.exc = 0
	} else if r.unmasked(fxDE) {
		f.note(&r, fxBefore)
		return
	}
	p := r.precision()
	var v f80
	switch reg {
	case 0:
		v = r.add(a, b, p)
	case 1:
		v = r.mul(a, b, p)
	case 4:
		v = r.sub(a, b, p)
	case 5:
		v = r.sub(b, a, p)
	case 6:
		v = r.div(a, b, p)
	case 7:
		v = r.div(b, a, p)
	}
	if r.exc&fxIE != 0 {
		r.exc &^= fxDE
	}
	if !f.note(&r, fxBefore) {
		f.set(0, v)
	}
}

// conditionCodes is indexed by the result of a comparison plus 1.
var conditionCodes = [4]uint16{swC0, swC3, 0, swC0 | swC2 | swC3}

// compare is FCOM and FUCOM of two registers with n pops.
func (f *fpu) compare(a, b, n uint8, quietly bool) {
	if f.empty(a) || f.empty(b) {
		blocked := f.underflow()
		f.conditions(swC0 | swC2 | swC3)
		if blocked {
			return
		}
	} else {
		r := rounder{cw: f.cw}
		k := r.compare(*f.st(a), *f.st(b), quietly)
		blocked := f.note(&r, fxBefore)
		f.conditions(conditionCodes[k+1])
		if blocked {
			return
		}
	}
	for range n {
		f.pop()
	}
}

// compare raises IE for NaNs, with quietly only for signalling ones.
func (r *rounder) compare(a, b f80, quietly bool) int {
	k := compareF80(a, b)
	if k == 2 {
		if !quietly || a.isSNaN() || b.isSNaN() || a.unsupported() || b.unsupported() {
			r.exc |= fxIE
		}
		return k
	}
	r.denormals(a, b)
	return k
}

func (f *fpu) compareWith(b f80, exc uint16, n uint8) {
	var blocked bool
	k := 2
	if f.empty(0) {
		blocked = f.underflow()
	} else {
		a := *f.st(0)
		r := rounder{cw: f.cw}
		k = r.compare(a, b, false)
		if k != 2 {
			r.exc |= exc
		}
		blocked = f.note(&r, fxBefore)
	}
	f.conditions(conditionCodes[k+1])
	if !blocked && n != 0 {
		f.pop()
	}
}

func (c *CPU) fcomi(i uint8, quietly, pop bool) {
	f := &c.fpu
	k := 2
	r := rounder{cw: f.cw}
	var blocked bool
	if f.empty(0) || f.empty(i) {
		r.exc = fxIE
		blocked = f.underflow()
	} else {
		k = r.compare(*f.st(0), *f.st(i), quietly)
		// The condition code, C1 included, stays.
		r.up = f.sw&swC1 != 0
		blocked = f.note(&r, fxBefore)
	}
	// An unmasked denormal keeps the stack but not the flags from changing.
	if !r.unmasked(r.exc & fxIE) {
		c.setArith([4]uint32{FlagCF, FlagZF, 0, FlagCF | FlagZF | FlagPF}[k+1])
	}
	if pop && !blocked {
		f.pop()
	}
}

// fcmov: reg selects B, E, BE, U and with bit 2 their opposites.
func (c *CPU) fcmov(reg, i uint8) {
	f := &c.fpu
	var v bool
	switch reg & 3 {
	case 0:
		v = c.cf != 0
	case 1:
		v = c.zf()
	case 2:
		v = c.cf != 0 || c.zf()
	case 3:
		v = c.pf()
	}
	if f.empty(0) || f.empty(i) {
		// The stack is checked whether or not the condition holds.
		if !f.underflow() {
			f.set(0, f80Indefinite)
		}
		return
	}
	if v != (reg&4 != 0) {
		f.set(0, *f.st(i))
	}
}

func (f *fpu) exchange(i uint8) {
	a, b := *f.st(0), *f.st(i)
	if f.empty(0) || f.empty(i) {
		if f.underflow() {
			return
		}
		if f.empty(0) {
			a = f80Indefinite
		}
		if f.empty(i) {
			b = f80Indefinite
		}
	} else {
		f.sw &^= swC1
	}
	f.set(0, b)
	f.set(i, a)
}

// storeST is FST and FSTP to a register.
func (f *fpu) storeST(i uint8, pop bool) {
	v := *f.st(0)
	if f.empty(0) {
		if f.underflow() {
			return
		}
		v = f80Indefinite
	} else {
		f.sw &^= swC1
	}
	f.set(i, v)
	if pop {
		f.pop()
	}
}

func (f *fpu) op13(reg, i uint8) {
	switch reg {
	case 0:
		f.sw &^= swC1
		f.free(i)
	case 1:
		f.exchange(i)
	case 2, 3:
		f.storeST(i, reg == 3)
	case 4, 5:
		f.compare(0, i, reg-4, true)
	}
}

// fpuConstants are the values of FLD1 to FLDZ, cut off, and whether the next
// bits round them up to nearest.
var fpuConstants = [7]struct {
	v  f80
	up bool
	pi bool // not exact
}{
	{f80{intBit, 0x3FFF}, false, false},
	{f80{0xD49A784BCD1B8AFE, 0x4000}, false, true}, // log2 10
	{f80{0xB8AA3B295C17F0BB, 0x3FFF}, true, true},  // log2 e
	{f80{0xC90FDAA22168C234, 0x4000}, true, true},  // pi
	{f80{0x9A209A84FBCFF798, 0x3FFD}, true, true},  // log10 2
	{f80{0xB17217F7D1CF79AB, 0x3FFE}, true, true},  // ln 2
	{f80{0, 0}, false, false},
}

func (f *fpu) constant(i uint8) {
	k := fpuConstants[i]
	r := f.rounder()
	if k.pi && (r.rc() == rcUp || r.rc() == rcNearest && k.up) {
		k.v.m++
	}
	f.sw &^= swC1
	f.push(k.v)
}

// op9 are the register forms of D9.
func (f *fpu) op9(modrm, reg, i uint8) {
	switch {
	case reg == 0:
		v := *f.st(i)
		if f.empty(i) {
			if f.underflow() {
				return
			}
			v = f80Indefinite
			if !f.empty(7) {
				f.push(v)
				return
			}
			f.top = (f.top - 1) & 7
			f.set(0, v)
			return
		}
		f.sw &^= swC1
		f.push(v)
	case reg == 1:
		f.exchange(i)
	case reg == 2: // FNOP
	case reg == 3:
		f.storeST(i, true)
	case reg == 5:
		f.constant(i)
	case modrm == 0xE5:
		f.examine()
	case reg >= 6:
		f.function(modrm)
	default:
		f.unary(modrm)
	}
}

// examine is FXAM.
func (f *fpu) examine() {
	a := *f.st(0)
	f.sw &^= swC1
	if a.neg() {
		f.sw |= swC1
	}
	var k uint16
	switch {
	case f.empty(0):
		k = swC3 | swC0
	case a.unsupported():
	case a.isNaN():
		k = swC0
	case a.isInf():
		k = swC2 | swC0
	case a.isZero():
		k = swC3
	case a.isDenorm():
		k = swC3 | swC2
	default:
		k = swC2
	}
	f.conditions(k)
}

// unary is FCHS, FABS and FTST.
func (f *fpu) unary(modrm uint8) {
	if modrm == 0xE4 {
		f.compareWith(f80Zero, 0, 0)
		return
	}
	if f.empty(0) {
		if !f.underflow() {
			f.set(0, f80Indefinite)
		}
		return
	}
	f.sw &^= swC1
	if modrm == 0xE0 {
		f.st(0).se ^= 0x8000
	} else {
		f.st(0).se &= 0x7FFF
	}
}
