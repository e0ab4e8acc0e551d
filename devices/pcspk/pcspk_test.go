package pcspk

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/devices/devicetest"
	"toyvm/devices/i8254"
	"toyvm/vmstate"
	"toyvm/vmstate/vmstatetest"
)

// counter is a timer 2 whose output is its gate.
type counter struct{ gate bool }

func (c *counter) Gate() bool         { return c.gate }
func (c *counter) SetGate(level bool) { c.gate = level }
func (c *counter) Out() bool          { return c.gate }
func (c *counter) Tone() float64      { return 440 }

func TestPort(t *testing.T) {
	var (
		c     counter
		clock devicetest.Clock
	)
	s := New(&clock, &c)
	devicetest.Run(t, s, &clock, `
		in  61h = 00h
		out 61h, 01h   ; the gate
		in  61h = 21h
		out 61h, 02h   ; the data bit
		in  61h = 02h
		out 61h, 0ffh  ; the rest cannot be written
		in  61h = 23h`)
	assert.True(t, s.Level())
	assert.EqualValues(t, 440, s.Tone())
	s.Reset()
	assert.False(t, s.Level())
	assert.Zero(t, s.Tone())
	assert.True(t, c.gate)
}

// TestBeep is the timer itself behind the port, as a BIOS beeps.
func TestBeep(t *testing.T) {
	var clock devicetest.Clock
	pit := i8254.New(&clock, &devicetest.Line{})
	s := New(&clock, pit.Channel(2))
	devicetest.Run(t, pit, &clock, `
		out 43h, 0b6h
		out 42h, 33h   ; 1331: 896 Hz
		out 42h, 05h`)
	devicetest.Run(t, s, &clock, `
		in  61h = 20h
		out 61h, 03h
		in  61h = 23h
		wait 558us     ; half a wave, and the refresh toggle has changed often
		in  61h = 13h`)
	assert.InDelta(t, 896, s.Tone(), 1)
	devicetest.Run(t, s, &clock, "out 61h, 00h")
	assert.Zero(t, s.Tone())
}

func TestRefreshToggle(t *testing.T) {
	var clock devicetest.Clock
	s := New(&clock, &counter{})
	changes, last := 0, s.In(Port, 1)&portRefresh
	for range 10_000 {
		clock.Advance(1000)
		if now := s.In(Port, 1) & portRefresh; now != last {
			changes, last = changes+1, now
		}
	}
	assert.InDelta(t, 10e6/15085, changes, 1, "changes in ten milliseconds")
}

var subject = vmstatetest.Subject[Speaker]{
	Description: &State,
	New:         func() *Speaker { return New(&devicetest.Clock{}, &counter{}) },
	States: map[string]func(*Speaker){
		"on": func(s *Speaker) { s.Out(Port, 1, 3); s.refresh = 1 },
	},
}

func TestState(t *testing.T) { vmstatetest.Run(t, subject) }
func FuzzState(f *testing.F) { vmstatetest.Fuzz(f, subject) }

func TestConforms(t *testing.T) {
	vmstatetest.Conforms(t, "../../testdata/qemu", func() *vmstate.Section { return subject.New().Section() })
}

// FuzzPorts drives two ports, one of them saved and loaded into a new one
// halfway: nothing may tell them apart.
func FuzzPorts(f *testing.F) {
	f.Add([]byte{1, 3, 0, 0, 2, 200, 0, 0}, uint8(1))
	f.Fuzz(func(t *testing.T, steps []byte, half uint8) {
		var (
			clock        devicetest.Clock
			gateA, gateB counter
		)
		a, b := New(&clock, &gateA), New(&clock, &gateB)
		for i := 0; i+1 < len(steps); i += 2 {
			if i/2 == int(half) {
				body, err := State.Marshal(b)
				require.NoError(t, err)
				b = New(&clock, &gateB)
				require.NoError(t, State.Unmarshal(body, b, State.Version))
			}
			switch v := steps[i+1]; steps[i] % 3 {
			case 1:
				a.Out(Port, 1, uint32(v))
				b.Out(Port, 1, uint32(v))
			case 2:
				clock.Advance(int64(v) * 1000)
			}
			require.Equal(t, a.In(Port, 1), b.In(Port, 1))
		}
	})
}
