package terminal

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/devices/i8042"
	"toyvm/devices/vga"
)

func spellKeys(t testing.TB, keys []KeyEvent) string { return spell(t, keyEvents(keys)) }

func TestType(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"nothing", "", ""},
		{"text", "Hi: C:\\>", "shift-h i shift-semicolon spc shift-c shift-semicolon backslash shift-dot"},
		{"ends of lines", "a\nb\rc\r\n", "a ret b ret c ret"},
		{"tab and backspace", "\t\b\x7f", "tab backspace backspace"},
		{"controls are left out", "\x01\x1b[A", "bracket_left shift-a"},
		{"code page 437", "ß\u00a0", "alt-kp_2-kp_2-kp_5 alt-kp_2-kp_5-kp_5"},
		{"elsewhere", "€\xff", ""},
	} {
		t.Run(c.name, func(t *testing.T) { assert.Equal(t, c.want, spellKeys(t, Type(c.in))) })
	}
}

func TestTypeHasAllOfCodePage437(t *testing.T) {
	for code, r := range vga.CP437 {
		assert.NotEmpty(t, Type(string(r)), "code %d", code)
	}
}

func TestSendKey(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"a", "a"},
		{"ctrl-alt-delete", "ctrl-alt-delete"},
		{"shift-kp_enter", "shift-kp_enter"},
		{"alt-sysrq-b", "alt-print-b"},
		{"<", "less"},
		{"0x1d-0x38-0xd3", "ctrl-alt-delete"},
		{"0x02-0x0e-0x39-0x58", "1-backspace-spc-f12"},
	} {
		t.Run(c.in, func(t *testing.T) {
			keys, err := SendKey(c.in)
			require.NoError(t, err)
			assert.Equal(t, c.want, spellKeys(t, keys))
		})
	}
	keys, err := SendKey("ctrl-c")
	require.NoError(t, err)
	assert.Equal(t, []KeyEvent{
		{i8042.KeyCtrl, true}, {i8042.KeyC, true}, {i8042.KeyC, false}, {i8042.KeyCtrl, false},
	}, keys)
}

func TestSendKeyRefuses(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", `sendkey "": unknown key ""`},
		{"ctrl-", `sendkey "ctrl-": unknown key ""`},
		{"ctrl-foo", `sendkey "ctrl-foo": unknown key "foo"`},
		{"0xff", `sendkey "0xff": unknown key "0xff"`},
		{"0x1234", `sendkey "0x1234": unknown key "0x1234"`},
		{"a-b-c-d-e-f-g-h-i-j-k-l-m-n-o-p-q", `sendkey "a-b-c-d-e-f-g-h-i-j-k-l-m-n-o-p-q": more than 16 keys`},
	} {
		_, err := SendKey(c.in)
		assert.EqualError(t, err, c.want)
	}
}
