package devicetest

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"toyvm/devices"
)

// Run drives one chip in the guest's language, a line an instruction:
//
//	out 43h, 34h       ; write a byte to a port
//	in  40h = 0ffh     ; read one and compare
//	wait 100           ; let nanoseconds pass, or with a unit: 100us
//
// Numbers are decimal or end in h. What follows a semicolon is a comment.
func Run(t testing.TB, d devices.PortDevice, c *Clock, script string) {
	t.Helper()
	for i, line := range strings.Split(script, "\n") {
		line, _, _ = strings.Cut(line, ";")
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if err := step(d, c, line); err != nil {
			t.Errorf("line %d: %s: %v", i+1, line, err)
		}
	}
}

func step(d devices.PortDevice, c *Clock, line string) error {
	verb, rest, _ := strings.Cut(line, " ")
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
