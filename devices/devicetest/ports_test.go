package devicetest

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// echo returns what was last written, from any port.
type echo uint32

func (e *echo) In(uint16, int) uint32         { return uint32(*e) }
func (e *echo) Out(_ uint16, _ int, v uint32) { *e = echo(v) }

func TestRun(t *testing.T) {
	var (
		e echo
		c Clock
	)
	Run(t, &e, &c, `
		out 4d0h, 0a5h
		in  4d0h = 165 ; the same
		wait 5
		wait 1.5us`)
	assert.EqualValues(t, 1505, c.Now())
}

func TestRunReports(t *testing.T) {
	for line, want := range map[string]string{
		"in 20h = 1":    "got 00h",
		"in 20h":        `"=" is missing`,
		"out 20h":       `"," is missing`,
		"out 20h, 100h": "value out of range",
		"out x, 1":      "invalid syntax",
		"wait long":     "invalid duration",
		"hlt":           `unknown instruction "hlt"`,
	} {
		assert.ErrorContains(t, step(new(echo), new(Clock), line, nil), want, line)
	}
}

func TestVerbs(t *testing.T) {
	var (
		e    echo
		said []string
		irq  = Line{Level: true}
	)
	verbs := Verbs{
		"irq": Level(&irq),
		"say": func(words []string) error { said = words; return nil },
	}
	Run(t, &e, new(Clock), "irq 1\nsay 1, two\tthree ; four", verbs)
	assert.Equal(t, []string{"1", "two", "three"}, said)
	assert.ErrorContains(t, step(&e, new(Clock), "irq 0", verbs), "it is not")
	assert.ErrorContains(t, step(&e, new(Clock), "irq high", verbs), `not "high"`)
}
