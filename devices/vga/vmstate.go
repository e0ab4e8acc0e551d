package vga

import (
	"fmt"

	"toyvm/vmstate"
)

// Section is the state of the adapter without its memory, which is a RAM block.
func (v *VGA) Section() *vmstate.Section { return vmstate.NewSection(&state, v, 0) }

// state has the layout of QEMU 7.2's section of the same name. It must not be
// exchanged with QEMU's isapc all the same: isa-vga describes the wrong object
// there, so that what it sends under the name is not registers, and what it
// gets destroys it.
//
// Version 2: as in QEMU 7.2.
var state = vmstate.Description[VGA]{
	Name:       "vga",
	Version:    2,
	MinVersion: 2,
	PreLoad:    (*VGA).preLoad,
	PostLoad:   (*VGA).postLoad,
	Fields: vmstate.Fields[VGA]{
		vmstate.Uint32("latch", func(v *VGA) *uint32 { return &v.gc.latch }),
		vmstate.Uint8("sr_index", func(v *VGA) *uint8 { return &v.seq.index }),
		vmstate.Buffer("sr", func(v *VGA) []byte { return v.seq.regs[:] }),
		vmstate.Uint8("gr_index", func(v *VGA) *uint8 { return &v.gc.index }),
		vmstate.Buffer("gr", func(v *VGA) []byte { return v.gc.regs[:] }),
		vmstate.Uint8("ar_index", func(v *VGA) *uint8 { return &v.attr.index }),
		vmstate.Buffer("ar", func(v *VGA) []byte { return v.attr.regs[:] }),
		vmstate.Int32("ar_flip_flop", func(v *VGA) *int32 { return &v.attr.flipFlop }),
		vmstate.Uint8("cr_index", func(v *VGA) *uint8 { return &v.crtc.index }),
		vmstate.Buffer("cr", func(v *VGA) []byte { return v.crtc.regs[:] }),
		vmstate.Uint8("msr", func(v *VGA) *uint8 { return &v.msr }),
		vmstate.Uint8("fcr", func(v *VGA) *uint8 { return &v.fcr }),
		vmstate.Uint8("st00", func(v *VGA) *uint8 { return &v.st00 }),
		vmstate.Uint8("st01", func(v *VGA) *uint8 { return &v.st01 }),
		vmstate.Uint8("dac_state", func(v *VGA) *uint8 { return &v.dac.state }),
		vmstate.Uint8("dac_sub_index", func(v *VGA) *uint8 { return &v.dac.part }),
		vmstate.Uint8("dac_read_index", func(v *VGA) *uint8 { return &v.dac.readIndex }),
		vmstate.Uint8("dac_write_index", func(v *VGA) *uint8 { return &v.dac.writeIndex }),
		vmstate.Buffer("dac_cache", func(v *VGA) []byte { return v.dac.cache[:] }),
		vmstate.Buffer("palette", func(v *VGA) []byte { return v.dac.colours[:] }),
		vmstate.Int32("bank_offset", func(v *VGA) *int32 { return &v.vbe.bankOffset }),
		vmstate.Uint8Equal("is_vbe_vmstate", func(v *VGA) *uint8 { return &v.vbe.present }),
		vmstate.Uint16("vbe_index", func(v *VGA) *uint16 { return &v.vbe.index }),
		vmstate.Array("vbe_regs", func(v *VGA) []uint16 { return v.vbe.regs[:] }, vmstate.Uint16),
		vmstate.Uint32("vbe_start_addr", func(v *VGA) *uint32 { return &v.vbe.startAddr }),
		vmstate.Uint32("vbe_line_offset", func(v *VGA) *uint32 { return &v.vbe.lineOffset }),
		vmstate.Uint32("vbe_bank_mask", func(v *VGA) *uint32 { return &v.vbe.bankMask }),
	},
	Subsections: []*vmstate.Description[VGA]{&pelMaskState},
}

// pelMaskState is a register that QEMU does not have, sent when it differs
// from what every BIOS sets.
//
// Version 1: first.
var pelMaskState = vmstate.Description[VGA]{
	Name:       "vga/toyvm-pel-mask",
	Version:    1,
	MinVersion: 1,
	Needed:     func(v *VGA) bool { return v.dac.pelMask != pelMaskReset },
	Fields: vmstate.Fields[VGA]{
		vmstate.Uint8("pel_mask", func(v *VGA) *uint8 { return &v.dac.pelMask }),
	},
}

// preLoad sets what the absent subsection stands for.
func (v *VGA) preLoad() error {
	v.dac.pelMask = pelMaskReset
	return nil
}

// postLoad refuses what would be an index out of range, fits a picture of the
// VBE extension into memory and derives the rest.
func (v *VGA) postLoad(int) error {
	if int(v.dac.part) >= len(v.dac.cache) {
		return fmt.Errorf("dac_sub_index %d: a colour has %d parts", v.dac.part, len(v.dac.cache))
	}
	v.fixVBE()
	v.remap()
	v.MarkDirty(0, len(v.vram))
	return nil
}
