package cpu

import "math/bits"

// Arithmetic on 80-bit extended reals (PRM 16, SDM 1 chapter 8). Results are
// computed exactly or with enough extra bits, then rounded once.

// f80 is an extended real as it is stored.
type f80 struct {
	m  uint64 // significand with explicit integer bit
	se uint16 // sign and biased exponent
}

const (
	bias    = 0x3FFF
	expMax  = 0x7FFF
	intBit  = 1 << 63
	quiet   = 1 << 62
	expWrap = 24576 // exponent adjustment of unmasked overflow and underflow
)

var (
	f80Zero       = f80{}
	f80One        = f80{m: intBit, se: bias}
	f80Inf        = f80{m: intBit, se: expMax}
	f80Indefinite = f80{m: intBit | quiet, se: 0xFFFF}
)

func (a f80) exp() int32 { return int32(a.se & expMax) }
func (a f80) neg() bool  { return a.se&0x8000 != 0 }
func (a f80) sign() uint16 {
	return a.se & 0x8000
}
func (a f80) negated() f80   { return f80{a.m, a.se ^ 0x8000} }
func (a f80) isZero() bool   { return a.m == 0 && a.exp() == 0 }
func (a f80) isInf() bool    { return a.m == intBit && a.exp() == expMax }
func (a f80) isNaN() bool    { return a.exp() == expMax && a.m&intBit != 0 && a.m != intBit }
func (a f80) isSNaN() bool   { return a.isNaN() && a.m&quiet == 0 }
func (a f80) isDenorm() bool { return a.exp() == 0 && a.m != 0 }

// unsupported are the formats that the 387 and later refuse: unnormals,
// pseudo-infinities and pseudo-NaNs.
func (a f80) unsupported() bool { return a.exp() != 0 && a.m&intBit == 0 }

// special tells values that need more than the plain path.
func (a f80) special() bool {
	e := a.se & expMax
	return a.m&intBit == 0 || e == 0 || e == expMax
}

// unpack gives the exponent and a normalised significand of a finite value that
// is not zero.
func (a f80) unpack() (int32, uint64) {
	e := a.exp()
	if e == 0 {
		e = 1
	}
	n := int32(bits.LeadingZeros64(a.m))
	return e - n, a.m << n
}

// Exception bits, in the order of control and status word.
const (
	fxIE = 1 << iota // invalid operation
	fxDE             // denormal operand
	fxZE             // division by zero
	fxOE             // overflow
	fxUE             // underflow
	fxPE             // precision
	fxSF             // stack fault, with IE

	fxAll = fxIE | fxDE | fxZE | fxOE | fxUE | fxPE
)

// Rounding control.
const (
	rcNearest = iota
	rcDown
	rcUp
	rcChop
)

// rounder rounds results and collects exceptions.
type rounder struct {
	cw  uint16
	exc uint16 // exceptions of this instruction
	up  bool   // the result was rounded away from zero
}

func (r *rounder) rc() uint16 { return r.cw >> 10 & 3 }

// unmasked tells whether any of the exceptions is unmasked.
func (r *rounder) unmasked(e uint16) bool { return e&^r.cw&fxAll != 0 }

// precision is the number of significand bits by precision control.
func (r *rounder) precision() uint {
	switch r.cw >> 8 & 3 {
	case 0:
		return 24
	case 2:
		return 53
	}
	return 64
}

// increment decides on the rounding direction: odd is the lowest bit kept, half
// and more describe what is cut off.
func (r *rounder) increment(neg, odd, half, more bool) bool {
	switch r.rc() {
	case rcNearest:
		return half && (more || odd)
	case rcDown:
		return neg && (half || more)
	case rcUp:
		return !neg && (half || more)
	}
	return false
}

// cut rounds hi:lo to p bits of hi. carry: the result is 2^64.
func (r *rounder) cut(neg bool, hi, lo uint64, p uint) (m uint64, inexact, carry, up bool) {
	if p == 64 {
		if lo == 0 {
			return hi, false, false, false
		}
		if r.increment(neg, hi&1 != 0, lo>>63 != 0, lo<<1 != 0) {
			m = hi + 1
			return m, true, m == 0, true
		}
		return hi, true, false, false
	}
	unit := uint64(1) << (64 - p)
	rest := hi & (unit - 1)
	m = hi &^ (unit - 1)
	if rest == 0 && lo == 0 {
		return m, false, false, false
	}
	half := rest&(unit>>1) != 0
	more := rest&(unit>>1-1) != 0 || lo != 0
	if r.increment(neg, m&unit != 0, half, more) {
		m += unit
		return m, true, m == 0, true
	}
	return m, true, false, false
}

