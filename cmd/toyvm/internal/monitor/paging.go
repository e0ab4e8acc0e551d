package monitor

import (
	"encoding/binary"
	"fmt"

	"toyvm/cpu"
)

// Bits of the entries of page tables.
const (
	pagePresent  = 1 << 0
	pageWrite    = 1 << 1
	pageUser     = 1 << 2
	pageThrough  = 1 << 3 // write-through
	pageUncached = 1 << 4
	pageAccessed = 1 << 5
	pageDirty    = 1 << 6
	pageLarge    = 1 << 7
	pageGlobal   = 1 << 8

	largeSize = 4 << 20
)

// A mapping is a page that is present.
type mapping struct {
	linear, physical, size uint64
	entry                  uint32 // the last of the walk
	allowed                uint32 // pageUser and pageWrite, as both levels have them
}

// mappings walks the guest's page tables, by ascending addresses. It looks at
// memory, not at what the processor remembers of it.
func (c *Console) mappings(visit func(mapping)) {
	p := c.Machine.CPU
	mask := uint32(0xffffffff)
	if !p.A20() {
		mask &^= 1 << 20
	}
	table := func(base uint32) []byte {
		t := make([]byte, cpu.PageSize)
		c.Machine.Memory().ReadPhysical(base&^(cpu.PageSize-1)&mask, t)
		return t
	}
	const rights = pageUser | pageWrite
	directory := table(p.CR(3))
	for i := range uint64(1024) {
		entry := binary.LittleEndian.Uint32(directory[4*i:])
		switch {
		case entry&pagePresent == 0:
		case entry&pageLarge != 0 && p.CR(4)&cpu.CR4PSE != 0:
			visit(mapping{i * largeSize, uint64(entry &^ (largeSize - 1)), largeSize, entry, entry & rights})
		default:
			pages := table(entry)
			for j := range uint64(1024) {
				page := binary.LittleEndian.Uint32(pages[4*j:])
				if page&pagePresent != 0 {
					visit(mapping{i*largeSize + j*cpu.PageSize, uint64(page &^ (cpu.PageSize - 1)), cpu.PageSize, page, entry & page & rights})
				}
			}
		}
	}
}

// walking makes a command that walks the page tables, if there are any.
func walking(walk func(c *Console) error) func([]string) (Action, error) {
	return func([]string) (Action, error) {
		return func(c *Console) error {
			if c.Machine.CPU.CR(0)&cpu.CR0PG == 0 {
				_, err := fmt.Fprintln(c.Out, "PG disabled")
				return err
			}
			return walk(c)
		}, nil
	}
}

// infoMem prints the runs of pages with the same rights.
func infoMem(c *Console) error {
	var start, end uint64
	var allowed uint32
	show := func() {
		if end > start {
			fmt.Fprintf(c.Out, "%016x-%016x %016x %s\n", start, end, end-start, letters(allowed, "u-w", pageUser, 0, pageWrite))
		}
	}
	c.mappings(func(m mapping) {
		if m.linear != end || m.allowed != allowed {
			show()
			start, allowed = m.linear, m.allowed
		}
		end = m.linear + m.size
	})
	show()
	return nil
}

// infoTLB prints every page.
func infoTLB(c *Console) error {
	c.mappings(func(m mapping) {
		// There is no bit for pages that are not code.
		fmt.Fprintf(c.Out, "%016x: %016x -%s\n", m.linear, m.physical,
			letters(m.entry, "GPDACTUW", pageGlobal, pageLarge, pageDirty, pageAccessed, pageUncached, pageThrough, pageUser, pageWrite))
	})
	return nil
}

// letters shows bits by their letters, or - where they are clear. The bit 0 is
// always set, and is r.
func letters(value uint32, names string, bits ...uint32) string {
	text := make([]byte, len(bits))
	for i, b := range bits {
		switch {
		case b == 0:
			text[i] = 'r'
		case value&b != 0:
			text[i] = names[i]
		default:
			text[i] = '-'
		}
	}
	return string(text)
}
