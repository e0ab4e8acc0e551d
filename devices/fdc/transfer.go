package fdc

import "bytes"

// A direction is what becomes of the data of a transfer.
type direction uint8

const (
	dirWrite direction = iota
	dirRead
	dirScanEqual // the disk's data equals the guest's
	dirScanLow   // or is lower
	dirScanHigh  // or is higher
)

// Options of a transfer. QEMU has the first two.
type options uint8

const (
	optMultiTrack options = 1 << iota
	optFormat             // the data are sector IDs, the sectors a filler
	optDeleted            // looking for deleted data: one sector and no more
	optAlternate          // every other sector (STP of the scans is 2)
	optTrack              // the last sector is the end, and not one too few
)

// Parameters of a command in the FIFO.
const (
	parCylinder = 2
	parHead     = 3
	parSector   = 4
	parSize     = 5 // 128 << n bytes a sector
	parEOT      = 6
	parLast     = 8 // DTL; STP of the scans; sectors of VERIFY

	parFormatSize    = 2
	parFormatSectors = 3
	parFormatFiller  = 5
	formatID         = 8 // the four bytes of an ID on their way
)

// sizeCode is 128 << 2 bytes, the only size on an image.
const sizeCode = 2

// transferResult is the length of the result of a command that transfers.
const transferResult = 7

// An id is how a sector presents itself.
type id struct{ cylinder, head, sector, size uint8 }

// here is the sector under way.
func (f *FDC) here() id {
	d := f.drive()
	return id{d.track, d.head, d.sector, sizeCode}
}

// next is what a result shows after a transfer that ended with the sector
// under way (data sheet, table 5-6).
func (f *FDC) next() id {
	n := f.here()
	switch {
	case n.sector != f.eot:
		n.sector++
	case f.options&optMultiTrack == 0:
		n.cylinder++
		n.sector = 1
	default:
		n.cylinder += n.head
		n.head ^= 1
		n.sector = 1
	}
	return n
}

// finish ends a command that transfers: with a result and an interrupt.
func (f *FDC) finish(st0, st1, st2 uint8, at id) {
	f.stop()
	f.st0, f.st1, f.st2 = st0|f.st0&st0SeekEnd|f.unit(), st1, st2
	f.answer(f.st0, st1, st2, at.cylinder, at.head, at.sector, at.size)
	f.raise()
}

// fail ends it at the sector under way.
func (f *FDC) fail(st0, st1, st2 uint8) { f.finish(st0|st0Abnormal, st1, st2, f.here()) }

// find looks for the sector that the command wants, as far as its command
// allows, and tells whether it is there; if not, the command is over. The IDs
// of all sectors are compared with the parameters (data sheet, READ DATA).
func (f *FDC) find(write bool) bool {
	d := f.choose()
	want := id{f.fifo[parCylinder], f.fifo[parHead], f.fifo[parSector], f.fifo[parSize]}
	f.st0 = 0
	if f.config&configEIS != 0 && d.track != want.cylinder {
		d.seek(want.cylinder)
		f.st0 = st0SeekEnd
	}
	var st1, st2 uint8
	switch {
	case write && d.writeProtected():
		st1 = st1NotWritable
	case f.fifo[0]&cmdMFM == 0 || !d.readable(f.dsr&dsrRate):
		st1 = st1NoAddressMark
	case d.track != want.cylinder:
		st1, st2 = st1NoData, st2WrongCylinder
		if want.cylinder == 0xff {
			st2 |= st2BadCylinder
		}
	case want.head != d.head || want.size != sizeCode || !d.holds(want.sector):
		st1 = st1NoData
	default:
		d.sector = want.sector
		return true
	}
	f.finish(st0Abnormal, st1, st2, want)
	return false
}

// startTransfer begins a command with data.
func (f *FDC) startTransfer(dir direction, opt options) {
	if !f.find(dir == dirWrite) {
		return
	}
	d := f.drive()
	f.dir, f.options, f.eot = dir, opt, f.fifo[parEOT]
	if f.fifo[0]&cmdMultiTrack != 0 {
		f.options |= optMultiTrack
	}
	if dir >= dirScanEqual && f.fifo[parLast] == 2 {
		f.options |= optAlternate
	}
	f.length = f.transferLength(d)
	f.transfer()
}

// transferLength is how much there is up to the last sector.
func (f *FDC) transferLength(d *drive) uint32 {
	sectors := int(f.eot) - int(d.sector) + 1
	if sectors <= 0 {
		sectors = d.format.Sectors - int(d.sector) + 1
	}
	if f.options&optMultiTrack != 0 && d.head == 0 {
		sectors += int(f.eot)
	}
	return uint32(sectors * sectorSize)
}

