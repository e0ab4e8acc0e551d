// Package postcode is the port to which a BIOS writes how far its power-on
// self-test got. A display card shows the code to people; the guest cannot
// read it, so it is not part of the machine's state.
//
// Source: IBM PC/AT Technical Reference, "Manufacturing test port".
package postcode

// Port is where the board has it.
const Port = 0x80

// floating is what a port reads as that nobody drives.
const floating = 0xff

// A Display shows the code.
type Display struct {
	last uint8
	show func(code uint8)
}

// New makes a display that calls show with every code.
func New(show func(code uint8)) *Display { return &Display{show: show} }

// Reset clears the display.
func (d *Display) Reset() { d.last = 0 }

// Last is the code that was written last.
func (d *Display) Last() uint8 { return d.last }

// In implements devices.PortDevice.
func (d *Display) In(uint16, int) uint32 { return floating }

// Out implements devices.PortDevice.
func (d *Display) Out(_ uint16, _ int, value uint32) {
	d.last = uint8(value)
	d.show(d.last)
}
