package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"toyvm/cmd/toyvm/internal/transfer"
	"toyvm/snapshot/spawn"
)

func snapshotExportCommand() *cobra.Command {
	var serial int
	c := storeCommand{
		use:   "export {DISK | --store DIR} TAG FILE",
		short: "Write a snapshot as a stream that QEMU loads",
		long: `Write the machine in a snapshot as a migration stream, as migrate does at the
monitor: QEMU's isapc goes on with it, and so do "toyvm run --incoming" and "toyvm
snapshot import". FILE is ` + transfer.Spelling + `,
or - for standard output.

Disks do not travel in the stream: extract writes them to files.`,
		example: `  toyvm snapshot export disk.img base base.mig
  toyvm snapshot export disk.img base "exec:gzip > base.mig.gz"
  toyvm snapshot extract disk.img base disk -o there.img
  qemu-system-i386 -M isapc,vmport=off -cpu 486 -m 16 -nodefaults -device isa-vga \
    -serial stdio -hda there.img -incoming "exec:cat base.mig"`,
		least: 2, most: 2,
		run: func(c *cobra.Command, s *snapshots, args []string) error {
			defer interruptible(c)()
			if serial < 0 || serial > 4 {
				return usageError{fmt.Errorf("--serial %d: a machine has up to 4", serial)}
			}
			loaded, err := s.load(c, args[0])
			if err != nil {
				return err
			}
			m, err := spawn.Machine(loaded.Image, nil)
			if err != nil {
				return fmt.Errorf("snapshot %q: %w", args[0], err)
			}
			stream, err := transfer.ForQEMU(m, serial)
			if err != nil {
				return fmt.Errorf("snapshot %q: %w", args[0], err)
			}
			_, end := progressOn(c.ErrOrStderr())("writing " + args[0])
			defer end()
			if args[1] == "-" {
				return stream.Write(c.OutOrStdout())
			}
			return transfer.Write(args[1], func(w io.Writer) error { return stream.Write(untilDone{c.Context(), w}) })
		},
		complete: func(s *snapshots, args []string) []string {
			if len(args) == 0 {
				return s.completeTags(nil)
			}
			return nil
		},
	}.command()
	c.Flags().IntVar(&serial, "serial", 1, "`N` serial ports of the QEMU that is to load it, which refuses a stream with more")
	return c
}

// untilDone writes until a context is done.
type untilDone struct {
	context.Context
	io.Writer
}

func (u untilDone) Write(p []byte) (int, error) {
	if err := u.Err(); err != nil {
		return 0, err
	}
	return u.Writer.Write(p)
}
