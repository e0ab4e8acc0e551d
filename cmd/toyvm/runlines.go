package main

import (
	"fmt"
	"slices"

	"toyvm/cmd/toyvm/internal/chardev"
	"toyvm/devices/debugcon"
)

// lines are the serial lines and debug consoles that the flags name.
type lines struct {
	serial   []chardev.Target // COM1 first
	consoles []consoleTarget
}

type consoleTarget struct {
	port   uint16
	target chardev.Target
}

const maxSerial = 4

func (f *runFlags) parseLines() (l lines, err error) {
	if len(f.serial) > maxSerial {
		return l, usageError{fmt.Errorf("--serial is given %d times; a machine has up to %d ports", len(f.serial), maxSerial)}
	}
	for _, text := range f.serial {
		t, err := chardev.Parse(text)
		if err != nil {
			return l, usageError{fmt.Errorf("--serial %w", err)}
		}
		l.serial = append(l.serial, t)
	}
	all := l.serial
	for _, text := range f.debugcon {
		port, t, err := chardev.ParsePort(text, debugcon.Port)
		if err != nil {
			return l, usageError{fmt.Errorf("--debugcon %w", err)}
		}
		l.consoles = append(l.consoles, consoleTarget{port, t})
		if !t.Stdio() { // to which consoles only add
			all = append(all, t)
		}
	}
	if err := chardev.CheckDistinct(all); err != nil {
		return l, usageError{err}
	}
	return l, nil
}

// onStdio tells whether a serial port takes standard input.
func (l *lines) onStdio() bool {
	return slices.ContainsFunc(l.serial, chardev.Target.Stdio)
}

// consoleOnStdio tells whether a debug console writes to standard output.
func (l *lines) consoleOnStdio() bool {
	return slices.ContainsFunc(l.consoles, func(c consoleTarget) bool { return c.target.Stdio() })
}
