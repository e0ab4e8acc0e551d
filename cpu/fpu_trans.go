package cpu

// Transcendental functions (PRM 16, SDM 1 chapter 8.3.9): series on 128-bit
// numbers, rounded once, so within one unit of the last place of the exact
// result.

// negligible tells that nothing after term matters. The term itself does, by its
// sign: the sine of a tiny angle is a little less than the angle.
func negligible(term, sum wide) bool { return term.hi == 0 || term.e < sum.e-126 }

// expm1 is e^y-1 for small y.
func expm1(y wide) wide {
	sum, term := y, y
	for n := uint64(2); ; n++ {
		term = term.mul(y).over(n)
		sum = sum.add(term)
		if negligible(term, sum) {
			return sum
		}
	}
}

// f2xm1 is 2^a-1 for a from -1 to 1; outside the result is undefined, and the
// operand is returned.
func (r *rounder) f2xm1(a f80) f80 {
	switch {
	case isOdd(a, f80Zero):
		return r.nan(a, f80Zero)
	case a.isInf():
		if a.neg() {
			return f80{intBit, 0x8000 | bias}
		}
		return a
	case a.isZero() || !r.denormals(a, a):
		return a
	case a == f80One:
		return a
	case a == f80{intBit, 0x8000 | bias}:
		return f80{intBit, 0x8000 | (bias - 1)}
	case a.exp() >= bias:
		r.exc |= fxPE
		return a
	}
	return expm1(wideOf(a).mul(wideLn2)).round(r, false)
}

// atanh2 is 2*artanh(s) = ln((1+s)/(1-s)).
func atanh2(s wide) wide {
	q := s.mul(s)
	sum, power := s, s
	for n := uint64(3); ; n += 2 {
		power = power.mul(q)
		term := power.over(n)
		sum = sum.add(term)
		if negligible(term, sum) {
			return sum.scaled(1)
		}
	}
}

// log2 of a positive number; exact for powers of two.
func log2(x wide) (w wide, exact bool) {
	k := x.e - 1
	x.e = 1 // 1 <= x < 2
	if x.hi == 1<<63 && x.lo == 0 {
		return wideInt(int64(k)), true
	}
	if x.hi > 0xB504F333F9DE6484 { // sqrt 2
		x.e = 0
		k++
	}
	s := x.sub(wideOne).div(x.add(wideOne))
	return atanh2(s).mul(wideLog2).add(wideInt(int64(k))), false
}

// fyl2x is b*log2(a).
func (r *rounder) fyl2x(a, b f80) f80 {
	inf := func(neg bool) f80 {
		if neg {
			return f80{intBit, 0x8000 | expMax}
		}
		return f80Inf
	}
	switch {
	case isOdd(a, b):
		return r.nan(a, b)
	case a.neg() && !a.isZero():
		return r.invalid()
	case a.isZero():
		switch {
		case b.isZero():
			return r.invalid()
		case !b.isInf():
			r.exc |= fxZE
		}
		return inf(!b.neg())
	case a.isInf():
		if b.isZero() {
			return r.invalid()
		}
		r.denormals(a, b)
		return inf(b.neg())
	}
	below := compareF80(a, f80One)
	if b.isInf() {
		if below == 0 {
			return r.invalid()
		}
		r.denormals(a, b)
		return inf(b.neg() != (below < 0))
	}
	if !r.denormals(a, b) {
		return b
	}
	if below == 0 || b.isZero() {
		s := b.sign()
		if below < 0 {
			s ^= 0x8000
		}
		return f80{0, s}
	}
	w, exact := log2(wideOf(a))
	return w.mul(wideOf(b)).round(r, exact)
}

// fyl2xp1 is b*log2(1+a) for a between sqrt(1/2)-1 and sqrt(2)-1.
func (r *rounder) fyl2xp1(a, b f80) f80 {
	switch {
	case isOdd(a, b):
		return r.nan(a, b)
	case a.isZero() && b.isInf():
		return r.invalid()
	case a.isInf():
		if a.neg() || b.isZero() {
			return r.invalid()
		}
		r.denormals(a, b)
		return f80{intBit, b.sign() | expMax}
	case b.isInf():
		r.denormals(a, b)
		return f80{intBit, (a.sign() ^ b.sign()) | expMax}
	}
	if !r.denormals(a, b) {
		return b
	}
	if a.isZero() || b.isZero() {
		return f80{0, a.sign() ^ b.sign()}
	}
	x := wideOf(a)
	if a.neg() && a.exp() >= bias {
		// Outside the domain the operand comes back.
		r.exc |= fxPE
		return a
	}
	if a.exp() >= bias-1 {
		// Beyond the domain the series would converge too slowly.
		w, _ := log2(wideOne.add(x))
		return w.mul(wideOf(b)).round(r, false)
	}
	s := x.div(x.add(wideInt(2)))
	return atanh2(s).mul(wideLog2).mul(wideOf(b)).round(r, false)
}

// atanSeries is the arc tangent of a small number.
func atanSeries(t wide) wide {
	q := t.mul(t)
	sum, power := t, t
	for n := uint64(3); ; n += 2 {
		power = power.mul(q).negated()
		term := power.over(n)
		sum = sum.add(term)
		if negligible(term, sum) {
			return sum
		}
	}
}

