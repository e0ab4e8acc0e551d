package vmstate_test

import (
	"math"
	"testing"

	"toyvm/vmstate"
	"toyvm/vmstate/vmstatetest"
)

// The declarations in this file are QEMU 7.2's, with everything that its
// devices would do left out. Streams captured from it must load with them and
// come out again byte for byte.

const captures = "../testdata/qemu"

func conforms[T any](t *testing.T, d *vmstate.Description[T], instance int, object func() *T) {
	t.Helper()
	vmstatetest.Conforms(t, captures, func() *vmstate.Section { return vmstate.NewSection(d, object(), instance) })
}

func TestQEMUi8259(t *testing.T) {
	conforms(t, &picState, 0, func() *pic { return new(pic) })
	conforms(t, &picState, 1, func() *pic { return new(pic) })
}

type pic struct {
	lastIRR, irr, imr, isr, priorityAdd, irqBase, readRegSelect, poll, specialMask, initState uint8
	autoEOI, rotateOnAutoEOI, specialFullyNestedMode, init4, singleMode, elcr                 uint8
}

var picState = vmstate.Description[pic]{
	Name: "i8259", Version: 1, MinVersion: 1,
	Fields: vmstate.Fields[pic]{
		vmstate.Uint8("last_irr", func(p *pic) *uint8 { return &p.lastIRR }),
		vmstate.Uint8("irr", func(p *pic) *uint8 { return &p.irr }),
		vmstate.Uint8("imr", func(p *pic) *uint8 { return &p.imr }),
		vmstate.Uint8("isr", func(p *pic) *uint8 { return &p.isr }),
		vmstate.Uint8("priority_add", func(p *pic) *uint8 { return &p.priorityAdd }),
		vmstate.Uint8("irq_base", func(p *pic) *uint8 { return &p.irqBase }),
		vmstate.Uint8("read_reg_select", func(p *pic) *uint8 { return &p.readRegSelect }),
		vmstate.Uint8("poll", func(p *pic) *uint8 { return &p.poll }),
		vmstate.Uint8("special_mask", func(p *pic) *uint8 { return &p.specialMask }),
		vmstate.Uint8("init_state", func(p *pic) *uint8 { return &p.initState }),
		vmstate.Uint8("auto_eoi", func(p *pic) *uint8 { return &p.autoEOI }),
		vmstate.Uint8("rotate_on_auto_eoi", func(p *pic) *uint8 { return &p.rotateOnAutoEOI }),
		vmstate.Uint8("special_fully_nested_mode", func(p *pic) *uint8 { return &p.specialFullyNestedMode }),
		vmstate.Uint8("init4", func(p *pic) *uint8 { return &p.init4 }),
		vmstate.Uint8("single_mode", func(p *pic) *uint8 { return &p.singleMode }),
		vmstate.Uint8("elcr", func(p *pic) *uint8 { return &p.elcr }),
	},
}

func TestQEMUi8254(t *testing.T) { conforms(t, &pitState, 0, func() *pit { return new(pit) }) }

type pit struct {
	irqDisabled uint32
	channels    [3]pitChannel
}

type pitChannel struct {
	count                                                                                           int32
	latchedCount                                                                                    uint16
	countLatched, statusLatched, status, readState, writeState, writeLatch, rwMode, mode, bcd, gate uint8
	countLoadTime, nextTransitionTime                                                               int64
}

var pitState = vmstate.Description[pit]{
	Name: "i8254", Version: 3, MinVersion: 2,
	Fields: vmstate.Fields[pit]{
		vmstate.Uint32("channels[0].irq_disabled", func(p *pit) *uint32 { return &p.irqDisabled }).Since(3),
		vmstate.Array("channels", func(p *pit) []pitChannel { return p.channels[:] }, vmstate.StructOf(&pitChannelState)).Since(2),
		vmstate.Int64("channels[0].next_transition_time", func(p *pit) *int64 { return &p.channels[0].nextTransitionTime }),
	},
}

