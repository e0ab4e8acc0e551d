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
	"toyvm/cmd/toyvm/internal/keeper"
	"toyvm/cmd/toyvm/internal/media"
	"toyvm/cmd/toyvm/internal/monitor"
	"toyvm/cmd/toyvm/internal/session"
	"toyvm/machine"
	"toyvm/snapshot/migration"
	"toyvm/snapshot/store"
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

	commands iter.Seq2[monitor.Step, error] // of the script; nil if there is none
	source   string                         // where they come from, for errors
	config   machine.Config
	incoming *migration.Stream // nil if the machine starts from power-on
	// given tells whether a flag is on the command line.
	given    func(flag string) bool
	store    *store.Store    // nil if there is no place for one
	snapshot *store.Snapshot // to start from; nil if there is none
	keeper   *keeper.Keeper
	images   []*media.Image // until the drives have them
	drives   *monitor.Drives
	devices  []*chardev.Device
	ports    []session.Line // the side of the serial ports
	monitor  *monitorLine   // nil if there is none on a line
	serial   monitor.Transcript
	wake     chan struct{}
	trace    machine.Trace           // what the machine tells
	end      context.CancelCauseFunc // ends the run
}

// run is toyvm run.
func run(c *cobra.Command, f *runFlags, disk string) (err error) {
	r := &runner{flags: f, stdin: c.InOrStdin(), rawStdout: c.OutOrStdout(), stderr: c.ErrOrStderr(), wake: make(chan struct{}, 1),
		given: c.Flags().Changed}
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
	watched := where != noDisplay || r.lines.hasMonitor() || r.lines.onStdio() && isTerminal(r.stdin)
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
	r.keeper = keeper.New(m, r.drives, r.store)
	r.keeper.Meter = progressOn(r.stderr)
	if err := r.resume(); err != nil {
		return failure{err}
	}
	if where == onTerminal {
		r.keeper.Meter = nil // there is no line for it any more
	}
	trace, endTrace, err := f.startTrace(m, r.stderr)
	r.trace = trace
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
	ctx, r.end = context.WithCancelCause(ctx)
	defer r.end(nil)
	m.SetPaused(f.paused)
	s := &session.Session{
		Machine:         m,
		Console:         r.console(m, disk),
		Lines:           r.ports,
		Realtime:        f.speed.realtime || f.speed.text == "" && watched,
		MaxInstructions: f.maxInstructions,
		Wake:            r.wake,
	}
	r.addMonitor(s)
	switch where {
	case onTerminal:
		var printed bytes.Buffer // until the terminal is for text again
		err = r.show(s, func() error { return r.play(ctx, s, &printed) })
		r.stdout.Write(printed.Bytes())
	case inWindow:
		err = r.showWindow(s, func() error { return r.play(ctx, s, r.stdout) })
	default:
		err = r.play(ctx, s, r.stdout)
	}
	return r.ending(m, err)
}

// openScript reads the script, so that mistakes in it show before anything
// happens. One on standard input is read while it is carried out.
func (r *runner) openScript() (iter.Seq2[monitor.Step, error], error) {
	switch name := r.flags.script; name {
	case "":
		return nil, nil
	case "-":
		if r.lines.onStdio() {
			return nil, usageError{errors.New("--script - and --serial stdio both read standard input; put the script into a file")}
		}
		if r.lines.monitorOnStdio() {
			return nil, usageError{errors.New("--script - and --monitor stdio both read standard input; the monitor takes all commands of scripts")}
		}
		return monitor.Lines("standard input", r.stdin), nil
	default:
		file, err := os.Open(name)
		if err != nil {
			return nil, failure{fmt.Errorf("--script: %w", err)}
		}
		defer file.Close()
		lines, err := monitor.Load(name, file)
		if err != nil {
			return nil, failure{err}
		}
		return monitor.All(lines), nil
	}
}

// play carries out the script and lets the machine run. Without a script, or
// with somebody who looks on, it runs until something ends it.
func (r *runner) play(ctx context.Context, s *session.Session, out io.Writer) error {
	if r.commands != nil {
		console := s.Console
		console.Run, console.Out = func(b machine.Budget) error { return s.Run(ctx, b) }, out
		if err := monitor.Run(&console, r.source, r.commands); err != nil || s.Display == nil {
			return err
		}
	}
	return s.Run(ctx, machine.Budget{})
}

// ending makes of the way in which a run ended what the program exits with.
func (r *runner) ending(m *machine.Machine, err error) error {
	var (
		quit  monitor.Quit
		ended *session.Ended
		line  *monitor.Error
	)
	switch {
	case err == nil, errors.Is(err, session.ErrQuit):
		return nil
	case errors.As(err, &quit):
		return status(quit.Status)
	case errors.As(err, &ended) && ended.Reason == machine.StopExit:
		return status(int(ended.Status & 0xff))
	case errors.As(err, &line):
		r.stdout.Flush()
		fmt.Fprintf(r.stderr, "%s\n", frame((&monitor.Console{Machine: m}).Describe()))
		return failure{err}
	case errors.Is(err, session.ErrLimit), ended != nil && ended.Reason == machine.StopReset:
		return nil
	case errors.Is(err, monitor.ErrHalted):
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
	if r.keeper != nil {
		errs = append(errs, r.keeper.Close())
	}
	if r.drives != nil {
		return errors.Join(append(errs, r.drives.Close())...)
	}
	for _, i := range r.images {
		errs = append(errs, i.Close())
	}
	return errors.Join(errs...)
}
