// Package spawn builds machines from images of machines.
package spawn

import (
	"fmt"
	"io/fs"
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
		if d.Contents == nil && !strings.Contains(d.Drive, "-hd") {
			continue
		}
		if err := insert(&c, d.Drive, medium(&d)); err != nil {
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

// medium is a disk as an image has it.
func medium(d *snapshot.Disk) machine.Medium {
	contents := d.Contents
	if contents == nil {
		contents = disk.FromBytes(d.Size, nil)
	}
	if over := disk.Over(contents); d.ReadOnly {
		return protected{over}
	} else {
		return over
	}
}

// protected is a disk that the guest may not write.
type protected struct{ *disk.Disk }

func (protected) ReadOnly() bool                     { return true }
func (protected) WriteAt([]byte, int64) (int, error) { return 0, fs.ErrPermission }
func (p protected) Fork() machine.Medium             { return p }

// insert puts a medium into a drive by its name.
func insert(c *machine.Config, drive string, m machine.Medium) error {
	for i := range c.Floppies {
		if drive == floppyName(i) {
			c.Floppies[i] = machine.Floppy{Present: true, Medium: m}
			return nil
		}
	}
	for i, d := range c.Drives {
		if drive == driveName(i, d.Kind) {
			c.Drives[i].Media = m
			return nil
		}
	}
	return fmt.Errorf("there is no drive %q", drive)
}
