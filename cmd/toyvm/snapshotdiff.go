package main

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"

	"toyvm/machine"
	"toyvm/snapshot"
	"toyvm/snapshot/migration"
	"toyvm/snapshot/store"
)

func snapshotDiffCommand() *cobra.Command {
	var asJSON, all, quiet bool
	var dir string
	c := &cobra.Command{
		Use:   "diff [DISK | --store DIR] A B",
		Short: "Compare two snapshots, or streams of machines",
		Long: `Print what differs between two snapshots: settings, fields of devices by their paths,
the text on the screen line by line, memory, and sectors of disks. Of memory, - and +
stand before 16 bytes as they were and as they are.

A and B are tags of snapshots, or files with streams, of QEMU or our own, which may be
compressed with gzip; "-" is standard input. A stream holds no disks, so with one they
are not compared; nor are settings with a stream of QEMU.

The exit status is 0 if nothing differs, 1 if something does, and 2 if something
cannot be read.`,
		Example: `  toyvm snapshot diff disk.img base later
  toyvm snapshot diff -q disk.img base machine.mig.gz && echo the same
  toyvm snapshot diff before.mig after.mig`,
		Args: func(c *cobra.Command, args []string) error {
			if dir != "" {
				return arguments(2, 2)(c, args)
			}
			if len(args) == 2 && checkStore(args[0]+storeSuffix) == nil {
				return usageError{fmt.Errorf("%s has snapshots: say which two are to be compared", args[0])}
			}
			return arguments(2, 3)(c, args)
		},
		RunE: func(c *cobra.Command, args []string) error {
			var s *snapshots // nil if both are files
			var err error
			if dir != "" || len(args) == 3 {
				if s, args, err = findSnapshots(dir, args); err != nil {
					return err
				}
			}
			before, err := s.side(c, args[0])
			if err != nil {
				return err
			}
			after, err := s.side(c, args[1])
			if err != nil {
				return err
			}
			_, end := progressOn(c.ErrOrStderr())("comparing")
			d, err := compareSides(before, after)
			end()
			if err != nil {
				return err
			}
			switch {
			case quiet:
			case asJSON:
				err = writeJSON(c.OutOrStdout(), newDifferenceView(d))
			default:
				err = d.print(c.OutOrStdout(), all)
			}
			if err == nil && !d.Empty() {
				err = exitStatus(exitDifferent)
			}
			return err
		},
		ValidArgsFunction: func(c *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if dir == "" && len(args) == 0 {
				return nil, cobra.ShellCompDirectiveDefault
			}
			s, rest, err := findSnapshots(dir, args)
			if err != nil || len(rest) > 1 {
				return nil, cobra.ShellCompDirectiveDefault
			}
			return s.completeTags(rest), cobra.ShellCompDirectiveDefault
		},
	}
	c.Flags().StringVar(&dir, "store", "", "`DIR` with the snapshots, in place of DISK")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	c.Flags().BoolVar(&all, "all", false, "print all memory that differs, and not only the beginning")
	c.Flags().BoolVarP(&quiet, "quiet", "q", false, "print nothing")
	return c
}

// A comparedSide is one of the two that are compared.
type comparedSide struct {
	image  *snapshot.Image
	stream bool // it came from a stream
	screen *string
}

// side reads what an argument names: a snapshot, or else a file.
func (s *snapshots) side(c *cobra.Command, name string) (*comparedSide, error) {
	var notFound error
	if s != nil {
		loaded, err := s.load(c, name)
		if err == nil {
			return &comparedSide{image: loaded.Image, screen: &loaded.Screen}, nil
		}
		if !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		notFound = err
	}
	stream, err := receiveStream(c.InOrStdin(), name)
	if notFound != nil && errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w; and there is no such file", notFound)
	}
	if err != nil {
		return nil, err
	}
	image, err := stream.Image()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return &comparedSide{image, true, screenOf(stream)}, nil
}

// screenOf is the text on the screen of the machine in a stream, or nil if that
// cannot be told: QEMU's do not say what the adapter shows.
func screenOf(stream *migration.Stream) *string {
	if len(stream.Private) == 0 {
		return nil
	}
	var c machine.Config
	if fit(&c, stream) != nil {
		return nil
	}
	m, err := machine.New(c)
	if err != nil {
		return nil
	}
	if _, err := stream.LoadInto(m); err != nil {
		return nil
	}
	var text string
	if t := m.Text(); t != nil {
		text = t.String()
	}
	return &text
}

// compareSides compares what both sides tell.
func compareSides(before, after *comparedSide) (*difference, error) {
	a, b := *before.image, *after.image
	if before.stream || after.stream {
		a.Disks, b.Disks = nil, nil
	}
	if a.Settings == nil || b.Settings == nil {
		a.Settings, b.Settings = nil, nil
	}
	found, err := snapshot.Compare(&a, &b)
	if err != nil {
		return nil, err
	}
	d := &difference{Difference: found, before: &a, after: &b}
	if before.screen != nil && after.screen != nil {
		d.screen = compareLines(screenLines(*before.screen), screenLines(*after.screen))
	}
	return d, nil
}