var pitChannelState = vmstate.Description[pitChannel]{
	Name: "pit channel", Version: 2, MinVersion: 2,
	Fields: vmstate.Fields[pitChannel]{
		vmstate.Int32("count", func(c *pitChannel) *int32 { return &c.count }),
		vmstate.Uint16("latched_count", func(c *pitChannel) *uint16 { return &c.latchedCount }),
		vmstate.Uint8("count_latched", func(c *pitChannel) *uint8 { return &c.countLatched }),
		vmstate.Uint8("status_latched", func(c *pitChannel) *uint8 { return &c.statusLatched }),
		vmstate.Uint8("status", func(c *pitChannel) *uint8 { return &c.status }),
		vmstate.Uint8("read_state", func(c *pitChannel) *uint8 { return &c.readState }),
		vmstate.Uint8("write_state", func(c *pitChannel) *uint8 { return &c.writeState }),
		vmstate.Uint8("write_latch", func(c *pitChannel) *uint8 { return &c.writeLatch }),
		vmstate.Uint8("rw_mode", func(c *pitChannel) *uint8 { return &c.rwMode }),
		vmstate.Uint8("mode", func(c *pitChannel) *uint8 { return &c.mode }),
		vmstate.Uint8("bcd", func(c *pitChannel) *uint8 { return &c.bcd }),
		vmstate.Uint8("gate", func(c *pitChannel) *uint8 { return &c.gate }),
		vmstate.Int64("count_load_time", func(c *pitChannel) *int64 { return &c.countLoadTime }),
		vmstate.Int64("next_transition_time", func(c *pitChannel) *int64 { return &c.nextTransitionTime }),
	},
}

func TestQEMUmc146818rtc(t *testing.T) { conforms(t, &rtcState, 0, func() *rtc { return new(rtc) }) }

type rtc struct {
	cmosData                   [128]byte
	cmosIndex                  uint8
	periodicTimer, updateTimer vmstate.Deadline
	nextPeriodicTime           int64
	irqCoalesced, period       uint32
	baseRTC, lastUpdate        uint64
	offset                     int64
	nextAlarmTime              uint64
	irqReinjectOnAckCount      uint16
}

var rtcState = vmstate.Description[rtc]{
	Name: "mc146818rtc", Version: 3, MinVersion: 1,
	Fields: vmstate.Fields[rtc]{
		vmstate.Buffer("cmos_data", func(r *rtc) []byte { return r.cmosData[:] }),
		vmstate.Uint8("cmos_index", func(r *rtc) *uint8 { return &r.cmosIndex }),
		vmstate.Unused[rtc](28),
		vmstate.Timer("periodic_timer", func(r *rtc) vmstate.Alarm { return &r.periodicTimer }),
		vmstate.Int64("next_periodic_time", func(r *rtc) *int64 { return &r.nextPeriodicTime }),
		vmstate.Unused[rtc](24),
		vmstate.Uint32("irq_coalesced", func(r *rtc) *uint32 { return &r.irqCoalesced }).Since(2),
		vmstate.Uint32("period", func(r *rtc) *uint32 { return &r.period }).Since(2),
		vmstate.Uint64("base_rtc", func(r *rtc) *uint64 { return &r.baseRTC }).Since(3),
		vmstate.Uint64("last_update", func(r *rtc) *uint64 { return &r.lastUpdate }).Since(3),
		vmstate.Int64("offset", func(r *rtc) *int64 { return &r.offset }).Since(3),
		vmstate.Timer("update_timer", func(r *rtc) vmstate.Alarm { return &r.updateTimer }).Since(3),
		vmstate.Uint64("next_alarm_time", func(r *rtc) *uint64 { return &r.nextAlarmTime }).Since(3),
	},
	Subsections: []*vmstate.Description[rtc]{{
		Name: "mc146818rtc/irq_reinject_on_ack_count", Version: 1, MinVersion: 1,
		Needed: func(r *rtc) bool { return r.irqReinjectOnAckCount != 0 },
		Fields: vmstate.Fields[rtc]{
			vmstate.Uint16("irq_reinject_on_ack_count", func(r *rtc) *uint16 { return &r.irqReinjectOnAckCount }),
		},
	}},
}

func TestQEMUserial(t *testing.T) {
	for instance := range 2 {
		conforms(t, &isaSerialState, instance, func() *isaSerial { return new(isaSerial) })
	}
}

type isaSerial struct{ state serial }

type serial struct {
	divider                                     uint16
	rbr, ier, iir, lcr, mcr, lsr, msr, scr, fcr uint8
	thrIPending, timeoutIPending, pollMSL       int32
	tsrRetry                                    uint32
	thr, tsr                                    uint8
	recv, xmit                                  fifo8
	fifoTimeoutTimer, modemStatusPoll           vmstate.Deadline
}

type fifo8 struct {
	data      [16]byte
	head, num uint32
}

