// Package script drives a machine by commands, one a line: typing, waiting for
// what the guest shows, looking at it. The commands are a table with a text of
// help for each, for whoever else lets a user command a machine.
//
// All times are the guest's: a script does the same on every host.
package script

import (
	"bufio"
	"fmt"
	"io"
	"iter"
	"strings"

	"toyvm/machine"
)

// A Console is a machine under command.
type Console struct {
	Machine *machine.Machine
	// Run lets the machine run until the budget is used up. An error is why it
	// cannot go on; ErrHalted if the guest has halted and nothing will wake it.
	Run func(machine.Budget) error
	// Serial is what the guest sends to COM1.
	Serial *Transcript
	// Out takes what commands print.
	Out io.Writer
}

// ErrHalted tells that the guest has halted for good.
var ErrHalted = fmt.Errorf("the guest has halted with interrupts off")

// Quit is the error by which the quit command ends a script.
type Quit struct{ Status int }

func (q Quit) Error() string { return fmt.Sprintf("quit with status %d", q.Status) }

// An Action is a command with its arguments.
type Action func(*Console) error

// A Line is a line of a script with a command on it.
type Line struct {
	Number int
	Text   string
	Do     Action
}

// An Error is what went wrong with a line of a script.
type Error struct {
	File string
	Line int
	Text string
	Err  error
}

func (e *Error) Error() string { return fmt.Sprintf("%s:%d: %s: %v", e.File, e.Line, e.Text, e.Err) }

func (e *Error) Unwrap() error { return e.Err }

// Lines reads a script line by line, each when it is wanted: a script may come
// from a program that looks at the output before it goes on. Lines without a
// command are left out.
func Lines(file string, r io.Reader) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		scanner := bufio.NewScanner(r)
		for number := 1; scanner.Scan(); number++ {
			text := strings.TrimSpace(scanner.Text())
			do, err := Parse(text)
			if err != nil {
				yield(Line{}, &Error{file, number, text, err})
				return
			}
			if do != nil && !yield(Line{number, text, do}, nil) {
				return
			}
		}
		if err := scanner.Err(); err != nil {
			yield(Line{}, fmt.Errorf("%s: %w", file, err))
		}
	}
}

// Load reads a whole script.
func Load(file string, r io.Reader) (lines []Line, err error) {
	for line, err := range Lines(file, r) {
		if err != nil {
			return nil, err
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// All makes a sequence of lines that were loaded.
func All(lines []Line) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		for _, line := range lines {
			if !yield(line, nil) {
				return
			}
		}
	}
}

// Run carries out a script.
func Run(c *Console, file string, lines iter.Seq2[Line, error]) error {
	for line, err := range lines {
		if err != nil {
			return err
		}
		if err := line.Do(c); err != nil {
			return &Error{file, line.Number, line.Text, err}
		}
	}
	return nil
}
