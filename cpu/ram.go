package cpu

import "slices"

// Bits kept for each page of a [RAM].
const (
	dirtyFrame = 1 << iota // written since the last TakeDirty
	own                    // no frozen contents share it: it may be written in place
	hasCode                // blocks were decoded from it
	exposed                // the TLB may read it where it is, though it is not owned

	// writable is the state in which a store needs nothing but the store.
	writable = dirtyFrame | own
)

// RAM is a block of memory with per-page bookkeeping: main memory, video
// memory or a ROM. The bits belong to the memory, not to the address at which
// it is visible.
//
// Its contents are pages that frozen contents share: what Freeze gave does not
// change any more, for a page is copied before it is first written again. A
// flat block keeps its pages in place, in one slice, and copies when it freezes.
type RAM struct {
	pages []*[PageSize]byte // nil is a page of zeros
	state []uint8
	owned []int32 // the pages in that state
	code  []*[codeChunk]codePage
	mem   *Memory

	// same are the frozen contents that all pages but the owned ones have.
	same []*[PageSize]byte

	flat   []byte
	frozen []*[PageSize]byte // of a flat block: its pages as they last were frozen
}

// codeChunk is how many pages share one allocation of what lists their code.
const codeChunk = 256

// codePage lists the blocks decoded from one page.
type codePage struct {
	head   *block
	chunks uint64 // bit i: some block covers bytes of the 64-byte chunk i
}

// zeros is what a page shows that was never written.
var zeros [PageSize]byte

// NewRAM returns a zeroed block; size is rounded up to whole pages.
func NewRAM(size int) *RAM {
	n := (size + pageMask) >> pageShift
	return &RAM{pages: make([]*[PageSize]byte, n), state: make([]uint8, n), code: make([]*[codeChunk]codePage, n/codeChunk+1)}
}

// NewFlatRAM returns a zeroed block that a device sees as one slice, which is
// valid as long as the block is in use.
func NewFlatRAM(size int) *RAM {
	r := NewRAM(size)
	r.allocFlat(r.Size())
	for i := range r.pages {
		r.pages[i] = (*[PageSize]byte)(r.flat[i<<pageShift:])
	}
	r.frozen = make([]*[PageSize]byte, len(r.pages))
	return r
}

// Size is the length of the block in bytes.
func (r *RAM) Size() int { return len(r.pages) << pageShift }

// Bytes gives the contents of a flat block. Writes must be followed by
// [RAM.Changed].
func (r *RAM) Bytes() []byte { return r.flat }

// Read copies what is at an offset to p.
func (r *RAM) Read(off int, p []byte) {
	for len(p) > 0 {
		n := copy(p, r.page(int32(off >> pageShift))[off&pageMask:])
		off += n
		p = p[n:]
	}
}

// Write stores p at an offset, as a device does.
func (r *RAM) Write(off int, p []byte) {
	for len(p) > 0 {
		n := min(len(p), PageSize-off&pageMask)
		r.Changed(off, n)
		copy(r.pages[off>>pageShift][off&pageMask:], p[:n])
		off += n
		p = p[n:]
	}
}

// Changed marks a range as written and drops code decoded from it.
func (r *RAM) Changed(off, n int) {
	for n > 0 {
		k := min(n, PageSize-off&pageMask)
		r.touch(off>>pageShift, uint32(off&pageMask), uint32(k))
		off += k
		n -= k
	}
}

// touch is what a write of n bytes at an offset in a page needs besides.
func (r *RAM) touch(page int, off, n uint32) {
	if r.state[page]&hasCode != 0 {
		r.mem.invalidate(r, page, off, n)
	}
	if r.state[page]&own == 0 {
		r.take(page)
	}
	r.state[page] |= writable
}

// take gives the block a page of its own in place of a shared one.
func (r *RAM) take(page int) {
	if r.flat == nil {
		shared := r.page(int32(page))
		mine := new([PageSize]byte)
		if r.pages[page] != nil {
			*mine = *shared
		}
		r.pages[page] = mine
		if r.state[page]&exposed != 0 {
			r.mem.moved(shared)
		}
	}
	r.state[page] = r.state[page]&^exposed | own
	r.owned = append(r.owned, int32(page))
}

// TakeDirty calls visit for each page written since the last call.
func (r *RAM) TakeDirty(visit func(page int)) {
	any := false
	for i, s := range r.state {
		if s&dirtyFrame != 0 {
			r.state[i] = s &^ dirtyFrame
			any = true
			if visit != nil {
				visit(i)
			}
		}
	}
	if any {
		r.mem.rearm()
	}
}

// Freeze returns the contents as pages that nobody writes any more, nil for
// one of zeros. What has not changed since the last time is the same page.
func (r *RAM) Freeze() []*[PageSize]byte {
	if len(r.owned) == 0 && r.same != nil {
		return r.same
	}
	for _, i := range r.owned {
		r.state[i] &^= own
		if r.flat != nil {
			r.frozen[i] = clone(r.pages[i])
		}
	}
	r.owned = r.owned[:0]
	r.mem.moved(nil)
	r.same = slices.Clone(*r.shared())
	return r.same
}

// shared is the table of those pages that may be part of frozen contents.
func (r *RAM) shared() *[]*[PageSize]byte {
	if r.flat != nil {
		return &r.frozen
	}
	return &r.pages
}

func clone(page *[PageSize]byte) *[PageSize]byte {
	if *page == zeros {
		return nil
	}
	c := *page
	return &c
}

// Thaw makes pages that Freeze gave, of this or another block of the size, the
// contents. The caller does not write them either.
func (r *RAM) Thaw(pages []*[PageSize]byte) {
	table := *r.shared()
	if len(r.same) == 0 || &pages[0] != &r.same[0] {
		for i, page := range pages {
			if page != table[i] && r.state[i]&own == 0 {
				r.put(table, i, page)
			}
		}
	}
	for _, i := range r.owned {
		r.put(table, int(i), pages[i])
	}
	r.owned, r.same = r.owned[:0], pages
	r.mem.moved(nil)
}

// put makes a frozen page the one at its place.
func (r *RAM) put(table []*[PageSize]byte, i int, page *[PageSize]byte) {
	if r.state[i]&hasCode != 0 {
		r.mem.invalidate(r, i, 0, PageSize)
	}
	table[i] = page
	if r.flat != nil {
		*r.pages[i] = zeros
		if page != nil {
			*r.pages[i] = *page
		}
	}
	r.state[i] = r.state[i]&^own | dirtyFrame
}

func (r *RAM) codePage(page int32) *codePage {
	chunk := &r.code[page/codeChunk]
	if *chunk == nil {
		*chunk = new([codeChunk]codePage)
	}
	return &(*chunk)[page%codeChunk]
}

// page is a page for reading.
func (r *RAM) page(i int32) *[PageSize]byte {
	if p := r.pages[i]; p != nil {
		return p
	}
	return &zeros
}
