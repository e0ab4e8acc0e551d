package cpu

import (
	"bytes"
	"encoding/binary"
)

// String instructions. A repeated one runs as many iterations at a time as lie
// within one page on each side, the instruction budget and the count; after
// each such chunk the registers are those of an interrupted instruction, so it
// may stop or fault anywhere. Every iteration counts as one instruction
// (BenchmarkString).

const opAnyRep = opRep | opRepne

// step is the distance to the next element.
func (c *CPU) step(o *op) uint32 {
	if c.eflags&FlagDF != 0 {
		return -uint32(o.size)
	}
	return uint32(o.size)
}

func (c *CPU) advance(o *op, r uint8, by uint32) {
	m := o.countMask()
	c.r[r] = c.r[r]&^m | (c.r[r]+by)&m
}

// repeat runs body until the count is used up or body says that it is done.
// body is given the number of iterations it may do, does at least one and
// returns how many it did.
func (c *CPU) repeat(o *op, body func(c *CPU, o *op, most uint32) (n uint32, done bool)) {
	c.consumed = 0
	c.eflags &^= FlagRF
	for {
		count := c.counter(o)
		if count == 0 {
			break
		}
		budget := c.left + 1 - int64(c.consumed)
		if budget <= 0 {
			c.restartString(o)
			break
		}
		n, done := body(c, o, uint32(min(int64(count), budget)))
		c.left -= int64(n) - 1 + int64(c.consumed)
		c.consumed = 1
		c.setCounter(o, count-n)
		if done {
			break
		}
		if o.h == hResync || c.cur == &c.blocks.scratch && !c.cur.valid {
			// It overwrote itself, or nobody would notice if it did.
			if count != n {
				c.restartString(o)
			}
			break
		}
	}
	c.consumed = 0
}

// restartString leaves an instruction between two iterations. What may interrupt
// it there saves RF, so that it continues past a breakpoint (SDM 3, 17.3.1.1).
func (c *CPU) restartString(o *op) {
	c.eip = o.eip
	if c.left <= 0 {
		c.eflags |= FlagRF
	}
}

// window is the host memory from an offset to the end of what can be accessed
// without further checks, or nil.
func (c *CPU) window(seg uint8, off uint32, o *op, write bool) []byte {
	sg := &c.seg[seg&7]
	lin := sg.base + off
	e := &c.tlb[lin>>pageShift&tlbMask]
	d, top := lin-e.rtag, sg.rtop
	if write {
		d, top = lin-e.wtag, sg.wtop
	}
	if d > pageMask || uint64(off) >= top {
		return nil
	}
	n := uint32(min(uint64(PageSize-d), top-uint64(off)))
	if o.flags&opAddr32 == 0 {
		n = min(n, 0x10000-off)
	}
	return e.host[d : d+n]
}

func (c *CPU) movs(o *op) {
	if o.flags&opAnyRep == 0 {
		c.movs1(o)
		return
	}
	c.repeat(o, (*CPU).movsChunk)
}

func (c *CPU) movs1(o *op) {
	m := o.countMask()
	v := c.ld(o.seg, c.r[ESI]&m, o.size)
	c.st(ES, c.r[EDI]&m, v, o.size)
	c.advance(o, ESI, c.step(o))
	c.advance(o, EDI, c.step(o))
}

func (c *CPU) movsChunk(o *op, most uint32) (uint32, bool) {
	m, size := o.countMask(), uint32(o.size)
	if c.eflags&FlagDF == 0 {
		src := c.window(o.seg, c.r[ESI]&m, o, false)
		dst := c.window(ES, c.r[EDI]&m, o, true)
		n := min(most, uint32(len(src))/size, uint32(len(dst))/size)
		if n > 1 {
			k := n * size
			src, dst = src[:k], dst[:k]
			// If the destination starts within the source, later elements
			// are copies of earlier ones.
			if overlap := c.linDistance(o, m); overlap != 0 && overlap < k {
				for i := uint32(0); i < k; i += size {
					copy(dst[i:i+size], src[i:i+size])
				}
			} else {
				copy(dst, src)
			}
			c.advance(o, ESI, k)
			c.advance(o, EDI, k)
			return n, false
		}
	}
	c.movs1(o)
	return 1, false
}

// linDistance is how far the destination lies behind the source in host memory
// if both are in the same page, else 0.
func (c *CPU) linDistance(o *op, m uint32) uint32 {
	s := c.seg[o.seg&7].base + c.r[ESI]&m
	d := c.seg[ES].base + c.r[EDI]&m
	if c.tlb[s>>pageShift&tlbMask].host != c.tlb[d>>pageShift&tlbMask].host {
		return 0
	}
	s, d = s&pageMask, d&pageMask
	if d <= s {
		return 0
	}
	return d - s
}

func (c *CPU) stos(o *op) {
	if o.flags&opAnyRep == 0 {
		c.stos1(o)
		return
	}
	c.repeat(o, (*CPU).stosChunk)
}

func (c *CPU) stos1(o *op) {
	c.st(ES, c.r[EDI]&o.countMask(), c.r[EAX]&sizeMask(o.size), o.size)
	c.advance(o, EDI, c.step(o))
}

