package machine

import "toyvm/devices"

// coprocessorPort is where the interrupt handler for coprocessor errors takes
// back the request (IBM PC/AT Technical Reference, "Math coprocessor").
const coprocessorPort = 0xf0

const coprocessorIRQ = 13

// coprocessor is the logic between the processor's FERR# output and IRQ 13. It
// has no state: the level is that of the interrupt controller's input.
type coprocessor struct{ irq devices.Line }

// ferr is FERR#: an error waits, or has been cleared in the x87.
func (c *coprocessor) ferr(level bool) { c.irq.Set(level) }

// In implements devices.PortDevice.
func (c *coprocessor) In(uint16, int) uint32 { return 0xff }

// Out implements devices.PortDevice.
func (c *coprocessor) Out(uint16, int, uint32) { c.irq.Set(false) }
