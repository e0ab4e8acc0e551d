package main

import (
	"github.com/spf13/cobra"
)

func snapshotRmCommand() *cobra.Command {
	return storeCommand{
		use:   "rm {DISK | --store DIR} TAG…",
		short: "Delete snapshots and give their space back",
		long: `Delete snapshots, and give back the space that no other one needs. If there is no
snapshot with one of the tags, none is deleted. Snapshots that come from a deleted
one stay whole.`,
		example: `  toyvm snapshot rm disk.img before-install
  toyvm snapshot rm --store ~/snapshots a b c`,
		least: 1, most: manyArguments,
		run: func(c *cobra.Command, s *snapshots, tags []string) error {
			defer interruptible(c)()
			for _, tag := range tags {
				if _, err := s.find(tag); err != nil {
					return err
				}
			}
			for _, tag := range tags {
				if err := s.store.Delete(c.Context(), tag); err != nil {
					return err
				}
			}
			return nil
		},
	}.command()
}
