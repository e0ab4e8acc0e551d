package i8259

import (
	"toyvm/devices"
	"toyvm/vmstate"
)

// I/O ports of the pair. Each chip has two, A0 being the lowest address line.
const (
	MasterPort = 0x20
	SlavePort  = 0xa0
	ELCRPort   = 0x4d0 // master's; the slave's follows
)

// Inputs that are level triggered if the ELCR says so: all but the timer, the
// keyboard, the cascade, the clock and the coprocessor.
const (
	masterLevels = 0xf8
	slaveLevels  = 0xde
)

// A Pair is the two chips of an AT: the slave's INT is the master's input 2,
// the master's INT goes to the processor.
type Pair struct {
	Master, Slave *PIC
}

// NewPair returns the pair, with the master's INT on intr.
func NewPair(intr devices.Line) *Pair {
	master := New(intr, masterLevels)
	master.cascade = New(&input{master, cascade}, slaveLevels)
	return &Pair{Master: master, Slave: master.cascade}
}

// Reset resets both chips.
func (p *Pair) Reset() {
	p.Slave.Reset()
	p.Master.Reset()
}

// IRQ is the line of an interrupt request, 0 to 15. IRQ2 is IRQ9: the AT wires
// what was pin IRQ2 of the bus to that.
func (p *Pair) IRQ(n int) devices.Line {
	switch {
	case n == 2:
		return p.IRQ(9)
	case n < 8:
		return &input{p.Master, n}
	default:
		return &input{p.Slave, n & 7}
	}
}

// Level is the level of an interrupt request.
func (p *Pair) Level(n int) bool {
	switch {
	case n == 2:
		return p.Level(9)
	case n < 8:
		return p.Master.lines>>n&1 != 0
	default:
		return p.Slave.lines>>(n&7)&1 != 0
	}
}

// INT is the level of the line to the processor.
func (p *Pair) INT() bool { return p.Master.INT() }

// Acknowledge is the processor's interrupt acknowledge cycle. It returns the
// vector. Without a request it is that of IRQ7, and nothing is in service.
func (p *Pair) Acknowledge() uint8 { return p.Master.acknowledge() }

// In implements devices.PortDevice.
func (p *Pair) In(port uint16, _ int) uint32 {
	switch port {
	case MasterPort, MasterPort + 1:
		return uint32(p.Master.read(port&1 != 0))
	case SlavePort, SlavePort + 1:
		return uint32(p.Slave.read(port&1 != 0))
	case ELCRPort:
		return uint32(p.Master.elcr)
	case ELCRPort + 1:
		return uint32(p.Slave.elcr)
	default:
		return 0xff
	}
}

// Out implements devices.PortDevice.
func (p *Pair) Out(port uint16, _ int, value uint32) {
	switch v := uint8(value); port {
	case MasterPort, MasterPort + 1:
		p.Master.write(port&1 != 0, v)
	case SlavePort, SlavePort + 1:
		p.Slave.write(port&1 != 0, v)
	case ELCRPort:
		p.Master.writeELCR(v)
	case ELCRPort + 1:
		p.Slave.writeELCR(v)
	}
}

// Sections are the states of master and slave, instances 0 and 1.
func (p *Pair) Sections() []*vmstate.Section {
	return []*vmstate.Section{p.Master.Section(0), p.Slave.Section(1)}
}

// An input is one of a chip's inputs as a line.
type input struct {
	pic *PIC
	n   int
}

func (i *input) Set(level bool) { i.pic.Set(i.n, level) }
