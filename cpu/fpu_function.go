package cpu

import "math/bits"

// function are the register instructions D9 F0 to FF.
func (f *fpu) function(modrm uint8) {
	switch modrm {
	case 0xF6: // FDECSTP
		f.sw &^= swC1
		f.top = (f.top - 1) & 7
		return
	case 0xF7: // FINCSTP
		f.sw &^= swC1
		f.top = (f.top + 1) & 7
		return
	case 0xF4:
		f.extract()
		return
	case 0xF2, 0xFB: // FPTAN, FSINCOS
		f.function1push(modrm)
		return
	}
	two := modrm == 0xF1 || modrm == 0xF3 || modrm == 0xF5 || modrm == 0xF8 || modrm == 0xF9 || modrm == 0xFD
	pop := modrm == 0xF1 || modrm == 0xF3 || modrm == 0xF9
	if f.empty(0) || two && f.empty(1) {
		if modrm == 0xF5 || modrm == 0xF8 || modrm >= 0xFE {
			f.sw &^= swC2
		}
		if f.underflow() {
			return
		}
		if pop {
			f.set(1, f80Indefinite)
			f.pop()
		} else {
			f.set(0, f80Indefinite)
		}
		return
	}
	a, b := *f.st(0), *f.st(1)
	r := f.rounder()
	var v f80
	switch modrm {
	case 0xF0:
		v = r.f2xm1(a)
	case 0xF1:
		v = r.fyl2x(a, b)
	case 0xF3:
		v = r.fpatan(a, b)
	case 0xF5, 0xF8:
		f.remainder(a, b, modrm == 0xF5)
		return
	case 0xF9:
		v = r.fyl2xp1(a, b)
	case 0xFA:
		v = r.sqrt(a, r.precision())
	case 0xFC:
		v = r.roundInt(a)
	case 0xFD:
		v = r.scale(a, b)
	case 0xFE, 0xFF:
		var done bool
		v, done = r.sincos1(a, modrm == 0xFF)
		if !done {
			f.sw = f.sw&^swC1 | swC2
			return
		}
		f.sw &^= swC2
	}
	if f.note(&r, fxBefore) {
		return
	}
	if pop {
		f.set(1, v)
		f.pop()
	} else {
		f.set(0, v)
	}
}

// function1push is FPTAN and FSINCOS, which deliver two values.
func (f *fpu) function1push(modrm uint8) {
	f.sw &^= swC2
	if f.empty(0) || !f.empty(7) {
		over := !f.empty(0)
		r := f.rounder()
		r.exc = fxIE | fxSF
		r.up = over
		if f.note(&r, fxIE) {
			return
		}
		f.set(0, f80Indefinite)
		f.top = (f.top - 1) & 7
		f.set(0, f80Indefinite)
		return
	}
	r := f.rounder()
	a := *f.st(0)
	var v, w f80
	done := true
	if modrm == 0xF2 {
		v, w, done = r.tan(a)
	} else {
		v, done = r.sincos1(a, false)
		if done {
			w, _ = r.sincos1(a, true)
		}
	}
	if !done {
		f.sw = f.sw&^swC1 | swC2
		return
	}
	if f.note(&r, fxBefore) {
		return
	}
	f.set(0, v)
	f.top = (f.top - 1) & 7
	f.set(0, w)
}

// extract is FXTRACT.
func (f *fpu) extract() {
	if f.empty(0) || !f.empty(7) {
		r := f.rounder()
		r.exc = fxIE | fxSF
		r.up = !f.empty(0)
		if f.note(&r, fxIE) {
			return
		}
		f.set(0, f80Indefinite)
		f.top = (f.top - 1) & 7
		f.set(0, f80Indefinite)
		return
	}
	a := *f.st(0)
	r := f.rounder()
	var e, m f80
	switch {
	case isOdd(a, f80Zero):
		e = r.nan(a, f80Zero)
		m = e
	case a.isInf():
		e, m = f80Inf, a
	case a.isZero():
		r.exc |= fxZE
		e, m = f80{intBit, 0x8000 | expMax}, a
	default:
		r.denormals(a, a)
		n, sig := a.unpack()
		e = fromInt(int64(n - bias))
		m = f80{sig, a.sign() | bias}
	}
	if f.note(&r, fxBefore) {
		return
	}
	f.set(0, e)
	f.top = (f.top - 1) & 7
	f.set(0, m)
}

