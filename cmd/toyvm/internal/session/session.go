// Package session runs a machine among the things of the host: it lets time
// pass at the speed that is wanted, hands on what arrives on the serial lines,
// and comes back when the run is to end.
package session

import (
	"context"
	"errors"
	"time"

	"toyvm/cmd/toyvm/internal/monitor"
	"toyvm/cmd/toyvm/internal/pace"
	"toyvm/machine"
)

const (
	// A slice is what the machine runs before the host is looked at again: a
	// time of the guest, and not more instructions than take some milliseconds.
	sliceTime         = 10_000_000 // ns
	sliceInstructions = 1 << 21

	// portion is how many bytes a serial port is offered at a time.
	portion = 64

	// longest is how long the machine is left alone when it has nothing to do.
	longest = time.Second
)

// A Session is a machine and what it is connected to.
type Session struct {
	Machine *machine.Machine
	Lines   []Line // COM1 first
	// Realtime keeps guest time in step with the host's. Otherwise the machine
	// runs as fast as it can, and time in which it has nothing to do is skipped.
	Realtime bool
	// Turbo makes it run as if Realtime was off, for as long as it is on.
	Turbo bool
	// MaxInstructions ends the run when so many have been executed, or skipped
	// by a guest that idles and would never get there; 0 is never.
	MaxInstructions uint64
	// Wake is signalled when input has arrived.
	Wake <-chan struct{}
	// Display shows the machine; nil if nothing does.
	Display Display
	// Console is what the monitors' commands work with; its Run and Out are the
	// session's.
	Console  monitor.Console
	Monitors []Monitor

	over      error // why the run is to end
	attending bool  // a monitor's command is being carried out
	requests  []request

	pacer  *pace.Pacer
	ranTo  int64 // guest time when the machine came back
	urgent bool  // input has arrived that the machine has not seen
	behind bool  // the last slice was too short for the time that was due
	woken  moment
}

// A Line is where bytes come from.
type Line interface {
	// Receive takes up to most bytes that have arrived.
	Receive(most int) []byte
}

// A Display shows the machine and takes the user's keys.
type Display interface {
	// Refresh gives the machine the keys that were pressed, and shows what has
	// changed. It wants to be called again after a time at the latest. Its
	// error ends the run.
	Refresh(now time.Time) (again time.Duration, err error)
	// Tell shows a message to the user.
	Tell(message string)
}

// Ways for a run to end, beside an Ended.
var (
	ErrLimit       = errors.New("the limit of instructions is reached")
	ErrInterrupted = errors.New("interrupted")
	ErrQuit        = errors.New("quit") // the user wants it; also as the cause of a context's end
)

// An Ended is the error that tells why the machine stopped.
type Ended struct{ machine.Stop }

func (e *Ended) Error() string {
	if e.Err != nil {
		return e.Err.Error()
	}
	return "the machine stopped: " + e.Reason.String()
}

// Run lets the machine run until the budget is used up, which is no error.
// The error is monitor.ErrHalted if nothing will happen in the machine any more,
// and monitor.ErrPaused if nobody can let it go on. Meanwhile the monitors'
// commands are carried out.
func (s *Session) Run(ctx context.Context, b machine.Budget) error {
	err := s.run(ctx, b)
	if err != nil && err != monitor.ErrHalted && err != monitor.ErrPaused && err != errCancelled {
		s.over = err
	}
	return err
}

// watched tells whether somebody may look at a machine that stands still.
func (s *Session) watched() bool { return s.Display != nil || len(s.Monitors) > 0 }

