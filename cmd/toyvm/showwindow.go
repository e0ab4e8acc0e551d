package main

import (
	"errors"
	"os"
	"runtime"
	"strings"

	"toyvm/cmd/toyvm/internal/script"
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
func (r *runner) showWindow(s *session.Session, console *script.Console, play func() error) error {
	w := window.New(s, window.Options{Monitor: windowMonitor{console}, Wake: r.arrived})
	s.Display = w
	played := make(chan error, 1)
	end := window.ErrClosed
	started := false
	err := window.Show(w, func() {
		started = true
		go func() {
			defer w.End()
			played <- play()
		}()
	})
	w.Close()
	if started {
		end = <-played
	}
	switch {
	case err != nil:
		return failure{err}
	case errors.Is(end, window.ErrClosed):
		return errQuit
	default:
		return end
	}
}

// windowMonitor executes commands for the window.
type windowMonitor struct{ console *script.Console }

// Execute implements window.Monitor.
func (m windowMonitor) Execute(line string) (output string, err error) {
	var printed strings.Builder
	console := *m.console
	console.Out = &printed
	do, err := script.Parse(line)
	if err == nil && do != nil {
		err = do(&console)
	}
	if errors.As(err, new(script.Quit)) {
		return printed.String(), err
	}
	if err != nil {
		printed.WriteString(err.Error())
	}
	return printed.String(), nil
}
