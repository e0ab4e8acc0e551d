package uart16550

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/devices/devicetest"
	"toyvm/vmstate"
	"toyvm/vmstate/vmstatetest"
)

const captures = "../../testdata/qemu"

var subject = vmstatetest.Subject[UART]{
	Description: &section,
	New:         func() *UART { return newBench().UART },
	States: map[string]func(*UART){
		"THRE acknowledged": func(u *UART) { u.write(regIER, ierTHRE); u.read(regIIR) },
		"THRE behind data": func(u *UART) {
			u.write(regIER, ierTHRE|ierReceived)
			u.Receive([]byte("a"))
		},
		"bytes received": func(u *UART) {
			u.write(regFCR, fcrEnable|fcrTrigger)
			u.Receive([]byte("abc"))
			u.read(regData)
		},
		"time-out": func(u *UART) {
			u.write(regFCR, fcrEnable|fcrTrigger)
			u.Receive([]byte("abc"))
			u.timeout.SetExpiry(-1)
			u.timedOut()
		},
		"stalled": stall,
		"modem":   func(u *UART) { u.SetInputs(RI); u.write(regMCR, mcrLoop|mcrRTS) },
		"sent":    func(u *UART) { u.write(regData, 'a') },
	},
}

// stall is a line that did not take a byte.
func stall(u *UART) {
	u.write(regFCR, fcrEnable)
	u.write(regLCR, 3)
	u.stalled, u.tsr, u.thr = 1, 'a', 'c'
	u.xmit.push('b')
	u.xmit.push('c')
	u.lsr &^= lsrTHRE | lsrTEMT
	u.resume.SetExpiry(0)
}

func TestState(t *testing.T) { vmstatetest.Run(t, subject) }

func FuzzState(f *testing.F) { vmstatetest.Fuzz(f, subject) }

func TestStateConforms(t *testing.T) {
	for instance := range 2 {
		vmstatetest.Conforms(t, captures, func() *vmstate.Section { return newBench().Section(instance) })
	}
}

func TestStalledTransmitterGoesOn(t *testing.T) {
	from := newBench()
	stall(from.UART)
	from.write(regData, 'd')
	body, err := section.Marshal(from.UART)
	require.NoError(t, err)

	to := newBench()
	require.NoError(t, section.Unmarshal(body, to.UART, section.Version))
	assert.Empty(t, to.sent, "loading has no effect on the outside")
	to.run(t, `
		in 3fdh = 0
		wait 0
		sent abcd
		in 3fdh = 60h`)
}

func TestLoadRefusesContradictions(t *testing.T) {
	for _, c := range []struct {
		name string
		set  func(u *UART)
		want string
	}{
		{"empty and stalled", func(u *UART) { u.stalled = 1 }, "is empty (LSR.TEMT)"},
		{"busy without a byte", func(u *UART) { u.lsr &^= lsrTEMT }, "is busy"},
		{"holding without shifting", func(u *UART) { u.lsr &^= lsrTHRE }, "is busy"},
		{"bytes left behind", func(u *UART) { u.xmit.push(1) }, "bytes wait in the FIFO"},
		{"head beyond the FIFO", func(u *UART) { u.receive.num, u.receive.head = 1, 16 }, "do not fit"},
		{"too many bytes", func(u *UART) { u.receive.num = 17 }, "do not fit"},
	} {
		t.Run(c.name, func(t *testing.T) {
			u := newBench().UART
			c.set(u)
			body, err := section.Marshal(u)
			require.NoError(t, err)
			assert.ErrorContains(t, section.Unmarshal(body, newBench().UART, section.Version), c.want)
		})
	}
}

func TestLoadBoundsAttempts(t *testing.T) {
	u := newBench().UART
	stall(u)
	u.stalled = 1000
	body, err := section.Marshal(u)
	require.NoError(t, err)
	loaded := newBench().UART
	require.NoError(t, section.Unmarshal(body, loaded, section.Version))
	assert.EqualValues(t, maxStalled, loaded.stalled)
}

