package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"toyvm/machine"
	"toyvm/snapshot/migration"
	"toyvm/vmstate"
)

func vmstateCommand() *cobra.Command {
	c := groupCommand("vmstate", "Look into device state: what is in a stream, and what a release can load",
		vmstateShowCommand(), vmstateDiffCommand(), vmstateDumpCommand(), vmstateCheckCommand())
	c.Long = `The state of every device is described by fields with names, types and versions.
These commands show what a migration stream holds (one of QEMU's or our own), how
this release describes its devices, and whether a newer release can load what an
older one saved.`
	return c
}

func vmstateShowCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "show STREAM [PATH]",
		Short: "Show the device state in a migration stream, by name and value",
		Long: `Show every field of every device in a migration stream, or only what is at PATH:
a section, a struct or a single value. STREAM may be compressed with gzip; "-" is
standard input.`,
		Example: `  toyvm vmstate show machine.mig
  toyvm vmstate show machine.mig i8254.channels[1].count
  toyvm vmstate show --json machine.mig serial[1]`,
		Args: arguments(1, 2),
		RunE: func(c *cobra.Command, args []string) error {
			stream, err := readStream(c.InOrStdin(), args[0])
			if err != nil {
				return err
			}
			if len(args) == 1 {
				return showStream(c.OutOrStdout(), stream, asJSON)
			}
			node := stream.Lookup(args[1])
			if node == nil {
				return fmt.Errorf("%s: nothing is called %s; without a path, show lists what there is", args[0], args[1])
			}
			return showNode(c.OutOrStdout(), node, asJSON)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func showNode(w io.Writer, node *vmstate.Node, asJSON bool) error {
	switch {
	case asJSON:
		return writeJSON(w, node)
	case node.Kind == vmstate.KindLeaf:
		_, err := fmt.Fprintln(w, node)
		return err
	default:
		return node.Print(w)
	}
}

func showStream(w io.Writer, stream *migration.Stream, asJSON bool) error {
	if asJSON {
		return writeJSON(w, newStreamView(stream))
	}
	fmt.Fprintf(w, "machine %s\n", stream.Machine)
	for _, b := range stream.Blocks {
		fmt.Fprintf(w, "memory %s: %d KiB\n", b.Name, b.Size>>10)
	}
	for _, d := range stream.Tree().Children { // under the names that PATH takes
		if err := d.Print(w); err != nil {
			return err
		}
	}
	return nil
}

// streamView is the JSON form of a stream.
type streamView struct {
	Machine  string            `json:"machine"`
	Memory   []migration.Block `json:"memory"`
	Sections []sectionView     `json:"sections"`
}

type sectionView struct {
	Name     string        `json:"name"`
	Instance int           `json:"instance"`
	Version  int           `json:"version"`
	State    *vmstate.Node `json:"state"`
}

func newStreamView(stream *migration.Stream) streamView {
	view := streamView{Machine: stream.Machine, Memory: stream.Blocks}
	for _, d := range stream.Devices {
		view.Sections = append(view.Sections, sectionView{d.Name, d.Instance, d.Version, d})
	}
	return view
}

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

func vmstateDiffCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "diff STREAM STREAM",
		Short: "Compare the device state in two migration streams, field by field",
		Long: `Print every field that differs between two migration streams, by its path. The
exit status is 0 if none does, 1 if some do, and 2 if a stream cannot be read.`,
		Example: `  toyvm vmstate diff before.mig after.mig`,
		Args:    arguments(2, 2),
		RunE: func(c *cobra.Command, args []string) error {
			before, err := readStream(c.InOrStdin(), args[0])
			if err != nil {
				return err
			}
			after, err := readStream(c.InOrStdin(), args[1])
			if err != nil {
				return err
			}
			changes := vmstate.Diff(before.Tree(), after.Tree())
			for _, change := range changes {
				fmt.Fprintf(c.OutOrStdout(), "%s: %s -> %s\n", change.Path, side(change.Old), side(change.New))
			}
			if len(changes) > 0 {
				return exitStatus(exitDifferent)
			}
			return nil
		},
	}
}

// side is one side of a difference as text.
func side(n *vmstate.Node) string {
	const most = 64
	if n == nil {
		return "none"
	}
	text := []rune(n.String())
	if len(text) > most {
		return string(text[:most]) + "…"
	}
	return string(text)
}

func vmstateDumpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "dump",
		Short: "Print how this release describes the state of its devices",
		Long: `Print the description of every device's state as JSON, with its versions, fields
and subsections, in the layout of QEMU's -dump-vmstate.`,
		Example: `  toyvm vmstate dump > release-1.json`,
		Args:    arguments(0, 0),
		RunE: func(c *cobra.Command, _ []string) error {
			m, err := machine.New(machine.Config{})
			if err != nil {
				return err
			}
			return m.Schema().Write(c.OutOrStdout())
		},
	}
}

func vmstateCheckCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "check OLD NEW",
		Short: "Check that a newer release loads what an older one saved",
		Long: `Compare two dumps of vmstate descriptions, as "toyvm vmstate dump" or QEMU's
-dump-vmstate write them, and print what keeps the newer program from loading the
older one's state. Between QEMU and toyvm, sections are paired by the names of
their descriptions. The exit status is 0 if nothing does, 1 if something does, and
2 if a dump cannot be read.`,
		Example: `  toyvm vmstate dump > new.json
  toyvm vmstate check release-1.json new.json`,
		Args: arguments(2, 2),
		RunE: func(c *cobra.Command, args []string) error {
			before, err := readSchema(c.InOrStdin(), args[0])
			if err != nil {
				return err
			}
			after, err := readSchema(c.InOrStdin(), args[1])
			if err != nil {
				return err
			}
			findings := vmstate.Check(before, after)
			for _, f := range findings {
				fmt.Fprintln(c.OutOrStdout(), f)
			}
			if len(findings) > 0 {
				return exitStatus(exitDifferent)
			}
			return nil
		},
	}
}

func readSchema(stdin io.Reader, name string) (*vmstate.Schema, error) {
	text, err := readFile(stdin, name)
	if err != nil {
		return nil, err
	}
	s, err := vmstate.ReadSchema(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return s, nil
}

func readStream(stdin io.Reader, name string) (*migration.Stream, error) {
	data, err := readFile(stdin, name)
	if err != nil {
		return nil, err
	}
	stream, err := migration.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return stream, nil
}

// readFile reads a file, or standard input for "-", and unpacks it if it is
// compressed with gzip.
func readFile(stdin io.Reader, name string) (data []byte, err error) {
	if name == "-" {
		data, err = io.ReadAll(stdin)
	} else {
		data, err = os.ReadFile(name)
	}
	if err != nil {
		return nil, err
	}
	return unpack(name, data)
}

// unpack unpacks what is compressed with gzip, and leaves anything else.
func unpack(name string, data []byte) ([]byte, error) {
	if !bytes.HasPrefix(data, []byte{0x1f, 0x8b}) {
		return data, nil
	}
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if data, err = io.ReadAll(io.LimitReader(z, mostUnpacked+1)); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(data) > mostUnpacked {
		return nil, fmt.Errorf("%s: unpacked, it has more than %d GiB, and no machine has", name, mostUnpacked>>30)
	}
	return data, nil
}

// mostUnpacked is more than the stream of any machine has, in bytes.
const mostUnpacked = 4 << 30
