package ata

// count is how many sectors the registers ask for: zero is the largest number.
func (d *drive) count() uint32 {
	n := uint32(uint8(d.sectorCount))
	if d.lba48 != 0 {
		n |= uint32(d.hob.sectorCount) << 8
		if n == 0 {
			return 0x10000
		}
		return n
	}
	if n == 0 {
		return 0x100
	}
	return n
}

// address is the sector that the registers name. It is false if there is
// none. READ and WRITE keep it up to date, so that after an error it is the
// sector that failed, and otherwise the one behind the last.
func (d *drive) address() (int64, bool) {
	low := int64(d.cylinderHigh)<<16 | int64(d.cylinderLow)<<8 | int64(d.sectorNumber)
	var lba int64
	switch {
	case d.lba48 != 0:
		lba = int64(d.hob.cylinderHigh)<<40 | int64(d.hob.cylinderLow)<<32 | int64(d.hob.sectorNumber)<<24 | low
	case d.device&deviceLBA != 0:
		lba = int64(d.device&deviceHead)<<24 | low
	default:
		cylinder, head, sector := int(low>>8), int(d.device&deviceHead), int(d.sectorNumber)
		g := &d.current
		if cylinder >= g.Cylinders || head >= g.Heads || sector == 0 || sector > g.Sectors {
			return 0, false
		}
		lba = int64((cylinder*g.Heads+head)*g.Sectors + sector - 1)
	}
	return lba, lba < d.sectors
}

// setAddress makes the registers name a sector, in the way the command does.
func (d *drive) setAddress(lba int64) {
	switch {
	case d.lba48 != 0:
		d.hob.cylinderHigh, d.hob.cylinderLow, d.hob.sectorNumber = uint8(lba>>40), uint8(lba>>32), uint8(lba>>24)
		d.cylinderHigh, d.cylinderLow, d.sectorNumber = uint8(lba>>16), uint8(lba>>8), uint8(lba)
	case d.device&deviceLBA != 0:
		d.device = d.device&^deviceHead | uint8(lba>>24)&deviceHead
		d.cylinderHigh, d.cylinderLow, d.sectorNumber = uint8(lba>>16), uint8(lba>>8), uint8(lba)
	default:
		g := &d.current
		track := lba / int64(g.Sectors)
		cylinder := track / int64(g.Heads)
		d.sectorNumber = uint8(lba%int64(g.Sectors)) + 1
		d.device = d.device&^deviceHead | uint8(track%int64(g.Heads))
		d.cylinderHigh, d.cylinderLow = uint8(cylinder>>8), uint8(cylinder)
	}
}

// divide makes cylinders of the whole disk.
func (d *drive) divide(heads, sectors int) Geometry {
	return Geometry{Cylinders: int(min(d.sectors/int64(heads*sectors), 0xffff)), Heads: heads, Sectors: sectors}
}

// translate makes g the division for CHS addresses.
func (d *drive) translate(g Geometry) {
	d.current = g
	d.identifyTranslation()
}

// next is where the next block of a command is and how many sectors it has:
// no more than the disk goes on for. A block that begins outside fails.
func (d *drive) next() (lba, n int64, ok bool) {
	if lba, ok = d.address(); !ok {
		d.fail(errorIDNF)
		return 0, 0, false
	}
	d.spinUp()
	n = min(int64(d.sectorCount), int64(d.transfer.block), d.sectors-lba)
	return lba, n, true
}

// readSectors is READ SECTOR(S) and READ MULTIPLE.
func (d *drive) readSectors() {
	d.sectorCount = d.count()
	d.readNext()
}

// readNext fills the buffer with the next block, if there is one. The
// registers are moved past it before the host takes the data.
func (d *drive) readNext() {
	d.status, d.errorBits = statusReady, 0
	if d.sectorCount == 0 {
		d.forget()
		return
	}
	lba, n, ok := d.next()
	if !ok {
		return
	}
	good := d.readSectorsAt(lba, n)
	if good == 0 {
		d.fail(errorUNC)
		return
	}
	d.setAddress(lba + good)
	d.sectorCount -= uint32(good)
	d.start(0, int32(good*sectorSize), stepRead)
	d.channel.interrupt()
}

// readSectorsAt reads n sectors into the buffer and returns how many are good.
func (d *drive) readSectorsAt(lba, n int64) int64 {
	return int64(readMedia(d.media, d.transfer.room(0, n*sectorSize), lba*sectorSize)) / sectorSize
}

// writeSectors is WRITE SECTOR(S), WRITE MULTIPLE and WRITE VERIFY. The first
// block is asked for without an interrupt.
func (d *drive) writeSectors() {
	d.sectorCount = d.count()
	if d.media.ReadOnly() {
		d.abort()
		return
	}
	d.askForBlock()
}

func (d *drive) askForBlock() bool {
	_, n, ok := d.next()
	if ok {
		d.start(0, int32(n*sectorSize), stepWrite)
	}
	return ok
}

// writeNext writes the block that the host has delivered and asks for the
// next one. It moves the registers past what was written.
func (d *drive) writeNext() {
	d.status, d.errorBits = statusReady, 0
	lba, n, ok := d.next()
	if !ok {
		return
	}
	if d.media.ReadOnly() { // it was exchanged since the command began
		d.fault()
		return
	}
	written, err := d.media.WriteAt(d.transfer.buffer[:n*sectorSize], lba*sectorSize)
	if err != nil {
		n = int64(written) / sectorSize
	}
	d.setAddress(lba + n)
	d.sectorCount -= uint32(n)
	switch {
	case err != nil:
		d.fault()
	case d.sectorCount == 0:
		d.complete()
	case d.askForBlock():
		d.channel.interrupt()
	}
}

// verify is READ VERIFY SECTOR(S): a read that keeps the data.
func (d *drive) verify() {
	d.sectorCount = d.count()
	d.transfer.block = bufferSize / sectorSize
	for d.sectorCount > 0 {
		lba, n, ok := d.next()
		if !ok {
			return
		}
		good := d.readSectorsAt(lba, n)
		d.setAddress(lba + good)
		d.sectorCount -= uint32(good)
		if good < n {
			d.fail(errorUNC)
			return
		}
	}
	d.complete()
}

// seek is SEEK. The address must exist.
func (d *drive) seek() {
	if _, ok := d.address(); !ok {
		d.fail(errorIDNF)
		return
	}
	d.spinUp()
	d.complete()
}

// readNativeMax is READ NATIVE MAX ADDRESS: the last sector, as far as the
// registers can tell.
func (d *drive) readNativeMax() {
	last := max(d.sectors-1, 0)
	switch {
	case d.lba48 != 0:
	case d.device&deviceLBA != 0:
		last = min(last, maxLBA28-1)
	default:
		last = min(last, max(int64(d.current.Cylinders*d.current.Heads*d.current.Sectors)-1, 0))
	}
	d.setAddress(last)
	d.complete()
}
