package monitor

import (
	"errors"
	"fmt"

	"toyvm/cmd/toyvm/internal/media"
	"toyvm/devices/ata"
	"toyvm/devices/fdc"
	"toyvm/machine"
)

// Drives are the drives of a machine and the images in them, which they close.
type Drives struct {
	list    []*Drive
	options media.Options // for images that are put in
}

// A Drive is a place for a disk.
type Drive struct {
	kind  media.Kind
	index int          // in Config.Floppies or Config.Drives
	image *media.Image // nil if it is empty
}

// NewDrives finds the drives of a machine that is built so.
func NewDrives(c *machine.Config, options media.Options) *Drives {
	d := &Drives{options: options}
	for i, f := range c.Floppies {
		if f.Present || i == 0 {
			inside, _ := f.Medium.(*media.Image)
			d.list = append(d.list, &Drive{media.Floppy, i, inside})
		}
	}
	for i, drive := range c.Drives {
		inside, _ := drive.Media.(*media.Image)
		switch drive.Kind {
		case machine.HardDisk:
			d.list = append(d.list, &Drive{media.HardDisk, i, inside})
		case machine.CDROM:
			d.list = append(d.list, &Drive{media.CDROM, i, inside})
		}
	}
	return d
}

// A deviceError is said in QEMU's words.
type deviceError struct{ device, what string }

func (e deviceError) Error() string { return fmt.Sprintf("Device '%s' %s", e.device, e.what) }

// Close writes and closes the images.
func (d *Drives) Close() error {
	var errs []error
	for _, drive := range d.list {
		errs = append(errs, drive.exchange(nil))
	}
	return errors.Join(errs...)
}

// Names are the names of the drives.
func (d *Drives) Names() []string {
	var names []string
	for _, drive := range d.list {
		names = append(names, drive.Name())
	}
	return names
}

// find returns the drive with a name.
func (d *Drives) find(name string) (*Drive, error) {
	for _, drive := range d.list {
		if drive.Name() == name {
			return drive, nil
		}
	}
	return nil, deviceError{name, "not found" + DidYouMean(name, d.Names())}
}

// Name is QEMU's name of a drive.
func (d *Drive) Name() string {
	switch d.kind {
	case media.Floppy:
		return fmt.Sprintf("floppy%d", d.index)
	case media.CDROM:
		return fmt.Sprintf("ide%d-cd%d", d.index/2, d.index%2)
	default:
		return fmt.Sprintf("ide%d-hd%d", d.index/2, d.index%2)
	}
}

// controller is the section of what the drive is connected to.
func (d *Drive) controller() string {
	switch {
	case d.kind == media.Floppy:
		return "fdc"
	case d.index < 2:
		return "isa-ide"
	default:
		return "isa-ide[1]"
	}
}

func (d *Drive) kindName() string {
	switch d.kind {
	case media.Floppy:
		return "floppy"
	case media.CDROM:
		return "ide-cd"
	default:
		return "ide-hd"
	}
}

func (d *Drive) removable() bool { return d.kind != media.HardDisk }

// exchange notes what is in the drive now and closes what was.
func (d *Drive) exchange(i *media.Image) error {
	old := d.image
	d.image = i
	if old == nil {
		return nil
	}
	return errors.Join(old.Sync(), old.Close())
}

// put puts an image into the drive, or with nil ejects what is in it.
func (d *Drive) put(m *machine.Machine, i *media.Image, force bool) error {
	if !d.removable() {
		return deviceError{d.Name(), "is not removable"}
	}
	var a machine.Action
	if d.kind == media.Floppy {
		insert := machine.FloppyAction{Drive: d.index}
		if i != nil {
			insert.Medium = fdc.Medium(i)
		}
		a = insert
	} else {
		insert := machine.CDAction{Drive: d.index, Force: force}
		if i != nil {
			insert.Media = ata.Media(i)
		}
		a = insert
	}
	err := m.Do(a)
	if errors.Is(err, ata.ErrLocked) {
		return deviceError{d.Name(), "is locked and force was not specified, wait for tray to open and try again"}
	}
	if err != nil {
		return err
	}
	return d.exchange(i)
}