var isaSerialState = vmstate.Description[isaSerial]{
	Name: "serial", Version: 3, MinVersion: 2,
	Fields: vmstate.Fields[isaSerial]{
		vmstate.Struct("state", func(s *isaSerial) *serial { return &s.state }, &serialState),
	},
}

var serialState = vmstate.Description[serial]{
	Name: "serial", Version: 3, MinVersion: 2,
	PreLoad: func(s *serial) error {
		s.thrIPending, s.pollMSL, s.fifoTimeoutTimer = -1, -1, vmstate.NotArmed
		return nil
	},
	PostLoad: func(s *serial, _ int) error {
		if s.thrIPending == -1 {
			s.thrIPending = s.iirSaysTHRE()
		}
		return nil
	},
	Fields: vmstate.Fields[serial]{
		vmstate.Uint16("divider", func(s *serial) *uint16 { return &s.divider }).Since(2),
		vmstate.Uint8("rbr", func(s *serial) *uint8 { return &s.rbr }),
		vmstate.Uint8("ier", func(s *serial) *uint8 { return &s.ier }),
		vmstate.Uint8("iir", func(s *serial) *uint8 { return &s.iir }),
		vmstate.Uint8("lcr", func(s *serial) *uint8 { return &s.lcr }),
		vmstate.Uint8("mcr", func(s *serial) *uint8 { return &s.mcr }),
		vmstate.Uint8("lsr", func(s *serial) *uint8 { return &s.lsr }),
		vmstate.Uint8("msr", func(s *serial) *uint8 { return &s.msr }),
		vmstate.Uint8("scr", func(s *serial) *uint8 { return &s.scr }),
		vmstate.Uint8("fcr_vmstate", func(s *serial) *uint8 { return &s.fcr }).Since(3),
	},
	Subsections: []*vmstate.Description[serial]{{
		Name: "serial/thr_ipending", Version: 1, MinVersion: 1,
		Needed: func(s *serial) bool { return s.ier&2 != 0 && s.thrIPending != s.iirSaysTHRE() },
		Fields: vmstate.Fields[serial]{
			vmstate.Int32("thr_ipending", func(s *serial) *int32 { return &s.thrIPending }),
		},
	}, {
		Name: "serial/tsr", Version: 1, MinVersion: 1,
		Needed: func(s *serial) bool { return s.tsrRetry != 0 },
		Fields: vmstate.Fields[serial]{
			vmstate.Uint32("tsr_retry", func(s *serial) *uint32 { return &s.tsrRetry }),
			vmstate.Uint8("thr", func(s *serial) *uint8 { return &s.thr }),
			vmstate.Uint8("tsr", func(s *serial) *uint8 { return &s.tsr }),
		},
	}, {
		Name: "serial/recv_fifo", Version: 1, MinVersion: 1,
		Needed: func(s *serial) bool { return s.recv.num != 0 },
		Fields: vmstate.Fields[serial]{
			vmstate.Struct("recv_fifo", func(s *serial) *fifo8 { return &s.recv }, &fifo8State).Since(1),
		},
	}, {
		Name: "serial/xmit_fifo", Version: 1, MinVersion: 1,
		Needed: func(s *serial) bool { return s.xmit.num != 0 },
		Fields: vmstate.Fields[serial]{
			vmstate.Struct("xmit_fifo", func(s *serial) *fifo8 { return &s.xmit }, &fifo8State).Since(1),
		},
	}, {
		Name: "serial/fifo_timeout_timer", Version: 1, MinVersion: 1,
		Needed: func(s *serial) bool { return s.fifoTimeoutTimer != vmstate.NotArmed },
		Fields: vmstate.Fields[serial]{
			vmstate.Timer("fifo_timeout_timer", func(s *serial) vmstate.Alarm { return &s.fifoTimeoutTimer }),
		},
	}, {
		Name: "serial/timeout_ipending", Version: 1, MinVersion: 1,
		Needed: func(s *serial) bool { return s.timeoutIPending != 0 },
		Fields: vmstate.Fields[serial]{
			vmstate.Int32("timeout_ipending", func(s *serial) *int32 { return &s.timeoutIPending }),
		},
	}, {
		Name: "serial/poll", Version: 1, MinVersion: 1,
		Needed: func(s *serial) bool { return s.pollMSL >= 0 },
		Fields: vmstate.Fields[serial]{
			vmstate.Int32("poll_msl", func(s *serial) *int32 { return &s.pollMSL }),
			vmstate.Timer("modem_status_poll", func(s *serial) vmstate.Alarm { return &s.modemStatusPoll }),
		},
	}},
}

