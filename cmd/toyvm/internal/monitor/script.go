package monitor

import (
	"bufio"
	"fmt"
	"io"
	"iter"
	"strings"
)

// A Step is a line of a script with a command on it.
type Step struct {
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
func Lines(file string, r io.Reader) iter.Seq2[Step, error] {
	return func(yield func(Step, error) bool) {
		scanner := bufio.NewScanner(r)
		for number := 1; scanner.Scan(); number++ {
			text := strings.TrimSpace(scanner.Text())
			do, err := Parse(text)
			if err != nil {
				yield(Step{}, &Error{file, number, text, err})
				return
			}
			if do != nil && !yield(Step{number, text, do}, nil) {
				return
			}
		}
		if err := scanner.Err(); err != nil {
			yield(Step{}, fmt.Errorf("%s: %w", file, err))
		}
	}
}

// Load reads a whole script.
func Load(file string, r io.Reader) (lines []Step, err error) {
	for line, err := range Lines(file, r) {
		if err != nil {
			return nil, err
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// All makes a sequence of lines that were loaded.
func All(lines []Step) iter.Seq2[Step, error] {
	return func(yield func(Step, error) bool) {
		for _, line := range lines {
			if !yield(line, nil) {
				return
			}
		}
	}
}

// Run carries out a script.
func Run(c *Console, file string, lines iter.Seq2[Step, error]) error {
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
