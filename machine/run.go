package machine

import (
	"math"
	"sync/atomic"

	"toyvm/cpu"
	"toyvm/devices"
)

const (
	// slice bounds how many instructions pass before a request to stop is seen.
	slice = 1 << 20

	// idleLimit is how many timers may fire during one HLT before the machine
	// counts as halted for good: a guest that masked everything would never
	// end otherwise. It is weeks of guest time with the usual timers.
	idleLimit = 1 << 22
)

// A Budget says when Run comes back at the latest. Zero means no limit.
type Budget struct {
	Instructions uint64 // to execute from now on
	Until        int64  // time of the virtual clock in ns
}

// A Reason says why Run came back.
type Reason uint8

// The reasons.
const (
	StopBudget      Reason = iota // the budget is used up
	StopRequested                 // RequestStop was called
	StopExit                      // the guest wrote to the debug exit port
	StopReset                     // the guest asked for a reset, and Config.NoReboot is set
	StopTripleFault               // likewise by a triple fault
	StopHalted                    // HLT, and no interrupt can ever end it
	StopCrash                     // a mistake in the emulator; see Stop.Err
)

func (r Reason) String() string {
	return [...]string{"budget used up", "requested", "debug exit", "reset", "triple fault", "halted", "crash"}[r]
}

// A Stop is how a run ended.
type Stop struct {
	Reason Reason
	Status uint32 // of StopExit: what the program should exit with, QEMU's (value << 1) | 1
	Err    error  // of StopCrash: a *CrashError
}

// runState is what the run loop keeps from one slice to the next.
type runState struct {
	requested atomic.Bool
	reset     bool // the reset line was pulsed
	exited    bool
	status    uint32
	crash     *CrashError
	state     string // QEMU's name of the run state, "" for running
}

// RequestStop makes Run return soon. It may be called from anywhere.
func (m *Machine) RequestStop() { m.run.requested.Store(true) }

// resetLine is the reset line of the board, as one device drives it: the
// processor stops after its instruction, and the run loop resets the board.
func (m *Machine) resetLine(device string) devices.Line {
	return devices.LineFunc(func(level bool) {
		if level {
			m.traceReset(device)
			m.run.reset = true
			m.CPU.Stop()
		}
	})
}

func (m *Machine) traceReset(cause string) {
	if m.trace.Reset != nil {
		m.trace.Reset(cause)
	}
}

// exit is the debug exit port.
func (m *Machine) exit(status uint32) {
	m.run.exited, m.run.status = true, status
	m.CPU.Stop()
}

// Run executes until the budget is used up or something stops the machine.
// Time that the processor spends in HLT is skipped. Running in small steps or in
// large ones is the same to the guest.
func (m *Machine) Run(b Budget) (stop Stop) {
	if m.run.crash != nil {
		return Stop{Reason: StopCrash, Err: m.run.crash}
	}
	defer m.catch(&stop)
	last := uint64(math.MaxUint64) // instruction
	if n := m.CPU.Instructions(); b.Instructions != 0 && b.Instructions < last-n {
		last = n + b.Instructions
	}
	end := uint64(math.MaxUint64) // tick
	if b.Until != 0 {
		end = m.clock.tickOf(b.Until)
	}
	idle := 0
	for {
		m.clock.fire()
		m.input.deliver()
		if stop, stopped := m.interrupted(); stopped {
			return stop
		}
		now, ticks := m.CPU.Instructions(), m.clock.ticks()
		if now >= last || ticks >= end {
			return Stop{}
		}
		deadline, any := m.clock.deadline()
		input := m.input.next()
		most := min(last-now, end-ticks, slice, input-ticks)
		if deadline > ticks {
			most = min(most, deadline-ticks)
		}
		switch m.CPU.Run(most) {
		case cpu.ReasonHalt:
			awaited := input != math.MaxUint64
			if idle++; !awaited && (m.CPU.EFlags()&cpu.FlagIF == 0 || idle > idleLimit || !any && b.Until == 0) {
				return Stop{Reason: StopHalted}
			}
			m.clock.skip(min(deadline, end, input))
		case cpu.ReasonShutdown:
			m.traceReset("triple fault")
			if m.config.NoReboot {
				return Stop{Reason: StopTripleFault}
			}
			m.Reset()
		}
		if m.CPU.Instructions() != now {
			idle = 0
		}
	}
}

// interrupted sees to what happened outside the processor's view.
func (m *Machine) interrupted() (stop Stop, stopped bool) {
	switch r := &m.run; {
	case r.exited:
		r.exited = false
		return Stop{Reason: StopExit, Status: r.status}, true
	case r.reset && m.config.NoReboot:
		r.reset = false
		return Stop{Reason: StopReset}, true
	case r.reset:
		m.Reset()
	}
	if m.run.requested.Swap(false) {
		return Stop{Reason: StopRequested}, true
	}
	return Stop{}, false
}
