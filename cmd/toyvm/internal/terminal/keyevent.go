package terminal

import (
	"slices"

	"toyvm/devices/i8042"
)

// A KeyEvent is a key of the guest's keyboard going down or up.
type KeyEvent struct {
	Key     i8042.Key
	Pressed bool
}

// A modifiers is a set of keys that are held while another is pressed.
type modifiers uint8

const (
	shift modifiers = 1 << iota
	alt
	ctrl
)

// modifierKeys are in the order in which they go down.
var modifierKeys = []struct {
	is  modifiers
	key i8042.Key
}{
	{ctrl, i8042.KeyCtrl},
	{alt, i8042.KeyAlt},
	{shift, i8042.KeyShift},
}

// A stroke is a key pressed and released, with modifiers held.
type stroke struct {
	key  i8042.Key
	with modifiers
}

func (s stroke) events() []KeyEvent {
	keys := make([]i8042.Key, 0, len(modifierKeys)+1)
	for _, m := range modifierKeys {
		if s.with&m.is != 0 {
			keys = append(keys, m.key)
		}
	}
	return chord(append(keys, s.key))
}

// chord presses keys one after the other and releases them in reverse.
func chord(keys []i8042.Key) []KeyEvent {
	events := make([]KeyEvent, 0, 2*len(keys))
	for _, key := range keys {
		events = append(events, KeyEvent{key, true})
	}
	for _, key := range slices.Backward(keys) {
		events = append(events, KeyEvent{key, false})
	}
	return events
}