// execute begins the phase between the command and its result.
func (f *FDC) execute() {
	f.phase = phaseExecution
	f.msr = msrBusy
	f.position = 0
}

// transfer asks for the data, or offers it: the DMA controller, or the guest.
func (f *FDC) transfer() {
	f.execute()
	if f.dor&dorDMA != 0 && f.headLoad&headLoadND == 0 {
		f.request()
		return
	}
	f.msr |= msrNonDMA | msrReady
	if f.dir == dirRead {
		f.msr |= msrOut
	}
	f.raise()
}

// turnTime is what the disk takes to turn once. By then any sector has passed.
const turnTime = 200_000_000

// request raises DRQ, and waits as long as the disk does.
func (f *FDC) request() {
	if f.overrun.Expiry() < 0 {
		f.overrun.SetExpiry(f.clock.Now() + turnTime)
	}
	f.drq.Set(true)
}

func (f *FDC) overrunDone() {
	if f.transfersByDMA() {
		f.fail(0, st1Overrun, 0)
	}
}

// readDeleted looks for sectors with a deleted mark, which an image does not
// have. Without SK the first of the others is read all the same; with SK all
// are skipped (data sheet, table 5-5).
func (f *FDC) readDeleted() {
	if f.fifo[0]&cmdSkip == 0 {
		f.startTransfer(dirRead, optDeleted)
		return
	}
	if f.find(false) {
		f.eot = f.fifo[parEOT]
		f.finish(0, 0, st2ControlMark, f.next())
	}
}

// readTrack reads from the index hole on, whatever sector was asked for, as
// many as EOT says.
func (f *FDC) readTrack() {
	f.fifo[parSector] = 1
	f.startTransfer(dirRead, optTrack)
}

// verify reads to the last sector, or as many as it is told to, for nobody.
func (f *FDC) verify() {
	if !f.find(false) {
		return
	}
	f.eot = f.fifo[parEOT]
	f.options = 0
	if f.fifo[0]&cmdMultiTrack != 0 {
		f.options = optMultiTrack
	}
	count := 0 // up to the last sector
	if f.fifo[1]&enableCount != 0 {
		count = int(f.fifo[parLast])
	}
	f.execute()
	for n := 1; f.fetch(); n++ {
		if n == count || count == 0 && f.atEnd() {
			f.finish(0, 0, 0, f.next())
			return
		}
		if !f.advance() {
			return
		}
	}
}

// fetch reads the sector under way from the disk; if that fails the command is
// over.
func (f *FDC) fetch() bool {
	d := f.drive()
	if !f.present(d) {
		return false
	}
	if d.read(f.fifo[:]) != nil {
		f.fail(0, st1DataError, st2DataError)
		return false
	}
	return true
}

// present checks that the disk is still there, and has the sector.
func (f *FDC) present(d *drive) bool {
	switch {
	case !d.readable(f.dsr & dsrRate):
		f.fail(0, st1NoAddressMark, 0)
	case !d.holds(d.sector):
		f.fail(0, st1NoData, 0)
	default:
		return true
	}
	return false
}

// atEnd tells whether the sector under way is the last one.
func (f *FDC) atEnd() bool {
	d := f.drive()
	return d.sector == f.eot && (f.options&optMultiTrack == 0 || d.head == 1)
}

// advance goes on to the next sector; if there is none the command is over.
func (f *FDC) advance() bool {
	d := f.drive()
	switch {
	case f.atEnd() && f.dir >= dirScanEqual:
		f.finish(0, 0, st2ScanNotSatisfied, f.next())
		return false
	case f.atEnd() && f.options&optTrack != 0:
		f.finish(0, 0, 0, f.next())
		return false
	case f.atEnd():
		f.finish(st0Abnormal, st1EndOfTrack, 0, f.next())
		return false
	case d.sector == f.eot:
		d.head, d.sector = 1, 1
	case f.options&optAlternate != 0 && d.sector+1 != f.eot:
		d.sector += 2
	default:
		d.sector++
	}
	return f.present(d)
}

// sectorDone is what happens at the end of a sector. Terminal says that no
// more data is wanted, or will come.
func (f *FDC) sectorDone(terminal bool) {
	d := f.drive()
	var st2 uint8
	switch {
	case f.dir == dirWrite:
		if !f.present(d) {
			return
		}
		if d.writeProtected() {
			f.fail(0, st1NotWritable, 0)
			return
		}
		if d.write(f.fifo[:]) != nil {
			f.fail(st0Equipment, 0, 0)
			return
		}
	case f.dir >= dirScanEqual:
		var over bool
		if st2, over = f.scan(); over {
			return
		}
	}
	switch {
	case f.options&optDeleted != 0:
		f.finish(0, 0, st2ControlMark, f.here())
	case terminal:
		f.finish(0, 0, st2, f.next())
	case f.readByHand() && !f.atEnd():
		// The next byte will advance. QEMU does so, too, and its streams show.
	default:
		f.advance()
	}
}

