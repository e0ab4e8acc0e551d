package monitor

import (
	"errors"
	"io"
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

// What the editor has instead of keys that would end it.
var (
	clearLine = []byte("\x05\x15") // Ctrl-E Ctrl-U
	deleteKey = []byte("\x1b[3~")
)

const ctrlD = 0x04

// putKeys is put for an editor, which is sensitive: bytes that are no
// characters would stop it.
func (t *typing) putKeys(b []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	b = append(t.partial, b...)
	for len(b) > 0 && utf8.FullRune(b) {
		r, n := utf8.DecodeRune(b)
		switch r {
		case utf8.RuneError:
		case ctrlC:
			t.bytes = append(t.bytes, clearLine...)
		case ctrlD:
			t.bytes = append(t.bytes, deleteKey...)
		default:
			t.bytes = append(t.bytes, b[:n]...)
		}
		b = b[n:]
	}
	t.partial = append([]byte(nil), b...)
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
// middle of a sequence that does not end.
func (t *typing) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, errTooLong
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for len(t.bytes) == 0 {
		if t.closed {
			return 0, io.EOF
		}
		t.changed.Wait()
	}
	n := copy(p, t.bytes)
	t.bytes = t.bytes[n:]
	return n, nil
}
