package mc146818

import "time"

const second = 1_000_000_000 // in ns

// maxAhead is how many seconds the clock can be ahead of the virtual one.
const maxAhead = 1 << 33

// Years have four digits. Ten thousand of them are a whole number of the
// calendar's periods of 400 years.
const (
	year0    = -62_167_219_200 // 0000-01-01 in seconds since 1970
	allYears = 315_569_520_000 // in seconds
)

// running tells whether time goes on.
func (r *RTC) running() bool {
	return r.cmos[regB]&bSET == 0 && r.cmos[regA]&aDivider <= aDivider32kHz
}

// Now is the time in ns on the clock that lastUpdate and its like are on, which
// the times in the chip's state are on, too.
func (r *RTC) Now() int64 { return r.clock.Now() + r.ahead }

// time is the time of the guest in seconds since 1970 and nanoseconds. While
// the clock stands still only the nanoseconds mean anything: they are the
// state of the divider.
func (r *RTC) time() (seconds, ns int64) {
	passed := r.Now() - int64(r.lastUpdate) + r.offset
	ns = floorMod(passed, second)
	return withinYears(int64(r.base) + (passed-ns)/second), ns
}

// withinYears brings seconds since 1970 into the years 0 to 9999.
func withinYears(seconds int64) int64 { return year0 + floorMod(seconds-year0, allYears) }

func floorMod(a, b int64) int64 {
	m := a % b
	if m < 0 {
		m += b
	}
	return m
}

// phase is how far the second has got, in ns.
func (r *RTC) phase() int64 {
	_, ns := r.time()
	return ns
}

// setClock makes it the given time now.
func (r *RTC) setClock(seconds, phase int64) {
	r.base, r.lastUpdate, r.offset = uint64(seconds), uint64(r.Now()), phase
}

// updating is bit UIP of register A.
func (r *RTC) updating() bool { return r.running() && r.phase() >= second-updateTime }

// refresh brings the bytes of time and date up to date.
func (r *RTC) refresh() {
	if !r.running() {
		return
	}
	seconds, _ := r.time()
	t := time.Unix(seconds, 0).UTC()
	year, month, day := t.Date()
	hour, minute, sec := t.Clock()
	r.cmos[regSeconds] = r.encode(sec)
	r.cmos[regMinutes] = r.encode(minute)
	r.cmos[regHours] = r.encodeHour(hour)
	r.cmos[regWeekday] = r.encode(int(t.Weekday()) + 1)
	r.cmos[regDay] = r.encode(day)
	r.cmos[regMonth] = r.encode(int(month))
	r.cmos[regYear] = r.encode(year % 100)
	r.cmos[regCentury] = r.encode(year / 100)
}

// shown is the time that the bytes show, in seconds since 1970.
func (r *RTC) shown() int64 {
	year := r.decode(r.cmos[regCentury])*100 + r.decode(r.cmos[regYear])
	return time.Date(year, time.Month(r.decode(r.cmos[regMonth])), r.decode(r.cmos[regDay]),
		r.decodeHour(r.cmos[regHours]), r.decode(r.cmos[regMinutes]), r.decode(r.cmos[regSeconds]), 0, time.UTC).Unix()
}

func (r *RTC) encode(v int) uint8 {
	if r.cmos[regB]&bDM != 0 {
		return uint8(v)
	}
	return uint8(v/10<<4 | v%10)
}

func (r *RTC) decode(b uint8) int {
	if r.cmos[regB]&bDM != 0 {
		return int(b)
	}
	return int(b>>4)*10 + int(b&15)
}

// encodeHour takes hours from 0 to 23. On a 12-hour clock 12 comes before 1.
func (r *RTC) encodeHour(hour int) uint8 {
	if r.cmos[regB]&b24H != 0 {
		return r.encode(hour)
	}
	b := r.encode((hour+11)%12 + 1)
	if hour >= 12 {
		b |= hoursPM
	}
	return b
}

func (r *RTC) decodeHour(b uint8) int {
	if r.cmos[regB]&b24H != 0 {
		return r.decode(b)
	}
	hour := r.decode(b&^hoursPM) % 12
	if b&hoursPM != 0 {
		hour += 12
	}
	return hour
}
