// Package mc146818 is the Motorola MC146818 real-time clock with its battery
// backed memory (CMOS), 128 bytes of it as in later chips.
//
// Emulated: time and date in binary or BCD, 12 or 24 hours, with the century
// in byte 32h (and 37h, where the PS/2 has it); alarm, periodic and update
// interrupts and their flags; update in progress; SET and the divider chain.
//
// Not emulated: the day of the week as a counter of its own (it follows from
// the date), daylight saving time, the square wave output, and time bases
// other than 32768 Hz. Values that no clock shows are brought into range when
// the clock runs.
//
// Source: Motorola MC146818 data sheet, "Real-Time Clock plus RAM".
package mc146818

import (
	"toyvm/devices"
	"toyvm/vmstate"
)

// I/O ports.
const (
	IndexPort = 0x70
	DataPort  = 0x71
)

// indexNMI in the index port masks the non-maskable interrupt. It is no part
// of the chip: the board keeps it.
const indexNMI = 1 << 7

// Bytes of the memory that the chip or the PC's firmware gives a meaning.
const (
	regSeconds      = 0x00
	regSecondsAlarm = 0x01
	regMinutes      = 0x02
	regMinutesAlarm = 0x03
	regHours        = 0x04
	regHoursAlarm   = 0x05
	regWeekday      = 0x06 // 1 is Sunday
	regDay          = 0x07
	regMonth        = 0x08
	regYear         = 0x09
	regA            = 0x0a
	regB            = 0x0b
	regC            = 0x0c
	regD            = 0x0d
	regCentury      = 0x32
	regCenturyPS2   = 0x37 // the same
)

// Register A.
const (
	aRate         = 0x0f   // tap of the divider for periodic interrupts
	aDivider      = 0x70   // time base
	aDivider32kHz = 0x20   // 32768 Hz; what is below runs as well
	aDividerReset = 0x60   // both bits: the divider is held in reset
	aUIP          = 1 << 7 // update in progress, read only
)

// Register B.
const (
	b24H  = 1 << 1
	bDM   = 1 << 2 // binary, not BCD
	bSQWE = 1 << 3
	bUIE  = 1 << 4
	bAIE  = 1 << 5
	bPIE  = 1 << 6
	bSET  = 1 << 7 // time stands still and can be set
)

// Register C. The flags have the places of their enable bits in register B.
const (
	cUF   = bUIE
	cAF   = bAIE
	cPF   = bPIE
	cIRQF = 1 << 7
)

// dVRT in register D: the battery is good.
const dVRT = 1 << 7

// hoursPM in an hours byte is set in the afternoon, on a 12-hour clock.
const hoursPM = 1 << 7

// alarmAny, both bits, in an alarm byte matches everything.
const alarmAny = 0xc0

// updateTime is how long UIP is set before a second begins: 244 us of warning
// and 1984 us that the update takes, at 32768 Hz.
const updateTime = 2_228_000

// An RTC is the chip. Its times in nanoseconds are on a clock of its own that
// is a number of whole seconds ahead of the virtual clock.
type RTC struct {
	cmos  [128]uint8
	index uint8

	base       uint64 // seconds since 1970 at lastUpdate
	lastUpdate uint64 // ns
	offset     int64  // ns by which the clock was ahead of base at lastUpdate

	updateAt  vmstate.Deadline // ns; next second that changes a flag
	nextAlarm uint64           // ns

	periodicAt   vmstate.Deadline // ns; next periodic interrupt
	nextPeriodic int64            // ns; next edge of the periodic tap, or the first since PF was read
	period       uint32           // clocks of 32768 Hz between periodic interrupts

	irqCoalesced uint32 // interrupts that QEMU has to make up for
	reinjected   uint16 // the same

	ahead         int64         `vmstate:"derived"` // of the virtual clock, whole seconds in ns
	updateTimer   devices.Timer `vmstate:"derived"` // expires at updateAt
	periodicTimer devices.Timer `vmstate:"derived"` // expires at periodicAt

	clock   devices.Clock `vmstate:"transient"`
	irq     devices.Line  `vmstate:"transient"`
	nmiMask devices.Line  `vmstate:"transient"`
}

// New returns the chip as the board's battery has kept it: a 24-hour clock in
// BCD that shows the given time, in seconds since 1970, now. It interrupts on
// irq; nmiMask is high while the guest does not want non-maskable interrupts.
func New(clock devices.Clock, irq, nmiMask devices.Line, start int64) *RTC {
	r := &RTC{clock: clock, irq: irq, nmiMask: nmiMask, updateAt: vmstate.NotArmed, periodicAt: vmstate.NotArmed}
	r.updateTimer = clock.NewTimer("mc146818 update", r.update)
	r.periodicTimer = clock.NewTimer("mc146818 periodic", r.periodic)
	if start >= 0 && start <= maxAhead {
		// QEMU's clock for this is the time since 1970, so it finds
		// lastUpdate where it expects it.
		r.ahead = start * second
	}
	r.cmos[regA] = aDivider32kHz | 6 // 1024 Hz
	r.cmos[regB] = b24H
	r.cmos[regD] = dVRT
	r.setClock(start, 0)
	r.refresh()
	r.scheduleUpdate()
	return r
}

