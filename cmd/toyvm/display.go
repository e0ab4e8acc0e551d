package main

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/term"
)

// chooseDisplay decides whether the screen is shown in this terminal.
func (r *runner) chooseDisplay() (onTerminal bool, err error) {
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
	switch where := r.flags.display; where {
	case "none":
		return false, nil
	case "auto":
		return isOne && taken == "", nil
	case "terminal":
		if taken != "" {
			return false, usageError{fmt.Errorf("--display terminal and %s both take the terminal; leave out one of them", taken)}
		}
		if !isOne {
			return false, failure{errors.New("--display terminal: standard input and output are not a terminal; --display none runs without")}
		}
		return true, nil
	default:
		return false, usageError{fmt.Errorf("--display %s: it can be auto, terminal or none", where)}
	}
}

// isTerminal tells whether a standard stream is one.
func isTerminal(stream any) bool {
	file, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}
