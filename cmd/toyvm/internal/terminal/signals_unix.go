//go:build unix

package terminal

import (
	"os"
	"os/signal"
	"slices"

	"golang.org/x/sys/unix"
)

// deadly are the signals that end the program.
var deadly = []os.Signal{unix.SIGINT, unix.SIGTERM, unix.SIGHUP}

// watchSignals restores the terminal before a signal ends or stops the
// program, and takes it over again when the program goes on.
func (t *Terminal) watchSignals() {
	c := make(chan os.Signal, 8)
	signal.Notify(c, append(slices.Clone(deadly), unix.SIGTSTP, unix.SIGCONT, unix.SIGWINCH)...)
	t.running.Go(func() {
		defer signal.Stop(c)
		for {
			select {
			case <-t.done:
				return
			case s := <-c:
				t.signal(s)
			}
		}
	})
}

// signal does what a signal asks for. What a terminal does not take any more
// is no reason to go on.
func (t *Terminal) signal(s os.Signal) {
	switch s {
	case unix.SIGWINCH:
		t.askForDrawing()
	case unix.SIGTSTP:
		_ = t.restore()
		// The signal that cannot be caught, so that it need not be given up
		// first; what started the program sees no difference.
		_ = unix.Kill(unix.Getpid(), unix.SIGSTOP)
	case unix.SIGCONT:
		_ = t.enter()
		t.askForDrawing()
	default:
		// From now on these signals end the program, should it be stuck.
		signal.Reset(deadly...)
		t.setWanted(false)
		_ = t.restore()
		select {
		case t.signals <- s:
		default: // one is enough
		}
	}
}
