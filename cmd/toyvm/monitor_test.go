package main

import (
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// programVariable makes the test program toyvm.
const programVariable = "TOYVM_TEST_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(programVariable) != "" {
		main()
	}
	os.Exit(m.Run())
}

func exits(t *testing.T, status <-chan int) int {
	t.Helper()
	select {
	case s := <-status:
		return s
	case <-time.After(20 * time.Second):
		require.Fail(t, "the program goes on")
		return -1
	}
}

func TestMonitorThroughPipes(t *testing.T) {
	out, errs, status := toyvm(`info status
stop
info status
info name
info chardev
change floppy0 nowhere.img
cont
quit 3
`, "run", "--display", "none", "--monitor", "stdio", "--boot", "c")
	assert.Equal(t, 3, status, errs)
	_, out, found := strings.Cut(out, "type 'help' for more information\n")
	require.True(t, found)
	assert.Equal(t, `(toyvm) VM status: running
(toyvm) (toyvm) VM status: paused
(toyvm) (toyvm) compat_monitor0: filename=stdio
(toyvm) Error: nowhere.img: there is no such file
(toyvm) (toyvm) `, out)
}

func TestPausedAtTheStart(t *testing.T) {
	out, _, status := toyvm("info status\nx/i $pc\nquit\n", "run", "-S", "--display", "none", "--monitor", "stdio")
	assert.Equal(t, 0, status)
	assert.Contains(t, out, "VM status: paused\n(toyvm) 0xfffffff0:  ea ")
	out, errs, status := toyvm("", "run", "-S", "--display", "none", "--script", scriptFile(t, "info status", "cont", "sleep 1", "info status", "stop", "sleep 1"))
	assert.Equal(t, exitFailed, status)
	assert.Equal(t, "VM status: paused\nVM status: running\n", out)
	assert.Contains(t, errs, "script.txt:6: sleep 1: the machine is paused; cont lets it go on")
}

func TestMonitorOnASocket(t *testing.T) {
	dir, err := os.MkdirTemp("", "mon") // the names of sockets have to be short
	require.NoError(t, err)
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "s")
	status := make(chan int, 1)
	go func() {
		_, _, s := toyvm("", "run", "--display", "none", "--monitor", "unix:"+path+",server,nowait")
		status <- s
	}()
	dial := func() (net.Conn, *screen) {
		var conn net.Conn
		require.Eventually(t, func() bool {
			conn, err = net.Dial("unix", path)
			return err == nil
		}, 20*time.Second, 5*time.Millisecond)
		seen := new(screen)
		go seen.collect(conn)
		seen.wait(t, "for more information\r\n(toyvm) ")
		return conn, seen
	}
	conn, seen := dial()
	io.WriteString(conn, "info sta\t\r")
	seen.wait(t, "VM status: running\r\n(toyvm) ")
	io.WriteString(conn, "half a line")
	seen.wait(t, "half a line")
	require.NoError(t, conn.Close())

	conn, seen = dial()
	io.WriteString(conn, "stop\rinfo status\r")
	seen.wait(t, "VM status: paused\r\n(toyvm) ")
	io.WriteString(conn, "quit 4\r")
	assert.Equal(t, 4, exits(t, status))
}

func TestMonitorInTheTerminal(t *testing.T) {
	user, seen, status := inTerminal(t, "run", "--boot", "c")
	seen.wait(t, "press a key to try again")
	io.WriteString(user, "\x01cinfo sta\t\r") // all at once
	seen.wait(t, "\x1b[?1049l")
	seen.wait(t, "VM status: running\r\n(toyvm) ")
	io.WriteString(user, "stop\rinfo block\r")
	seen.wait(t, "floppy0: (in memory) (raw)")
	io.WriteString(user, "\x01h")
	seen.wait(t, "Ctrl-A: send it\r\n(toyvm) ")
	seen.forget()
	io.WriteString(user, "\x01c")
	seen.wait(t, "\x1b[?1049h")
	seen.wait(t, "No bootable disk.")
	seen.wait(t, "paused")
	io.WriteString(user, "\x01i")
	seen.forget()
	io.WriteString(user, "\x01ccont\rsendkey ret\rwait screen \"never\" 100000\r")
	seen.wait(t, "never")
	io.WriteString(user, "\x01c") // to the picture and back, while that goes on
	seen.wait(t, "No bootable disk.")
	io.WriteString(user, "\x01c\x03")
	seen.wait(t, "Error: interrupted\r\n(toyvm) ")
	io.WriteString(user, "quit 6\r")
	assert.Equal(t, 6, exits(t, status))
}

