package window

import (
	"image"
	"slices"
	"time"

	"toyvm/devices/i8042"
	"toyvm/machine"
)

// Update takes what the user does, and says how the window has to be.
func (w *Window) Update(in Input) Look {
	w.now = in.Time
	w.takeReplies()
	if in.Closing {
		w.Close()
	}
	if !in.Focused {
		in.Keys, in.Text, in.Buttons = nil, "", 0
		w.grab(false)
	}
	before := w.panel
	for _, c := range w.keys.hold(in.Keys) {
		if c.Pressed {
			w.pressed(c.Key)
		} else {
			w.released(c.Key)
		}
	}
	if before != nil && before == w.panel {
		w.typed(in.Text)
	}
	w.updateMouse(&in)
	if w.message != "" && !in.Time.Before(w.messageEnds) {
		w.message, w.changed = "", true
	}
	if w.changed {
		w.drawOverlay()
	}
	w.look.Title = w.title()
	return w.look
}

func (w *Window) takeReplies() {
	w.mu.Lock()
	replies := w.replies
	w.replies = nil
	w.mu.Unlock()
	for _, do := range replies {
		do()
		w.changed = true
	}
}

func (w *Window) pressed(key i8042.Key) {
	isOne := key == i8042.KeyCtrl || key == i8042.KeyAlt
	w.onlyCtrlAlt = isOne && w.ctrlAlt()
	switch {
	case !isOne && w.ctrlAlt() && w.shortcut(key):
	case w.panel == nil && key == menuKey:
		w.openMenu()
	case w.panel == nil:
		w.send(machine.KeyAction{Key: key, Pressed: true})
	case key == menuKey:
		w.closePanel()
		w.press(menuKey)
	default:
		w.repeat = repeat{key, w.now.Add(repeatDelay)}
		w.panel.key(key)
		w.changed = true
	}
}

func (w *Window) released(key i8042.Key) {
	if w.onlyCtrlAlt {
		w.onlyCtrlAlt = false
		w.grab(false)
	}
	w.send(machine.KeyAction{Key: key})
}

// ctrlAlt tells whether the left keys are held that make commands of others.
// The right ones make characters.
func (w *Window) ctrlAlt() bool { return w.keys.holds(i8042.KeyCtrl) && w.keys.holds(i8042.KeyAlt) }

// shortcut carries out the command with a letter, if there is one.
func (w *Window) shortcut(letter i8042.Key) bool {
	for _, c := range commands {
		if c.letter == letter {
			w.closePanel()
			c.do(w)
			return true
		}
	}
	return false
}

// send gives a key to the guest, unless that changes nothing there.
func (w *Window) send(a machine.KeyAction) {
	if w.sent.change(a) {
		w.do(a)
	}
}

// A repeat is a key that is held in a panel.
type repeat struct {
	key  i8042.Key
	next time.Time
}

const (
	repeatDelay = 400 * time.Millisecond
	repeatTime  = 40 * time.Millisecond
)

// typed gives a panel what was typed, and keys that are held.
func (w *Window) typed(text string) {
	if r := &w.repeat; w.keys.holds(r.key) && !w.now.Before(r.next) {
		r.next = w.now.Add(repeatTime)
		w.panel.key(r.key)
		w.changed = true
	}
	if text != "" && w.panel != nil {
		w.panel.text(text)
		w.changed = true
	}
}

// open puts a panel over the picture. The guest's keys come up, as it does not
// learn of that later.
func (w *Window) open(p panel) {
	for _, key := range slices.Clone(w.sent.held) {
		w.send(machine.KeyAction{Key: key})
	}
	w.grab(false)
	w.panel, w.changed = p, true
}

func (w *Window) closePanel() { w.panel, w.changed = nil, true }

func (w *Window) title() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	title := "toyvm"
	if w.paused {
		title += " (paused)"
	}
	if w.turbo {
		title += " (turbo)"
	}
	switch {
	case w.panel != nil:
		return title + ": Esc for the machine"
	case w.look.Grabbed:
		return title + ": Ctrl+Alt takes the mouse back"
	}
	return title + ": F12 for the menu"
}

// An Overlay is what lies over the picture.
type Overlay struct {
	Image   *image.RGBA // nil if there is nothing
	Bottom  bool        // it lies at the bottom, not in the middle
	Version int         // another one whenever it has changed
}

// Overlay is what lies over the picture.
func (w *Window) Overlay() Overlay { return w.overlay }

func (w *Window) drawOverlay() {
	w.changed = false
	o := Overlay{Bottom: w.panel == nil, Version: w.overlay.Version + 1}
	var lines []string
	if w.message != "" {
		lines = wrap(w.message)
	}
	rows := len(lines)
	if w.panel != nil {
		rows = panelRows
	}
	if rows > 0 {
		c := newCanvas(panelColumns, rows)
		if w.panel != nil {
			w.panel.draw(c)
		}
		for i, l := range lines {
			row := rows - len(lines) + i
			c.fill(row, chosen)
			c.print(1, row, chosen, l)
		}
		o.Image = c.pixels
	}
	w.overlay = o
}
