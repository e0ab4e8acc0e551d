package window

import (
	"strings"
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

// commands are those that this window has.
func (w *Window) commands() []command {
	var list []command
	if w.options.Store != nil {
		list = append(list,
			command{i8042.KeyS, "Save a snapshot...", (*Window).askTag},
			command{i8042.KeyL, "Go back to a snapshot...", (*Window).listSnapshots})
	}
	if w.options.Monitor != nil {
		list = append(list,
			command{i8042.KeyM, "Monitor...", (*Window).openMonitor},
			command{i8042.KeyC, "Screenshot to a file", (*Window).screenshot})
	}
	return append(list,
		command{i8042.KeyP, "Pause, or go on", func(w *Window) {
			w.post(func() error { w.session.Paused = !w.session.Paused; return nil })
		}},
		command{i8042.KeyT, "Turbo: as fast as it goes", func(w *Window) {
			w.post(func() error { w.session.Turbo = !w.session.Turbo; return nil })
		}},
		command{i8042.KeyF, "Full screen", func(w *Window) { w.look.FullScreen = !w.look.FullScreen }},
		command{i8042.KeyG, "Give the mouse to the guest, or take it back", func(w *Window) { w.grab(!w.look.Grabbed) }},
		command{i8042.KeyD, "Press Ctrl+Alt+Delete", func(w *Window) {
			w.press(i8042.KeyCtrl, i8042.KeyAlt, i8042.KeyDelete)
		}},
		command{i8042.KeyR, "Press the reset button", func(w *Window) {
			w.post(func() error { return w.session.Machine.Do(machine.ResetAction{}) })
		}},
		command{i8042.KeyQ, "Quit", (*Window).Close},
	)
}

func (w *Window) openMenu() {
	m := &menu{title: "toyvm: F12 again is F12 for the machine", close: w.closePanel}
	for _, c := range w.commands() {
		m.items = append(m.items, item{letter: c.letter.String(), label: c.name, do: func() { c.do(w) }})
	}
	w.open(m)
}

// press presses keys together for the guest.
func (w *Window) press(keys ...i8042.Key) {
	k := keyboard{}
	changes := append(k.hold(keys), k.hold(nil)...)
	w.post(func() error {
		for _, c := range changes {
			w.session.Machine.Key(c.Key, c.Pressed)
		}
		return nil
	})
}

func (w *Window) askTag() {
	q := &question{title: "Save a snapshot", prompt: "Its name: ", close: w.closePanel}
	q.set(w.now.Format("2006-01-02-150405"))
	q.answer = func(tag string) {
		w.post(func() error {
			err := w.options.Store.Save(tag)
			w.reply(func() { w.report(err, "saved "+tag) })
			return nil
		})
	}
	w.open(q)
}

func (w *Window) listSnapshots() {
	w.post(func() error {
		list, err := w.options.Store.List()
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
	w.post(func() error {
		err := w.options.Store.Load(tag)
		w.reply(func() { w.report(err, "went back to "+tag) })
		return nil
	})
}

func (w *Window) openMonitor() { w.open(w.console) }

// screenshot has the monitor write the picture, as the machine draws it.
func (w *Window) screenshot() {
	path := w.now.Format("toyvm-2006-01-02-150405.png")
	w.execute("screendump "+path, func(output string) {
		if output == "" {
			output = "the screen is in " + path
		}
		w.say(output)
	})
}

// execute has the monitor carry out a line, one at a time.
func (w *Window) execute(line string, done func(output string)) {
	w.post(func() error {
		output, err := w.options.Monitor.Execute(line)
		w.reply(func() { done(output) })
		return err
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
	w.message, w.messageEnds = firstLine(text), w.now.Add(seconds*time.Second)
	w.changed = true
}

func firstLine(text string) string {
	text, _, _ = strings.Cut(text, "\n")
	return text
}
