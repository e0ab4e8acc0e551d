package terminal

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/devices/i8042"
)

// spell writes events in short: the names of the keys that go down, joined by
// hyphens as for SendKey, and commands in brackets.
func spell(t testing.TB, events []Event) string {
	var words, chord []string
	var held []i8042.Key
	for _, e := range events {
		switch {
		case e.Command != NoCommand:
			require.Empty(t, held, "a command while keys are held")
			words = append(words, "["+e.Command.String()+"]")
		case e.Pressed:
			held, chord = append(held, e.Key), append(chord, e.Key.String())
		default:
			require.NotEmpty(t, held)
			require.Equal(t, held[len(held)-1], e.Key, "keys are released in reverse")
			if held = held[:len(held)-1]; len(held) == 0 {
				words, chord = append(words, strings.Join(chord, "-")), nil
			}
		}
	}
	require.Empty(t, held, "keys stay held")
	return strings.Join(words, " ")
}

var someTime = time.Unix(1_000_000, 0)

func decode(t testing.TB, in string) string {
	var d Decoder
	events := d.Decode([]byte(in), someTime)
	return spell(t, append(events, d.Expire(someTime.Add(EscapeTimeout))...))
}

func TestDecode(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"letters", "aZ", "a shift-z"},
		{"symbols", "1!-_;:/?", "1 shift-1 minus shift-minus semicolon shift-semicolon slash shift-slash"},
		{"space", " ", "spc"},
		{"Enter, Tab, Backspace", "\r\t\x7f", "ret tab backspace"},
		{"Ctrl and letters", "\x03\x08\x0a\x1a", "ctrl-c ctrl-h ctrl-j ctrl-z"},
		{"Ctrl and others", "\x00\x1c\x1d\x1e\x1f", "ctrl-2 ctrl-backslash ctrl-bracket_right ctrl-6 ctrl-minus"},
		{"Alt", "\x1bx\x1bX\x1b\r\x1b\x7f", "alt-x alt-shift-x alt-ret alt-backspace"},
		{"Ctrl and Alt", "\x1b\x03", "ctrl-alt-c"},
		{"Esc", "\x1b", "esc"},
		{"Esc twice", "\x1b\x1b", "esc esc"},
		{"Esc and Alt", "\x1b\x1bx", "esc alt-x"},
		{"Alt and what begins sequences", "\x1b[", "alt-bracket_left"},
		{"Alt-O", "\x1bO", "alt-shift-o"},
		{"arrows", "\x1b[A\x1b[B\x1b[C\x1b[D", "up down right left"},
		{"arrows of applications", "\x1bOA\x1bOB\x1bOC\x1bOD", "up down right left"},
		{"arrows with modifiers", "\x1b[1;5A\x1b[1;2B\x1b[1;3C\x1b[1;8D", "ctrl-up shift-down alt-right ctrl-alt-shift-left"},
		{"Meta is Alt", "\x1b[1;9A", "alt-up"},
		{"arrows of rxvt", "\x1b[a\x1bOb\x1b\x1b[C", "shift-up ctrl-down alt-right"},
		{"editing keys", "\x1b[1~\x1b[2~\x1b[3~\x1b[4~\x1b[5~\x1b[6~", "home insert delete end pgup pgdn"},
		{"editing keys with modifiers", "\x1b[3;5~\x1b[5;2~", "ctrl-delete shift-pgup"},
		{"editing keys of rxvt", "\x1b[7~\x1b[8~\x1b[2$\x1b[3^\x1b[5@", "home end shift-insert ctrl-delete ctrl-shift-pgup"},
		{"Home and End", "\x1b[H\x1b[F\x1bOH\x1bOF\x1b[1;5H", "home end home end ctrl-home"},
		{"F1 to F4", "\x1bOP\x1bOQ\x1bOR\x1bOS", "f1 f2 f3 f4"},
		{"F1 to F4 with modifiers", "\x1b[1;2P\x1bO5Q\x1bO1;3R", "shift-f1 ctrl-f2 alt-f3"},
		{"F1 to F5 of linux", "\x1b[[A\x1b[[B\x1b[[C\x1b[[D\x1b[[E", "f1 f2 f3 f4 f5"},
		{"F1 to F4 of rxvt", "\x1b[11~\x1b[12~\x1b[13~\x1b[14~", "f1 f2 f3 f4"},
		{"F5 to F12", "\x1b[15~\x1b[17~\x1b[18~\x1b[19~\x1b[20~\x1b[21~\x1b[23~\x1b[24~", "f5 f6 f7 f8 f9 f10 f11 f12"},
		{"F13 and up", "\x1b[25~\x1b[34~", "shift-f1 shift-f8"},
		{"F5 with modifiers", "\x1b[15;5~\x1b[24;6~", "ctrl-f5 ctrl-shift-f12"},
		{"Alt by ESC", "\x1b\x1b[15~\x1b\x1bOP", "alt-f5 alt-f1"},
		{"Shift-Tab", "\x1b[Z", "shift-tab"},
		{"keypad", "\x1bOM\x1bOp\x1bOy\x1bOj", "kp_enter kp_0 kp_9 kp_multiply"},
		{"modifyOtherKeys", "\x1b[27;5;9~\x1b[27;5;49~", "ctrl-tab ctrl-1"},
		{"CSI u", "\x1b[105;5u\x1b[13;2u\x1b[65;5u", "ctrl-i shift-ret ctrl-shift-a"},
		{"Esc by its code", "\x1b[27u\x1b[27;5u", "esc ctrl-esc"},
		{"no key", "\x1b[99~\x1b[?1;2c\x1b[?2026;1$y\x1b[I\x1bO~a", "a"},
		{"cut sequence", "\x1b[1;5", ""},
		{"broken sequence", "\x1b[1;\x1b[A", "up"},
		{"broken by a control character", "\x1bO\r", "ret"},
		{"long sequence", "\x1b[" + strings.Repeat("1", 30) + "a", "a"},
		{"code page 437", "é☺", "alt-kp_1-kp_3-kp_0 alt-kp_0-kp_0-kp_1"},
		{"not in code page 437", "a€漢b", "a b"},
		{"broken UTF-8", "a\xc3(\xff\xe2\x82", "a shift-9"},
		{"paste", "\x1b[200~ls\r\nx\ny\x1b[201~\x03", "l s ret x ret y ctrl-c"},
		{"paste with controls", "\x1b[200~\x01x\x1b[Aé\x1b[201~b", "x bracket_left shift-a alt-kp_1-kp_3-kp_0 b"},
		{"commands", "\x01x\x01c\x01s\x01l\x01h", "[quit] [monitor] [save] [load] [help]"},
		{"Ctrl-A", "\x01\x01x", "ctrl-a x"},
		{"no command", "\x01q\x01\x1b[A\x01é\x01\x18x", "x"},
		{"shifted command", "\x01X", "[quit]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			assert.Equal(t, c.want, decode(t, c.in))
		})
	}
}

