package mc146818

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"toyvm/devices/devicetest"
)

const y2000 = 946684800 // 2000-01-01, a Saturday

// A rig is the chip on a bench, at midnight of 2000-01-01.
type rig struct {
	*RTC
	t        *testing.T
	clock    devicetest.Clock
	irq, nmi devicetest.Line
}

func newRig(t *testing.T) *rig {
	r := &rig{t: t}
	r.RTC = New(&r.clock, &r.irq, &r.nmi, y2000)
	return r
}

func (r *rig) run(script string) {
	r.t.Helper()
	devicetest.Run(r.t, r.RTC, &r.clock, script)
}

// peek reads a byte as the guest does.
func (r *rig) peek(i uint8) uint8 {
	r.Out(IndexPort, 1, uint32(i))
	return uint8(r.In(DataPort, 1))
}

// date checks time and date in BCD and 24 hours.
func (r *rig) date(want string) {
	r.t.Helper()
	got := fmt.Sprintf("%02x:%02x:%02x %02x%02x-%02x-%02x", r.peek(regHours), r.peek(regMinutes), r.peek(regSeconds),
		r.peek(regCentury), r.peek(regYear), r.peek(regMonth), r.peek(regDay))
	assert.Equal(r.t, want, got)
}

func TestTimeAndDate(t *testing.T) {
	r := newRig(t)
	r.date("00:00:00 2000-01-01")
	r.run("wait 999999999")
	r.date("00:00:00 2000-01-01")
	r.run("wait 1")
	r.date("00:00:01 2000-01-01")
	assert.EqualValues(t, 7, r.peek(regWeekday), "Saturday")
	r.run("wait 24h \n wait 59m58s")
	r.date("00:59:59 2000-01-02")
	assert.EqualValues(t, 1, r.peek(regWeekday), "Sunday")
	r.clock.Advance(58 * day * second) // over a leap day
	r.date("00:59:59 2000-02-29")
}

func TestRegisters(t *testing.T) {
	newRig(t).run(`
		in  70h = 0ffh ; the index cannot be read
		out 70h, 0ah
		in  71h = 26h  ; 32768 Hz, 1024 Hz
		out 71h, 0a5h  ; UIP is read only
		in  71h = 25h
		out 70h, 0bh
		in  71h = 02h  ; 24 hours, BCD
		out 70h, 0ch
		out 71h, 0ffh  ; read only
		in  71h = 40h  ; PF: the periodic tap never rests
		out 70h, 0dh
		in  71h = 80h  ; the battery is good
		out 71h, 0
		in  71h = 80h
		out 70h, 0eh   ; memory
		out 71h, 55h
		in  71h = 55h
		out 70h, 7fh
		out 71h, 0aah
		in  71h = 0aah
		out 70h, 37h   ; the century of the PS/2
		in  71h = 20h
		out 71h, 19h
		out 70h, 32h
		in  71h = 19h`)
}

func TestNMIMask(t *testing.T) {
	r := newRig(t)
	r.run("out 70h, 8dh \n in 71h = 80h")
	assert.True(t, r.nmi.Level)
	r.run("out 70h, 0dh")
	assert.False(t, r.nmi.Level)
}

func TestBoardsMemory(t *testing.T) {
	r := newRig(t)
	r.SetCMOS(0x15, 0x80)
	r.SetCMOS(0x16, 0x02)
	r.run("out 70h, 15h \n in 71h = 80h \n out 70h, 16h \n in 71h = 02h")
	assert.EqualValues(t, 0x80, r.CMOS(0x15))
}

// TestFormats: "Time, Calendar, and Alarm Locations".
func TestFormats(t *testing.T) {
	for _, c := range []struct {
		name                             string
		b                                string
		midnight, morning, noon, evening uint8
	}{
		{"24 hours, BCD", "02h", 0x00, 0x09, 0x12, 0x23},
		{"24 hours, binary", "06h", 0, 9, 12, 23},
		{"12 hours, BCD", "00h", 0x12, 0x09, 0x92, 0x91},
		{"12 hours, binary", "04h", 12, 9, 0x8c, 0x8b},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			r.run("out 70h, 0bh \n out 71h, " + c.b)
			hours := func(wait time.Duration) uint8 {
				r.clock.Advance(wait.Nanoseconds())
				return r.peek(regHours)
			}
			assert.Equal(t, []uint8{c.midnight, c.morning, c.noon, c.evening},
				[]uint8{hours(0), hours(9 * time.Hour), hours(3 * time.Hour), hours(11 * time.Hour)})
			for _, v := range []uint8{c.morning, c.evening, c.noon, c.midnight} {
				poke(regHours, v)(r.RTC)
				r.run("wait 1s")
				assert.Equal(t, v, r.peek(regHours), "set")
			}
		})
	}
}

