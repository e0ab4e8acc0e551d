package cpu

import (
	"errors"

	"toyvm/vmstate"
)

// Bits of the field interrupt_request.
const (
	requestHard = 1 << 1 // level of INTR
	requestNMI  = 1 << 9
)

// Bits of the field hflags that are not bits of CR0 moved to another place.
const (
	hiddenShadow = 1 << 3 // no interrupt before the next instruction
	hiddenCS32   = 1 << 4
	hiddenSS32   = 1 << 5
	hiddenAddSeg = 1 << 6 // some segment base is not 0, or code has 16 bits
	hiddenPE     = 1 << 7
	hiddenCR0    = 8 // CR0.MP, EM and TS are so many bits further up

	hidden2NMI = 1 << 2 // NMI is masked until IRET
)

// later is the state of processors later than those emulated. It travels in
// the section, so that a stream which was loaded is saved as it was.
type later struct {
	requests, hflags2                                    uint32 // bits without a meaning here
	mxcsr                                                uint32
	xmm, ymmh                                            [8][2]uint64
	smbase                                               uint32
	pat                                                  uint64
	vmHsave, vmVMCB, intercept                           uint64
	interceptCRRead, interceptCRWrite                    uint16
	interceptDRRead, interceptDRWrite                    uint16
	interceptExceptions                                  uint32
	vTPR                                                 uint8
	mtrrFixed                                            [11]uint64
	mtrrDeftype                                          uint64
	mtrrVar                                              [8]mtrr
	interruptInjected                                    int32
	mpState                                              uint32
	tsc                                                  uint64
	exceptionNr                                          int32
	softInterrupt, nmiInjected, nmiPending, hasErrorCode uint8
	sipiVector                                           uint32
	mcgCap, mcgStatus, mcgCtl                            uint64
	mceBanks                                             [40]uint64
	tscAux, systemTimeMSR, wallClockMSR, xcr0, xstateBV  uint64
	pollControlMSR                                       uint64
}

type mtrr struct{ base, mask uint64 }

// laterReset is what QEMU sends for a processor after reset.
var laterReset = later{
	hflags2:           0x101,
	mxcsr:             0x1F80,
	smbase:            0x30000,
	pat:               0x0007040600070406,
	interruptInjected: -1,
	exceptionNr:       -1,
	xcr0:              1,
}

// state is the processor as its sections hold it: the flags put together,
// selectors and tables in the form of all segments, the x87 with its tags.
type state struct {
	cpu *CPU

	halted, requests             uint32
	regs                         [8]uint32
	eip, eflags, hflags, hflags2 uint32
	fpuc, fpus, fptag, fpFormat  uint16
	segs                         [6]wireSegment
	ldt, tr, gdt, idt            wireSegment
	a20                          int32
	fpop                         uint16
	fpip, fpdp                   uint64

	fpcs, fpds                       uint16
	shadowSS, shutdown, resetPending bool
	trapPending                      uint32
	instructions                     uint64
}

type wireSegment struct{ selector, base, limit, flags uint32 }

// Sections is the state of the processor: cpu_common, cpu, and toyvm/cpu for
// what QEMU's sections have no place for.
func (c *CPU) Sections() []*vmstate.Section {
	s := &state{cpu: c}
	return []*vmstate.Section{
		vmstate.NewSection(&commonState, s, 0),
		vmstate.NewSection(&cpuState, s, 0),
		vmstate.NewSection(&extraState, s, 0),
	}
}

