package terminal

import (
	"bytes"
	"time"
	"unicode/utf8"
)

// EscapeTimeout is how long the rest of an escape sequence may take to come.
// An ESC with nothing behind it is the key Esc then.
const EscapeTimeout = 50 * time.Millisecond

// A Decoder makes keys and commands of the bytes that a terminal sends. Its
// zero value is ready.
type Decoder struct {
	prefix  prefix
	pending []byte // the beginning of a sequence
	since   time.Time
	paste   paste
}

// Decode takes what the terminal sent, and the time when it came. What is
// behind the command for the monitor is left, for Rest.
func (d *Decoder) Decode(b []byte, now time.Time) []Event {
	events := d.Expire(now)
	if len(b) == 0 {
		return events
	}
	d.since = now
	b = append(d.pending, b...)
	for len(b) > 0 {
		n, e := d.next(b, false)
		if n == 0 {
			break
		}
		events = append(events, e...)
		b = b[n:]
		if len(e) > 0 && e[0].Command == CommandMonitor {
			break
		}
	}
	d.pending = bytes.Clone(b)
	return events
}

// Rest takes what has not been decoded.
func (d *Decoder) Rest() []byte {
	rest := d.pending
	d.pending = nil
	return rest
}

// Deadline is when Expire is due, if ever.
func (d *Decoder) Deadline() (at time.Time, due bool) {
	return d.since.Add(EscapeTimeout), len(d.pending) > 0 && !d.paste.on
}

// Expire decodes what has come of a sequence if it is too late for the rest.
func (d *Decoder) Expire(now time.Time) []Event {
	var events []Event
	at, due := d.Deadline()
	if !due || now.Before(at) {
		return nil
	}
	for len(d.pending) > 0 {
		n, e := d.next(d.pending, true)
		events = append(events, e...)
		d.pending = d.pending[n:]
	}
	return events
}

// next decodes what b begins with and tells how long that is: 0 if more has
// to come first, which can no longer be if it is late.
func (d *Decoder) next(b []byte, late bool) (n int, events []Event) {
	if d.paste.on {
		n, keys := d.paste.next(b)
		return n, keyEvents(keys)
	}
	switch {
	case b[0] == 0x1b:
		return d.escape(b, late)
	case b[0] < utf8.RuneSelf:
		return 1, d.prefix.events(byteStroke(b[0]))
	case !utf8.FullRune(b) && !late:
		return 0, nil
	}
	r, n := utf8.DecodeRune(b)
	if keys := typeRune(r); !d.prefix.seen {
		return n, keyEvents(keys)
	}
	d.prefix.seen = false
	return n, nil
}

func byteStroke(b byte) stroke {
	if s, ok := typing(rune(b)); ok {
		return s
	}
	return controlStroke(b)
}

// escape decodes what begins with ESC: that key, a sequence, or something
// typed with Alt.
func (d *Decoder) escape(b []byte, late bool) (n int, events []Event) {
	if len(b) == 1 {
		if !late {
			return 0, nil
		}
		return 1, d.prefix.events(controlStroke(b[0]))
	}
	switch {
	case b[1] == '[' && (len(b) > 2 || !late):
		return d.csi(b, late, 0)
	case b[1] == 'O' && (len(b) > 2 || !late):
		return d.ss3(b, late, 0)
	case b[1] == 0x1b:
		return d.twoEscapes(b, late)
	case b[1] >= utf8.RuneSelf:
		return 1, nil // Alt cannot be held with a code on the keypad
	}
	s := byteStroke(b[1])
	s.with |= alt
	return 2, d.prefix.events(s)
}

// twoEscapes decodes ESC ESC: with a sequence behind, that is a key with Alt;
// otherwise the first is the key Esc.
func (d *Decoder) twoEscapes(b []byte, late bool) (n int, events []Event) {
	switch {
	case len(b) == 2 && !late, len(b) == 3 && !late && (b[2] == '[' || b[2] == 'O'):
		return 0, nil
	case len(b) > 3 && b[2] == '[':
		n, events = d.csi(b[1:], late, alt)
	case len(b) > 3 && b[2] == 'O':
		n, events = d.ss3(b[1:], late, alt)
	default:
		return 1, d.prefix.events(controlStroke(b[0]))
	}
	if n == 0 {
		return 0, nil
	}
	return n + 1, events
}

// maxSequence is longer than any sequence of a key.
const maxSequence = 32

// csi decodes ESC [, numbers, and a final byte. What is none is dropped as far
// as it looked like one, and so are sequences that tell no key.
func (d *Decoder) csi(b []byte, late bool, with modifiers) (n int, events []Event) {
	if len(b) > 2 && b[2] == '[' {
		if len(b) > 3 {
			s, ok := linuxKeys[b[3]]
			return 4, d.sequence(s, ok, with)
		}
		return incomplete(b, late)
	}
	params, private := []int{0}, false
	for i := 2; i < len(b); i++ {
		last := &params[len(params)-1]
		switch c := b[i]; {
		case i >= maxSequence:
			return i, nil
		case '0' <= c && c <= '9':
			*last = min(*last*10+int(c-'0'), utf8.MaxRune+1)
		case c == ';':
			params = append(params, 0)
		case c == '$' && !private && i > 2, 0x40 <= c && c <= 0x7e:
			if private {
				return i + 1, nil
			}
			return i + 1, d.csiDone(params, c, with)
		case 0x20 <= c && c < 0x40:
			private = true
		default:
			return i, nil
		}
	}
	return incomplete(b, late)
}

// beginPaste is the number in ESC [ 200 ~, before a pasted text.
const beginPaste = 200

func (d *Decoder) csiDone(params []int, final byte, with modifiers) []Event {
	if final == '~' && params[0] == beginPaste {
		d.paste, d.prefix = paste{on: true}, prefix{}
		return nil
	}
	s, ok := csiStroke(params, final)
	return d.sequence(s, ok, with)
}

// ss3 decodes ESC O, perhaps modifiers, and a letter.
func (d *Decoder) ss3(b []byte, late bool, with modifiers) (n int, events []Event) {
	number := 0
	for i := 2; i < len(b); i++ {
		switch c := b[i]; {
		case i >= maxSequence:
			return i, nil
		case '0' <= c && c <= '9':
			number = min(number*10+int(c-'0'), 16)
		case c == ';':
			number = 0
		case 0x40 <= c && c <= 0x7e:
			s, ok := ss3Keys[c]
			return i + 1, d.sequence(s, ok, with|csiModifiers(number))
		default:
			return i, nil
		}
	}
	return incomplete(b, late)
}

// incomplete waits for the rest of a sequence, or drops it.
func incomplete(b []byte, late bool) (int, []Event) {
	if late {
		return len(b), nil
	}
	return 0, nil
}

// sequence is the key of a sequence, if the tables have one.
func (d *Decoder) sequence(s stroke, ok bool, with modifiers) []Event {
	if !ok {
		return nil
	}
	s.with |= with
	return d.prefix.events(s)
}
