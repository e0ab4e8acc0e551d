package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"toyvm/cmd/toyvm/internal/keeper"
	"toyvm/snapshot/store"
)

func snapshotLsCommand() *cobra.Command {
	var asJSON bool
	c := storeCommand{
		use:   "ls {DISK | --store DIR}",
		short: "List snapshots",
		long: `List the snapshots of a disk image, the oldest first. VM SIZE is the space that one
needs, and OWN what of that no other one needs: deleting it gives that back.`,
		example: `  toyvm snapshot ls disk.img
  toyvm snapshot ls --json disk.img`,
		run: func(c *cobra.Command, s *snapshots, _ []string) error {
			list, err := s.store.List()
			if err != nil {
				return err
			}
			if asJSON {
				views := []entryView{}
				for _, e := range list {
					views = append(views, newEntryView(&e))
				}
				return writeJSON(c.OutOrStdout(), views)
			}
			if len(list) == 0 {
				_, err := fmt.Fprintln(c.OutOrStdout(), "There is no snapshot available.")
				return err
			}
			return keeper.Print(c.OutOrStdout(), list)
		},
	}.command()
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// entryView is the JSON form of what is known about a snapshot.
type entryView struct {
	Tag          string            `json:"tag"`
	ID           string            `json:"id,omitempty"`
	Created      *time.Time        `json:"created,omitempty"`
	Parent       string            `json:"parent,omitempty"`
	ParentID     string            `json:"parent_id,omitempty"`
	Note         string            `json:"note,omitempty"`
	Clock        int64             `json:"clock_ns"`
	Instructions uint64            `json:"instructions"`
	Size         int64             `json:"size"`
	Own          int64             `json:"own"`
	Settings     map[string]string `json:"settings,omitempty"`
	Error        string            `json:"error,omitempty"`
}

func newEntryView(e *store.Entry) entryView {
	v := entryView{
		Tag: e.Tag, ID: e.ID, Parent: e.Parent, ParentID: e.ParentID, Note: e.Note,
		Clock: e.Clock, Instructions: e.Instructions, Size: e.Size, Own: e.Own, Settings: map[string]string{},
	}
	if !e.Created.IsZero() {
		v.Created = &e.Created
	}
	for _, s := range e.Settings {
		v.Settings[s.Name] = s.Value
	}
	if e.Err != nil {
		v.Error = e.Err.Error()
	}
	return v
}
