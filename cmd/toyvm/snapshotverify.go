package main

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"toyvm/cmd/toyvm/internal/media"
	"toyvm/snapshot"
	"toyvm/snapshot/store"
)

func snapshotVerifyCommand() *cobra.Command {
	return storeCommand{
		use:   "verify {DISK | --store DIR} [TAG…]",
		short: "Check that snapshots are what they were when they were taken",
		long: `Read all that the snapshots consist of, and compute every checksum anew. Each damage is
a line that says which snapshots it hits, and where. With tags, only what hits one of
these counts.

Then the disk images are compared with what they were in the newest snapshot, or in
the first one named. That they differ is no damage: the guest went on, or another
program wrote to them. An image that a machine is using is left out.

The exit status is 0 if all is whole, 1 if there is damage, and 2 if something could
not be looked at.`,
		example: `  toyvm snapshot verify disk.img
  toyvm snapshot verify disk.img base`,
		most: manyArguments,
		run: func(c *cobra.Command, s *snapshots, tags []string) error {
			for _, tag := range tags {
				if _, err := s.find(tag); err != nil {
					return err
				}
			}
			progress, end := progressOn(c.ErrOrStderr())("checking")
			damages, err := s.store.Verify(c.Context(), progress)
			end()
			if err != nil {
				return err
			}
			out := c.OutOrStdout()
			damages = slices.DeleteFunc(damages, func(d store.Damage) bool { return len(tags) > 0 && !hits(d, tags) })
			for _, d := range damages {
				fmt.Fprintln(out, d.String())
			}
			if len(damages) == 0 {
				fmt.Fprintln(out, "no damage")
			}
			s.tellInterrupted(out)
			err = s.compareImages(c, tags)
			if len(damages) > 0 {
				return exitStatus(exitDifferent) // which says why the images cannot be compared, too
			}
			return err
		},
	}.command()
}

// hits tells whether damage hits one of the snapshots.
func hits(d store.Damage, tags []string) bool {
	return slices.ContainsFunc(d.Hits, func(h store.Hit) bool { return slices.Contains(tags, h.Tag) })
}

// tellInterrupted tells what the next run has to complete.
func (s *snapshots) tellInterrupted(w io.Writer) {
	pending, _ := s.store.Pending() // a damaged journal is damage that is told
	for _, r := range pending {
		r.Leave()
		fmt.Fprintf(w, "loading snapshot %q was interrupted; the next run of the machine completes it\n", r.Tag)
	}
}

// compareImages tells how the disk images differ from what they were in the
// first of some snapshots, or in the newest of all.
func (s *snapshots) compareImages(c *cobra.Command, tags []string) error {
	if len(tags) == 0 {
		list, err := s.store.List()
		if err != nil {
			return err
		}
		if list = slices.DeleteFunc(list, func(e store.Entry) bool { return e.Err != nil }); len(list) == 0 {
			return nil
		}
		tags = []string{list[len(list)-1].Tag}
	}
	loaded, err := s.load(c, tags[0])
	if err != nil {
		return err
	}
	paths := s.imagePaths(loaded.Image)
	for i := range loaded.Image.Disks {
		d := &loaded.Image.Disks[i]
		if d.Contents == nil || paths[i] == "" {
			continue
		}
		_, end := progressOn(c.ErrOrStderr())("comparing " + paths[i])
		said, err := compareFile(paths[i], tags[0], d)
		end()
		if err != nil {
			said = fmt.Sprintf("not compared with snapshot %q: %v", tags[0], err)
		}
		fmt.Fprintln(c.OutOrStdout(), said)
	}
	return nil
}

// imagePaths are where the images of the disks are. If none is where the command
// line says that one is, it is the first hard disk that was renamed.
func (s *snapshots) imagePaths(i *snapshot.Image) []string {
	named, err := filepath.Abs(s.image)
	paths, first := make([]string, len(i.Disks)), -1
	for n, d := range i.Disks {
		paths[n] = d.Path
		switch {
		case s.image == "" || err != nil:
		case d.Path == named:
			paths[n], named = s.image, ""
		case first < 0 && strings.Contains(d.Drive, "-hd"):
			first = n
		}
	}
	if s.image != "" && named != "" && first >= 0 {
		paths[first] = s.image
	}
	return paths
}

// compareFile says how an image differs from a disk of a snapshot.
func compareFile(path, tag string, d *snapshot.Disk) (string, error) {
	image, err := media.Open(path, media.Any, media.Options{ReadOnly: true})
	if err != nil {
		return "", err
	}
	defer image.Close()
	if image.Size() != d.Size {
		return fmt.Sprintf("%s has %d bytes, and had %d in snapshot %q", path, image.Size(), d.Size, tag), nil
	}
	now := snapshot.Disk{Drive: d.Drive, Size: d.Size, Contents: image.Capture()}
	found, err := snapshot.Compare(&snapshot.Image{Disks: []snapshot.Disk{*d}}, &snapshot.Image{Disks: []snapshot.Disk{now}})
	switch {
	case err != nil:
		return "", err
	case found.Empty():
		return fmt.Sprintf("%s is as in snapshot %q", path, tag), nil
	default:
		return fmt.Sprintf("%s is not as in snapshot %q: %s", path, tag, sectors(found.Disks[0].Runs, false)), nil
	}
}
