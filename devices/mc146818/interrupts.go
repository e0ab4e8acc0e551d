package mc146818

import (
	"math"

	"toyvm/vmstate"
)

// never is the time of an alarm that does not come.
const never = math.MaxInt64

// scheduleUpdate waits for the next second that sets a flag: the next one to
// set UF, or if that is set already the one that the alarm is for.
func (r *RTC) scheduleUpdate() {
	at := vmstate.NotArmed
	if r.running() {
		at = r.nextUpdate()
	}
	r.updateAt = at
	r.updateTimer.SetExpiry(r.expiry(at))
}

func (r *RTC) nextUpdate() vmstate.Deadline {
	seconds, phase := r.time()
	next := r.Now() + second - phase
	r.nextAlarm = never
	if wait := r.untilAlarm(int(floorMod(seconds, day))); wait > 0 {
		r.nextAlarm = uint64(next + int64(wait-1)*second)
	}
	switch flags := r.cmos[regC]; {
	case flags&cUF == 0:
		return vmstate.Deadline(next)
	case flags&cAF == 0 && r.nextAlarm != never:
		return vmstate.Deadline(r.nextAlarm)
	default:
		return vmstate.NotArmed
	}
}

// expiry is a time of the chip on the virtual clock.
func (r *RTC) expiry(at vmstate.Deadline) int64 {
	if at == vmstate.NotArmed {
		return -1
	}
	return max(int64(at)-r.ahead, 0)
}

// update is the end of an update cycle.
func (r *RTC) update() {
	flags := uint8(cUF)
	if uint64(r.Now()) >= r.nextAlarm {
		flags |= cAF
	}
	r.raise(flags)
	r.scheduleUpdate()
}

const day = 24 * 60 * 60 // in seconds

// untilAlarm is how many seconds after the given second of the day the alarm
// comes, 1 to a whole day; 0 for never.
func (r *RTC) untilAlarm(from int) int {
	hours, minutes, seconds := r.alarm(regHoursAlarm), r.alarm(regMinutesAlarm), r.alarm(regSecondsAlarm)
	// The rest of this hour, the hours of a day, and the beginning of this one.
	for h := from / 3600; h <= from/3600+24; h++ {
		if !hours.matches(h % 24) {
			continue
		}
		for m := 0; m < 60; m++ {
			if !minutes.matches(m) {
				continue
			}
			at := h*3600 + m*60
			if s := seconds.from(max(from+1-at, 0)); s >= 0 {
				return at + s - from
			}
		}
	}
	return 0
}

// An alarmByte is a value, or anyValue.
type alarmByte int

const anyValue alarmByte = -1

func (r *RTC) alarm(i uint8) alarmByte {
	switch b := r.cmos[i]; {
	case b&alarmAny == alarmAny:
		return anyValue
	case i == regHoursAlarm:
		return alarmByte(r.decodeHour(b))
	default:
		return alarmByte(r.decode(b))
	}
}

func (a alarmByte) matches(v int) bool { return a == anyValue || int(a) == v }

// from is the first second of a minute from s on that matches, or -1.
func (a alarmByte) from(s int) int {
	if a != anyValue {
		if int(a) < s || a > 59 {
			return -1
		}
		return int(a)
	}
	if s > 59 {
		return -1
	}
	return s
}

// rate is the clocks of 32768 Hz between two periodic interrupts, 0 if the
// tap yields none.
func (r *RTC) rate() int64 {
	tap := r.cmos[regA] & aRate
	switch {
	case tap == 0 || r.cmos[regA]&aDivider > aDivider32kHz:
		return 0
	case tap <= 2:
		tap += 7
	}
	return 1 << (tap - 1)
}

// nextEdge is the next edge of the periodic tap. The taps are in step with the
// seconds.
func (r *RTC) nextEdge() int64 {
	const frequency = 32768
	phase, rate := r.phase(), r.rate()
	edges := phase*frequency/(rate*second) + 1
	return r.Now() - phase + (edges*rate*second+frequency-1)/frequency
}

// schedulePeriodic waits for the next periodic interrupt. If there are none
// only the time of the next edge is kept.
func (r *RTC) schedulePeriodic() {
	r.period = uint32(r.rate())
	if r.period != 0 {
		r.nextPeriodic = r.nextEdge()
	}
	if r.cmos[regB]&bPIE == 0 {
		r.period = 0
	}
	r.periodicAt = vmstate.NotArmed
	if r.period != 0 {
		r.periodicAt = vmstate.Deadline(r.nextPeriodic)
	}
	r.periodicTimer.SetExpiry(r.expiry(r.periodicAt))
}

func (r *RTC) periodic() {
	r.raise(cPF)
	r.schedulePeriodic()
}

// catchUpPeriodic sets PF if there was an edge while nobody waited for one.
func (r *RTC) catchUpPeriodic() {
	if r.period == 0 && r.rate() != 0 && r.Now() >= r.nextPeriodic {
		r.cmos[regC] |= cPF
		r.nextPeriodic = r.nextEdge()
	}
}
