package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"toyvm/machine"
)

const (
	// statusInterval is how often the status line counts anew.
	statusInterval = time.Second
	// messageTime is how long a message takes its place.
	messageTime = 10 * time.Second
	// statusHint is what it ends with.
	statusHint = "Ctrl-A h: help"
)

// A statusLine is the text below the screen: what the machine does, how fast it
// is, and which keys there are.
type statusLine struct {
	machine *machine.Machine

	since  time.Time // when counting began
	done   uint64    // instructions by then
	guest  int64     // guest time by then
	speed  string
	active map[string]bool // drives that were used since then
	drives string
	paused bool

	message string // in place of all that
	told    time.Time
	text    string
}

// watchDisks has the machine tell which drives are used, beside what it tells
// already.
func (s *statusLine) watchDisks(t machine.Trace) {
	s.active = map[string]bool{}
	told := t.Disk
	t.Disk = func(a machine.DiskAccess) {
		s.active[a.Drive] = true
		if told != nil {
			told(a)
		}
	}
	s.machine.SetTrace(t)
}

// update tells whether the text is another than before.
func (s *statusLine) update(now time.Time) bool {
	if passed := now.Sub(s.since); passed >= statusInterval {
		done, guest := s.machine.CPU.Instructions(), s.machine.Clock().Now()
		if s.speed = ""; !s.since.IsZero() && done >= s.done && guest >= s.guest { // not another machine
			s.speed = fmt.Sprintf("%.1f MIPS, %.0f %% of real time", float64(done-s.done)/1e6/passed.Seconds(), 100*float64(guest-s.guest)/float64(passed))
		}
		s.since, s.done, s.guest = now, done, guest
		s.drives = s.used()
	}
	if paused := s.machine.Paused(); paused != s.paused { // which is news, too
		s.paused, s.message = paused, ""
	}
	text := s.message
	if text == "" || now.Sub(s.told) >= messageTime {
		text = s.compose()
	}
	changed := text != s.text
	s.text = text
	return changed
}

// used lists the drives that were used, and begins anew.
func (s *statusLine) used() string {
	var names []string
	for i, name := range []string{"fd0", "fd1", "ide0", "ide1", "ide2", "ide3"} {
		if s.active[name] {
			names = append(names, []string{"A:", "B:", "hda", "hdb", "hdc", "hdd"}[i])
		}
	}
	clear(s.active)
	return strings.Join(names, " ")
}

func (s *statusLine) compose() string {
	parts := []string{"paused"}
	if !s.paused {
		parts = []string{"running", s.speed}
	}
	parts = append(parts, s.drives, statusHint)
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), "   ")
}
