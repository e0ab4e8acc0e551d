package i8254

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/devices/devicetest"
)

// A rig is the chip on a bench, with a clock that is told in pulses.
type rig struct {
	*PIT
	t     *testing.T
	clock devicetest.Clock
	irq0  devicetest.Line
	zero  int64 // virtual time of pulse 0
}

func newRig(t *testing.T) *rig {
	r := &rig{t: t}
	r.PIT = New(&r.clock, &r.irq0)
	return r
}

func (r *rig) run(script string) {
	r.t.Helper()
	devicetest.Run(r.t, r.PIT, &r.clock, script)
}

// restart makes the present pulse 0.
func (r *rig) restart() { r.zero = r.clock.Now() }

// to lets time pass up to the given pulse.
func (r *rig) to(pulse int64) { r.clock.Advance(r.zero + nanoseconds(pulse) - r.clock.Now()) }

// wave checks a counter's output and what it holds, pulse by pulse from the
// present one on: "L4" is low with a count of 4.
func (r *rig) wave(channel int, from int64, want ...string) {
	r.t.Helper()
	c := r.Channel(channel)
	for i, w := range want {
		r.to(from + int64(i))
		level := 'L'
		if c.Out() {
			level = 'H'
		}
		format := "%c%d"
		if c.bcd {
			format = "%c%x"
		}
		got := fmt.Sprintf(format, level, c.value(c.now()))
		assert.Equal(r.t, w, got, "pulse %d", from+int64(i))
		if channel == 0 {
			assert.Equal(r.t, c.Out(), r.irq0.Level, "IRQ0 at pulse %d", from+int64(i))
		}
	}
}

// TestMode0: "Interrupt on Terminal Count".
func TestMode0(t *testing.T) {
	r := newRig(t)
	r.run("out 43h, 10h") // the control word puts the output low
	r.wave(0, 0, "L0", "L0")
	r.restart()
	r.run("out 40h, 4")
	r.wave(0, 0, "L4", "L3", "L2", "L1", "H0", "H65535", "H65534")
	assert.Equal(t, 1, r.irq0.Rises)
	assert.EqualValues(t, -1, r.channels[0].next)

	// A new count begins again, and its first byte of two stops counting.
	r.run("out 43h, 30h \n out 40h, 3 \n out 40h, 0")
	r.restart()
	r.wave(0, 0, "L3", "L2")
	r.run("out 40h, 2")
	r.wave(0, 2, "L3", "L3", "L3")
	r.run("out 40h, 0")
	r.restart()
	r.wave(0, 0, "L2", "L1", "H0")
}

func TestMode0Gate(t *testing.T) {
	r := newRig(t)
	r.run("out 43h, 90h \n out 42h, 3")
	r.wave(2, 0, "L3", "L3") // the gate is low
	r.Channel(2).SetGate(true)
	r.restart()
	r.wave(2, 0, "L3", "L2")
	r.Channel(2).SetGate(false)
	r.wave(2, 1, "L2", "L2", "L2")
	r.Channel(2).SetGate(true)
	r.Channel(2).SetGate(true) // no change
	r.restart()
	r.wave(2, 0, "L2", "L1", "H0", "H65535")
	r.run("out 42h, 2")
	r.restart()
	r.wave(2, 0, "L2", "L1", "H0")
}

