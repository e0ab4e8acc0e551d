package cpu

// A basic block is a run of decoded instructions that starts at one physical
// address and ends at a branch, at an instruction that may change what follows
// (mode, interrupts, I/O), at the end of the page or after maxOps instructions.
// Blocks are found by the physical address, the offset in CS, the CS limit and
// the mode bits, so that branch targets and limit checks are constants.

const (
	maxOps      = 32
	opChunk     = 1 << 12
	opArena     = 1 << 17
	blockChunk  = 1 << 9
	blockArena  = 1 << 14
	hashBuckets = 1 << 14
	jumpSlots   = 1 << 12
)

// Mode bits of a block.
const (
	modeCode32 = 1 << iota // CS.D
	modeUser               // CPL 3
)

type block struct {
	ops         []op
	taken, fall *block // successors within the same page, once known
	n           int32  // instructions
	valid       bool
	cross       bool // its only instruction runs into the next page
	mode        uint32
	eip         uint32
	limit       uint32
	phys, phys2 uint32 // first byte; with cross, the first byte of the second page
	size        uint32 // in bytes
	ram, ram2   *RAM   // memory that holds the code
	page, page2 int32

	hnext         *block // hash bucket
	pnext, pnext2 *block // code list of page and page2
}

// blockCache owns all blocks. Both arenas only grow, in chunks, so that a
// machine that does little takes little memory; when one is full everything is
// dropped.
type blockCache struct {
	ops     [][]op
	blocks  [][]block
	nops    int
	nblocks int
	hash    []*block
	jump    []jumpEntry

	scratch    block // for truncated blocks and code that cannot be kept
	scratchOps [maxOps + 2]op
	stop       block // makes the loop return
}

// jumpEntry finds the block of an indirect branch or of another page quickly. It
// holds as long as linear addresses mean what they meant.
type jumpEntry struct {
	b    *block
	base uint32
	gen  uint32
}

func (bc *blockCache) init() {
	bc.hash = make([]*block, hashBuckets)
	bc.jump = make([]jumpEntry, jumpSlots)
	bc.stop.n = 1
}

func hashPhys(phys uint32) uint32 { return (phys ^ phys>>13) & (hashBuckets - 1) }

// next returns the block at c.eip, or the stop block if no instructions are left.
func (c *CPU) next() *block {
	if c.left <= 0 {
		return c.stopBlock()
	}
	eip := c.eip
	base := c.seg[CS].base
	j := &c.blocks.jump[(eip^eip>>12^base>>2)&(jumpSlots-1)]
	if b := j.b; b != nil && b.eip == eip && j.base == base && j.gen == c.gen &&
		b.valid && b.mode == c.mode && b.limit == c.seg[CS].limit {
		return b
	}
	b := c.find()
	if b.valid && !b.cross {
		*j = jumpEntry{b: b, base: base, gen: c.gen}
	}
	return b
}

func (c *CPU) stopBlock() *block {
	c.blocks.stop.eip = c.eip
	return &c.blocks.stop
}

// follow is next after a direct branch of b; it links blocks of one page.
func (c *CPU) follow(b *block, link **block) *block {
	c.op = nil
	from := b.phys
	n := c.next()
	// A block of the same page with the same CS: the distance in physical
	// addresses is the distance of the offsets.
	if n.valid && !n.cross && b.valid && !b.cross && (from^n.phys)&^pageMask == 0 &&
		n.phys-from == n.eip-b.eip && n.mode == b.mode && n.limit == b.limit {
		*link = n
	}
	return n
}

// fetchAddr translates c.eip for fetching; it raises the faults of a fetch.
func (c *CPU) fetchAddr(eip uint32) uint32 {
	cs := &c.seg[CS]
	if eip > cs.limit {
		c.raiseCode(excGP, 0)
	}
	return c.translate(cs.base+eip, false, c.user)
}

// find looks c.eip up in the cache and decodes a block if need be.
func (c *CPU) find() *block {
	c.op = nil
	eip := c.eip
	phys := c.fetchAddr(eip)
	limit := c.seg[CS].limit
	for b := c.blocks.hash[hashPhys(phys)]; b != nil; b = b.hnext {
		if b.phys == phys && b.eip == eip && b.mode == c.mode && b.limit == limit {
			if b.cross && c.translate((c.seg[CS].base+eip)&^pageMask+PageSize, false, c.user) != b.phys2 {
				continue
			}
			return b
		}
	}
	return c.build(phys)
}

