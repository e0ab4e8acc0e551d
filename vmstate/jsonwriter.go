package vmstate

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
)

// A jsonWriter writes JSON on one line, with a space behind each comma and
// colon.
type jsonWriter struct {
	buf []byte
}

// next separates what follows from what precedes, and names it.
func (w *jsonWriter) next(key string) {
	if n := len(w.buf); n > 0 && w.buf[n-1] != '{' && w.buf[n-1] != '[' {
		w.buf = append(w.buf, ", "...)
	}
	if key != "" {
		w.quote(key)
		w.buf = append(w.buf, ": "...)
	}
}

func (w *jsonWriter) open(bracket byte, key string) {
	w.next(key)
	w.buf = append(w.buf, bracket)
}

func (w *jsonWriter) close(bracket byte) { w.buf = append(w.buf, bracket) }

func (w *jsonWriter) int(key string, v int) {
	w.next(key)
	w.buf = strconv.AppendInt(w.buf, int64(v), 10)
}

func (w *jsonWriter) string(key, v string) {
	w.next(key)
	w.quote(v)
}

func (w *jsonWriter) quote(s string) {
	w.buf = append(w.buf, '"')
	for _, r := range s {
		short := strings.IndexRune("\"\\\b\f\n\r\t", r)
		switch {
		case short >= 0:
			w.buf = append(w.buf, '\\', `"\bfnrt`[short])
		case r < ' ' || r > '~':
			for _, unit := range utf16.AppendRune(nil, r) {
				w.buf = fmt.Appendf(w.buf, "\\u%04X", unit)
			}
		default:
			w.buf = append(w.buf, byte(r))
		}
	}
	w.buf = append(w.buf, '"')
}
