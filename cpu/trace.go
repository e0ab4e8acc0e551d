package cpu

// A Trace is told what the processor does. It may look at the processor, but
// not change it. A function that is nil costs nothing.
type Trace struct {
	// Instruction is called before each instruction, and before each iteration
	// of a repeated one. The processor then executes one at a time, which is
	// slow but the same to the guest.
	Instruction func()
	// Interrupt is called before an interrupt or an exception is taken. CS:EIP
	// is where its handler will return to.
	Interrupt func(Interrupt)
}

// An Interrupt is a transfer of control through the interrupt table.
type Interrupt struct {
	Vector uint8
	Kind   InterruptKind
	// Code is the error code, if there is one.
	HasCode bool
	Code    uint32
}

// An InterruptKind is what caused an interrupt.
type InterruptKind uint8

// The kinds of interrupts.
const (
	External  InterruptKind = iota // INTR or NMI
	Exception                      // faults, and traps of the debug registers and of single steps
	Software                       // INT n, INT3, INTO, INT1
)

func (k InterruptKind) String() string {
	return [...]string{"external", "exception", "software"}[k]
}

// SetTrace replaces the trace. The processor must not be running.
func (c *CPU) SetTrace(t Trace) { c.trace = t }

// SetBus replaces the bus. The processor must not be running.
func (c *CPU) SetBus(b Bus) { c.bus = b }

func (c *CPU) traceInterrupt(f fault, kind InterruptKind) {
	if c.trace.Interrupt != nil {
		c.trace.Interrupt(Interrupt{f.vector, kind, f.hasCode, f.code})
	}
}
