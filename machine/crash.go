package machine

import (
	"fmt"
	"runtime/debug"
	"strings"

	"toyvm/cpu"
)

// A CrashError is a panic inside the machine, which is a mistake of the emulator. The
// machine can be looked at and saved, but does not run any more until it is reset
// or loaded.
type CrashError struct {
	Value     any    // of the panic
	Registers string // of the processor at that moment
	Code      []byte // at the next instruction
	Stack     string // of the emulator
}

func (e *CrashError) Error() string {
	return fmt.Sprintf("the emulator crashed: %v\n%s\ncode % x\n%s", e.Value, e.Registers, e.Code, e.Stack)
}

// catch turns a panic into the end of the run.
func (m *Machine) catch(stop *Stop) {
	if v := recover(); v != nil {
		m.run.crash = &CrashError{Value: v, Registers: m.Registers(), Code: m.code(), Stack: string(debug.Stack())}
		*stop = Stop{Reason: StopCrash, Err: m.run.crash}
	}
}

// code is what memory holds at CS:EIP, as far as it is there.
func (m *Machine) code() []byte {
	_, base, _, _ := m.CPU.Segment(cpu.CS)
	p := make([]byte, maxInstruction)
	return p[:m.CPU.ReadLinear(base+m.CPU.EIP(), p)]
}

// maxInstruction is the length of the longest instruction.
const maxInstruction = 15

// Registers is the state of the processor for people.
func (m *Machine) Registers() string {
	var s strings.Builder
	c := m.CPU
	for i, name := range []string{"EAX", "ECX", "EDX", "EBX", "ESP", "EBP", "ESI", "EDI"} {
		fmt.Fprintf(&s, "%s=%08x ", name, c.Reg(i))
	}
	fmt.Fprintf(&s, "\nEIP=%08x EFL=%08x CPL=%d A20=%t HLT=%t\n", c.EIP(), c.EFlags(), c.CPL(), c.A20(), c.Halted())
	for i, name := range []string{"ES", "CS", "SS", "DS", "FS", "GS"} {
		selector, base, limit, flags := c.Segment(i)
		fmt.Fprintf(&s, "%s =%04x %08x %08x %08x\n", name, selector, base, limit, flags)
	}
	fmt.Fprintf(&s, "CR0=%08x CR2=%08x CR3=%08x CR4=%08x instructions=%d", c.CR(0), c.CR(2), c.CR(3), c.CR(4), c.Instructions())
	return s.String()
}
