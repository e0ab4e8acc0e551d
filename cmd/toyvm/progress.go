package main

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"toyvm/cmd/toyvm/internal/keeper"
	"toyvm/snapshot/store"
)

// How long something takes before its progress is shown, and how often that
// changes.
const (
	progressAfter = time.Second
	progressEvery = 100 * time.Millisecond
)

// A meter shows how far something is that takes long, on a line of a terminal.
type meter struct {
	w    io.Writer
	what string
	now  func() time.Time

	mu    sync.Mutex
	next  time.Time // when to show it
	width int       // of what stands on the line
	ended bool
}

func newMeter(w io.Writer, what string, now func() time.Time) *meter {
	return &meter{w: w, what: what, now: now, next: now().Add(progressAfter)}
}

// progressOn shows progress on a stream that is a terminal.
func progressOn(stream io.Writer) keeper.Meter {
	return func(what string) (store.Progress, func()) {
		if !isTerminal(stream) {
			return nil, func() {}
		}
		m := newMeter(stream, what, time.Now)
		busy := time.AfterFunc(progressAfter, m.busy)
		return m.show, func() {
			busy.Stop()
			m.end()
		}
	}
}

func (m *meter) show(done, total int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	if total <= 0 || now.Before(m.next) {
		return
	}
	m.next = now.Add(progressEvery)
	m.print(fmt.Sprintf("%s: %d%% of %s", m.what, 100*done/total, keeper.Size(total)))
}

// busy shows that something goes on of which it is not known how far it is.
func (m *meter) busy() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.width == 0 && !m.ended {
		m.print(m.what + " ...")
	}
}

func (m *meter) print(line string) {
	fmt.Fprintf(m.w, "\r%-*s", m.width, line)
	m.width = max(m.width, len(line))
}

// end makes the line empty again.
func (m *meter) end() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.ended = true
	if m.width > 0 {
		fmt.Fprintf(m.w, "\r%s\r", strings.Repeat(" ", m.width))
	}
}
