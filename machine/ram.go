package machine

import (
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

// BlocksLoaded must be called after the contents of blocks were replaced by
// other means than [cpu.RAM.Write].
func (m *Machine) BlocksLoaded() {
	for _, b := range m.memory.blocks {
		b.RAM.Changed(0, b.Size)
	}
}