// build decodes a new block at c.eip and keeps it if its memory allows.
func (c *CPU) build(phys uint32) *block {
	bc := &c.blocks
	if !bc.room() {
		c.dropAllBlocks()
		bc.room()
	}
	pg := c.mem.page(phys)
	if pg.ram == nil {
		return c.truncated(1)
	}
	b := &bc.blocks[bc.nblocks/blockChunk][bc.nblocks%blockChunk]
	*b = block{}
	from := bc.nops % opChunk
	ops := c.decodeBlock(b, bc.ops[bc.nops/opChunk][from:from:from+maxOps+2], phys, maxOps)
	b.ram, b.page = pg.ram, pg.index
	if b.cross {
		q := c.mem.page(b.phys2)
		if q.ram == nil || q.ram == pg.ram && q.index == pg.index {
			return c.truncated(1)
		}
		b.ram2, b.page2 = q.ram, q.index
		first := PageSize - phys&pageMask
		c.addCode(b, b.ram2, b.page2, 0, b.size-first)
		c.addCode(b, b.ram, b.page, phys&pageMask, first)
	} else {
		c.addCode(b, b.ram, b.page, phys&pageMask, b.size)
	}
	b.ops = ops
	b.valid = true
	bc.nops += len(ops)
	bc.nblocks++
	h := hashPhys(phys)
	b.hnext = bc.hash[h]
	bc.hash[h] = b
	return b
}

// room makes place for one more block, or tells that there is none.
func (bc *blockCache) room() bool {
	if bc.nops%opChunk+maxOps+2 > opChunk {
		bc.nops += opChunk - bc.nops%opChunk
	}
	if bc.nops == opArena || bc.nblocks == blockArena {
		return false
	}
	if bc.nops/opChunk == len(bc.ops) {
		bc.ops = append(bc.ops, make([]op, opChunk))
	}
	if bc.nblocks/blockChunk == len(bc.blocks) {
		bc.blocks = append(bc.blocks, make([]block, blockChunk))
	}
	return true
}

// truncated decodes at most max instructions at c.eip into the scratch block.
func (c *CPU) truncated(max int) *block {
	c.op = nil
	b := &c.blocks.scratch
	*b = block{}
	phys := c.fetchAddr(c.eip)
	b.ops = c.decodeBlock(b, c.blocks.scratchOps[:0], phys, max)
	if pg := c.mem.page(phys); max > 1 && pg.ram != nil && !b.cross {
		// It may overwrite itself like any other.
		b.ram, b.page, b.valid = pg.ram, pg.index, true
		c.addCode(b, b.ram, b.page, phys&pageMask, b.size)
	}
	return b
}

// releaseScratch takes the scratch block out of the code lists.
func (c *CPU) releaseScratch() {
	b := &c.blocks.scratch
	if b.ram == nil {
		return
	}
	cp := b.ram.codePage(b.page)
	for p := &cp.head; *p != nil; p = (*p).link(b.ram, b.page) {
		if *p == b {
			*p = b.pnext
			break
		}
	}
	if cp.head == nil {
		cp.chunks = 0
		b.ram.state[b.page] &^= hasCode
	}
	b.valid, b.ram = false, nil
}

// addCode enters b into the list of a page.
func (c *CPU) addCode(b *block, ram *RAM, page int32, off, n uint32) {
	cp := ram.codePage(page)
	if ram == b.ram2 && page == b.page2 && off == 0 {
		b.pnext2 = cp.head
	} else {
		b.pnext = cp.head
	}
	cp.head = b
	cp.chunks |= chunkBits(off, n)
	if ram.state[page]&hasCode == 0 {
		ram.state[page] |= hasCode
		c.dropWriteTags(ram.page(page))
	}
}

func chunkBits(off, n uint32) uint64 {
	if n == 0 {
		n = 1
	}
	first, last := off>>6, (off+n-1)>>6
	return ^uint64(0) << first & (^uint64(0) >> (63 - last))
}

