package vmstate_test

import (
	"errors"
	"testing"

	"toyvm/vmstate"
)

func TestQEMUcpu(t *testing.T) { conforms(t, &cpuState, 0, func() *cpu { return new(cpu) }) }

type cpu struct {
	regs                                                     [8]uint32
	eip, eflags, hflags                                      uint32
	fpuc, fpus, fptag, fpFormat                              uint16
	fpregs                                                   [8]fpreg
	segs                                                     [6]segment
	ldt, tr, gdt, idt                                        segment
	sysenterCS, sysenterESP, sysenterEIP, cr0, cr2, cr3, cr4 uint32
	dr                                                       [8]uint32
	a20Mask                                                  int32
	mxcsr                                                    uint32
	xmm, ymmh                                                [8][2]uint64
	smbase                                                   uint32
	pat                                                      uint64
	hflags2                                                  uint32
	vmHsave, vmVMCB, tscOffset, intercept                    uint64
	interceptCRRead, interceptCRWrite                        uint16
	interceptDRRead, interceptDRWrite                        uint16
	interceptExceptions                                      uint32
	vTPR                                                     uint8
	mtrrFixed                                                [11]uint64
	mtrrDeftype                                              uint64
	mtrrVar                                                  [8]mtrr
	interruptInjected                                        int32
	mpState                                                  uint32
	tsc                                                      uint64
	exceptionNr                                              int32
	softInterrupt, nmiInjected, nmiPending, hasErrorCode     uint8
	sipiVector                                               uint32
	mcgCap, mcgStatus, mcgCtl                                uint64
	mceBanks                                                 [40]uint64
	tscAux, systemTimeMSR, wallClockMSR, xcr0, xstateBV      uint64
	pollControlMSR, fpip, fpdp                               uint64
	fpop                                                     uint16
}

type segment struct{ selector, base, limit, flags uint32 }

type mtrr struct{ base, mask uint64 }

// fpreg is an 80-bit register: on the wire a temporary with its two halves.
type fpreg struct {
	exponent    uint16
	significand uint64
}

type fpregTemporary struct {
	parent      *fpreg
	significand uint64
	exponent    uint16
}

var fpregState = vmstate.Description[fpreg]{
	Name: "fpreg",
	Fields: vmstate.Fields[fpreg]{
		vmstate.Temporary("tmp", func(f *fpreg) *fpregTemporary { return &fpregTemporary{parent: f} }, &fpregTemporaryState),
	},
}

var fpregTemporaryState = vmstate.Description[fpregTemporary]{
	Name: "fpreg_tmp",
	PreSave: func(f *fpregTemporary) error {
		f.significand, f.exponent = f.parent.significand, f.parent.exponent
		return nil
	},
	PostLoad: func(f *fpregTemporary, _ int) error {
		*f.parent = fpreg{f.exponent, f.significand}
		return nil
	},
	Fields: vmstate.Fields[fpregTemporary]{
		vmstate.Uint64("tmp_mant", func(f *fpregTemporary) *uint64 { return &f.significand }),
		vmstate.Uint16("tmp_exp", func(f *fpregTemporary) *uint16 { return &f.exponent }),
	},
}

var segmentState = vmstate.Description[segment]{
	Name: "segment", Version: 1, MinVersion: 1,
	Fields: vmstate.Fields[segment]{
		vmstate.Uint32("selector", func(s *segment) *uint32 { return &s.selector }),
		vmstate.Uint32("base", func(s *segment) *uint32 { return &s.base }),
		vmstate.Uint32("limit", func(s *segment) *uint32 { return &s.limit }),
		vmstate.Uint32("flags", func(s *segment) *uint32 { return &s.flags }),
	},
}

var mtrrState = vmstate.Description[mtrr]{
	Name: "mtrr_var", Version: 1, MinVersion: 1,
	Fields: vmstate.Fields[mtrr]{
		vmstate.Uint64("base", func(m *mtrr) *uint64 { return &m.base }),
		vmstate.Uint64("mask", func(m *mtrr) *uint64 { return &m.mask }),
	},
}

// xmmState describes 128 bits as two words of a ZMM register.
func xmmState(name, low, high string) *vmstate.Description[[2]uint64] {
	return &vmstate.Description[[2]uint64]{
		Name: name, Version: 1, MinVersion: 1,
		Fields: vmstate.Fields[[2]uint64]{
			vmstate.Uint64(low, func(q *[2]uint64) *uint64 { return &q[0] }),
			vmstate.Uint64(high, func(q *[2]uint64) *uint64 { return &q[1] }),
		},
	}
}

