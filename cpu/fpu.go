package cpu

// The x87 unit: registers, stack, exceptions, environment (PRM 15 and 16).

// Status word bits.
const (
	swC0  = 1 << 8
	swC1  = 1 << 9
	swC2  = 1 << 10
	swC3  = 1 << 14
	swES  = 1 << 7
	swB   = 1 << 15
	swTop = 7 << 11
)

type fpu struct {
	r    [8]f80 // physical registers
	top  uint8
	used uint8 // bit i: physical register i is not empty
	cw   uint16
	sw   uint16 // without TOP

	// Address of the last instruction and its operand.
	fop      uint16
	fip, fdp uint32
	fcs, fds uint16
}

func (f *fpu) reset() {
	*f = fpu{cw: 0x37F}
}

func (f *fpu) init() {
	r := f.r
	*f = fpu{cw: 0x37F, r: r}
}

// status is the status word with TOP.
func (f *fpu) status() uint16 { return f.sw | uint16(f.top)<<11 }

func (f *fpu) setStatus(v uint16) {
	f.sw = v &^ swTop
	f.top = uint8(v>>11) & 7
}

func (f *fpu) st(i uint8) *f80     { return &f.r[(f.top+i)&7] }
func (f *fpu) empty(i uint8) bool  { return f.used>>((f.top+i)&7)&1 == 0 }
func (f *fpu) mark(i uint8)        { f.used |= 1 << ((f.top + i) & 7) }
func (f *fpu) free(i uint8)        { f.used &^= 1 << ((f.top + i) & 7) }
func (f *fpu) rounder() rounder    { return rounder{cw: f.cw} }
func (f *fpu) set(i uint8, v f80)  { f.r[(f.top+i)&7] = v; f.mark(i) }
func (f *fpu) pop()                { f.free(0); f.top = (f.top + 1) & 7 }
func (f *fpu) conditions(c uint16) { f.sw = f.sw&^(swC0|swC2|swC3) | c }

// note enters the exceptions of an instruction into the status word, sets C1,
// and tells whether one of the given kinds is unmasked, so that the destination
// stays as it is.
func (f *fpu) note(r *rounder, kinds uint16) bool {
	f.sw &^= swC1
	if r.up {
		f.sw |= swC1
	}
	if r.exc == 0 {
		return false
	}
	f.sw |= r.exc
	if r.exc&^f.cw&fxAll != 0 {
		f.sw |= swES | swB
	}
	return r.exc&kinds&^f.cw&fxAll != 0
}

// Exceptions that keep an instruction from delivering a result.
const fxBefore = fxIE | fxDE | fxZE

// underflow is a stack fault on reading an empty register.
func (f *fpu) underflow() (blocked bool) {
	r := f.rounder()
	r.exc = fxIE | fxSF
	return f.note(&r, fxIE)
}

// push makes room for a value; without ok nothing may be pushed. If the stack
// overflowed the value is replaced by the indefinite.
func (f *fpu) push(v f80) {
	if !f.empty(7) {
		r := f.rounder()
		r.exc = fxIE | fxSF
		r.up = true // C1 tells overflow from underflow
		if f.note(&r, fxIE) {
			return
		}
		v = f80Indefinite
	}
	f.top = (f.top - 1) & 7
	f.set(0, v)
}

// tagWord is the full tag word, as FSTENV stores it.
func (f *fpu) tagWord() uint16 {
	var t uint16
	for i := range 8 {
		k := uint16(3)
		if f.used>>i&1 != 0 {
			a := f.r[i]
			switch {
			case a.isZero():
				k = 1
			case a.exp() == 0 || a.exp() == expMax || a.unsupported():
				k = 2
			default:
				k = 0
			}
		}
		t |= k << (2 * i)
	}
	return t
}

func (f *fpu) setTagWord(t uint16) {
	f.used = 0
	for i := range 8 {
		if t>>(2*i)&3 != 3 {
			f.used |= 1 << i
		}
	}
}

// refresh recomputes ES and B after the control or status word was loaded.
func (f *fpu) refresh() {
	f.sw &^= swES | swB
	if f.sw&^f.cw&fxAll != 0 {
		f.sw |= swES | swB
	}
}

// FERRLine is implemented by a board that wants the FERR# output, which the PC
// wires to IRQ 13.
type FERRLine interface {
	SetFERR(level bool)
}

// checkFPU raises #NM and, for waiting instructions, reports an exception that
// is pending.
func (c *CPU) checkFPU(waiting bool) {
	if c.cr0&(CR0EM|CR0TS) != 0 {
		c.raise(excNM)
	}
	if waiting && c.fpu.sw&swES != 0 {
		c.reportFPU()
	}
}

// reportFPU: with CR0.NE clear the error goes out by FERR#. The processor waits
// for the interrupt that this causes; if none comes it goes on, as with IGNNE#
// asserted.
func (c *CPU) reportFPU() {
	if c.cr0&CR0NE != 0 {
		c.raise(excMF)
	}
	if l, ok := c.bus.(FERRLine); ok {
		l.SetFERR(true)
		if c.intr && c.eflags&FlagIF != 0 {
			c.fault = fault{restart: true}
			panic(faultSignal)
		}
	}
}

// wait is WAIT/FWAIT.
func (c *CPU) wait(*op) {
	if c.cr0&(CR0MP|CR0TS) == CR0MP|CR0TS {
		c.raise(excNM)
	}
	if c.fpu.sw&swES != 0 {
		c.reportFPU()
	}
}

// FPU returns control word, status word, tag word and ST(0) to ST(7) as
// significand and sign with exponent.
func (c *CPU) FPU() (cw, sw, tw uint16, st [8]struct {
	Significand uint64
	SignExp     uint16
}) {
	f := &c.fpu
	for i := range st {
		a := f.st(uint8(i))
		st[i].Significand, st[i].SignExp = a.m, a.se
	}
	return f.cw, f.status(), f.tagWord(), st
}
