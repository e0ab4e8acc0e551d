// Package devices holds the few words that every chip of the board shares
// with its surroundings: interrupt lines, time, and the I/O ports. Each chip
// has a package of its own below, named after its data sheet.
package devices

import "toyvm/vmstate"

// A Line carries one bit from a device to whoever listens: an interrupt
// request, a reset, the A20 gate. Setting it to the level it has does nothing.
type Line interface {
	Set(level bool)
}

// A LineFunc is a Line that calls a function.
type LineFunc func(level bool)

// Set implements Line.
func (f LineFunc) Set(level bool) { f(level) }

// A Clock is the machine's virtual time. It depends on nothing but the
// instructions that were executed.
type Clock interface {
	// Now is the time since power-on in nanoseconds.
	Now() int64
	// NewTimer makes a timer, not armed, that calls fire once when its expiry
	// has come. The name is for people: "i8254 channel 0".
	NewTimer(name string, fire func()) Timer
}

// A Timer fires once. SetExpiry arms it for a time in nanoseconds, also one in
// the past, or disarms it with -1; firing disarms it. Expiry is -1 while it is
// not armed.
type Timer interface {
	vmstate.Alarm
}

// A PortDevice answers I/O instructions. Port is the absolute port number,
// size 1, 2 or 4 bytes. A device that is only wired for bytes sees wider
// accesses as bytes at consecutive ports; it is the bus that splits them.
type PortDevice interface {
	In(port uint16, size int) uint32
	Out(port uint16, size int, value uint32)
}

// Memory is the guest's memory at physical addresses, for chips that reach it
// by themselves.
type Memory interface {
	ReadPhysical(addr uint32, p []byte)
	WritePhysical(addr uint32, p []byte)
}
