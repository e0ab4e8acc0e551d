package window

import (
	"image"
	"slices"
	"sync"
	"time"

	"toyvm/cmd/toyvm/internal/session"
	"toyvm/devices/i8042"
	"toyvm/machine"
)

// Options are what a window needs beside the session.
type Options struct {
	// Snapshots lists those of the machine in the order in which they are shown.
	// It is called on the machine's side.
	Snapshots func() ([]Snapshot, error)
	// Enter takes a line that was typed at the monitor, with its line end.
	Enter func(line []byte)
	// Wake wakes the session when there is input.
	Wake func()
}

// A Snapshot is what the menu shows of one.
type Snapshot struct {
	Tag       string
	Date      time.Time
	Note      string
	Thumbnail image.Image // may be nil
}

// Input is what the user does at a moment.
type Input struct {
	Time    time.Time
	Focused bool // the window has the keyboard
	Closing bool // the user closes it

	Keys []i8042.Key // that are held
	Text string      // that they have typed since the last input

	Pointer image.Point
	Wheel   float64       // turned away from the user since the last input
	Buttons i8042.Buttons // that are held
}

// Look is how the window has to be.
type Look struct {
	Title      string
	FullScreen bool
	Grabbed    bool // the pointer is the guest's mouse
}

// A Window is the window but for the window system.
type Window struct {
	session *session.Session
	options Options
	speaker speaker

	// Under mu: what the sides leave each other.
	mu       sync.Mutex
	requests []func(*machine.Machine) error // for the machine's side
	replies  []func()                       // for the user's
	picture  Picture
	paused   bool
	turbo    bool
	closed   bool
	ended    bool // the run is over

	// The machine's side.
	drawn     time.Time
	executed  uint64 // instructions by then
	commanded bool   // the session has a command to carry out first

	// The user's side.
	now         time.Time
	look        Look
	keys        keyboard // that are held
	sent        keyboard // that the guest knows to be held
	repeat      repeat
	mouse       mouse
	onlyCtrlAlt bool // were pressed last, and are held
	panel       panel
	console     *console
	message     string
	messageEnds time.Time
	changed     bool // the panel or the message has
	overlay     Overlay
}

// New returns a window on a session, whose display it has to become.
func New(s *session.Session, o Options) *Window {
	w := &Window{session: s, options: o}
	w.console = &console{enter: o.Enter, close: w.closePanel}
	w.picture.update(s.Machine.Frame())
	return w
}

// drawInterval is how often the picture is drawn at most.
const drawInterval = 16 * time.Millisecond

// Refresh implements session.Display.
func (w *Window) Refresh(now time.Time) (again time.Duration, err error) {
	handled := false
	for w.commanded = false; !w.commanded; handled = true {
		do, err := w.next()
		if err != nil {
			return 0, err
		}
		if do == nil {
			break
		}
		if err := do(w.session.Machine); err != nil {
			return 0, err
		}
	}
	if again = w.publish(now, handled); w.commanded {
		again = 0
	}
	return again, nil
}

// publish tells the user's side how the machine is, but does not draw too often
// unless something has happened to the machine.
func (w *Window) publish(now time.Time, happened bool) (again time.Duration) {
	m := w.session.Machine
	w.mu.Lock()
	defer w.mu.Unlock()
	w.paused, w.turbo = m.Paused(), w.session.Turbo
	frequency := m.Speaker.Tone()
	if w.paused || w.turbo {
		frequency = 0
	}
	w.speaker.tell(m.Clock().Now(), frequency)

	executed := m.CPU.Instructions()
	if !happened && executed == w.executed {
		return time.Second
	}
	if rest := drawInterval - now.Sub(w.drawn); rest > 0 && !happened {
		return rest
	}
	w.drawn, w.executed = now, executed
	w.picture.update(m.Frame())
	return time.Second
}

// next takes what the user's side wants next; nil if it wants nothing.
func (w *Window) next() (do func(*machine.Machine) error, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.closed:
		return nil, session.ErrQuit
	case len(w.requests) == 0:
		return nil, nil
	}
	do = w.requests[0]
	w.requests = slices.Delete(w.requests, 0, 1)
	return do, nil
}

// post has something done on the machine's side.
func (w *Window) post(do func(*machine.Machine) error) {
	w.mu.Lock()
	w.requests = append(w.requests, do)
	w.mu.Unlock()
	w.options.Wake()
}

// do lets an action happen to the machine.
func (w *Window) do(a machine.Action) {
	w.post(func(m *machine.Machine) error { return m.Do(a) })
}

// Write implements io.Writer: it is what the monitor prints.
func (w *Window) Write(p []byte) (int, error) {
	text := string(p)
	w.reply(func() { w.console.print(text) })
	return len(p), nil
}

// Tell implements session.Display.
func (w *Window) Tell(message string) { w.reply(func() { w.say(message) }) }

// reply has something done on the user's side.
func (w *Window) reply(do func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.replies = append(w.replies, do)
}

// Close ends the run, if it goes on.
func (w *Window) Close() {
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	w.options.Wake()
}

// End tells that the run is over, so that the window goes away.
func (w *Window) End() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ended = true
}

// Ended tells whether the run is over.
func (w *Window) Ended() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.ended
}

// Picture hands the picture to show, which stays as it is meanwhile.
func (w *Window) Picture(show func(*Picture)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	show(&w.picture)
}
