package session

import (
	"context"
	"errors"
	"fmt"

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
	for _, m := range s.Monitors {
		if line, ok := m.Prompt.Next(); ok {
			return true, s.carryOut(ctx, m.Prompt, line)
		}
	}
	return false, nil
}

func (s *Session) carryOut(ctx context.Context, p *monitor.Prompt, line string) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	s.attending = true
	defer func() { s.attending = false }()
	console := s.Console
	console.Machine, console.Out, console.Live = s.Machine, p, true
	console.Run = func(b machine.Budget) error { return s.Run(ctx, b) }
	go func() {
		select {
		case <-p.Interrupted():
			cancel(errCancelled)
		case <-ctx.Done():
		}
	}()
	do, err := monitor.Parse(line)
	if err == nil && do != nil {
		err = do(&console)
	}
	if s.over != nil {
		return s.over
	}
	if quit := (monitor.Quit{}); errors.As(err, &quit) {
		return quit
	}
	p.Done(err)
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
