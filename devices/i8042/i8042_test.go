package i8042

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestController(t *testing.T) {
	for _, c := range []struct{ name, script string }{
		{"after reset", `
			in 64h = 18h
			in 60h = 0
			out 64h, 20h
			in 60h = 3
			a20 1
			irq1 0
			irq12 0`},
		{"self-test sets the system flag", `
			out 64h, aah
			in 64h = 1dh
			in 60h = 55h
			in 64h = 1ch`},
		{"tests of the interfaces", `
			out 64h, abh
			in 60h = 0
			out 64h, a9h
			in 60h = 0`},
		{"command byte", `
			out 64h, 60h
			in 64h = 18h     ; the last write was a command
			out 60h, 47h
			in 64h = 14h     ; data; the system flag is the command byte's
			out 64h, 20h
			in 60h = 47h
			out 64h, 60h
			out 60h, 0
			in 64h = 10h`},
		{"disable bits", `
			out 64h, adh
			out 64h, 20h
			in 60h = 13h
			out 64h, a7h
			out 64h, 20h
			in 60h = 33h
			out 64h, aeh
			out 64h, 20h
			in 60h = 23h
			out 64h, a8h
			out 64h, 20h
			in 60h = 3`},
		{"input port", `
			out 64h, c0h
			in 60h = 80h`},
		{"output port", `
			out 64h, d0h
			in 60h = cfh
			out 64h, d1h
			out 60h, 1
			a20 0
			out 64h, d0h
			in 60h = 1
			out 64h, d1h
			out 60h, 33h     ; the buffer's lines cannot be set
			a20 1
			out 64h, d0h
			in 60h = 3`},
		{"output port shows the full buffer", `
			out 64h, d3h
			out 60h, 1
			out 64h, d0h     ; waits for the buffer
			in 60h = ffh`},
		{"A20 by command", `
			out 64h, ddh
			a20 0
			out 64h, d0h
			in 60h = cdh
			out 64h, dfh
			a20 1
			out 64h, d0h
			in 60h = cfh`},
		{"keyboard interrupt of the controller's bytes", `
			out 64h, d2h
			out 60h, 5ah
			irq1 1
			irq12 0
			in 64h = 11h
			in 60h = 5ah
			irq1 0
			in 64h = 10h`},
		{"mouse interrupt of the controller's bytes", `
			out 64h, d3h
			out 60h, 5ah
			irq1 0
			irq12 1
			in 64h = 31h
			in 60h = 5ah
			irq12 0`},
		{"interrupts off and on", `
			out 64h, 60h
			out 60h, 0
			out 64h, d2h
			out 60h, 5ah
			irq1 0
			out 64h, 60h
			out 60h, 1
			irq1 1`},
		{"an empty buffer shows its last byte", `
			out 64h, d2h
			out 60h, 5ah
			in 60h = 5ah
			in 60h = 5ah`},
		{"a command that waits for data forgets it for another", `
			out 64h, d1h
			out 64h, 20h
			in 60h = 3
			out 60h, 0       ; goes to the keyboard
			in 60h = feh
			a20 1`},
		{"unknown commands do nothing", `
			out 64h, 0
			out 64h, b0h
			in 64h = 18h`},
		{"other output lines may be pulsed", `
			out 64h, ffh
			out 64h, f1h
			a20 1`},
		{"controller before keyboard before mouse", `
			mouse f4h
			move 1 0 0
			wait 10000000
			press a
			in 60h = 8       ; was first
			out 64h, d2h
			out 60h, 5ah
			in 60h = 1ch     ; was next
			in 60h = 5ah
			in 60h = 1
			in 60h = 0`},
		{"a disabled keyboard keeps its codes", `
			out 64h, adh
			press a
			in 64h = 18h
			out 64h, aeh
			in 64h = 19h
			irq1 1
			in 60h = 1ch`},
		{"writing to the keyboard enables it", `
			out 64h, adh
			out 60h, f4h
			in 60h = fah
			out 64h, 20h
			in 60h = 3`},
		{"a disabled mouse keeps its packet", `
			mouse f4h
			out 64h, a7h
			move 1 0 0
			wait 10000000
			in 64h = 18h
			out 64h, a8h
			in 64h = 39h
			get 080100`},
		{"scan codes come a millisecond apart", `
			press up
			irq1 1
			in 60h = e0h
			irq1 0
			in 60h = e0h     ; what the next handler in the chain sees
			wait 999999
			irq1 0
			in 64h = 18h
			wait 1
			irq1 1
			in 60h = 75h`},
		{"replies do not wait", `
			press up
			in 60h = e0h
			out 60h, eeh
			in 60h = eeh
			in 64h = 10h
			wait 1000000
			in 60h = 75h`},
	} {
		t.Run(c.name, func(t *testing.T) { newBench().run(t, c.script) })
	}
}

func TestResetLine(t *testing.T) {
	b := newBench()
	b.run(t, "out 64h, feh")
	assert.Equal(t, 1, b.rs.Rises)
	assert.False(t, b.rs.Level, "a pulse")
	b.run(t, `
		out 64h, d1h
		out 60h, 2
		a20 1`)
	assert.Equal(t, 2, b.rs.Rises)
	b.run(t, "out 64h, f1h")
	assert.Equal(t, 2, b.rs.Rises)
}

func TestEachByteIsAnEdge(t *testing.T) {
	b := newBench()
	b.run(t, `
		out 60h, f2h
		get faab83`)
	assert.Equal(t, 3, b.irq1.Rises)
}

func TestReset(t *testing.T) {
	b := newBench()
	b.run(t, `
		out 64h, ddh
		out 64h, 60h
		out 60h, 47h
		mouse f4h
		press a
		irq1 1`)
	b.Reset()
	b.run(t, `
		irq1 0
		a20 1
		in 64h = 18h
		release a
		in 64h = 18h
		out 64h, 20h
		in 60h = 3`)
}
