package ata

import (
	"encoding/binary"
	"fmt"
)

// Words of the block of IDENTIFY DEVICE and IDENTIFY PACKET DEVICE (ATA/ATAPI-6
// 8.15 and 8.16) that something else than their making refers to.
const (
	wordFieldsValid = 53 // bit 0: words 54 to 58
	wordCylinders   = 54 // current translation, to word 58
	wordHeads       = 55
	wordSectors     = 56
	wordCapacity    = 57 // two words
	wordMultiple    = 59
	wordSupported   = 82 // command sets
	wordEnabled     = 85 // those of word 82 that are on

	// Words 129 to 159 are the vendor's.
	wordKeepSettings = 129 // 1: SRST leaves settings alone
	wordStandby      = 130 // 1: the disk does not turn
)

// Bits of words 82 and 85.
const (
	featurePower      = 1 << 3
	featurePacket     = 1 << 4
	featureWriteCache = 1 << 5
	featureLookAhead  = 1 << 6
	featureReset      = 1 << 9 // DEVICE RESET
)

const (
	firmwareRevision = "1.0"
	diskModel        = "TOYVM HARDDISK"
	cdromModel       = "TOYVM CD-ROM"

	maxLBA28 = 0x0fffffff // sectors that 28-bit addresses reach
)

func (d *drive) word(i int) uint16       { return binary.LittleEndian.Uint16(d.identity[2*i:]) }
func (d *drive) setWord(i int, v uint16) { binary.LittleEndian.PutUint16(d.identity[2*i:], v) }

func (d *drive) setWords32(i int, v uint32) {
	d.setWord(i, uint16(v))
	d.setWord(i+1, uint16(v>>16))
}

// setText writes ASCII in n words, the first character of each in its high
// byte, padded with blanks.
func (d *drive) setText(i, n int, s string) {
	padded := fmt.Sprintf("%-*s", 2*n, s)
	for k := range n {
		d.setWord(i+k, uint16(padded[2*k])<<8|uint16(padded[2*k+1]))
	}
}

// ensureIdentity makes the block if it was not made before: by then it holds
// settings.
func (d *drive) ensureIdentity() {
	if d.identified != 0 {
		return
	}
	d.identified = 1
	d.identity = [sectorSize]byte{}
	d.setText(10, 10, fmt.Sprintf("TV%05d", d.channel.ports.serial+d.unit))
	d.setText(23, 4, firmwareRevision)
	if d.kind == cdrom {
		d.makePacketIdentity()
	} else {
		d.makeIdentity()
	}
	d.revertFeatures()
	d.identifyTranslation()
}

func (d *drive) makeIdentity() {
	d.setWord(0, 0x0040) // fixed
	d.setWord(1, uint16(d.native.Cylinders))
	d.setWord(3, uint16(d.native.Heads))
	d.setWord(4, uint16(d.native.Sectors*sectorSize))
	d.setWord(5, sectorSize)
	d.setWord(6, uint16(d.native.Sectors))
	d.setWord(20, 3) // dual ported buffer with read caching
	d.setWord(21, bufferSize/sectorSize)
	d.setWord(22, 4) // bytes of ECC that READ LONG would append
	d.setText(27, 20, diskModel)
	d.setWord(47, 0x8000|maxMultiple)
	d.setWord(48, 1)      // doublewords at the data port
	d.setWord(49, 0x0a00) // LBA, IORDY
	d.setWord(50, 0x4000)
	d.setWord(51, 2<<8)             // PIO mode 2 without words 64 to 68
	d.setWord(wordFieldsValid, 0x3) // 54 to 58, 64 to 70
	d.setWords32(60, uint32(min(d.sectors, maxLBA28)))
	d.setPIOModes()
	d.setWord(80, 0x7e) // ATA-1 to ATA/ATAPI-6
	d.setWord(wordSupported, featurePower|featureWriteCache|featureLookAhead)
	d.setWord(83, 0x7400) // 48-bit addresses, FLUSH CACHE and its EXT
	d.setWord(84, 0x4000)
	d.setWord(86, 0x3400)
	d.setWord(87, 0x4000)
	d.setWords32(100, uint32(d.sectors))
	d.setWords32(102, uint32(d.sectors>>32))
}

func (d *drive) makePacketIdentity() {
	// ATAPI, CD-ROM, removable, DRQ within 50 us of PACKET, packets of 12 bytes.
	d.setWord(0, 0x85c0)
	d.setText(27, 20, cdromModel)
	d.setWord(48, 1)
	d.setWord(49, 0x0a00)
	d.setWord(50, 0x4000)
	d.setWord(51, 2<<8)
	d.setWord(wordFieldsValid, 0x2)
	d.setPIOModes()
	d.setWord(80, 0x1e) // ATA-1 to ATA/ATAPI-4
	d.setWord(wordSupported, featurePower|featurePacket|featureReset)
	d.setWord(83, 0x4000)
	d.setWord(84, 0x4000)
	d.setWord(87, 0x4000)
}

// setPIOModes says that the drive has PIO modes 3 and 4 with their cycle of
// 120 ns.
func (d *drive) setPIOModes() {
	d.setWord(64, 3)
	d.setWord(67, 120)
	d.setWord(68, 120)
}

// identifyTranslation writes the current translation into the block.
func (d *drive) identifyTranslation() {
	if d.identified == 0 || d.kind != disk {
		return
	}
	g := &d.current
	d.setWord(wordCylinders, uint16(g.Cylinders))
	d.setWord(wordHeads, uint16(g.Heads))
	d.setWord(wordSectors, uint16(g.Sectors))
	d.setWords32(wordCapacity, uint32(g.Cylinders*g.Heads*g.Sectors))
}

// identifiedTranslation reads back what identifyTranslation wrote.
func (d *drive) identifiedTranslation() Geometry {
	heads, sectors := int(d.word(wordHeads)), int(d.word(wordSectors))
	if d.identified == 0 || d.word(wordFieldsValid)&1 == 0 ||
		heads == 0 || heads > 16 || sectors == 0 || sectors > 255 {
		return d.native
	}
	return Geometry{Cylinders: int(d.word(wordCylinders)), Heads: heads, Sectors: sectors}
}

// identify is IDENTIFY DEVICE.
func (d *drive) identify() {
	d.ensureIdentity()
	d.setWord(wordMultiple, 0x0100|uint16(d.multiple))
	d.sendIdentity()
}

// identifyPacket is IDENTIFY PACKET DEVICE.
func (d *drive) identifyPacket() {
	d.ensureIdentity()
	d.sendIdentity()
}

func (d *drive) sendIdentity() {
	copy(d.transfer.room(0, sectorSize), d.identity[:])
	d.start(0, sectorSize, stepStop)
	d.channel.interrupt()
}
