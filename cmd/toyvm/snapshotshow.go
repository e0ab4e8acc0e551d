package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"toyvm/cmd/toyvm/internal/keeper"
	"toyvm/snapshot"
	"toyvm/snapshot/store"
)

func snapshotShowCommand() *cobra.Command {
	var asJSON, screen bool
	c := storeCommand{
		use:   "show {DISK | --store DIR} TAG [PATH]",
		short: "Show what is in a snapshot: the machine, its disks, and every device by name and value",
		long: `Show what is known about a snapshot, its disks, the text on its screen, and every
field of every device; or only what is at PATH: a device, a struct or one value.`,
		example: `  toyvm snapshot show disk.img base
  toyvm snapshot show disk.img base i8254.channels[1].count
  toyvm snapshot show disk.img base --screen
  toyvm snapshot show --json disk.img base serial[1]`,
		least: 1, most: 2,
		run: func(c *cobra.Command, s *snapshots, args []string) error {
			out := c.OutOrStdout()
			e, err := s.find(args[0])
			switch {
			case err != nil:
				return err
			case screen && len(args) > 1:
				return usageError{fmt.Errorf("--screen shows the screen, not %s; leave one of them out", args[1])}
			case screen && e.Err == nil:
				return showScreen(out, s.image, e)
			}
			loaded, err := s.load(c, args[0])
			if err != nil {
				return err
			}
			if len(args) > 1 {
				node := loaded.Image.Tree().Lookup(args[1])
				if node == nil {
					return fmt.Errorf("snapshot %q: nothing is called %s; without a path, show lists what there is", args[0], args[1])
				}
				return showNode(out, node, asJSON)
			}
			if asJSON {
				return writeJSON(out, newSnapshotView(e, loaded.Image))
			}
			list, err := s.store.List()
			if err != nil {
				return err
			}
			showSummary(out, e, list, loaded.Image)
			for _, d := range loaded.Image.Tree().Children {
				if err := d.Print(out); err != nil {
					return err
				}
			}
			return nil
		},
		complete: func(s *snapshots, args []string) []string {
			if len(args) == 0 {
				return s.completeTags(nil)
			}
			return []string{}
		},
	}.command()
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	c.Flags().BoolVar(&screen, "screen", false, "print the text on the screen alone")
	return c
}

// showScreen prints the text on the screen of a snapshot.
func showScreen(w io.Writer, image string, e *store.Entry) error {
	if e.Screen == "" {
		if image == "" {
			image = "DISK"
		}
		return fmt.Errorf("snapshot %q: its screen shows graphics; \"toyvm snapshot extract %s %[1]s screen -o FILE.png\" takes the picture", e.Tag, image)
	}
	_, err := io.WriteString(w, e.Screen)
	return err
}

// showSummary prints what is known about a snapshot beside its devices.
func showSummary(w io.Writer, e *store.Entry, list []store.Entry, i *snapshot.Image) {
	row := func(name, format string, args ...any) {
		fmt.Fprintf(w, "%-14s%s\n", name+":", fmt.Sprintf(format, args...))
	}
	row("tag", "%s", e.Tag)
	if e.Note != "" {
		row("note", "%s", e.Note)
	}
	row("created", "%s", e.Created.Local().Format(time.DateTime))
	row("parent", "%s", origin(e, list))
	row("vm clock", "%s", keeper.VMClock(e.Clock))
	row("instructions", "%d", e.Instructions)
	row("size", "%s, of which %s its own", keeper.Size(e.Size), keeper.Size(e.Own))
	var settings []string
	for _, s := range i.Settings {
		settings = append(settings, s.Name+"="+s.Value)
	}
	row("settings", "%s", strings.Join(settings, " "))
	for n := range i.Memory {
		row("memory", "%s, %s", i.Memory[n].Name, keeper.Size(i.Memory[n].Size()))
	}
	for n := range i.Disks {
		row("disk", "%s: %s", i.Disks[n].Drive, describeDisk(&i.Disks[n]))
	}
	if e.Screen != "" {
		fmt.Fprintln(w, frame(e.Screen))
	}
}

// describeDisk says what is in a drive.
func describeDisk(d *snapshot.Disk) string {
	if d.Size == 0 {
		return "empty"
	}
	text := keeper.Size(d.Size)
	if d.Path != "" {
		text = d.Path + ", " + text
	}
	if d.Contents == nil {
		text += ", read-only, not in the snapshot"
	}
	return text
}

// snapshotView is the JSON form of a whole snapshot.
type snapshotView struct {
	entryView
	Memory   []blockView   `json:"memory"`
	Disks    []diskView    `json:"disks"`
	Screen   string        `json:"screen,omitempty"`
	Sections []sectionView `json:"sections"`
}

type blockView struct {
	Name string `json:"name"`
	Size int64  `json:"size"`
}

type diskView struct {
	Drive    string `json:"drive"`
	Path     string `json:"path,omitempty"`
	Size     int64  `json:"size"`
	ReadOnly bool   `json:"read_only"`
	Stored   bool   `json:"stored"` // its contents are in the snapshot
}

func newSnapshotView(e *store.Entry, i *snapshot.Image) snapshotView {
	v := snapshotView{entryView: newEntryView(e), Screen: e.Screen}
	for _, m := range i.Memory {
		v.Memory = append(v.Memory, blockView{m.Name, m.Size()})
	}
	for _, d := range i.Disks {
		v.Disks = append(v.Disks, diskView{d.Drive, d.Path, d.Size, d.ReadOnly, d.Contents != nil})
	}
	for _, s := range i.Sections {
		v.Sections = append(v.Sections, sectionView{s.Name, s.Instance, s.Version, s.Tree})
	}
	return v
}
