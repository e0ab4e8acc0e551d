package cpu

// The software TLB. It is direct mapped; one instance serves supervisor and one
// user accesses. An entry's tags are page addresses: an access of n bytes hits
// if lin-tag <= 4096-n, one comparison that also excludes accesses crossing the
// page. A tag that must not hit holds the address of a page that belongs to
// another slot.
//
// wtag hits only if a store needs nothing but the store: the page is writable,
// its PTE is dirty, the memory behind it is marked as written, shared with no
// snapshot, and no code was decoded from it.

const (
	tlbSize = 2048
	tlbMask = tlbSize - 1
)

// tlbEntry is what the fast path looks at (BenchmarkMemory).
type tlbEntry struct {
	rtag, wtag uint32
	host       *[PageSize]byte
}

// tlbSlow is the rest of an entry, used for device pages, clean pages and code.
type tlbSlow struct {
	page   uint32 // linear page address | 1, or 0 when empty
	phys   uint32
	write  bool // writes are permitted and the PTE is dirty
	global bool
}

type tlbState struct {
	fast   [tlbSize]tlbEntry
	slow   [tlbSize]tlbSlow
	filled [tlbSize]uint16 // the n slots in use, so that a flush costs what was used
	n      int
}

// noTag is a tag that no access through slot i can match.
func noTag(i uint32) uint32 { return (i ^ 1) << pageShift }

// missTLB never hits: every access takes the path that checks its alignment.
var missTLB = func() (t [tlbSize]tlbEntry) {
	for i := range t {
		t[i].rtag, t[i].wtag = noTag(uint32(i)), noTag(uint32(i))
	}
	return t
}()

func (t *tlbState) init() {
	for i := range t.fast {
		t.fast[i].rtag = noTag(uint32(i))
		t.fast[i].wtag = noTag(uint32(i))
	}
}

func (t *tlbState) drop(i uint32) {
	t.fast[i].rtag = noTag(i)
	t.fast[i].wtag = noTag(i)
	t.slow[i].page = 0
}

// forget is drop for a slot that stays listed in filled, hence is not empty.
func (t *tlbState) forget(i uint32) {
	t.fast[i].rtag = noTag(i)
	t.fast[i].wtag = noTag(i)
	t.slow[i].page = noTag(i) | 1
}

// flushTLB forgets translations; global pages survive unless all is set.
func (c *CPU) flushTLB(all bool) {
	c.gen++
	if all {
		clear(c.large[:])
	}
	for u := range c.tlbs {
		t := &c.tlbs[u]
		keep := 0
		for _, i := range t.filled[:t.n] {
			if !all && t.slow[i].global {
				t.filled[keep] = i
				keep++
				continue
			}
			t.drop(uint32(i))
		}
		t.n = keep
	}
}

// hidePages forgets all translations, for pages are going to be elsewhere.
func (c *CPU) hidePages() {
	for u := range c.tlbs {
		t := &c.tlbs[u]
		for _, i := range t.filled[:t.n] {
			if p := c.mem.page(t.slow[i].phys); p.ram != nil {
				p.ram.state[p.index] &^= exposed
			}
		}
	}
	c.flushTLB(true)
}

// flushPage forgets the translation of one linear page (INVLPG).
func (c *CPU) flushPage(lin uint32) {
	c.gen++
	i := lin >> pageShift & tlbMask
	for u := range c.tlbs {
		t := &c.tlbs[u]
		if t.slow[i].page == lin&^pageMask|1 {
			t.forget(i)
		}
	}
}

// dropWriteTags sends stores through the slow path again, for one host page or all.
func (c *CPU) dropWriteTags(host *[PageSize]byte) {
	for u := range c.tlbs {
		t := &c.tlbs[u]
		for _, i := range t.filled[:t.n] {
			if host == nil || t.fast[i].host == host {
				t.fast[i].wtag = noTag(uint32(i))
			}
		}
	}
}

// dropHost forgets the translations to a page of the host's memory.
func (c *CPU) dropHost(host *[PageSize]byte) {
	for u := range c.tlbs {
		t := &c.tlbs[u]
		for _, i := range t.filled[:t.n] {
			if t.fast[i].host == host {
				t.forget(uint32(i))
			}
		}
	}
}

// fill enters a translation that is needed for a store, or for reading.
func (c *CPU) fill(user int, lin, phys uint32, store, write, global bool) {
	t := &c.tlbs[user]
	i := lin >> pageShift & tlbMask
	if t.slow[i].page == 0 {
		t.filled[t.n] = uint16(i)
		t.n++
	}
	page := lin &^ pageMask
	t.slow[i] = tlbSlow{page: page | 1, phys: phys &^ pageMask, write: write, global: global}
	e := &t.fast[i]
	e.rtag, e.wtag = noTag(i), noTag(i)
	p := c.mem.page(phys)
	if p.ram == nil {
		e.host = nil
		return
	}
	if store && !p.rom && p.ram.state[p.index]&own == 0 {
		// Now it is not exposed yet, and nothing has to be searched.
		p.ram.take(int(p.index))
	}
	c.expose(e, page, p, write)
}

// expose lets accesses to a page take the fast path.
func (c *CPU) expose(e *tlbEntry, page uint32, p physPage, write bool) {
	state := &p.ram.state[p.index]
	e.host, e.rtag = p.ram.page(p.index), page
	if write && !p.rom && *state == writable {
		e.wtag = page
	}
	if *state&own == 0 {
		*state |= exposed
	}
}

// armWrite lets further stores to a page take the fast path, if nothing is in the way.
func (c *CPU) armWrite(user int, lin uint32) {
	t := &c.tlbs[user]
	i := lin >> pageShift & tlbMask
	s := &t.slow[i]
	if s.page != lin&^pageMask|1 || !s.write {
		return
	}
	if p := c.mem.page(s.phys); p.ram != nil {
		c.expose(&t.fast[i], lin&^pageMask, p, true)
	}
}
