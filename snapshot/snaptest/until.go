package snaptest

import (
	"fmt"
	"strings"
	"time"

	"toyvm/machine"
)

// Limit is how long Until waits for a condition that does not say.
const Limit = time.Minute

// poll is how often a condition is looked at that nothing in the machine tells.
const poll = 10 * time.Millisecond

// Until runs the machine until a condition is met, and fails the test if that
// does not happen within the condition's limit, or the machine stops before. A
// condition that is met already is no reason to run.
func (m *Machine) Until(c Condition) {
	m.tb.Helper()
	w := c.begin(m)
	if w.onSerial {
		m.onSerial = m.pause
		defer func() { m.onSerial = nil }()
	}
	if w.onWrite != nil {
		m.pc.SetTrace(machine.Trace{IO: w.onWrite})
		defer m.pc.SetTrace(machine.Trace{})
	}
	end := m.pc.Time() + int64(c.limit())
	for !w.met() {
		now := m.pc.Time()
		if now >= end {
			m.fail("not within %v of guest time: %s", c.limit(), c.what)
		}
		b := machine.Budget{Until: now + int64(poll)}
		if w.budget != nil {
			b = w.budget()
		}
		if b.Until == 0 || b.Until > end {
			b.Until = end
		}
		switch stop := m.run(b); {
		case stop.Reason == machine.StopBudget || stop.Reason == machine.StopRequested:
		case w.stopped != nil && w.stopped(stop):
			return
		case w.met():
			return
		default:
			m.fail("the machine stopped (%s) before: %s", reason(stop), c.what)
		}
	}
}

func reason(s machine.Stop) string {
	switch {
	case s.Err != nil:
		return s.Err.Error()
	case s.Reason == machine.StopExit:
		return fmt.Sprintf("%v, status %d", s.Reason, s.Status)
	default:
		return s.Reason.String()
	}
}

// run runs the machine, unless it has stopped before.
func (m *Machine) run(b machine.Budget) machine.Stop {
	if stop := m.stop; stop != nil {
		m.stop = nil
		return *stop
	}
	return m.pc.Run(b)
}

// pause makes the machine stand still behind the present instruction.
func (m *Machine) pause() {
	m.pc.RequestStop()
	m.pc.CPU.Stop()
}

// A Condition is something to wait for.
type Condition struct {
	what   string
	within time.Duration
	begin  func(m *Machine) watch
}

// A watch is a condition that is being waited for.
type watch struct {
	met      func() bool
	stopped  func(machine.Stop) bool // tells whether the end of the run was it
	budget   func() machine.Budget   // says when to look again, if not soon
	onSerial bool                    // look at each byte that is sent
	onWrite  func(machine.IOAccess)  // is told what the guest does at its ports
}

// Within is the condition with a limit of guest time.
func (c Condition) Within(limit time.Duration) Condition {
	c.within = limit
	return c
}

func (c Condition) limit() time.Duration {
	if c.within == 0 {
		return Limit
	}
	return c.within
}

func (c Condition) String() string { return c.what }

// Func is a condition of one's own, which is looked at a hundred times in a
// second of guest time.
func Func(what string, met func(m *Machine) bool) Condition {
	return Condition{what: what, begin: func(m *Machine) watch {
		return watch{met: func() bool { return met(m) }}
	}}
}

// Screen waits for a text on the screen.
func Screen(text string) Condition {
	return Func(fmt.Sprintf("%q on the screen", text), func(m *Machine) bool { return strings.Contains(m.Screen(), text) })
}

// Serial waits for a text from a serial port, COM1 being 0. It passes it: the
// next wait looks behind it.
func Serial(port int, text string) Condition {
	return Condition{what: fmt.Sprintf("%q from COM%d", text, port+1), begin: func(m *Machine) watch {
		o := m.port(port)
		return watch{onSerial: true, met: func() bool { return o.find(text) }}
	}}
}

// PortWrite waits for the guest to write a value to an I/O port.
func PortWrite(port uint16, value uint32) Condition {
	return Condition{what: fmt.Sprintf("%#x written to port %#x", value, port), begin: func(m *Machine) watch {
		written := false
		return watch{met: func() bool { return written }, onWrite: func(a machine.IOAccess) {
			if a.Write && a.Port == port && a.Value == value {
				written = true
				m.pause()
			}
		}}
	}}
}

// Instructions waits for a number of instructions to be executed from now on.
func Instructions(n uint64) Condition {
	return Condition{what: fmt.Sprintf("%d instructions more", n), begin: func(m *Machine) watch {
		end := m.pc.Instructions() + n
		left := func() uint64 { return end - min(end, m.pc.Instructions()) }
		return watch{
			met:    func() bool { return left() == 0 },
			budget: func() machine.Budget { return machine.Budget{Instructions: left()} },
		}
	}}
}

// Elapsed waits for guest time to pass from now on.
func Elapsed(d time.Duration) Condition {
	c := Condition{what: fmt.Sprintf("%v later", d), begin: func(m *Machine) watch {
		end := m.pc.Time() + int64(d)
		return watch{
			met:    func() bool { return m.pc.Time() >= end },
			budget: func() machine.Budget { return machine.Budget{Until: end} },
		}
	}}
	return c.Within(max(2*d, Limit))
}

// Halted waits for the processor to halt for good: no interrupt can wake it up.
func Halted() Condition {
	return ends("the machine halted for good", func(s machine.Stop) bool { return s.Reason == machine.StopHalted })
}

// Exit waits for the guest to leave by the debug exit port, with a status as
// QEMU's process would have it: twice the value, and one.
func Exit(status uint32) Condition {
	return ends(fmt.Sprintf("the guest ended with status %d", status),
		func(s machine.Stop) bool { return s.Reason == machine.StopExit && s.Status == status })
}

func ends(what string, stopped func(machine.Stop) bool) Condition {
	return Condition{what: what, begin: func(*Machine) watch {
		return watch{
			met: func() bool { return false }, stopped: stopped,
			budget: func() machine.Budget { return machine.Budget{} },
		}
	}}
}
