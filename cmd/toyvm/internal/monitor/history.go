package monitor

import "strings"

// historyLimit is how many lines are kept.
const historyLimit = 500

// A history is what the user has entered. It implements term.History.
type history struct {
	lines []string // the oldest first

	// What was searched for, and what was found where.
	wanted, found string
	at            int
}

// Add keeps a line, but not an empty one nor the same again.
func (h *history) Add(line string) {
	if strings.TrimSpace(line) == "" || h.Len() > 0 && h.At(0) == line {
		return
	}
	if h.lines = append(h.lines, line); len(h.lines) > historyLimit {
		h.lines = h.lines[1:]
	}
}

// Len implements term.History.
func (h *history) Len() int { return len(h.lines) }

// At returns a line, 0 being the latest.
func (h *history) At(i int) string { return h.lines[len(h.lines)-1-i] }

// search finds the latest line in which what the user has typed occurs. If that
// is what was found before, it goes on from there. It returns what is to be in
// the line now.
func (h *history) search(typed string) string {
	if typed != h.found || typed == "" {
		h.wanted, h.at = typed, -1
	}
	for i := h.at + 1; i < h.Len(); i++ {
		if line := h.At(i); strings.Contains(line, h.wanted) && line != typed {
			h.at, h.found = i, line
			return line
		}
	}
	return typed
}
