package snaptest

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"toyvm/machine"
)

// A Machine is a machine under test. It is not for several goroutines.
type Machine struct {
	tb     testing.TB
	pc     *machine.Machine
	serial []output

	onSerial func() // told that a byte was sent

	// stop is how the machine ended while nobody waited for anything.
	stop *machine.Stop
}

// output is what a serial port has sent.
type output struct {
	bytes []byte
	found int // Until has passed all before
}

func cloned(outputs []output) []output {
	outputs = slices.Clone(outputs)
	for i := range outputs {
		outputs[i].bytes = bytes.Clone(outputs[i].bytes)
	}
	return outputs
}

// Boot builds a machine and switches it on. It stands before its first
// instruction. Media that it may write must be a machine.Forker, as those of
// [Floppy] and [HardDisk] are, for snapshots to be taken.
func Boot(tb testing.TB, c machine.Config) *Machine {
	tb.Helper()
	pc, err := machine.New(c)
	if err != nil {
		tb.Fatalf("boot: %v", err)
	}
	return test(tb, pc, make([]output, len(pc.UARTs)))
}

// test makes a machine one under test. It takes over what was sent before.
func test(tb testing.TB, pc *machine.Machine, sent []output) *Machine {
	m := &Machine{tb: tb, pc: pc, serial: sent}
	for port, transmit := range pc.Config().Serial {
		pc.SetSerial(port, func(b byte) {
			m.serial[port].bytes = append(m.serial[port].bytes, b)
			if m.onSerial != nil {
				m.onSerial()
			}
			if transmit != nil {
				transmit(b)
			}
		})
	}
	return m
}

// PC is the machine itself, for all that there is no method for here.
func (m *Machine) PC() *machine.Machine { return m.pc }

// Time is how long the guest has been running.
func (m *Machine) Time() time.Duration { return time.Duration(m.pc.Time()) }

// Read is n bytes of memory from a physical address on.
func (m *Machine) Read(address uint32, n int) []byte {
	p := make([]byte, n)
	m.pc.Memory().ReadPhysical(address, p)
	return p
}

// Screen is the text on the screen, a line for each row, or empty in a graphics
// mode.
func (m *Machine) Screen() string {
	if t := m.pc.Text(); t != nil {
		return t.String()
	}
	return ""
}

// Sent is all that a serial port has sent, COM1 being 0.
func (m *Machine) Sent(port int) string {
	m.tb.Helper()
	return string(m.port(port).bytes)
}

// Send lets bytes arrive at a serial port, COM1 being 0. They wait until the
// guest takes them.
func (m *Machine) Send(port int, text string) {
	m.tb.Helper()
	if err := m.pc.Serial(port, []byte(text)); err != nil {
		m.tb.Fatalf("send: %v", err)
	}
}

func (m *Machine) port(n int) *output {
	m.tb.Helper()
	if n < 0 || n >= len(m.serial) {
		m.tb.Fatalf("there is no COM%d: the machine has %d serial ports", n+1, len(m.serial))
	}
	return &m.serial[n]
}
