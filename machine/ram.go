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
	// Size is the length of the contents; RAM is rounded up to whole pages.
	Size int
}

// Blocks lists the memory of the machine, the largest first, those of equal
// size in the order of their making. What the display adapter wrote is marked
// as dirty in them.
func (m *Machine) Blocks() []Block {
	m.syncVideo()
	list := slices.Clone(m.memory.blocks)
	slices.SortStableFunc(list, func(a, b Block) int { return b.Size - a.Size })
	return list
}

// Contents gives the names and contents of [Machine.Blocks].
func (m *Machine) Contents() iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		for _, b := range m.Blocks() {
			if !yield(b.Name, b.RAM.Bytes()[:b.Size]) {
				return
			}
		}
	}
}

// WriteBlock changes the contents of a block, which must have the place for it.
func (m *Machine) WriteBlock(name string, at int, p []byte) {
	for _, b := range m.memory.blocks {
		if b.Name == name {
			b.RAM.Write(at, p)
		}
	}
}
