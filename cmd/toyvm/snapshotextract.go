package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"toyvm/cmd/toyvm/internal/extract"
	"toyvm/cmd/toyvm/internal/media"
	"toyvm/cmd/toyvm/internal/monitor"
	"toyvm/cmd/toyvm/internal/transfer"
	"toyvm/snapshot"
	"toyvm/snapshot/spawn"
)

// The parts of a snapshot that can be taken out.
const (
	partDisk   = "disk"
	partRAM    = "ram"
	partScreen = "screen"
)

// mainMemory is the block that begins at address 0.
const mainMemory = "pc.ram"

func snapshotExtractCommand() *cobra.Command {
	var path string
	c := storeCommand{
		use:   "extract {DISK | --store DIR} TAG {disk [DRIVE] | ram | screen}",
		short: "Write a disk, the memory or the screen of a snapshot to a file",
		long: `Write what a snapshot holds to a file: a disk as a plain image, which is sparse; all
of the memory, from address 0 on; or the screen, as the ending of the file's name
says: .png, .ppm, .txt or .ans. Without -o it goes to standard output, the screen as
text.

DRIVE is a name such as ide0-hd0, and may be left out if there is one disk only.`,
		example: `  toyvm snapshot extract disk.img base disk -o before.img
  toyvm snapshot extract disk.img base disk floppy0 -o a.img
  toyvm snapshot extract disk.img base screen -o screen.png
  toyvm snapshot extract disk.img base ram | xxd | less`,
		least: 2, most: 3,
		run: func(c *cobra.Command, s *snapshots, args []string) error {
			defer interruptible(c)()
			return extractPart(c, s, args, path)
		},
		complete: completeExtract,
	}.command()
	c.Flags().StringVarP(&path, "output", "o", "", "`FILE` to write")
	return c
}

func extractPart(c *cobra.Command, s *snapshots, args []string, path string) error {
	tag, part, drive := args[0], args[1], ""
	switch {
	case len(args) == 2:
	case part != partDisk:
		return usageError{fmt.Errorf("%q is one argument too many", args[2])}
	default:
		drive = args[2]
	}
	if part != partDisk && part != partRAM && part != partScreen {
		return usageError{fmt.Errorf("a snapshot has no part %q: it can be disk, ram or screen", part)}
	}
	loaded, err := s.load(c, tag)
	if err != nil {
		return err
	}
	var write func(io.Writer) error
	switch part {
	case partDisk:
		write, err = extractDisk(c, loaded.Image, drive)
	case partRAM:
		write = func(w io.Writer) error {
			progress, end := progressOn(c.ErrOrStderr())("writing memory")
			defer end()
			return extract.Memory(c.Context(), w, findBlock(loaded.Image, mainMemory), progress)
		}
	case partScreen:
		write, err = extractScreen(loaded.Image, path)
	}
	if err != nil {
		return fmt.Errorf("snapshot %q: %w", tag, err)
	}
	if path != "" {
		if file, err := media.OpenFile(path); err == nil {
			file.Close()
		} else if errors.Is(err, media.ErrInUse) {
			return err
		}
		return transfer.Write(path, write)
	}
	if part != partScreen && isTerminal(c.OutOrStdout()) {
		return usageError{fmt.Errorf("a %s is nothing for a terminal; -o says which file it goes to", part)}
	}
	return write(struct{ io.Writer }{c.OutOrStdout()}) // what has a shell opened gets no holes
}

func completeExtract(s *snapshots, args []string) []string {
	switch {
	case len(args) == 0:
		return s.completeTags(nil)
	case len(args) == 1:
		return []string{partDisk, partRAM, partScreen}
	case args[1] == partDisk:
		if loaded, err := s.store.Load(context.Background(), args[0], nil); err == nil {
			return storedDisks(loaded.Image)
		}
	}
	return []string{}
}

// storedDisks are the drives of which an image has the contents.
func storedDisks(i *snapshot.Image) (drives []string) {
	for _, d := range i.Disks {
		if d.Contents != nil {
			drives = append(drives, d.Drive)
		}
	}
	return drives
}

// extractDisk writes the disk in a drive, or the only one.
func extractDisk(c *cobra.Command, i *snapshot.Image, drive string) (func(io.Writer) error, error) {
	drives := storedDisks(i)
	switch {
	case drive == "" && len(drives) == 0:
		return nil, errors.New("it holds no disk")
	case drive == "" && len(drives) > 1:
		return nil, fmt.Errorf("it holds the disks %s; say which one", strings.Join(drives, ", "))
	case drive == "":
		drive = drives[0]
	}
	for _, d := range i.Disks {
		switch {
		case d.Drive != drive:
		case d.Size == 0:
			return nil, fmt.Errorf("%s is empty", drive)
		case d.Contents == nil:
			return nil, fmt.Errorf("%s is read-only, so that the snapshot does not hold it; it was %s", drive, d.Path)
		default:
			return func(w io.Writer) error {
				progress, end := progressOn(c.ErrOrStderr())("writing " + drive)
				defer end()
				return extract.Disk(c.Context(), w, d.Contents, progress)
			}, nil
		}
	}
	var names []string
	for _, d := range i.Disks {
		names = append(names, d.Drive)
	}
	return nil, fmt.Errorf("there is no drive %s%s", drive, monitor.DidYouMean(drive, names))
}

// extractScreen writes the screen in the format of a file's name.
func extractScreen(i *snapshot.Image, path string) (func(io.Writer) error, error) {
	if path == "" {
		path = ".txt"
	}
	dump, err := monitor.ScreenDumper(path)
	if err != nil {
		return nil, err
	}
	m, err := spawn.Machine(i, nil)
	if err != nil {
		return nil, err
	}
	return func(w io.Writer) error { return dump(w, &monitor.Console{Machine: m}) }, nil
}