var cpuState = vmstate.Description[cpu]{
	Name: "cpu", Version: 12, MinVersion: 11,
	PreLoad: func(c *cpu) error { c.pollControlMSR = 1; return nil },
	PostLoad: func(c *cpu, _ int) error {
		if c.fpFormat != 0 {
			return errors.New("floating-point registers in an old format")
		}
		return nil
	},
	Fields: vmstate.Fields[cpu]{
		vmstate.Array("env.regs", func(c *cpu) []uint32 { return c.regs[:] }, vmstate.Uint32),
		vmstate.Uint32("env.eip", func(c *cpu) *uint32 { return &c.eip }),
		vmstate.Uint32("env.eflags", func(c *cpu) *uint32 { return &c.eflags }),
		vmstate.Uint32("env.hflags", func(c *cpu) *uint32 { return &c.hflags }),
		vmstate.Uint16("env.fpuc", func(c *cpu) *uint16 { return &c.fpuc }),
		vmstate.Uint16("env.fpus_vmstate", func(c *cpu) *uint16 { return &c.fpus }),
		vmstate.Uint16("env.fptag_vmstate", func(c *cpu) *uint16 { return &c.fptag }),
		vmstate.Uint16("env.fpregs_format_vmstate", func(c *cpu) *uint16 { return &c.fpFormat }),
		vmstate.Array("env.fpregs", func(c *cpu) []fpreg { return c.fpregs[:] }, vmstate.StructOf(&fpregState)),
		vmstate.Array("env.segs", func(c *cpu) []segment { return c.segs[:] }, vmstate.StructOf(&segmentState)),
		vmstate.Struct("env.ldt", func(c *cpu) *segment { return &c.ldt }, &segmentState),
		vmstate.Struct("env.tr", func(c *cpu) *segment { return &c.tr }, &segmentState),
		vmstate.Struct("env.gdt", func(c *cpu) *segment { return &c.gdt }, &segmentState),
		vmstate.Struct("env.idt", func(c *cpu) *segment { return &c.idt }, &segmentState),
		vmstate.Uint32("env.sysenter_cs", func(c *cpu) *uint32 { return &c.sysenterCS }),
		vmstate.Uint32("env.sysenter_esp", func(c *cpu) *uint32 { return &c.sysenterESP }),
		vmstate.Uint32("env.sysenter_eip", func(c *cpu) *uint32 { return &c.sysenterEIP }),
		vmstate.Uint32("env.cr[0]", func(c *cpu) *uint32 { return &c.cr0 }),
		vmstate.Uint32("env.cr[2]", func(c *cpu) *uint32 { return &c.cr2 }),
		vmstate.Uint32("env.cr[3]", func(c *cpu) *uint32 { return &c.cr3 }),
		vmstate.Uint32("env.cr[4]", func(c *cpu) *uint32 { return &c.cr4 }),
		vmstate.Array("env.dr", func(c *cpu) []uint32 { return c.dr[:] }, vmstate.Uint32),
		vmstate.Int32("env.a20_mask", func(c *cpu) *int32 { return &c.a20Mask }),
		vmstate.Uint32("env.mxcsr", func(c *cpu) *uint32 { return &c.mxcsr }),
		vmstate.Array("env.xmm_regs", func(c *cpu) [][2]uint64 { return c.xmm[:] },
			vmstate.StructOf(xmmState("xmm_reg", "_q_ZMMReg[0]", "_q_ZMMReg[1]"))),
		vmstate.Uint32("env.smbase", func(c *cpu) *uint32 { return &c.smbase }),
		vmstate.Uint64("env.pat", func(c *cpu) *uint64 { return &c.pat }),
		vmstate.Uint32("env.hflags2", func(c *cpu) *uint32 { return &c.hflags2 }),
		vmstate.Uint64("env.vm_hsave", func(c *cpu) *uint64 { return &c.vmHsave }),
		vmstate.Uint64("env.vm_vmcb", func(c *cpu) *uint64 { return &c.vmVMCB }),
		vmstate.Uint64("env.tsc_offset", func(c *cpu) *uint64 { return &c.tscOffset }),
		vmstate.Uint64("env.intercept", func(c *cpu) *uint64 { return &c.intercept }),
		vmstate.Uint16("env.intercept_cr_read", func(c *cpu) *uint16 { return &c.interceptCRRead }),
		vmstate.Uint16("env.intercept_cr_write", func(c *cpu) *uint16 { return &c.interceptCRWrite }),
		vmstate.Uint16("env.intercept_dr_read", func(c *cpu) *uint16 { return &c.interceptDRRead }),
		vmstate.Uint16("env.intercept_dr_write", func(c *cpu) *uint16 { return &c.interceptDRWrite }),
		vmstate.Uint32("env.intercept_exceptions", func(c *cpu) *uint32 { return &c.interceptExceptions }),
		vmstate.Uint8("env.v_tpr", func(c *cpu) *uint8 { return &c.vTPR }),
		vmstate.Array("env.mtrr_fixed", func(c *cpu) []uint64 { return c.mtrrFixed[:] }, vmstate.Uint64),
		vmstate.Uint64("env.mtrr_deftype", func(c *cpu) *uint64 { return &c.mtrrDeftype }),
		vmstate.Array("env.mtrr_var", func(c *cpu) []mtrr { return c.mtrrVar[:] }, vmstate.StructOf(&mtrrState)),
		vmstate.Int32("env.interrupt_injected", func(c *cpu) *int32 { return &c.interruptInjected }),
		vmstate.Uint32("env.mp_state", func(c *cpu) *uint32 { return &c.mpState }),
		vmstate.Uint64("env.tsc", func(c *cpu) *uint64 { return &c.tsc }),
		vmstate.Int32("env.exception_nr", func(c *cpu) *int32 { return &c.exceptionNr }),
		vmstate.Uint8("env.soft_interrupt", func(c *cpu) *uint8 { return &c.softInterrupt }),
		vmstate.Uint8("env.nmi_injected", func(c *cpu) *uint8 { return &c.nmiInjected }),
		vmstate.Uint8("env.nmi_pending", func(c *cpu) *uint8 { return &c.nmiPending }),
		vmstate.Uint8("env.has_error_code", func(c *cpu) *uint8 { return &c.hasErrorCode }),
		vmstate.Uint32("env.sipi_vector", func(c *cpu) *uint32 { return &c.sipiVector }),
		vmstate.Uint64("env.mcg_cap", func(c *cpu) *uint64 { return &c.mcgCap }),
		vmstate.Uint64("env.mcg_status", func(c *cpu) *uint64 { return &c.mcgStatus }),
		vmstate.Uint64("env.mcg_ctl", func(c *cpu) *uint64 { return &c.mcgCtl }),
		vmstate.Array("env.mce_banks", func(c *cpu) []uint64 { return c.mceBanks[:] }, vmstate.Uint64),
		vmstate.Uint64("env.tsc_aux", func(c *cpu) *uint64 { return &c.tscAux }),
		vmstate.Uint64("env.system_time_msr", func(c *cpu) *uint64 { return &c.systemTimeMSR }),
		vmstate.Uint64("env.wall_clock_msr", func(c *cpu) *uint64 { return &c.wallClockMSR }),
		vmstate.Uint64("env.xcr0", func(c *cpu) *uint64 { return &c.xcr0 }).Since(12),
		vmstate.Uint64("env.xstate_bv", func(c *cpu) *uint64 { return &c.xstateBV }).Since(12),
		vmstate.Array("env.xmm_regs", func(c *cpu) [][2]uint64 { return c.ymmh[:] },
			vmstate.StructOf(xmmState("ymmh_reg", "_q_ZMMReg[2]", "_q_ZMMReg[3]"))).Since(12),
	},
	Subsections: []*vmstate.Description[cpu]{{
		Name: "cpu/poll_control_msr", Version: 1, MinVersion: 1,
		Needed: func(c *cpu) bool { return c.pollControlMSR != 1 },
		Fields: vmstate.Fields[cpu]{
			vmstate.Uint64("env.poll_control_msr", func(c *cpu) *uint64 { return &c.pollControlMSR }),
		},
	}, {
		Name: "cpu/fpop_ip_dp", Version: 1, MinVersion: 1,
		Needed: func(c *cpu) bool { return c.fpop != 0 || c.fpip != 0 || c.fpdp != 0 },
		Fields: vmstate.Fields[cpu]{
			vmstate.Uint16("env.fpop", func(c *cpu) *uint16 { return &c.fpop }),
			vmstate.Uint64("env.fpip", func(c *cpu) *uint64 { return &c.fpip }),
			vmstate.Uint64("env.fpdp", func(c *cpu) *uint64 { return &c.fpdp }),
		},
	}},
}
