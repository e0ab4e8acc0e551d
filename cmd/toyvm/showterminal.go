package main

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"toyvm/cmd/toyvm/internal/session"
	"toyvm/cmd/toyvm/internal/terminal"
	"toyvm/machine"
)

// drawInterval is how often the screen is drawn at most: more often than
// ticks wake an idle machine, which so is drawn when it wakes.
const drawInterval = 20 * time.Millisecond

// errQuit ends a run because the user wants it to.
var errQuit = errors.New("quit")

const (
	greeting = "toyvm: Ctrl-A x quits, Ctrl-A h helps"
	keysHelp = "Ctrl-A x: quit   Ctrl-A Ctrl-A: send Ctrl-A   Ctrl-A h: this"
)

// A terminalDisplay is the machine's screen and keyboard in a terminal.
type terminalDisplay struct {
	machine  *machine.Machine
	terminal *terminal.Terminal
	renderer *terminal.Renderer
	decoder  terminal.Decoder
	wake     chan<- struct{}

	drawn      time.Time
	executed   uint64 // instructions of the machine by then
	stale      bool   // something other than the machine's screen has changed
	generation uint64 // of the text that the terminal shows; 0 if it shows a picture

	mu      sync.Mutex
	typed   [][]byte
	resized bool
	ended   error // the terminal is gone, or a signal has come
}

// show takes over the terminal while play plays.
func (r *runner) show(s *session.Session, play func() error) (err error) {
	t, err := terminal.Open(r.stdin.(*os.File), r.rawStdout.(*os.File))
	if err != nil {
		return fmt.Errorf("--display terminal: %w", err)
	}
	defer func() { err = errors.Join(err, t.Close()) }()
	columns, rows, err := t.Size()
	if err != nil {
		return err
	}
	d := &terminalDisplay{
		machine: s.Machine, terminal: t, wake: r.wake,
		renderer: terminal.NewRenderer(t, terminal.DetectColours(os.Getenv), columns, rows),
	}
	d.renderer.SetStatus(greeting)
	s.Display = d
	done := make(chan struct{})
	defer close(done)
	go d.listen(done)
	return play()
}

// listen collects what comes from the terminal until the display is done.
func (d *terminalDisplay) listen(done <-chan struct{}) {
	defer d.terminal.RestoreOnPanic()
	for {
		var do func()
		select {
		case <-done:
			return
		case b, open := <-d.terminal.Bytes():
			if !open {
				d.note(func() { d.ended = errQuit })
				return
			}
			do = func() { d.typed = append(d.typed, b) }
		case <-d.terminal.Resized():
			do = func() { d.resized = true }
		case <-d.terminal.Signals():
			do = func() { d.ended = session.ErrInterrupted }
		}
		d.note(do)
	}
}

// note changes what Refresh finds, and wakes the session.
func (d *terminalDisplay) note(do func()) {
	d.mu.Lock()
	do()
	d.mu.Unlock()
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// Refresh implements session.Display.
func (d *terminalDisplay) Refresh(now time.Time) (again time.Duration, err error) {
	d.mu.Lock()
	typed, resized, ended := d.typed, d.resized, d.ended
	d.typed, d.resized = nil, false
	d.mu.Unlock()
	if ended != nil {
		return 0, ended
	}
	if resized {
		columns, rows, err := d.terminal.Size()
		if err != nil {
			return 0, err
		}
		d.renderer.Resize(columns, rows)
		d.stale = true
	}
	events := d.decoder.Expire(now)
	for _, b := range typed {
		events = append(events, d.decoder.Decode(b, now)...)
	}
	for _, e := range events {
		if err := d.do(e); err != nil {
			return 0, err
		}
	}
	return d.draw(now)
}

func (d *terminalDisplay) do(e terminal.Event) error {
	switch e.Command {
	case terminal.NoCommand:
		d.machine.Key(e.Key, e.Pressed)
	case terminal.CommandQuit:
		return errQuit
	case terminal.CommandHelp:
		d.setStatus(keysHelp)
	default:
		d.setStatus(fmt.Sprintf("There is no %s yet. %s", e.Command, keysHelp))
	}
	return nil
}

func (d *terminalDisplay) setStatus(text string) {
	d.renderer.SetStatus(text)
	d.stale = true
}

// draw draws the screen, but not too often. It says when it would like to.
func (d *terminalDisplay) draw(now time.Time) (again time.Duration, err error) {
	again = time.Second
	if at, due := d.decoder.Deadline(); due {
		again = max(at.Sub(now), time.Millisecond)
	}
	executed := d.machine.CPU.Instructions()
	if !d.stale && executed == d.executed {
		return again, nil
	}
	if rest := drawInterval - now.Sub(d.drawn); rest > 0 {
		return min(rest, again), nil
	}
	d.drawn, d.executed = now, executed
	text := d.machine.Text()
	if text == nil {
		d.stale, d.generation = false, 0
		return again, d.renderer.DrawFrame(d.machine.Frame())
	}
	if !d.stale && text.Generation == d.generation {
		return again, nil
	}
	d.stale, d.generation = false, text.Generation
	return again, d.renderer.DrawText(text)
}