// round makes a value of a sign, an exponent and a normalised significand of
// 128 bits, with the precision p.
func (r *rounder) round(sign uint16, e int32, hi, lo uint64, p uint) f80 {
	neg := sign != 0
	if e >= 1 && e < expMax-1 {
		// Neither overflow nor underflow is possible.
		m, inexact, carry, up := r.cut(neg, hi, lo, p)
		if inexact {
			r.exc |= fxPE
			r.up = up
			if carry {
				m = intBit
				e++
			}
		}
		return f80{m, sign | uint16(e)}
	}
	return r.roundEdge(sign, e, hi, lo, p)
}

func (r *rounder) roundEdge(sign uint16, e int32, hi, lo uint64, p uint) f80 {
	neg := sign != 0
	m, inexact, carry, up := r.cut(neg, hi, lo, p)
	if carry {
		m = intBit
		e++
	}
	if e >= expMax {
		r.exc |= fxOE
		if r.unmasked(fxOE) {
			r.up = up
			if inexact {
				r.exc |= fxPE
			}
			e -= expWrap
			if e >= expMax {
				r.exc |= fxPE
				r.up = true
				return f80{intBit, sign | expMax}
			}
			return f80{m, sign | uint16(e)}
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
			return f80{intBit, sign | expMax}
		}
		return f80{^uint64(0) << (64 - p), sign | (expMax - 1)}
	}
	if e >= 1 {
		if inexact {
			r.exc |= fxPE
			r.up = up
		}
		return f80{m, sign | uint16(e)}
	}
	// Tiny after rounding with an unbounded exponent.
	if r.unmasked(fxUE) {
		r.exc |= fxUE
		if inexact {
			r.exc |= fxPE
			r.up = up
		}
		e += expWrap
		if e <= 0 {
			r.exc |= fxPE
			r.up = false
			return f80{0, sign}
		}
		return f80{m, sign | uint16(e)}
	}
	if carry {
		e--
	}
	hi, lo = shiftRightJam(hi, lo, uint(1-e))
	m, inexact, _, up = r.cut(neg, hi, lo, p)
	if inexact {
		r.exc |= fxUE | fxPE
		r.up = up
	}
	if m&intBit != 0 {
		return f80{m, sign | 1}
	}
	return f80{m, sign}
}

// shiftRightJam shifts 128 bits right; bits lost stick to the lowest one.
func shiftRightJam(hi, lo uint64, n uint) (uint64, uint64) {
	switch {
	case n == 0:
		return hi, lo
	case n < 64:
		var sticky uint64
		if lo<<(64-n) != 0 {
			sticky = 1
		}
		return hi >> n, hi<<(64-n) | lo>>n | sticky
	case n == 64:
		if lo != 0 {
			return 0, hi | 1
		}
		return 0, hi
	case n < 128:
		var sticky uint64
		if lo != 0 || hi<<(128-n) != 0 {
			sticky = 1
		}
		return 0, hi>>(n-64) | sticky
	}
	if hi|lo != 0 {
		return 0, 1
	}
	return 0, 0
}

// invalid is the masked response to an invalid operation.
func (r *rounder) invalid() f80 {
	r.exc |= fxIE
	return f80Indefinite
}

// nan handles operands of which at least one is a NaN or unsupported (SDM 1,
// table 4-7).
func (r *rounder) nan(a, b f80) f80 {
	if a.unsupported() || b.unsupported() {
		return r.invalid()
	}
	if a.isSNaN() || b.isSNaN() {
		r.exc |= fxIE
	}
	var v f80
	switch {
	case !b.isNaN():
		v = a
	case !a.isNaN():
		v = b
	case a.isSNaN() && !b.isSNaN():
		v = b
	case !a.isSNaN() && b.isSNaN():
		v = a
	case a.m > b.m:
		v = a
	case a.m < b.m:
		v = b
	case a.neg():
		v = b
	default:
		v = a
	}
	v.m |= quiet
	return v
}

func isOdd(a, b f80) bool {
	return a.unsupported() || b.unsupported() || a.isNaN() || b.isNaN()
}

// denormals notes denormal operands; false: the exception is unmasked and there
// is no result.
func (r *rounder) denormals(a, b f80) bool {
	if a.isDenorm() || b.isDenorm() {
		r.exc |= fxDE
		return !r.unmasked(fxDE)
	}
	return true
}