func (c *CPU) stosChunk(o *op, most uint32) (uint32, bool) {
	size := uint32(o.size)
	if c.eflags&FlagDF == 0 {
		dst := c.window(ES, c.r[EDI]&o.countMask(), o, true)
		n := min(most, uint32(len(dst))/size)
		if n > 1 {
			dst = dst[:n*size]
			if c.r[EAX]&sizeMask(o.size) == 0 {
				clear(dst)
			} else {
				var pattern [4]byte
				binary.LittleEndian.PutUint32(pattern[:], c.r[EAX])
				for k := copy(dst, pattern[:size]); k < len(dst); k *= 2 {
					copy(dst[k:], dst[:k])
				}
			}
			c.advance(o, EDI, n*size)
			return n, false
		}
	}
	c.stos1(o)
	return 1, false
}

func (c *CPU) lods(o *op) {
	if o.flags&opAnyRep == 0 {
		c.lods1(o)
		return
	}
	c.repeat(o, func(c *CPU, o *op, _ uint32) (uint32, bool) {
		c.lods1(o)
		return 1, false
	})
}

func (c *CPU) lods1(o *op) {
	c.setReg(EAX, 0, o.size, c.ld(o.seg, c.r[ESI]&o.countMask(), o.size))
	c.advance(o, ESI, c.step(o))
}

func (c *CPU) scas(o *op) {
	if o.flags&opAnyRep == 0 {
		c.scas1(o)
		return
	}
	c.repeat(o, (*CPU).scasChunk)
}

func (c *CPU) scas1(o *op) {
	b := c.ld(ES, c.r[EDI]&o.countMask(), o.size)
	c.advance(o, EDI, c.step(o))
	c.compare(c.getReg(EAX, 0, o.size), b, o.size)
}

func (c *CPU) scasChunk(o *op, most uint32) (uint32, bool) {
	size := uint32(o.size)
	equal := o.flags&opRep != 0 // continue while equal
	if c.eflags&FlagDF == 0 {
		p := c.window(ES, c.r[EDI]&o.countMask(), o, false)
		n := min(most, uint32(len(p))/size)
		if n > 1 {
			a := c.getReg(EAX, 0, o.size)
			i := uint32(0)
			if size == 1 && !equal {
				if k := bytes.IndexByte(p[:n], byte(a)); k >= 0 {
					i = uint32(k)
				} else {
					i = n
				}
			} else {
				for i < n && (element(p, i, size) == a) == equal {
					i++
				}
			}
			done := i < n
			if done {
				i++
			}
			c.compare(a, element(p, i-1, size), o.size)
			c.advance(o, EDI, i*size)
			return i, done
		}
	}
	c.scas1(o)
	return 1, c.zf() != equal
}

func element(p []byte, i, size uint32) uint32 {
	switch size {
	case 1:
		return uint32(p[i])
	case 2:
		return uint32(binary.LittleEndian.Uint16(p[i*2:]))
	}
	return binary.LittleEndian.Uint32(p[i*4:])
}

func (c *CPU) cmps(o *op) {
	if o.flags&opAnyRep == 0 {
		c.cmps1(o)
		return
	}
	c.repeat(o, (*CPU).cmpsChunk)
}

func (c *CPU) cmps1(o *op) {
	m := o.countMask()
	a := c.ld(o.seg, c.r[ESI]&m, o.size)
	b := c.ld(ES, c.r[EDI]&m, o.size)
	c.advance(o, ESI, c.step(o))
	c.advance(o, EDI, c.step(o))
	c.compare(a, b, o.size)
}

func (c *CPU) cmpsChunk(o *op, most uint32) (uint32, bool) {
	m, size := o.countMask(), uint32(o.size)
	equal := o.flags&opRep != 0
	if c.eflags&FlagDF == 0 {
		p := c.window(o.seg, c.r[ESI]&m, o, false)
		q := c.window(ES, c.r[EDI]&m, o, false)
		n := min(most, uint32(len(p))/size, uint32(len(q))/size)
		if n > 1 {
			i := uint32(0)
			if equal && bytes.Equal(p[:n*size], q[:n*size]) {
				i = n
			} else {
				for i < n && (element(p, i, size) == element(q, i, size)) == equal {
					i++
				}
			}
			done := i < n
			if done {
				i++
			}
			c.compare(element(p, i-1, size), element(q, i-1, size), o.size)
			c.advance(o, ESI, i*size)
			c.advance(o, EDI, i*size)
			return i, done
		}
	}
	c.cmps1(o)
	return 1, c.zf() != equal
}

func (c *CPU) ins(o *op) {
	if o.flags&opAnyRep == 0 {
		c.ins1(o)
		return
	}
	c.repeat(o, func(c *CPU, o *op, _ uint32) (uint32, bool) {
		c.ins1(o)
		return 1, false
	})
}

// ins1 checks the destination before the port is read: the read has effects.
func (c *CPU) ins1(o *op) {
	port := uint16(c.r[EDX])
	c.checkPort(port, o.size)
	off := c.r[EDI] & o.countMask()
	c.probe(ES, off, uint32(o.size))
	c.st(ES, off, c.portIn(port, o.size), o.size)
	c.advance(o, EDI, c.step(o))
}

func (c *CPU) outs(o *op) {
	if o.flags&opAnyRep == 0 {
		c.outs1(o)
		return
	}
	c.repeat(o, func(c *CPU, o *op, _ uint32) (uint32, bool) {
		c.outs1(o)
		return 1, false
	})
}

func (c *CPU) outs1(o *op) {
	port := uint16(c.r[EDX])
	c.checkPort(port, o.size)
	v := c.ld(o.seg, c.r[ESI]&o.countMask(), o.size)
	c.advance(o, ESI, c.step(o))
	c.portOut(port, o.size, v)
}
