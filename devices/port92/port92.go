// Package port92 is system control port A of the PS/2: the fast way to the A20
// gate and to a reset of the processor.
//
// The gate itself is the board's, which the keyboard controller works, too:
// what was set last counts, and the port reads back what was written to it.
// The lock of the password area and the disk light are not emulated; their
// bits can be written and read.
//
// Source: IBM PS/2 Hardware Interface Technical Reference, "System Control
// Port A (Hex 0092)".
package port92

import "toyvm/devices"

// Port is where the board has it.
const Port = 0x92

// The bits of the port.
const (
	resetBit = 0x01 // a rising edge resets
	a20Bit   = 0x02 // opens the gate
)

// A Port92 is the port.
type Port92 struct {
	a20   devices.Line `vmstate:"transient"`
	reset devices.Line `vmstate:"transient"` // pulsed

	value uint8
}

// New makes a port that drives the given lines.
func New(a20, reset devices.Line) *Port92 { return &Port92{a20: a20, reset: reset} }

// Reset is the board's reset. The board opens the gate; its bit stays.
func (p *Port92) Reset() { p.value &^= resetBit }

// In implements devices.PortDevice.
func (p *Port92) In(uint16, int) uint32 { return uint32(p.value) }

// Out implements devices.PortDevice.
func (p *Port92) Out(_ uint16, _ int, value uint32) {
	risen := uint8(value) &^ p.value
	p.value = uint8(value)
	p.a20.Set(p.value&a20Bit != 0)
	if risen&resetBit != 0 {
		p.reset.Set(true)
		p.reset.Set(false)
	}
}