// commonState is what QEMU keeps for processors of every kind.
//
// Version 1: as QEMU's.
var commonState = vmstate.Description[state]{
	Name: "cpu_common", Version: 1, MinVersion: 1,
	PreSave: func(s *state) error {
		c := s.cpu
		s.halted, s.requests = bit(c.halted, 1), c.later.requests|bit(c.intr, requestHard)|bit(c.nmi, requestNMI)
		return nil
	},
	PostLoad: func(s *state, _ int) error {
		c := s.cpu
		c.halted = s.halted != 0
		c.intr, c.nmi = s.requests&requestHard != 0, s.requests&requestNMI != 0
		c.later.requests = s.requests &^ (requestHard | requestNMI)
		return nil
	},
	Fields: vmstate.Fields[state]{
		vmstate.Uint32("halted", func(s *state) *uint32 { return &s.halted }),
		vmstate.Uint32("interrupt_request", func(s *state) *uint32 { return &s.requests }),
	},
}

// cpuState is the processor as QEMU's 32-bit build sends it.
//
// Version 12: as QEMU's. Version 11: without what came with AVX.
var cpuState = vmstate.Description[state]{
	Name: "cpu", Version: 12, MinVersion: 11,
	PreSave:  (*state).collect,
	PreLoad:  (*state).preLoad,
	PostLoad: (*state).apply,
	Fields: vmstate.Fields[state]{
		vmstate.Array("env.regs", func(s *state) []uint32 { return s.regs[:] }, vmstate.Uint32),
		vmstate.Uint32("env.eip", func(s *state) *uint32 { return &s.eip }),
		vmstate.Uint32("env.eflags", func(s *state) *uint32 { return &s.eflags }),
		vmstate.Uint32("env.hflags", func(s *state) *uint32 { return &s.hflags }),
		vmstate.Uint16("env.fpuc", func(s *state) *uint16 { return &s.fpuc }),
		vmstate.Uint16("env.fpus_vmstate", func(s *state) *uint16 { return &s.fpus }),
		vmstate.Uint16("env.fptag_vmstate", func(s *state) *uint16 { return &s.fptag }),
		vmstate.Uint16("env.fpregs_format_vmstate", func(s *state) *uint16 { return &s.fpFormat }),
		vmstate.Array("env.fpregs", func(s *state) []f80 { return s.cpu.fpu.r[:] }, vmstate.StructOf(&f80State)),
		vmstate.Array("env.segs", func(s *state) []wireSegment { return s.segs[:] }, vmstate.StructOf(&segmentState)),
		vmstate.Struct("env.ldt", func(s *state) *wireSegment { return &s.ldt }, &segmentState),
		vmstate.Struct("env.tr", func(s *state) *wireSegment { return &s.tr }, &segmentState),
		vmstate.Struct("env.gdt", func(s *state) *wireSegment { return &s.gdt }, &segmentState),
		vmstate.Struct("env.idt", func(s *state) *wireSegment { return &s.idt }, &segmentState),
		vmstate.Uint32("env.sysenter_cs", func(s *state) *uint32 { return &s.cpu.msr.sysenterCS }),
		vmstate.Uint32("env.sysenter_esp", func(s *state) *uint32 { return &s.cpu.msr.sysenterESP }),
		vmstate.Uint32("env.sysenter_eip", func(s *state) *uint32 { return &s.cpu.msr.sysenterEIP }),
		vmstate.Uint32("env.cr[0]", func(s *state) *uint32 { return &s.cpu.cr0 }),
		vmstate.Uint32("env.cr[2]", func(s *state) *uint32 { return &s.cpu.cr2 }),
		vmstate.Uint32("env.cr[3]", func(s *state) *uint32 { return &s.cpu.cr3 }),
		vmstate.Uint32("env.cr[4]", func(s *state) *uint32 { return &s.cpu.cr4 }),
		vmstate.Array("env.dr", func(s *state) []uint32 { return s.cpu.dr[:] }, vmstate.Uint32),
		vmstate.Int32("env.a20_mask", func(s *state) *int32 { return &s.a20 }),
		vmstate.Uint32("env.mxcsr", func(s *state) *uint32 { return &s.cpu.later.mxcsr }),
		vmstate.Array("env.xmm_regs", func(s *state) [][2]uint64 { return s.cpu.later.xmm[:] },
			vmstate.StructOf(xmmState("xmm_reg", "_q_ZMMReg[0]", "_q_ZMMReg[1]"))),
		vmstate.Uint32("env.smbase", func(s *state) *uint32 { return &s.cpu.later.smbase }),
		vmstate.Uint64("env.pat", func(s *state) *uint64 { return &s.cpu.later.pat }),
		vmstate.Uint32("env.hflags2", func(s *state) *uint32 { return &s.hflags2 }),
		vmstate.Uint64("env.vm_hsave", func(s *state) *uint64 { return &s.cpu.later.vmHsave }),
		vmstate.Uint64("env.vm_vmcb", func(s *state) *uint64 { return &s.cpu.later.vmVMCB }),
		vmstate.Uint64("env.tsc_offset", func(s *state) *uint64 { return &s.cpu.msr.tscOffset }),
		vmstate.Uint64("env.intercept", func(s *state) *uint64 { return &s.cpu.later.intercept }),
		vmstate.Uint16("env.intercept_cr_read", func(s *state) *uint16 { return &s.cpu.later.interceptCRRead }),
		vmstate.Uint16("env.intercept_cr_write", func(s *state) *uint16 { return &s.cpu.later.interceptCRWrite }),
		vmstate.Uint16("env.intercept_dr_read", func(s *state) *uint16 { return &s.cpu.later.interceptDRRead }),
		vmstate.Uint16("env.intercept_dr_write", func(s *state) *uint16 { return &s.cpu.later.interceptDRWrite }),
		vmstate.Uint32("env.intercept_exceptions", func(s *state) *uint32 { return &s.cpu.later.interceptExceptions }),
		vmstate.Uint8("env.v_tpr", func(s *state) *uint8 { return &s.cpu.later.vTPR }),
		vmstate.Array("env.mtrr_fixed", func(s *state) []uint64 { return s.cpu.later.mtrrFixed[:] }, vmstate.Uint64),
		vmstate.Uint64("env.mtrr_deftype", func(s *state) *uint64 { return &s.cpu.later.mtrrDeftype }),
		vmstate.Array("env.mtrr_var", func(s *state) []mtrr { return s.cpu.later.mtrrVar[:] }, vmstate.StructOf(&mtrrState)),
		vmstate.Int32("env.interrupt_injected", func(s *state) *int32 { return &s.cpu.later.interruptInjected }),
		vmstate.Uint32("env.mp_state", func(s *state) *uint32 { return &s.cpu.later.mpState }),
		vmstate.Uint64("env.tsc", func(s *state) *uint64 { return &s.cpu.later.tsc }),
		vmstate.Int32("env.exception_nr", func(s *state) *int32 { return &s.cpu.later.exceptionNr }),
		vmstate.Uint8("env.soft_interrupt", func(s *state) *uint8 { return &s.cpu.later.softInterrupt }),
		vmstate.Uint8("env.nmi_injected", func(s *state) *uint8 { return &s.cpu.later.nmiInjected }),
		vmstate.Uint8("env.nmi_pending", func(s *state) *uint8 { return &s.cpu.later.nmiPending }),
		vmstate.Uint8("env.has_error_code", func(s *state) *uint8 { return &s.cpu.later.hasErrorCode }),
		vmstate.Uint32("env.sipi_vector", func(s *state) *uint32 { return &s.cpu.later.sipiVector }),
		vmstate.Uint64("env.mcg_cap", func(s *state) *uint64 { return &s.cpu.later.mcgCap }),
		vmstate.Uint64("env.mcg_status", func(s *state) *uint64 { return &s.cpu.later.mcgStatus }),
		vmstate.Uint64("env.mcg_ctl", func(s *state) *uint64 { return &s.cpu.later.mcgCtl }),
		vmstate.Array("env.mce_banks", func(s *state) []uint64 { return s.cpu.later.mceBanks[:] }, vmstate.Uint64),
		vmstate.Uint64("env.tsc_aux", func(s *state) *uint64 { return &s.cpu.later.tscAux }),
		vmstate.Uint64("env.system_time_msr", func(s *state) *uint64 { return &s.cpu.later.systemTimeMSR }),
		vmstate.Uint64("env.wall_clock_msr", func(s *state) *uint64 { return &s.cpu.later.wallClockMSR }),
		vmstate.Uint64("env.xcr0", func(s *state) *uint64 { return &s.cpu.later.xcr0 }).Since(12),
		vmstate.Uint64("env.xstate_bv", func(s *state) *uint64 { return &s.cpu.later.xstateBV }).Since(12),
		vmstate.Array("env.xmm_regs", func(s *state) [][2]uint64 { return s.cpu.later.ymmh[:] },
			vmstate.StructOf(xmmState("ymmh_reg", "_q_ZMMReg[2]", "_q_ZMMReg[3]"))).Since(12),
	},
	Subsections: []*vmstate.Description[state]{{
		Name: "cpu/poll_control_msr", Version: 1, MinVersion: 1,
		Needed: func(s *state) bool { return s.cpu.later.pollControlMSR != 1 },
		Fields: vmstate.Fields[state]{
			vmstate.Uint64("env.poll_control_msr", func(s *state) *uint64 { return &s.cpu.later.pollControlMSR }),
		},
	}, {
		Name: "cpu/fpop_ip_dp", Version: 1, MinVersion: 1,
		Needed: func(s *state) bool { return s.fpop != 0 || s.fpip != 0 || s.fpdp != 0 },
		Fields: vmstate.Fields[state]{
			vmstate.Uint16("env.fpop", func(s *state) *uint16 { return &s.fpop }),
			vmstate.Uint64("env.fpip", func(s *state) *uint64 { return &s.fpip }),
			vmstate.Uint64("env.fpdp", func(s *state) *uint64 { return &s.fpdp }),
		},
	}},
}

