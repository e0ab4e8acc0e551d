package mc146818

import "toyvm/vmstate"

// State is the state of the chip. Its times are on the chip's own clock. How
// far that is ahead of the virtual clock is not sent: it is found by the date
// that cmos_data shows, or while the clock stands still taken to be as before.
// So the state loads also if the clock was that of QEMU's host.
//
// Version 3: as QEMU's. Version 2: without base_rtc and what follows it.
// Version 1: without irq_coalesced and period, too.
var State = vmstate.Description[RTC]{
	Name:       "mc146818rtc",
	Version:    3,
	MinVersion: 1,
	PreLoad:    (*RTC).preLoad,
	PostLoad:   (*RTC).postLoad,
	PreSave:    (*RTC).preSave,
	Fields: vmstate.Fields[RTC]{
		vmstate.Buffer("cmos_data", func(r *RTC) []byte { return r.cmos[:] }),
		vmstate.Uint8("cmos_index", func(r *RTC) *uint8 { return &r.index }),
		vmstate.Unused[RTC](7 * 4),
		vmstate.Timer("periodic_timer", func(r *RTC) vmstate.Alarm { return &r.periodicAt }),
		vmstate.Int64("next_periodic_time", func(r *RTC) *int64 { return &r.nextPeriodic }),
		vmstate.Unused[RTC](3 * 8),
		vmstate.Uint32("irq_coalesced", func(r *RTC) *uint32 { return &r.irqCoalesced }).Since(2),
		vmstate.Uint32("period", func(r *RTC) *uint32 { return &r.period }).Since(2),
		vmstate.Uint64("base_rtc", func(r *RTC) *uint64 { return &r.base }).Since(3),
		vmstate.Uint64("last_update", func(r *RTC) *uint64 { return &r.lastUpdate }).Since(3),
		vmstate.Int64("offset", func(r *RTC) *int64 { return &r.offset }).Since(3),
		vmstate.Timer("update_timer", func(r *RTC) vmstate.Alarm { return &r.updateAt }).Since(3),
		vmstate.Uint64("next_alarm_time", func(r *RTC) *uint64 { return &r.nextAlarm }).Since(3),
	},
	Subsections: []*vmstate.Description[RTC]{{
		Name:       "mc146818rtc/irq_reinject_on_ack_count",
		Version:    1,
		MinVersion: 1,
		Needed:     func(r *RTC) bool { return r.reinjected != 0 },
		Fields: vmstate.Fields[RTC]{
			vmstate.Uint16("irq_reinject_on_ack_count", func(r *RTC) *uint16 { return &r.reinjected }),
		},
	}},
}

// Section is the chip's part of a snapshot.
func (r *RTC) Section() *vmstate.Section { return vmstate.NewSection(&State, r, 0) }

func (r *RTC) preSave() error {
	r.refresh()
	return nil
}

func (r *RTC) preLoad() error {
	r.irqCoalesced, r.reinjected = 0, 0
	return nil
}

func (r *RTC) postLoad(version int) error {
	if version < 3 {
		r.setClock(r.shown(), 0)
		r.scheduleUpdate()
	} else {
		r.findAhead()
		r.updateTimer.SetExpiry(r.expiry(r.updateAt))
	}
	r.restorePeriodic()
	return nil
}

// findAhead chooses how far the chip's clock is ahead of the virtual one so
// that the guest sees the time go on from what the bytes show.
func (r *RTC) findAhead() {
	if !r.running() {
		return
	}
	r.ahead = 0
	seconds, _ := r.time()
	d := floorMod(withinYears(r.shown())-seconds+maxAhead, allYears) - maxAhead
	if d <= maxAhead {
		r.ahead = d * second
	}
}

// restorePeriodic keeps the loaded time of the next periodic interrupt unless
// it is far from what the registers say.
func (r *RTC) restorePeriodic() {
	off := r.nextPeriodic - r.Now()
	enabled := r.cmos[regB]&bPIE != 0 && r.rate() != 0
	if enabled != (r.periodicAt != vmstate.NotArmed) || enabled && (off < -second || off > second) {
		r.schedulePeriodic()
		return
	}
	r.period = 0
	if enabled {
		r.period = uint32(r.rate())
	}
	r.periodicTimer.SetExpiry(r.expiry(r.periodicAt))
}
