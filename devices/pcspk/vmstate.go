package pcspk

import (
	"toyvm/devices"
	"toyvm/vmstate"
)

// State is the state of the port. The gate is part of the timer's.
//
// Version 1: as QEMU's.
var State = vmstate.Description[Speaker]{
	Name:       "pcspk",
	Version:    1,
	MinVersion: 1,
	Fields: vmstate.Fields[Speaker]{
		devices.Flag8("data_on", func(s *Speaker) *bool { return &s.dataOn }),
		vmstate.Uint8("dummy_refresh_clock", func(s *Speaker) *uint8 { return &s.refresh }),
	},
}

// Section is the port's part of a snapshot.
func (s *Speaker) Section() *vmstate.Section { return vmstate.NewSection(&State, s, 0) }