// iirSaysTHRE is 1 if the interrupt identification register reports an empty
// transmitter.
func (s *serial) iirSaysTHRE() int32 {
	if s.iir&0xf == 2 {
		return 1
	}
	return 0
}

var fifo8State = vmstate.Description[fifo8]{
	Name: "Fifo8", Version: 1, MinVersion: 1,
	Fields: vmstate.Fields[fifo8]{
		vmstate.Buffer("data", func(f *fifo8) []byte { return f.data[:] }).Since(1),
		vmstate.Uint32("head", func(f *fifo8) *uint32 { return &f.head }),
		vmstate.Uint32("num", func(f *fifo8) *uint32 { return &f.num }),
	},
}

func TestQEMUpckbd(t *testing.T) { conforms(t, &isaKbdState, 0, func() *isaKbd { return new(isaKbd) }) }

type isaKbd struct{ kbd kbd }

type kbd struct {
	writeCmd, status, mode, pending, outport, obData, cbData uint8
	migrationFlags, obSource                                 uint32
}

// kbdOutport is what the output port holds unless somebody changed it; the
// two bits for a full output buffer do not count.
const (
	kbdOutport     = 0xcf
	kbdOutportFull = 0x30
)

var isaKbdState = vmstate.Description[isaKbd]{
	Name: "pckbd", Version: 3, MinVersion: 3,
	Fields: vmstate.Fields[isaKbd]{
		vmstate.Struct("kbd", func(k *isaKbd) *kbd { return &k.kbd }, &kbdState),
	},
}

var kbdState = vmstate.Description[kbd]{
	Name: "pckbd", Version: 3, MinVersion: 3,
	PreLoad: func(k *kbd) error { k.outport = kbdOutport; return nil },
	Fields: vmstate.Fields[kbd]{
		vmstate.Uint8("write_cmd", func(k *kbd) *uint8 { return &k.writeCmd }),
		vmstate.Uint8("status", func(k *kbd) *uint8 { return &k.status }),
		vmstate.Uint8("mode", func(k *kbd) *uint8 { return &k.mode }),
		vmstate.Uint8("pending_tmp", func(k *kbd) *uint8 { return &k.pending }),
	},
	Subsections: []*vmstate.Description[kbd]{{
		Name: "pckbd_outport", Version: 1, MinVersion: 1,
		Needed: func(k *kbd) bool { return k.outport|kbdOutportFull != kbdOutport|kbdOutportFull },
		Fields: vmstate.Fields[kbd]{
			vmstate.Uint8("outport", func(k *kbd) *uint8 { return &k.outport }),
		},
	}, {
		Name: "pckbd/extended_state",
		Fields: vmstate.Fields[kbd]{
			vmstate.Uint32("migration_flags", func(k *kbd) *uint32 { return &k.migrationFlags }),
			vmstate.Uint32("obsrc", func(k *kbd) *uint32 { return &k.obSource }),
			vmstate.Uint8("obdata", func(k *kbd) *uint8 { return &k.obData }),
			vmstate.Uint8("cbdata", func(k *kbd) *uint8 { return &k.cbData }),
		},
	}},
}

func TestQEMUps2kbd(t *testing.T) {
	conforms(t, &ps2kbdState, 0, func() *ps2kbd { return new(ps2kbd) })
}

type ps2kbd struct {
	parent                              ps2
	scanEnabled, translate, scancodeSet int32
	ledstate                            int32
	needHighBit                         bool
}

type ps2 struct {
	writeCmd                 int32
	rptr, wptr, count, cwptr int32
	data                     [256]byte
}

var ps2State = vmstate.Description[ps2]{
	Name: "PS2 Common State", Version: 3, MinVersion: 2,
	Fields: vmstate.Fields[ps2]{
		vmstate.Int32("write_cmd", func(p *ps2) *int32 { return &p.writeCmd }),
		vmstate.Int32("queue.rptr", func(p *ps2) *int32 { return &p.rptr }),
		vmstate.Int32("queue.wptr", func(p *ps2) *int32 { return &p.wptr }),
		vmstate.Int32("queue.count", func(p *ps2) *int32 { return &p.count }),
		vmstate.Buffer("queue.data", func(p *ps2) []byte { return p.data[:] }),
	},
}

