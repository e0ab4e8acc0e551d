package main

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A page of the documentation shows command lines, what they print, what is said
// to monitors, and scripts, each before the command line with its name. Its
// examples are carried out in one directory, from front
// to back.
type page struct {
	t     *testing.T
	ready string // the command that waits for the guest in its disk image
}

// carryOut carries out the examples of a page in the current directory and
// returns how many there are.
func (p page) carryOut(text string) int {
	p.t.Helper()
	p.install()
	shown, script := 0, ""
	for _, m := range regexp.MustCompile("(?ms)^```(console|toyvm)\n(.*?)^```$").FindAllStringSubmatch(text, -1) {
		if m[1] == "toyvm" {
			script = m[2]
			continue
		}
		block := regexp.MustCompile(`\\\n +`).ReplaceAllString(m[2], "")
		if name := regexp.MustCompile(`--script (\w+\.txt)`).FindStringSubmatch(block); name != nil && script != "" {
			require.NoError(p.t, os.WriteFile(name[1], []byte(script), 0o644))
			script = ""
		}
		for _, example := range strings.Split("\n"+block, "\n$ ")[1:] {
			shown++
			command, rest, _ := strings.Cut(strings.TrimSuffix(example, "\n")+"\n", "\n")
			example := shellExample{p, command}
			switch name, argument, _ := strings.Cut(command, " "); {
			case strings.Contains(rest, "(toyvm) "):
				example.monitor(rest)
			case strings.HasPrefix(command, "qemu-"):
				example.qemu()
			case name == "cat":
				require.NoError(p.t, os.WriteFile(argument, []byte(rest), 0o644))
			default:
				example.run(rest)
			}
		}
	}
	return shown
}

// install makes toyvm a command of the shell.
func (p page) install() {
	self, err := os.Executable()
	require.NoError(p.t, err)
	script := "#!/bin/sh\n" + programVariable + "=1 exec '" + self + "' \"$@\"\n"
	bin := p.t.TempDir()
	require.NoError(p.t, os.WriteFile(filepath.Join(bin, "toyvm"), []byte(script), 0o755))
	p.t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	p.t.Setenv("HOME", p.t.TempDir())
}

// A shellExample is a command line that the documentation shows.
type shellExample struct {
	page
	command string
}

// run runs it to its end and compares what it prints.
func (e shellExample) run(want string) {
	e.t.Helper()
	if strings.Contains(e.command, " back.mig") { // what QEMU gave back, for once the same
		require.NoError(e.t, exec.Command("cp", "machine.mig", "back.mig").Run())
	}
	command := e.command
	if strings.HasPrefix(command, "toyvm run ") && !strings.Contains(command, "--script ") { // for somebody to look at
		command += " --display none --max-instructions 100000000"
	}
	out, err := exec.Command("sh", "-c", command).CombinedOutput()
	if exit := new(exec.ExitError); err != nil {
		require.ErrorAs(e.t, err, &exit, e.command)
		require.True(e.t, strings.Contains(e.command, " diff ") && exit.ExitCode() == exitDifferent, "%s: %v: %s", e.command, err, out)
	}
	e.matches(want, string(out))
}

// matches compares what was printed with what the documentation shows, in which
// … stands for anything, and on a line of its own for any lines.
func (e shellExample) matches(want, got string) {
	e.t.Helper()
	pattern := regexp.QuoteMeta(want)
	pattern = regexp.MustCompile(`(?m)^…\n`).ReplaceAllString(pattern, "(?s:.*\n)??")
	pattern = strings.ReplaceAll(pattern, "…", ".*")
	got = strings.ReplaceAll(got, "\r\n", "\n") // as guests end lines
	assert.Regexp(e.t, "^"+pattern+"$", got, e.command)
}

// monitor runs a machine and gives the commands at its monitor.
func (e shellExample) monitor(text string) {
	e.t.Helper()
	require.True(e.t, strings.HasPrefix(e.command, "toyvm run "), e.command)
	p := startMachine(e.t, append(strings.Fields(e.command)[2:], "-m", "16")...)
	defer p.kill()
	p.do(e.ready)
	for _, example := range strings.Split(text, "(toyvm) ")[1:] {
		command, want, _ := strings.Cut(example, "\n")
		if command == "quit" {
			p.send(command)
			_, ok := p.finished()
			assert.False(e.t, ok)
			return
		}
		e.matches(want, p.do(command))
	}
}

// qemu lets QEMU go on until its guest has said something. It is asked to, by
// Enter on the serial line.
func (e shellExample) qemu() {
	e.t.Helper()
	if _, err := exec.LookPath(strings.Fields(e.command)[0]); err != nil {
		e.t.Log("left out, for there is no QEMU: ", e.command)
		return
	}
	c := exec.Command("sh", "-c", "exec "+e.command+" -display none")
	in, err := c.StdinPipe()
	require.NoError(e.t, err)
	out, err := c.StdoutPipe()
	require.NoError(e.t, err)
	require.NoError(e.t, c.Start())
	defer c.Wait()
	defer c.Process.Kill()
	enter := time.NewTicker(200 * time.Millisecond)
	defer enter.Stop()
	go func() {
		for range enter.C {
			if _, err := io.WriteString(in, "\r"); err != nil {
				return
			}
		}
	}()
	said := make([]byte, 1)
	_, err = out.Read(said)
	assert.NoError(e.t, err, e.command)
}
