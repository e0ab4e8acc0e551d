package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// program is toyvm as a process of its own.
func program(args ...string) *exec.Cmd {
	c := exec.Command(os.Args[0], args...)
	c.Env = append(os.Environ(), programVariable+"=1")
	return c
}

// A machineProcess is a process with a machine, commanded at its monitor.
type machineProcess struct {
	t      *testing.T
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	lines  chan string // of its output; closed at the end of it
	marker int
}

// startMachine starts a process with a machine that runs as fast as it can.
func startMachine(t *testing.T, args ...string) *machineProcess {
	t.Helper()
	p := &machineProcess{t: t, lines: make(chan string, 1000)}
	p.cmd = program(append([]string{"run", "--display", "none", "--monitor", "stdio", "--speed", "max", "-m", "4"}, args...)...)
	p.cmd.Stderr = p.cmd.Stdout
	stdin, err := p.cmd.StdinPipe()
	require.NoError(t, err)
	stdout, err := p.cmd.StdoutPipe()
	require.NoError(t, err)
	p.stdin = stdin
	require.NoError(t, p.cmd.Start())
	t.Cleanup(p.kill)
	go func() {
		defer close(p.lines)
		for s := bufio.NewScanner(stdout); s.Scan(); {
			p.lines <- s.Text()
		}
	}()
	return p
}

// send gives a command, and one that prints a marker behind it.
func (p *machineProcess) send(command string) {
	p.t.Helper()
	p.marker++
	_, err := fmt.Fprintf(p.stdin, "%s\nprint %d\n", command, p.marker)
	require.NoError(p.t, err)
}

// finished waits for the marker of the last command and returns what was printed
// before. It is false if the process has ended.
func (p *machineProcess) finished() (printed string, ok bool) {
	p.t.Helper()
	marker := fmt.Sprintf("%#x", p.marker)
	for timeout := time.After(time.Minute); ; {
		select {
		case line, open := <-p.lines:
			switch line = strings.ReplaceAll(line, "(toyvm) ", ""); {
			case !open:
				return printed, false
			case line == marker:
				return printed, true
			case line != "":
				printed += line + "\n"
			}
		case <-timeout:
			require.Fail(p.t, "nothing comes from the machine", printed)
		}
	}
}

// do carries out a command and returns what it printed.
func (p *machineProcess) do(command string) string {
	p.t.Helper()
	p.send(command)
	printed, ok := p.finished()
	require.True(p.t, ok, "the process has ended: %s", printed)
	return printed
}

// kill ends the process at once.
func (p *machineProcess) kill() {
	p.cmd.Process.Kill()
	p.cmd.Wait()
}
