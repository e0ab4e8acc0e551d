package fwcfg

import "toyvm/vmstate"

// state is QEMU's fw_cfg.
//
// Version 1: QEMU 0.10; the offset had 16 bits.
// Version 2: QEMU 0.11.
var state = vmstate.Description[Device]{
	Name: "fw_cfg", Version: 2, MinVersion: 1,
	Fields: vmstate.Fields[Device]{
		vmstate.Uint16("cur_entry", func(d *Device) *uint16 { return &d.selected }),
		vmstate.Custom("cur_offset", "int32_as_uint16", 2, func(d *Device) *uint32 { return &d.offset },
			func(e *vmstate.Encoder, offset *uint32) error { e.Uint16(uint16(*offset)); return nil },
			func(dec *vmstate.Decoder, offset *uint32) error { *offset = uint32(dec.Uint16()); return nil },
		).When(func(_ *Device, version int) bool { return version == 1 }),
		vmstate.Uint32("cur_offset", func(d *Device) *uint32 { return &d.offset }).Since(2),
	},
	Subsections: []*vmstate.Description[Device]{&dmaState},
}

var dmaState = vmstate.Description[Device]{
	Name: "fw_cfg/dma", Version: 0, MinVersion: 0,
	Fields: vmstate.Fields[Device]{
		vmstate.Uint64("dma_addr", func(d *Device) *uint64 { return &d.dma }),
	},
}

// Section is the device's part of a machine's state. What it tells of is
// configuration.
func (d *Device) Section(instance int) *vmstate.Section {
	return vmstate.NewSection(&state, d, instance)
}
