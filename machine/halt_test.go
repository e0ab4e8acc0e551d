package machine

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const sleep = "fb f4 eb fd  STI; HLT; JMP to the HLT"

// quiet stops the timers that run after a reset.
func (g *guest) quiet() {
	g.t.Helper()
	g.out(0x43, 0x30) // mode 0, which waits for its count
	g.out(0x70, 0x0b)
	g.out(0x71, 0x82) // SET stops the updates of the clock
	for _, timer := range g.Clock().Timers() {
		require.EqualValues(g.t, -1, timer.Expiry, timer.Name)
	}
}

func TestHaltWithoutInterruptsIsTheEnd(t *testing.T) {
	g := bare(t, Config{}, "fa f4  CLI; HLT")
	assert.Equal(t, Stop{Reason: StopHalted}, g.Run(Budget{Until: second}))
	assert.True(t, g.CPU.Halted())
	assert.EqualValues(t, 3, g.CPU.Instructions())
	assert.Less(t, g.Clock().Now(), int64(second), "no time is skipped")
}

func TestHaltWithNothingArmedIsTheEnd(t *testing.T) {
	g := bare(t, Config{}, sleep)
	g.quiet()
	assert.Equal(t, Stop{Reason: StopHalted}, g.Run(Budget{}))
}

// TestHaltBehindAMaskEnds has a timer that is armed again and again, but whose
// interrupt is masked.
func TestHaltBehindAMaskEnds(t *testing.T) {
	g := bare(t, Config{}, sleep)
	g.initPIC(0)
	assert.Equal(t, Stop{Reason: StopHalted}, g.Run(Budget{}))
}

func TestHaltWithALimitGoesOnToTheLimit(t *testing.T) {
	g := bare(t, Config{}, sleep)
	g.quiet()
	assert.Equal(t, Stop{}, g.Run(Budget{Until: 5 * second}))
	assert.EqualValues(t, 5*second, g.Clock().Now())
	assert.EqualValues(t, 3, g.CPU.Instructions())
}

func TestHaltWithATimerPassesTheLimit(t *testing.T) {
	g := bare(t, Config{}, sleep)
	g.initPIC(0)
	assert.Equal(t, Stop{}, g.Run(Budget{Until: second}))
	assert.EqualValues(t, second, g.Clock().Now())
	assert.True(t, g.CPU.Halted(), "the mask keeps the timer from ending it")
}

func TestHaltWaitsForScheduledInput(t *testing.T) {
	g := bare(t, Config{}, "fa f4 eb fd  CLI; HLT; JMP to the HLT")
	g.vector(2, 0x600)
	g.write(0x600, assembled(t, `
		fe 06 00 05  INC BYTE [0500h]
		cf           IRET`)...)
	g.Schedule(Event{At: 1_000_000, Action: NMIAction{}})
	assert.Equal(t, StopHalted, g.Run(Budget{}).Reason)
	assert.Equal(t, []byte{1}, g.read(0x500, 1))
	assert.GreaterOrEqual(t, g.Clock().ticks(), uint64(1_000_000))
}
