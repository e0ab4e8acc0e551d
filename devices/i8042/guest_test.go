package i8042

import (
	"encoding/hex"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"toyvm/devices/devicetest"
)

// A bench is a controller with a board and a user around it.
type bench struct {
	*Controller
	clock                devicetest.Clock
	irq1, irq12, a20, rs devicetest.Line
}

func newBench() *bench {
	b := &bench{}
	b.Controller = b.make()
	return b
}

func (b *bench) make() *Controller {
	return New(&b.clock, Lines{KeyboardIRQ: &b.irq1, MouseIRQ: &b.irq12, A20: &b.a20, Reset: &b.rs})
}

// run plays a guest and a user, one step a line:
//
//	out PORT, VALUE    in PORT = VALUE    wait NANOSECONDS
//	irq1 LEVEL         irq12 LEVEL        a20 LEVEL
//	press KEY…         release KEY…       move DX DY WHEEL
//	hold BUTTONS       let BUTTONS
//	kbd BYTE…          sends to the keyboard, and takes one acknowledgement for each
//	mouse BYTE…        the same for the mouse
//	get HEX            reads bytes, at the pace of the line, until there are no more
func (b *bench) run(t *testing.T, script string) {
	t.Helper()
	for i, line := range strings.Split(strings.TrimSpace(script), "\n") {
		line, _, _ = strings.Cut(line, ";")
		words := strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(" \t,=", r) })
		if len(words) == 0 {
			continue
		}
		at := []any{"line %d: %s", i + 1, strings.TrimSpace(line)}
		args := words[1:]
		switch words[0] {
		case "out":
			b.Out(uint16(number(t, args[0])), 1, uint32(number(t, args[1])))
		case "in":
			require.Equal(t, strconv.FormatInt(number(t, args[1]), 16), strconv.FormatInt(int64(b.In(uint16(number(t, args[0])), 1)), 16), at...)
		case "wait":
			b.clock.Advance(number(t, args[0]))
		case "irq1":
			require.Equal(t, args[0] == "1", b.irq1.Level, at...)
		case "irq12":
			require.Equal(t, args[0] == "1", b.irq12.Level, at...)
		case "a20":
			require.Equal(t, args[0] == "1", b.a20.Level, at...)
		case "press", "release":
			for _, name := range args {
				key, known := KeyByName(name)
				require.True(t, known, at...)
				b.Keyboard.Key(key, words[0] == "press")
			}
		case "move":
			b.Mouse.Move(int(number(t, args[0])), int(number(t, args[1])), int(number(t, args[2])))
		case "hold":
			b.Mouse.Press(Buttons(number(t, args[0])))
		case "let":
			b.Mouse.Release(Buttons(number(t, args[0])))
		case "kbd", "mouse":
			for _, arg := range args {
				if words[0] == "mouse" {
					b.Out(PortCommand, 1, writeToMouse)
				}
				b.Out(PortData, 1, uint32(number(t, arg)))
				require.EqualValues(t, replyAck, b.In(PortData, 1), at...)
			}
		case "get":
			require.Equal(t, strings.Join(args, ""), hex.EncodeToString(b.drain()), at...)
		default:
			t.Fatalf("line %d: %s?", i+1, line)
		}
	}
}

// drain reads until nothing more comes.
func (b *bench) drain() []byte {
	var got []byte
	for b.In(PortCommand, 1)&statusFull != 0 {
		got = append(got, byte(b.In(PortData, 1)))
		b.clock.Advance(codeTime)
	}
	return got
}

// number reads 3f8h or -12.
func number(t *testing.T, s string) int64 {
	t.Helper()
	base := 10
	if digits, hex := strings.CutSuffix(s, "h"); hex {
		s, base = digits, 16
	}
	n, err := strconv.ParseInt(s, base, 64)
	require.NoError(t, err)
	return n
}
