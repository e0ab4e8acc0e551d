package cpu

import "encoding/binary"

// PageSize is the unit of the physical page table and of paging.
const PageSize = 4096

const (
	pageShift = 12
	pageMask  = PageSize - 1
)

// Handler serves memory accesses of a device. Sizes are 1, 2 and 4 bytes; an
// access never crosses a page.
type Handler interface {
	ReadMem(addr uint32, size int) uint32
	WriteMem(addr uint32, size int, value uint32)
}

// physPage is one entry of the physical page table. Without memory and handler
// it is open bus.
type physPage struct {
	ram     *RAM
	handler Handler
	index   int32 // page of ram
	rom     bool  // writes are ignored
}

// next is the entry of the page n pages further on.
func (p physPage) next(n uint32) physPage {
	p.index += int32(n)
	return p
}

// Memory is the physical address space: a table of 4 KiB pages, in two levels.
type Memory struct {
	dir [1024]chunk
	cpu *CPU
}

// A chunk is 1024 pages that follow from the first, or a table of them.
type chunk struct {
	table *[1024]physPage // nil if they follow
	first physPage
}

// NewMemory returns an empty address space: reads give ones, writes vanish.
func NewMemory() *Memory { return &Memory{} }

func (m *Memory) attach(c *CPU) { m.cpu = c }

// page finds the entry of a physical address.
func (m *Memory) page(phys uint32) physPage {
	c, i := &m.dir[phys>>22], phys>>12&1023
	if c.table != nil {
		return c.table[i]
	}
	return c.first.next(i)
}

// split gives a chunk a table.
func (c *chunk) split() *[1024]physPage {
	if c.table == nil {
		c.table = new([1024]physPage)
		for i := range c.table {
			c.table[i] = c.first.next(uint32(i))
		}
	}
	return c.table
}

// MapRAM shows size bytes of ram from offset at physical address addr. All
// three are multiples of the page size.
func (m *Memory) MapRAM(addr uint32, ram *RAM, offset, size int) {
	m.set(addr, size, physPage{ram: ram, index: int32(offset >> pageShift)})
	ram.mem = m
}

// MapROM is MapRAM for memory that the processor cannot write.
func (m *Memory) MapROM(addr uint32, ram *RAM, offset, size int) {
	m.set(addr, size, physPage{ram: ram, index: int32(offset >> pageShift), rom: true})
	ram.mem = m
}

// MapHandler gives a range to a device.
func (m *Memory) MapHandler(addr uint32, size int, h Handler) {
	m.set(addr, size, physPage{handler: h})
}

// Unmap makes a range open bus.
func (m *Memory) Unmap(addr uint32, size int) {
	m.set(addr, size, physPage{})
}

// set fills the table for a range. The pages of a memory follow each other.
func (m *Memory) set(addr uint32, size int, entry physPage) {
	for n := uint32(size >> pageShift); n > 0; {
		c, i := &m.dir[addr>>22], addr>>12&1023
		count := min(n, 1024-i)
		m.forget(c, i, count)
		if count == 1024 {
			*c = chunk{first: entry}
		} else {
			table := c.split()
			for k := range count {
				table[i+k] = entry.next(k)
			}
		}
		entry = entry.next(count)
		addr += count << pageShift
		n -= count
	}
	if m.cpu != nil {
		m.cpu.flushTLB(true)
	}
}

// forget drops the code of pages that are going to be elsewhere.
func (m *Memory) forget(c *chunk, from, count uint32) {
	if c.table == nil && c.first.ram == nil {
		return
	}
	for i := from; i < from+count; i++ {
		p := c.first.next(i)
		if c.table != nil {
			p = c.table[i]
		}
		if p.ram != nil && p.ram.state[p.index]&hasCode != 0 {
			m.invalidate(p.ram, int(p.index), 0, PageSize)
		}
	}
}

func (m *Memory) invalidate(r *RAM, page int, off, n uint32) {
	if m != nil && m.cpu != nil {
		m.cpu.invalidateCode(r, int32(page), off, n)
	}
}

// rearm sends the next store to every page through the slow path.
func (m *Memory) rearm() {
	if m != nil && m.cpu != nil {
		m.cpu.dropWriteTags(nil)
	}
}

// moved tells that pages are elsewhere in the host's memory; nil is any number.
func (m *Memory) moved(old *[PageSize]byte) {
	switch {
	case m == nil || m.cpu == nil:
	case old == nil:
		m.cpu.hidePages()
	default:
		m.cpu.dropHost(old)
	}
}

// Read copies physical memory to p as a bus master does, without paging or A20.
func (m *Memory) Read(addr uint32, p []byte) {
	for i := 0; i < len(p); {
		pg := m.page(addr)
		n := min(len(p)-i, PageSize-int(addr&pageMask))
		switch {
		case pg.ram != nil:
			copy(p[i:i+n], pg.ram.page(pg.index)[addr&pageMask:])
		default:
			for k := range n {
				p[i+k] = uint8(m.read(addr+uint32(k), 1))
			}
		}
		i += n
		addr += uint32(n)
	}
}

// Write copies p to physical memory as a bus master does.
func (m *Memory) Write(addr uint32, p []byte) {
	for len(p) > 0 {
		pg := m.page(addr)
		n := min(len(p), PageSize-int(addr&pageMask))
		switch {
		case pg.ram != nil && !pg.rom:
			pg.ram.Write(int(pg.index)<<pageShift+int(addr&pageMask), p[:n])
		case pg.handler != nil:
			for k := range n {
				pg.handler.WriteMem(addr+uint32(k), 1, uint32(p[k]))
			}
		}
		p = p[n:]
		addr += uint32(n)
	}
}

// read is an access of 1, 2 or 4 bytes within one page.
func (m *Memory) read(phys uint32, n uint32) uint32 {
	pg := m.page(phys)
	if pg.ram != nil {
		h := pg.ram.page(pg.index)
		d := phys & pageMask
		switch n {
		case 1:
			return uint32(h[d])
		case 2:
			return uint32(binary.LittleEndian.Uint16(h[d:]))
		}
		return binary.LittleEndian.Uint32(h[d:])
	}
	if pg.handler != nil {
		return pg.handler.ReadMem(phys, int(n)) & sizeMask(uint8(n))
	}
	return sizeMask(uint8(n))
}

// write is an access of 1, 2 or 4 bytes within one page.
func (m *Memory) write(phys uint32, n uint32, v uint32) {
	pg := m.page(phys)
	if pg.ram != nil {
		if pg.rom {
			return
		}
		d := phys & pageMask
		if pg.ram.state[pg.index] != writable {
			pg.ram.touch(int(pg.index), d, n)
		}
		h := pg.ram.page(pg.index)
		switch n {
		case 1:
			h[d] = uint8(v)
		case 2:
			binary.LittleEndian.PutUint16(h[d:], uint16(v))
		default:
			binary.LittleEndian.PutUint32(h[d:], v)
		}
		return
	}
	if pg.handler != nil {
		pg.handler.WriteMem(phys, int(n), v&sizeMask(uint8(n)))
	}
}

// sizeMask is all ones in an operand of 1, 2 or 4 bytes.
func sizeMask(size uint8) uint32 {
	switch size {
	case 1:
		return 0xFF
	case 2:
		return 0xFFFF
	}
	return 0xFFFFFFFF
}
