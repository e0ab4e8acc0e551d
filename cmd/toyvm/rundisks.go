package main

import (
	"fmt"
	"io"

	"toyvm/cmd/toyvm/internal/media"
	"toyvm/machine"
	"toyvm/roms/demo"
)

// A place is where an image goes, and how the user puts one there.
type place struct {
	flag string
	kind media.Kind
	put  func(c *machine.Config, i *media.Image)
}

func floppyPlace(flag string, drive int) place {
	return place{flag, media.Floppy, func(c *machine.Config, i *media.Image) {
		c.Floppies[drive] = machine.Floppy{Present: true, Medium: i}
	}}
}

func drivePlace(flag string, drive int, kind media.Kind) place {
	driveKind := machine.HardDisk
	if kind == media.CDROM {
		driveKind = machine.CDROM
	}
	return place{flag, kind, func(c *machine.Config, i *media.Image) {
		c.Drives[drive] = machine.Drive{Kind: driveKind, Media: i}
	}}
}

var (
	placeA     = floppyPlace("--fda", 0)
	placeHDA   = drivePlace("--hda", 0, media.HardDisk)
	placeCDROM = drivePlace("--cdrom", 2, media.CDROM)
)

// bootFirst is the boot order for a DISK of a kind.
var bootFirst = map[media.Kind]string{media.Floppy: "acd", media.HardDisk: "cad", media.CDROM: "dac"}

// insertDisks opens the images that the flags name and puts them where they
// belong. The images are to be closed even if there is an error.
func (f *runFlags) insertDisks(c *machine.Config, disk string, stderr io.Writer) (images []*media.Image, err error) {
	given := []struct {
		place
		path string
	}{
		{placeA, f.fda},
		{floppyPlace("--fdb", 1), f.fdb},
		{placeHDA, f.hda},
		{drivePlace("--hdb", 1, media.HardDisk), f.hdb},
		{drivePlace("--hdc", 2, media.HardDisk), f.hdc},
		{drivePlace("--hdd", 3, media.HardDisk), f.hdd},
		{placeCDROM, f.cdrom},
	}
	if f.hdc != "" && f.cdrom != "" {
		return nil, usageError{fmt.Errorf("--cdrom and --hdc are the same place; use --hdd for the disk")}
	}
	open := func(path string, kind media.Kind) (*media.Image, error) {
		i, err := media.Open(path, kind, media.Options{Ephemeral: f.ephemeral})
		if err != nil {
			return nil, failure{err}
		}
		images = append(images, i)
		if i.Warning() != "" {
			fmt.Fprintf(stderr, "toyvm: warning: %s\n", i.Warning())
		}
		return i, nil
	}
	for _, g := range given {
		if g.path == "" {
			continue
		}
		i, err := open(g.path, g.kind)
		if err != nil {
			return images, err
		}
		g.put(c, i)
	}
	if f.noDisk(disk) {
		i := media.InMemory(media.Floppy, demoSize, demo.Image)
		placeA.put(c, i)
		return append(images, i), nil
	}
	if disk == "" {
		return images, nil
	}
	i, err := open(disk, media.Any)
	if err != nil {
		return images, err
	}
	p := map[media.Kind]place{media.Floppy: placeA, media.HardDisk: placeHDA, media.CDROM: placeCDROM}[i.Kind()]
	for _, g := range given {
		if g.path != "" && (g.flag == p.flag || p.flag == placeCDROM.flag && g.flag == "--hdc") {
			return images, usageError{fmt.Errorf("%s looks like a %s, but its place is taken by %s %s", disk, i.Kind(), g.flag, g.path)}
		}
	}
	p.put(c, i)
	if f.boot == "" {
		c.Boot = bootFirst[i.Kind()]
	}
	return images, nil
}
