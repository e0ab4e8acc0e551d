// Package vmstatetest tests how a device declares its state. A device's own
// test says how to make one and how to bring it into states worth saving; the
// rest is the same for all:
//
//	var subject = vmstatetest.Subject[PIC]{
//		Description: &State,
//		New:         func() *PIC { return New(&devicetest.Line{}) },
//		States: map[string]func(*PIC){
//			"request in service": func(p *PIC) { p.Raise(3); p.Acknowledge() },
//		},
//	}
//
//	func TestState(t *testing.T) { vmstatetest.Run(t, subject) }
//	func FuzzState(f *testing.F) { vmstatetest.Fuzz(f, subject) }
//
// A field of the struct that is not saved on purpose says so in its tag, where
// a reader finds it:
//
//	irq  devices.Line `vmstate:"transient"` // wiring, caches: not part of the state
//	mode int          `vmstate:"derived"`   // rebuilt from other fields, or carried by a hook or a temporary
//
// Derived fields must come back when the state is loaded; transient ones are
// left as New makes them.
package vmstatetest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"testing"

	"toyvm/vmstate"
)

// A Subject is a device under test.
type Subject[T any] struct {
	Description *vmstate.Description[T]

	// New makes the device as the machine does. It is called often.
	New func() *T

	// States bring a new device into further states, by name. Optional
	// subsections and allocated memory are tested only where a state has them.
	States map[string]func(*T)
}

// TB is what the tests need of a testing.T.
type TB interface {
	Helper()
	Errorf(format string, args ...any)
}

// Run runs all tests but Fuzz.
func Run[T any](t *testing.T, s Subject[T]) {
	t.Run("Versions", func(t *testing.T) { Versions(t, s) })
	t.Run("Coverage", func(t *testing.T) { Coverage(t, s) })
	t.Run("RoundTrip", func(t *testing.T) { RoundTrip(t, s) })
	t.Run("SecondGeneration", func(t *testing.T) { SecondGeneration(t, s) })
	t.Run("ResetAfterLoad", func(t *testing.T) { ResetAfterLoad(t, s) })
	t.Run("Truncation", func(t *testing.T) { Truncation(t, s) })
}

// Versions checks that every field is loaded at a version that it is saved at:
// what is inside a Queue, a Tree or a Temporary is loaded at that of Since.
func Versions[T any](t TB, s Subject[T]) {
	t.Helper()
	schema := vmstate.NewSchema("", vmstate.NewSection(s.Description, s.New(), 0))
	for _, f := range vmstate.Check(schema, schema) {
		t.Errorf("what is saved cannot be loaded: field %v", f)
	}
}

// each calls test with a device in every state.
func (s Subject[T]) each(test func(state string, object *T)) {
	test("new", s.New())
	for _, name := range slices.Sorted(maps.Keys(s.States)) {
		object := s.New()
		s.States[name](object)
		test(name, object)
	}
}

// saved is each with the bytes of the state.
func (s Subject[T]) saved(t TB, test func(state string, object *T, body []byte)) {
	t.Helper()
	s.each(func(state string, object *T) {
		body, err := s.Description.Marshal(object)
		if err != nil {
			t.Errorf("state %q: save: %v", state, err)
			return
		}
		test(state, object, body)
	})
}

func (s Subject[T]) load(t TB, state string, body []byte) (*T, bool) {
	t.Helper()
	object := s.New()
	if err := s.Description.Unmarshal(body, object, s.Description.Version); err != nil {
		t.Errorf("state %q: load of what was saved: %v", state, err)
		return nil, false
	}
	return object, true
}

// RoundTrip checks that a device into which a state was loaded has the same
// value in every field that is not transient.
func RoundTrip[T any](t TB, s Subject[T]) {
	t.Helper()
	s.saved(t, func(state string, object *T, body []byte) {
		if loaded, ok := s.load(t, state, body); ok {
			compare(object, loaded, func(path string, saved, loaded any) {
				t.Errorf("state %q: field %s was %v when saved and is %v when loaded", state, path, saved, loaded)
			})
		}
	})
}

// SecondGeneration checks that a state which was loaded is saved as the same
// bytes again.
func SecondGeneration[T any](t TB, s Subject[T]) {
	t.Helper()
	s.saved(t, func(state string, object *T, body []byte) {
		if loaded, ok := s.load(t, state, body); ok {
			s.secondGeneration(t, state, body, loaded)
		}
	})
}