// add gives a+b; subtraction negates b before, which NaNs must not see, so it
// has its own entry.
func (r *rounder) add(a, b f80, p uint) f80 {
	if a.special() || b.special() {
		if isOdd(a, b) {
			return r.nan(a, b)
		}
		return r.addSpecial(a, b, p)
	}
	return r.addFinite(a.sign(), int32(a.se&expMax), a.m, b.sign(), int32(b.se&expMax), b.m, p)
}

func (r *rounder) sub(a, b f80, p uint) f80 {
	if isOdd(a, b) {
		return r.nan(a, b)
	}
	return r.add(a, b.negated(), p)
}

func (r *rounder) addSpecial(a, b f80, p uint) f80 {
	switch {
	case a.isInf() && b.isInf():
		if a.sign() != b.sign() {
			return r.invalid()
		}
		return a
	case a.isInf():
		r.denormals(a, b)
		return a
	case b.isInf():
		r.denormals(a, b)
		return b
	}
	if !r.denormals(a, b) {
		return a
	}
	switch {
	case a.isZero() && b.isZero():
		if a.sign() == b.sign() {
			return a
		}
		return r.zeroSum()
	case a.isZero():
		e, m := b.unpack()
		return r.round(b.sign(), e, m, 0, p)
	case b.isZero():
		e, m := a.unpack()
		return r.round(a.sign(), e, m, 0, p)
	}
	ea, ma := a.unpack()
	eb, mb := b.unpack()
	return r.addFinite(a.sign(), ea, ma, b.sign(), eb, mb, p)
}

// zeroSum is the sign rule of an exact zero difference.
func (r *rounder) zeroSum() f80 {
	if r.rc() == rcDown {
		return f80{0, 0x8000}
	}
	return f80Zero
}

func (r *rounder) addFinite(sa uint16, ea int32, ma uint64, sb uint16, eb int32, mb uint64, p uint) f80 {
	if ea < eb || ea == eb && ma < mb {
		sa, sb, ea, eb, ma, mb = sb, sa, eb, ea, mb, ma
	}
	var lo uint64
	hb := mb
	if d := uint(ea - eb); d != 0 {
		hb, lo = shiftRightJam(mb, 0, d)
	}
	if sa == sb {
		hi, carry := bits.Add64(ma, hb, 0)
		if carry != 0 {
			lo = lo>>1 | lo&1 | hi<<63
			hi = hi>>1 | intBit
			ea++
		}
		return r.round(sa, ea, hi, lo, p)
	}
	l, borrow := bits.Sub64(0, lo, 0)
	hi, _ := bits.Sub64(ma, hb, borrow)
	if hi == 0 {
		if l == 0 {
			return r.zeroSum()
		}
		hi, l = l, 0
		ea -= 64
	}
	if n := bits.LeadingZeros64(hi); n != 0 {
		hi = hi<<n | l>>(64-n)
		l <<= n
		ea -= int32(n)
	}
	return r.round(sa, ea, hi, l, p)
}

func (r *rounder) mul(a, b f80, p uint) f80 {
	s := a.sign() ^ b.sign()
	var ea, eb int32
	ma, mb := a.m, b.m
	if a.special() || b.special() {
		switch {
		case isOdd(a, b):
			return r.nan(a, b)
		case a.isInf() && b.isZero(), a.isZero() && b.isInf():
			return r.invalid()
		}
		if !r.denormals(a, b) {
			return a
		}
		switch {
		case a.isInf() || b.isInf():
			return f80{intBit, s | expMax}
		case a.isZero() || b.isZero():
			return f80{0, s}
		}
		ea, ma = a.unpack()
		eb, mb = b.unpack()
	} else {
		ea, eb = int32(a.se&expMax), int32(b.se&expMax)
	}
	e := ea + eb - bias + 1
	hi, lo := bits.Mul64(ma, mb)
	if hi&intBit == 0 {
		hi = hi<<1 | lo>>63
		lo <<= 1
		e--
	}
	return r.round(s, e, hi, lo, p)
}

