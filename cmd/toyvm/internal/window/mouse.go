package window

import (
	"image"
	"math"

	"toyvm/devices/i8042"
	"toyvm/machine"
)

// A mouse makes movements of the guest's mouse of places of the pointer.
type mouse struct {
	known   bool // where the pointer was
	place   image.Point
	wheel   float64       // turned, but not by a whole step yet
	buttons i8042.Buttons // that were held
}

// follow is what the guest's mouse does to follow the pointer.
func (m *mouse) follow(in *Input) (a machine.MouseAction) {
	if m.known {
		d := in.Pointer.Sub(m.place)
		a.DX, a.DY = d.X, d.Y
	}
	m.known, m.place = true, in.Pointer
	whole, rest := math.Modf(m.wheel - in.Wheel) // the guest's turns towards the user
	m.wheel, a.Wheel = rest, int(whole)
	a.Press, a.Release = in.Buttons&^m.buttons, m.buttons&^in.Buttons
	m.buttons = in.Buttons
	return a
}

// updateMouse moves the guest's mouse if it has the pointer. Else a click into
// the picture gives it to it.
func (w *Window) updateMouse(in *Input) {
	if w.look.Grabbed {
		w.moveMouse(w.mouse.follow(in))
		return
	}
	clicked := in.Buttons &^ w.mouse.buttons
	w.mouse.buttons = in.Buttons
	if clicked != 0 && w.panel == nil {
		w.grab(true)
	}
}

func (w *Window) moveMouse(a machine.MouseAction) {
	if a != (machine.MouseAction{}) {
		w.do(a)
	}
}

// grab gives the pointer to the guest, or takes it back, and then no button
// stays down.
func (w *Window) grab(on bool) {
	if w.look.Grabbed && !on {
		w.moveMouse(machine.MouseAction{Release: w.mouse.buttons})
	}
	if on != w.look.Grabbed {
		w.mouse.known, w.mouse.wheel = false, 0
	}
	w.look.Grabbed = on
}
