package machine

import (
	"toyvm/devices/ata"
	"toyvm/devices/fdc"
	"toyvm/devices/fwcfg"
	"toyvm/devices/mc146818"
)

// CMOS bytes that tell the firmware what the board has. The layout is the AT's
// with the additions of Bochs and QEMU.
const (
	cmosFloppies    = 0x10 // type of A in the upper half, of B in the lower
	cmosDisks       = 0x12 // likewise of the first two hard disks: 15 is "see below"
	cmosEquipment   = 0x14
	cmosBaseMemory  = 0x15 // in KiB
	cmosExtMemory   = 0x17 // above 1 MiB, in KiB
	cmosDiskTypes   = 0x19 // types of the first two hard disks: 47 is "see below"
	cmosDiskTables  = 0x1b // their geometry, 9 bytes each
	cmosExtMemory2  = 0x30
	cmosExtMemory64 = 0x34 // above 16 MiB, in 64 KiB
	cmosBoot3       = 0x38 // third boot device in the upper half
	cmosTranslation = 0x39 // two bits for each disk
	cmosBoot12      = 0x3d // second and first boot device
)

// Bits of the equipment byte.
const (
	equipmentFloppy   = 0x01
	equipmentFPU      = 0x02
	equipmentMouse    = 0x04
	equipmentFloppies = 0x40 // one less than there are
)

// bootCodes are the boot devices as the CMOS has them.
var bootCodes = map[rune]uint8{'a': 1, 'c': 2, 'd': 3}

// setWord sets two bytes, the lower one first.
func setWord(r *mc146818.RTC, at uint8, v int) {
	v = min(v, 0xffff)
	r.SetCMOS(at, uint8(v))
	r.SetCMOS(at+1, uint8(v>>8))
}

// fillCMOS tells the firmware what there is, as a set-up program would have.
func (m *Machine) fillCMOS(c *Config) {
	r := m.RTC
	setWord(r, cmosBaseMemory, min(c.Memory>>10, 640))
	ext := max(c.Memory>>10-1024, 0)
	setWord(r, cmosExtMemory, ext)
	setWord(r, cmosExtMemory2, ext)
	setWord(r, cmosExtMemory64, max(c.Memory-16<<20, 0)>>16)

	var boot [3]uint8
	for i, b := range c.Boot {
		boot[i] = bootCodes[b]
	}
	r.SetCMOS(cmosBoot12, boot[1]<<4|boot[0])
	r.SetCMOS(cmosBoot3, boot[2]<<4)

	equipment := uint8(equipmentFPU | equipmentMouse | equipmentFloppy)
	types := floppyType(c.Floppies[0]) << 4
	if c.floppyDrives() == 2 {
		equipment |= equipmentFloppies
		types |= floppyType(c.Floppies[1])
	}
	r.SetCMOS(cmosFloppies, types)
	r.SetCMOS(cmosEquipment, equipment)
	m.fillDisks(c)
}

// fillDisks tells of the hard disks.
func (m *Machine) fillDisks(c *Config) {
	var translations, types uint8
	for i, d := range c.Drives {
		if d.Kind != HardDisk {
			continue
		}
		g, t := diskGeometry(d.Media)
		translations |= t << (2 * i)
		if i < 2 {
			types |= 0xf0 >> (4 * i)
			m.fillDisk(i, g)
		}
	}
	m.RTC.SetCMOS(cmosDisks, types)
	m.RTC.SetCMOS(cmosTranslation, translations)
}

func (m *Machine) fillDisk(i int, g ata.Geometry) {
	m.RTC.SetCMOS(cmosDiskTypes+uint8(i), 47)
	control := uint8(0xc0)
	if g.Heads > 8 {
		control |= 8
	}
	table := []uint8{
		uint8(g.Cylinders), uint8(g.Cylinders >> 8), uint8(g.Heads),
		0xff, 0xff, control, // no write precompensation
		uint8(g.Cylinders), uint8(g.Cylinders >> 8), // where to park
		uint8(g.Sectors),
	}
	for k, b := range table {
		m.RTC.SetCMOS(cmosDiskTables+uint8(9*i+k), b)
	}
}

// offerFiles gives the firmware what it finds by name.
func (m *Machine) offerFiles(c *Config) error {
	if len(c.VGABIOS) > 0 {
		if err := m.FWCfg.SetFile(fwcfg.FileVGABIOS, c.VGABIOS); err != nil {
			return err
		}
	}
	return nil
}

// loadROMs puts the BIOS where the processor starts. The board does it at every
// reset, for its memory can be written.
func (m *Machine) loadROMs() { m.memory.bios.Write(0, m.config.BIOS) }

// floppyType is the type of a drive as the CMOS has it. An empty drive is one
// for all disks.
func floppyType(f Floppy) uint8 {
	if f.Medium == nil {
		return emptyDriveType
	}
	return fdc.FormatOf(f.Medium.Size()).DriveType()
}

const emptyDriveType = 5 // 2.88 MB
