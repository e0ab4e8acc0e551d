package terminal

import (
	"strings"

	"toyvm/devices/i8042"
)

// typedControls are the control characters that have keys of their own.
var typedControls = map[rune]stroke{
	'\n':   {i8042.KeyRet, 0},
	'\t':   {i8042.KeyTab, 0},
	'\b':   {i8042.KeyBackspace, 0},
	'\x7f': {i8042.KeyBackspace, 0},
}

var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// Type types a text on an American keyboard. Ends of lines press Enter;
// characters that the keyboard has not are typed by their codes in code page
// 437, with Alt and the keypad. What is not in there either is left out, as
// are control characters other than tabs and backspaces: SendKey has the keys
// for those.
func Type(text string) []KeyEvent {
	var events []KeyEvent
	for _, r := range lineEnds.Replace(text) {
		if s, ok := typedControls[r]; ok {
			events = append(events, s.events()...)
			continue
		}
		events = append(events, typeRune(r)...)
	}
	return events
}
