package cpu

import "math/bits"

// Conversions between extended reals and the memory formats.

// float is a memory format: significand bits without the integer bit, and the
// exponent's width.
type float struct {
	frac uint
	exp  uint
}

var (
	single = float{23, 8}
	double = float{52, 11}
)

func (f float) bias() int32   { return 1<<(f.exp-1) - 1 }
func (f float) expMax() int32 { return 1<<f.exp - 1 }

// load converts a real from memory.
func (f float) load(r *rounder, v uint64) f80 {
	sign := uint16(v>>(f.frac+f.exp)) << 15
	e := int32(v>>f.frac) & f.expMax()
	m := v & (1<<f.frac - 1)
	switch {
	case e == f.expMax():
		if m == 0 {
			return f80{intBit, sign | expMax}
		}
		m = m<<(63-f.frac) | intBit
		if m&quiet == 0 {
			r.exc |= fxIE
			m |= quiet
		}
		return f80{m, sign | expMax}
	case e == 0:
		if m == 0 {
			return f80{0, sign}
		}
		r.exc |= fxDE
		n := bits.LeadingZeros64(m)
		return f80{m << n, sign | uint16(1-f.bias()+bias+int32(63-f.frac)-int32(n))}
	}
	return f80{m<<(63-f.frac) | intBit, sign | uint16(e-f.bias()+bias)}
}

// store converts a real to memory; without ok an unmasked exception forbids it.
func (f float) store(r *rounder, a f80) (v uint64, ok bool) {
	sign := uint64(a.se>>15) << (f.frac + f.exp)
	inf := uint64(f.expMax()) << f.frac
	switch {
	case a.unsupported():
		r.exc |= fxIE
		return 1<<(f.frac+f.exp) | inf | 1<<(f.frac-1), !r.unmasked(fxIE)
	case a.isNaN():
		if a.isSNaN() {
			r.exc |= fxIE
			if r.unmasked(fxIE) {
				return 0, false
			}
		}
		return sign | inf | (a.m|quiet)<<1>>(64-f.frac), true
	case a.isInf():
		return sign | inf, true
	case a.isZero():
		return sign, true
	}
	neg := a.neg()
	e, m := a.unpack()
	e += f.bias() - bias
	p := f.frac + 1
	rm, inexact, carry, up := r.cut(neg, m, 0, p)
	re := e
	if carry {
		rm = intBit
		re++
	}
	switch {
	case re >= f.expMax():
		r.exc |= fxOE
		if r.unmasked(fxOE) {
			return 0, false
		}
		r.exc |= fxPE
		switch r.rc() {
		case rcDown:
			r.up = neg
		case rcUp:
			r.up = !neg
		case rcChop:
			r.up = false
		default:
			r.up = true
		}
		if r.up {
			return sign | inf, true
		}
		return sign | inf - 1, true
	case re >= 1:
		if inexact {
			r.exc |= fxPE
			r.up = up
		}
		return sign | uint64(re)<<f.frac | rm<<1>>(64-f.frac), true
	}
	if r.unmasked(fxUE) {
		r.exc |= fxUE
		return 0, false
	}
	hi, lo := shiftRightJam(m, 0, uint(1-e))
	rm, inexact, _, up = r.cut(neg, hi, lo, p)
	if inexact {
		r.exc |= fxUE | fxPE
		r.up = up
	}
	// A carry into the integer bit makes it the smallest normal number.
	return sign | rm>>(63-f.frac), true
}

// fromInt converts an integer.
func fromInt(v int64) f80 {
	if v == 0 {
		return f80Zero
	}
	sign := uint16(0)
	u := uint64(v)
	if v < 0 {
		sign = 0x8000
		u = -u
	}
	n := bits.LeadingZeros64(u)
	return f80{u << n, sign | uint16(bias+63-n)}
}

// toInt converts to an integer of size bytes; without ok it is the integer
// indefinite and IE is raised.
func (r *rounder) toInt(a f80, size uint) (v int64, ok bool) {
	indefinite := int64(-1) << (size*8 - 1)
	if isOdd(a, f80Zero) || a.isInf() {
		r.exc |= fxIE
		return indefinite, false
	}
	save := *r
	i := r.integer(a)
	e := i.exp() - bias
	if i.isZero() {
		return 0, true
	}
	limit := int32(size*8 - 1)
	if e > limit || e == limit && !(i.neg() && i.m == intBit) {
		*r = save
		r.up = false
		r.exc |= fxIE
		return indefinite, false
	}
	u := i.m >> (63 - e)
	if i.neg() {
		return -int64(u), true
	}
	return int64(u), true
}

// fromBCD converts a packed decimal: 18 digits in lo and the low 8 bits of hi,
// the sign in bit 15 of hi.
func fromBCD(lo uint64, hi uint16) f80 {
	v := uint64(hi>>4&15)*10 + uint64(hi&15)
	for i := 60; i >= 0; i -= 4 {
		v = v*10 + lo>>i&15
	}
	a := fromInt(int64(v))
	a.se |= hi & 0x8000
	return a
}

// toBCD converts to a packed decimal.
func (r *rounder) toBCD(a f80) (lo uint64, hi uint16, ok bool) {
	save := *r
	v, ok := r.toInt(a, 8)
	u := uint64(v)
	if v < 0 {
		u = -u
	}
	if !ok || u > 999999999999999999 {
		*r = save
		r.up = false
		r.exc |= fxIE
		return 0xC000000000000000, 0xFFFF, false
	}
	for i := 0; i < 64; i += 4 {
		lo |= u % 10 << i
		u /= 10
	}
	hi = uint16(u%10 | u/10<<4)
	return lo, hi | a.se&0x8000, true
}
