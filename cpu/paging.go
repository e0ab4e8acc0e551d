package cpu

// Page table entry bits (PRM 5.3).
const (
	pteP = 1 << 0
	pteW = 1 << 1
	pteU = 1 << 2
	pteA = 1 << 5
	pteD = 1 << 6
	pteS = 1 << 7 // page size, in a directory entry
	pteG = 1 << 8

	pdeReserved = 0x003FF000 // in the directory entry of a large page
)

// translate gives the physical address of a linear one and checks the access;
// it raises #PF. user is 1 for accesses with user privilege.
func (c *CPU) translate(lin uint32, write bool, user int) uint32 {
	s := &c.tlbs[user].slow[lin>>pageShift&tlbMask]
	if s.page == lin&^pageMask|1 && (s.write || !write) {
		return s.phys | lin&pageMask
	}
	if c.cr0&CR0PG == 0 {
		phys := lin & c.a20
		c.fill(user, lin, phys, write, true, false)
		return phys
	}
	return c.walk(lin, write, user)
}

// walk looks lin up in the page tables, sets the accessed and dirty bits and
// fills the TLB.
func (c *CPU) walk(lin uint32, write bool, user int) uint32 {
	code := uint32(0)
	if write {
		code |= 2
	}
	if user != 0 {
		code |= 4
	}
	pdeAddr := (c.cr3&^pageMask | lin>>20&0xFFC) & c.a20
	pde := c.mem.read(pdeAddr, 4)
	if pde&pteP == 0 {
		c.pageFault(lin, code)
	}
	large := pde&pteS != 0 && c.cr4&CR4PSE != 0
	perm, pteAddr, pte := pde, pdeAddr, pde
	if large && pde&pdeReserved != 0 {
		c.pageFault(lin, code|9)
	}
	if !large {
		pteAddr = (pde&^pageMask | lin>>10&0xFFC) & c.a20
		pte = c.mem.read(pteAddr, 4)
		if pte&pteP == 0 {
			// The accessed bit of the directory entry is set only if the whole
			// walk succeeds.
			c.pageFault(lin, code)
		}
		perm &= pte
	}
	// Supervisor writes to read-only pages are checked with CR0.WP only, which
	// the 386 lacks.
	readOnly := perm&pteW == 0 && (user != 0 || c.cr0&CR0WP != 0)
	if user != 0 && perm&pteU == 0 || write && readOnly {
		c.pageFault(lin, code|1)
	}
	if !large {
		c.setPTE(pdeAddr, pde, pteA)
	}
	set := uint32(pteA)
	if write {
		set |= pteD
	}
	c.setPTE(pteAddr, pte, set)
	var phys uint32
	if large {
		phys = (pde&0xFFC00000 | lin&0x3FFFFF) & c.a20
		c.large[lin>>28] |= 1 << (lin >> 22 & 63)
	} else {
		phys = (pte&^pageMask | lin&pageMask) & c.a20
	}
	dirty := write || pte&pteD != 0
	c.fill(user, lin, phys, write, dirty && !readOnly, pte&pteG != 0 && c.cr4&CR4PGE != 0)
	return phys
}

// invlpg forgets the translation of a page, the whole of a large one.
func (c *CPU) invlpg(lin uint32) {
	if c.large[lin>>28]>>(lin>>22&63)&1 == 0 {
		c.flushPage(lin)
		return
	}
	first := lin &^ 0x3FFFFF
	for page := uint32(0); page < 0x400000; page += PageSize {
		c.flushPage(first + page)
	}
}

func (c *CPU) setPTE(addr, old, set uint32) {
	if old&set != set {
		c.mem.write(addr, 4, old|set)
	}
}

func (c *CPU) pageFault(lin, code uint32) {
	c.fault = fault{vector: excPF, code: code, hasCode: true, cr2: lin}
	panic(faultSignal)
}

// ReadLinear reads as a debugger does: without privileges, faults or effects.
// It returns how many bytes there are before a page that is not present.
func (c *CPU) ReadLinear(lin uint32, p []byte) int {
	for n := 0; n < len(p); {
		phys, present := c.peek(lin + uint32(n))
		if !present {
			return n
		}
		k := min(len(p)-n, PageSize-int(phys&pageMask))
		c.mem.Read(phys, p[n:n+k])
		n += k
	}
	return len(p)
}

// peek is walk without checks and effects.
func (c *CPU) peek(lin uint32) (phys uint32, present bool) {
	if c.cr0&CR0PG == 0 {
		return lin & c.a20, true
	}
	pde := c.mem.read((c.cr3&^pageMask|lin>>20&0xFFC)&c.a20, 4)
	if pde&pteP == 0 {
		return 0, false
	}
	if pde&pteS != 0 && c.cr4&CR4PSE != 0 {
		return (pde&0xFFC00000 | lin&0x3FFFFF) & c.a20, true
	}
	pte := c.mem.read((pde&^pageMask|lin>>10&0xFFC)&c.a20, 4)
	return (pte&^pageMask | lin&pageMask) & c.a20, pte&pteP != 0
}

// SetA20 opens or masks address line 20.
func (c *CPU) SetA20(open bool) {
	mask := uint32(0xFFFFFFFF)
	if !open {
		mask = 0xFFEFFFFF
	}
	if c.a20 != mask {
		c.a20 = mask
		c.flushTLB(true)
		c.breakBlock()
	}
}

// A20 tells whether address line 20 is open.
func (c *CPU) A20() bool { return c.a20 == 0xFFFFFFFF }
