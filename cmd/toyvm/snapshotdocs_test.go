package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestSnapshotsDocumentation carries out docs/snapshots.md from front to back.
func TestSnapshotsDocumentation(t *testing.T) {
	text, err := os.ReadFile("../../docs/snapshots.md")
	require.NoError(t, err)
	dir := filepath.Dir(writerDisk(t))
	bios, err := os.ReadFile("../../roms/bios.bin")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "bios.bin"), bios, 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "data.img"), make([]byte, floppy), 0o644))
	self, err := os.Executable()
	require.NoError(t, err)
	script := "#!/bin/sh\n" + programVariable + "=1 exec '" + self + "' \"$@\"\n"
	bin := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(bin, "toyvm"), []byte(script), 0o755))
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	t.Chdir(dir)

	shown := 0
	for _, block := range strings.Split(string(text), "```console\n")[1:] {
		block, _, _ = strings.Cut(block, "```\n")
		for _, example := range strings.Split(block, "$ ")[1:] {
			shown++
			command, rest, _ := strings.Cut(example, "\n")
			example := shellExample{t, command}
			switch {
			case strings.Contains(rest, "(toyvm) "):
				example.monitor(rest)
			case strings.HasPrefix(command, "qemu-"):
				example.qemu()
			default:
				example.run(rest)
			}
		}
	}
	assert.Greater(t, shown, 25)
}

// A shellExample is a command line that the documentation shows.
type shellExample struct {
	t       *testing.T
	command string
}

// run runs it to its end and compares what it prints.
func (e shellExample) run(want string) {
	e.t.Helper()
	if strings.Contains(e.command, " back.mig") { // what QEMU gave back, for once the same
		require.NoError(e.t, exec.Command("cp", "machine.mig", "back.mig").Run())
	}
	out, err := exec.Command("sh", "-c", e.command).CombinedOutput()
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
	assert.Regexp(e.t, "^"+pattern+"$", got, e.command)
}

// monitor runs a machine and gives the commands at its monitor.
func (e shellExample) monitor(text string) {
	e.t.Helper()
	require.True(e.t, strings.HasPrefix(e.command, "toyvm run "), e.command)
	p := startMachine(e.t, append(strings.Fields(e.command)[2:], "-m", "16")...)
	defer p.kill()
	p.do("wait serial 0002") // behind the greeting
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

// qemu lets QEMU go on until its guest has said something.
func (e shellExample) qemu() {
	e.t.Helper()
	if _, err := exec.LookPath(strings.Fields(e.command)[0]); err != nil {
		e.t.Log("left out, for there is no QEMU: ", e.command)
		return
	}
	c := exec.Command("sh", "-c", "exec "+e.command+" -display none")
	out, err := c.StdoutPipe()
	require.NoError(e.t, err)
	require.NoError(e.t, c.Start())
	defer c.Wait()
	defer c.Process.Kill()
	said := make([]byte, 1)
	_, err = out.Read(said)
	assert.NoError(e.t, err, e.command)
}