// TestMode1: "Hardware Retriggerable One-Shot".
func TestMode1(t *testing.T) {
	r := newRig(t)
	r.Channel(2).SetGate(true)
	r.run(`
		out 43h, 92h
		out 42h, 3
		out 43h, 0e8h  ; read back the status of counter 2:
		in  42h = 0d2h ; output high, null count, low byte only, mode 1`)
	r.wave(2, 0, "H3", "H3") // no trigger yet
	r.trigger()
	r.wave(2, 0, "L3", "L2")
	r.run("out 43h, 0e8h \n in 42h = 12h")
	r.wave(2, 2, "L1", "H0", "H65535")
	r.trigger()
	r.wave(2, 0, "L3", "L2")
	r.trigger() // the pulse is retriggerable
	r.wave(2, 0, "L3", "L2")
	r.run("out 42h, 2 \n out 43h, 0e8h \n in 42h = 52h") // for the next trigger
	r.wave(2, 1, "L2", "L1", "H2", "H2")
	r.trigger()
	r.wave(2, 0, "L2")
	r.run("out 42h, 4")
	r.trigger() // takes the new count over at once
	r.wave(2, 0, "L4", "L3", "L2", "L1", "H0")
}

// trigger is a rising edge of counter 2's gate.
func (r *rig) trigger() {
	r.Channel(2).SetGate(false)
	r.Channel(2).SetGate(true)
	r.restart()
}

// TestMode2: "Rate Generator".
func TestMode2(t *testing.T) {
	r := newRig(t)
	r.run("out 43h, 14h")
	assert.True(t, r.irq0.Level, "the control word puts the output high")
	r.restart()
	r.run("out 40h, 3")
	r.wave(0, 0, "H3", "H2", "L1", "H3", "H2", "L1", "H3")
	r.run("out 40h, 4 \n out 43h, 0e2h \n in 40h = 0d4h") // taken over at the end
	r.wave(0, 6, "H3", "H2", "L1", "H4", "H3")
	r.run("out 43h, 0e2h \n in 40h = 94h")
	r.wave(0, 11, "H2", "L1", "H4")
	r.run("out 40h, 9 \n out 40h, 2") // the last one counts
	r.wave(0, 13, "H4", "H3", "H2", "L1", "H2", "L1", "H2")
}

func TestMode2Gate(t *testing.T) {
	r := newRig(t)
	r.Channel(2).SetGate(true)
	r.run("out 43h, 94h \n out 42h, 3")
	r.restart()
	r.wave(2, 0, "H3", "H2", "L1")
	r.Channel(2).SetGate(false) // puts the output high and stops
	r.wave(2, 2, "H1", "H1")
	r.Channel(2).SetGate(true)
	r.restart()
	r.wave(2, 0, "H3", "H2", "L1", "H3")
	r.run("out 42h, 4")
	r.trigger()
	r.wave(2, 0, "H4", "H3", "H2", "L1")
	r.Channel(2).SetGate(false)
	r.run("out 42h, 2")
	r.wave(2, 4, "H2")
	r.trigger()
	r.wave(2, 0, "H2", "L1")
}

// TestMode3: "Square Wave Mode".
func TestMode3(t *testing.T) {
	t.Run("even", func(t *testing.T) {
		r := newRig(t)
		r.run("out 43h, 16h \n out 40h, 4")
		r.restart()
		r.wave(0, 0, "H4", "H2", "L4", "L2", "H4", "H2", "L4", "L2", "H4")
	})
	t.Run("odd", func(t *testing.T) {
		r := newRig(t)
		r.run("out 43h, 16h \n out 40h, 5")
		r.restart()
		r.wave(0, 0, "H4", "H2", "H0", "L4", "L2", "H4", "H2", "H0", "L4")
	})
	t.Run("new count in the high half", func(t *testing.T) {
		r := newRig(t)
		r.run("out 43h, 16h \n out 40h, 4")
		r.restart()
		r.wave(0, 0, "H4")
		r.run("out 40h, 6")
		r.wave(0, 0, "H4", "H2", "L6", "L4", "L2", "H6", "H4", "H2", "L6")
	})
	t.Run("new count in the low half", func(t *testing.T) {
		r := newRig(t)
		r.run("out 43h, 16h \n out 40h, 4")
		r.restart()
		r.wave(0, 0, "H4", "H2", "L4")
		r.run("out 40h, 6")
		r.wave(0, 2, "L4", "L2", "H6", "H4", "H2", "L6", "L4", "L2", "H6")
	})
	t.Run("gate", func(t *testing.T) {
		r := newRig(t)
		r.run("out 43h, 0b6h \n out 42h, 4 \n out 42h, 0")
		r.wave(2, 0, "H4", "H4")
		r.trigger()
		r.wave(2, 0, "H4", "H2", "L4")
		r.run("out 42h, 6 \n out 42h, 0")
		r.Channel(2).SetGate(false)
		r.wave(2, 2, "H4", "H4", "H4", "H4", "H4", "H4")
		r.trigger()
		r.wave(2, 0, "H6", "H4", "H2", "L6")
	})
}

