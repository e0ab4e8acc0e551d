//go:build !js

package chardev

import (
	"io"
	"os"

	"github.com/creack/pty"
	"golang.org/x/term"
)

// openPTY makes a pseudo-terminal for a terminal program such as screen. The
// program's end stays open here, so that it can come and go.
func (d *Device) openPTY(_ Target, _ Host) error {
	ours, theirs, err := pty.Open()
	if err != nil {
		return err
	}
	if _, err := term.MakeRaw(int(theirs.Fd())); err != nil {
		ours.Close()
		theirs.Close()
		return err
	}
	d.output, d.raw = newLossyQueue(ours), true
	d.note = "at " + theirs.Name()
	d.stop = func() { theirs.Close() }
	go d.input.read(ours)
	return nil
}

// rawTerminal lets keys through as they are typed if a reader is a terminal.
// Those that send signals keep doing so if that is wanted.
func rawTerminal(r io.Reader, signals bool) (restore func(), err error) {
	f, ok := r.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return nil, nil
	}
	return keyByKey(int(f.Fd()), signals)
}
