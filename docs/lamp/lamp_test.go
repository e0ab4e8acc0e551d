package lamp

import (
	"testing"

	"toyvm/devices/devicetest"
	"toyvm/vmstate/vmstatetest"
)

var subject = vmstatetest.Subject[Lamp]{
	Description: &State,
	New:         func() *Lamp { return New(&devicetest.Clock{}, &devicetest.Line{}) },
	States: map[string]func(*Lamp){
		"red":    func(l *Lamp) { l.Out(regLevel, 1, 50); l.Out(regColour, 1, 4) },
		"fading": func(l *Lamp) { l.Out(regTarget, 1, 80) },
	},
}

func TestState(t *testing.T) { vmstatetest.Run(t, subject) }

func FuzzState(f *testing.F) { vmstatetest.Fuzz(f, subject) }
