package mc146818

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/devices/devicetest"
	"toyvm/vmstate"
	"toyvm/vmstate/vmstatetest"
)

func newRTC() *RTC {
	var clock devicetest.Clock
	clock.Advance(12_345_678_901)
	return New(&clock, &devicetest.Line{}, &devicetest.Line{}, y2000)
}

func poke(bytes ...uint8) func(*RTC) {
	return func(r *RTC) {
		for i := 0; i < len(bytes); i += 2 {
			r.Out(IndexPort, 1, uint32(bytes[i]))
			r.Out(DataPort, 1, uint32(bytes[i+1]))
		}
	}
}

var subject = vmstatetest.Subject[RTC]{
	Description: &State,
	New:         newRTC,
	States: map[string]func(*RTC){
		"all interrupts":   poke(regA, 0x2a, regB, 0x72, regHoursAlarm, 0x12),
		"set":              poke(regB, 0x82, regYear, 0x94, regMonth, 0x13),
		"divider in reset": poke(regA, 0x76),
		"12 hours, binary": poke(regB, 0x04, regHours, 0x85),
		"alarm that never comes": func(r *RTC) {
			poke(regHoursAlarm, 0x77)(r)
			r.raise(cUF)
			r.scheduleUpdate()
		},
		"interrupts to be made up for": func(r *RTC) { r.irqCoalesced, r.reinjected = 5, 3 },
	},
}

func TestState(t *testing.T) { vmstatetest.Run(t, subject) }
func FuzzState(f *testing.F) { vmstatetest.Fuzz(f, subject) }

func TestConforms(t *testing.T) {
	vmstatetest.Conforms(t, "../../testdata/qemu", func() *vmstate.Section { return newRTC().Section() })
}

// TestTimeGoesOnAfterLoad loads into a chip whose clock stands elsewhere: the
// bytes and the part of the second must go on, from QEMU's host clock or ours.
func TestTimeGoesOnAfterLoad(t *testing.T) {
	r := newRig(t)
	r.run("wait 3661500000")
	body, err := State.Marshal(r.RTC)
	require.NoError(t, err)

	later := newRig(t)
	later.RTC = New(&later.clock, &later.irq, &later.nmi, 0)
	later.clock.Advance(3_661_500_000)
	require.NoError(t, later.Section().Unmarshal(body, 3))
	assert.Equal(t, r.RTC.ahead, later.ahead)
	later.run("wait 338499999")
	later.date("00:00:03 2000-01-01")
	later.run("wait 1")
	later.date("00:00:04 2000-01-01")
}

// TestLoadsTheVirtualClockOfQEMU is "-rtc clock=vm": what the capture shows is
// on the virtual clock itself.
func TestLoadsTheVirtualClockOfQEMU(t *testing.T) {
	r := newRig(t)
	r.base, r.lastUpdate, r.updateAt, r.nextAlarm, r.ahead = y2000, 0, second, day*second, 0
	body, err := State.Marshal(r.RTC)
	require.NoError(t, err)
	later := newRig(t)
	later.clock.Advance(100_000_000)
	require.NoError(t, later.Section().Unmarshal(body, 3))
	assert.Zero(t, later.ahead)
	assert.EqualValues(t, second, later.updateTimer.Expiry())
}

func TestLoadVersion1(t *testing.T) {
	r := newRig(t)
	r.run("wait 90000s")
	body, err := State.Marshal(r.RTC)
	require.NoError(t, err)
	later := newRig(t)
	require.NoError(t, State.Unmarshal(body[:len(body)-6*8], later.RTC, 1))
	later.date("01:00:00 2000-01-02")
	later.run("wait 1s")
	later.date("01:00:01 2000-01-02")
}

// TestLoadedPeriodicInterrupt keeps the time of the next interrupt if it may be
// right, and finds a new one if it cannot be.
func TestLoadedPeriodicInterrupt(t *testing.T) {
	for _, c := range []struct {
		name       string
		by         int64
		wantedKept bool
	}{{"a little off", second / 2, true}, {"in the past", -second / 2, true}, {"far off", 3 * second, false}} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			poke(regA, 0x2a, regB, 0x42)(r.RTC)
			r.nextPeriodic += c.by
			r.periodicAt += vmstate.Deadline(c.by)
			body, err := State.Marshal(r.RTC)
			require.NoError(t, err)
			later := newRig(t)
			require.NoError(t, State.Unmarshal(body, later.RTC, 3))
			assert.Equal(t, c.wantedKept, later.nextPeriodic == r.nextPeriodic)
			assert.EqualValues(t, 512, later.period)
			later.run("wait 3s")
			assert.True(t, later.irq.Level)
		})
	}
}
