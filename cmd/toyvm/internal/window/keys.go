package window

import (
	"slices"

	"toyvm/devices/i8042"
	"toyvm/machine"
)

// keysByName are the keys of the guest's keyboard by what web browsers call
// the key in the same place, which is also the name that ebiten has for it.
var keysByName = map[string]i8042.Key{
	"Escape": i8042.KeyEsc,
	"F1":     i8042.KeyF1, "F2": i8042.KeyF2, "F3": i8042.KeyF3, "F4": i8042.KeyF4,
	"F5": i8042.KeyF5, "F6": i8042.KeyF6, "F7": i8042.KeyF7, "F8": i8042.KeyF8,
	"F9": i8042.KeyF9, "F10": i8042.KeyF10, "F11": i8042.KeyF11, "F12": i8042.KeyF12,
	"PrintScreen": i8042.KeyPrint, "ScrollLock": i8042.KeyScrollLock, "Pause": i8042.KeyPause,

	"Backquote": i8042.KeyGraveAccent,
	"Digit1":    i8042.Key1, "Digit2": i8042.Key2, "Digit3": i8042.Key3, "Digit4": i8042.Key4, "Digit5": i8042.Key5,
	"Digit6": i8042.Key6, "Digit7": i8042.Key7, "Digit8": i8042.Key8, "Digit9": i8042.Key9, "Digit0": i8042.Key0,
	"Minus": i8042.KeyMinus, "Equal": i8042.KeyEqual, "Backspace": i8042.KeyBackspace,

	"Tab": i8042.KeyTab,
	"Q":   i8042.KeyQ, "W": i8042.KeyW, "E": i8042.KeyE, "R": i8042.KeyR, "T": i8042.KeyT,
	"Y": i8042.KeyY, "U": i8042.KeyU, "I": i8042.KeyI, "O": i8042.KeyO, "P": i8042.KeyP,
	"BracketLeft": i8042.KeyBracketLeft, "BracketRight": i8042.KeyBracketRight, "Backslash": i8042.KeyBackslash,
	"CapsLock": i8042.KeyCapsLock,
	"A":        i8042.KeyA, "S": i8042.KeyS, "D": i8042.KeyD, "F": i8042.KeyF, "G": i8042.KeyG,
	"H": i8042.KeyH, "J": i8042.KeyJ, "K": i8042.KeyK, "L": i8042.KeyL,
	"Semicolon": i8042.KeySemicolon, "Quote": i8042.KeyApostrophe, "Enter": i8042.KeyRet,
	"ShiftLeft": i8042.KeyShift, "IntlBackslash": i8042.KeyLess,
	"Z": i8042.KeyZ, "X": i8042.KeyX, "C": i8042.KeyC, "V": i8042.KeyV, "B": i8042.KeyB, "N": i8042.KeyN, "M": i8042.KeyM,
	"Comma": i8042.KeyComma, "Period": i8042.KeyDot, "Slash": i8042.KeySlash, "ShiftRight": i8042.KeyShiftR,

	"ControlLeft": i8042.KeyCtrl, "MetaLeft": i8042.KeyMetaL, "AltLeft": i8042.KeyAlt, "Space": i8042.KeySpc,
	"AltRight": i8042.KeyAltR, "MetaRight": i8042.KeyMetaR, "ContextMenu": i8042.KeyCompose, "ControlRight": i8042.KeyCtrlR,

	"Insert": i8042.KeyInsert, "Home": i8042.KeyHome, "PageUp": i8042.KeyPgup,
	"Delete": i8042.KeyDelete, "End": i8042.KeyEnd, "PageDown": i8042.KeyPgdn,
	"ArrowUp": i8042.KeyUp, "ArrowLeft": i8042.KeyLeft, "ArrowDown": i8042.KeyDown, "ArrowRight": i8042.KeyRight,

	"NumLock": i8042.KeyNumLock, "NumpadDivide": i8042.KeyKPDivide, "NumpadMultiply": i8042.KeyKPMultiply,
	"NumpadSubtract": i8042.KeyKPSubtract, "NumpadAdd": i8042.KeyKPAdd, "NumpadEnter": i8042.KeyKPEnter,
	"NumpadDecimal": i8042.KeyKPDecimal, "NumpadEqual": i8042.KeyKPEquals,
	"Numpad0": i8042.KeyKP0, "Numpad1": i8042.KeyKP1, "Numpad2": i8042.KeyKP2, "Numpad3": i8042.KeyKP3, "Numpad4": i8042.KeyKP4,
	"Numpad5": i8042.KeyKP5, "Numpad6": i8042.KeyKP6, "Numpad7": i8042.KeyKP7, "Numpad8": i8042.KeyKP8, "Numpad9": i8042.KeyKP9,
}

// modifiers go down before other keys, and up after them, where it cannot be
// told which was first.
var modifiers = []i8042.Key{
	i8042.KeyCtrl, i8042.KeyCtrlR, i8042.KeyAlt, i8042.KeyAltR,
	i8042.KeyShift, i8042.KeyShiftR, i8042.KeyMetaL, i8042.KeyMetaR,
}

// A keyboard is a set of keys that are held.
type keyboard struct {
	held []i8042.Key // in the order in which they were pressed
}

func (k *keyboard) holds(any ...i8042.Key) bool {
	return slices.ContainsFunc(any, func(key i8042.Key) bool { return slices.Contains(k.held, key) })
}

// hold makes the given keys those that are held, and returns what was released
// and pressed for that.
func (k *keyboard) hold(keys []i8042.Key) (changes []machine.KeyAction) {
	for _, key := range inOrder(k.held) {
		if !slices.Contains(keys, key) {
			changes = append(changes, machine.KeyAction{Key: key})
		}
	}
	slices.Reverse(changes)
	for _, key := range inOrder(keys) {
		if !k.holds(key) {
			changes = append(changes, machine.KeyAction{Key: key, Pressed: true})
		}
	}
	for _, c := range changes {
		k.change(c)
	}
	return changes
}

// change presses or releases a key. It tells whether that changes anything.
func (k *keyboard) change(c machine.KeyAction) bool {
	if k.holds(c.Key) == c.Pressed {
		return false
	}
	if c.Pressed {
		k.held = append(k.held, c.Key)
	} else {
		k.held = slices.DeleteFunc(k.held, func(key i8042.Key) bool { return key == c.Key })
	}
	return true
}

// inOrder has modifiers before the other keys.
func inOrder(keys []i8042.Key) []i8042.Key {
	isModifier := func(key i8042.Key) bool { return slices.Contains(modifiers, key) }
	other := slices.DeleteFunc(slices.Clone(keys), isModifier)
	first := slices.DeleteFunc(slices.Clone(keys), func(key i8042.Key) bool { return !isModifier(key) })
	return append(first, other...)
}
