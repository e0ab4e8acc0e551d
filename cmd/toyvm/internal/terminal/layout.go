package terminal

import (
	"toyvm/devices/i8042"
	"toyvm/devices/vga"
)

// typing is the stroke that types a printable character of ASCII.
func typing(r rune) (s stroke, ok bool) {
	key, shifted, ok := i8042.KeyOf(r)
	if shifted {
		return stroke{key, shift}, ok
	}
	return stroke{key, 0}, ok
}

// cp437Codes are the codes of the characters that have no key.
var cp437Codes = func() map[rune]uint8 {
	t := map[rune]uint8{}
	for code, r := range vga.CP437 {
		if _, ok := typing(r); !ok {
			t[r] = uint8(code)
		}
	}
	return t
}()

// typeRune types a character: by its key, or by its code on the keypad with
// Alt held, which the BIOS and DOS understand. Other characters are dropped.
func typeRune(r rune) []KeyEvent {
	if s, ok := typing(r); ok {
		return s.events()
	}
	code, ok := cp437Codes[r]
	if !ok {
		return nil
	}
	events := []KeyEvent{{i8042.KeyAlt, true}}
	for _, digit := range []uint8{code / 100, code / 10 % 10, code % 10} {
		events = append(events, stroke{i8042.KeyKP0 + i8042.Key(digit), 0}.events()...)
	}
	return append(events, KeyEvent{i8042.KeyAlt, false})
}
