// Package spawn builds machines from images of machines.
package spawn

import (
	"fmt"
	"strings"

	"toyvm/machine"
	"toyvm/snapshot"
	"toyvm/snapshot/disk"
)

// Machine builds a machine that goes on where an image was captured. It writes
// to its disks in memory only. Read-only media that the image does not contain
// are missing, or blank if they are hard disks, unless adapt, which may be nil,
// puts them into the configuration; it may also connect the serial ports.
func Machine(i *snapshot.Image, adapt func(*machine.Config)) (*machine.Machine, error) {
	c, err := Config(i)
	if err != nil {
		return nil, err
	}
	for _, d := range i.Disks {
		contents := d.Contents
		switch {
		case contents == nil && strings.Contains(d.Drive, "-hd"):
			contents = disk.FromBytes(d.Size, nil)
		case contents == nil:
			continue
		}
		if err := insert(&c, d.Drive, disk.Over(contents)); err != nil {
			return nil, err
		}
	}
	if adapt != nil {
		adapt(&c)
	}
	m, err := machine.New(c)
	if err != nil {
		return nil, err
	}
	return m, i.Return(m)
}

// Config is the configuration of a machine that an image fits, with nothing in
// its drives.
func Config(i *snapshot.Image) (machine.Config, error) {
	var c machine.Config
	for _, s := range i.Settings {
		if err := c.Set(s.Name, s.Value); err != nil {
			return c, err
		}
	}
	for _, f := range i.Firmware {
		switch f.Name {
		case "bios":
			c.BIOS = f.Data
		case "vgabios":
			c.VGABIOS = f.Data
		}
	}
	return c, nil
}

// insert puts a medium into a drive by its name.
func insert(c *machine.Config, drive string, m machine.Medium) error {
	for i := range c.Floppies {
		if drive == fmt.Sprintf("floppy%d", i) {
			c.Floppies[i] = machine.Floppy{Present: true, Medium: m}
			return nil
		}
	}
	for i := range c.Drives {
		if drive == fmt.Sprintf("ide%d-hd%d", i/2, i%2) || drive == fmt.Sprintf("ide%d-cd%d", i/2, i%2) {
			c.Drives[i].Media = m
			return nil
		}
	}
	return fmt.Errorf("there is no drive %q", drive)
}
