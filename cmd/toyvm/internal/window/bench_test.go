package window

import (
	"errors"
	"iter"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"toyvm/cmd/toyvm/internal/keeper"
	"toyvm/cmd/toyvm/internal/media"
	"toyvm/cmd/toyvm/internal/monitor"
	"toyvm/cmd/toyvm/internal/session"
	"toyvm/cmd/toyvm/internal/terminal"
	"toyvm/devices/i8042"
	"toyvm/machine"
	"toyvm/roms/demo"
	"toyvm/snapshot/store"
)

// A bench is the machine with its demo in a window that a test sees into. Time
// is the guest's.
type bench struct {
	t       *testing.T
	machine *machine.Machine
	session *session.Session
	window  *Window
	look    Look
	now     time.Time
	inputs  []machine.Action // that the machine was given
}

func newBench(t *testing.T) *bench { return newBenchWith(t, Options{}) }

func newBenchWith(t *testing.T, o Options) *bench {
	t.Helper()
	var config machine.Config
	config.Floppies[0].Medium = media.InMemory(media.Floppy, 1440<<10, demo.Image)
	m, err := machine.New(config)
	require.NoError(t, err)
	b := &bench{t: t, machine: m, session: &session.Session{Machine: m}, now: time.Date(1994, 5, 31, 12, 0, 0, 0, time.UTC)}
	m.SetTrace(machine.Trace{Input: func(e machine.Event) { b.inputs = append(b.inputs, e.Action) }})
	o.Wake = func() {}
	b.session.Console.Snapshots = keeper.New(m, noDrives{}, store.Open(t.TempDir()))
	b.window = New(b.session, o)
	b.session.Display = b.window
	return b
}

// noDrives are no drives for a keeper to look into.
type noDrives struct{ keeper.Drives }

func (noDrives) Inside() iter.Seq2[string, *media.Image] {
	return func(func(string, *media.Image) bool) {}
}

// run lets the machine run for a time.
func (b *bench) run(ns int64) {
	b.t.Helper()
	err := b.session.Run(b.t.Context(), machine.Budget{Until: b.machine.Clock().Now() + ns})
	if !errors.Is(err, monitor.ErrHalted) {
		require.NoError(b.t, err)
	}
}

// input is what the user does, a hundredth of a second after the last; and what
// the machine's side makes of it.
func (b *bench) input(in Input) {
	b.t.Helper()
	b.now = b.now.Add(10 * time.Millisecond)
	in.Time = b.now
	b.look = b.window.Update(in)
	_, err := b.window.Refresh(b.now)
	require.NoError(b.t, err)
	in.Text, in.Wheel = "", 0
	b.look = b.window.Update(in)
}

// hold has the user hold keys, and nothing else.
func (b *bench) hold(keys ...i8042.Key) {
	b.t.Helper()
	b.input(Input{Focused: true, Keys: keys})
}

// tap has the user press keys together and release them.
func (b *bench) tap(keys ...i8042.Key) {
	b.t.Helper()
	b.hold(keys...)
	b.hold()
}

// write has the user type characters into a panel.
func (b *bench) write(text string) {
	b.t.Helper()
	b.input(Input{Focused: true, Text: text})
}

// eventually waits for what a command of the session does.
func (b *bench) eventually(holds func() bool) {
	b.t.Helper()
	for end := time.Now().Add(10 * time.Second); !holds(); b.hold() {
		b.run(1e6)
		require.True(b.t, time.Now().Before(end))
	}
}

// typeKeys types on the guest's keyboard, and lets it act.
func (b *bench) typeKeys(text string) {
	b.t.Helper()
	for _, e := range terminal.Type(text) {
		b.machine.Key(e.Key, e.Pressed)
		b.run(20e6)
	}
	b.run(300e6)
}

// given is what the machine was given since the last call.
func (b *bench) given() []machine.Action {
	defer func() { b.inputs = nil }()
	return b.inputs
}

func down(key i8042.Key) machine.Action { return machine.KeyAction{Key: key, Pressed: true} }
func up(key i8042.Key) machine.Action   { return machine.KeyAction{Key: key} }
