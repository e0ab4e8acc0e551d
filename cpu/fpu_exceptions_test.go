package cpu

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestX87Results are single instructions whose status, TOP included, and result
// in ST(0) are exact. ST(7) is empty unless full is set.
func TestX87Results(t *testing.T) {
	const (
		chop, up, down = 3 << 10, 2 << 10, 1 << 10
		pending        = swES | swB
		top            = 7 << 11 // after a push
	)
	num := func(se uint16, m uint64) f80 { return f80{m, se} }
	tiny, one := num(0x3F80, 0xBC2B1AC070000000), f80One
	huge := num(bias+20, intBit)
	for _, tc := range []struct {
		name   string
		cw, sw uint16 // before
		a, b   f80    // ST(0) and ST(1)
		full   bool
		mem    uint64
		code   []byte
		status uint16
		st0    f80
	}{
		// SDM 2, FLD: the exception is flagged, but the value is still pushed.
		{"fld of a single denormal, unmasked", 0x37D, 0, one, one, false, 1, asm(0xD9, 0x07), fxDE | pending | top, num(0x3F6A, intBit)},
		{"fld of a double denormal, unmasked", 0x37D, 0, one, one, false, 1, asm(0xDD, 0x07), fxDE | pending | top, num(0x3BCD, intBit)},
		{"fadd of a single denormal, unmasked", 0x37D, 0, one, one, false, 1, asm(0xD8, 0x07), fxDE | pending, one},
		{"fld of a single signalling NaN, unmasked", 0x37E, 0, one, one, false, 0x7F800001, asm(0xD9, 0x07), fxIE | pending, one},
		{"fld on a full stack, unmasked", 0x37E, 0, one, one, true, 1, asm(0xD9, 0x07), fxIE | fxSF | swC1 | pending, one},
		// SDM 1, 8.5.4 and 8.5.5: beyond the adjusted exponent it is infinity or zero.
		{"fscale, massive overflow, unmasked", 0x377, 0, one, huge, false, 0, asm(0xD9, 0xFD), fxOE | fxPE | swC1 | pending, f80Inf},
		{"fscale, massive underflow, unmasked", 0x36F, swC1, one, huge.negated(), false, 0, asm(0xD9, 0xFD), fxUE | fxPE | pending, f80Zero},
		// The operand is looked at before anything is computed.
		{"fpatan of a denormal and infinity, unmasked", 0x37D, 0, num(0, 1), f80Inf, false, 0, asm(0xD9, 0xF3), fxDE | pending, num(0, 1)},
		{"fptan on a full stack, unmasked", 0x37E, swC2, one, one, true, 0, asm(0xD9, 0xF2), fxIE | fxSF | swC1 | pending, one},
		{"fsincos on a full stack, unmasked", 0x37E, swC2, one, one, true, 0, asm(0xD9, 0xFB), fxIE | fxSF | swC1 | pending, one},
		// Nothing is subtracted, but the result is rounded like any other.
		{"fprem of a denormal by infinity, unmasked", 0x36F, swC2, num(0, quiet), f80Inf, false, 0, asm(0xD9, 0xF8), fxDE | fxUE | pending, num(expWrap, intBit)},
		{"fprem1 of a pseudo-denormal by infinity", 0x37F, swC2, num(0, intBit|1), f80Inf, false, 0, asm(0xD9, 0xF5), fxDE, num(1, intBit|1)},
		{"ffree", 0x37F, swC1, one, one, false, 0, asm(0xDD, 0xC1), 0, one},
		{"ffreep", 0x37F, swC1, num(bias+1, intBit), one, false, 0, asm(0xDF, 0xC1), 1 << 11, one},
		// Tiny angles: the result differs from its limit by less than any bit.
		{"fsin, tiny, cut off", 0x37F | chop, 0, tiny, one, false, 0, asm(0xD9, 0xFE), fxPE, num(tiny.se, tiny.m-1)},
		{"fsin, tiny, to nearest", 0x37F, 0, tiny, one, false, 0, asm(0xD9, 0xFE), fxPE | swC1, tiny},
		{"fsin, tiny, down", 0x37F | down, 0, tiny.negated(), one, false, 0, asm(0xD9, 0xFE), fxPE | swC1, tiny.negated()},
		{"fsin, denormal, down", 0x37F | down, 0, num(0x8000, 1<<63-1), one, false, 0, asm(0xD9, 0xFE), fxDE | fxUE | fxPE | swC1, num(0x8000, 1<<63-1)},
		{"fcos, tiny, cut off", 0x37F | chop, 0, tiny, one, false, 0, asm(0xD9, 0xFF), fxPE, num(bias-1, ^uint64(0))},
		{"fcos, tiny, up", 0x37F | up, 0, tiny, one, false, 0, asm(0xD9, 0xFF), fxPE | swC1, one},
		{"fpatan, tiny, cut off", 0x37F | chop, 0, one, tiny, false, 0, asm(0xD9, 0xF3), fxPE | 1<<11, num(tiny.se, tiny.m-1)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m := newPM("486")
			m.setup(0, tc.code)
			m.put64(0x20000, tc.mem)
			c := m.cpu
			c.SetReg(EDI, 0x20000)
			f := &c.fpu
			f.cw, f.sw, f.used = tc.cw, tc.sw, 0x03
			f.r[0], f.r[1] = tc.a, tc.b
			if tc.full {
				f.used = 0xFF
			}
			c.Step()
			assert.Equal(t, uint32(tCode+len(tc.code)), c.eip)
			assert.Equalf(t, tc.status, f.status(), "status %04X, want %04X", f.status(), tc.status)
			assert.Equalf(t, tc.st0, *f.st(0), "ST(0) %X, want %X", *f.st(0), tc.st0)
		})
	}
}

// TestTangentOfATinyAngle: a little more than the angle, and 1 on top of it.
func TestTangentOfATinyAngle(t *testing.T) {
	for i := range uint64(1000) {
		for rc := range uint16(2) {
			a := f80{intBit | i*0x2C4B1AC0705B2F, 0x3F80}
			f := fpu{cw: 0x37F | (2+rc)<<10, used: 1} // up, cut off
			f.r[0] = a
			f.function(0xF2)
			assert.Equal(t, f80One, *f.st(0))
			a.m += uint64(1 - rc)
			assert.Equal(t, a, *f.st(1))
			assert.Equal(t, 7<<11|fxPE|(1-rc)*swC1, f.status())
		}
	}
}
