package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"toyvm/cmd/toyvm/internal/chardev"
	"toyvm/cmd/toyvm/internal/monitor"
	"toyvm/cmd/toyvm/internal/session"
	"toyvm/cmd/toyvm/internal/terminal"
	"toyvm/machine"
	"toyvm/snapshot/store"
)

// drawInterval is how often the screen is drawn at most: more often than
// ticks wake an idle machine, which so is drawn when it wakes.
const drawInterval = 20 * time.Millisecond

const greeting = "toyvm: Ctrl-A x quits, c monitor, h helps"

// A terminalDisplay is the machine's screen and keyboard in a terminal, or the
// monitor's prompt in their place.
type terminalDisplay struct {
	machine  *machine.Machine
	terminal *terminal.Terminal
	renderer *terminal.Renderer
	decoder  terminal.Decoder
	status   statusLine
	hidden   bool // the status line
	wake     chan<- struct{}

	prompt   *monitor.Prompt
	atPrompt bool
	escape   chardev.Escape // of what is typed at the prompt

	menu      *loadMenu // nil if it is not shown
	snapshots func() ([]store.Entry, error)
	command   func(line string, out io.Writer, done func(error))

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
		prompt:   monitor.NewPrompt(r.promptConfig(s, t.Prompt(), true)),
		status:   statusLine{machine: s.Machine},

		snapshots: r.keeper.List, command: s.Command,
	}
	d.Tell(greeting)
	d.status.watchDisks(r.trace)
	s.Display = d
	s.Monitors = append(s.Monitors, session.Monitor{Prompt: d.prompt})
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
				d.note(func() { d.ended = session.ErrQuit })
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
		if err := d.resize(); err != nil {
			return 0, err
		}
	}
	for _, e := range d.decoder.Expire(now) {
		if err := d.do(e); err != nil {
			return 0, err
		}
	}
	for _, b := range typed {
		if err := d.take(b, now); err != nil {
			return 0, err
		}
	}
	return d.draw(now)
}

// resize follows the terminal's size, or draws again what it has lost.
func (d *terminalDisplay) resize() error {
	columns, rows, err := d.terminal.Size()
	if err != nil {
		return err
	}
	d.renderer.Resize(columns, rows)
	d.stale = true
	if d.menu != nil {
		return d.drawMenu()
	}
	if d.atPrompt {
		d.prompt.SetSize(columns, rows)
		d.prompt.Write(nil)
	}
	return nil
}

// take gives what was typed to the machine or to the prompt.
func (d *terminalDisplay) take(b []byte, now time.Time) error {
	for len(b) > 0 {
		if d.menu != nil { // a key may be more than one byte
			return d.choose(b[0])
		}
		if !d.atPrompt {
			events := d.decoder.Decode(b, now)
			for _, e := range events {
				if err := d.do(e); err != nil {
					return err
				}
			}
			if b = nil; d.atPrompt {
				b = d.decoder.Rest()
			}
			continue
		}
		before, key, rest := d.escape.Next(b)
		d.prompt.Feed(before)
		b = rest
		if key != 0 {
			if err := d.do(terminal.Event{Command: terminal.CommandOf(key)}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (d *terminalDisplay) do(e terminal.Event) error {
	switch e.Command {
	case terminal.NoCommand:
		if !d.atPrompt {
			d.machine.Key(e.Key, e.Pressed)
		}
	case terminal.CommandQuit:
		if d.atPrompt {
			fmt.Fprint(d.terminal.Prompt(), "\r\n")
		}
		return session.ErrQuit
	case terminal.CommandMonitor:
		return d.switchSides()
	case terminal.CommandStatus:
		d.hidden, d.status.message = !d.hidden, ""
		d.renderer.HideStatus(d.hidden)
		d.stale = true
	case terminal.CommandSave:
		d.run("savevm", func(tag string) string { return "Saved as " + tag + "; Ctrl-A l goes back to it." })
	case terminal.CommandLoad:
		return d.openMenu()
	case terminal.CommandHelp:
		d.Tell(terminal.CommandKeys)
	}
	return nil
}

// switchSides goes from the machine's screen to the prompt, or back.
func (d *terminalDisplay) switchSides() error {
	if d.atPrompt = !d.atPrompt; !d.atPrompt {
		return d.terminal.ReturnToScreen()
	}
	if err := d.terminal.LeaveScreen(); err != nil {
		return err
	}
	columns, rows, err := d.terminal.Size()
	if err != nil {
		return err
	}
	d.prompt.SetSize(columns, rows)
	d.prompt.Show(false)
	return nil
}

// Tell implements session.Display.
func (d *terminalDisplay) Tell(message string) {
	if d.atPrompt {
		fmt.Fprintln(d.prompt, message)
		return
	}
	d.status.message, d.status.told = message, time.Now()
	d.stale = true
}

// draw draws the screen, but not too often. It says when it would like to.
func (d *terminalDisplay) draw(now time.Time) (again time.Duration, err error) {
	again = statusInterval
	if at, due := d.decoder.Deadline(); due {
		again = max(at.Sub(now), time.Millisecond)
	}
	if d.atPrompt || d.menu != nil {
		return again, nil
	}
	if !d.hidden && d.status.update(now) {
		d.renderer.SetStatus(d.status.text)
		d.stale = true
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
