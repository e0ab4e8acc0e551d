//go:build unix

package terminal

import (
	"errors"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// A reader reads from the terminal until it is stopped. It waits for the
// terminal and for the pipe, so that it takes nothing that is typed after.
type reader struct {
	stop, stopped *os.File // the pipe: closing the first wakes the reader
	quit          chan struct{}
	end           sync.WaitGroup
}

func (t *Terminal) startReader() error {
	t.stopReader()
	stopped, stop, err := os.Pipe()
	if err != nil {
		return err
	}
	r := &reader{stop: stop, stopped: stopped, quit: make(chan struct{})}
	t.reader = r
	r.end.Go(func() { t.read(r) })
	return nil
}

func (t *Terminal) stopReader() {
	if r := t.reader; r != nil {
		t.reader = nil
		close(r.quit)
		r.stop.Close()
		r.end.Wait()
		r.stopped.Close()
	}
}

func (t *Terminal) read(r *reader) {
	in, stopped := int(t.in.Fd()), int(r.stopped.Fd())
	for {
		ready := []unix.PollFd{{Fd: int32(in), Events: unix.POLLIN}, {Fd: int32(stopped), Events: unix.POLLIN}}
		if _, err := unix.Poll(ready, -1); errors.Is(err, unix.EINTR) {
			continue
		}
		if ready[1].Revents != 0 {
			return
		}
		b := make([]byte, 4096)
		n, err := unix.Read(in, b)
		switch {
		case errors.Is(err, unix.EINTR), errors.Is(err, unix.EAGAIN):
			continue
		case err != nil || n == 0:
			t.hangUp.Do(func() { close(t.bytes) })
			return
		}
		select {
		case t.bytes <- b[:n]:
		case <-r.quit:
			return
		}
	}
}
