package terminal

import "toyvm/devices/i8042"

// The keys below are as xterm sends them and those that follow it (tmux, the
// consoles of Linux and FreeBSD, PuTTY, kitty, Windows Terminal), and as rxvt
// does. Where they disagree, the shifted function keys of rxvt have lost.

// csiKeys are the keys by the final byte of ESC [.
var csiKeys = map[byte]stroke{
	'A': {i8042.KeyUp, 0},
	'B': {i8042.KeyDown, 0},
	'C': {i8042.KeyRight, 0},
	'D': {i8042.KeyLeft, 0},
	'E': {i8042.KeyKP5, 0},
	'F': {i8042.KeyEnd, 0},
	'H': {i8042.KeyHome, 0},
	'P': {i8042.KeyF1, 0},
	'Q': {i8042.KeyF2, 0},
	'R': {i8042.KeyF3, 0},
	'S': {i8042.KeyF4, 0},
	'Z': {i8042.KeyTab, shift},
	'a': {i8042.KeyUp, shift},
	'b': {i8042.KeyDown, shift},
	'c': {i8042.KeyRight, shift},
	'd': {i8042.KeyLeft, shift},
}

// tildeKeys are the keys by the number in ESC [ number ~.
var tildeKeys = map[int]stroke{
	1: {i8042.KeyHome, 0}, 2: {i8042.KeyInsert, 0}, 3: {i8042.KeyDelete, 0},
	4: {i8042.KeyEnd, 0}, 5: {i8042.KeyPgup, 0}, 6: {i8042.KeyPgdn, 0},
	7: {i8042.KeyHome, 0}, 8: {i8042.KeyEnd, 0},
	11: {i8042.KeyF1, 0}, 12: {i8042.KeyF2, 0}, 13: {i8042.KeyF3, 0}, 14: {i8042.KeyF4, 0},
	15: {i8042.KeyF5, 0}, 17: {i8042.KeyF6, 0}, 18: {i8042.KeyF7, 0}, 19: {i8042.KeyF8, 0},
	20: {i8042.KeyF9, 0}, 21: {i8042.KeyF10, 0}, 23: {i8042.KeyF11, 0}, 24: {i8042.KeyF12, 0},
	25: {i8042.KeyF1, shift}, 26: {i8042.KeyF2, shift}, 28: {i8042.KeyF3, shift}, 29: {i8042.KeyF4, shift},
	31: {i8042.KeyF5, shift}, 32: {i8042.KeyF6, shift}, 33: {i8042.KeyF7, shift}, 34: {i8042.KeyF8, shift},
}

// tildeFinals are the final bytes of ESC [ number, with the modifiers that
// rxvt tells by them.
var tildeFinals = map[byte]modifiers{'~': 0, '$': shift, '^': ctrl, '@': ctrl | shift}

// linuxKeys are the keys by the letter of ESC [ [.
var linuxKeys = map[byte]stroke{
	'A': {i8042.KeyF1, 0},
	'B': {i8042.KeyF2, 0},
	'C': {i8042.KeyF3, 0},
	'D': {i8042.KeyF4, 0},
	'E': {i8042.KeyF5, 0},
}

// ss3Keys are the keys by the final byte of ESC O: those of csiKeys in another
// mode of the terminal, and the keypad.
var ss3Keys = map[byte]stroke{
	'A': {i8042.KeyUp, 0},
	'B': {i8042.KeyDown, 0},
	'C': {i8042.KeyRight, 0},
	'D': {i8042.KeyLeft, 0},
	'E': {i8042.KeyKP5, 0},
	'F': {i8042.KeyEnd, 0},
	'H': {i8042.KeyHome, 0},
	'M': {i8042.KeyKPEnter, 0},
	'P': {i8042.KeyF1, 0},
	'Q': {i8042.KeyF2, 0},
	'R': {i8042.KeyF3, 0},
	'S': {i8042.KeyF4, 0},
	'a': {i8042.KeyUp, ctrl},
	'b': {i8042.KeyDown, ctrl},
	'c': {i8042.KeyRight, ctrl},
	'd': {i8042.KeyLeft, ctrl},
	'j': {i8042.KeyKPMultiply, 0},
	'k': {i8042.KeyKPAdd, 0},
	'l': {i8042.KeyKPComma, 0},
	'm': {i8042.KeyKPSubtract, 0},
	'n': {i8042.KeyKPDecimal, 0},
	'o': {i8042.KeyKPDivide, 0},
	'p': {i8042.KeyKP0, 0},
	'q': {i8042.KeyKP1, 0},
	'r': {i8042.KeyKP2, 0},
	's': {i8042.KeyKP3, 0},
	't': {i8042.KeyKP4, 0},
	'u': {i8042.KeyKP5, 0},
	'v': {i8042.KeyKP6, 0},
	'w': {i8042.KeyKP7, 0},
	'x': {i8042.KeyKP8, 0},
	'y': {i8042.KeyKP9, 0},
}

// csiModifiers are what the second number of a sequence tells, which is one
// more than a sum of 1 for Shift, 2 for Alt, 4 for Ctrl and 8 for Meta.
func csiModifiers(number int) (with modifiers) {
	bits := max(number, 1) - 1
	with = modifiers(bits) & (shift | alt | ctrl)
	if bits&8 != 0 {
		with |= alt
	}
	return with
}

// csiStroke is the key that ESC [ tells, if it tells one.
func csiStroke(params []int, final byte) (s stroke, ok bool) {
	first, second := param(params, 0), param(params, 1)
	held, tilde := tildeFinals[final]
	switch {
	case final == 'u':
		s, ok = codeStroke(first)
	case final == '~' && first == 27:
		s, ok = codeStroke(param(params, 2))
	case tilde:
		s, ok = tildeKeys[first]
		s.with |= held
	default:
		s, ok = csiKeys[final]
	}
	s.with |= csiModifiers(second)
	return s, ok
}

// codeStroke is the key of a character, as terminals tell it that tell apart
// what the control characters do not, such as Ctrl-I and Tab.
func codeStroke(code int) (stroke, bool) {
	if s, ok := typing(rune(code)); ok {
		return s, true
	}
	switch code {
	case '\r', '\t', 0x1b, 0x7f:
		return controlStroke(byte(code)), true
	}
	return stroke{}, false
}

func param(params []int, i int) int {
	if i < len(params) {
		return params[i]
	}
	return 0
}

// controlStroke is the key that sends a control character. Both Ctrl-H and,
// with some terminals, Backspace send 08h; it stays Ctrl-H, which most guests
// take for Backspace anyway.
func controlStroke(b byte) stroke {
	switch b {
	case 0:
		return stroke{i8042.Key2, ctrl}
	case '\t':
		return stroke{i8042.KeyTab, 0}
	case '\r':
		return stroke{i8042.KeyRet, 0}
	case 0x1b:
		return stroke{i8042.KeyEsc, 0}
	case 0x1c:
		return stroke{i8042.KeyBackslash, ctrl}
	case 0x1d:
		return stroke{i8042.KeyBracketRight, ctrl}
	case 0x1e:
		return stroke{i8042.Key6, ctrl}
	case 0x1f:
		return stroke{i8042.KeyMinus, ctrl}
	case 0x7f:
		return stroke{i8042.KeyBackspace, 0}
	}
	s, _ := typing(rune(b) | 0x60)
	return stroke{s.key, ctrl}
}
