package pcspk

import "toyvm/vmstate"

// State is the state of the port. The gate is part of the timer's.
//
// Version 1: as QEMU's.
var State = vmstate.Description[Speaker]{
	Name:       "pcspk",
	Version:    1,
	MinVersion: 1,
	Fields: vmstate.Fields[Speaker]{
		vmstate.Custom("data_on", "uint8", 1, func(s *Speaker) *bool { return &s.dataOn }, putFlag, getFlag),
		vmstate.Uint8("dummy_refresh_clock", func(s *Speaker) *uint8 { return &s.refresh }),
	},
}

func putFlag(e *vmstate.Encoder, v *bool) error {
	var b uint8
	if *v {
		b = 1
	}
	e.Uint8(b)
	return nil
}

func getFlag(d *vmstate.Decoder, v *bool) error { *v = d.Uint8() != 0; return nil }

// Section is the port's part of a snapshot.
func (s *Speaker) Section() *vmstate.Section { return vmstate.NewSection(&State, s, 0) }
