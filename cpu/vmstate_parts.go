package cpu

import "toyvm/vmstate"

// An f80Halves is a register on its way: QEMU sends the significand first.
type f80Halves struct {
	register    *f80
	significand uint64
	exponent    uint16
}

var f80State = vmstate.Description[f80]{
	Name: "fpreg",
	Fields: vmstate.Fields[f80]{
		vmstate.Temporary("tmp", func(f *f80) *f80Halves { return &f80Halves{register: f} }, &f80HalvesState),
	},
}

var f80HalvesState = vmstate.Description[f80Halves]{
	Name: "fpreg_tmp",
	PreSave: func(f *f80Halves) error {
		f.significand, f.exponent = f.register.m, f.register.se
		return nil
	},
	PostLoad: func(f *f80Halves, _ int) error {
		*f.register = f80{m: f.significand, se: f.exponent}
		return nil
	},
	Fields: vmstate.Fields[f80Halves]{
		vmstate.Uint64("tmp_mant", func(f *f80Halves) *uint64 { return &f.significand }),
		vmstate.Uint16("tmp_exp", func(f *f80Halves) *uint16 { return &f.exponent }),
	},
}

var segmentState = vmstate.Description[wireSegment]{
	Name: "segment", Version: 1, MinVersion: 1,
	Fields: vmstate.Fields[wireSegment]{
		vmstate.Uint32("selector", func(s *wireSegment) *uint32 { return &s.selector }),
		vmstate.Uint32("base", func(s *wireSegment) *uint32 { return &s.base }),
		vmstate.Uint32("limit", func(s *wireSegment) *uint32 { return &s.limit }),
		vmstate.Uint32("flags", func(s *wireSegment) *uint32 { return &s.flags }),
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
