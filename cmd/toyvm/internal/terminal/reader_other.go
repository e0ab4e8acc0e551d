//go:build !unix

package terminal

// A reader reads from the terminal until the program ends: where there is no
// waiting for a terminal, what is typed while it is given back waits for the
// screen.
type reader struct{}

func (t *Terminal) startReader() error {
	if t.reader != nil {
		return nil
	}
	t.reader = &reader{}
	go t.read()
	return nil
}

func (t *Terminal) stopReader() {}

func (t *Terminal) read() {
	for {
		b := make([]byte, 4096)
		n, err := t.in.Read(b)
		if err != nil {
			t.hangUp.Do(func() { close(t.bytes) })
			return
		}
		select {
		case t.bytes <- b[:n]:
		case <-t.done:
			return
		}
	}
}
