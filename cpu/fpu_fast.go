package cpu

import "math/bits"

// The common case of x87 arithmetic: two normal operands, rounding to nearest,
// the precision exception masked, a result far from overflow and underflow. The
// result and the flags are the same as those of the general code
// (TestFastArithmetic); it only saves the bookkeeping (BenchmarkFPU).

// quick computes a op b, op as in ModRM of D8. Without ok nothing was done.
func (f *fpu) quick(reg uint8, a, b f80) (v f80, ok bool) {
	if f.cw&(rcChop<<10|fxPE) != fxPE || a.special() || b.special() {
		return v, false
	}
	ea, eb := int32(a.se&expMax), int32(b.se&expMax)
	sign := a.se & 0x8000
	var e int32
	var hi, lo uint64
	switch reg {
	case 1:
		sign ^= b.se & 0x8000
		e = ea + eb - bias + 1
		hi, lo = bits.Mul64(a.m, b.m)
		if hi&intBit == 0 {
			hi = hi<<1 | lo>>63
			lo <<= 1
			e--
		}
	case 0, 4, 5:
		sb := b.se & 0x8000
		switch reg {
		case 4:
			sb ^= 0x8000
		case 5:
			sign ^= 0x8000
		}
		ma, mb := a.m, b.m
		if ea < eb || ea == eb && ma < mb {
			sign, sb, ea, eb, ma, mb = sb, sign, eb, ea, mb, ma
		}
		d := uint(ea - eb)
		if d > 63 {
			return v, false
		}
		e = ea
		hb := mb >> d
		lo = mb << 1 << (63 - d)
		if sign == sb {
			var carry uint64
			hi, carry = bits.Add64(ma, hb, 0)
			if carry != 0 {
				lo = lo>>1 | lo&1 | hi<<63
				hi = hi>>1 | intBit
				e++
			}
		} else {
			var borrow uint64
			lo, borrow = bits.Sub64(0, lo, 0)
			hi, _ = bits.Sub64(ma, hb, borrow)
			if hi == 0 {
				return v, false
			}
			n := bits.LeadingZeros64(hi)
			hi = hi<<n | lo>>1>>(63-n)
			lo <<= n
			e -= int32(n)
		}
	default:
		return v, false
	}
	if e < 1 || e >= expMax-1 {
		return v, false
	}
	// Round to nearest, ties to even.
	unit, half := uint64(1), uint64(0)
	rest := lo
	switch f.cw >> 8 & 3 {
	case 0:
		unit, half = 1<<40, 1<<39
	case 2:
		unit, half = 1<<11, 1<<10
	}
	var up bool
	if half == 0 {
		up = lo > intBit || lo == intBit && hi&1 != 0
	} else {
		rest = hi & (unit - 1)
		hi -= rest
		up = rest > half || rest == half && (lo != 0 || hi&unit != 0)
		rest |= lo
	}
	f.sw &^= swC1
	if rest != 0 {
		f.sw |= fxPE
		if up {
			f.sw |= swC1
			hi += unit
			if hi == 0 {
				hi = intBit
				e++
			}
		}
	}
	return f80{hi, sign | uint16(e)}, true
}