func (r *rounder) div(a, b f80, p uint) f80 {
	s := a.sign() ^ b.sign()
	if a.special() || b.special() {
		switch {
		case isOdd(a, b):
			return r.nan(a, b)
		case a.isInf() && b.isInf(), a.isZero() && b.isZero():
			return r.invalid()
		case b.isZero() && !a.isInf():
			r.exc |= fxZE
			return f80{intBit, s | expMax}
		}
		if !r.denormals(a, b) {
			return a
		}
		switch {
		case a.isInf():
			return f80{intBit, s | expMax}
		case a.isZero() || b.isInf():
			return f80{0, s}
		}
	}
	ea, ma := a.unpack()
	eb, mb := b.unpack()
	e := ea - eb + bias
	var q, rem uint64
	if ma >= mb {
		q, rem = bits.Div64(ma>>1, ma<<63, mb)
	} else {
		q, rem = bits.Div64(ma, 0, mb)
		e--
	}
	lo, last := bits.Div64(rem, 0, mb)
	if last != 0 {
		lo |= 1
	}
	return r.round(s, e, q, lo, p)
}

func (r *rounder) sqrt(a f80, p uint) f80 {
	switch {
	case isOdd(a, f80Zero):
		return r.nan(a, f80Zero)
	case a.isZero():
		return a
	case a.neg():
		return r.invalid()
	case a.isInf():
		return a
	}
	if !r.denormals(a, f80Zero) {
		return a
	}
	e, m := a.unpack()
	// The radicand with an even exponent, in the upper half of 128 bits.
	hi, lo := m, uint64(0)
	if (e-bias)&1 == 0 {
		hi, lo = m>>1, m<<63
	}
	root, above, exact := isqrt(hi, lo)
	var rest uint64
	if !exact {
		rest = 1
		if above {
			rest |= intBit
		}
	}
	return r.round(0, (e-bias)>>1+bias, root, rest, p)
}

// isqrt is the integer square root of hi:lo (hi at least 2^62). above tells
// whether the remainder is more than half a unit.
func isqrt(hi, lo uint64) (root uint64, above, exact bool) {
	// One bit at a time, two radicand bits each.
	var rem, remHi uint64
	for range 64 {
		remHi = remHi<<2 | rem>>62
		rem = rem<<2 | hi>>62
		hi = hi<<2 | lo>>62
		lo <<= 2
		// trial = root*4 + 1, which may have 66 bits
		tHi, t := root>>62, root<<2|1
		d, borrow := bits.Sub64(rem, t, 0)
		dHi, under := bits.Sub64(remHi, tHi, borrow)
		root <<= 1
		if under == 0 {
			rem, remHi = d, dHi
			root |= 1
		}
	}
	exact = rem|remHi == 0
	above = remHi != 0 || rem > root
	return root, above, exact
}

// compare orders two values: -1, 0, 1, or 2 if unordered.
func compareF80(a, b f80) int {
	if isOdd(a, b) {
		return 2
	}
	if a.m == 0 && b.m == 0 && a.exp() == 0 && b.exp() == 0 {
		return 0
	}
	if a.sign() != b.sign() {
		if a.neg() {
			return -1
		}
		return 1
	}
	n := compareMagnitude(a, b)
	if a.neg() {
		n = -n
	}
	return n
}

func compareMagnitude(a, b f80) int {
	ea, eb := max(a.exp(), 1), max(b.exp(), 1)
	switch {
	case a.m == 0 && a.exp() == 0 && b.m == 0 && b.exp() == 0:
		return 0
	case ea > eb, ea == eb && a.m > b.m:
		return 1
	case ea == eb && a.m == b.m:
		return 0
	}
	return -1
}

// integer rounds a value to an integer by rounding control.
func (r *rounder) integer(a f80) f80 {
	e := a.exp() - bias
	if e >= 63 || a.isZero() {
		return a
	}
	neg := a.neg()
	if e < -1 || a.exp() == 0 {
		r.exc |= fxPE
		if r.increment(neg, false, false, true) {
			r.up = true
			return f80{intBit, a.sign() | bias}
		}
		return f80{0, a.sign()}
	}
	if e == -1 {
		r.exc |= fxPE
		if r.increment(neg, false, true, a.m<<1 != 0) {
			r.up = true
			return f80{intBit, a.sign() | bias}
		}
		return f80{0, a.sign()}
	}
	unit := uint64(1) << (63 - e)
	rest := a.m & (unit - 1)
	if rest == 0 {
		return a
	}
	r.exc |= fxPE
	m := a.m &^ (unit - 1)
	half := rest&(unit>>1) != 0
	more := rest&(unit>>1-1) != 0
	if r.increment(neg, m&unit != 0, half, more) {
		r.up = true
		m += unit
		if m == 0 {
			return f80{intBit, a.se + 1}
		}
	}
	return f80{m, a.se}
}