func TestLoadVersion2HasNoFIFOs(t *testing.T) {
	d := state
	body, err := d.Marshal(newBench().UART)
	require.NoError(t, err)
	u := newBench().UART
	u.write(regFCR, fcrEnable)
	require.NoError(t, d.Unmarshal(body[:len(body)-1], u, 2))
	assert.False(t, u.fifos())
	assert.EqualValues(t, iirNone, u.iir)
}

func TestLoadIgnoresPolledModemLines(t *testing.T) {
	body, err := section.Marshal(newBench().UART)
	require.NoError(t, err)
	poll := append([]byte{5, 11}, "serial/poll\x00\x00\x00\x01"+"\x00\x00\x00\x01"+"\x00\x00\x00\x00\x00\x00\x10\x00"...)
	u := newBench().UART
	require.NoError(t, section.Unmarshal(append(body, poll...), u, section.Version))
	again, err := section.Marshal(u)
	require.NoError(t, err)
	assert.Equal(t, body, again)
}

// FuzzPorts plays random guests and hosts, and compares the UART with one
// that is replaced by a loaded copy of itself again and again.
func FuzzPorts(f *testing.F) {
	f.Add([]byte("\x03\x83\x00\x01\x01\x00\x03\x03\x02\x07\x04\x10\x00Hello\x08\x05\x09\x10"))
	f.Add([]byte("\x02\xc1\x01\x0f\x08\x20\x09\xff\x0a\x05\x0b\x00\x0c\x00\x0d\x00"))
	f.Fuzz(func(t *testing.T, moves []byte) {
		a, b := newBench(), newBench()
		for ; len(moves) >= 2; moves = moves[2:] {
			for _, bench := range []*bench{a, b} {
				bench.move(moves[0], moves[1])
			}
			body, err := section.Marshal(b.UART)
			require.NoError(t, err)
			b.UART = New(&b.clock, &b.irq, func(c byte) { b.sent = append(b.sent, c) })
			b.irq = a.irq // the interrupt controller's state
			require.NoError(t, section.Unmarshal(body, b.UART, section.Version))
		}
		first, err := section.Marshal(a.UART)
		require.NoError(t, err)
		second, err := section.Marshal(b.UART)
		require.NoError(t, err)
		require.Equal(t, first, second)
		require.Equal(t, a.sent, b.sent)
		require.Equal(t, a.irq.Level, a.iir&iirSource != iirNone)
	})
}

// FuzzLoaded does anything to the UART after a load of anything.
func FuzzLoaded(f *testing.F) {
	devicetest.FuzzLoaded(f, func() ([]*vmstate.Section, func(what, value uint8)) {
		b := newBench()
		return []*vmstate.Section{b.Section(0)}, b.move
	})
}

// move is one thing that happens to the UART.
func (b *bench) move(what, v byte) {
	switch what %= 24; {
	case what < 8:
		b.Out(COM1+uint16(what), 1, uint32(v))
	case what < 16:
		b.sent = append(b.sent, byte(b.In(COM1+uint16(what%8), 1)))
	case what < 18:
		b.clock.Advance(int64(v) << 16)
	case what < 20:
		b.SetInputs(Inputs(v))
	case what < 22:
		b.Receive([]byte("0123456789abcdefgh")[:v%19])
	default:
		b.ReceiveBreak()
	}
}

func TestResetState(t *testing.T) {
	body, err := section.Marshal(newBench().UART)
	require.NoError(t, err)
	assert.Equal(t, []byte{
		/* divider */ 0x00, 0x0c,
		/* rbr */ 0x00,
		/* ier */ 0x00,
		/* iir */ 0x01,
		/* lcr */ 0x00,
		/* mcr */ 0x08,
		/* lsr */ 0x60,
		/* msr */ 0xb0,
		/* scr */ 0x00,
		/* fcr_vmstate */ 0x00,
	}, body)
}
