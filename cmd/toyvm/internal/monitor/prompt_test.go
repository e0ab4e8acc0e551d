package monitor

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A typist types at a prompt, and sees what it writes.
type typist struct {
	t      *testing.T
	prompt *Prompt
	woken  chan struct{}

	mu   sync.Mutex
	seen bytes.Buffer
}

func (y *typist) Write(p []byte) (int, error) {
	y.mu.Lock()
	defer y.mu.Unlock()
	return y.seen.Write(p)
}

func (y *typist) text() string {
	y.mu.Lock()
	defer y.mu.Unlock()
	return y.seen.String()
}

func typeAt(t *testing.T, raw bool, names Names) *typist {
	t.Helper()
	y := &typist{t: t, woken: make(chan struct{}, 1)}
	y.prompt = NewPrompt(Config{Out: y, Raw: raw, Banner: "hello", Names: names, Woken: func() { y.woken <- struct{}{} }})
	y.prompt.Show(true)
	t.Cleanup(y.prompt.End)
	return y
}

// line waits for the next line that is entered, and ends its command.
func (y *typist) line() string {
	y.t.Helper()
	line := y.begin()
	y.prompt.Done(nil)
	return line
}

func (y *typist) begin() string {
	y.t.Helper()
	select {
	case <-y.woken:
	case <-time.After(20 * time.Second):
		require.Fail(y.t, "no line comes", "%q", y.text())
	}
	line, ok := y.prompt.Next()
	require.True(y.t, ok)
	_, again := y.prompt.Next()
	require.False(y.t, again, "one at a time")
	return line
}

func (y *typist) see(want string) {
	y.t.Helper()
	require.Eventually(y.t, func() bool { return strings.Contains(y.text(), want) }, 20*time.Second, time.Millisecond, "waiting for %q", want)
}

func TestLinesAreEdited(t *testing.T) {
	tests := []struct{ name, keys, want string }{
		{"plain", "info status\r", "info status"},
		{"backspace", "info statis\x7f\x7fus\r", "info status"},
		{"arrows and insertion", "info tatus\x1b[D\x1b[D\x1b[D\x1b[D\x1b[Ds\r", "info status"},
		{"Ctrl-A Ctrl-K", "wrong\x01\x0bright\r", "right"},
		{"Home, End and words", "b c\x1b[1;5D\x1b[1~a \x1b[4~ d\x1bOHx\r", "xa b c d"},
		{"Ctrl-C clears", "wrong\x1b[D\x03right\r", "right"},
		{"Ctrl-D deletes", "\x04xright\x01\x04\r", "right"},
		{"no characters", "in\xff\xfefo\xc3\x28\r", "info("},
		{"a character in pieces", "type \"\xc3\xa9\"\r", "type \"é\""},
		{"a sequence without an end", "\x1b[" + strings.Repeat("0", 400) + "\rinfo\r", "info"},
		{"a line feed", "info status\n", "info status"},
		{"other control keys", "\x00\x02\x06in\x1ffo\r", "info"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			y := typeAt(t, true, nil)
			y.see("hello\r\n(toyvm) ")
			for keys := range strings.SplitAfterSeq(test.keys, "\xc3") { // in pieces
				y.prompt.Feed([]byte(keys))
			}
			var line string
			for line == "" || strings.Trim(line, "0") == "" {
				line = y.line()
			}
			assert.Equal(t, test.want, line)
		})
	}
}

func TestHistory(t *testing.T) {
	y := typeAt(t, true, nil)
	for _, line := range []string{"info status", "info status", "x/4x 0x7c00", "", "sum 0 16"} {
		y.prompt.Feed([]byte(line + "\r"))
		assert.Equal(t, line, y.line())
	}
	tests := []struct{ keys, want string }{
		{"\x1b[A\r", "sum 0 16"},
		{"\x1b[A\x1b[A\r", "x/4x 0x7c00"},
		{"info\x12\r", "info status"}, // Ctrl-R
		{"0\x12\x12\r", "sum 0 16"},   // the one before that
		{"nothing\x12\r", "nothing"},
		{"\x1b[A\x1b[B\r", ""},
	}
	for _, test := range tests {
		y.prompt.Feed([]byte(test.keys))
		assert.Equal(t, test.want, y.line(), "%q", test.keys)
	}
}

