package monitor

import (
	"fmt"
	"os"

	"toyvm/cmd/toyvm/internal/media"
)

// parseInfoBlock shows the drives, or one of them.
func parseInfoBlock(args []string) (Action, error) {
	return func(c *Console) error {
		list := c.Drives.list
		if len(args) > 0 {
			d, err := c.Drives.find(args[0])
			if err != nil {
				return err
			}
			list = []*Drive{d}
		}
		for i, d := range list {
			if i > 0 {
				fmt.Fprintln(c.Out)
			}
			c.printDrive(d)
		}
		return nil
	}, nil
}

func (c *Console) printDrive(d *Drive) {
	fmt.Fprintf(c.Out, "%s: %s\n    Attached to:      %s\n", d.Name(), d.contents(), d.controller())
	if d.removable() {
		locked, tray := "not locked", "closed"
		if d.kind == media.CDROM {
			channel, unit := c.Machine.ATA[d.index/2], d.index%2
			if channel.TrayLocked(unit) {
				locked = "locked"
			}
			if channel.TrayOpen(unit) {
				tray = "open"
			}
		}
		fmt.Fprintf(c.Out, "    Removable device: %s, tray %s\n", locked, tray)
	}
	if d.image != nil {
		mode := "writeback"
		if c.Drives.options.Ephemeral || d.image.Path() == "" {
			mode += ", changes are forgotten"
		}
		fmt.Fprintf(c.Out, "    Cache mode:       %s\n", mode)
	}
}

// contents says what is in the drive.
func (d *Drive) contents() string {
	if d.image == nil {
		return "[not inserted]"
	}
	name, how := d.image.Path(), "raw"
	if name == "" {
		name = "(in memory)"
	}
	if d.image.ReadOnly() {
		how += ", read-only"
	}
	return fmt.Sprintf("%s (%s)", name, how)
}

// forced takes -f from the arguments of change and eject.
func forced(args []string) (rest []string, force bool) {
	for _, arg := range args {
		if arg == "-f" {
			force = true
		} else {
			rest = append(rest, arg)
		}
	}
	return rest, force
}

func parseEject(args []string) (Action, error) {
	args, force := forced(args)
	if len(args) != 1 {
		return nil, fmt.Errorf("one device is due; info block lists them")
	}
	return func(c *Console) error {
		d, err := c.Drives.find(args[0])
		if err != nil {
			return err
		}
		return d.put(c.Machine, nil, force)
	}, nil
}

func parseChange(args []string) (Action, error) {
	args, force := forced(args)
	var format, mode string
	switch len(args) {
	case 4:
		mode = args[3]
		fallthrough
	case 3:
		format = args[2]
		fallthrough
	case 2:
	default:
		return nil, fmt.Errorf("a device and a file are due; info block lists the devices")
	}
	if format == "read-only" && mode == "" {
		format, mode = "", format
	}
	if format != "" && format != "raw" {
		return nil, fmt.Errorf("format %q: images are raw", format)
	}
	if mode != "" && mode != "retain" && mode != "read-only" && mode != "read-write" {
		return nil, fmt.Errorf("%q: it is read-only, read-write or retain", mode)
	}
	return func(c *Console) error { return c.change(args[0], args[1], mode, force) }, nil
}

// change puts an image into a drive. If that is not possible, what was in the
// drive stays there.
func (c *Console) change(device, path, mode string, force bool) error {
	d, err := c.Drives.find(device)
	if err != nil {
		return err
	}
	if !d.removable() {
		return deviceError{device, "is not removable"}
	}
	options := c.Drives.options
	options.ReadOnly = mode == "read-only" || mode == "retain" && d.image != nil && d.image.ReadOnly()
	if d.holds(path) {
		// Nobody else could open it.
		if err := d.put(c.Machine, nil, force); err != nil {
			return err
		}
	}
	i, err := media.Open(path, d.kind, options)
	if err != nil {
		return err
	}
	if err := d.put(c.Machine, i, force); err != nil {
		if d.image != i {
			i.Close()
		}
		return err
	}
	if i.Warning() != "" {
		fmt.Fprintf(c.Out, "warning: %s\n", i.Warning())
	}
	return nil
}

// holds tells whether the image in the drive is a file.
func (d *Drive) holds(path string) bool {
	if d.image == nil || d.image.Path() == "" {
		return false
	}
	inside, err := os.Stat(d.image.Path())
	if err != nil {
		return false
	}
	wanted, err := os.Stat(path)
	return err == nil && os.SameFile(inside, wanted)
}
