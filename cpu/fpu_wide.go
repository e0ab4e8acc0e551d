package cpu

import "math/bits"

// wide is a floating-point number with 128 significand bits for the
// transcendental functions: (-1)^neg * 0.hi:lo * 2^e, normalised, or zero with
// hi 0. Results are cut off; the error is a few units of the last bit, 2^60
// times less than what shows in an extended real.
type wide struct {
	neg    bool
	e      int32
	hi, lo uint64
}

func wideOf(a f80) wide {
	if a.m == 0 {
		return wide{}
	}
	e, m := a.unpack()
	return wide{neg: a.neg(), e: e - bias + 1, hi: m}
}

func wideInt(v int64) wide { return wideOf(fromInt(v)) }

// round gives the extended real; exact tells that no bits are missing.
func (w wide) round(r *rounder, exact bool) f80 {
	sign := uint16(0)
	if w.neg {
		sign = 0x8000
	}
	if w.hi == 0 {
		return f80{0, sign}
	}
	lo := w.lo
	if !exact {
		lo |= 1
	}
	return r.round(sign, w.e+bias-1, w.hi, lo, 64)
}

func (w wide) negated() wide {
	w.neg = !w.neg
	return w
}

func (w wide) abs() wide {
	w.neg = false
	return w
}

// scaled is w * 2^n.
func (w wide) scaled(n int32) wide {
	if w.hi != 0 {
		w.e += n
	}
	return w
}

func (w wide) normalised() wide {
	if w.hi == 0 {
		if w.lo == 0 {
			return wide{}
		}
		w.hi, w.lo = w.lo, 0
		w.e -= 64
	}
	if n := bits.LeadingZeros64(w.hi); n != 0 {
		w.hi = w.hi<<n | w.lo>>(64-n)
		w.lo <<= n
		w.e -= int32(n)
	}
	return w
}

// less compares magnitudes.
func (w wide) less(v wide) bool {
	if v.hi == 0 || w.hi == 0 {
		return v.hi != 0
	}
	if w.e != v.e {
		return w.e < v.e
	}
	return w.hi < v.hi || w.hi == v.hi && w.lo < v.lo
}

func (w wide) add(v wide) wide {
	if w.hi == 0 {
		return v
	}
	if v.hi == 0 {
		return w
	}
	if w.less(v) {
		w, v = v, w
	}
	hi, lo := shiftRightJam(v.hi, v.lo, uint(min(w.e-v.e, 200)))
	var c uint64
	if w.neg == v.neg {
		w.lo, c = bits.Add64(w.lo, lo, 0)
		w.hi, c = bits.Add64(w.hi, hi, c)
		if c != 0 {
			w.lo = w.lo>>1 | w.hi<<63
			w.hi = w.hi>>1 | 1<<63
			w.e++
		}
		return w
	}
	w.lo, c = bits.Sub64(w.lo, lo, 0)
	w.hi, _ = bits.Sub64(w.hi, hi, c)
	return w.normalised()
}

func (w wide) sub(v wide) wide { return w.add(v.negated()) }

func (w wide) mul(v wide) wide {
	if w.hi == 0 || v.hi == 0 {
		return wide{}
	}
	h, l := bits.Mul64(w.hi, v.hi)
	m1, _ := bits.Mul64(w.hi, v.lo)
	m2, _ := bits.Mul64(w.lo, v.hi)
	var c uint64
	l, c = bits.Add64(l, m1, 0)
	h += c
	l, c = bits.Add64(l, m2, 0)
	h += c
	return wide{neg: w.neg != v.neg, e: w.e + v.e, hi: h, lo: l}.normalised()
}

// over is w / n for a small integer.
func (w wide) over(n uint64) wide {
	if w.hi == 0 {
		return w
	}
	q, rem := bits.Div64(0, w.hi, n)
	l, rem := bits.Div64(rem, w.lo, n)
	// Keep full precision: append the bits that normalising will shift in.
	x, _ := bits.Div64(rem, 0, n)
	k := bits.LeadingZeros64(q)
	hi := q
	if k > 0 {
		hi = q<<k | l>>(64-k)
		l = l<<k | x>>(64-k)
	}
	return wide{neg: w.neg, e: w.e - int32(k), hi: hi, lo: l}
}

func (w wide) div(v wide) wide {
	if w.hi == 0 {
		return w
	}
	// Reciprocal of v.hi:v.lo by a 64-bit estimate and two Newton steps.
	y := wide{hi: 1 << 63, e: 1}
	if v.hi != 1<<63 || v.lo != 0 {
		q, _ := bits.Div64(1<<63, 0, v.hi|1)
		y = wide{hi: q, e: 1}.normalised()
		// 1/0.hi is between 1 and 2.
		m := wide{hi: v.hi, lo: v.lo}
		for range 2 {
			d := wideOne.sub(m.mul(y))
			y = y.add(y.mul(d))
		}
	} else {
		y.e = 2
	}
	y.e -= v.e
	y.neg = v.neg
	return w.mul(y)
}

var wideOne = wide{hi: 1 << 63, e: 1}

// Constants to 128 bits.
var (
	widePi   = wide{hi: 0xC90FDAA22168C234, lo: 0xC4C6628B80DC1CD1, e: 2}
	wideLn2  = wide{hi: 0xB17217F7D1CF79AB, lo: 0xC9E3B39803F2F6AF, e: 0}
	wideLog2 = wide{hi: 0xB8AA3B295C17F0BB, lo: 0xBE87FED0691D3E88, e: 1} // log2 e

	// The x87 reduces angles with pi to 66 bits (SDM 1, 8.3.8).
	widePi66 = wide{hi: 0xC90FDAA22168C234, lo: 0xC000000000000000, e: 2}
)