// TestMode4: "Software Triggered Strobe".
func TestMode4(t *testing.T) {
	r := newRig(t)
	r.run("out 43h, 18h")
	r.wave(0, 0, "H0")
	r.run("out 40h, 3")
	r.restart()
	r.wave(0, 0, "H3", "H2", "H1", "L0", "H65535", "H65534")
	assert.EqualValues(t, -1, r.channels[0].next)
	r.run("out 40h, 3")
	r.restart()
	r.wave(0, 0, "H3", "H2")
	r.run("out 40h, 2") // a new count is taken over at once
	r.restart()
	r.wave(0, 0, "H2", "H1", "L0", "H65535")
}

func TestMode4Gate(t *testing.T) {
	r := newRig(t)
	r.run("out 43h, 98h \n out 42h, 2")
	r.wave(2, 0, "H2", "H2", "H2")
	r.Channel(2).SetGate(true)
	r.restart()
	r.wave(2, 0, "H2", "H1")
	r.Channel(2).SetGate(false)
	r.wave(2, 1, "H1", "H1")
	r.Channel(2).SetGate(true)
	r.restart()
	r.wave(2, 0, "H1", "L0", "H65535")
}

// TestMode5: "Hardware Triggered Strobe (Retriggerable)".
func TestMode5(t *testing.T) {
	r := newRig(t)
	r.run("out 43h, 9ah \n out 42h, 2")
	r.wave(2, 0, "H2", "H2", "H2")
	r.trigger()
	r.wave(2, 0, "H2", "H1", "L0", "H65535")
	r.trigger()
	r.wave(2, 0, "H2", "H1")
	r.trigger()
	r.wave(2, 0, "H2", "H1", "L0", "H65535")
	r.run("out 43h, 1ah \n out 40h, 1") // counter 0 never sees a trigger
	r.restart()
	r.wave(0, 0, "H1", "H1", "H1")
}

func TestModes6And7(t *testing.T) {
	r := newRig(t)
	r.run("out 43h, 1ch \n out 40h, 3 \n out 43h, 0e2h \n in 40h = 94h")
	r.run("out 43h, 1eh \n out 40h, 4 \n out 43h, 0e2h \n in 40h = 96h")
	r.restart()
	r.wave(0, 0, "H4", "H2", "L4")
	r.channels[0].mode = 7 // as QEMU keeps it
	r.wave(0, 3, "L2", "H4")
}

func TestCountOfOne(t *testing.T) {
	r := newRig(t)
	for _, mode := range []int{2, 3} {
		r.run(fmt.Sprintf("out 43h, %d \n out 40h, 1", 0x10|mode<<1))
		rises := r.irq0.Rises
		r.clock.Advance(1e6)
		assert.Equal(t, rises, r.irq0.Rises)
		assert.True(t, r.irq0.Level)
		r.run("out 40h, 2") // there is a way out
		r.clock.Advance(10e3)
		assert.Greater(t, r.irq0.Rises, rises)
	}
}

