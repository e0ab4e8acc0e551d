package ata

import "errors"

// A kind is what is at one end of the cable.
type kind uint8

const (
	absent kind = iota
	disk
	cdrom
)

// A drive is a device of a channel: its registers, the transfer in progress,
// and what belongs to its kind.
type drive struct {
	// Registers. Of those with a partner the guest sees what it wrote before
	// through HOB, the upper half of a 48-bit address.
	features     uint8
	errorBits    uint8  // Error
	sectorCount  uint32 // wider than the register while a command counts down
	sectorNumber uint8
	cylinderLow  uint8
	cylinderHigh uint8
	device       uint8
	status       uint8
	hob          hob

	lba48    uint8 // 1 if the address of the command at work has 48 bits
	multiple int32 // sectors in a block of READ and WRITE MULTIPLE; 0: not allowed

	// The block of IDENTIFY, once it was made. Settings live in it.
	identified int32
	identity   [sectorSize]byte

	transfer transfer
	sense    sense
	tray     tray
	read     cdRead

	channel *Channel `vmstate:"transient"`
	unit    int      `vmstate:"transient"`
	kind    kind     `vmstate:"transient"`
	media   Media    `vmstate:"transient"`
	sectors int64    `vmstate:"transient"` // of the media, in units of the kind
	native  Geometry `vmstate:"transient"` // division at power-on
	current Geometry `vmstate:"derived"`   // division now, from the block of IDENTIFY
}

// hob holds what the registers of the same names held one write earlier.
type hob struct {
	features     uint8
	sectorCount  uint8
	sectorNumber uint8
	cylinderLow  uint8
	cylinderHigh uint8
}

// maxMultiple is the largest block, and the one at power-on.
const maxMultiple = 16

// AttachDisk makes unit a hard disk. A zero Geometry is chosen by size.
func (c *Channel) AttachDisk(unit int, m Media, g Geometry) error {
	if m == nil {
		return errors.New("a hard disk without a medium")
	}
	sectors := sectorsOf(m, sectorSize)
	if g == (Geometry{}) {
		g = GeometryOf(sectors)
	}
	if err := g.check(); err != nil {
		return err
	}
	d := &c.drives[unit]
	d.kind, d.media, d.sectors, d.native = disk, m, sectors, g
	d.powerOn()
	return nil
}

// AttachCDROM makes unit a CD-ROM drive with m in it, nil for none.
func (c *Channel) AttachCDROM(unit int, m Media) {
	d := &c.drives[unit]
	d.kind = cdrom
	d.putMedia(m)
	d.powerOn()
}

func (d *drive) present() bool { return d.kind != absent }

// powerOn puts everything but the tray to what it is when power comes.
func (d *drive) powerOn() {
	d.features, d.lba48 = 0, 0
	d.identified, d.identity = 0, [sectorSize]byte{}
	d.sense = sense{}
	d.tray.locked = false
	d.hob = hob{}
	d.revert()
	d.setSignature()
	d.errorBits, d.status = 0, statusReady // the reference board's values, not those of a reset
}

// softReset is what SRST does to a drive.
func (d *drive) softReset() {
	if !d.keepsSettings() {
		d.revert()
	}
	d.sense.clear()
	d.tray.locked = false
	d.hob = hob{}
	d.setSignature()
}

// revert puts the settings to their defaults.
func (d *drive) revert() {
	d.multiple = maxMultiple
	d.revertFeatures()
	d.translate(d.native)
}

// setSignature puts into the registers what tells a disk from a CD-ROM after
// reset and diagnostic. A CD-ROM is not ready before its first command.
func (d *drive) setSignature() {
	d.forget()
	d.errorBits, d.sectorCount, d.sectorNumber = diagnosticPassed, 1, 1
	d.device = deviceAlways
	d.status = statusReady
	switch d.kind {
	case disk:
		d.cylinderLow, d.cylinderHigh = 0x00, 0x00
	case cdrom:
		d.cylinderLow, d.cylinderHigh = 0x14, 0xeb
		d.status = 0
	case absent:
		d.cylinderLow, d.cylinderHigh = 0xff, 0xff
	}
}

// visibleStatus is the status that the host reads from d: zero when d answers
// for a drive that is not there.
func (d *drive) visibleStatus() uint8 {
	if d != d.channel.current() {
		return 0
	}
	return d.status
}

// register is a register as read, or what HOB shows of it.
func (d *drive) register(reg uint16, hob bool) uint8 {
	if d.status&statusBSY != 0 {
		return d.status
	}
	switch {
	case reg == regError && hob:
		return d.hob.features
	case reg == regError:
		return d.errorBits
	case reg == regSectorCount && hob:
		return d.hob.sectorCount
	case reg == regSectorCount:
		return uint8(d.sectorCount)
	case reg == regSectorNumber && hob:
		return d.hob.sectorNumber
	case reg == regSectorNumber:
		return d.sectorNumber
	case reg == regCylinderLow && hob:
		return d.hob.cylinderLow
	case reg == regCylinderLow:
		return d.cylinderLow
	case reg == regCylinderHigh && hob:
		return d.hob.cylinderHigh
	case reg == regCylinderHigh:
		return d.cylinderHigh
	default:
		return d.device
	}
}

func (d *drive) setRegister(reg uint16, value uint8) {
	switch reg {
	case regError:
		d.hob.features, d.features = d.features, value
	case regSectorCount:
		d.hob.sectorCount, d.sectorCount = uint8(d.sectorCount), uint32(value)
	case regSectorNumber:
		d.hob.sectorNumber, d.sectorNumber = d.sectorNumber, value
	case regCylinderLow:
		d.hob.cylinderLow, d.cylinderLow = d.cylinderLow, value
	case regCylinderHigh:
		d.hob.cylinderHigh, d.cylinderHigh = d.cylinderHigh, value
	case regDevice:
		d.device = value | deviceAlways
	}
}

// complete ends a command that succeeded.
func (d *drive) complete() {
	d.forget()
	d.status = statusReady
	d.channel.interrupt()
}

// fail ends a command with bits of Error.
func (d *drive) fail(bits uint8) {
	d.setError(bits)
	d.channel.interrupt()
}

// setError is the end of a command that failed. Packet devices have no seek to
// be complete then.
func (d *drive) setError(bits uint8) {
	d.forget()
	d.status, d.errorBits = statusReady|statusERR, bits
	if d.kind == cdrom {
		d.status &^= statusDSC
	}
}

func (d *drive) abort() { d.fail(errorABRT) }

// fault ends a command that the host's side of the disk refused.
func (d *drive) fault() {
	d.setError(errorABRT)
	d.status |= statusDF
	d.channel.interrupt()
}

// execute runs a command from its first byte to its end or to the transfer
// that it starts.
func (d *drive) execute(opcode uint8) {
	d.forget()
	d.status, d.errorBits, d.lba48 = statusReady, 0, 0
	run := commands[opcode].disk
	if d.kind == cdrom {
		run = commands[opcode].cdrom
	}
	if run == nil {
		run = (*drive).abort
	}
	run(d)
}
