package main

import (
	"bytes"
	"io"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A screen collects what a program writes to a terminal.
type screen struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *screen) collect(r io.Reader) {
	buffer := make([]byte, 4096)
	for {
		n, err := r.Read(buffer)
		s.mu.Lock()
		s.text.Write(buffer[:n])
		s.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// forget forgets what was written so far.
func (s *screen) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text.Reset()
}

// forward is a move of the cursor to the right, by which the program leaves out
// blanks that are there already.
var forward = regexp.MustCompile(`\x1b\[\d*C`)

// wait waits for a text.
func (s *screen) wait(t *testing.T, want string) {
	t.Helper()
	var got string
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		s.mu.Lock()
		got = forward.ReplaceAllString(s.text.String(), " ")
		s.mu.Unlock()
		if strings.Contains(got, want) {
			return
		}
	}
	t.Fatalf("no %q in %q", want, got)
}

// inTerminal runs the program in a terminal.
func inTerminal(t *testing.T, args ...string) (typing io.Writer, seen *screen, status <-chan int) {
	t.Helper()
	t.Setenv("TERM", "xterm")
	user, program, err := pty.Open()
	require.NoError(t, err)
	require.NoError(t, pty.Setsize(user, &pty.Winsize{Rows: 26, Cols: 80}))
	t.Cleanup(func() { user.Close() })
	seen = new(screen)
	go seen.collect(user)
	ended := make(chan int, 1)
	go func() {
		defer program.Close()
		ended <- doMain(args, program, program, os.Stderr)
	}()
	return user, seen, ended
}

func TestTerminal(t *testing.T) {
	user, seen, status := inTerminal(t, "run", "--boot", "c", "--max-instructions", "2000000000")
	seen.wait(t, "Ctrl-A x quits")
	seen.wait(t, "toyvm BIOS")
	seen.wait(t, "try again.")
	io.WriteString(user, "\x01h")
	seen.wait(t, "Ctrl-A: send it")
	io.WriteString(user, "\x01x")
	select {
	case s := <-status:
		assert.Equal(t, 0, s)
	case <-time.After(20 * time.Second):
		t.Fatal("the program goes on")
	}
	seen.wait(t, "\x1b[?1049l")
}

func TestTerminalKeysReachTheGuest(t *testing.T) {
	com1 := t.TempDir() + "/com1"
	user, _, status := inTerminal(t, "run", "--serial", "file:"+com1, guestImage(t, "keyboard.img", floppy))
	sent := func(want string) {
		t.Helper()
		var got []byte
		for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
			if got, _ = os.ReadFile(com1); strings.Contains(string(got), want) {
				return
			}
		}
		t.Fatalf("no %q in %q", want, got)
	}
	sent("READY")
	io.WriteString(user, "H")
	sent("\r\n2348")
	io.WriteString(user, "\x1b[21~") // F10
	select {
	case s := <-status:
		assert.Equal(t, 0x10<<1|1, s, "from the guest")
	case <-time.After(20 * time.Second):
		t.Fatal("the guest goes on")
	}
}

func TestTerminalIsTaken(t *testing.T) {
	for _, test := range []struct {
		args   []string
		status int
		want   string
	}{
		{[]string{"--serial", "stdio"}, exitTrouble, "--display terminal and --serial stdio both take the terminal"},
		{[]string{"--debugcon", "stdio"}, exitTrouble, "--display terminal and --debugcon stdio both take the terminal"},
		{[]string{"--script", "-"}, exitTrouble, "--display terminal and --script - both take the terminal"},
		{nil, exitFailed, "standard input and output are not a terminal"},
	} {
		_, errs, status := toyvm("", append([]string{"run", "--display", "terminal"}, test.args...)...)
		assert.Equal(t, test.status, status)
		assert.Contains(t, errs, test.want)
	}
}
