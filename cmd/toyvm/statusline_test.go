package main

import (
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/cmd/toyvm/internal/media"
	"toyvm/machine"
)

func TestStatusLine(t *testing.T) {
	m, err := machine.New(machine.Config{Floppies: [2]machine.Floppy{{Medium: media.InMemory(media.Floppy, floppy, nil)}}})
	require.NoError(t, err)
	s := statusLine{machine: m}
	accesses := 0
	s.watchDisks(machine.Trace{Disk: func(machine.DiskAccess) { accesses++ }})
	now := time.Now()
	assert.True(t, s.update(now))
	assert.Equal(t, "running   Ctrl-A h: help", s.text)
	assert.False(t, s.update(now))

	m.Run(machine.Budget{Until: 1e9})
	now = now.Add(2 * time.Second)
	assert.True(t, s.update(now))
	assert.Regexp(t, `^running   \d+\.\d MIPS, 50 % of real time   A:   Ctrl-A h: help$`, s.text)
	assert.NotZero(t, accesses, "who else is told goes on to be")

	s.message, s.told = "a message", now
	assert.True(t, s.update(now))
	assert.Equal(t, "a message", s.text)
	assert.True(t, s.update(now.Add(messageTime)))
	assert.Contains(t, s.text, "running")
	m.SetPaused(true)
	assert.True(t, s.update(now))
	assert.Equal(t, "paused   Ctrl-A h: help", s.text)
}

// TestStatusLineIsHidden needs a row below the screen.
func TestStatusLineIsHidden(t *testing.T) {
	user, seen, status := inTerminal(t, "run", "--boot", "c")
	seen.wait(t, "Ctrl-A x quits, c monitor, h helps")
	seen.wait(t, "No bootable disk.")
	io.WriteString(user, "\x01i")
	seen.wait(t, "\x1b[26;1H\x1b[0m") // the row is wiped
	seen.forget()
	io.WriteString(user, "\x01i")
	seen.wait(t, "running")
	io.WriteString(user, "\x01x")
	assert.Equal(t, 0, exits(t, status))
}