func TestBCD(t *testing.T) {
	r := newRig(t)
	r.run("out 43h, 31h \n out 40h, 02h \n out 40h, 10h")
	r.restart()
	r.wave(0, 0, "L1002", "L1001", "L1000", "L999", "L998")
	r.wave(0, 1000, "L2", "L1", "H0", "H9999", "H9998")
	r.run("out 43h, 35h \n out 40h, 0 \n out 40h, 0") // ten thousand
	r.restart()
	r.wave(0, 0, "H0", "H9999", "H9998")
	r.wave(0, 9999, "L1", "H0")
	r.run("out 43h, 0e2h \n in 40h = 0b5h")
}

func TestWholeCount(t *testing.T) {
	r := newRig(t)
	r.run("out 43h, 34h \n out 40h, 0 \n out 40h, 0")
	r.restart()
	r.wave(0, 0, "H0", "H65535")
	r.wave(0, 65535, "L1", "H0", "H65535")
}

// TestAccess: "Write Operations" and "Read Operations".
func TestAccess(t *testing.T) {
	r := newRig(t)
	r.run(`
		out 43h, 68h   ; counter 1, high byte, mode 4
		out 41h, 12h
		in  41h = 12h
		in  41h = 12h
		out 43h, 58h   ; low byte
		out 41h, 34h
		in  41h = 34h
		out 43h, 78h   ; low byte, then high
		out 41h, 56h
		in  41h = 34h  ; still the old count
		out 41h, 78h   ; reads and writes do not disturb each other
		in  41h = 78h  ; the high byte that was due
		in  41h = 56h
		in  41h = 78h
		in  43h = 0ffh ; control words cannot be read`)
}

func TestUnprogrammedCounterTakesLowBytes(t *testing.T) {
	r := newRig(t)
	assert.Zero(t, r.Channel(2).Tone(), "its gate is low")
	r.Channel(2).SetGate(true)
	r.run("in 42h = 0 \n wait 10us \n in 42h = 0eah \n out 42h, 2 \n out 43h, 80h")
	r.clock.Advance(60e6)
	assert.InDelta(t, Frequency/2, r.Channel(2).Tone(), 0)
	assert.EqualValues(t, 2, r.channels[2].count)
}

// TestCounterLatch: "Counter Latch Command".
func TestCounterLatch(t *testing.T) {
	r := newRig(t)
	r.run("out 43h, 34h \n out 40h, 34h \n out 40h, 12h")
	r.restart()
	r.to(0x34)
	r.run("out 43h, 00h") // latch
	r.to(0x100)
	r.run(`
		out 43h, 00h   ; ignored, the first one was not read
		in  40h = 00h
		out 43h, 00h   ; ignored, it was not read to the end
		in  40h = 12h
		in  40h = 34h  ; the count as it is
		in  40h = 11h
		out 43h, 00h
		in  40h = 34h
		in  40h = 11h
		out 43h, 00h
		out 43h, 14h   ; a control word forgets what was latched
		out 40h, 99h
		in  40h = 99h
		out 43h, 00h   ; one byte
		in  40h = 99h
		out 43h, 24h
		out 40h, 77h
		out 43h, 00h   ; the other byte
		in  40h = 77h`)
}

// TestReadBack: "Read-Back Command".
func TestReadBack(t *testing.T) {
	r := newRig(t)
	r.run(`
		out 43h, 34h
		out 40h, 34h
		out 40h, 12h
		out 43h, 70h
		out 41h, 78h
		out 43h, 0ceh  ; latch count and status of all three
		in  40h = 0b4h ; status first: output high, word, mode 2
		in  40h = 34h
		in  40h = 12h
		in  41h = 70h  ; output low, half a count is none, word, mode 0
		in  41h = 00h
		in  41h = 00h
		in  42h = 86h  ; never programmed
		out 43h, 0deh  ; latch counts only
		wait 100us
		out 43h, 0deh  ; ignored
		in  40h = 34h
		out 43h, 0e2h  ; latch status only
		out 43h, 0e2h  ; ignored
		in  40h = 0b4h ; and it comes before the rest of the count
		in  40h = 12h
		out 43h, 0e0h  ; nothing is selected
		in  40h = 0bdh`)
}