// roundInt is FRNDINT.
func (r *rounder) roundInt(a f80) f80 {
	if isOdd(a, f80Zero) {
		return r.nan(a, f80Zero)
	}
	if a.isInf() || !r.denormals(a, a) {
		return a
	}
	return r.integer(a)
}

// scale is FSCALE.
func (r *rounder) scale(a, b f80) f80 {
	if isOdd(a, b) {
		return r.nan(a, b)
	}
	if b.isInf() {
		switch {
		case b.neg() && a.isInf(), !b.neg() && a.isZero():
			return r.invalid()
		}
		if !r.denormals(a, b) {
			return a
		}
		if b.neg() {
			return f80{0, a.sign()}
		}
		return f80{intBit, a.sign() | expMax}
	}
	if !r.denormals(a, b) || a.isInf() || a.isZero() {
		return a
	}
	n := int32(0)
	switch e := b.exp() - bias; {
	case e >= 16:
		n = 0x10000
	case e >= 0:
		n = int32(b.m >> (63 - e))
	}
	if b.neg() {
		n = -n
	}
	e, m := a.unpack()
	return r.round(a.sign(), e+n, m, 0, 64)
}

// remainder is FPREM and, to nearest, FPREM1 (SDM 2).
func (f *fpu) remainder(a, b f80, nearest bool) {
	r := f.rounder()
	f.sw &^= swC2
	var v f80
	switch {
	case isOdd(a, b):
		v = r.nan(a, b)
	case a.isInf() || b.isZero():
		v = r.invalid()
	case !r.denormals(a, b):
	case a.isZero():
		f.conditionsAfterRemainder(0, false)
		v = a
	case b.isInf():
		f.conditionsAfterRemainder(0, false)
		e, m := a.unpack()
		v = r.round(a.sign(), e, m, 0, 64)
	default:
		f.reduce(&r, a, b, nearest)
		return
	}
	if !f.note(&r, fxBefore) {
		f.set(0, v)
	}
}

func (f *fpu) conditionsAfterRemainder(q uint64, partial bool) {
	f.sw &^= swC0 | swC1 | swC2 | swC3
	if partial {
		f.sw |= swC2
		return
	}
	f.sw |= uint16(q&1)<<9 | uint16(q>>1&1)<<14 | uint16(q>>2&1)<<8
}

func (f *fpu) reduce(r *rounder, a, b f80, nearest bool) f80 {
	ea, ma := a.unpack()
	eb, mb := b.unpack()
	sign := a.sign()
	d := ea - eb
	var q, rem uint64
	partial := false
	e := eb
	switch {
	case d < -1 || d < 0 && !nearest:
		rem, e = ma, ea
	case d == -1:
		// a is between a quarter of b and b: nearest is 0 or 1.
		rem, e = ma, ea
		if ma > mb {
			rem = mb<<1 - ma
			sign ^= 0x8000
			q = 1
		}
	case d < 64:
		q, rem = divShift(ma, uint(d), mb)
		if nearest && (rem > mb-rem || rem == mb-rem && q&1 != 0) {
			rem = mb - rem
			sign ^= 0x8000
			q++
		}
	default:
		// Reduce the exponent difference by 32 to 63 bits.
		n := uint(32 + d%32)
		_, rem = divShift(ma, n, mb)
		e = eb + d - int32(n)
		partial = true
	}
	var v f80
	if rem == 0 {
		v = f80{0, a.sign()}
	} else {
		k := int32(bits.LeadingZeros64(rem))
		v = r.round(sign, e-k, rem<<k, 0, 64)
	}
	f.note(r, fxBefore)
	f.set(0, v)
	f.conditionsAfterRemainder(q, partial)
	return v
}

// divShift divides m<<n by d; both significands are normalised, n is below 64.
// Only the low 64 bits of the quotient are given.
func divShift(m uint64, n uint, d uint64) (q, rem uint64) {
	hi, lo := uint64(0), m
	if n > 0 {
		hi, lo = m>>(64-n), m<<n
	}
	return bits.Div64(hi, lo, d)
}
