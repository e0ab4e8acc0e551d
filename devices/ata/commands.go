package ata

// Opcodes that something else than the table refers to.
const (
	cmdExecuteDiagnostic = 0x90
	cmdPacket            = 0xa0
)

// A command is what each kind of drive does for an opcode; a drive aborts
// what it has no function for.
type command struct {
	disk  func(*drive)
	cdrom func(*drive)
}

// Opcodes behind a comma are older or retry variants of the same command.
var commands = func() (t [256]command) {
	set := func(disk, cdrom func(*drive), opcodes ...uint8) {
		for _, opcode := range opcodes {
			t[opcode] = command{disk, cdrom}
		}
	}
	single, block := (*drive).bySector, (*drive).byBlock

	set(nil, (*drive).deviceReset, 0x08)
	for i := range uint8(16) {
		set((*drive).recalibrate, nil, 0x10+i)
		set((*drive).seek, nil, 0x70+i)
	}
	set(lba28(single, (*drive).readSectors), (*drive).abortWithSignature, 0x20, 0x21)
	set(lba48(single, (*drive).readSectors), nil, 0x24)
	set(lba48(nil, (*drive).readNativeMax), nil, 0x27)
	set(lba48(block, (*drive).readSectors), nil, 0x29)
	set(lba28(single, (*drive).writeSectors), nil, 0x30, 0x31, 0x3c)
	set(lba48(single, (*drive).writeSectors), nil, 0x34)
	set(lba48(block, (*drive).writeSectors), nil, 0x39)
	set(lba28(nil, (*drive).verify), nil, 0x40, 0x41)
	set(lba48(nil, (*drive).verify), nil, 0x42)
	set((*drive).initializeParameters, nil, 0x91)
	set(nil, (*drive).packet, cmdPacket)
	set(nil, (*drive).identifyPacket, 0xa1)
	set(lba28(block, (*drive).readSectors), nil, 0xc4)
	set(lba28(block, (*drive).writeSectors), nil, 0xc5)
	set((*drive).setMultiple, nil, 0xc6)
	set((*drive).standby, (*drive).standby, 0xe0, 0x94) // STANDBY IMMEDIATE
	set((*drive).idle, (*drive).idle, 0xe1, 0x95)       // IDLE IMMEDIATE
	set((*drive).standby, (*drive).standby, 0xe2, 0x96) // STANDBY
	set((*drive).idle, (*drive).idle, 0xe3, 0x97)       // IDLE
	set((*drive).checkPower, (*drive).checkPower, 0xe5, 0x98)
	set((*drive).standby, (*drive).standby, 0xe6, 0x99) // SLEEP
	set((*drive).flush, nil, 0xe7, 0xea)
	set((*drive).identify, (*drive).abortWithSignature, 0xec)
	set((*drive).setFeatures, (*drive).setFeatures, 0xef)
	set(lba28(nil, (*drive).readNativeMax), nil, 0xf8)
	return t
}()

// lba28 and lba48 say how wide the address and the count of a command are,
// mode how much it moves at a time.
func lba28(mode func(*drive) bool, run func(*drive)) func(*drive) { return addressed(0, mode, run) }
func lba48(mode func(*drive) bool, run func(*drive)) func(*drive) { return addressed(1, mode, run) }

func addressed(wide uint8, mode func(*drive) bool, run func(*drive)) func(*drive) {
	return func(d *drive) {
		d.lba48 = wide
		if mode != nil && !mode(d) {
			d.abort()
			return
		}
		run(d)
	}
}

// bySector makes the sector the unit of the transfer.
func (d *drive) bySector() bool {
	d.transfer.block = 1
	return true
}

// byBlock makes it the block of SET MULTIPLE MODE, if there is one.
func (d *drive) byBlock() bool {
	d.transfer.block = d.multiple
	return d.multiple > 0
}

// abortWithSignature is how a packet device answers the commands by which
// hosts look for disks (ATA/ATAPI-4 9.1).
func (d *drive) abortWithSignature() {
	d.setSignature()
	d.abort()
}

// deviceReset is DEVICE RESET, which ends whatever the drive is doing, without
// an interrupt. Settings stay.
func (d *drive) deviceReset() { d.setSignature() }

// recalibrate is RECALIBRATE. There is no arm to move.
func (d *drive) recalibrate() {
	d.spinUp()
	d.complete()
}

// standby is STANDBY, with its timer or immediate, and SLEEP, in which this
// drive goes on to take commands.
func (d *drive) standby() {
	d.ensureIdentity()
	d.setWord(wordStandby, 1)
	d.complete()
}

// idle is IDLE, with its timer or immediate.
func (d *drive) idle() {
	d.spinUp()
	d.complete()
}

// spinUp is part of every access to the medium.
func (d *drive) spinUp() { d.setWord(wordStandby, 0) }

// checkPower is CHECK POWER MODE: standby, or active or idle.
func (d *drive) checkPower() {
	d.sectorCount = 0xff
	if d.word(wordStandby) == 1 {
		d.sectorCount = 0
	}
	d.complete()
}

// flush is FLUSH CACHE.
func (d *drive) flush() {
	if s, ok := d.media.(interface{ Sync() error }); ok {
		if s.Sync() != nil {
			d.fault()
			return
		}
	}
	d.complete()
}

// setMultiple is SET MULTIPLE MODE: a power of two up to the maximum, or zero
// to turn READ and WRITE MULTIPLE off.
func (d *drive) setMultiple() {
	n := int32(uint8(d.sectorCount))
	if n > maxMultiple || n&(n-1) != 0 {
		d.abort()
		return
	}
	d.multiple = n
	d.complete()
}

// initializeParameters is INITIALIZE DEVICE PARAMETERS: the host chooses
// heads and sectors, the drive divides what it has into cylinders.
func (d *drive) initializeParameters() {
	heads, sectors := int(d.device&deviceHead)+1, int(uint8(d.sectorCount))
	if sectors == 0 {
		d.abort()
		return
	}
	d.ensureIdentity()
	d.translate(d.divide(heads, sectors))
	d.complete()
}