// extraState is a section of its own, so that other programs can leave it out.
//
// Version 1: the first.
var extraState = vmstate.Description[state]{
	Name: "toyvm/cpu", Version: 1, MinVersion: 1,
	PreSave: func(s *state) error {
		c := s.cpu
		s.fpcs, s.fpds = c.fpu.fcs, c.fpu.fds
		s.shadowSS, s.shutdown, s.resetPending = c.shadowSS, c.shutdown, c.resetPending
		s.trapPending, s.instructions = c.trapPending, c.Instructions()
		return nil
	},
	PostLoad: func(s *state, _ int) error {
		c := s.cpu
		c.fpu.fcs, c.fpu.fds = s.fpcs, s.fpds
		c.shadowSS, c.shutdown, c.resetPending = s.shadowSS && c.shadow, s.shutdown, s.resetPending
		c.trapPending = s.trapPending
		c.op, c.left, c.target = nil, 0, s.instructions
		return nil
	},
	Fields: vmstate.Fields[state]{
		vmstate.Uint64("instructions", func(s *state) *uint64 { return &s.instructions }),
		vmstate.Uint32("trap_pending", func(s *state) *uint32 { return &s.trapPending }),
		vmstate.Bool("shadow_ss", func(s *state) *bool { return &s.shadowSS }),
		vmstate.Bool("shutdown", func(s *state) *bool { return &s.shutdown }),
		vmstate.Bool("reset_pending", func(s *state) *bool { return &s.resetPending }),
		vmstate.Uint16("fpu_cs", func(s *state) *uint16 { return &s.fpcs }),
		vmstate.Uint16("fpu_ds", func(s *state) *uint16 { return &s.fpds }),
	},
}

