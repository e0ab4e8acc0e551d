// Package debugexit is the port by which a test guest ends the emulator: the
// status is odd, so that it is never mistaken for success. It has no state.
//
// Source: the isa-debug-exit device of QEMU.
package debugexit

// The board has the port in two places: QEMU's default, and the one that
// everybody configures.
const (
	Port    = 0x501
	PortAlt = 0xf4
)

// An Exit is the port.
type Exit struct {
	exit func(status uint32)
}

// New makes a port that calls exit with the status of the program.
func New(exit func(status uint32)) *Exit { return &Exit{exit} }

// In implements devices.PortDevice.
func (e *Exit) In(uint16, int) uint32 { return 0 }

// Out implements devices.PortDevice.
func (e *Exit) Out(_ uint16, _ int, value uint32) { e.exit(value<<1 | 1) }
