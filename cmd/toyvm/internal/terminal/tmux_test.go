package terminal

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

// A multiplexer is a tmux server of the test's own, with one window.
type multiplexer struct {
	t      *testing.T
	socket string
}

func (m *multiplexer) run(args ...string) string {
	m.t.Helper()
	command := exec.Command("tmux", append([]string{"-u", "-S", m.socket, "-f", os.DevNull}, args...)...)
	command.Env = append(os.Environ(), "TMUX=", "TERM=xterm-256color")
	out, err := command.CombinedOutput()
	require.NoError(m.t, err, "%s", out)
	return string(out)
}

// waitFor waits for a text on the screen, which it returns line by line.
func (m *multiplexer) waitFor(text string) []string {
	m.t.Helper()
	var screen string
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		screen = m.run("capture-pane", "-p")
		if strings.Contains(screen, text) {
			return strings.Split(screen, "\n")
		}
	}
	require.Fail(m.t, "the text is not there", "%q in\n%s", text, screen)
	return nil
}

func TestInTmux(t *testing.T) {
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Skip("tmux is not installed")
	}
	// The names of sockets have to be short.
	dir, err := os.MkdirTemp("", "tmux")
	require.NoError(t, err)
	defer os.RemoveAll(dir)
	m := &multiplexer{t, filepath.Join(dir, "s")}
	program, err := os.Executable()
	require.NoError(t, err)
	m.run("new-session", "-d", "-x", "100", "-y", "30",
		"echo before; "+helperVariable+"=run '"+program+"'; echo status $?; exec sleep 60")
	defer m.run("kill-server")

	lines := m.waitFor("ready") // which is drawn last
	assert.Equal(t, "hello from the guest", strings.TrimRight(lines[0], " "))
	assert.Equal(t, "╔═╗ é ☺", strings.TrimRight(lines[1], " "))
	assert.Equal(t, "ready", strings.TrimRight(lines[29], " "))
	assert.NotContains(t, strings.Join(lines, ""), "before", "the shell's screen is put aside")

	m.run("send-keys", "F5", "C-Up", "BTab", "DC")
	m.waitFor("typed:f5 ctrl up shift tab delete")
	m.run("send-keys", "Escape")
	m.waitFor("delete esc")

	m.run("resize-window", "-x", "60", "-y", "20")
	m.waitFor("[80x25, seen: columns 1-60, rows 1-19]")

	m.run("send-keys", "C-a", "x")
	lines = m.waitFor("status")
	assert.Equal(t, "before", lines[0])
	assert.Equal(t, "status 10", lines[1])
}