func bit(v bool, b uint32) uint32 {
	if v {
		return b
	}
	return 0
}

// collect takes the state from the processor.
func (s *state) collect() error {
	c := s.cpu
	copy(s.regs[:], c.r[:])
	s.eip, s.eflags, s.hflags = c.eip, c.flags(), c.hiddenFlags()
	s.a20 = int32(c.a20)
	s.hflags2 = c.later.hflags2 | bit(c.inNMI, hidden2NMI)
	s.fpuc, s.fpus, s.fptag, s.fpFormat = c.fpu.cw, c.fpu.status(), uint16(c.fpu.used), 0
	s.fpop, s.fpip, s.fpdp = c.fpu.fop, uint64(c.fpu.fip), uint64(c.fpu.fdp)
	for i := range s.segs {
		s.segs[i] = c.toWire(&c.seg[i])
	}
	s.ldt, s.tr = c.toWire(&c.ldt), c.toWire(&c.tr)
	s.gdt = wireSegment{base: c.gdt.base, limit: c.gdt.limit}
	s.idt = wireSegment{base: c.idt.base, limit: c.idt.limit}
	return nil
}

func (s *state) preLoad() error {
	s.fpop, s.fpip, s.fpdp = 0, 0, 0
	s.cpu.later.pollControlMSR = 1
	s.cpu.fpu.fcs, s.cpu.fpu.fds = 0, 0
	return nil
}

