package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"github.com/spf13/cobra"
)

func snapshotCommand() *cobra.Command {
	c := groupCommand("snapshot", "List, look into, compare, check, move and delete snapshots",
		snapshotLsCommand(), snapshotTreeCommand(), snapshotShowCommand(), snapshotDiffCommand(), snapshotVerifyCommand(),
		snapshotRmCommand(), snapshotExportCommand(), snapshotImportCommand(), snapshotExtractCommand())
	c.Long = `Snapshots are taken at the monitor of a machine, with savevm, and lie in a directory
beside its disk image: those of disk.img in disk.img.snapshots. These commands work
on them while the machine does not run, and while it does.

The disk image comes first, then the tags of snapshots, then what else there is to
say. --store DIR, in place of the disk image, names the directory with the
snapshots itself.`
	c.Example = `  toyvm snapshot ls disk.img
  toyvm snapshot show disk.img base cpu.env.eip
  toyvm snapshot diff disk.img base later
  toyvm snapshot rm --store ~/snapshots base later`
	return c
}

// A storeCommand is a command about snapshots: its arguments behind the disk
// image, and what it does.
type storeCommand struct {
	use, short, long, example string
	// least and most is how many arguments there are behind the disk image.
	least, most int
	// makes tells that the command makes the store if there is none.
	makes bool
	run   func(c *cobra.Command, s *snapshots, args []string) error
	// complete lists what argument n behind the disk image can be; nil if those
	// are all tags.
	complete func(s *snapshots, args []string) []string
}

const manyArguments = 1 << 20

// exitInterrupted is what shells tell of a program that Ctrl-C ended.
const exitInterrupted = 128 + int(syscall.SIGINT)

func (s storeCommand) command() *cobra.Command {
	var dir string
	c := &cobra.Command{
		Use:     s.use,
		Short:   s.short,
		Long:    s.long,
		Example: s.example,
		Args: func(c *cobra.Command, args []string) error {
			more := 1
			if dir != "" {
				more = 0
			}
			return arguments(s.least+more, s.most+more)(c, args)
		},
		RunE: func(c *cobra.Command, args []string) error {
			found, rest, err := findSnapshots(dir, args)
			if s.makes && errors.Is(err, errNoStore) {
				err = nil
			}
			if err != nil {
				return err
			}
			err = s.run(c, found, rest)
			if errors.Is(err, context.Canceled) {
				fmt.Fprintln(c.ErrOrStderr(), "toyvm: interrupted")
				return exitStatus(exitInterrupted)
			}
			return err
		},
		ValidArgsFunction: func(c *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if dir == "" && len(args) == 0 {
				return nil, cobra.ShellCompDirectiveDefault // the disk image
			}
			found, rest, err := findSnapshots(dir, args)
			if err != nil {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return s.completions(found, rest)
		},
	}
	c.Flags().StringVar(&dir, "store", "", "`DIR` with the snapshots, in place of DISK")
	return c
}

// completions are what the next argument can be.
func (s *storeCommand) completions(found *snapshots, args []string) ([]string, cobra.ShellCompDirective) {
	if len(args) >= s.most {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	if s.complete == nil {
		return found.completeTags(args), cobra.ShellCompDirectiveNoFileComp
	}
	list := s.complete(found, args)
	if list == nil {
		return nil, cobra.ShellCompDirectiveDefault // a file
	}
	return list, cobra.ShellCompDirectiveNoFileComp
}

// completeTags are the tags that are not given yet, with their notes.
func (s *snapshots) completeTags(given []string) []string {
	list, _ := s.store.List() // what cannot be read cannot be completed
	tags := []string{}
	for _, e := range list {
		if !slices.Contains(given, e.Tag) {
			tags = append(tags, e.Tag+"\t"+e.Note)
		}
	}
	return tags
}

// interruptible makes Ctrl-C end what a command does in order, rather than the
// program. The second one ends the program.
func interruptible(c *cobra.Command) (stop func()) {
	ctx, stop := signal.NotifyContext(c.Context(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	c.SetContext(ctx)
	return stop
}
