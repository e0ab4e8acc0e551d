// Package chardev connects the serial ports and debug consoles of a machine
// with the host: standard input and output, files, pipes, sockets and
// pseudo-terminals.
//
// The machine never waits for the host. What it sends is queued and written by
// a goroutine; what arrives is queued until the machine takes it.
package chardev

import (
	"fmt"
	"io"
	"os"
	"sync"
)

// A Device is one end of a line to the host.
type Device struct {
	target string
	output *Queue // nil drops what is sent
	input  *input
	note   string
	raw    bool   // keys arrive as they are typed
	stop   func() // ends what produces input; may be nil
}

// Host is what the devices need of the program around them.
type Host struct {
	Stdin io.Reader
	// Stdout is a queue, so that all that goes there keeps its order.
	Stdout *Queue
	// Raw takes all keys of a terminal, also those that send signals.
	Raw bool
	// Connected is called when a partner has connected to a server. It must not
	// block; nil is nobody.
	Connected func()
	// Arrived is called when input has arrived for a device that had none. It
	// must not block.
	Arrived func()
}

// Open opens the host's side of a line.
func Open(t Target, host Host) (*Device, error) {
	d := &Device{target: t.String(), input: newInput(host.Arrived)}
	if err := openers[t.kind](d, t, host); err != nil {
		if pathError, ok := err.(*os.PathError); ok {
			err = pathError.Err
		}
		return nil, fmt.Errorf("%s: %w", t, err)
	}
	return d, nil
}

var openers = map[string]func(*Device, Target, Host) error{
	"null":  func(*Device, Target, Host) error { return nil },
	"stdio": (*Device).openStdio,
	"file":  (*Device).openFile,
	"pipe":  (*Device).openPipe,
	"unix":  (*Device).openSocket,
	"tcp":   (*Device).openSocket,
	"pty":   (*Device).openPTY,
}

// Send queues a byte from the machine.
func (d *Device) Send(b byte) {
	if d.output != nil {
		d.output.Send(b)
	}
}

// Write queues bytes from the program. It returns no error: Close does.
func (d *Device) Write(p []byte) (int, error) {
	if d.output != nil {
		d.output.Write(p)
	}
	return len(p), nil
}

// Raw tells whether keys arrive as they are typed, not line by line, and are
// not shown by the partner.
func (d *Device) Raw() bool { return d.raw }

// Receive takes up to most bytes that have arrived.
func (d *Device) Receive(most int) []byte { return d.input.take(most) }

// Ended tells whether all that will ever arrive has been taken.
func (d *Device) Ended() bool {
	d.input.mu.Lock()
	defer d.input.mu.Unlock()
	return d.input.ended && len(d.input.bytes) == 0
}

// Note is what the user must know to reach the device, or empty.
func (d *Device) Note() string { return d.note }

// Close writes what is still queued and ends the line.
func (d *Device) Close() error {
	d.input.close()
	if d.stop != nil {
		d.stop()
	}
	if d.output == nil {
		return nil
	}
	if err := d.output.Close(); err != nil {
		return fmt.Errorf("%s: %w", d.target, err)
	}
	return nil
}

// openStdio shares the program's output with others, which outlives the
// device: closing it only waits for what was sent.
func (d *Device) openStdio(_ Target, host Host) error {
	d.output = host.Stdout
	restore, err := rawTerminal(host.Stdin, !host.Raw)
	if err != nil {
		return err
	}
	d.stop, d.raw = restore, restore != nil
	go func() {
		d.input.read(host.Stdin)
		d.input.end()
	}()
	return nil
}

func (d *Device) openFile(t Target, _ Host) error {
	f, err := os.Create(t.path)
	if err != nil {
		return err
	}
	d.output = NewQueue(f)
	return nil
}

// openPipe opens a pair of named pipes, PATH.in to the machine and PATH.out
// from it, or one for both directions. They are opened to read and write, so
// that neither opening nor the last partner's leaving ends anything.
func (d *Device) openPipe(t Target, _ Host) error {
	in, err := os.OpenFile(t.path+".in", os.O_RDWR, 0)
	if err == nil {
		out, err := os.OpenFile(t.path+".out", os.O_RDWR, 0)
		if err != nil {
			in.Close()
			return fmt.Errorf("%s.in exists, but %s.out cannot be opened: %w", t.path, t.path, err)
		}
		d.output = newLossyQueue(out)
		d.stop = func() { in.Close() }
		go d.input.read(in)
		return nil
	}
	both, err := os.OpenFile(t.path, os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("there is neither a pair of pipes nor a pipe; \"mkfifo %s.in %s.out\" makes them: %w", t.path, t.path, err)
	}
	d.output = newLossyQueue(both)
	return nil
}

// once makes a function that does its work the first time only.
func once(f func()) func() {
	var o sync.Once
	return func() { o.Do(f) }
}
