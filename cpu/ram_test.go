package cpu

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
)

// contents is a copy of a whole block.
func (r *RAM) contents() []byte {
	p := make([]byte, r.Size())
	r.Read(0, p)
	return p
}

// at is the byte at an offset.
func (r *RAM) at(off uint32) byte { return r.page(int32(off >> pageShift))[off&pageMask] }

// differs is the first offset at which two blocks differ, or -1.
func (r *RAM) differs(other *RAM) int {
	for i := range r.pages {
		a, b := r.page(int32(i)), other.page(int32(i))
		if *a != *b {
			at := 0
			for a[at] == b[at] {
				at++
			}
			return i<<pageShift + at
		}
	}
	return -1
}

// clear makes everything zero that was written.
func (r *RAM) clear() {
	r.TakeDirty(func(page int) { r.Write(page<<pageShift, zeros[:]) })
	r.TakeDirty(nil)
}

// Both kinds of blocks keep what was frozen, whoever writes.
func TestFrozenContentsDoNotChange(t *testing.T) {
	for name, r := range map[string]*RAM{"paged": NewRAM(16 * PageSize), "flat": NewFlatRAM(16 * PageSize)} {
		t.Run(name, func(t *testing.T) {
			mem := NewMemory()
			mem.MapRAM(0, r, 0, r.Size())
			c := New("486", mem, floatingBus{})
			store := func(at, v uint32) { c.linWrite(at, 1, v, 0) }
			load := func(at uint32) uint32 { return c.linRead(at, 1, 0) }

			first := r.Freeze()
			assert.Equal(t, make([]*[PageSize]byte, 16), first, "zeros need no page")

			assert.Zero(t, load(0x2000), "the TLB has the page of zeros")
			store(0x2000, 1)
			assert.EqualValues(t, 1, load(0x2000))
			mem.Write(0x3ffe, []byte{2, 3, 4})
			second := r.Freeze()
			assert.Equal(t, make([]*[PageSize]byte, 16), first)

			assert.EqualValues(t, 1, load(0x2000))
			store(0x2000, 5)
			r.Write(0x4000, []byte{6})
			assert.EqualValues(t, 1, second[2][0])
			assert.EqualValues(t, 4, second[4][0])
			assert.EqualValues(t, 5, load(0x2000), "the TLB knows of the copy")
			assert.EqualValues(t, 6, load(0x4000))

			third := r.Freeze()
			assert.Same(t, second[3], third[3], "a page that was not written is shared")
			assert.NotSame(t, second[2], third[2])

			r.Thaw(second)
			assert.EqualValues(t, 1, load(0x2000))
			store(0x2000, 7)
			assert.EqualValues(t, 1, second[2][0])
			assert.EqualValues(t, 5, third[2][0])
			r.Thaw(first)
			assert.Equal(t, make([]byte, r.Size()), r.contents())
			assert.Zero(t, load(0x2000))
			r.Thaw(third)
			assert.EqualValues(t, 5, load(0x2000))
			assert.EqualValues(t, 6, load(0x4000))
			assert.Equal(t, third, r.Freeze(), "nothing was written")
		})
	}
}

// A page that two addresses show is copied for both.
func TestSharedPageIsCopiedForAllItsAddresses(t *testing.T) {
	r, mem := NewRAM(2*PageSize), NewMemory()
	mem.MapRAM(0, r, 0, PageSize)
	mem.MapRAM(0x5000, r, 0, PageSize)
	c := New("486", mem, floatingBus{})
	r.Freeze()
	assert.Zero(t, c.linRead(0, 4, 0))
	assert.Zero(t, c.linRead(0x5000, 4, 0))
	c.linWrite(0x5000, 4, 0x12345678, 0)
	assert.EqualValues(t, 0x12345678, c.linRead(0, 4, 0))
	c.linWrite(0, 4, 0x9abcdef0, 0)
	assert.EqualValues(t, 0x9abcdef0, c.linRead(0x5000, 4, 0))
}

// Code runs on in a page that a snapshot shares, and notices when it changes.
func TestCodeOfThawedPages(t *testing.T) {
	m := newPM("486")
	m.setup(0, asm(0xB8, uint32(1), 0xCD, vecOut))
	start := m.cpu.EIP()
	before := m.ram.Freeze()
	m.run(t)
	assert.EqualValues(t, 1, m.cpu.Reg(EAX))
	m.mem.Write(start+1, []byte{2})
	again := func() uint32 {
		m.cpu.SetEIP(start)
		m.cpu.halted = false
		m.run(t)
		return m.cpu.Reg(EAX)
	}
	assert.EqualValues(t, 2, again())
	m.ram.Thaw(before)
	assert.EqualValues(t, 1, again())
	assert.True(t, bytes.Equal([]byte{0xB8, 1}, before[start>>pageShift][start&pageMask:][:2]))
}
