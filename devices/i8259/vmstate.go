package i8259

import (
	"toyvm/devices"
	"toyvm/vmstate"
)

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
		devices.Flag8("read_reg_select", func(p *PIC) *bool { return &p.readISR }),
		devices.Flag8("poll", func(p *PIC) *bool { return &p.poll }),
		devices.Flag8("special_mask", func(p *PIC) *bool { return &p.specialMask }),
		vmstate.Uint8("init_state", func(p *PIC) *uint8 { return &p.initState }),
		devices.Flag8("auto_eoi", func(p *PIC) *bool { return &p.autoEOI }),
		devices.Flag8("rotate_on_auto_eoi", func(p *PIC) *bool { return &p.rotateAEOI }),
		devices.Flag8("special_fully_nested_mode", func(p *PIC) *bool { return &p.nestSlave }),
		devices.Flag8("init4", func(p *PIC) *bool { return &p.icw4 }),
		devices.Flag8("single_mode", func(p *PIC) *bool { return &p.single }),
		vmstate.Uint8("elcr", func(p *PIC) *uint8 { return &p.elcr }),
	},
}

// Section is the chip's part of a snapshot: instance 0 is the master, 1 the
// slave.
func (p *PIC) Section(instance int) *vmstate.Section {
	return vmstate.NewSection(&State, p, instance)
}
