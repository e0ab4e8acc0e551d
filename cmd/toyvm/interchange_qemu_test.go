package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/snapshot/migration"
	"toyvm/vmstate"
)

// qemuMachine is a QEMU that a machine is handed to.
type qemuMachine struct {
	t       *testing.T
	input   io.WriteCloser // COM1
	monitor io.WriteCloser

	mu     sync.Mutex
	serial bytes.Buffer // what COM1 has sent
}

// startQEMU loads a stream into QEMU's isapc with 4 MiB.
func startQEMU(t *testing.T, saved ticker, more ...string) *qemuMachine {
	t.Helper()
	program, err := exec.LookPath("qemu-system-i386")
	if err != nil {
		t.Skip("needs qemu-system-i386, of the package qemu-system-x86")
	}
	q := &qemuMachine{t: t}
	monitor := filepath.Join(t.TempDir(), "monitor")
	require.NoError(t, exec.Command("mkfifo", monitor+".in", monitor+".out").Run())
	args := append([]string{"-M", "isapc,vmport=off", "-cpu", "486", "-m", "4", "-nodefaults", "-display", "none",
		"-bios", "../../roms/bios.bin", "-device", "isa-vga",
		"-chardev", "stdio,id=c0", "-device", "isa-serial,chardev=c0",
		"-chardev", "pipe,id=m0,path=" + monitor, "-mon", "m0",
		"-drive", "if=ide,index=0,format=raw,file=" + saved.disk, "-drive", "if=floppy,format=raw,file=" + saved.floppy,
		"-incoming", "exec:cat '" + saved.stream + "'"}, more...)
	command := exec.Command(program, args...)
	var complaints bytes.Buffer
	command.Stderr = &complaints
	q.input, err = command.StdinPipe()
	require.NoError(t, err)
	output, err := command.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, command.Start())
	t.Cleanup(func() {
		command.Process.Kill()
		command.Wait()
		if t.Failed() {
			t.Logf("QEMU: %s", complaints.String())
		}
	})
	go io.Copy(q, output)
	// Both ends are opened at once, or QEMU and the test wait for each other.
	answers, err := os.OpenFile(monitor+".out", os.O_RDWR, 0)
	require.NoError(t, err)
	t.Cleanup(func() { answers.Close() })
	go io.Copy(io.Discard, answers)
	q.monitor, err = os.OpenFile(monitor+".in", os.O_RDWR, 0)
	require.NoError(t, err)
	t.Cleanup(func() { q.monitor.Close() })
	return q
}

// Write takes what COM1 sends.
func (q *qemuMachine) Write(p []byte) (int, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.serial.Write(p)
}

func (q *qemuMachine) sent() string {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.serial.String()
}

// wait returns what COM1 has sent as soon as that holds a text.
func (q *qemuMachine) wait(text string) string {
	q.t.Helper()
	require.Eventually(q.t, func() bool { return strings.Contains(q.sent(), text) }, time.Minute, 5*time.Millisecond,
		"no %q from the guest", text)
	return q.sent()
}

// save stops QEMU's machine and writes it to a file. It asks again until QEMU
// does it: before it has loaded a machine it refuses to save one.
func (q *qemuMachine) save(path string) {
	q.t.Helper()
	require.Eventually(q.t, func() bool {
		fmt.Fprintf(q.monitor, "stop\nmigrate \"exec:cat > '%s.part' && mv '%s.part' '%s'\"\n", path, path, path)
		_, err := os.Stat(path)
		return err == nil
	}, time.Minute, 200*time.Millisecond)
}

// The ticker guest prints a number for each tick of the timer, answers what it
// gets, and to a d with the first byte of the next sector of the disk.
const tickerGuest = "../../testdata/guests/ticker.img"

// A ticker is a machine with that guest, as a stream for QEMU, and its disks.
type ticker struct{ stream, disk, floppy string }