// atanTable has the arc tangents of k/16.
var atanTable = func() (t [17]wide) {
	for k := int64(1); k <= 16; k++ {
		// atan(k/16) - atan((k-1)/16) = atan(16 / (256 + k(k-1)))
		t[k] = t[k-1].add(atanSeries(wideInt(16).div(wideInt(256 + k*(k-1)))))
	}
	return t
}()

// atan is the arc tangent of a number from 0 to 1.
func atan(t wide) wide {
	// The nearest sixteenth.
	k := uint64(0)
	switch {
	case t.e > 0:
		k = 16
	case t.e > -5:
		k = (t.hi>>uint(59-t.e) + 1) >> 1
	}
	if k == 0 {
		return atanSeries(t)
	}
	c := wideInt(int64(k)).scaled(-4)
	rest := t.sub(c).div(wideOne.add(t.mul(c)))
	return atanTable[k].add(atanSeries(rest))
}

// fpatan is the angle of the point (a, b): atan2(b, a).
func (r *rounder) fpatan(a, b f80) f80 {
	if isOdd(a, b) {
		return r.nan(a, b)
	}
	result := func(w wide) f80 {
		w.neg = b.neg()
		return w.round(r, false)
	}
	switch {
	case b.isInf() && a.isInf():
		if a.neg() {
			return result(widePi.mul(wideInt(3)).scaled(-2))
		}
		return result(widePi.scaled(-2))
	case b.isInf():
		if !r.denormals(a, b) {
			return b
		}
		return result(widePi.scaled(-1))
	case a.isInf() || b.isZero():
		if !r.denormals(a, b) {
			return b
		}
		if a.neg() {
			return result(widePi)
		}
		return f80{0, b.sign()}
	case a.isZero():
		if !r.denormals(a, b) {
			return b
		}
		return result(widePi.scaled(-1))
	}
	if !r.denormals(a, b) {
		return b
	}
	x, y := wideOf(a).abs(), wideOf(b).abs()
	var w wide
	if x.less(y) {
		w = widePi.scaled(-1).sub(atan(x.div(y)))
	} else {
		w = atan(y.div(x))
	}
	if a.neg() {
		w = widePi.sub(w)
	}
	return result(w)
}

// quadrant reduces an angle to at most pi/4 and counts quarter turns.
func quadrant(a f80) (w wide, n uint64) {
	w = wideOf(a).abs()
	half := widePi66.scaled(-1)
	if w.e < 0 {
		return w, 0
	}
	// The multiple is below 2^64; its low two bits decide.
	q := w.mul(wideOne.div(half)).add(wide{hi: 1 << 63, e: 0})
	if q.e <= 0 {
		return w, 0
	}
	n = q.hi >> (64 - uint(min(q.e, 64)))
	// n has up to 63 bits and half 66: split the product so that it is exact.
	lo, hi := n&0xFFFFFFFF, n>>32
	w = w.sub(half.mul(wideOf(fromInt(int64(hi)))).scaled(32))
	w = w.sub(half.mul(wideOf(fromInt(int64(lo)))))
	return w, n
}

func sinSeries(x wide) wide {
	q := x.mul(x)
	sum, term := x, x
	for n := uint64(2); ; n += 2 {
		term = term.mul(q).over(n * (n + 1)).negated()
		sum = sum.add(term)
		if negligible(term, sum) {
			return sum
		}
	}
}

func cosSeries(x wide) wide {
	q := x.mul(x)
	sum, term := wideOne, wideOne
	for n := uint64(1); ; n += 2 {
		term = term.mul(q).over(n * (n + 1)).negated()
		sum = sum.add(term)
		if negligible(term, sum) {
			return sum
		}
	}
}

// angle handles the operands without a finite angle; done: v is the result.
func (r *rounder) angle(a f80) (v f80, done, inRange bool) {
	switch {
	case isOdd(a, f80Zero):
		return r.nan(a, f80Zero), true, true
	case a.isInf():
		return r.invalid(), true, true
	case a.exp() >= bias+63:
		return a, true, false
	case !r.denormals(a, a):
		return a, true, true
	}
	return a, false, true
}

// sincos1 is the sine or the cosine of a.
func (r *rounder) sincos1(a f80, cosine bool) (f80, bool) {
	if v, done, ok := r.angle(a); done {
		return v, ok
	}
	if a.isZero() {
		if cosine {
			return f80One, true
		}
		return a, true
	}
	w, n := quadrant(a)
	w = sineAt(w, n, a.neg(), cosine)
	return w.round(r, false), true
}

func sineAt(w wide, n uint64, neg, cosine bool) wide {
	if cosine {
		n++
		neg = false
	}
	if n&1 == 0 {
		w = sinSeries(w)
	} else {
		w = cosSeries(w)
	}
	if n&2 != 0 != neg {
		w = w.negated()
	}
	return w
}

// tan gives the tangent and 1.
func (r *rounder) tan(a f80) (v, w f80, ok bool) {
	if v, done, ok := r.angle(a); done {
		return v, v, ok
	}
	if a.isZero() {
		return a, f80One, true
	}
	x, n := quadrant(a)
	t := sineAt(x, n, a.neg(), false).div(sineAt(x, n, a.neg(), true))
	return t.round(r, false), f80One, true
}
