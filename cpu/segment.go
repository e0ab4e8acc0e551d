package cpu

// Segment attributes: the second doubleword of a descriptor without base and
// limit bits (PRM 5.2).
const (
	segA    = 1 << 8  // accessed
	segW    = 1 << 9  // data: writable; code: readable
	segC    = 1 << 10 // data: expand down; code: conforming
	segCode = 1 << 11
	segS    = 1 << 12 // code or data, not system
	segP    = 1 << 15
	segB    = 1 << 22 // 32 bit
	segG    = 1 << 23

	segFlagMask = 0x00F0FF00
)

// segment is a segment register with its descriptor cache.
type segment struct {
	selector uint16
	base     uint32
	limit    uint32 // in bytes
	flags    uint32

	// An access that ends at or below rtop (reading) or wtop (writing) is
	// within the segment. Everything else takes the exact check.
	rtop, wtop uint64
}

func (s *segment) dpl() uint8 { return uint8(s.flags>>13) & 3 }

// derive computes rtop and wtop.
func (s *segment) derive(pe bool) {
	s.rtop, s.wtop = 0, 0
	top := uint64(s.limit) + 1
	if !pe {
		// Real mode ignores the type.
		s.rtop, s.wtop = top, top
		return
	}
	f := s.flags
	switch {
	case f&segP == 0 || f&segS == 0:
	case f&segCode != 0:
		if f&segW != 0 {
			s.rtop = top
		}
	case f&segC == 0:
		s.rtop = top
		if f&segW != 0 {
			s.wtop = top
		}
	}
}

// checkRead raises the fault of reading n bytes at off, if any.
func (c *CPU) checkRead(s uint8, off, n uint32) {
	sg := &c.seg[s&7]
	if c.cr0&CR0PE != 0 {
		f := sg.flags
		if f&segP == 0 || f&(segCode|segW) == segCode {
			c.segFault(s)
		}
	}
	c.checkLimit(s, off, n)
}

// checkWrite raises the fault of writing n bytes at off, if any.
func (c *CPU) checkWrite(s uint8, off, n uint32) {
	sg := &c.seg[s&7]
	if c.cr0&CR0PE != 0 {
		f := sg.flags
		if f&segP == 0 || f&(segCode|segW) != segW {
			c.segFault(s)
		}
	}
	c.checkLimit(s, off, n)
}

func (c *CPU) checkLimit(s uint8, off, n uint32) {
	if !c.seg[s&7].inLimit(off, n, c.cr0&CR0PE != 0) {
		c.segFault(s)
	}
}

// inLimit tells whether n bytes at off lie within the segment (PRM 5.2.2.2).
func (s *segment) inLimit(off, n uint32, pe bool) bool {
	last := off + n - 1
	if pe && s.flags&(segCode|segC) == segC {
		top := uint32(0xFFFF)
		if s.flags&segB != 0 {
			top = 0xFFFFFFFF
		}
		return off > s.limit && last >= off && last <= top
	}
	return last >= off && last <= s.limit
}

// segFault raises #SS for the stack segment and #GP for the others.
func (c *CPU) segFault(s uint8) {
	if s == SS {
		c.raiseCode(excSS, 0)
	}
	c.raiseCode(excGP, 0)
}

// descriptor is an entry of a descriptor table.
type descriptor struct {
	lo, hi uint32
	addr   uint32 // linear
}

func (d *descriptor) base() uint32 { return d.lo>>16 | d.hi<<16&0xFF0000 | d.hi&0xFF000000 }

func (d *descriptor) limit() uint32 {
	l := d.lo&0xFFFF | d.hi&0xF0000
	if d.hi&segG != 0 {
		l = l<<12 | 0xFFF
	}
	return l
}

func (d *descriptor) dpl() uint8    { return uint8(d.hi>>13) & 3 }
func (d *descriptor) present() bool { return d.hi&segP != 0 }

// system returns the type of a system descriptor, or -1 for code and data.
func (d *descriptor) system() int {
	if d.hi&segS != 0 {
		return -1
	}
	return int(d.hi >> 8 & 15)
}

func (d *descriptor) isCode() bool     { return d.hi&(segS|segCode) == segS|segCode }
func (d *descriptor) isData() bool     { return d.hi&(segS|segCode) == segS }
func (d *descriptor) conforming() bool { return d.hi&segC != 0 }

