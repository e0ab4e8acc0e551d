package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"toyvm/cmd/toyvm/internal/chardev"
	"toyvm/devices/debugcon"
)

// lines are the serial lines and debug consoles that the flags name.
type lines struct {
	serial   []chardev.Target // COM1 first
	consoles []consoleTarget
	monitor  *chardev.Target // nil if there is none of its own
	muxed    int             // the serial port that shares its line with a monitor, or -1
}

type consoleTarget struct {
	port   uint16
	target chardev.Target
}

const maxSerial = 4

// muxPrefix is before the target of a line that a monitor shares.
const muxPrefix = "mon:"

func (f *runFlags) parseLines() (l lines, err error) {
	if len(f.serial) > maxSerial {
		return l, usageError{fmt.Errorf("--serial is given %d times; a machine has up to %d ports", len(f.serial), maxSerial)}
	}
	l.muxed = -1
	for i, text := range f.serial {
		text, muxed := strings.CutPrefix(text, muxPrefix)
		t, err := chardev.Parse(text)
		if err != nil {
			return l, usageError{fmt.Errorf("--serial %w", err)}
		}
		l.serial = append(l.serial, t)
		if muxed {
			l.muxed = i
		}
	}
	all := slices.Clone(l.serial)
	switch f.monitor {
	case "", "none":
	default:
		t, err := chardev.Parse(f.monitor)
		if err != nil {
			return l, usageError{fmt.Errorf("--monitor %w", err)}
		}
		if l.muxed >= 0 {
			return l, usageError{fmt.Errorf("--monitor %s: the monitor is on a serial line already", f.monitor)}
		}
		if t.Stdio() && l.onStdio() {
			return l, usageError{errors.New("--monitor stdio and --serial stdio both take standard input; --serial mon:stdio lets them share it")}
		}
		l.monitor = &t
		all = append(all, t)
	}
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

// monitorOnStdio tells whether a monitor of its own takes standard input.
func (l *lines) monitorOnStdio() bool { return l.monitor != nil && l.monitor.Stdio() }

// hasMonitor tells whether there is a monitor on a line.
func (l *lines) hasMonitor() bool { return l.monitor != nil || l.muxed >= 0 }

// consoleOnStdio tells whether a debug console writes to standard output.
func (l *lines) consoleOnStdio() bool {
	return slices.ContainsFunc(l.consoles, func(c consoleTarget) bool { return c.target.Stdio() })
}
