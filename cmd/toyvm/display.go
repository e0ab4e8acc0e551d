package main

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/term"
)

// A display is where the screen is shown.
type display string

const (
	noDisplay  display = "none"
	onTerminal display = "terminal"
	inWindow   display = "window"
)

// chooseDisplay decides where the screen is shown.
func (r *runner) chooseDisplay() (display, error) {
	var taken string
	switch {
	case r.lines.onStdio():
		taken = "--serial stdio"
	case r.lines.monitorOnStdio():
		taken = "--monitor stdio"
	case r.lines.consoleOnStdio():
		taken = "--debugcon stdio"
	case r.flags.script == "-":
		taken = "--script -"
	}
	isOne := isTerminal(r.stdin) && isTerminal(r.rawStdout)
	switch where := display(r.flags.display); where {
	case noDisplay, inWindow:
		return where, nil
	case "auto":
		switch {
		case windowPossible():
			return inWindow, nil
		case isOne && taken == "":
			return onTerminal, nil
		}
		return noDisplay, nil
	case onTerminal:
		if taken != "" {
			return "", usageError{fmt.Errorf("--display terminal and %s both take the terminal; leave out one of them", taken)}
		}
		if !isOne {
			return "", failure{errors.New("--display terminal: standard input and output are not a terminal; --display none runs without")}
		}
		return where, nil
	default:
		return "", usageError{fmt.Errorf("--display %s: it can be auto, window, terminal or none", where)}
	}
}

// isTerminal tells whether a standard stream is one.
func isTerminal(stream any) bool {
	file, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}
