package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A multiplexer is a tmux with the program in its only window.
type multiplexer struct {
	t      *testing.T
	socket string
}

// inTmux runs the program in a window of 90 columns and 30 rows.
func inTmux(t *testing.T, args ...string) *multiplexer {
	t.Helper()
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Skip("tmux is not installed")
	}
	dir, err := os.MkdirTemp("", "tmux") // the names of sockets have to be short
	require.NoError(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	program, err := os.Executable()
	require.NoError(t, err)
	m := &multiplexer{t, filepath.Join(dir, "s")}
	m.run("new-session", "-d", "-x", "90", "-y", "30",
		"echo before; "+programVariable+"=1 '"+program+"' "+strings.Join(args, " ")+"; echo status $?; exec sleep 60")
	t.Cleanup(func() { m.run("kill-server") })
	return m
}

func (m *multiplexer) run(args ...string) string {
	m.t.Helper()
	command := exec.Command("tmux", append([]string{"-u", "-S", m.socket, "-f", os.DevNull}, args...)...)
	command.Env = append(os.Environ(), "TMUX=", "TERM=xterm-256color")
	out, err := command.CombinedOutput()
	require.NoError(m.t, err, "%s", out)
	return string(out)
}

func (m *multiplexer) keys(keys ...string) {
	m.t.Helper()
	m.run(append([]string{"send-keys"}, keys...)...)
}

// wait waits for a text on the screen, which it returns.
func (m *multiplexer) wait(want string) string {
	m.t.Helper()
	var screen string
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if screen = m.run("capture-pane", "-p"); strings.Contains(screen, want) {
			return screen
		}
	}
	require.Fail(m.t, "the text is not there", "%q in\n%s", want, screen)
	return ""
}

func TestMonitorInTmux(t *testing.T) {
	m := inTmux(t, "run", "--boot", "c")
	m.wait("press a key to try again")
	m.keys("C-a", "c")
	assert.Contains(t, m.wait("(toyvm)"), "before\n")
	m.keys("info st", "Tab", "Enter")
	m.wait("(toyvm) info status\nVM status: running\n(toyvm)")
	m.keys("Up", "Home", "help ", "Enter")
	m.wait("info status -- Print whether the machine runs.\n(toyvm)")
	m.keys("C-a", "c")
	assert.NotContains(t, m.wait("No bootable disk"), "(toyvm)")
	m.run("resize-window", "-x", "60", "-y", "20")
	m.wait("[80x25, seen:")
	m.keys("C-a", "c", "quit 7", "Enter")
	lines := strings.Split(m.wait("status 7"), "\n")
	assert.Contains(t, lines, "before")
	assert.NotContains(t, strings.Join(lines, "\n"), "No bootable disk")
}

func TestSnapshotsByKeysInTmux(t *testing.T) {
	m := inTmux(t, "run", "--boot", "c", guestImage(t, "keyboard.img", floppy))
	m.wait("press a key to try again")
	m.keys("C-a", "l")
	m.wait("There is no snapshot to load; Ctrl-A s takes one.")
	m.keys("C-a", "s")
	m.wait("Saved as vm-")
	m.keys("C-a", "c", `savevm second "of two"`, "Enter")
	m.wait("of two\"\n(toyvm)")
	m.keys("C-a", "l")
	menu := strings.Split(m.wait("\nb  vm-"), "\n")
	assert.Regexp(t, "^a  second  .* of two$", menu[2])
	assert.Regexp(t, "^b  vm-", menu[3])
	assert.NotContains(t, strings.Join(menu, ""), "No bootable disk")
	m.keys("Up") // is no choice
	assert.NotContains(t, m.wait("No bootable disk"), "Which")
	m.keys("C-a", "l")
	m.wait("Which snapshot?")
	m.run("resize-window", "-x", "60", "-y", "20")
	m.wait("Which snapshot?")
	m.keys("b")
	m.wait("This is vm-")
	m.keys("C-a", "c", "info status", "Enter")
	m.wait("VM status: running")
	m.keys("C-a", "x")
	m.wait("status 0")
}

func TestNoSnapshotsOfTheDemoInTmux(t *testing.T) {
	m := inTmux(t, "run")
	m.wait("Ctrl-A x quits")
	m.keys("C-a", "s")
	m.wait("Error: there is no disk image to keep snapshots beside")
}
