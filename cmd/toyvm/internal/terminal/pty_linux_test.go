package terminal

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// A pty is a pseudo-terminal with a helper in it.
type pty struct {
	t             *testing.T
	master, slave *os.File
	before        unix.Termios
	helper        *exec.Cmd

	mu     sync.Mutex
	output bytes.Buffer
}

func openPTY(t *testing.T) *pty {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no pseudo-terminals here: %v", err)
	}
	p := &pty{t: t, master: master}
	var n int
	p.control(func(fd int) (err error) {
		n, err = unix.IoctlGetInt(fd, unix.TIOCGPTN)
		return err
	})
	p.control(func(fd int) error { return unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0) })
	p.slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	require.NoError(t, err)
	p.setSize(100, 30)
	p.before = p.termios()
	go p.collect()
	t.Cleanup(func() {
		if p.helper != nil && p.helper.ProcessState == nil {
			p.helper.Process.Kill()
			p.helper.Wait()
		}
		p.slave.Close()
		p.master.Close()
	})
	return p
}

// control works on the master's descriptor without making it a blocking one,
// which could not be closed while collect reads.
func (p *pty) control(f func(fd int) error) {
	c, err := p.master.SyscallConn()
	require.NoError(p.t, err)
	require.NoError(p.t, c.Control(func(fd uintptr) { err = f(int(fd)) }))
	require.NoError(p.t, err)
}

func (p *pty) setSize(columns, rows uint16) {
	p.control(func(fd int) error {
		return unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: rows, Col: columns})
	})
}

func (p *pty) collect() {
	b := make([]byte, 4096)
	for {
		n, err := p.master.Read(b)
		if err != nil {
			return
		}
		p.mu.Lock()
		p.output.Write(b[:n])
		p.mu.Unlock()
	}
}

func (p *pty) termios() unix.Termios {
	state, err := unix.IoctlGetTermios(int(p.slave.Fd()), unix.TCGETS)
	require.NoError(p.t, err)
	return *state
}

// start starts a helper and waits until its screen is there.
func (p *pty) start(mode string) {
	p.t.Helper()
	p.helper = exec.Command(os.Args[0])
	p.helper.Env = append(os.Environ(), helperVariable+"="+mode, "TERM=xterm-256color")
	p.helper.Stdin, p.helper.Stdout, p.helper.Stderr = p.slave, p.slave, p.slave
	require.NoError(p.t, p.helper.Start())
	p.waitFor("hello from the guest")
}

// waitFor waits for output, which it forgets.
func (p *pty) waitFor(text string) {
	p.t.Helper()
	require.Eventually(p.t, func() bool {
		p.mu.Lock()
		defer p.mu.Unlock()
		_, rest, found := bytes.Cut(p.output.Bytes(), []byte(text))
		if found {
			rest = bytes.Clone(rest)
			p.output.Reset()
			p.output.Write(rest)
		}
		return found
	}, 20*time.Second, 5*time.Millisecond, "waiting for %q", text)
}

func (p *pty) write(s string) {
	_, err := p.master.WriteString(s)
	require.NoError(p.t, err)
}

func (p *pty) assertRaw() {
	p.t.Helper()
	assert.Zero(p.t, p.termios().Lflag&(unix.ICANON|unix.ECHO|unix.ISIG), "the terminal is raw")
}

// assertRestored checks the terminal after the helper has ended, or earlier.
func (p *pty) assertRestored() {
	p.t.Helper()
	p.waitFor(leaveScreen)
	assert.Eventually(p.t, func() bool { return p.termios() == p.before }, 20*time.Second, 5*time.Millisecond)
}

func (p *pty) exitStatus() int {
	err := p.helper.Wait()
	if _, ok := err.(*exec.ExitError); !ok {
		require.NoError(p.t, err)
	}
	return p.helper.ProcessState.ExitCode()
}

func TestTerminalIsRestoredByClose(t *testing.T) {
	p := openPTY(t)
	p.start("run")
	p.assertRaw()
	p.write("\x01x")
	assert.Equal(t, helperQuit, p.exitStatus())
	p.assertRestored()
}

func TestTerminalIsRestoredByPanics(t *testing.T) {
	for _, mode := range []string{"panic", "panic elsewhere"} {
		t.Run(mode, func(t *testing.T) {
			p := openPTY(t)
			p.start(mode)
			assert.Equal(t, 2, p.exitStatus())
			p.assertRestored()
			p.waitFor("panic: as asked") // on the user's own screen
		})
	}
}

func TestTerminalIsRestoredBySignals(t *testing.T) {
	for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		t.Run(s.String(), func(t *testing.T) {
			p := openPTY(t)
			p.start("run")
			p.assertRaw()
			require.NoError(t, p.helper.Process.Signal(s))
			assert.Equal(t, helperSignal, p.exitStatus())
			p.assertRestored()
		})
	}
}

func TestStuckProgramLeavesTheTerminal(t *testing.T) {
	p := openPTY(t)
	p.start("stuck")
	require.NoError(t, p.helper.Process.Signal(syscall.SIGTERM))
	p.assertRestored()
	require.NoError(t, p.helper.Process.Signal(syscall.SIGTERM))
	p.exitStatus()
	status := p.helper.ProcessState.Sys().(syscall.WaitStatus)
	assert.Equal(t, syscall.SIGTERM, status.Signal(), "the second signal ends it")
}

func TestStopAndContinue(t *testing.T) {
	p := openPTY(t)
	p.start("run")
	pid := p.helper.Process.Pid
	require.NoError(t, p.helper.Process.Signal(syscall.SIGTSTP))
	var status unix.WaitStatus
	_, err := unix.Wait4(pid, &status, unix.WUNTRACED, nil)
	require.NoError(t, err)
	assert.True(t, status.Stopped())
	p.assertRestored()
	require.NoError(t, p.helper.Process.Signal(syscall.SIGCONT))
	p.waitFor(enterScreen)
	p.waitFor("hello from the guest")
	p.assertRaw()
	p.write("\x01x")
	assert.Equal(t, helperQuit, p.exitStatus())
	p.assertRestored()
}

func TestResizedTerminalIsDrawnAnew(t *testing.T) {
	p := openPTY(t)
	p.start("run")
	p.setSize(60, 20)
	require.NoError(t, p.helper.Process.Signal(syscall.SIGWINCH))
	p.waitFor("[80x25, seen: columns 1-60, rows 1-19]")
	p.write("\x01x")
	assert.Equal(t, helperQuit, p.exitStatus())
}

func TestTerminalIsLentToAPrompt(t *testing.T) {
	p := openPTY(t)
	p.start("run")
	p.write("\x01cin")
	p.waitFor(leaveScreen + "monitor> ")
	p.assertRaw()
	p.write("fo\r")
	p.waitFor(enterScreen)
	p.waitFor("hello from the guest")
	p.waitFor("line:info")
	p.write("\x1b")
	p.waitFor("esc")
	p.write("\x01x")
	assert.Equal(t, helperQuit, p.exitStatus())
	p.assertRestored()
}

func TestTerminalThatIsGone(t *testing.T) {
	p := openPTY(t)
	p.start("run")
	require.NoError(t, p.slave.Close())
	require.NoError(t, p.master.Close())
	assert.Contains(t, []int{helperHungUp, helperError}, p.exitStatus())
}
