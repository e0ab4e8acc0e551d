package snaptest

import (
	"context"
	"errors"
	"flag"
	"testing"

	"toyvm/snapshot"
	"toyvm/snapshot/store"
)

var update = flag.Bool("update", false, "rewrite what tests compare machines with")

// Updating tells whether the test was given -update. A test that has golden
// files of another kind, too, asks here instead of having a flag of that name.
func Updating() bool { return *update }

// Golden compares the machine with the snapshot of a tag in the store in a
// directory, and fails the test if they differ. With -update it is written
// instead, if they do.
//
// What is named by except is left out: a section or field by its path such as
// "i8254" or "serial.state.lsr", a setting such as "settings.cpu", a block of memory such
// as "vga.vram", a part of it such as "pc.ram[0x46c:0x470]", or a drive.
func (m *Machine) Golden(dir, tag string, except ...string) {
	m.tb.Helper()
	s, is := storeIn(dir), m.Snapshot().Image(m.tb)
	before, err := s.Load(context.Background(), tag, nil)
	switch {
	case !*update && errors.Is(err, store.ErrNotFound):
		m.tb.Fatalf("%v; go test -run '^%s$' -update writes it", err, m.tb.Name())
	case !*update && err != nil:
		m.tb.Fatalf("%v", err)
	case !*update:
		m.compare(tag, before.Image, is, except)
		return
	case err == nil && difference(m.tb, before.Image, is, except).Empty():
		return
	}
	if _, err := s.Save(context.Background(), tag, is, store.Meta{Note: m.tb.Name()}, nil); err != nil {
		m.tb.Fatalf("%v", err)
	}
	m.tb.Logf("snapshot %q was written to %s", tag, s.Dir())
}

// Same fails the test if the machine is not as a snapshot has it, but for what
// is left out as in [Machine.Golden].
func (m *Machine) Same(want *Snapshot, except ...string) {
	m.tb.Helper()
	m.compare("the snapshot", want.Image(m.tb), m.Snapshot().Image(m.tb), except)
}

func (m *Machine) compare(what string, want, is *snapshot.Image, except []string) {
	m.tb.Helper()
	if d := difference(m.tb, want, is, except); !d.Empty() {
		m.fail("the machine is not as in %s:\n%s", what, describe(d, want, is))
	}
}

func difference(tb testing.TB, want, is *snapshot.Image, except []string) *snapshot.Difference {
	tb.Helper()
	d, err := snapshot.Compare(masked(want, except), masked(is, except))
	if err != nil {
		tb.Fatalf("compare: %v", err)
	}
	return without(d, except)
}
