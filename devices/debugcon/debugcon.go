// Package debugcon is the debug console of PC emulators: a port to which a
// guest writes text, with no questions asked. It has no state.
//
// Source: the port of Bochs and QEMU; reading it tells that it is there.
package debugcon

// Port is where the board has it, unless told otherwise.
const Port = 0xe9

// present is what the port reads as, wherever it is.
const present = 0xe9

// A Console is the port.
type Console struct {
	write func(byte)
}

// New makes a console that hands on what the guest writes.
func New(write func(byte)) *Console { return &Console{write} }

// In implements devices.PortDevice.
func (c *Console) In(uint16, int) uint32 { return present }

// Out implements devices.PortDevice.
func (c *Console) Out(_ uint16, _ int, value uint32) { c.write(byte(value)) }
