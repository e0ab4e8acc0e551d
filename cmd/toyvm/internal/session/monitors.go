package session

import (
	"context"
	"errors"
	"fmt"
	"io"

	"toyvm/cmd/toyvm/internal/monitor"
	"toyvm/machine"
)

// A Monitor is a prompt of the session.
type Monitor struct {
	Prompt *monitor.Prompt
	// Line is where the user's keys come from; nil if somebody else feeds the
	// prompt.
	Line Line
}

// A request is a command that a display gives.
type request struct {
	line string
	out  io.Writer
	done func(error)
}

// Command has a command carried out between two slices of the machine's time,
// as if it had been entered at a monitor. Done is told what went wrong. It is
// for displays, while they are refreshed.
func (s *Session) Command(line string, out io.Writer, done func(error)) {
	s.requests = append(s.requests, request{line, out, done})
}

// errCancelled is why a command that the user interrupted ends.
var errCancelled = errors.New("interrupted")

// attend carries out the command that a user has entered, if there is one and
// none is being carried out. An error is why the run is to end.
func (s *Session) attend(ctx context.Context) (attended bool, err error) {
	for _, m := range s.Monitors {
		if m.Line != nil {
			if p := m.Line.Receive(m.Prompt.Room()); len(p) > 0 {
				m.Prompt.Feed(p)
			} else if e, ok := m.Line.(interface{ Ended() bool }); ok && e.Ended() {
				m.Prompt.End()
			}
		}
	}
	if s.attending {
		return false, nil
	}
	if len(s.requests) > 0 {
		r := s.requests[0]
		s.requests = s.requests[1:]
		return true, s.carryOut(ctx, r, nil)
	}
	for _, m := range s.Monitors {
		if line, ok := m.Prompt.Next(); ok {
			return true, s.carryOut(ctx, request{line, m.Prompt, m.Prompt.Done}, m.Prompt.Interrupted())
		}
	}
	return false, nil
}

// carryOut carries out a command, until it is interrupted.
func (s *Session) carryOut(ctx context.Context, r request, interrupted <-chan struct{}) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	s.attending = true
	defer func() { s.attending = false }()
	console := s.Console
	console.Machine, console.Out, console.Live = s.Machine, r.out, true
	console.Run = func(b machine.Budget) error { return s.Run(ctx, b) }
	go func() {
		select {
		case <-interrupted:
			cancel(errCancelled)
		case <-ctx.Done():
		}
	}()
	do, err := monitor.Parse(r.line)
	if err == nil && do != nil {
		err = do(&console)
	}
	if s.over != nil {
		return s.over
	}
	if quit := (monitor.Quit{}); errors.As(err, &quit) {
		return quit
	}
	r.done(err)
	return nil
}

// tell tells all users that the machine cannot go on.
func (s *Session) tell(what error) {
	for _, m := range s.Monitors {
		fmt.Fprintln(m.Prompt, what)
	}
	if s.Display != nil {
		s.Display.Tell("The emulator crashed. Ctrl-A c has more.")
	}
}
