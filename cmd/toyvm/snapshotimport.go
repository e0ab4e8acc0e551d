package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"toyvm/cmd/toyvm/internal/keeper"
	"toyvm/cmd/toyvm/internal/media"
	"toyvm/cmd/toyvm/internal/monitor"
	"toyvm/cmd/toyvm/internal/transfer"
	"toyvm/machine"
	"toyvm/snapshot/store"
)

// An importer makes a snapshot of a stream.
type importer struct {
	disks runFlags
	cpu   string
	note  string
	force bool
}

func snapshotImportCommand() *cobra.Command {
	var i importer
	c := storeCommand{
		use:   "import {DISK | --store DIR} FILE TAG",
		short: "Make a snapshot of a stream that QEMU or toyvm wrote",
		long: `Make a snapshot with TAG of the machine in a migration stream: one of QEMU's isapc, or
our own. Its memory and ports are those of the stream. FILE is
` + transfer.Spelling + `, or - for standard input;
it may be compressed with gzip. Sockets wait for one sender.

A stream holds no disks. DISK goes where "toyvm run" puts it, and the flags put other
images into other drives; the snapshot gets what is in them now. They must not be in
use by a machine.`,
		example: `  toyvm snapshot import disk.img machine.mig from-qemu
  toyvm snapshot import --store ~/snapshots --fda dos.img "exec:ssh host cat machine.mig.gz" dos`,
		least: 2, most: 2, makes: true,
		run: func(c *cobra.Command, s *snapshots, args []string) error {
			return i.run(c, s, args[0], args[1])
		},
		complete: func(s *snapshots, args []string) []string {
			if len(args) == 0 {
				return nil
			}
			return []string{}
		},
	}.command()
	i.disks.defineDisks(c.Flags())
	c.Flags().StringVar(&i.cpu, "cpu", "", "processor `MODEL` of the machine: 386, 486, pentium or 686; default: that of a stream of ours, else 486")
	c.Flags().StringVar(&i.note, "note", "", "`TEXT` to remember about the snapshot")
	c.Flags().BoolVar(&i.force, "force", false, "replace the snapshot that has the tag")
	return c
}

func (i *importer) run(c *cobra.Command, s *snapshots, source, tag string) (err error) {
	if err := i.free(s, tag); err != nil {
		return err
	}
	stream, err := receiveStream(c.InOrStdin(), source)
	if err != nil {
		return err
	}
	defer interruptible(c)()
	config := machine.Config{Serial: make([]func(byte), 2)}
	if err := fit(&config, stream); err != nil {
		return fmt.Errorf("%s: %w", source, err)
	}
	if i.cpu != "" {
		config.CPU = i.cpu
	}
	i.disks.ephemeral, i.disks.incoming = true, source // no disk is written, and none is made up
	images, err := i.disks.insertDisks(&config, s.image, c.ErrOrStderr())
	drives := monitor.NewDrives(&config, media.Options{})
	defer func() {
		for _, image := range images {
			err = errors.Join(err, image.Close())
		}
	}()
	if err != nil {
		return err
	}
	m, err := machine.New(config)
	if err != nil {
		return fmt.Errorf("%s: %w", source, err)
	}
	skipped, err := stream.LoadInto(m)
	if err != nil {
		return fmt.Errorf("%s: %w", source, err)
	}
	if len(skipped) > 0 {
		fmt.Fprintf(c.ErrOrStderr(), "toyvm: warning: %s: not loaded: %s\n", source, strings.Join(skipped, ", "))
	}
	for name, value := range m.Settings() {
		for _, was := range stream.Settings {
			if was.Name == name && was.Value != value {
				fmt.Fprintf(c.ErrOrStderr(), "toyvm: warning: %s: the machine had %s=%s, the snapshot has %s=%s\n", source, name, was.Value, name, value)
			}
		}
	}
	k := keeper.New(m, drives, s.store)
	k.Meter = progressOn(c.ErrOrStderr())
	saving, err := k.Save(c.Context(), tag, i.note)
	if err != nil {
		return err
	}
	return saving.Wait()
}

// free refuses a tag that a snapshot has.
func (i *importer) free(s *snapshots, tag string) error {
	if i.force {
		return nil
	}
	list, err := s.store.List()
	if err != nil {
		return err
	}
	if slices.ContainsFunc(list, func(e store.Entry) bool { return e.Tag == tag }) {
		return fmt.Errorf("there is a snapshot %q already; --force replaces it", tag)
	}
	return nil
}
