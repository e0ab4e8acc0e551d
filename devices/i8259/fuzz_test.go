package i8259

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/devices/devicetest"
	"toyvm/vmstate"
)

// FuzzPorts drives two pairs, two bytes of input a step, one of them saved
// and loaded into a new pair halfway: nothing may tell them apart.
func FuzzPorts(f *testing.F) {
	f.Add([]byte{0, 0x11, 1, 0x08, 1, 0x04, 1, 0x01, 6, 0x03, 8, 0}, uint8(3))
	f.Add([]byte{0, 0x13, 1, 0x08, 1, 0x03, 7, 0x09, 0, 0x0c, 9, 0}, uint8(4))
	f.Fuzz(func(t *testing.T, steps []byte, half uint8) {
		var lineA, lineB devicetest.Line
		a, b := NewPair(&lineA), NewPair(&lineB)
		for i := 0; i+1 < len(steps); i += 2 {
			if i/2 == int(half) {
				b = reload(t, b, &lineB)
			}
			assert.Equal(t, fuzzStep(a, steps[i], steps[i+1]), fuzzStep(b, steps[i], steps[i+1]))
			assert.Equal(t, lineA.Level, lineB.Level)
			assert.Equal(t, a.INT(), lineA.Level)
		}
	})
}

func fuzzStep(p *Pair, op, v uint8) uint32 {
	ports := [...]uint16{0x20, 0x21, 0xa0, 0xa1, 0x4d0, 0x4d1}
	switch op %= 16; {
	case op < 6:
		p.Out(ports[op], 1, uint32(v))
	case op == 6:
		p.IRQ(int(v & 15)).Set(true)
	case op == 7:
		p.IRQ(int(v & 15)).Set(false)
	case op == 8:
		return uint32(p.Acknowledge())
	default:
		return p.In(ports[op%6], 1)
	}
	return 0
}

func reload(t *testing.T, from *Pair, intr *devicetest.Line) *Pair {
	to := NewPair(intr)
	for i, chips := range [][2]*PIC{{from.Master, to.Master}, {from.Slave, to.Slave}} {
		body, err := State.Marshal(chips[0])
		require.NoError(t, err)
		require.NoError(t, to.Sections()[i].Unmarshal(body, State.Version))
		again, err := State.Marshal(chips[1])
		require.NoError(t, err)
		require.Equal(t, body, again)
	}
	return to
}

// FuzzLoaded does anything to the pair after a load of anything.
func FuzzLoaded(f *testing.F) {
	devicetest.FuzzLoaded(f, func() ([]*vmstate.Section, func(what, value uint8)) {
		p := NewPair(&devicetest.Line{})
		return p.Sections(), func(what, value uint8) { fuzzStep(p, what, value) }
	})
}