// saveTicker runs the ticker for 16 ticks.
func saveTicker(t *testing.T) ticker {
	t.Helper()
	dir := t.TempDir()
	saved := ticker{filepath.Join(dir, "ticker.mig"), filepath.Join(dir, "disk.img"), filepath.Join(dir, "ticker.img")}
	sectors := make([]byte, 1<<20)
	for i := range 16 {
		sectors[512*i] = byte('A' + i)
	}
	require.NoError(t, os.WriteFile(saved.disk, sectors, 0o644))
	sector, err := os.ReadFile(tickerGuest)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(saved.floppy, append(sector, make([]byte, 1440<<10-len(sector))...), 0o644))
	out, errs, status := runs("", "--serial", "stdio", "--fda", saved.floppy, "--hda", saved.disk, "--boot", "a", "-m", "4", "--script",
		scriptFile(t, `wait serial "0010\n"`, "migrate '"+saved.stream+"'"))
	require.Empty(t, errs)
	require.Equal(t, 0, status)
	require.True(t, strings.HasSuffix(out, "000E\n000F\n0010\n"), out)
	return saved
}

// numbers are so many lines of the ticker.
func numbers(from, to int) string {
	var b strings.Builder
	for i := from; i <= to; i++ {
		fmt.Fprintf(&b, "%04X\n", i)
	}
	return b.String()
}

func TestAGuestGoesOnInQEMU(t *testing.T) {
	saved := saveTicker(t)
	q := startQEMU(t, saved)
	ticks := q.wait("0018\n")
	assert.True(t, strings.HasPrefix(ticks, numbers(0x11, 0x18)), "from the very next tick: %q", ticks)
	for _, want := range []string{"B", "C"} {
		_, err := io.WriteString(q.input, "d")
		require.NoError(t, err)
		q.wait(want)
	}
	_, err := io.WriteString(q.input, "!")
	require.NoError(t, err)
	q.wait("!")
}

func TestAGuestGoesOnHereAgain(t *testing.T) {
	saved := saveTicker(t)
	q := startQEMU(t, saved)
	q.wait("0014\n")
	_, err := io.WriteString(q.input, "d")
	require.NoError(t, err)
	q.wait("B")
	back := filepath.Join(t.TempDir(), "back.mig")
	q.save(back)
	before := strings.ReplaceAll(q.sent(), "B", "")
	require.Zero(t, len(before)%len("0000\n"), "saved within a line: %q", before)
	last := 0x10 + len(before)/len("0000\n")

	out, errs, status := runs("d", "--serial", "stdio", "--hda", saved.disk, "--fda", saved.floppy, "--incoming", back, "--script",
		scriptFile(t, "sleep 1"))
	assert.Equal(t, "toyvm: warning: --incoming "+back+": not loaded: vga\n", errs)
	assert.Equal(t, 0, status)
	assert.Contains(t, out, "C", "the next sector")
	assert.True(t, strings.HasPrefix(strings.Replace(out, "C", "", 1), numbers(last+1, last+18)), "from tick %x on: %q", last, out)
}

// A machine that only passes through QEMU comes back as it was.
func TestQEMUGivesAMachineBack(t *testing.T) {
	saved := saveTicker(t)
	q := startQEMU(t, saved, "-S")
	back := filepath.Join(t.TempDir(), "back.mig")
	q.save(back)
	sent, returned := parsed(t, saved.stream), parsed(t, back)
	for _, device := range sent.Tree().Children {
		for _, c := range vmstate.Diff(device, returned.Tree().Child(device.Name)) {
			switch {
			case device.Name == "globalstate": // it was running
			case device.Name == "mc146818rtc" && c.Path != "cmos_data": // times on the clock of QEMU's host
			case device.Name == "mc146818rtc": // the time goes on while the machine stands still
				assert.Equal(t, c.Old.Data[13:], c.New.Data[13:], "behind the time and register C, which tells that a second has passed")
			default:
				assert.Fail(t, "changed", "%s.%v", device.Name, c)
			}
		}
	}
}

func parsed(t *testing.T, path string) *migration.Stream {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	stream, err := migration.Parse(data)
	require.NoError(t, err)
	return stream
}
