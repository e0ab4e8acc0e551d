package spawn

import (
	"fmt"

	"toyvm/machine"
	"toyvm/snapshot"
	"toyvm/snapshot/disk"
)

// Capture takes an image of a machine that stands still, with what is in its
// drives. Media that are no [disk.Disk] must be read-only.
func Capture(m *machine.Machine) (*snapshot.Image, error) {
	i, err := snapshot.Capture(m)
	if err != nil {
		return nil, err
	}
	c := m.Config()
	for n, f := range c.Floppies {
		if f.Present {
			if err := captureDisk(i, floppyName(n), f.Medium); err != nil {
				return nil, err
			}
		}
	}
	for n, d := range c.Drives {
		if d.Kind != machine.NoDrive {
			if err := captureDisk(i, driveName(n, d.Kind), d.Media); err != nil {
				return nil, err
			}
		}
	}
	return i, nil
}

func captureDisk(i *snapshot.Image, drive string, m machine.Medium) error {
	d := snapshot.Disk{Drive: drive}
	if m != nil {
		d.Size, d.ReadOnly = m.Size(), m.ReadOnly()
		switch c, ok := m.(interface{ Capture() *disk.Contents }); {
		case ok:
			d.Contents = c.Capture()
		case !d.ReadOnly:
			return fmt.Errorf("%s: its medium cannot be captured; a disk.Disk can", drive)
		}
	}
	i.Disks = append(i.Disks, d)
	return nil
}

func floppyName(n int) string { return fmt.Sprintf("floppy%d", n) }

func driveName(n int, k machine.DriveKind) string {
	if k == machine.CDROM {
		return fmt.Sprintf("ide%d-cd%d", n/2, n%2)
	}
	return fmt.Sprintf("ide%d-hd%d", n/2, n%2)
}