// apply gives the state to the processor.
func (s *state) apply(int) error {
	c := s.cpu
	if s.fpFormat != 0 {
		return errors.New("floating-point registers in an old format")
	}
	copy(c.r[:], s.regs[:])
	c.eip, c.a20 = s.eip, uint32(s.a20)
	c.setFlags(s.eflags)
	c.fpu.cw, c.fpu.used = s.fpuc, uint8(s.fptag)
	c.fpu.setStatus(s.fpus)
	c.fpu.fop, c.fpu.fip, c.fpu.fdp = s.fpop, uint32(s.fpip), uint32(s.fpdp)
	for i := range s.segs {
		c.seg[i] = s.segs[i].segment()
	}
	c.ldt, c.tr = s.ldt.segment(), s.tr.segment()
	c.gdt, c.idt = table{s.gdt.base, s.gdt.limit}, table{s.idt.base, s.idt.limit}
	switch {
	case c.cr0&CR0PE == 0:
		c.cpl = 0
	case c.v86():
		c.cpl = 3
	default:
		c.cpl = c.seg[SS].dpl()
	}
	c.shadow, c.shadowSS = s.hflags&hiddenShadow != 0, false
	c.inNMI = s.hflags2&hidden2NMI != 0
	c.later.hflags2 = s.hflags2 &^ hidden2NMI
	c.shutdown, c.resetPending, c.stop, c.trapPending = false, false, false, 0
	c.op = nil
	c.flushTLB(true)
	c.modeChanged()
	return nil
}

// hiddenFlags is what QEMU derives from other state and sends all the same.
func (c *CPU) hiddenFlags() uint32 {
	f := uint32(c.cpl) | c.cr0&(CR0MP|CR0EM|CR0TS)<<hiddenCR0
	f |= bit(c.shadow, hiddenShadow) | bit(c.seg[CS].flags&segB != 0, hiddenCS32) |
		bit(c.seg[SS].flags&segB != 0, hiddenSS32) | bit(c.cr0&CR0PE != 0, hiddenPE)
	if !c.protected() || c.seg[CS].flags&segB == 0 || c.seg[DS].base|c.seg[ES].base|c.seg[SS].base != 0 {
		f |= hiddenAddSeg
	}
	return f
}

// toWire gives a segment the form of QEMU, whose attributes are the whole second
// doubleword of the descriptor that was loaded, base and limit bits included.
func (c *CPU) toWire(s *segment) wireSegment {
	w := wireSegment{uint32(s.selector), s.base, s.limit, s.flags}
	if c.protected() && s.flags != 0 {
		limit := s.limit
		if s.flags&segG != 0 {
			limit >>= 12
		}
		w.flags |= s.base&0xFF000000 | limit&0xF0000 | s.base>>16&0xFF
	}
	return w
}

func (w *wireSegment) segment() segment {
	return segment{selector: uint16(w.selector), base: w.base, limit: w.limit, flags: w.flags & segFlagMask}
}