func TestCompletion(t *testing.T) {
	c, _, _ := withDrives(t)
	names := MachineNames(c.Machine, c.Drives, func() []string { return []string{"boot"} })
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("disk.img", nil, 0o644))
	require.NoError(t, os.WriteFile("a disk.img", nil, 0o644))
	require.NoError(t, os.Mkdir("images", 0o755))
	require.NoError(t, os.WriteFile("images/cd.iso", nil, 0o644))
	tests := []struct{ typed, want string }{
		{"system", "system_reset "},
		{"syst", "system_reset "},
		{"info reg", "info registers "},
		{"wait scr", "wait screen "},
		{"help wait ser", "help wait serial "},
		{"? migr", "? migrate "},
		{"eject fl", "eject floppy0 "},
		{"eject -f ide1", "eject -f ide1-cd0 "},
		{"change floppy0 di", "change floppy0 disk.img "},
		{"change -f floppy0 images/", "change -f floppy0 images/cd.iso "},
		{"screendump im", "screendump images/"},
		{"change floppy0 disk.img raw read-o", "change floppy0 disk.img raw read-only "},
		{"x/4i $ef", "x/4i $eflags "},
		{"p 4+$esp-$eb", "p 4+$esp-$eb"},
		{"p $es", "p $es"},
		{"info vmstate i825", "info vmstate i825"},
		{"info vmstate i8254", "info vmstate i8254 "},
		{"sendkey ctrl-alt-del", "sendkey ctrl-alt-delete "},
		{"migrate uni", "migrate unix:"},
		{"loadvm b", "loadvm boot "},
		{"nothing such", "nothing such"},
		{"memsave 0 10 images/c", "memsave 0 10 images/cd.iso "},
	}
	y := typeAt(t, true, names)
	for _, test := range tests {
		y.prompt.Feed([]byte(test.typed + "\t\r"))
		assert.Equal(t, test.want, y.line(), test.typed)
	}
	y.prompt.Feed([]byte("info m\t\t\r"))
	assert.Equal(t, "info m", y.line())
	assert.Contains(t, y.text(), "(toyvm) info m\r\nmem  mtree\r\n")
	y.prompt.Feed([]byte("\x1b[Dxin mid\x01info re\t\r"))
	assert.Equal(t, "info registers xin mid", y.line(), "the rest of the line stays")
}

func TestErrorsArePrinted(t *testing.T) {
	y := typeAt(t, true, nil)
	y.prompt.Feed([]byte("xyzzy\r"))
	_, err := Parse(y.begin())
	y.prompt.Done(err)
	y.see("\r\nunknown command: 'xyzzy'; help lists them\r\n(toyvm) ")
	y.prompt.Feed([]byte("eject\r"))
	y.begin()
	y.prompt.Done(errors.New("it is stuck"))
	y.see("\r\nError: it is stuck\r\n(toyvm) ")
}

func TestOutputComesAboveTheLine(t *testing.T) {
	y := typeAt(t, true, nil)
	y.prompt.Feed([]byte("info sta"))
	y.see("info sta")
	y.prompt.Write([]byte("news\n"))
	y.see("news\r\n(toyvm) info sta")
	y.prompt.Feed([]byte("tus\r"))
	assert.Equal(t, "info status", y.line())
}

func TestCommandsAreInterrupted(t *testing.T) {
	y := typeAt(t, true, nil)
	y.prompt.Feed([]byte("sleep 1000\r"))
	y.begin()
	y.prompt.Feed([]byte("quit\r"))
	y.prompt.Feed([]byte("\x03"))
	select {
	case <-y.prompt.Interrupted():
	case <-time.After(20 * time.Second):
		require.Fail(t, "not interrupted")
	}
	y.prompt.Done(errors.New("interrupted"))
	y.prompt.Feed([]byte("info status\r"))
	assert.Equal(t, "info status", y.line(), "what was typed before is forgotten")
}

func TestWholeLines(t *testing.T) {
	y := typeAt(t, false, nil)
	y.prompt.Feed([]byte("info status\r\ninfo\tpic\n" + strings.Repeat("x", 3*longestLine) + "\nquit"))
	assert.Equal(t, "info status", y.line())
	assert.Equal(t, "info\tpic", y.line())
	y.see("Error: the line is too long\n")
	y.prompt.End()
	assert.Equal(t, "quit", y.line(), "the last line needs no end")
	assert.Equal(t, "hello\n(toyvm) (toyvm) (toyvm) \nError: the line is too long\n(toyvm) ", strings.TrimSuffix(y.text(), "(toyvm) \n"))
}

// TestAnythingCanBeTyped types what comes, and then a command.
func TestAnythingCanBeTyped(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		y := typeAt(t, true, Names{"FILE": nil})
		garbage := make([]byte, r.IntN(2000))
		for i := range garbage {
			garbage[i] = byte(r.Uint32())
			if r.IntN(3) == 0 {
				garbage[i] = "\x1b[O\r\t\x03;0~"[r.IntN(9)]
			}
		}
		y.prompt.Feed(garbage)
		// A sequence that has begun may take a letter more, and the cursor be
		// anywhere.
		y.prompt.Feed([]byte("\x1b[201~\r\r\x1b[201~\x03the end\r"))
		for !strings.Contains(y.line(), " end") {
		}
		y.prompt.End()
	}
}