func TestMonitorOnAPseudoTerminal(t *testing.T) {
	errs := new(screen)
	r, w := io.Pipe()
	go errs.collect(r)
	status := make(chan int, 1)
	go func() {
		status <- doMain([]string{"run", "--display", "none", "--monitor", "pty"}, strings.NewReader(""), io.Discard, w)
	}()
	errs.wait(t, "\n")
	_, name, found := strings.Cut(strings.TrimSpace(errs.text.String()), "the monitor is at ")
	require.True(t, found)
	user, err := os.OpenFile(name, os.O_RDWR, 0)
	require.NoError(t, err)
	defer user.Close()
	seen := new(screen)
	go seen.collect(user)
	seen.wait(t, "(toyvm) ")
	io.WriteString(user, "info ver\t\r")
	seen.wait(t, version()+"\r\n(toyvm) ")
	io.WriteString(user, "quit 8\r")
	assert.Equal(t, 8, exits(t, status))
}

func TestCtrlAQuitsAtThePrompt(t *testing.T) {
	user, seen, status := inTerminal(t, "run", "--boot", "c")
	seen.wait(t, "press a key to try again")
	io.WriteString(user, "\x01chalf a line")
	seen.wait(t, "half a line")
	io.WriteString(user, "\x01x")
	assert.Equal(t, 0, exits(t, status))
	seen.wait(t, "half a line\r\n") // the shell's prompt gets a line of its own
}

func TestMonitorSharesTheTerminalWithCOM1(t *testing.T) {
	user, seen, status := inTerminal(t, "run", "--serial", "mon:stdio")
	seen.wait(t, "> ") // the demo, which listens to COM1, too
	io.WriteString(user, "mem\r")
	seen.wait(t, "639 KiB memory")
	io.WriteString(user, "\x01cinfo char\t\r")
	seen.wait(t, "serial0: filename=stdio")
	io.WriteString(user, "\x01h")
	seen.wait(t, "monitor or serial port")
	io.WriteString(user, "\x01c\x03cpu\r") // Ctrl-C is the guest's
	seen.wait(t, "GenuineIntel")
	io.WriteString(user, "\x01x")
	assert.Equal(t, 0, exits(t, status))
}

func TestMonitorTypedInATerminal(t *testing.T) {
	user, seen, status := inTerminal(t, "run", "--display", "none", "--monitor", "stdio")
	seen.wait(t, "(toyvm) ")
	io.WriteString(user, "sleep 100000\r")
	seen.wait(t, "100000")
	io.WriteString(user, "\x03")
	seen.wait(t, "Error: interrupted")
	io.WriteString(user, "\x1b[A\x15q 2\r")
	assert.Equal(t, 2, exits(t, status))
}

func TestMonitorLinesThatCannotBe(t *testing.T) {
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"--monitor", "stdio", "--serial", "stdio"}, "--serial mon:stdio lets them share it"},
		{[]string{"--monitor", "pty", "--serial", "mon:stdio"}, "the monitor is on a serial line already"},
		{[]string{"--monitor", "stdio", "--script", "-"}, "--script - and --monitor stdio both read standard input"},
		{[]string{"--monitor", "stdio", "--display", "terminal"}, "--display terminal and --monitor stdio both take the terminal"},
		{[]string{"--monitor", "vc"}, `--monitor "vc": a line goes to stdio`},
	} {
		_, errs, status := toyvm("", append([]string{"run"}, test.args...)...)
		assert.Equal(t, exitTrouble, status, test.args)
		assert.Contains(t, errs, test.want)
	}
}
