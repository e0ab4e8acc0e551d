package fdc

// formatTrack fills a track with sectors whose IDs the guest supplies.
func (f *FDC) formatTrack() {
	d := f.choose()
	f.st0 = 0
	d.sector = 0
	switch {
	case d.writeProtected():
		f.fail(0, st1NotWritable, 0)
		return
	case f.fifo[0]&cmdMFM == 0 || !d.readable(f.dsr&dsrRate):
		f.fail(0, st1NoAddressMark, 0)
		return
	}
	f.dir, f.options, f.eot = dirWrite, optFormat, f.fifo[parFormatSectors]
	f.length = 4 * uint32(f.eot)
	f.transfer()
}

// takeID takes a byte of an ID. All of them name sectors in the order in which
// they are to be laid on the track; on an image the order does not matter.
func (f *FDC) takeID(v uint8) {
	f.fifo[formatID+f.position%4] = v
	if f.position++; f.position%4 == 0 {
		f.formatSector(id{f.fifo[formatID], f.fifo[formatID+1], f.fifo[formatID+2], f.fifo[formatID+3]})
	}
}

// formatSector writes one sector. An ID that the image has no place for is a
// drive that does not write.
func (f *FDC) formatSector(want id) {
	d := f.drive()
	d.sector = want.sector
	switch {
	case !d.readable(f.dsr & dsrRate):
		f.fail(0, st1NoAddressMark, 0)
		return
	case d.writeProtected():
		f.fail(0, st1NotWritable, 0)
		return
	case want != f.here() || !d.holds(want.sector) || f.fifo[parFormatSize] != sizeCode:
		f.fail(st0Equipment, 0, 0)
		return
	}
	var sector [sectorSize]byte
	for i := range sector {
		sector[i] = f.fifo[parFormatFiller]
	}
	if d.write(sector[:]) != nil {
		f.fail(st0Equipment, 0, 0)
		return
	}
	if f.position >= f.length {
		f.finish(0, 0, 0, f.next())
	}
}
