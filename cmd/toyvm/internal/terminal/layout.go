package terminal

import (
	"toyvm/devices/i8042"
	"toyvm/devices/vga"
)

// layoutRows are the keys of an American keyboard that type characters, from
// some key on in the order of their numbers, without and with shift.
var layoutRows = []struct {
	first          i8042.Key
	plain, shifted string
}{
	{i8042.KeyGraveAccent, "`1234567890-=", "~!@#$%^&*()_+"},
	{i8042.KeyQ, `qwertyuiop[]\`, "QWERTYUIOP{}|"},
	{i8042.KeyA, "asdfghjkl;'", `ASDFGHJKL:"`},
	{i8042.KeyZ, "zxcvbnm,./", "ZXCVBNM<>?"},
	{i8042.KeySpc, " ", ""},
}

// layout has the strokes that type the printable characters of ASCII.
var layout = func() map[rune]stroke {
	t := map[rune]stroke{}
	for _, row := range layoutRows {
		for i, r := range row.plain {
			t[r] = stroke{row.first + i8042.Key(i), 0}
		}
		for i, r := range row.shifted {
			t[r] = stroke{row.first + i8042.Key(i), shift}
		}
	}
	return t
}()

// cp437Codes are the codes of the characters that the layout has not.
var cp437Codes = func() map[rune]uint8 {
	t := map[rune]uint8{}
	for code, r := range vga.CP437 {
		if _, ok := layout[r]; !ok {
			t[r] = uint8(code)
		}
	}
	return t
}()

// typeRune types a character: by its key, or by its code on the keypad with
// Alt held, which the BIOS and DOS understand. Other characters are dropped.
func typeRune(r rune) []KeyEvent {
	if s, ok := layout[r]; ok {
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