var ps2kbdState = vmstate.Description[ps2kbd]{
	Name: "ps2kbd", Version: 3, MinVersion: 2,
	PreLoad: func(k *ps2kbd) error { k.parent.cwptr = -1; return nil },
	Fields: vmstate.Fields[ps2kbd]{
		vmstate.Struct("parent_obj", func(k *ps2kbd) *ps2 { return &k.parent }, &ps2State),
		vmstate.Int32("scan_enabled", func(k *ps2kbd) *int32 { return &k.scanEnabled }),
		vmstate.Int32("translate", func(k *ps2kbd) *int32 { return &k.translate }),
		vmstate.Int32("scancode_set", func(k *ps2kbd) *int32 { return &k.scancodeSet }).Since(3),
	},
	Subsections: []*vmstate.Description[ps2kbd]{{
		Name: "ps2kbd/ledstate", Version: 3, MinVersion: 2,
		Needed: func(k *ps2kbd) bool { return k.ledstate != 0 },
		Fields: vmstate.Fields[ps2kbd]{
			vmstate.Int32("ledstate", func(k *ps2kbd) *int32 { return &k.ledstate }),
		},
	}, {
		Name: "ps2kbd/need_high_bit", Version: 1, MinVersion: 1,
		Needed: func(k *ps2kbd) bool { return k.needHighBit },
		Fields: vmstate.Fields[ps2kbd]{
			vmstate.Bool("need_high_bit", func(k *ps2kbd) *bool { return &k.needHighBit }),
		},
	}, {
		Name:   "ps2kbd/command_reply_queue",
		Needed: func(k *ps2kbd) bool { return k.parent.cwptr != -1 },
		Fields: vmstate.Fields[ps2kbd]{
			vmstate.Int32("parent_obj.queue.cwptr", func(k *ps2kbd) *int32 { return &k.parent.cwptr }),
		},
	}},
}

func TestQEMUfdc(t *testing.T) {
	conforms(t, &isaFDCState, 0, func() *isaFDC { return &isaFDC{fdc{numFloppies: 2}} })
}

type isaFDC struct{ state fdc }

type fdc struct {
	sra, srb, dor, tdr, dsr, msr, status0, status1, status2                 uint8
	fifo                                                                    [512]uint8
	dataPos, dataLen                                                        uint32
	dataState, dataDir, eot, timer0, timer1, precompTrk, config, lock, pwrd uint8
	numFloppies                                                             uint8
	drives                                                                  [2]fdrive
	resetSensei                                                             int32
	resultTimer                                                             vmstate.Deadline
	phase                                                                   uint8
}

type fdrive struct {
	head, track, sect, mediaChanged, mediaRate, perpendicular uint8
}

var isaFDCState = vmstate.Description[isaFDC]{
	Name: "fdc", Version: 2, MinVersion: 2,
	Fields: vmstate.Fields[isaFDC]{
		vmstate.Struct("state", func(f *isaFDC) *fdc { return &f.state }, &fdcState),
	},
}

// What the controller is doing, as far as the main status register tells.
const (
	fdcCommand uint8 = iota
	fdcExecution
	fdcResult
)

func (f *fdc) impliedPhase() uint8 {
	const rqm, dio, nonDMA = 0x80, 0x40, 0x20
	switch {
	case f.msr&nonDMA != 0 || f.msr&rqm == 0:
		return fdcExecution
	case f.msr&dio != 0:
		return fdcResult
	default:
		return fdcCommand
	}
}