// link returns the pointer to the next block in the list of a page.
func (b *block) link(ram *RAM, page int32) **block {
	if b.ram == ram && b.page == page {
		return &b.pnext
	}
	return &b.pnext2
}

// invalidateCode drops the blocks that cover bytes of a page about to change.
func (c *CPU) invalidateCode(ram *RAM, page int32, off, n uint32) {
	cp := ram.codePage(page)
	if cp.chunks&chunkBits(off, n) == 0 {
		return
	}
	var chunks uint64
	dropped := false
	for p := &cp.head; *p != nil; {
		b := *p
		next := b.link(ram, page)
		if !b.valid {
			*p = *next
			continue
		}
		start, end := b.phys&pageMask, b.phys&pageMask+b.size
		if b.cross {
			if b.ram == ram && b.page == page {
				end = PageSize
			} else {
				start, end = 0, b.size-(PageSize-b.phys&pageMask)
			}
		}
		if start < off+n && off < end {
			c.drop(b)
			*p = *next
			dropped = true
			continue
		}
		chunks |= chunkBits(start, end-start)
		p = next
	}
	cp.chunks = chunks
	if dropped {
		for b := cp.head; b != nil; b = *b.link(ram, page) {
			if b.taken != nil && !b.taken.valid {
				b.taken = nil
			}
			if b.fall != nil && !b.fall.valid {
				b.fall = nil
			}
		}
	}
	if cp.head == nil {
		ram.state[page] &^= hasCode
	}
}

// drop removes a block from the hash and makes what is left of it, if it is
// running, come back to the cache.
func (c *CPU) drop(b *block) {
	b.valid = false
	for p := &c.blocks.hash[hashPhys(b.phys)]; *p != nil; p = &(*p).hnext {
		if *p == b {
			*p = b.hnext
			break
		}
	}
	b.taken, b.fall = nil, nil
	b.resync()
}

func (b *block) resync() {
	for i := range b.ops {
		o := &b.ops[i]
		if o.h == hFall {
			// Nothing follows; rem is 0 and eip the one to continue at.
			o.eip += uint32(o.len)
		}
		o.h = hResync
	}
}

// breakBlock makes the executor come back after the current operation.
func (c *CPU) breakBlock() {
	if !c.running {
		return
	}
	// What the block has left after this operation is given back by hResync,
	// and must not buy more instructions.
	rest := int64(0)
	if c.op != nil && c.op.rem > 1 {
		rest = c.cur.after(c.op)
	}
	c.target -= uint64(c.left + rest)
	c.left = -rest
	if rest == 0 {
		return
	}
	if b := c.cur; b.valid {
		// Dropping it is rare enough not to need another way out.
		c.invalidateCode(b.ram, b.page, b.phys&pageMask, 1)
	} else {
		b.resync()
	}
}

// after is the number of instructions of b that follow operation o.
func (b *block) after(o *op) int64 {
	for i := range b.ops[:len(b.ops)-1] {
		if &b.ops[i] == o {
			return int64(b.ops[i+1].rem)
		}
	}
	return 0
}

// dropAllBlocks empties the cache.
func (c *CPU) dropAllBlocks() {
	bc := &c.blocks
	for i := range bc.nblocks {
		b := &bc.blocks[i/blockChunk][i%blockChunk]
		for _, at := range []struct {
			ram  *RAM
			page int32
		}{{b.ram, b.page}, {b.ram2, b.page2}} {
			if at.ram != nil {
				*at.ram.codePage(at.page) = codePage{}
				at.ram.state[at.page] &^= hasCode
			}
		}
		b.valid = false
		b.taken, b.fall = nil, nil
	}
	bc.nblocks, bc.nops = 0, 0
	clear(bc.hash)
	clear(bc.jump)
	c.gen++
}

// handlerInfo is what the block builder knows about a handler.
type handlerInfo struct {
	name    string
	effects uint8
	safe    bool   // cannot fault, cannot leave the block
	noFlags uint16 // the same without flags, or 0
}

// handlerInfo.effects
const (
	fxWriteCF = 1 << iota
	fxWriteOther
	fxReadCF
	fxReadOther
)

