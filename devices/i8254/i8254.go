// Package i8254 is the Intel 8254 Programmable Interval Timer: three 16-bit
// counters at 1.193182 MHz. On a PC the first one's output is IRQ0, the third
// one's drives the speaker.
//
// Emulated: all six modes, binary and BCD, gates, counter latch and read-back
// commands, writing a count while counting. The counters do not tick: what
// they hold follows from the virtual clock.
//
// Not emulated: the clock pulse between writing a count and its arrival in the
// counter, and the noise of a count of 1 in modes 2 and 3, which the data sheet
// rules out; the output stays high then.
//
// Source: Intel 8254 data sheet, order number 231164.
package i8254

import "toyvm/devices"

// I/O ports.
const (
	Port        = 0x40 // counter 0; counters 1 and 2 follow
	ControlPort = 0x43
)

// Frequency is that of the clock inputs, in Hz.
const Frequency = 1193182

// Control word.
const (
	ctlBCD    = 1 << 0
	ctlMode   = 1      // shift of the mode, three bits
	ctlAccess = 4      // shift of the access, two bits; 0 is the counter latch command
	ctlSelect = 6      // shift of the counter, two bits; 3 is the read-back command
	readBack  = 3      // in place of a counter
	rbStatus  = 1 << 4 // read-back: latch no status
	rbCount   = 1 << 5 // read-back: latch no count
)

// Status byte, in which the bits below have their places of the control word.
const (
	statusNull = 1 << 6 // the count written last is not in the counter yet
	statusOut  = 1 << 7
)

// A PIT is the chip.
type PIT struct {
	channels    [3]Channel
	irqDisabled uint32 // by an HPET, which this board does not have
}

// New returns the chip in the state after Reset. Its first counter's output
// is irq0.
func New(clock devices.Clock, irq0 devices.Line) *PIT {
	p := &PIT{}
	for i := range p.channels {
		p.channels[i].clock = clock
	}
	first := &p.channels[0]
	first.output = irq0
	first.timer = clock.NewTimer("i8254 channel 0", first.fire)
	p.Reset()
	return p
}

// Reset sets all counters to the longest square wave, the third one's gate
// low. The data sheet defines no state before a control word.
func (p *PIT) Reset() {
	for i := range p.channels {
		p.channels[i].reset(i != 2)
	}
}

// Channel is counter 0, 1 or 2.
func (p *PIT) Channel(n int) *Channel { return &p.channels[n] }

// In implements devices.PortDevice. The control word cannot be read.
func (p *PIT) In(port uint16, _ int) uint32 {
	if n := port & 3; n < 3 {
		return uint32(p.channels[n].read())
	}
	return 0xff
}

// Out implements devices.PortDevice.
func (p *PIT) Out(port uint16, _ int, value uint32) {
	v := uint8(value)
	if n := port & 3; n < 3 {
		p.channels[n].write(v)
		return
	}
	if n := v >> ctlSelect; n != readBack {
		p.channels[n].control(v)
		return
	}
	for i := range p.channels {
		if v&(2<<i) != 0 {
			p.channels[i].readBack(v)
		}
	}
}
