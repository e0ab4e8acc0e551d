package fdc

import "toyvm/vmstate"

// state is QEMU's isa-fdc.
//
// Version 2: the only one in use. What came later came as subsections; those of
// QEMU 7.2 are all here. fdc/toyvm_overrun is ours, and only sent while a
// transfer waits for a DMA controller that does not answer.
var state = vmstate.Description[FDC]{
	Name: "fdc", Version: 2, MinVersion: 2,
	Fields: vmstate.Fields[FDC]{
		vmstate.Struct("state", func(f *FDC) *FDC { return f }, &controllerState),
	},
}

// controllerState has in timer0 and timer1 the parameters of SPECIFY as they
// were given, while QEMU leaves out the head unload time and keeps ND in the
// DOR.
var controllerState = vmstate.Description[FDC]{
	Name: "fdc", Version: 2, MinVersion: 2,
	PreLoad:  (*FDC).preLoad,
	PostLoad: (*FDC).postLoad,
	Fields: vmstate.Fields[FDC]{
		vmstate.Uint8("sra", func(f *FDC) *uint8 { return &f.sra }),
		vmstate.Uint8("srb", func(f *FDC) *uint8 { return &f.srb }),
		vmstate.Uint8("dor_vmstate", func(f *FDC) *uint8 { return &f.dor }),
		vmstate.Uint8("tdr", func(f *FDC) *uint8 { return &f.tdr }),
		vmstate.Uint8("dsr", func(f *FDC) *uint8 { return &f.dsr }),
		vmstate.Uint8("msr", func(f *FDC) *uint8 { return &f.msr }),
		vmstate.Uint8("status0", func(f *FDC) *uint8 { return &f.st0 }),
		vmstate.Uint8("status1", func(f *FDC) *uint8 { return &f.st1 }),
		vmstate.Uint8("status2", func(f *FDC) *uint8 { return &f.st2 }),
		vmstate.Array("fifo", func(f *FDC) []uint8 { return f.fifo[:] }, vmstate.Uint8),
		vmstate.Uint32("data_pos", func(f *FDC) *uint32 { return &f.position }),
		vmstate.Uint32("data_len", func(f *FDC) *uint32 { return &f.length }),
		vmstate.Uint8("data_state", func(f *FDC) *options { return &f.options }),
		vmstate.Uint8("data_dir", func(f *FDC) *direction { return &f.dir }),
		vmstate.Uint8("eot", func(f *FDC) *uint8 { return &f.eot }),
		vmstate.Uint8("timer0", func(f *FDC) *uint8 { return &f.stepRate }),
		vmstate.Uint8("timer1", func(f *FDC) *uint8 { return &f.headLoad }),
		vmstate.Uint8("precomp_trk", func(f *FDC) *uint8 { return &f.precomp }),
		vmstate.Uint8("config", func(f *FDC) *uint8 { return &f.config }),
		vmstate.Uint8("lock", func(f *FDC) *uint8 { return &f.lock }),
		vmstate.Uint8("pwrd", func(f *FDC) *uint8 { return &f.powerDown }),
		vmstate.Uint8Equal("num_floppies", func(f *FDC) *uint8 { return &f.driveCount }),
		vmstate.Array("drives", func(f *FDC) []drive { return f.drives[:] }, vmstate.StructOf(&driveState)),
	},
	Subsections: []*vmstate.Description[FDC]{&resetSenseState, &resultTimerState, &phaseState, &overrunState},
}

var resetSenseState = vmstate.Description[FDC]{
	Name: "fdc/reset_sensei", Version: 1, MinVersion: 1,
	Needed: func(f *FDC) bool { return f.sensesLeft != 0 },
	Fields: vmstate.Fields[FDC]{
		vmstate.Int32("reset_sensei", func(f *FDC) *int32 { return &f.sensesLeft }),
	},
}

