package i8042

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"testing"

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

// run plays a guest and a user, with these verbs beyond those of
// devicetest.Run:
//
//	irq1 LEVEL         irq12 LEVEL        a20 LEVEL
//	press KEY…         release KEY…       move DX DY WHEEL
//	hold BUTTONS       let BUTTONS
//	kbd BYTE…          sends to the keyboard, and takes one acknowledgement for each
//	mouse BYTE…        the same for the mouse
//	get HEX            reads bytes, at the pace of the line, until there are no more
func (b *bench) run(t *testing.T, script string) {
	t.Helper()
	devicetest.Run(t, b, &b.clock, script, devicetest.Verbs{
		"irq1":    devicetest.Level(&b.irq1),
		"irq12":   devicetest.Level(&b.irq12),
		"a20":     devicetest.Level(&b.a20),
		"press":   func(names []string) error { return b.keys(names, true) },
		"release": func(names []string) error { return b.keys(names, false) },
		"move":    numbers(func(n []int) error { b.Mouse.Move(n[0], n[1], n[2]); return nil }),
		"hold":    numbers(func(n []int) error { b.Mouse.Press(Buttons(n[0])); return nil }),
		"let":     numbers(func(n []int) error { b.Mouse.Release(Buttons(n[0])); return nil }),
		"kbd":     numbers(func(n []int) error { return b.send(n) }),
		"mouse":   numbers(func(n []int) error { return b.send(n, writeToMouse) }),
		"get": func(words []string) error {
			if got := hex.EncodeToString(b.drain()); got != strings.Join(words, "") {
				return fmt.Errorf("got %s", got)
			}
			return nil
		},
	})
}

func (b *bench) keys(names []string, pressed bool) error {
	for _, name := range names {
		key, known := KeyByName(name)
		if !known {
			return fmt.Errorf("no key %q", name)
		}
		b.Keyboard.Key(key, pressed)
	}
	return nil
}

// send sends bytes, each behind the controller's commands that it takes.
func (b *bench) send(bytes []int, commands ...uint32) error {
	for _, v := range bytes {
		for _, command := range commands {
			b.Out(PortCommand, 1, command)
		}
		b.Out(PortData, 1, uint32(v))
		if got := b.In(PortData, 1); got != replyAck {
			return fmt.Errorf("%02xh is answered with %02xh", v, got)
		}
	}
	return nil
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

// numbers is a verb of numbers like 0edh or -12.
func numbers(f func(n []int) error) func(words []string) error {
	return func(words []string) error {
		var all []int
		for _, word := range words {
			digits, base := word, 10
			if before, hex := strings.CutSuffix(word, "h"); hex {
				digits, base = before, 16
			}
			n, err := strconv.ParseInt(digits, base, 64)
			if err != nil {
				return err
			}
			all = append(all, int(n))
		}
		return f(all)
	}
}
