package main

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/term"
)

// watched tells whether somebody looks at the machine while it runs.
func (r *runner) watched() (bool, error) {
	switch where := r.flags.display; where {
	case "auto", "none":
		return r.lines.onStdio() && isTerminal(r.stdin), nil
	case "terminal":
		return false, usageError{errors.New("this build cannot show the screen in a terminal; --display none with --serial or --script runs without")}
	default:
		return false, usageError{fmt.Errorf("--display %s: it can be auto, terminal or none", where)}
	}
}

// isTerminal tells whether a standard stream is one.
func isTerminal(stream any) bool {
	file, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}
