package window

import (
	"io"
	"strconv"
	"time"

	"toyvm/devices/i8042"
	"toyvm/machine"
)

// menuKey opens the menu; twice it is the guest's.
const menuKey = i8042.KeyF12

// A command is something that the window can do, in the menu, and with its
// letter and Ctrl+Alt outside.
type command struct {
	letter i8042.Key
	name   string
	do     func(w *Window)
}

var commands = []command{
	{i8042.KeyS, "Save a snapshot...", (*Window).askTag},
	{i8042.KeyL, "Go back to a snapshot...", (*Window).listSnapshots},
	{i8042.KeyM, "Monitor...", func(w *Window) { w.open(w.console) }},
	{i8042.KeyC, "Screenshot to a file", (*Window).screenshot},
	{i8042.KeyP, "Pause, or go on", func(w *Window) {
		w.post(func(m *machine.Machine) error { m.SetPaused(!m.Paused()); return nil })
	}},
	{i8042.KeyT, "Turbo: as fast as it goes", func(w *Window) {
		w.post(func(*machine.Machine) error { w.session.Turbo = !w.session.Turbo; return nil })
	}},
	{i8042.KeyF, "Full screen", func(w *Window) { w.look.FullScreen = !w.look.FullScreen }},
	{i8042.KeyG, "Give the mouse to the guest, or take it back", func(w *Window) { w.grab(!w.look.Grabbed) }},
	{i8042.KeyD, "Press Ctrl+Alt+Delete", func(w *Window) {
		w.press(i8042.KeyCtrl, i8042.KeyAlt, i8042.KeyDelete)
	}},
	{i8042.KeyR, "Press the reset button", func(w *Window) { w.do(machine.ResetAction{}) }},
	{i8042.KeyQ, "Quit", (*Window).Close},
}

func (w *Window) openMenu() {
	m := &menu{title: "toyvm: F12 again is F12 for the machine", close: w.closePanel}
	for _, c := range commands {
		m.items = append(m.items, item{letter: c.letter.String(), label: c.name, do: func() { c.do(w) }})
	}
	w.open(m)
}

// press presses keys together for the guest.
func (w *Window) press(keys ...i8042.Key) {
	k := keyboard{}
	for _, c := range append(k.hold(keys), k.hold(nil)...) {
		w.do(c)
	}
}

func (w *Window) askTag() {
	q := &question{title: "Save a snapshot", prompt: "Its name: ", close: w.closePanel}
	q.set(w.now.Format("2006-01-02-150405"))
	q.answer = func(tag string) { w.execute("savevm "+strconv.Quote(tag), "saved "+tag) }
	w.open(q)
}

func (w *Window) listSnapshots() {
	w.post(func(*machine.Machine) error {
		list, err := w.options.Snapshots()
		w.reply(func() {
			if err != nil || len(list) == 0 {
				w.report(err, "there are no snapshots yet")
				return
			}
			w.open(&menu{title: "Go back to a snapshot", items: snapshotItems(list, w.load), close: w.closePanel})
		})
		return nil
	})
}

func (w *Window) load(tag string) {
	w.execute("loadvm "+strconv.Quote(tag), "went back to "+tag)
}

func (w *Window) screenshot() {
	path := w.now.Format("toyvm-2006-01-02-150405.png")
	w.execute("screendump "+path, "the screen is in "+path)
}

// execute has a monitor's command carried out, and reports what comes of it.
func (w *Window) execute(line, success string) {
	w.post(func(*machine.Machine) error {
		w.commanded = true
		w.session.Command(line, io.Discard, func(err error) {
			w.reply(func() { w.report(err, success) })
		})
		return nil
	})
}

func (w *Window) report(err error, success string) {
	if err != nil {
		success = err.Error()
	}
	w.say(success)
}

// say shows a message for some seconds.
func (w *Window) say(text string) {
	const seconds = 4
	w.message, w.messageEnds = text, w.now.Add(seconds*time.Second)
	w.changed = true
}
