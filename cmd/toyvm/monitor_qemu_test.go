package main

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// qemuMonitor is the monitor of a QEMU that stands still.
type qemuMonitor struct {
	t   *testing.T
	in  io.Writer
	out *bufio.Reader
}

// loadedInQEMU loads a capture into a QEMU with 1 MiB and a hard disk.
func loadedInQEMU(t *testing.T, stream string) *qemuMonitor {
	t.Helper()
	program, err := exec.LookPath("qemu-system-i386")
	if err != nil {
		t.Skip("needs qemu-system-i386, of the package qemu-system-x86")
	}
	disk := filepath.Join(t.TempDir(), "disk.img")
	require.NoError(t, os.WriteFile(disk, make([]byte, 1<<20), 0o644))
	command := exec.Command(program, "-M", "isapc,vmport=off", "-cpu", "486", "-m", "1", "-nodefaults", "-display", "none",
		"-bios", "../../roms/bios.bin", "-serial", "null", "-drive", "if=ide,index=0,format=raw,file="+disk,
		"-S", "-monitor", "stdio", "-incoming", "exec:gunzip -c '"+stream+"'")
	in, err := command.StdinPipe()
	require.NoError(t, err)
	out, err := command.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, command.Start())
	t.Cleanup(func() {
		command.Process.Kill()
		command.Wait()
	})
	q := &qemuMonitor{t, in, bufio.NewReader(out)}
	q.answer()
	for strings.Contains(q.ask("info status"), "inmigrate") {
	}
	return q
}

// answer reads up to the next prompt.
func (q *qemuMonitor) answer() string {
	q.t.Helper()
	var text strings.Builder
	for !strings.HasSuffix(text.String(), "\n(qemu) ") {
		b, err := q.out.ReadByte()
		require.NoError(q.t, err, "QEMU has ended: %q", text.String())
		text.WriteByte(b)
	}
	return strings.TrimSuffix(text.String(), "(qemu) ")
}

func (q *qemuMonitor) ask(line string) string {
	q.t.Helper()
	io.WriteString(q.in, line+"\n")
	_, text, _ := strings.Cut(q.answer(), "\r\n") // without the echo
	return text
}

// others is what QEMU shows of registers that no processor of the board has,
// and toyvm of what QEMU does not count.
var others = regexp.MustCompile(`(?m)^(EFER|XMM|instructions).*\n| MXCSR=.*$`)

func tidied(text string) string {
	text = others.ReplaceAllString(strings.ReplaceAll(text, "\r\n", "\n"), "")
	return regexp.MustCompile(`(?m) +$`).ReplaceAllString(text, "")
}

// TestMachinesLookAsInQEMU loads a machine into both and compares what the
// monitors print.
func TestMachinesLookAsInQEMU(t *testing.T) {
	commands := []string{"info status", "info registers", "info pic", "info mem", "info tlb", "sum 0x1000 0x8000",
		"x/4x 0xf0000", "x/3ub 0xf0000", "x/5uh 0xf0000", "x/2ow 0xf0000", "x/3xg 0xf0000", "x/20cb 0xf0000", "xp/9xb 0x7c00",
		"print/x 1+2*3", "p/x (1+2)*3|8", "p/c 65", "p/x $esp+4", "p/x ~$eax&0xff"}
	for _, capture := range []string{"paging-live", "x87ide"} {
		t.Run(capture, func(t *testing.T) {
			stream := captures + capture + ".mig.gz"
			q := loadedInQEMU(t, stream)
			for _, command := range commands {
				want := q.ask(command)
				got, errs, status := toyvm("", "run", "-S", "--display", "none", "--incoming", stream, "--script", scriptFile(t, command))
				require.Equal(t, 0, status, errs)
				assert.Equal(t, tidied(want), tidied(got), command)
			}
		})
	}
}