func TestEscIsAKeyAfterATime(t *testing.T) {
	var d Decoder
	_, due := d.Deadline()
	assert.False(t, due)
	assert.Empty(t, d.Decode([]byte{0x1b}, someTime))
	at, due := d.Deadline()
	assert.True(t, due)
	assert.Equal(t, someTime.Add(EscapeTimeout), at)
	assert.Empty(t, d.Expire(at.Add(-1)))
	assert.Equal(t, "esc", spell(t, d.Expire(at)))
	assert.Empty(t, d.Expire(at))

	d.Decode([]byte{0x1b}, someTime)
	assert.Equal(t, "esc shift-o", spell(t, d.Decode([]byte("O"), at)), "the caller came late")
	d.Decode([]byte{0x1b}, someTime)
	assert.Equal(t, "f1", spell(t, d.Decode([]byte("OP"), at.Add(-1))))
}

func TestPasteMayTakeItsTime(t *testing.T) {
	var d Decoder
	assert.Equal(t, "a", spell(t, d.Decode([]byte("\x1b[200~a\x1b[20"), someTime)))
	_, due := d.Deadline()
	assert.False(t, due)
	assert.Equal(t, "b", spell(t, d.Decode([]byte("1~b"), someTime.Add(time.Hour))))
}

func FuzzDecoder(f *testing.F) {
	for _, seed := range []string{
		"a\x1b[1;5A\x1bOP\x1b\x1b[C", "\x1b[200~x\r\ny\x1b[201~", "\x01x\x01\x01", "é\xc3\x1b[[A", "\x1b[27;5;9~\x1b[?1$y\x1b",
	} {
		f.Add([]byte(seed), 1)
	}
	f.Fuzz(func(t *testing.T, in []byte, cut int) {
		cut = max(0, min(cut, len(in)))
		late := someTime.Add(EscapeTimeout)
		var whole, parts Decoder
		want := append(whole.Decode(in, someTime), whole.Expire(late)...)
		got := parts.Decode(in[:cut], someTime)
		got = append(got, parts.Decode(in[cut:], someTime)...)
		got = append(got, parts.Expire(late)...)
		assert.Equal(t, spell(t, want), spell(t, got), "cut in two")
		_, due := whole.Deadline()
		assert.False(t, due)
	})
}

func TestWhatIsBehindTheMonitorsKeyIsLeft(t *testing.T) {
	var d Decoder
	events := d.Decode([]byte("\x1b[A\x01cinfo\r"), time.Now())
	require.Len(t, events, 3)
	assert.Equal(t, i8042.KeyUp, events[0].Key)
	assert.Equal(t, CommandMonitor, events[2].Command)
	assert.Equal(t, "info\r", string(d.Rest()))
	assert.Empty(t, d.Rest())
	assert.Len(t, d.Decode([]byte("a"), time.Now()), 2)
}

func TestCommandsByKey(t *testing.T) {
	for key, want := range map[byte]Command{'x': CommandQuit, 'C': CommandMonitor, 's': CommandSave, 'z': NoCommand, 0: NoCommand, 0xff: NoCommand} {
		assert.Equal(t, want, CommandOf(key), "%q", key)
	}
}
