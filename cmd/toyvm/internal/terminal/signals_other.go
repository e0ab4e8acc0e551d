//go:build !unix

package terminal

import (
	"os"
	"os/signal"
)

// watchSignals restores the terminal before a signal ends the program.
func (t *Terminal) watchSignals() {
	c := make(chan os.Signal, 1)
	signal.Notify(c, os.Interrupt)
	t.running.Go(func() {
		defer signal.Stop(c)
		select {
		case <-t.done:
		case s := <-c:
			signal.Reset(os.Interrupt)
			t.setWanted(false)
			_ = t.restore()
			t.signals <- s
		}
	})
}
