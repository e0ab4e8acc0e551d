package main

import (
	"bytes"
	"image/png"
	"os"
	"runtime"
	"slices"

	"toyvm/cmd/toyvm/internal/keeper"
	"toyvm/cmd/toyvm/internal/monitor"
	"toyvm/cmd/toyvm/internal/session"
	"toyvm/cmd/toyvm/internal/window"
)

// windowPossible tells whether there is a display for the window of this build.
func windowPossible() bool {
	usual := runtime.GOOS == "windows" || runtime.GOOS == "darwin" || runtime.GOOS == "js"
	return window.Available && (usual || os.Getenv("DISPLAY")+os.Getenv("WAYLAND_DISPLAY") != "")
}

// showWindow shows a window on the machine while play plays. Window systems
// want the main goroutine, on which this is called; so play gets another.
func (r *runner) showWindow(s *session.Session, play func() error) error {
	var prompt *monitor.Prompt
	w := window.New(s, window.Options{
		Snapshots: func() ([]window.Snapshot, error) { return windowSnapshots(r.keeper) },
		Enter:     func(line []byte) { prompt.Feed(line) },
		Wake:      r.arrived,
	})
	prompt = monitor.NewPrompt(r.promptConfig(s, w, false))
	prompt.Show(true)
	s.Display = w
	s.Monitors = append(s.Monitors, session.Monitor{Prompt: prompt})

	played := make(chan error, 1)
	started := false
	err := window.Show(w, func() {
		started = true
		go func() {
			defer w.End()
			played <- play()
		}()
	})
	w.Close()
	end := session.ErrQuit
	if started {
		end = <-played
	}
	if err != nil {
		return failure{err}
	}
	return end
}

// windowSnapshots are the snapshots for the window's menu, the newest first.
func windowSnapshots(k *keeper.Keeper) (list []window.Snapshot, err error) {
	entries, err := k.List()
	for _, e := range slices.Backward(entries) {
		s := window.Snapshot{Tag: e.Tag, Date: e.Created.Local(), Note: e.Note}
		if e.Err != nil {
			s.Note = e.Err.Error()
		}
		if picture, err := png.Decode(bytes.NewReader(e.Thumbnail)); err == nil {
			s.Thumbnail = picture
		}
		list = append(list, s)
	}
	return list, err
}
