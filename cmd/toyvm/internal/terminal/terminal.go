package terminal

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"golang.org/x/term"
)

// What a terminal is told when the screen takes it over, and when it is given
// back: another screen than the shell's, no wrapping at the end of lines,
// pastes that are marked, and a cursor that shows only where the guest's is.
const (
	enterScreen = "\x1b[?1049h\x1b[?7l\x1b[?2004h\x1b[?25l"
	leaveScreen = "\x1b[0m\x1b[?2004l\x1b[?7h\x1b[0 q\x1b[?25h\x1b[?1049l"
)

// A Terminal is the user's terminal while the guest's screen is in it.
//
// The goroutine that opens it defers Close, so that a panic finds the terminal
// as it was; others that may panic defer RestoreOnPanic.
type Terminal struct {
	in, out *os.File
	saved   *term.State

	mu      sync.Mutex
	entered bool // the screen is in the terminal
	wanted  bool // it shall be there whenever the program runs
	closed  bool
	away    bool   // a prompt is in the terminal instead of the screen
	late    []byte // what the prompt could not write

	reader  *reader
	bytes   chan []byte
	hangUp  sync.Once // closes bytes
	resized chan struct{}
	signals chan os.Signal
	done    chan struct{}
	running sync.WaitGroup
}

// Open takes over a terminal.
func Open(in, out *os.File) (*Terminal, error) {
	for _, f := range []*os.File{in, out} {
		if !term.IsTerminal(int(f.Fd())) {
			return nil, fmt.Errorf("%s is not a terminal", f.Name())
		}
	}
	if os.Getenv("TERM") == "dumb" {
		return nil, errors.New("the terminal cannot show a screen: TERM is dumb")
	}
	saved, err := term.GetState(int(in.Fd()))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", in.Name(), err)
	}
	t := &Terminal{
		in: in, out: out, saved: saved, wanted: true,
		bytes: make(chan []byte), resized: make(chan struct{}, 1), signals: make(chan os.Signal, 1),
		done: make(chan struct{}),
	}
	t.watchSignals()
	if err = t.enter(); err == nil {
		err = t.startReader()
	}
	if err != nil {
		return nil, errors.Join(err, t.Close())
	}
	return t, nil
}

// Bytes are what the user typed, for a Decoder, in order. It is closed when
// the terminal is gone.
func (t *Terminal) Bytes() <-chan []byte { return t.bytes }

// Resized tells that the terminal may have another size, or have lost what it
// showed: time for Size and Renderer.Resize.
func (t *Terminal) Resized() <-chan struct{} { return t.resized }

// Signals tells of a signal that shall end the program. The terminal is
// restored by then; a second signal ends the program at once.
func (t *Terminal) Signals() <-chan os.Signal { return t.signals }

// Size is how many columns and rows the terminal has.
func (t *Terminal) Size() (columns, rows int, err error) {
	return term.GetSize(int(t.out.Fd()))
}

// Write writes to the screen. While that is not in the terminal, what is
// written is lost: Resized asks for it again.
func (t *Terminal) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.entered || t.away {
		return len(p), nil
	}
	return t.out.Write(p)
}

// LeaveScreen shows what was in the terminal before, for a prompt. Keys go on
// to arrive as they are typed; what is written to the screen is lost.
func (t *Terminal) LeaveScreen() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.away = true
	if !t.entered {
		return nil
	}
	_, err := t.out.WriteString(leaveScreen)
	return errors.Join(err, t.writeLate())
}

// ReturnToScreen ends that. All has to be drawn anew.
func (t *Terminal) ReturnToScreen() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.away = false
	t.askForDrawing()
	if !t.entered {
		return nil
	}
	_, err := t.out.WriteString(enterScreen)
	return err
}

// Prompt is what a prompt writes to. What it writes while the screen is there
// comes when the screen is left.
func (t *Terminal) Prompt() io.Writer { return promptWriter{t} }

type promptWriter struct{ *Terminal }

func (w promptWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.entered || !w.away {
		w.late = append(w.late, p...)
		return len(p), nil
	}
	return w.out.Write(p)
}

// writeLate writes what a prompt has written too late.
func (t *Terminal) writeLate() error {
	_, err := t.out.Write(t.late)
	t.late = nil
	return err
}

// Close gives the terminal back. It may be called more than once.
func (t *Terminal) Close() error {
	t.mu.Lock()
	closed := t.closed
	t.closed, t.wanted = true, false
	t.mu.Unlock()
	if closed {
		return nil
	}
	close(t.done)
	t.stopReader()
	t.running.Wait()
	return t.restore()
}

// RestoreOnPanic is for goroutines other than the one that closes the
// terminal: deferred there, it restores the terminal before a panic ends the
// program.
func (t *Terminal) RestoreOnPanic() {
	if p := recover(); p != nil {
		t.setWanted(false)
		_ = t.restore() // the panic is what matters
		panic(p)
	}
}

func (t *Terminal) setWanted(wanted bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.wanted = wanted
}

// enter puts the screen into the terminal if it shall be there. The shell may
// have taken it out while the program was stopped, so it does so again and
// again.
func (t *Terminal) enter() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.wanted {
		return nil
	}
	if _, err := term.MakeRaw(int(t.in.Fd())); err != nil {
		return fmt.Errorf("%s: %w", t.in.Name(), err)
	}
	t.entered = true
	if t.away {
		return t.writeLate()
	}
	_, err := t.out.WriteString(enterScreen)
	return err
}

func (t *Terminal) restore() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.entered {
		return nil
	}
	t.entered = false
	var err error
	if !t.away {
		_, err = t.out.WriteString(leaveScreen)
	}
	return errors.Join(err, t.writeLate(), term.Restore(int(t.in.Fd()), t.saved))
}

func (t *Terminal) askForDrawing() {
	select {
	case t.resized <- struct{}{}:
	default: // it is asked for already
	}
}