func TestIRQ0KeepsTime(t *testing.T) {
	r := newRig(t)
	r.run("out 43h, 34h \n out 40h, 0a9h \n out 40h, 04h") // 1193
	rises := r.irq0.Rises
	r.clock.Advance(10e9)
	assert.Equal(t, 10*Frequency/1193, r.irq0.Rises-rises, "no edge is lost or added in ten seconds")
}

func TestTicksBeforeSetUp(t *testing.T) {
	r := newRig(t)
	r.clock.Advance(54925401 - 1)
	assert.Zero(t, r.irq0.Rises)
	r.clock.Advance(1)
	assert.Equal(t, 1, r.irq0.Rises)
}

// TestLateTimer lets the timer come after the next change, as when an
// instruction takes long: the edge must not be lost.
func TestLateTimer(t *testing.T) {
	r := newRig(t)
	r.run("out 43h, 34h \n out 40h, 0e8h \n out 40h, 03h")
	r.restart()
	late := nanoseconds(1010)
	r.channels[0].clock = leaping{&r.clock, late}
	rises := r.irq0.Rises
	r.to(999)
	assert.Equal(t, rises, r.irq0.Rises)
	r.to(1000)
	assert.Equal(t, rises+1, r.irq0.Rises)
}

// TestLeapOfTheClock makes good a few edges of a long absence, not all.
func TestLeapOfTheClock(t *testing.T) {
	r := newRig(t)
	r.run("out 43h, 34h \n out 40h, 2 \n out 40h, 0")
	body, err := State.Marshal(r.PIT)
	require.NoError(t, err)
	r.channels[0].timer.SetExpiry(-1)
	r.clock.Advance(3600 * second)
	r.irq0 = devicetest.Line{}
	require.NoError(t, State.Unmarshal(body, r.PIT, 3))
	r.clock.Advance(0)
	assert.InDelta(t, 2, r.irq0.Rises, 1)
	assert.Greater(t, r.channels[0].next, r.clock.Now())
}

// leaping is a clock that is always ahead.
type leaping struct {
	*devicetest.Clock
	ahead int64
}

func (l leaping) Now() int64 { return l.Clock.Now() + l.ahead }

func TestReset(t *testing.T) {
	r := newRig(t)
	r.run("out 43h, 34h \n out 40h, 7 \n out 40h, 0")
	r.clock.Advance(1e6)
	r.Reset()
	assert.False(t, r.irq0.Level)
	assert.EqualValues(t, 1e6, r.channels[0].start)
	assert.EqualValues(t, wholeCount, r.channels[0].count)
	assert.Equal(t, [3]bool{true, true, false}, [3]bool{r.Channel(0).Gate(), r.Channel(1).Gate(), r.Channel(2).Gate()})
}

func TestArithmetic(t *testing.T) {
	for _, k := range []int64{0, 1, 2, 999, 65536, Frequency - 1, Frequency, Frequency + 1, 1 << 40, -1, -2, -Frequency} {
		assert.Equal(t, k, clocks(nanoseconds(k)), "pulse %d", k)
		assert.Equal(t, k-1, clocks(nanoseconds(k)-1), "just before pulse %d", k)
	}
	assert.EqualValues(t, Frequency*3600*24*365, clocks(3600*24*365*second), "a year")
}

func TestPortsDoNotAllocate(t *testing.T) {
	r := newRig(t)
	r.run("out 43h, 34h \n out 40h, 0 \n out 40h, 1")
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		r.Out(ControlPort, 1, 0)
		r.In(Port, 1)
		r.In(Port, 1)
	}))
}

func BenchmarkRead(b *testing.B) {
	p := New(&devicetest.Clock{}, &devicetest.Line{})
	for b.Loop() {
		p.In(Port, 1)
	}
}
