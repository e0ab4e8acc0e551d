package uart16550

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"toyvm/devices/devicetest"
)

// A bench is a UART with a board around it.
type bench struct {
	*UART
	clock devicetest.Clock
	irq   devicetest.Line
	sent  []byte
}

func newBench() *bench {
	b := &bench{}
	b.UART = New(&b.clock, &b.irq, func(c byte) { b.sent = append(b.sent, c) })
	return b
}

// run plays a guest, with three verbs beyond those of devicetest.Run:
// "irq LEVEL", "sent TEXT" and "receive TEXT".
func (b *bench) run(t *testing.T, script string) {
	t.Helper()
	devicetest.Run(t, b, &b.clock, script, devicetest.Verbs{
		"irq": devicetest.Level(&b.irq),
		"sent": func(words []string) error {
			sent := string(b.sent)
			if b.sent = nil; sent != words[0] {
				return fmt.Errorf("%q was sent", sent)
			}
			return nil
		},
		"receive": func(words []string) error {
			if n := b.Receive([]byte(words[0])); n != len(words[0]) {
				return fmt.Errorf("it took %d bytes", n)
			}
			return nil
		},
	})
}

func TestGuest(t *testing.T) {
	for _, c := range []struct{ name, script string }{
		{"registers after reset [table II]", `
			in 3f9h = 0
			in 3fah = 1
			in 3fbh = 0
			in 3fch = 8      ; OUT2, the board's doing
			in 3fdh = 60h
			in 3feh = b0h
			in 3ffh = 0
			out 3fbh, 80h
			in 3f8h = 12
			in 3f9h = 0
			irq 0`},
		{"scratch register", `
			out 3ffh, a5h
			in 3ffh = a5h`},
		{"unused bits read as zero", `
			out 3f9h, ffh
			in 3f9h = 0fh
			out 3fch, ffh
			in 3fch = 1fh`},
		{"LSR and MSR are read only", `
			out 3fdh, 0
			in 3fdh = 60h
			out 3feh, 0
			in 3feh = b0h`},
		{"divisor latch hides data and IER", `
			out 3f9h, 4
			out 3fbh, 83h
			out 3f8h, 34h
			out 3f9h, 12h
			in 3f8h = 34h
			in 3f9h = 12h
			out 3fbh, 3
			in 3f9h = 4
			in 3f8h = 0`},
		{"bytes leave at once", `
			out 3f8h, 48h
			in 3fdh = 60h
			out 3f8h, 69h
			sent Hi`},
		{"receive without FIFOs", `
			receive A
			in 3fdh = 61h
			in 3f8h = 41h
			in 3fdh = 60h
			in 3f8h = 41h    ; the buffer keeps its byte`},
		{"received data interrupt", `
			out 3f9h, 1
			irq 0
			receive A
			irq 1
			in 3fah = 4
			irq 1            ; reading IIR does not acknowledge it
			in 3f8h = 41h
			irq 0
			in 3fah = 1`},
		{"no interrupt unless enabled", `
			receive A
			in 3fah = 1
			irq 0
			out 3f9h, 1
			irq 1
			out 3f9h, 0
			irq 0`},
		{"enabling THRE raises it", `
			out 3f9h, 2
			irq 1
			in 3fah = 2
			irq 0            ; reading IIR acknowledges it
			in 3fah = 1
			out 3f9h, 2
			irq 0            ; nothing new
			out 3f9h, 0
			out 3f9h, 2
			irq 1            ; a rising enable bit looks again`},
		{"a sent byte raises THRE again", `
			out 3f9h, 2
			in 3fah = 2
			out 3f8h, 41h
			irq 1
			in 3fah = 2`},
		{"IIR acknowledges THRE only if it shows it", `
			out 3f9h, 7
			receive A
			in 3fah = 4
			in 3f8h = 41h
			in 3fah = 2
			in 3fah = 1`},
		{"FIFOs show in IIR", `
			out 3fah, 1
			in 3fah = c1h
			out 3fah, 0
			in 3fah = 1`},
		{"FCR bits need the enable bit", `
			out 3fah, c0h
			in 3fah = 1
			receive A        ; no trigger level of 14
			out 3f9h, 1
			in 3fah = 4`},
		{"trigger level 4", `
			out 3fah, 41h
			out 3f9h, 1
			receive abc
			irq 0
			in 3fdh = 61h
			receive d
			irq 1
			in 3fah = c4h
			in 3f8h = 61h
			irq 0
			in 3f8h = 62h
			in 3f8h = 63h
			in 3f8h = 64h
			in 3fdh = 60h
			in 3f8h = 0`},
		{"trigger level 8", `
			out 3fah, 81h
			out 3f9h, 1
			receive abcdefg
			irq 0
			receive h
			irq 1`},
		{"trigger level 14", `
			out 3fah, c1h
			out 3f9h, 1
			receive abcdefghijklm
			irq 0
			receive n
			irq 1`},
		{"trigger level 1", `
			out 3fah, 1
			out 3f9h, 1
			receive a
			irq 1
			in 3fah = c4h`},
		{"raising the trigger level takes the interrupt away", `
			out 3fah, 1
			out 3f9h, 1
			receive ab
			out 3fah, 41h
			irq 0`},
		{"character time-out", `
			out 3fbh, 3      ; 9600 8N1: a character takes 1041666 ns
			out 3fah, c1h
			out 3f9h, 1
			receive ab
			wait 4166660
			irq 0
			wait 10
			irq 1
			in 3fah = cch
			irq 1            ; only reading data acknowledges it
			in 3f8h = 61h
			irq 0
			wait 4166670
			irq 1            ; b is still there
			in 3f8h = 62h
			irq 0
			wait 99999999
			irq 0`},
		{"a new character restarts the time-out", `
			out 3fbh, 3
			out 3fah, c1h
			out 3f9h, 1
			receive a
			wait 4000000
			receive b
			wait 4000000
			irq 0
			wait 200000
			irq 1`},
		{"clearing the receive FIFO", `
			out 3fah, c1h
			out 3f9h, 1
			receive ab
			wait 99999999
			irq 1
			out 3fah, c3h
			irq 0
			in 3fdh = 60h
			in 3f8h = 0`},
		{"turning FIFOs on or off empties them", `
			receive a
			out 3fah, 1
			in 3fdh = 60h
			receive b
			out 3fah, 0
			in 3fdh = 60h`},
		{"clearing the transmit FIFO reports it empty", `
			out 3fah, 1
			out 3f9h, 2
			in 3fah = c2h
			out 3fah, 5
			in 3fah = c2h`},
		{"loopback of data [8.8]", `
			out 3fch, 10h
			out 3f8h, 55h
			in 3fdh = 61h
			in 3f8h = 55h
			out 3fch, 0
			in 3f8h = 55h    ; nothing got out, nothing got in
			out 3f8h, 41h
			sent A`},
		{"overrun without FIFOs", `
			out 3fch, 10h
			out 3f9h, 4
			out 3f8h, 1
			irq 0
			out 3f8h, 2
			irq 1
			in 3fah = 6
			in 3fdh = 63h
			irq 0            ; reading LSR acknowledges it
			in 3fdh = 61h
			in 3f8h = 2      ; the new one won`},
		{"overrun of the FIFO", `
			out 3fah, 1
			out 3fch, 10h
			out 3f8h, 0
			out 3f8h, 1
			out 3f8h, 2
			out 3f8h, 3
			out 3f8h, 4
			out 3f8h, 5
			out 3f8h, 6
			out 3f8h, 7
			out 3f8h, 8
			out 3f8h, 9
			out 3f8h, 10
			out 3f8h, 11
			out 3f8h, 12
			out 3f8h, 13
			out 3f8h, 14
			out 3f8h, 15
			in 3fdh = 61h
			out 3f8h, 16
			in 3fdh = 63h
			in 3f8h = 0      ; the old ones stay
			in 3f8h = 1`},
		{"loopback of the modem lines", `
			out 3fch, 10h
			in 3feh = 0bh    ; CTS, DSR, DCD went away; reset has OUT2 set
			out 3fch, 11h
			in 3feh = 22h    ; DTR is DSR
			out 3fch, 12h
			in 3feh = 13h    ; RTS is CTS
			out 3fch, 14h
			in 3feh = 41h    ; OUT1 is RI, whose rise does not count
			out 3fch, 18h
			in 3feh = 8ch    ; OUT2 is DCD; the end of RI does
			in 3feh = 80h`},
		{"modem status interrupt in loopback", `
			out 3fch, 10h
			in 3feh = 0bh
			out 3f9h, 8
			irq 0
			out 3fch, 11h
			irq 1
			in 3fah = 0
			in 3feh = 22h
			irq 0
			in 3fah = 1`},
		{"priorities [table IV]", `
			out 3fch, 10h    ; a delta is pending
			out 3f9h, 0fh
			out 3f8h, 1
			out 3f8h, 2      ; and an overrun, data, THRE
			in 3fah = 6
			in 3fdh = 63h
			in 3fah = 4
			in 3f8h = 2
			in 3fah = 2
			in 3fah = 0
			in 3feh = 0bh
			in 3fah = 1
			irq 0`},
	} {
		t.Run(c.name, func(t *testing.T) { newBench().run(t, c.script) })
	}
}

