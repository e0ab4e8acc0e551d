package mc146818

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
	f.Add([]byte{0, 0x0b, 1, 0x72, 0, 0x05, 1, 0xff, 3, 100, 0, 0x0c, 4, 0}, uint8(4))
	f.Add([]byte{0, 0x0b, 1, 0x82, 0, 0x09, 1, 0x99, 2, 9, 0, 0x0b, 1, 0x00, 2, 200, 0, 0x04, 4, 0}, uint8(6))
	f.Add([]byte{0, 0x0a, 1, 0x70, 2, 30, 1, 0x2f, 2, 200, 0, 0, 4, 0}, uint8(3))
	f.Fuzz(func(t *testing.T, steps []byte, half uint8) {
		a, b := newBench(), newBench()
		for i := 0; i+1 < len(steps); i += 2 {
			if i/2 == int(half) {
				b.reload(t)
			}
			require.Equal(t, a.step(steps[i], steps[i+1]), b.step(steps[i], steps[i+1]))
			require.Equal(t, a.irq, b.irq)
		}
		savedA, err := State.Marshal(a.rtc)
		require.NoError(t, err)
		savedB, err := State.Marshal(b.rtc)
		require.NoError(t, err)
		assert.Equal(t, savedA, savedB)
	})
}

type bench struct {
	rtc   *RTC
	clock devicetest.Clock
	irq   devicetest.Line
}

func newBench() *bench {
	b := &bench{}
	b.rtc = New(&b.clock, &b.irq, &devicetest.Line{}, y2000)
	return b
}

func (b *bench) step(op, v uint8) uint32 {
	switch op % 6 {
	case 0:
		b.rtc.Out(IndexPort, 1, uint32(v&0x3f))
	case 1:
		b.rtc.Out(DataPort, 1, uint32(v))
	case 2:
		b.clock.Advance(int64(v) * 10_000_000)
	case 3:
		b.clock.Advance(int64(v) * 1000)
	default:
		return b.rtc.In(DataPort, 1)
	}
	return 0
}

// reload replaces the chip by one with the same state. The timers of the old
// one are disarmed.
func (b *bench) reload(t *testing.T) {
	body, err := State.Marshal(b.rtc)
	require.NoError(t, err)
	b.rtc.updateTimer.SetExpiry(-1)
	b.rtc.periodicTimer.SetExpiry(-1)
	b.rtc = New(&b.clock, &b.irq, &devicetest.Line{}, y2000)
	require.NoError(t, State.Unmarshal(body, b.rtc, State.Version))
}

// FuzzLoaded does anything to the chip after a load of anything.
func FuzzLoaded(f *testing.F) {
	devicetest.FuzzLoaded(f, func() ([]*vmstate.Section, func(what, value uint8)) {
		b := newBench()
		return []*vmstate.Section{b.rtc.Section()}, func(what, value uint8) { b.step(what, value) }
	})
}
