package devicetest

import (
	"fmt"
	"maps"
	"strconv"
	"strings"
	"testing"
	"time"

	"toyvm/devices"
)

// Verbs are instructions that a chip's tests add to the language of Run: what
// is done at its other lines. The function gets the words behind the verb.
type Verbs map[string]func(words []string) error

// Level is a verb that compares the level of a line: "irq 1".
func Level(l *Line) func(words []string) error {
	return func(words []string) error {
		switch want := strings.Join(words, " "); {
		case want != "0" && want != "1":
			return fmt.Errorf("a level is 0 or 1, not %q", want)
		case l.Level != (want == "1"):
			return fmt.Errorf("it is not")
		}
		return nil
	}
}

// Run drives one chip in the guest's language, a line an instruction:
//
//	out 43h, 34h       ; write a byte to a port
//	in  40h = 0ffh     ; read one and compare
//	wait 100           ; let nanoseconds pass, or with a unit: 100us
//
// Numbers are decimal or end in h. What follows a semicolon is a comment.
func Run(t testing.TB, d devices.PortDevice, c *Clock, script string, verbs ...Verbs) {
	t.Helper()
	all := Verbs{}
	for _, v := range verbs {
		maps.Copy(all, v)
	}
	for i, line := range strings.Split(script, "\n") {
		line, _, _ = strings.Cut(line, ";")
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if err := step(d, c, line, all); err != nil {
			t.Errorf("line %d: %s: %v", i+1, line, err)
		}
	}
}

func step(d devices.PortDevice, c *Clock, line string, verbs Verbs) error {
	verb, rest, _ := strings.Cut(line, " ")
	if f, ok := verbs[verb]; ok {
		return f(strings.FieldsFunc(rest, func(r rune) bool { return strings.ContainsRune(" \t,", r) }))
	}
	switch verb {
	case "out":
		port, value, err := operands(rest, ",")
		if err != nil {
			return err
		}
		d.Out(port, 1, uint32(value))
	case "in":
		port, want, err := operands(rest, "=")
		if err != nil {
			return err
		}
		if got := d.In(port, 1); got != uint32(want) {
			return fmt.Errorf("got %02xh", got)
		}
	case "wait":
		ns, err := duration(strings.TrimSpace(rest))
		if err != nil {
			return err
		}
		c.Advance(ns)
	default:
		return fmt.Errorf("unknown instruction %q", verb)
	}
	return nil
}

// operands reads "PORT sep BYTE".
func operands(text, sep string) (port uint16, value uint8, err error) {
	left, right, found := strings.Cut(text, sep)
	if !found {
		return 0, 0, fmt.Errorf("%q is missing", sep)
	}
	p, err := number(left, 16)
	if err != nil {
		return 0, 0, err
	}
	v, err := number(right, 8)
	return uint16(p), uint8(v), err
}

func number(text string, bits int) (uint64, error) {
	text = strings.TrimSpace(text)
	if digits, hex := strings.CutSuffix(text, "h"); hex {
		return strconv.ParseUint(digits, 16, bits)
	}
	return strconv.ParseUint(text, 10, bits)
}

func duration(text string) (int64, error) {
	if ns, err := strconv.ParseInt(text, 10, 64); err == nil {
		return ns, nil
	}
	d, err := time.ParseDuration(text)
	return d.Nanoseconds(), err
}
