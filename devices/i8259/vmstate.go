package i8259

import "toyvm/vmstate"

// State is the state of one chip. INT is not part of it: whoever listens to
// it keeps its level.
//
// Version 1: as QEMU's.
var State = vmstate.Description[PIC]{
	Name:       "i8259",
	Version:    1,
	MinVersion: 1,
	Fields: vmstate.Fields[PIC]{
		vmstate.Uint8("last_irr", func(p *PIC) *uint8 { return &p.lines }),
		vmstate.Uint8("irr", func(p *PIC) *uint8 { return &p.irr }),
		vmstate.Uint8("imr", func(p *PIC) *uint8 { return &p.imr }),
		vmstate.Uint8("isr", func(p *PIC) *uint8 { return &p.isr }),
		vmstate.Uint8("priority_add", func(p *PIC) *uint8 { return &p.highest }),
		vmstate.Uint8("irq_base", func(p *PIC) *uint8 { return &p.irqBase }),
		flag("read_reg_select", func(p *PIC) *bool { return &p.readISR }),
		flag("poll", func(p *PIC) *bool { return &p.poll }),
		flag("special_mask", func(p *PIC) *bool { return &p.specialMask }),
		vmstate.Uint8("init_state", func(p *PIC) *uint8 { return &p.initState }),
		flag("auto_eoi", func(p *PIC) *bool { return &p.autoEOI }),
		flag("rotate_on_auto_eoi", func(p *PIC) *bool { return &p.rotateAEOI }),
		flag("special_fully_nested_mode", func(p *PIC) *bool { return &p.nestSlave }),
		flag("init4", func(p *PIC) *bool { return &p.icw4 }),
		flag("single_mode", func(p *PIC) *bool { return &p.single }),
		vmstate.Uint8("elcr", func(p *PIC) *uint8 { return &p.elcr }),
	},
}

// Section is the chip's part of a snapshot: instance 0 is the master, 1 the
// slave.
func (p *PIC) Section(instance int) *vmstate.Section {
	return vmstate.NewSection(&State, p, instance)
}

// flag is a bool that travels as a uint8.
func flag(name string, at func(*PIC) *bool) vmstate.Field[PIC] {
	return vmstate.Custom(name, "uint8", 1, at,
		func(e *vmstate.Encoder, v *bool) error {
			var b uint8
			if *v {
				b = 1
			}
			e.Uint8(b)
			return nil
		},
		func(d *vmstate.Decoder, v *bool) error { *v = d.Uint8() != 0; return nil })
}
