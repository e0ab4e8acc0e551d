package machine

import (
	"fmt"

	"toyvm/cpu"
	"toyvm/devices"
)

// A Bus is the ISA bus as the processor sees it: the I/O ports by name, and
// the interrupt acknowledge cycle.
type Bus struct {
	ports       [1 << 16]uint8 // index into ranges; 0 is nobody
	ranges      []PortRange
	acknowledge func() uint8
	ferr        func(level bool)
}

// A PortRange is a run of I/O ports that one device answers.
type PortRange struct {
	First, Last uint16
	Name        string
	// Width is the widest access in bytes that the device is wired for. Wider
	// ones reach it, and its neighbours, in pieces.
	Width  int
	device devices.PortDevice
}

func (r PortRange) String() string { return fmt.Sprintf("%04x-%04x %s", r.First, r.Last, r.Name) }

// nobody is what answers where no device is: the bus floats.
type nobody struct{}

func (nobody) In(_ uint16, size int) uint32 { return 1<<(8*size) - 1 }
func (nobody) Out(uint16, int, uint32)      {}

func newBus() *Bus {
	return &Bus{ranges: []PortRange{{Last: 0xffff, Name: "nobody", Width: 4, device: nobody{}}}}
}

// connect gives ports to a device. It panics if they are taken: that is a
// mistake in the wiring, which no guest and no configuration can cause.
func (b *Bus) connect(name string, d devices.PortDevice, width int, first, last uint16) {
	n := len(b.ranges)
	b.ranges = append(b.ranges, PortRange{first, last, name, width, d})
	for p := int(first); p <= int(last); p++ {
		if other := b.ports[p]; other != 0 {
			panic(fmt.Sprintf("port %xh of %s belongs to %s", p, name, b.ranges[other].Name))
		}
		b.ports[p] = uint8(n)
	}
}

// free tells whether nobody answers at a port.
func (b *Bus) free(port uint16) bool { return b.ports[port] == 0 }

// owner is the name of who answers at a port.
func (b *Bus) owner(port uint16) string { return b.ranges[b.ports[port]].Name }

// Ports lists which device answers where, in the order of the wiring.
func (b *Bus) Ports() []PortRange { return b.ranges[1:] }

// In implements cpu.Bus.
func (b *Bus) In(port uint16, size int) uint32 {
	r := &b.ranges[b.ports[port]]
	if size <= r.Width {
		return r.device.In(port, size)
	}
	half := size / 2
	return b.In(port, half) | b.In(port+uint16(half), half)<<(8*half)
}

// Out implements cpu.Bus.
func (b *Bus) Out(port uint16, size int, value uint32) {
	r := &b.ranges[b.ports[port]]
	if size <= r.Width {
		r.device.Out(port, size, value)
		return
	}
	half := size / 2
	b.Out(port, half, value&(1<<(8*half)-1))
	b.Out(port+uint16(half), half, value>>(8*half))
}

// Acknowledge implements cpu.Bus.
func (b *Bus) Acknowledge() uint8 { return b.acknowledge() }

// SetFERR implements cpu.FERRLine.
func (b *Bus) SetFERR(level bool) { b.ferr(level) }

var (
	_ cpu.Bus      = (*Bus)(nil)
	_ cpu.FERRLine = (*Bus)(nil)
)