var fdcState = vmstate.Description[fdc]{
	Name: "fdc", Version: 2, MinVersion: 2,
	PreLoad: func(f *fdc) error { f.phase, f.resultTimer = math.MaxUint8, vmstate.NotArmed; return nil },
	PostLoad: func(f *fdc, _ int) error {
		if f.phase == math.MaxUint8 {
			f.phase = f.impliedPhase()
		}
		return nil
	},
	Fields: vmstate.Fields[fdc]{
		vmstate.Uint8("sra", func(f *fdc) *uint8 { return &f.sra }),
		vmstate.Uint8("srb", func(f *fdc) *uint8 { return &f.srb }),
		vmstate.Uint8("dor_vmstate", func(f *fdc) *uint8 { return &f.dor }),
		vmstate.Uint8("tdr", func(f *fdc) *uint8 { return &f.tdr }),
		vmstate.Uint8("dsr", func(f *fdc) *uint8 { return &f.dsr }),
		vmstate.Uint8("msr", func(f *fdc) *uint8 { return &f.msr }),
		vmstate.Uint8("status0", func(f *fdc) *uint8 { return &f.status0 }),
		vmstate.Uint8("status1", func(f *fdc) *uint8 { return &f.status1 }),
		vmstate.Uint8("status2", func(f *fdc) *uint8 { return &f.status2 }),
		vmstate.Array("fifo", func(f *fdc) []uint8 { return f.fifo[:] }, vmstate.Uint8),
		vmstate.Uint32("data_pos", func(f *fdc) *uint32 { return &f.dataPos }),
		vmstate.Uint32("data_len", func(f *fdc) *uint32 { return &f.dataLen }),
		vmstate.Uint8("data_state", func(f *fdc) *uint8 { return &f.dataState }),
		vmstate.Uint8("data_dir", func(f *fdc) *uint8 { return &f.dataDir }),
		vmstate.Uint8("eot", func(f *fdc) *uint8 { return &f.eot }),
		vmstate.Uint8("timer0", func(f *fdc) *uint8 { return &f.timer0 }),
		vmstate.Uint8("timer1", func(f *fdc) *uint8 { return &f.timer1 }),
		vmstate.Uint8("precomp_trk", func(f *fdc) *uint8 { return &f.precompTrk }),
		vmstate.Uint8("config", func(f *fdc) *uint8 { return &f.config }),
		vmstate.Uint8("lock", func(f *fdc) *uint8 { return &f.lock }),
		vmstate.Uint8("pwrd", func(f *fdc) *uint8 { return &f.pwrd }),
		vmstate.Uint8Equal("num_floppies", func(f *fdc) *uint8 { return &f.numFloppies }),
		vmstate.Array("drives", func(f *fdc) []fdrive { return f.drives[:] }, vmstate.StructOf(&fdriveState)).Since(1),
	},
	Subsections: []*vmstate.Description[fdc]{{
		Name: "fdc/reset_sensei", Version: 1, MinVersion: 1,
		Needed: func(f *fdc) bool { return f.resetSensei != 0 },
		Fields: vmstate.Fields[fdc]{
			vmstate.Int32("reset_sensei", func(f *fdc) *int32 { return &f.resetSensei }),
		},
	}, {
		Name: "fdc/result_timer", Version: 1, MinVersion: 1,
		Needed: func(f *fdc) bool { return f.resultTimer != vmstate.NotArmed },
		Fields: vmstate.Fields[fdc]{
			vmstate.Timer("result_timer", func(f *fdc) vmstate.Alarm { return &f.resultTimer }),
		},
	}, {
		Name: "fdc/phase", Version: 1, MinVersion: 1,
		Needed: func(f *fdc) bool { return f.phase != f.impliedPhase() },
		Fields: vmstate.Fields[fdc]{
			vmstate.Uint8("phase", func(f *fdc) *uint8 { return &f.phase }),
		},
	}},
}

var fdriveState = vmstate.Description[fdrive]{
	Name: "fdrive", Version: 1, MinVersion: 1,
	Fields: vmstate.Fields[fdrive]{
		vmstate.Uint8("head", func(d *fdrive) *uint8 { return &d.head }),
		vmstate.Uint8("track", func(d *fdrive) *uint8 { return &d.track }),
		vmstate.Uint8("sect", func(d *fdrive) *uint8 { return &d.sect }),
	},
	Subsections: []*vmstate.Description[fdrive]{{
		Name: "fdrive/media_changed", Version: 1, MinVersion: 1,
		Needed: func(d *fdrive) bool { return d.mediaChanged == 1 },
		Fields: vmstate.Fields[fdrive]{
			vmstate.Uint8("media_changed", func(d *fdrive) *uint8 { return &d.mediaChanged }),
		},
	}, {
		Name: "fdrive/media_rate", Version: 1, MinVersion: 1,
		Fields: vmstate.Fields[fdrive]{
			vmstate.Uint8("media_rate", func(d *fdrive) *uint8 { return &d.mediaRate }),
		},
	}, {
		Name: "fdrive/perpendicular", Version: 1, MinVersion: 1,
		Needed: func(d *fdrive) bool { return d.perpendicular != 0 },
		Fields: vmstate.Fields[fdrive]{
			vmstate.Uint8("perpendicular", func(d *fdrive) *uint8 { return &d.perpendicular }),
		},
	}},
}