// segment makes a segment register from the descriptor.
func (d *descriptor) segment(sel uint16) segment {
	return segment{selector: sel, base: d.base(), limit: d.limit(), flags: d.hi & segFlagMask}
}

// lookup reads the descriptor of a selector; ok is false outside the table.
func (c *CPU) lookup(sel uint16) (d descriptor, ok bool) {
	base, limit := c.gdt.base, c.gdt.limit
	if sel&4 != 0 {
		if c.ldt.flags&segP == 0 || c.ldt.selector&^3 == 0 {
			return d, false
		}
		base, limit = c.ldt.base, c.ldt.limit
	}
	i := uint32(sel &^ 7)
	if i+7 > limit {
		return d, false
	}
	d.addr = base + i
	d.lo = c.sysRead32(d.addr)
	d.hi = c.sysRead32(d.addr + 4)
	return d, true
}

// need is lookup that raises a fault with the selector as error code.
func (c *CPU) need(sel uint16, vector uint8) descriptor {
	d, ok := c.lookup(sel)
	if !ok {
		c.raiseCode(vector, uint32(sel&^3))
	}
	return d
}

// setAccessed sets the accessed bit of a descriptor in memory.
func (c *CPU) setAccessed(d *descriptor) {
	if d.hi&segA == 0 {
		d.hi |= segA
		c.sysWrite8(d.addr+5, d.hi>>8&0xFF)
	}
}

// realSegment is a segment register load in real and virtual-8086 mode.
func (c *CPU) realSegment(s int, sel uint16) {
	sg := &c.seg[s]
	sg.selector = sel
	sg.base = uint32(sel) << 4
	if c.v86() {
		sg.limit = 0xFFFF
		sg.flags = segP | segS | 3<<13 | 3<<8
	}
	sg.derive(c.cr0&CR0PE != 0)
	if s == SS || s == CS {
		c.modeChanged()
	}
}

// loadSegment is MOV, POP and LxS to a data segment register (SDM 3, 5.3 to 5.7).
func (c *CPU) loadSegment(s int, sel uint16) {
	if !c.protected() {
		c.realSegment(s, sel)
		return
	}
	if s == SS {
		seg := c.stackSegment(sel, c.cpl, excGP)
		c.seg[SS] = seg
		c.modeChanged()
		return
	}
	if sel&^3 == 0 {
		c.seg[s] = segment{selector: sel}
		return
	}
	d := c.need(sel, excGP)
	readable := d.isData() || d.isCode() && d.hi&segW != 0
	if !readable {
		c.raiseCode(excGP, uint32(sel&^3))
	}
	if !(d.isCode() && d.conforming()) && (uint8(sel&3) > d.dpl() || c.cpl > d.dpl()) {
		c.raiseCode(excGP, uint32(sel&^3))
	}
	if !d.present() {
		c.raiseCode(excNP, uint32(sel&^3))
	}
	c.setAccessed(&d)
	seg := d.segment(sel)
	seg.derive(true)
	c.seg[s] = seg
}

// stackSegment checks a selector for SS at a privilege level and returns the
// segment. vector is #GP for an explicit load and #TS for a stack out of a TSS.
func (c *CPU) stackSegment(sel uint16, cpl uint8, vector uint8) segment {
	code := uint32(sel &^ 3)
	if code == 0 {
		c.raiseCode(vector, 0)
	}
	d := c.need(sel, vector)
	if uint8(sel&3) != cpl || !d.isData() || d.hi&segW == 0 || d.dpl() != cpl {
		c.raiseCode(vector, code)
	}
	if !d.present() {
		c.raiseCode(excSS, code)
	}
	c.setAccessed(&d)
	seg := d.segment(sel)
	seg.derive(true)
	return seg
}

// Segment returns a segment register's selector and descriptor cache.
func (c *CPU) Segment(i int) (selector uint16, base, limit, flags uint32) {
	s := &c.seg[i%6]
	return s.selector, s.base, s.limit, s.flags
}

// SetSegment sets a segment register without checks; SS also sets the CPL in
// protected mode.
func (c *CPU) SetSegment(i int, selector uint16, base, limit, flags uint32) {
	c.seg[i%6] = segment{selector: selector, base: base, limit: limit, flags: flags & segFlagMask}
	if i == SS {
		c.cpl = 0
		if c.v86() {
			c.cpl = 3
		} else if c.cr0&CR0PE != 0 {
			c.cpl = uint8(flags>>13) & 3
		}
	}
	c.gen++
	c.modeChanged()
}