func TestTHREIsAnEdgeForEachByte(t *testing.T) {
	b := newBench()
	b.run(t, `
		out 3f9h, 2
		out 3f8h, 41h
		out 3f8h, 42h`)
	assert.Equal(t, 3, b.irq.Rises)
}

func TestModemLines(t *testing.T) {
	b := newBench()
	b.run(t, "out 3f9h, 8")
	b.SetInputs(DSR | RI)
	b.run(t, `
		irq 1
		in 3feh = 69h    ; CTS and DCD fell, RI rose unnoticed
		irq 0`)
	b.SetInputs(DSR)
	b.run(t, `
		irq 1
		in 3feh = 24h
		in 3feh = 20h`)
	b.SetInputs(DSR)
	b.run(t, "irq 0")
}

func TestOutputs(t *testing.T) {
	b := newBench()
	assert.Equal(t, Out2, b.Outputs())
	b.run(t, `
		out 3fch, 7
		out 3fbh, 43h`)
	assert.Equal(t, DTR|RTS|Out1|Break, b.Outputs())
	b.run(t, "out 3fch, 17h")
	assert.Zero(t, b.Outputs(), "loopback disconnects the lines")
}

func TestBreak(t *testing.T) {
	b := newBench()
	b.run(t, "out 3f9h, 4")
	b.ReceiveBreak()
	b.run(t, `
		in 3fah = 6
		in 3fdh = 71h
		in 3fdh = 61h
		in 3f8h = 0
		in 3fdh = 60h
		out 3fch, 10h`)
	b.ReceiveBreak()
	b.run(t, "in 3fdh = 60h")
}

