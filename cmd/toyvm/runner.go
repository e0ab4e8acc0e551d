package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"toyvm/cmd/toyvm/internal/chardev"
	"toyvm/cmd/toyvm/internal/media"
	"toyvm/cmd/toyvm/internal/script"
	"toyvm/cmd/toyvm/internal/session"
	"toyvm/machine"
	"toyvm/snapshot/migration"
)

// A runner is one run of a machine with everything that it has open.
type runner struct {
	flags  *runFlags
	lines  lines
	stdin  io.Reader
	stdout *chardev.Queue
	// rawStdout is what the queue writes to, and where a display goes.
	rawStdout io.Writer
	stderr    io.Writer

	commands iter.Seq2[script.Line, error] // of the script; nil if there is none
	source   string                        // where they come from, for errors
	config   machine.Config
	incoming *migration.Stream // nil if the machine starts from power-on
	// memoryGiven tells whether the command line says how much memory there is.
	memoryGiven bool
	images      []*media.Image
	devices     []*chardev.Device
	serial      script.Transcript
	wake        chan struct{}
}

// run is toyvm run.
func run(c *cobra.Command, f *runFlags, disk string) (err error) {
	r := &runner{flags: f, stdin: c.InOrStdin(), rawStdout: c.OutOrStdout(), stderr: c.ErrOrStderr(), wake: make(chan struct{}, 1),
		memoryGiven: c.Flags().Changed("memory")}
	if slices.Contains(f.trace, helpEvent) {
		traceHelp(r.rawStdout)
		return nil
	}
	if err := f.checkTrace(); err != nil {
		return err
	}
	if r.lines, err = f.parseLines(); err != nil {
		return err
	}
	where, err := r.chooseDisplay()
	if err != nil {
		return err
	}
	watched := where != noDisplay || r.lines.onStdio() && isTerminal(r.stdin)
	if r.commands, err = r.openScript(); err != nil {
		return err
	}
	r.source = f.script
	if where == noDisplay && r.leftAlone(disk) {
		r.commands, r.source = glimpse(), "demo"
		defer func() {
			if err == nil {
				fmt.Fprintln(r.stderr, glimpseNote)
			}
		}()
	}
	// The queue must not close the program's output.
	r.stdout = chardev.NewQueue(struct{ io.Writer }{r.rawStdout})
	defer func() {
		if e := r.close(); err == nil && e != nil {
			err = failure{e}
		}
	}()
	if err := r.configure(disk, watched); err != nil {
		return err
	}
	m, err := machine.New(r.config)
	if err != nil {
		return usageError{err}
	}
	if err := r.load(m); err != nil {
		return failure{err}
	}
	endTrace, err := f.startTrace(m, r.stderr)
	if err != nil {
		return err
	}
	defer func() {
		if e := endTrace(); err == nil && e != nil {
			err = failure{fmt.Errorf("--trace-file: %w", e)}
		}
	}()
	ctx, stop := signal.NotifyContext(c.Context(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // the next signal ends the program
	s := &session.Session{
		Machine:         m,
		Lines:           r.devices[:len(r.lines.serial)],
		Realtime:        f.speed.realtime || f.speed.text == "" && watched,
		MaxInstructions: f.maxInstructions,
		Wake:            r.wake,
	}
	var printed bytes.Buffer // until the terminal is for text again
	console := &script.Console{
		Machine: m,
		Run:     func(b machine.Budget) error { return s.Run(ctx, b) },
		Serial:  &r.serial,
		Out:     r.stdout,
	}
	play := func() error { return r.play(console, s) }
	switch where {
	case onTerminal:
		console.Out = &printed
		err = r.show(s, play)
		r.stdout.Write(printed.Bytes())
	case inWindow:
		err = r.showWindow(s, console, play)
	default:
		err = play()
	}
	return r.ending(m, err)
}

// openScript reads the script, so that mistakes in it show before anything
// happens. One on standard input is read while it is carried out.
func (r *runner) openScript() (iter.Seq2[script.Line, error], error) {
	switch name := r.flags.script; name {
	case "":
		return nil, nil
	case "-":
		if r.lines.onStdio() {
			return nil, usageError{errors.New("--script - and --serial stdio both read standard input; put the script into a file")}
		}
		return script.Lines("standard input", r.stdin), nil
	default:
		file, err := os.Open(name)
		if err != nil {
			return nil, failure{fmt.Errorf("--script: %w", err)}
		}
		defer file.Close()
		lines, err := script.Load(name, file)
		if err != nil {
			return nil, failure{err}
		}
		return script.All(lines), nil
	}
}

// play carries out the script and lets the machine run. Without a script, or
// with somebody who looks on, it runs until something ends it.
func (r *runner) play(console *script.Console, s *session.Session) error {
	if r.commands != nil {
		if err := script.Run(console, r.source, r.commands); err != nil || s.Display == nil {
			return err
		}
	}
	return console.Run(machine.Budget{})
}

// ending makes of the way in which a run ended what the program exits with.
func (r *runner) ending(m *machine.Machine, err error) error {
	var (
		quit  script.Quit
		ended *session.Ended
		line  *script.Error
	)
	switch {
	case err == nil, errors.Is(err, errQuit):
		return nil
	case errors.As(err, &quit):
		return status(quit.Status)
	case errors.As(err, &ended) && ended.Reason == machine.StopExit:
		return status(int(ended.Status & 0xff))
	case errors.As(err, &line):
		r.stdout.Flush()
		fmt.Fprintf(r.stderr, "%s\n", frame((&script.Console{Machine: m}).Describe()))
		return failure{err}
	case errors.Is(err, session.ErrLimit), ended != nil && ended.Reason == machine.StopReset:
		return nil
	case errors.Is(err, script.ErrHalted):
		fmt.Fprintf(r.stderr, "toyvm: %v: nothing will happen any more\n", err)
		return nil
	case ended != nil && ended.Reason == machine.StopTripleFault:
		return failure{fmt.Errorf("triple fault\n%s", m.Registers())}
	}
	return failure{err}
}

// frame sets a screen off from what is printed around it, without the empty
// rows at its end.
func frame(screen string) string {
	var b strings.Builder
	for line := range strings.Lines(strings.TrimRight(screen, "\n")) {
		b.WriteString("| " + line)
	}
	return b.String()
}

func status(n int) error {
	if n == 0 {
		return nil
	}
	return exitStatus(n)
}

// close writes and releases what the run has open.
func (r *runner) close() error {
	var errs []error
	for _, d := range r.devices {
		errs = append(errs, d.Close())
	}
	errs = append(errs, r.stdout.Close())
	for _, i := range r.images {
		errs = append(errs, i.Sync(), i.Close())
	}
	return errors.Join(errs...)
}
