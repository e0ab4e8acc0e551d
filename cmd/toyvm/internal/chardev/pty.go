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
	d.output = newLossyQueue(ours)
	d.note = "at " + theirs.Name()
	d.stop = func() { theirs.Close() }
	go d.input.read(ours)
	return nil
}

// rawTerminal lets keys through as they are typed if a reader is a terminal.
// Keys that send signals keep doing so.
func rawTerminal(r io.Reader) (restore func(), err error) {
	f, ok := r.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return nil, nil
	}
	return keyByKey(int(f.Fd()))
}