// TestSetTime: "Register B", SET.
func TestSetTime(t *testing.T) {
	r := newRig(t)
	r.run(`
		wait 300ms
		out 70h, 0bh
		out 71h, 92h   ; SET, which disables update interrupts
		in  71h = 82h
		out 70h, 00h
		out 71h, 59h
		out 70h, 02h
		out 71h, 59h
		out 70h, 04h
		out 71h, 23h
		out 70h, 07h
		out 71h, 28h
		out 70h, 08h
		out 71h, 02h
		out 70h, 09h
		out 71h, 95h
		out 70h, 32h
		out 71h, 19h
		wait 5s
		out 70h, 0ah
		in  71h = 26h  ; no update in progress
		wait 698ms
		in  71h = 26h`)
	r.date("23:59:59 1995-02-28") // time stands still
	r.run("wait 2ms \n out 70h, 0bh \n out 71h, 02h")
	r.date("23:59:59 1995-02-28")
	// SET does not touch the divider: the second is over when it was before.
	r.run("wait 999999999")
	r.date("23:59:59 1995-02-28")
	r.run("wait 1")
	r.date("00:00:00 1995-03-01")
	assert.EqualValues(t, 4, r.peek(regWeekday), "Wednesday")
}

func TestSetTimeWhileRunning(t *testing.T) {
	r := newRig(t)
	r.run(`
		wait 59300ms
		out 70h, 02h
		out 71h, 30h`)
	r.date("00:30:59 2000-01-01")
	r.run("wait 700ms")
	r.date("00:31:00 2000-01-01")
	r.run("out 70h, 00h \n out 71h, 75h")
	r.date("00:32:15 2000-01-01") // brought into range
}

// TestDivider: "Register A", DV0 to DV2.
func TestDivider(t *testing.T) {
	r := newRig(t)
	r.run(`
		wait 1800ms
		out 70h, 0ah
		out 71h, 76h   ; held in reset
		wait 10s`)
	r.date("00:00:01 2000-01-01")
	r.run("out 70h, 0ah \n in 71h = 76h \n out 71h, 26h \n wait 499999999")
	r.date("00:00:01 2000-01-01")
	r.run("wait 1") // half a second after it was let go
	r.date("00:00:02 2000-01-01")
	r.run("out 70h, 0ah \n out 71h, 46h \n wait 10s")
	r.date("00:00:02 2000-01-01") // a test mode: no time base
	// The divider is also let go while SET keeps the time.
	r.run(`
		out 70h, 0bh
		out 71h, 82h
		out 70h, 0ah
		out 71h, 66h
		wait 300ms
		out 71h, 26h
		wait 100ms
		out 70h, 0bh
		out 71h, 02h
		wait 399999999`)
	r.date("00:00:02 2000-01-01")
	r.run("wait 1")
	r.date("00:00:03 2000-01-01")
}

// TestUpdateInProgress: "Update Cycle".
func TestUpdateInProgress(t *testing.T) {
	newRig(t).run(`
		out 70h, 0ah
		in  71h = 26h
		wait 997771999
		in  71h = 26h
		wait 1
		in  71h = 0a6h ; 244 us before the update that takes 1984 us
		wait 2227999
		in  71h = 0a6h
		wait 1
		in  71h = 26h`)
}

// TestUpdateInterrupt: "Interrupts" and "Register C".
func TestUpdateInterrupt(t *testing.T) {
	r := newRig(t)
	r.run(`
		out 70h, 0ah
		out 71h, 20h   ; no periodic tap
		out 70h, 0ch
		in  71h = 40h  ; but there was one since power-on
		in  71h = 0
		wait 1s
		in  71h = 10h  ; UF is set also without UIE
		in  71h = 0    ; and reading clears it
		wait 5s
		out 70h, 0bh
		out 71h, 12h   ; UIE, with the flag set: at once`)
	assert.True(t, r.irq.Level)
	r.run("out 71h, 02h")
	assert.False(t, r.irq.Level, "disabled again")
	r.run("out 71h, 12h \n out 70h, 0ch \n in 71h = 90h")
	assert.False(t, r.irq.Level)
	r.run("wait 999999999")
	assert.False(t, r.irq.Level)
	r.run("wait 1")
	assert.True(t, r.irq.Level)
	assert.EqualValues(t, 7*second, r.clock.Now())
	r.run("wait 3s")
	assert.Equal(t, 3, r.irq.Rises, "until it is acknowledged")
	r.run("in 71h = 90h \n wait 1s \n in 71h = 90h")
}

