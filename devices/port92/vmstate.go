package port92

import "toyvm/vmstate"

// The layout is QEMU's and began with this package as version 1.
var state = vmstate.Description[Port92]{
	Name: "port92", Version: 1, MinVersion: 1,
	Fields: vmstate.Fields[Port92]{
		vmstate.Uint8("outport", func(p *Port92) *uint8 { return &p.value }),
	},
}

// Section is the state of the port.
func (p *Port92) Section() *vmstate.Section { return vmstate.NewSection(&state, p, 0) }
