// Toyvm is a small x86 PC whose whole state is a value.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
)

func main() { os.Exit(doMain(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// Exit statuses beside 0.
const (
	exitDifferent = 1 // what was compared differs
	exitFailed    = 1 // the machine, a script or a wait did
	exitTrouble   = 2 // the command could not be carried out
)

// An exitStatus ends the program with that status and no further message.
type exitStatus int

func (s exitStatus) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

// A usageError is a command line that makes no sense.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// A failure is something that went wrong while a machine was to run.
type failure struct{ error }

func (e failure) Unwrap() error { return e.error }

// doMain is the program, so that tests run it without starting a process.
func doMain(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := rootCommand()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	command, err := root.ExecuteC()
	var status exitStatus
	switch {
	case err == nil:
		return 0
	case errors.As(err, &status):
		return int(status)
	}
	fmt.Fprintf(stderr, "toyvm: %v\n", err)
	if errors.As(err, new(failure)) {
		return exitFailed
	}
	if errors.As(err, new(usageError)) {
		fmt.Fprintf(stderr, "usage: %s\nMore with --help.\n", command.UseLine())
	}
	return exitTrouble
}

func rootCommand() *cobra.Command {
	root := groupCommand("toyvm", "A small x86 PC whose whole state is a value", runCommand(), snapshotCommand(), vmstateCommand(),
		completionCommand(), manCommand(), monitorTopic())
	root.SetHelpCommand(helpCommand())
	root.CompletionOptions.DisableDefaultCmd = true
	root.Long = `toyvm is a small x86 PC whose whole state is a value: every chip on the board
declares its state, and one interpreter saves, loads, lists, checks and compares it.

"toyvm run" starts one with a built-in demo, "toyvm run disk.img" one from a disk.`
	root.Example = `  toyvm run
  toyvm run disk.img
  toyvm help run
  toyvm help savevm`
	root.Version = version()
	root.SilenceErrors, root.SilenceUsage = true, true
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	return root
}

// groupCommand is a command that only has others below it.
func groupCommand(name, short string, commands ...*cobra.Command) *cobra.Command {
	group := &cobra.Command{
		Use:   name,
		Short: short,
		Args:  cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return c.Help()
			}
			return unknownCommand(c, args[0])
		},
		SuggestionsMinimumDistance: 2,
	}
	group.AddCommand(commands...)
	return group
}

// unknownCommand says that there is no such command below another.
func unknownCommand(c *cobra.Command, name string) error {
	hint := ""
	if similar := c.SuggestionsFor(name); len(similar) > 0 {
		hint = fmt.Sprintf("; did you mean %s?", strings.Join(similar, " or "))
	}
	return usageError{fmt.Errorf("%s has no command %q%s", c.CommandPath(), name, hint)}
}

// arguments checks how many arguments a command gets.
func arguments(least, most int) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			return usageError{errors.New("an argument is missing")}
		case len(args) > most:
			return usageError{fmt.Errorf("%q is one argument too many", args[most])}
		}
		return nil
	}
}
