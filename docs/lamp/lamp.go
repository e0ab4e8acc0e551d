// Package lamp is a device to learn from: a lamp that fades to a brightness.
//
// Not emulated: the heat.
package lamp

import (
	"cmp"
	"fmt"

	"toyvm/devices"
	"toyvm/vmstate"
)

// Registers, by their distance from the first port.
const (
	regLevel  = 0 // brightness, 0 to 100; writing ends a fade
	regTarget = 1 // brightness to fade to, one step a millisecond
	regColour = 2 // index of the colour
)

const step = 1e6 // nanoseconds

// A Lamp is its registers, a timer and a line that is high while it is on.
type Lamp struct {
	level, target uint8         // not the same while a fade is under way
	colour        uint8         // since version 2
	fade          devices.Timer // next step
	clock         devices.Clock `vmstate:"transient"`
	on            devices.Line  `vmstate:"transient"`
}

// New makes a dark lamp.
func New(clock devices.Clock, on devices.Line) *Lamp {
	l := &Lamp{clock: clock, on: on}
	l.fade = clock.NewTimer("lamp fade", l.step)
	return l
}

func (l *Lamp) In(port uint16, _ int) uint32 {
	return uint32([]uint8{l.level, l.target, l.colour, 0xff}[port&3])
}

func (l *Lamp) Out(port uint16, _ int, value uint32) {
	switch level := uint8(min(value, 100)); port & 3 {
	case regLevel:
		l.set(level, level)
	case regTarget:
		l.set(l.level, level)
	case regColour:
		l.colour = uint8(value)
	}
}

func (l *Lamp) set(level, target uint8) {
	l.level, l.target = level, target
	l.on.Set(level > 0)
	l.fade.SetExpiry(-1)
	if l.fading() {
		l.fade.SetExpiry(l.clock.Now() + step)
	}
}

func (l *Lamp) fading() bool { return l.level != l.target }

func (l *Lamp) step() { l.set(l.level+uint8(cmp.Compare(l.target, l.level)), l.target) }

// State is what is saved. Version 2 added the colour.
var State = vmstate.Description[Lamp]{
	Name: "lamp", Version: 2, MinVersion: 1,
	PreLoad:  func(l *Lamp) error { l.colour = 0; l.fade.SetExpiry(-1); return nil },
	PostLoad: (*Lamp).loaded,
	Fields: vmstate.Fields[Lamp]{
		vmstate.Uint8("level", func(l *Lamp) *uint8 { return &l.level }),
		vmstate.Uint8("target", func(l *Lamp) *uint8 { return &l.target }),
		vmstate.Uint8("colour", func(l *Lamp) *uint8 { return &l.colour }).Since(2),
	},
	Subsections: []*vmstate.Description[Lamp]{{
		Name: "lamp/fade", Version: 1, MinVersion: 1,
		Needed: (*Lamp).fading,
		Fields: vmstate.Fields[Lamp]{vmstate.Timer("fade", func(l *Lamp) vmstate.Alarm { return l.fade })},
	}},
}

// loaded refuses what no lamp can be, and does what the registers imply.
func (l *Lamp) loaded(int) error {
	if max(l.level, l.target) > 100 || l.fading() != (l.fade.Expiry() >= 0) {
		return fmt.Errorf("level %d, target %d and next step at %d do not go together", l.level, l.target, l.fade.Expiry())
	}
	l.on.Set(l.level > 0)
	return nil
}
