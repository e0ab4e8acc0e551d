package machine

import (
	"errors"
	"fmt"
	"strings"

	"toyvm/cpu"
	"toyvm/devices/ata"
	"toyvm/devices/fdc"
	"toyvm/roms"
)

// Sizes and rates that a Config leaves open.
const (
	DefaultMemory      = 16 << 20
	DefaultVideoMemory = 8 << 20
	DefaultRate        = 100_000_000 // instructions per second of guest time
	DefaultBoot        = "acd"

	minMemory  = 64 << 10
	maxMemory  = 3 << 30 // what lies above belongs to devices
	minBIOS    = 64 << 10
	maxBIOS    = 16 << 20
	maxVGABIOS = 128 << 10
	minVideo   = 256 << 10
	maxVideo   = 256 << 20
	maxSerial  = 4
)

// A Config says how to build a machine. The zero value is a machine with the
// defaults that the fields name and no disks.
type Config struct {
	CPU         string // "386", "486", "pentium" or "686"; "" is a 486
	Memory      int    // bytes, from 64 KiB to 3 GiB; 0 is DefaultMemory
	VideoMemory int    // bytes; 0 is DefaultVideoMemory
	Rate        uint64 // instructions per second of guest time; 0 is DefaultRate

	BIOS    []byte // a multiple of 64 KiB; nil is our own
	VGABIOS []byte // nil is our own

	// Boot lists where the firmware looks for a system, up to three of a
	// (floppy), c (hard disk) and d (CD-ROM); "" is DefaultBoot.
	Boot string

	// Time is what the real-time clock shows at power-on, in seconds since
	// 1970 without leap seconds.
	Time int64

	Floppies [2]Floppy
	Drives   [4]Drive // primary master and slave, secondary master and slave

	// Serial is where COM1 to COM4 send to; a nil function sends to nowhere.
	// Its length is the number of ports; a nil Serial has two.
	Serial []func(byte)

	DebugConsoles []DebugConsole

	// NoReboot makes a reset that the guest asks for, or causes by a triple
	// fault, the end of the run.
	NoReboot bool
}

// A Floppy is a floppy drive. Drive A is always there.
type Floppy struct {
	Present bool
	Medium  fdc.Medium // nil if the drive is empty; otherwise the drive is present
}

// A Drive is what is at one of the four places for hard disks and CD-ROMs.
type Drive struct {
	Kind  DriveKind
	Media ata.Media // may be nil for a CD-ROM drive: it is empty
}

// A DriveKind is a kind of drive.
type DriveKind uint8

// The kinds of drives.
const (
	NoDrive DriveKind = iota
	HardDisk
	CDROM
)

func (k DriveKind) String() string { return [...]string{"none", "disk", "cdrom"}[k] }

// A DebugConsole is a port that hands on what the guest writes to it.
type DebugConsole struct {
	Port  uint16
	Write func(byte)
}

// complete returns the configuration with all defaults filled in, or what is
// wrong with it.
func (c Config) complete() (Config, error) {
	if c.CPU == "" {
		c.CPU = "486"
	}
	if c.Memory == 0 {
		c.Memory = DefaultMemory
	}
	if c.VideoMemory == 0 {
		c.VideoMemory = DefaultVideoMemory
	}
	if c.Rate == 0 {
		c.Rate = DefaultRate
	}
	if c.BIOS == nil {
		c.BIOS = roms.BIOS
	}
	if c.VGABIOS == nil {
		c.VGABIOS = roms.VGABIOS
	}
	if c.Boot == "" {
		c.Boot = DefaultBoot
	}
	if c.Serial == nil {
		c.Serial = make([]func(byte), 2)
	}
	c.Floppies[0].Present = true
	if c.Floppies[1].Medium != nil {
		c.Floppies[1].Present = true
	}
	return c, c.check()
}

func (c *Config) check() error {
	switch {
	case c.Memory < minMemory || c.Memory > maxMemory:
		return fmt.Errorf("memory of %d bytes: it must be from 64 KiB to 3 GiB", c.Memory)
	case c.Memory%cpu.PageSize != 0:
		return fmt.Errorf("memory of %d bytes: it must be a multiple of 4 KiB", c.Memory)
	case c.VideoMemory < minVideo || c.VideoMemory > maxVideo || c.VideoMemory&(c.VideoMemory-1) != 0:
		return fmt.Errorf("video memory of %d bytes: it must be a power of two from 256 KiB to 256 MiB", c.VideoMemory)
	case len(c.BIOS) < minBIOS || len(c.BIOS) > maxBIOS || len(c.BIOS)%minBIOS != 0:
		return fmt.Errorf("BIOS of %d bytes: it must be a multiple of 64 KiB, up to 16 MiB", len(c.BIOS))
	case len(c.VGABIOS) > maxVGABIOS:
		return fmt.Errorf("VGA BIOS of %d bytes: it must be up to 128 KiB", len(c.VGABIOS))
	case c.Rate < minRate || c.Rate > maxRate:
		return fmt.Errorf("rate of %d instructions per second: it must be from %d to %d", c.Rate, minRate, uint64(maxRate))
	case len(c.Serial) > maxSerial:
		return fmt.Errorf("%d serial ports: there can be up to %d", len(c.Serial), maxSerial)
	}
	for i, b := range c.Boot {
		if !strings.ContainsRune("acd", b) || strings.ContainsRune(c.Boot[:i], b) {
			return fmt.Errorf("boot order %q: it must be of the letters a, c and d, each once", c.Boot)
		}
	}
	for i, d := range c.Drives {
		if d.Kind == HardDisk && d.Media == nil {
			return fmt.Errorf("drive %d: %w", i, errNoMedia)
		}
	}
	return nil
}

var errNoMedia = errors.New("a hard disk needs an image")

// floppyDrives is the number of floppy drives.
func (c *Config) floppyDrives() int {
	if c.Floppies[1].Present {
		return 2
	}
	return 1
}