func (s *Session) run(ctx context.Context, b machine.Budget) error {
	m := s.Machine
	last := m.CPU.Instructions() + b.Instructions
	for {
		done, now := m.CPU.Instructions(), m.Clock().Now()
		switch {
		case b.Instructions != 0 && done >= last, b.Until != 0 && now >= b.Until:
			return nil
		case s.MaxInstructions != 0 && (done >= s.MaxInstructions || s.skipped(now, done) >= float64(s.MaxInstructions)):
			return ErrLimit
		case ctx.Err() != nil:
			if cause := context.Cause(ctx); cause == errCancelled || cause == ErrQuit {
				return cause
			}
			return ErrInterrupted
		}
		s.receive()
		if attended, err := s.attend(ctx); attended || err != nil {
			if err != nil {
				return err
			}
			continue // it may have changed anything
		}
		again, err := s.refresh()
		if err != nil {
			return err
		}
		if m.Paused() {
			if s.attending || !s.watched() {
				return monitor.ErrPaused
			}
			s.sleep(ctx, again)
			continue
		}
		slice := machine.Budget{Instructions: sliceInstructions, Until: now + sliceTime}
		if s.Realtime && !s.Turbo {
			due := s.due(ctx, again, b.Until)
			if due <= now {
				continue
			}
			slice.Until = min(slice.Until, due)
			s.behind = slice.Until < due
		} else {
			s.pacer = nil // guest time may get ahead
		}
		if b.Instructions != 0 {
			slice.Instructions = min(slice.Instructions, last-done)
		}
		if b.Until != 0 {
			slice.Until = min(slice.Until, b.Until)
		}
		if s.MaxInstructions != 0 {
			slice.Instructions = min(slice.Instructions, s.MaxInstructions-done)
		}
		stop := m.Run(slice)
		s.ranTo = m.Clock().Now()
		switch stop.Reason {
		case machine.StopBudget:
		case machine.StopHalted:
			if !s.watched() || b != (machine.Budget{}) {
				return monitor.ErrHalted
			}
			s.sleep(ctx, again) // the user may look at it
		case machine.StopCrash:
			if unattended := b != (machine.Budget{}) && !s.attending; unattended || !s.watched() {
				return &Ended{stop}
			}
			m.SetPaused(true) // it can be looked at, and reset
			s.tell(stop.Err)
		default:
			return &Ended{stop}
		}
	}
}

// skipped is how many instructions would have fit into the time that the guest
// did not use.
func (s *Session) skipped(now int64, done uint64) float64 {
	return float64(now)/1e9*float64(s.Machine.Config().Rate) - float64(done)
}

// receive gives the machine what has arrived, if it took the last of it.
func (s *Session) receive() {
	if s.Machine.Waiting() {
		return
	}
	for port, line := range s.Lines {
		if p := line.Receive(portion); len(p) > 0 {
			s.Machine.Serial(port, p)
		}
	}
}

// refresh lets the display, if there is one, keep up.
func (s *Session) refresh() (again time.Duration, err error) {
	if s.Display == nil {
		return longest, nil
	}
	return s.Display.Refresh(time.Now())
}

// due is how far guest time may pass now. Before there is something to do for
// the machine, it waits, but not longer than the display likes.
func (s *Session) due(ctx context.Context, again time.Duration, until int64) int64 {
	m, wall := s.Machine, time.Now()
	guest := m.Clock().Now()
	if s.pacer == nil || guest != s.ranTo { // it has become another machine
		s.pacer, s.ranTo = pace.Start(wall, guest), guest
		s.behind = false
	}
	next, step := guest, pace.Step
	if m.CPU.Halted() {
		next = s.nextTimer()
		if s.dozing() {
			step = pace.DozeStep
		}
	}
	if until != 0 {
		next = min(next, until)
		step = min(step, time.Duration(until-guest))
	}
	if rest := s.pacer.Rest(wall, guest, next, step); rest > 0 && !s.urgent && !s.behind {
		s.urgent = s.sleep(ctx, min(rest, again))
		return guest
	}
	s.urgent = false
	if !s.behind {
		s.woken = moment{guest, m.CPU.Instructions()}
	}
	return s.pacer.Due(wall, guest)
}

// A moment is a time in the life of a machine.
type moment struct {
	guest        int64
	instructions uint64
}

// dozing tells whether the machine did hardly anything since it was woken: less
// than a thousandth of what fits into the time.
func (s *Session) dozing() bool {
	const little = 1000
	executed := float64(s.Machine.CPU.Instructions() - s.woken.instructions)
	fits := float64(s.Machine.Clock().Now()-s.woken.guest) / 1e9 * float64(s.Machine.Config().Rate)
	return executed*little < fits
}

// nextTimer is when a timer fires next.
func (s *Session) nextTimer() int64 {
	next := s.Machine.Clock().Now() + int64(longest)
	for _, t := range s.Machine.Clock().Timers() {
		if t.Expiry >= 0 {
			next = min(next, t.Expiry)
		}
	}
	return next
}

// sleep waits for a time, or until there is input.
func (s *Session) sleep(ctx context.Context, d time.Duration) (input bool) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return false
	case <-s.Wake:
		return true
	case <-ctx.Done():
		return false
	}
}
