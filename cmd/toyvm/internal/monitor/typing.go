package monitor

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"sync"
	"unicode/utf8"
)

// typingLimit is how much waits for a command to end.
const typingLimit = 4096

var errTooLong = errors.New("the line is too long")

// A typing holds what the user types until the line's editor reads it.
type typing struct {
	mu      sync.Mutex
	changed *sync.Cond
	bytes   []byte
	partial []byte // the beginning of a character
	closed  bool
}

func newTyping() *typing {
	t := new(typing)
	t.changed = sync.NewCond(&t.mu)
	return t
}

func (t *typing) room() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return max(0, typingLimit-len(t.bytes))
}

func (t *typing) put(b []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.bytes = append(t.bytes, b...)
	t.changed.Broadcast()
}

// clearLine is Ctrl-E Ctrl-U.
const clearLine = "\x05\x15"

// editorKeys has what the editor knows in place of other keys: those that would
// end it, and what terminals send for Home, End, arrows and arrows with Ctrl.
var editorKeys = strings.NewReplacer(
	"\x03", clearLine, "\x04", "\x1b[3~", // Delete
	"\x1b[1~", "\x01", "\x1b[7~", "\x01", "\x1bOH", "\x01",
	"\x1b[4~", "\x05", "\x1b[8~", "\x05", "\x1bOF", "\x05",
	"\x1bOA", "\x1b[A", "\x1bOB", "\x1b[B", "\x1bOC", "\x1b[C", "\x1bOD", "\x1b[D",
	"\x1b[1;5C", "\x1b[1;3C", "\x1b[1;5D", "\x1b[1;3D",
)

// putKeys is put for an editor, which is sensitive: bytes that are no
// characters would stop it.
func (t *typing) putKeys(b []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	b = append(t.partial, b...)
	var keys []byte
	for len(b) > 0 && utf8.FullRune(b) {
		r, n := utf8.DecodeRune(b)
		if r != utf8.RuneError {
			keys = append(keys, b[:n]...)
		}
		b = b[n:]
	}
	t.partial = bytes.Clone(b)
	t.bytes = append(t.bytes, editorKeys.Replace(string(keys))...)
	t.changed.Broadcast()
}

// drop forgets what nobody has read.
func (t *typing) drop() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.bytes, t.partial = nil, nil
}

func (t *typing) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.closed = true
	t.changed.Broadcast()
}

// Read waits for what the user types. An editor that has no room left is in the
// middle of a sequence that does not end. Characters are never cut, as what
// follows may be dropped.
func (t *typing) Read(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for len(t.bytes) == 0 {
		if t.closed {
			return 0, io.EOF
		}
		t.changed.Wait()
	}
	n := copy(p, t.bytes)
	for n > 0 && n < len(t.bytes) && !utf8.RuneStart(t.bytes[n]) {
		n--
	}
	if n == 0 {
		return 0, errTooLong
	}
	t.bytes = t.bytes[n:]
	return n, nil
}
