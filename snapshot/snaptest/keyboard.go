package snaptest

import (
	"strings"
	"time"

	"toyvm/devices/i8042"
	"toyvm/machine"
)

// keyTime is how long a key takes to go down or up: slow enough for guests that
// look for keys now and then, fast enough not to be repeated.
const keyTime = 10 * time.Millisecond

// typedControls are the keys of control characters.
var typedControls = map[rune]i8042.Key{
	'\n': i8042.KeyRet, '\t': i8042.KeyTab, '\b': i8042.KeyBackspace, '\x1b': i8042.KeyEsc,
}

// Type types a text of printable ASCII, tabs, backspaces, escapes and ends of
// lines on an American keyboard, while the guest runs.
func (m *Machine) Type(text string) {
	m.tb.Helper()
	for _, r := range text {
		key, ok := typedControls[r]
		shift := false
		if !ok {
			if key, shift, ok = i8042.KeyOf(r); !ok {
				m.tb.Fatalf("type %q: the keyboard has no key for %q", text, r)
			}
		}
		if shift {
			m.press(i8042.KeyShift, key)
		} else {
			m.press(key)
		}
	}
}

// Press presses keys together and releases them again, given as for the
// monitor's sendkey: names joined by hyphens, as in ctrl-alt-delete.
func (m *Machine) Press(keys string) {
	m.tb.Helper()
	var pressed []i8042.Key
	for name := range strings.SplitSeq(keys, "-") {
		key, ok := i8042.KeyByName(name)
		if !ok {
			m.tb.Fatalf("press %q: there is no key %q", keys, name)
		}
		pressed = append(pressed, key)
	}
	m.press(pressed...)
}

// press presses keys one after the other and releases them in reverse.
func (m *Machine) press(keys ...i8042.Key) {
	for _, key := range keys {
		m.key(key, true)
	}
	for i := range keys {
		m.key(keys[len(keys)-1-i], false)
	}
}

func (m *Machine) key(key i8042.Key, pressed bool) {
	m.pc.Key(key, pressed)
	stop := m.pc.Run(machine.Budget{Until: m.pc.Time() + int64(keyTime)})
	if stop.Reason != machine.StopBudget && stop.Reason != machine.StopHalted {
		m.stop = &stop
	}
}