var resultTimerState = vmstate.Description[FDC]{
	Name: "fdc/result_timer", Version: 1, MinVersion: 1,
	Needed: func(f *FDC) bool { return f.resultTimer.Expiry() >= 0 },
	Fields: vmstate.Fields[FDC]{
		vmstate.Timer("result_timer", func(f *FDC) vmstate.Alarm { return f.resultTimer }),
	},
}

var phaseState = vmstate.Description[FDC]{
	Name: "fdc/phase", Version: 1, MinVersion: 1,
	Needed: func(f *FDC) bool { return f.phase != f.impliedPhase() },
	Fields: vmstate.Fields[FDC]{
		vmstate.Uint8("phase", func(f *FDC) *phase { return &f.phase }),
	},
}

var overrunState = vmstate.Description[FDC]{
	Name: "fdc/toyvm_overrun", Version: 1, MinVersion: 1,
	Needed: func(f *FDC) bool { return f.overrun.Expiry() >= 0 },
	Fields: vmstate.Fields[FDC]{
		vmstate.Timer("overrun", func(f *FDC) vmstate.Alarm { return f.overrun }),
	},
}

var driveState = vmstate.Description[drive]{
	Name: "fdrive", Version: 1, MinVersion: 1,
	PreLoad: (*drive).preLoad,
	Fields: vmstate.Fields[drive]{
		vmstate.Uint8("head", func(d *drive) *uint8 { return &d.head }),
		vmstate.Uint8("track", func(d *drive) *uint8 { return &d.track }),
		vmstate.Uint8("sect", func(d *drive) *uint8 { return &d.sector }),
	},
	Subsections: []*vmstate.Description[drive]{&mediaChangedState, &mediaRateState, &perpendicularState},
}

var mediaChangedState = vmstate.Description[drive]{
	Name: "fdrive/media_changed", Version: 1, MinVersion: 1,
	Needed: func(d *drive) bool { return d.changed != 1 },
	Fields: vmstate.Fields[drive]{
		vmstate.Uint8("media_changed", func(d *drive) *uint8 { return &d.changed }),
	},
}

var mediaRateState = vmstate.Description[drive]{
	Name: "fdrive/media_rate", Version: 1, MinVersion: 1,
	Fields: vmstate.Fields[drive]{
		vmstate.Uint8("media_rate", func(d *drive) *uint8 { return &d.rate }),
	},
}

var perpendicularState = vmstate.Description[drive]{
	Name: "fdrive/perpendicular", Version: 1, MinVersion: 1,
	Needed: func(d *drive) bool { return d.perpendicular != 0 },
	Fields: vmstate.Fields[drive]{
		vmstate.Uint8("perpendicular", func(d *drive) *uint8 { return &d.perpendicular }),
	},
}

// Section is the controller's part of a machine's state.
func (f *FDC) Section() *vmstate.Section {
	return vmstate.NewSection(&state, f, 0)
}

// impliedPhase is the phase that the main status register shows.
func (f *FDC) impliedPhase() phase {
	switch {
	case f.msr&msrNonDMA != 0 || f.msr&msrReady == 0:
		return phaseExecution
	case f.msr&msrOut != 0:
		return phaseResult
	default:
		return phaseCommand
	}
}

func (f *FDC) preLoad() error {
	f.phase, f.sensesLeft = phaseUnknown, 0
	f.resultTimer.SetExpiry(-1)
	f.overrun.SetExpiry(-1)
	return nil
}

func (d *drive) preLoad() error {
	d.changed, d.perpendicular = 1, 0
	return nil
}

// postLoad raises DRQ again if a DMA transfer was under way: as soon as the
// machine runs, not before all of it is loaded. Streams of QEMU need it, in
// which the DMA controllers have forgotten it.
func (f *FDC) postLoad(int) error {
	if f.phase == phaseUnknown {
		f.phase = f.impliedPhase()
	}
	f.resume.SetExpiry(-1)
	if f.transfersByDMA() {
		f.resume.SetExpiry(f.clock.Now())
	}
	return nil
}