// TestAlarm: "Time, Calendar, and Alarm Locations", don't-care codes.
func TestAlarm(t *testing.T) {
	for _, c := range []struct {
		name                 string
		hour, minute, second uint8
		b                    uint8
		want                 int64 // seconds after midnight; 0 for never
		again                int64
	}{
		{"once a day", 0x07, 0x30, 0x15, 0x22, 7*3600 + 30*60 + 15, day},
		{"at midnight", 0, 0, 0, 0x22, day, day},
		{"every hour", 0xff, 0x30, 0x15, 0x22, 30*60 + 15, 3600},
		{"every minute", 0xff, 0xc0, 0x15, 0x22, 15, 60},
		{"every second", 0xff, 0xff, 0xff, 0x22, 1, 1},
		{"every second of an hour", 0x02, 0xff, 0xff, 0x22, 7200, 1},
		{"every second of a minute", 0xff, 0x05, 0xff, 0x22, 300, 1},
		{"12 hours", 0x87, 0x30, 0x15, 0x20, 19*3600 + 30*60 + 15, day},
		{"12 hours, binary", 12, 30, 15, 0x24, 30*60 + 15, day},
		{"no such hour", 0x24, 0, 0, 0x22, 0, 0},
		{"no such minute", 0, 0x60, 0, 0x22, 0, 0},
		{"no such second", 0xff, 0xff, 0x60, 0x22, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			poke(regB, c.b, regHoursAlarm, c.hour, regMinutesAlarm, c.minute, regSecondsAlarm, c.second)(r.RTC)
			if c.want == 0 {
				r.clock.Advance(2 * day * second)
				assert.Zero(t, r.irq.Rises)
				return
			}
			r.clock.Advance(c.want*second - 1)
			assert.False(t, r.irq.Level)
			r.clock.Advance(1)
			assert.True(t, r.irq.Level)
			assert.EqualValues(t, cIRQF|cAF|cUF, r.peek(regC)&^cPF)
			r.clock.Advance(c.again*second - 1)
			assert.False(t, r.irq.Level)
			r.clock.Advance(1)
			assert.True(t, r.irq.Level)
		})
	}
}

func TestAlarmEverySecond(t *testing.T) {
	r := newRig(t)
	poke(regB, 0x22, regHoursAlarm, 0xff, regMinutesAlarm, 0xff, regSecondsAlarm, 0xff)(r.RTC)
	for range 2 * 3600 {
		r.clock.Advance(second)
		r.peek(regC)
	}
	assert.Equal(t, 2*3600, r.irq.Rises)
}

// TestPeriodicInterrupt: "Periodic Interrupt Selection".
func TestPeriodicInterrupt(t *testing.T) {
	for rate, want := range []int{0, 256, 128, 8192, 4096, 2048, 1024, 512, 256, 128, 64, 32, 16, 8, 4, 2} {
		r := newRig(t)
		poke(regA, 0x20|uint8(rate))(r.RTC)
		r.peek(regC)
		poke(regB, 0x42)(r.RTC)
		rises := 0
		for range second / 50_000 {
			r.clock.Advance(50_000)
			if r.irq.Level {
				rises++
				assert.EqualValues(t, cIRQF|cPF, r.peek(regC)&^cUF)
				assert.False(t, r.irq.Level)
			}
		}
		assert.Equal(t, want, rises, "rate %d", rate)
	}
}

func TestPeriodicInterruptIsInStepWithTheSeconds(t *testing.T) {
	r := newRig(t)
	r.run(`
		wait 123456789
		out 70h, 0ah
		out 71h, 2fh   ; 2 Hz
		out 70h, 0bh
		out 71h, 0c2h  ; PIE; SET does not stop the divider
		out 70h, 0ch
		in  71h = 0c0h ; an edge of the tap before
		wait 376543210
		in  71h = 0
		wait 1
		in  71h = 0c0h
		wait 500ms
		in  71h = 0c0h
		out 70h, 0ah
		out 71h, 7fh   ; but reset does
		out 70h, 0ch
		wait 5s
		in  71h = 0`)
}

func TestPeriodicFlagWithoutInterrupt(t *testing.T) {
	r := newRig(t)
	r.run(`
		out 70h, 0ah
		out 71h, 2fh   ; 2 Hz
		out 70h, 0ch
		in  71h = 40h
		in  71h = 0
		wait 499999999
		in  71h = 0
		wait 1
		in  71h = 40h
		in  71h = 0
		wait 500ms
		out 70h, 0bh
		out 71h, 42h   ; enabled with the flag set: at once`)
	assert.True(t, r.irq.Level)
	assert.EqualValues(t, -1, newRig(t).periodicTimer.Expiry(), "nobody is woken for it")
}

func TestReset(t *testing.T) {
	r := newRig(t)
	poke(regA, 0x2f, regB, 0x7a)(r.RTC)
	r.run("wait 2s")
	assert.True(t, r.irq.Level)
	r.Reset()
	assert.False(t, r.irq.Level)
	r.run("out 70h, 0bh \n in 71h = 02h \n out 70h, 0ch \n in 71h = 0")
	r.date("00:00:02 2000-01-01")
}

func TestStartOutOfRange(t *testing.T) {
	var clock devicetest.Clock
	for _, c := range []struct {
		start   int64
		century uint8
	}{{-1, 0x19}, {maxAhead + 1, 0x22}, {1 << 60, 0}} {
		r := New(&clock, &devicetest.Line{}, &devicetest.Line{}, c.start)
		if c.century != 0 {
			assert.Equal(t, c.century, r.CMOS(regCentury))
		}
		clock.Advance(10 * second)
	}
}

func TestPortsDoNotAllocate(t *testing.T) {
	r := newRig(t)
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		r.Out(IndexPort, 1, regSeconds)
		r.In(DataPort, 1)
		r.Out(IndexPort, 1, regC)
		r.In(DataPort, 1)
	}))
}
