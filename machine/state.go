package machine

import (
	"fmt"
	"iter"
	"slices"
	"strconv"

	"toyvm/devices/fwcfg"
	"toyvm/vmstate"
)

// Names of the settings.
const (
	settingCPU         = "cpu"
	settingMemory      = "memory"       // bytes
	settingVideoMemory = "video-memory" // bytes
	settingSerial      = "serial"       // number of ports
	settingFloppies    = "floppy-drives"
)

// Settings lists what two machines must have in common for the state of one to
// fit the other.
func (m *Machine) Settings() iter.Seq2[string, string] {
	c := &m.config
	list := [][2]string{
		{settingCPU, c.CPU},
		{settingMemory, strconv.Itoa(c.Memory)},
		{settingVideoMemory, strconv.Itoa(c.VideoMemory)},
		{settingSerial, strconv.Itoa(len(m.UARTs))},
		{settingFloppies, strconv.Itoa(c.floppyDrives())},
	}
	for i, d := range c.Drives {
		list = append(list, [2]string{driveName(i), d.Kind.String()})
	}
	return func(yield func(name, value string) bool) {
		for _, s := range list {
			if !yield(s[0], s[1]) {
				return
			}
		}
	}
}

// Set makes a setting of another machine one of this configuration. What is put
// into the drives is not part of it.
func (c *Config) Set(name, value string) error {
	var err error
	number := func() int {
		n, failed := strconv.Atoi(value)
		if failed != nil || n < 0 {
			err = fmt.Errorf("%s=%s: it must be a number", name, value)
		}
		return n
	}
	switch name {
	case settingCPU:
		c.CPU = value
	case settingMemory:
		c.Memory = number()
	case settingVideoMemory:
		c.VideoMemory = number()
	case settingSerial:
		c.Serial = append(c.Serial, make([]func(byte), maxSerial)...)[:min(number(), maxSerial)]
	case settingFloppies:
		c.Floppies[1].Present = number() > 1
	default:
		return c.setDrive(name, value)
	}
	return err
}

func (c *Config) setDrive(name, value string) error {
	for i := range c.Drives {
		for _, kind := range []DriveKind{NoDrive, HardDisk, CDROM} {
			if name == driveName(i) && value == kind.String() {
				c.Drives[i].Kind = kind
				return nil
			}
		}
	}
	return fmt.Errorf("%s=%s: there is no such setting", name, value)
}

// Names of the parts of the firmware.
const (
	firmwareBIOS    = "bios"
	firmwareVGABIOS = "vgabios"
)

// Firmware gives what the reset line puts into memory, and what the firmware
// itself finds there: the BIOS and the VGA BIOS.
func (m *Machine) Firmware() iter.Seq2[string, []byte] {
	return func(yield func(name string, data []byte) bool) {
		_ = yield(firmwareBIOS, m.config.BIOS) && yield(firmwareVGABIOS, m.config.VGABIOS)
	}
}

// SetFirmware changes a part of the firmware for the next reset. A BIOS must
// have the size of the one before.
func (m *Machine) SetFirmware(name string, data []byte) error {
	switch {
	case name == firmwareBIOS && len(data) == len(m.config.BIOS):
		m.config.BIOS = data
	case name == firmwareBIOS:
		return fmt.Errorf("BIOS of %d bytes: this machine has one of %d", len(data), len(m.config.BIOS))
	case name == firmwareVGABIOS && len(data) <= maxVGABIOS:
		m.config.VGABIOS = data
		return m.FWCfg.SetFile(fwcfg.FileVGABIOS, data)
	case name == firmwareVGABIOS:
		return fmt.Errorf("VGA BIOS of %d bytes: it must be up to 128 KiB", len(data))
	}
	return nil
}

// Instructions is the number of those executed since power-on.
func (m *Machine) Instructions() uint64 { return m.CPU.Instructions() }

// Time is the virtual clock in ns.
func (m *Machine) Time() int64 { return m.clock.Now() }

// A Forker is a medium that a second machine can have, too, as it is now. What
// either writes the other does not see.
type Forker interface {
	Fork() Medium
}

// Fork is a second machine that stands where this one does. They share all
// memory that neither changes. Disks must be a [Forker] or read-only. What the
// new machine sends to its serial ports and debug consoles goes nowhere, until
// [Machine.SetSerial] says where.
func (m *Machine) Fork() (*Machine, error) {
	c := m.config
	c.Serial = make([]func(byte), len(m.UARTs))
	c.DebugConsoles = slices.Clone(c.DebugConsoles)
	for i := range c.DebugConsoles {
		c.DebugConsoles[i].Write = func(byte) {}
	}
	for i := range c.Floppies {
		if f := &c.Floppies[i]; f.Medium != nil {
			medium, err := forkMedium(f.Medium)
			if err != nil {
				return nil, fmt.Errorf("floppy %d: %w", i, err)
			}
			f.Medium = medium
		}
	}
	for i := range c.Drives {
		if d := &c.Drives[i]; d.Media != nil {
			medium, err := forkMedium(d.Media)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", driveName(i), err)
			}
			d.Media = medium
		}
	}
	to, err := New(c)
	if err != nil {
		return nil, err
	}
	return to, to.become(m)
}

func forkMedium(from Medium) (Medium, error) {
	if f, ok := from.(Forker); ok {
		return f.Fork(), nil
	}
	if from.ReadOnly() {
		return from, nil
	}
	return nil, fmt.Errorf("its medium cannot be forked: two machines would write to it")
}

// become copies the state of a machine that was built like this one.
func (m *Machine) become(from *Machine) error {
	for _, b := range from.Blocks() {
		m.Thaw(b.Name, from.Freeze(b.Name))
	}
	to := m.Sections()
	for i, s := range from.Sections() {
		if !s.Needed() {
			continue
		}
		e := vmstate.NewEncoder(nil)
		if err := s.Save(e); err != nil {
			return err
		}
		if err := to[i].Unmarshal(e.Bytes(), s.Version()); err != nil {
			return err
		}
	}
	m.Loaded()
	m.input.take(&from.input)
	return nil
}