func TestCanReceive(t *testing.T) {
	b := newBench()
	assert.Equal(t, 1, b.CanReceive())
	assert.Equal(t, 1, b.Receive([]byte("abc")))
	assert.Equal(t, 0, b.CanReceive())
	b.run(t, "out 3fah, 81h")
	assert.Equal(t, 8, b.CanReceive(), "up to the trigger level")
	assert.Equal(t, 16, b.Receive([]byte("0123456789abcdefXYZ")))
	assert.Equal(t, 0, b.CanReceive())
	b.run(t, `
		in 3f8h = 30h
		out 3fch, 10h`)
	assert.Equal(t, 0, b.CanReceive(), "loopback keeps the line waiting")
	b.run(t, "out 3fch, 0")
	assert.Equal(t, 1, b.CanReceive())
}

func TestCharacterTime(t *testing.T) {
	for _, c := range []struct {
		name    string
		lcr     uint8
		divisor uint16
		want    int64
	}{
		{"9600 8N1", 0x03, 12, 1041666},
		{"115200 8N1", 0x03, 1, 86805},
		{"7E1 is as long as 8N1", 0x1a, 12, 1041666},
		{"8E2", 0x1f, 12, 1250000},
		{"5N1.5", 0x04, 12, 781250},
		{"divisor 0 counts through", 0x03, 0, 5688888888},
	} {
		u := newBench().UART
		u.lcr, u.divisor = c.lcr, c.divisor
		assert.Equal(t, c.want, u.characterTime(), c.name)
	}
}

func TestResetSilencesEverything(t *testing.T) {
	b := newBench()
	b.run(t, `
		out 3fah, c1h
		out 3f9h, 3
		out 3fch, 0fh
		receive ab
		irq 1`)
	b.Reset()
	b.run(t, `
		irq 0
		in 3fch = 8
		in 3fdh = 60h
		wait 99999999
		irq 0`)
}
