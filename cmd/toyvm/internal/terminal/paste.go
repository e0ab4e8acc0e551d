package terminal

import (
	"bytes"
	"unicode/utf8"
)

var endPaste = []byte("\x1b[201~")

// A paste is a text that the terminal marked as pasted, so that nothing in it
// is taken for a command or a sequence.
type paste struct {
	on bool
	cr bool // the last character ended a line, so that LF does not end another
}

// next types what b begins with and tells how long that is: 0 if more has to
// come first.
func (p *paste) next(b []byte) (n int, keys []KeyEvent) {
	switch {
	case bytes.HasPrefix(b, endPaste):
		p.on = false
		return len(endPaste), nil
	case bytes.HasPrefix(endPaste, b), !utf8.FullRune(b):
		return 0, nil
	}
	r, n := utf8.DecodeRune(b)
	if r == '\n' && p.cr {
		p.cr = false
		return n, nil
	}
	p.cr = r == '\r'
	return n, Type(string(r))
}