// Reset is the RESET pin: it disables and forgets interrupts and lets time go
// on.
func (r *RTC) Reset() {
	r.cmos[regB] &^= bPIE | bAIE | bUIE | bSQWE
	r.cmos[regC] = 0
	r.irq.Set(false)
	r.schedulePeriodic()
	r.scheduleUpdate()
}

// CMOS is a byte of the memory as it is, 0 to 127.
func (r *RTC) CMOS(i uint8) uint8 { return r.cmos[i&0x7f] }

// SetCMOS sets a byte of the memory and has no other effect. It is for what
// the board knows and its firmware reads, such as the size of the memory.
func (r *RTC) SetCMOS(i, v uint8) { r.cmos[i&0x7f] = v }

// In implements devices.PortDevice. The index cannot be read.
func (r *RTC) In(port uint16, _ int) uint32 {
	if port&1 == IndexPort&1 {
		return 0xff
	}
	return uint32(r.read(r.register()))
}

// Out implements devices.PortDevice.
func (r *RTC) Out(port uint16, _ int, value uint32) {
	v := uint8(value)
	if port&1 == IndexPort&1 {
		r.index = v &^ indexNMI
		r.nmiMask.Set(v&indexNMI != 0)
		return
	}
	r.write(r.register(), v)
}

// register is the byte that the index selects.
func (r *RTC) register() uint8 {
	if r.index == regCenturyPS2 {
		return regCentury
	}
	return r.index & 0x7f
}

func (r *RTC) read(i uint8) uint8 {
	switch {
	case isTime(i):
		r.refresh()
	case i == regA && r.updating():
		return r.cmos[regA] | aUIP
	case i == regA:
		return r.cmos[regA] &^ aUIP
	case i == regC:
		return r.readFlags()
	}
	return r.cmos[i]
}

func (r *RTC) write(i, v uint8) {
	switch i {
	case regA:
		r.writeA(v)
	case regB:
		r.writeB(v)
	case regC, regD: // read only
	case regSecondsAlarm, regMinutesAlarm, regHoursAlarm:
		r.cmos[i] = v
		r.scheduleUpdate()
	default:
		if isTime(i) {
			r.writeTime(i, v)
			return
		}
		r.cmos[i] = v
	}
}

// writeTime sets a byte of time or date, normally while the clock stands
// still.
func (r *RTC) writeTime(i, v uint8) {
	r.refresh()
	r.cmos[i] = v
	if r.running() {
		r.setClock(r.shown(), r.phase())
		r.scheduleUpdate()
	}
}

// isTime tells whether a byte is part of time and date.
func isTime(i uint8) bool {
	switch i {
	case regSeconds, regMinutes, regHours, regWeekday, regDay, regMonth, regYear, regCentury:
		return true
	}
	return false
}

func (r *RTC) writeA(v uint8) {
	r.catchUpPeriodic()
	old := r.cmos[regA]
	phase := r.phase()
	if old&aDividerReset == aDividerReset && v&aDividerReset != aDividerReset {
		// The first update comes half a second after the divider is let go.
		phase = second / 2
	}
	r.change(regA, v&^aUIP, phase)
	if (old^v)&(aRate|aDivider) != 0 {
		r.schedulePeriodic()
	}
}

func (r *RTC) writeB(v uint8) {
	r.catchUpPeriodic()
	old := r.cmos[regB]
	if v&bSET != 0 {
		v &^= bUIE
	}
	r.change(regB, v, r.phase())
	if (old^v)&bPIE != 0 {
		r.schedulePeriodic()
	}
	// An interrupt that is enabled after its flag was set comes at once, one
	// that is disabled goes away.
	r.cmos[regC] &^= cIRQF
	r.interrupt()
}

// change writes register A or B, which may stop the clock or start it with
// what its bytes show and the given part of a second.
func (r *RTC) change(i, v uint8, phase int64) {
	r.refresh()
	ran := r.running()
	r.cmos[i] = v
	switch {
	case !ran && r.running():
		r.setClock(r.shown(), phase)
	case phase != r.phase():
		now, _ := r.time()
		r.setClock(now, phase)
	}
	r.scheduleUpdate()
}

// readFlags is a read of register C, which clears it.
func (r *RTC) readFlags() uint8 {
	r.catchUpPeriodic()
	v := r.cmos[regC]
	r.cmos[regC] = 0
	r.irq.Set(false)
	if v&(cUF|cAF) != 0 {
		r.scheduleUpdate()
	}
	return v
}

// raise sets flags in register C.
func (r *RTC) raise(flags uint8) {
	r.cmos[regC] |= flags
	r.interrupt()
}

// interrupt brings IRQF and the line in accordance with the other flags.
func (r *RTC) interrupt() {
	if r.cmos[regC]&r.cmos[regB]&(cUF|cAF|cPF) != 0 {
		r.cmos[regC] |= cIRQF
	}
	r.irq.Set(r.cmos[regC]&cIRQF != 0)
}