// scan compares the sector under way with the guest's and ends the command if
// that is what it looked for.
func (f *FDC) scan() (st2 uint8, over bool) {
	guest := f.fifo
	if !f.fetch() {
		return 0, true
	}
	order := compare(f.fifo[:], guest[:])
	switch {
	case order == 0:
		f.finish(0, 0, st2ScanHit, f.next())
	case f.dir == dirScanLow && order < 0, f.dir == dirScanHigh && order > 0:
		f.finish(0, 0, 0, f.next())
	default:
		return st2ScanNotSatisfied, false
	}
	return 0, true
}

// compare is bytes.Compare where FFh on either side equals everything.
func compare(disk, guest []byte) int {
	for i := range disk {
		if disk[i] != guest[i] && disk[i] != 0xff && guest[i] != 0xff {
			return bytes.Compare(disk[i:i+1], guest[i:i+1])
		}
	}
	return 0
}

// readByHand tells whether the guest itself reads the data of the disk.
func (f *FDC) readByHand() bool { return f.dir == dirRead && f.msr&msrNonDMA != 0 }

// give hands out data of the disk.
func (f *FDC) give(p []byte, terminal bool) int {
	n := 0
	for n < len(p) && f.phase == phaseExecution && f.dir == dirRead {
		at := f.position % sectorSize
		if at == 0 && f.position > 0 && f.readByHand() && !f.advance() {
			break
		}
		if at == 0 && !f.fetch() {
			break
		}
		k := copy(p[n:], f.fifo[at:])
		n += k
		f.position += uint32(k)
		last := terminal && n == len(p)
		if f.position%sectorSize == 0 || last {
			f.sectorDone(last)
		}
	}
	return n
}

// take takes data of the guest.
func (f *FDC) take(p []byte, terminal bool) int {
	n := 0
	for n < len(p) && f.phase == phaseExecution && f.dir != dirRead {
		if f.options&optFormat != 0 {
			f.takeID(p[n])
			n++
			continue
		}
		at := f.position % sectorSize
		k := copy(f.fifo[at:], p[n:])
		n += k
		f.position += uint32(k)
		last := terminal && n == len(p)
		if f.position%sectorSize == 0 || last {
			f.fill(f.fifo[int(at)+k:])
			f.sectorDone(last)
		}
	}
	return n
}

// fill stands for the rest of a sector of which the guest gave only a part:
// zeros to write, and what equals everything to compare.
func (f *FDC) fill(p []byte) {
	clear(p)
	for i := range p {
		if f.dir != dirWrite {
			p[i] = 0xff
		}
	}
}

// transfersByDMA tells whether the DMA controller's turn has come.
func (f *FDC) transfersByDMA() bool {
	return f.phase == phaseExecution && f.msr&msrNonDMA == 0 && f.resultTimer.Expiry() < 0
}

// DMARead hands out data of the disk to the DMA controller. Terminal is the TC
// pin with the last byte.
func (f *FDC) DMARead(p []byte, terminal bool) int {
	if !f.transfersByDMA() {
		return 0
	}
	return f.give(p, terminal)
}

// DMAWrite takes data from the DMA controller.
func (f *FDC) DMAWrite(p []byte, terminal bool) int {
	if !f.transfersByDMA() {
		return 0
	}
	return f.take(p, terminal)
}

// unitSize is after how many bytes the guest is interrupted without DMA.
func (f *FDC) unitSize() uint32 {
	if f.options&optFormat != 0 {
		return 4
	}
	return sectorSize
}

// readData is a read of the FIFO in the middle of a command.
func (f *FDC) readData() uint8 {
	var b [1]byte
	f.byHand(msrNonDMA|msrOut, func() { f.give(b[:], false) })
	return b[0]
}

// writeData is a write of the FIFO in the middle of a command.
func (f *FDC) writeData(v uint8) {
	f.byHand(msrNonDMA, func() { f.take([]byte{v}, false) })
}

// byHand moves a byte for the guest if it is the right direction. The interrupt
// of a sector goes with its first byte, and that of the next comes with the
// last.
func (f *FDC) byHand(direction uint8, move func()) {
	if f.msr&(msrNonDMA|msrOut) != direction {
		return
	}
	before := f.position
	if before%f.unitSize() == 0 {
		f.lower()
	}
	move()
	if f.phase == phaseExecution && f.position != before && f.position%f.unitSize() == 0 {
		f.raise()
	}
}
