package machine

import (
	"fmt"
	"slices"

	"toyvm/cpu"
	"toyvm/devices/vga"
)

// Addresses of the memory map.
const (
	romBase   = 0xc0000 // option ROMs; on this board it is memory that can be written
	romSize   = 0x20000
	mebibyte  = 0x100000
	lowBIOS   = 0x20000 // most of the BIOS that shows below 1 MiB
	frameBase = 0xe0000000
)

// Memory is the physical address space and what is in it.
type Memory struct {
	space  *cpu.Memory
	blocks []Block
	ranges []MemoryRange

	ram, rom, bios, video *cpu.RAM
}

// A MemoryRange is a run of physical addresses with a name. Where ranges
// overlap, the later one counts.
type MemoryRange struct {
	First, Last uint32
	Name        string
}

func (r MemoryRange) String() string { return fmt.Sprintf("%08x-%08x %s", r.First, r.Last, r.Name) }

func newMemory(c *Config) *Memory {
	m := &Memory{space: cpu.NewMemory()}
	m.ram = m.add(blockRAM, cpu.NewRAM(c.Memory))
	m.bios = m.add(blockBIOS, cpu.NewRAM(len(c.BIOS)))
	m.rom = m.add(blockROM, cpu.NewRAM(romSize))
	m.video = m.add(blockVideo, cpu.NewFlatRAM(c.VideoMemory))

	m.show("pc.ram", m.ram, 0, 0, c.Memory)
	m.show("pc.rom", m.rom, romBase, 0, romSize)
	low := min(len(c.BIOS), lowBIOS)
	m.show("pc.bios (end)", m.bios, mebibyte-uint32(low), len(c.BIOS)-low, low)
	m.show("vga.vram", m.video, frameBase, 0, c.VideoMemory)
	m.show("pc.bios", m.bios, -uint32(len(c.BIOS)), 0, len(c.BIOS))
	return m
}

func (m *Memory) add(name string, r *cpu.RAM) *cpu.RAM {
	m.blocks = append(m.blocks, Block{name, r, r.Size()})
	return r
}

func (m *Memory) block(name string) *cpu.RAM {
	return m.blocks[slices.IndexFunc(m.blocks, func(b Block) bool { return b.Name == name })].RAM
}

func (m *Memory) show(name string, r *cpu.RAM, at uint32, offset, size int) {
	m.space.MapRAM(at, r, offset, size)
	m.ranges = append(m.ranges, MemoryRange{at, at + uint32(size-1), name})
}

// ReadPhysical reads as a bus master does.
func (m *Memory) ReadPhysical(addr uint32, p []byte) { m.space.Read(addr, p) }

// WritePhysical writes as a bus master does.
func (m *Memory) WritePhysical(addr uint32, p []byte) { m.space.Write(addr, p) }

// Ranges lists what is where.
func (m *Memory) Ranges() []MemoryRange { return m.ranges }

// A videoWindow is where the processor sees display memory. The part of it
// that is plain memory at the moment is mapped as such, the rest asks the VGA.
type videoWindow struct {
	vga    *vga.VGA
	memory *Memory
	mapped bool // some of it is plain memory
}

func (m *Memory) openWindow(v *vga.VGA) {
	w := &videoWindow{vga: v, memory: m}
	m.ranges = append(m.ranges, MemoryRange{vga.WindowStart, vga.WindowStart + vga.WindowSize - 1, "vga"})
	m.space.MapHandler(vga.WindowStart, vga.WindowSize, w)
	v.NotifyRemap(w.remap)
}

func (w *videoWindow) remap() {
	m := w.vga.Mapping()
	if w.mapped || m.Mem == nil {
		w.memory.space.MapHandler(vga.WindowStart, vga.WindowSize, w)
	}
	w.mapped = m.Mem != nil
	if w.mapped {
		w.memory.space.MapRAM(vga.WindowStart+m.Offset, w.memory.video, m.Start, len(m.Mem))
	}
}

// ReadMem implements cpu.Handler.
func (w *videoWindow) ReadMem(addr uint32, size int) uint32 {
	return w.vga.ReadMem(addr-vga.WindowStart, size)
}

// WriteMem implements cpu.Handler.
func (w *videoWindow) WriteMem(addr uint32, size int, value uint32) {
	w.vga.WriteMem(addr-vga.WindowStart, size, value)
}
