package machine

import (
	"iter"
	"slices"

	"toyvm/cpu"
)

// Names of the memory blocks, which are QEMU's.
const (
	blockRAM   = "pc.ram"
	blockROM   = "pc.rom"
	blockBIOS  = "pc.bios"
	blockVideo = "vga.vram"
)

// A Block is memory of the machine that is not part of a device's state.
type Block struct {
	Name string
	RAM  *cpu.RAM
	Size int // bytes, in whole pages
}

// Blocks lists the memory of the machine, the largest first, those of equal
// size in the order of their making.
func (m *Machine) Blocks() []Block {
	list := slices.Clone(m.memory.blocks)
	slices.SortStableFunc(list, func(a, b Block) int { return b.Size - a.Size })
	return list
}

// MemoryBlocks gives the names and sizes of [Machine.Blocks].
func (m *Machine) MemoryBlocks() iter.Seq2[string, int64] {
	return func(yield func(string, int64) bool) {
		for _, b := range m.Blocks() {
			if !yield(b.Name, int64(b.Size)) {
				return
			}
		}
	}
}

// Freeze shares the contents of a block with the caller, in pages that nobody
// writes any more. A page of zeros may be nil.
func (m *Machine) Freeze(name string) []*[cpu.PageSize]byte {
	m.syncVideo()
	return m.memory.block(name).Freeze()
}

// Thaw makes pages that Freeze gave, of this machine or one like it, the
// contents of a block.
func (m *Machine) Thaw(name string, pages []*[cpu.PageSize]byte) {
	m.syncVideo()
	m.memory.block(name).Thaw(pages)
}

// WriteBlock changes the contents of a block, which must have the place for it.
func (m *Machine) WriteBlock(name string, at int, p []byte) { m.memory.block(name).Write(at, p) }
