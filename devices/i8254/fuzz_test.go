package i8254

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/devices/devicetest"
	"toyvm/vmstate"
)

// FuzzPorts drives two chips, two bytes of input a step, one of them saved
// and loaded into a new chip halfway: nothing may tell them apart.
func FuzzPorts(f *testing.F) {
	f.Add([]byte{3, 0x34, 0, 0x12, 0, 0x34, 6, 0x20, 0, 0x99, 0, 0x00, 3, 0xce, 8, 0, 8, 0}, uint8(5))
	f.Add([]byte{3, 0xb2, 2, 0x12, 2, 0x00, 5, 1, 6, 1, 2, 0x99, 2, 0x00, 3, 0xce, 10, 0, 10, 0}, uint8(7))
	f.Add([]byte{3, 0x17, 0, 0x05, 6, 0x01, 0, 0x07, 6, 0x02, 7, 1, 8, 0}, uint8(4))
	f.Fuzz(func(t *testing.T, steps []byte, half uint8) {
		var a, b bench
		a.pit, b.pit = New(&a.clock, &a.irq0), New(&b.clock, &b.irq0)
		for i := 0; i+1 < len(steps); i += 2 {
			if i/2 == int(half) {
				b.reload(t)
			}
			require.Equal(t, a.step(steps[i], steps[i+1]), b.step(steps[i], steps[i+1]))
			require.Equal(t, a.irq0, b.irq0)
		}
		savedA, err := State.Marshal(a.pit)
		require.NoError(t, err)
		savedB, err := State.Marshal(b.pit)
		require.NoError(t, err)
		assert.Equal(t, savedA, savedB)
	})
}

type bench struct {
	pit   *PIT
	clock devicetest.Clock
	irq0  devicetest.Line
}

// step returns all that is to be seen from outside.
func (b *bench) step(op, v uint8) (seen [4]uint32) {
	switch op %= 12; op {
	case 0, 1, 2, 3:
		b.pit.Out(Port+uint16(op), 1, uint32(v))
	case 4, 5:
		b.pit.Channel(2).SetGate(op == 5)
	case 6:
		b.clock.Advance(int64(v) * 100)
	case 7:
		b.clock.Advance(int64(v) * 20_000)
	default:
		seen[0] = b.pit.In(Port+uint16(op&3), 1)
	}
	for i := range 3 {
		if b.pit.Channel(i).Out() {
			seen[1+i] = 1
		}
	}
	return seen
}

// reload replaces the chip by one with the same state. Its clock has the
// timer of the old one, too, which is disarmed.
func (b *bench) reload(t *testing.T) {
	body, err := State.Marshal(b.pit)
	require.NoError(t, err)
	b.pit.channels[0].timer.SetExpiry(-1)
	level := b.irq0
	b.pit = New(&b.clock, &b.irq0)
	b.irq0 = level
	require.NoError(t, State.Unmarshal(body, b.pit, State.Version))
}

// FuzzLoaded does anything to the chip after a load of anything.
func FuzzLoaded(f *testing.F) {
	devicetest.FuzzLoaded(f, func() ([]*vmstate.Section, func(what, value uint8)) {
		b := &bench{}
		b.pit = New(&b.clock, &b.irq0)
		return []*vmstate.Section{b.pit.Section()}, func(what, value uint8) { b.step(what, value) }
	})
}