func (s Subject[T]) secondGeneration(t TB, state string, body []byte, loaded *T) (ok bool) {
	t.Helper()
	again, err := s.Description.Marshal(loaded)
	if err != nil {
		t.Errorf("state %q: save of what was loaded: %v", state, err)
		return false
	}
	if !bytes.Equal(body, again) {
		t.Errorf("state %q: saved, loaded and saved again it is different:\n%s", state, s.difference(body, again))
		return false
	}
	return true
}

// ResetAfterLoad checks that the method Reset, if there is one, makes a device
// into which a state was loaded the same as the one that was saved.
func ResetAfterLoad[T any](t TB, s Subject[T]) {
	t.Helper()
	s.saved(t, func(state string, object *T, body []byte) {
		device, ok := any(object).(interface{ Reset() })
		if !ok {
			return
		}
		if loaded, ok := s.load(t, state, body); ok {
			device.Reset()
			any(loaded).(interface{ Reset() }).Reset()
			compare(object, loaded, func(path string, saved, loaded any) {
				t.Errorf("state %q: after a reset, field %s is %v, and %v if the state was loaded before", state, path, saved, loaded)
			})
		}
	})
}

// difference names the fields in which two bodies differ.
func (s Subject[T]) difference(body, again []byte) string {
	var trees [2]*vmstate.Node
	for i, b := range [][]byte{body, again} {
		section := vmstate.NewSection(s.Description, s.New(), 0)
		tree, err := section.Tree(vmstate.NewDecoder(io.MultiReader(bytes.NewReader(b), bytes.NewReader([]byte{0})), nil), s.Description.Version)
		if err != nil {
			return fmt.Sprintf("first   % x\nsecond  % x", body, again)
		}
		trees[i] = tree
	}
	var text bytes.Buffer
	for _, c := range vmstate.Diff(trees[0], trees[1]) {
		fmt.Fprintf(&text, "  %s: %v, then %v\n", c.Path, c.Old, c.New)
	}
	return text.String()
}

// Truncation checks that a state that was cut off, at whatever byte, is an
// error and not a panic, and that the device can be loaded afterwards. Of each
// state it tells the first failure only.
func Truncation[T any](t TB, s Subject[T]) {
	t.Helper()
	s.saved(t, func(state string, _ *T, body []byte) {
		if _, ok := s.load(t, state, body); !ok {
			return
		}
		for _, cut := range cuts(len(body)) {
			if !s.truncated(t, state, body, cut) {
				return
			}
		}
	})
}

// cuts is every place to cut a body of the given size, but in a large one only
// those near the ends and some in between.
func cuts(size int) []int {
	const near, between = 2048, 997
	var cuts []int
	for i := 0; i < size; i++ {
		if i < near || i >= size-near || i%between == 0 {
			cuts = append(cuts, i)
		}
	}
	return cuts
}

func (s Subject[T]) truncated(t TB, state string, body []byte, cut int) (ok bool) {
	t.Helper()
	defer func() {
		if p := recover(); p != nil {
			t.Errorf("state %q: cut off after %d of %d bytes: panic: %v", state, cut, len(body), p)
		}
	}()
	object := s.New()
	err := s.Description.Load(vmstate.NewDecoder(bytes.NewReader(body[:cut]), nil), object, s.Description.Version)
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("state %q: cut off after %d of %d bytes: error is %v, not an unexpected end", state, cut, len(body), err)
		return false
	}
	if err := s.Description.Unmarshal(body, object, s.Description.Version); err != nil {
		t.Errorf("state %q: load after one that was cut off after %d bytes: %v", state, cut, err)
		return false
	}
	return s.secondGeneration(t, fmt.Sprintf("%s, loaded after one that was cut off at byte %d", state, cut), body, object)
}

// Fuzz loads arbitrary bytes: nothing may panic, and what is accepted must be
// saved as a state that loads and saves as itself.
func Fuzz[T any](f *testing.F, s Subject[T]) {
	s.saved(f, func(_ string, _ *T, body []byte) { f.Add(body) })
	f.Fuzz(func(t *testing.T, body []byte) { s.fuzzed(t, body) })
}

func (s Subject[T]) fuzzed(t TB, body []byte) {
	t.Helper()
	object := s.New()
	if s.Description.Unmarshal(body, object, s.Description.Version) != nil {
		return
	}
	saved, err := s.Description.Marshal(object)
	if err != nil {
		t.Errorf("save of what was loaded from % x: %v", body, err)
		return
	}
	if loaded, ok := s.load(t, "fuzzed", saved); ok {
		s.secondGeneration(t, "fuzzed", saved, loaded)
	}
}