// decodeBlock decodes up to most instructions at physical address phys (c.eip)
// and appends their ops to ops. It raises a page fault only for the first.
func (c *CPU) decodeBlock(b *block, ops []op, phys uint32, most int) []op {
	d := &c.dec
	*b = block{mode: c.mode, eip: c.eip, limit: c.seg[CS].limit, phys: phys}
	pg := c.mem.page(phys)
	off := phys & pageMask
	eip := c.eip
	n := 0
	ended := false
	for n < most && off < PageSize {
		avail := min(15, PageSize-off)
		if pg.ram != nil {
			copy(d.buf[:avail], pg.ram.page(pg.index)[off:])
		} else {
			for i := range avail {
				d.buf[i] = uint8(c.mem.read(phys&^pageMask|off+i, 1))
			}
		}
		if lim := c.seg[CS].limit; lim-eip < avail-1 && eip <= lim {
			avail = lim - eip + 1
		} else if eip > lim {
			break // the fetch will fault
		}
		ops = append(ops, op{})
		o := &ops[len(ops)-1]
		end := d.decode(c, o, eip, int(avail))
		if d.short && off+avail == PageSize && avail < 15 && c.seg[CS].limit-eip >= avail {
			if n > 0 {
				ops = ops[:len(ops)-1]
				break
			}
			// The instruction runs into the next page.
			b.cross = true
			b.phys2 = c.translate((c.seg[CS].base+eip)&^pageMask+PageSize, false, c.user)
			more := uint32(15)
			if lim := c.seg[CS].limit; lim-eip < 14 {
				more = lim - eip + 1
			}
			for i := avail; i < more; i++ {
				d.buf[i] = uint8(c.mem.read(b.phys2+i-avail, 1))
			}
			*o = op{}
			end = d.decode(c, o, eip, int(more))
		}
		if d.short {
			*o = op{h: hColdEnd, cold: coldGP, eip: eip, len: uint8(d.pos)}
			end = true
		}
		n++
		o.rem = 1
		eip += uint32(o.len)
		off += uint32(o.len)
		if most > 1 && len(ops) > 1 && o.h >= hJO && o.h <= hJG {
			if fuse(&ops[len(ops)-2], o) {
				ops = ops[:len(ops)-1]
			}
		}
		if end {
			ended = true
			break
		}
		if b.cross {
			break
		}
	}
	b.size = max(eip-b.eip, 1)
	if !ended {
		last := &ops[len(ops)-1]
		ops = append(ops, op{h: hFall, eip: last.eip, len: last.len})
	}
	b.n = int32(n)
	var rem uint8
	for i := len(ops) - 1; i >= 0; i-- {
		rem += ops[i].rem
		ops[i].rem = rem
	}
	if most > 1 {
		dropDeadFlags(ops)
	}
	return ops
}

// fuse merges a conditional branch into the compare before it.
func fuse(a, j *op) bool {
	h := fusedHandlers[a.h][j.h-hJO]
	if h == 0 {
		return false
	}
	switch a.h {
	case hCmp8RI, hCmp16RI, hCmp32RI, hTest8RI, hTest16RI, hTest32RI:
		a.disp = a.imm
		a.imm = j.imm
	case hCmp8MI, hCmp16MI, hCmp32MI, hTest8MI, hTest16MI, hTest32MI:
		distance := j.imm - (j.eip + uint32(j.len))
		if distance+128 > 255 {
			return false
		}
		a.sub = uint8(distance)
	default:
		a.imm = j.imm
	}
	a.h = h
	a.len += j.len
	a.rem = 2
	return true
}

// dropDeadFlags replaces operations whose flags are overwritten before anyone
// can look: only operations that cannot fault may come in between.
func dropDeadFlags(ops []op) {
	live := uint8(fxWriteCF | fxWriteOther)
	for i := len(ops) - 1; i >= 0; i-- {
		o := &ops[i]
		h := &handlers[o.h]
		if !h.safe {
			live = fxWriteCF | fxWriteOther
			continue
		}
		if h.noFlags != 0 && h.effects&live&(fxWriteCF|fxWriteOther) == 0 {
			o.h = h.noFlags
			continue
		}
		live &^= h.effects & (fxWriteCF | fxWriteOther)
		if h.effects&fxReadCF != 0 {
			live |= fxWriteCF
		}
		if h.effects&fxReadOther != 0 {
			live |= fxWriteOther
		}
	}
}
