package fdc

// Bits of the first byte of a command (data sheet, table 5-1).
const (
	cmdMultiTrack = 0x80 // on to side 1 behind the last sector of side 0
	cmdMFM        = 0x40 // double density
	cmdSkip       = 0x20 // sectors with the other kind of mark
	cmdOption     = 0x80 // of LOCK: lock
	cmdInward     = 0x40 // of RELATIVE SEEK: to higher tracks
)

// Bits of the second byte.
const (
	selectDrive  = 0x03
	selectHead   = 0x04
	enableCount  = 0x80 // of VERIFY: the last parameter is a number of sectors
	perpOverride = 0x80 // of PERPENDICULAR MODE: the drive bits count
)

// CONFIGURE.
const (
	configEIS    = 0x40 // implied seek
	configNoFIFO = 0x20
	configNoPoll = 0x10
)

// headLoadND is where headLoad keeps the ND bit of SPECIFY.
const headLoadND = 0x80

// Status register 0.
const (
	st0Abnormal  = 0x40
	st0Invalid   = 0x80
	st0Polling   = 0xc0 // a drive's ready line changed
	st0SeekEnd   = 0x20
	st0Equipment = 0x10 // no track 0, or the drive refused to write
)

// Status register 1.
const (
	st1EndOfTrack    = 0x80 // EN: behind EOT without a terminal count
	st1DataError     = 0x20 // DE
	st1Overrun       = 0x10 // OR: DMA came too late
	st1NoData        = 0x04 // ND: no such sector
	st1NotWritable   = 0x02 // NW
	st1NoAddressMark = 0x01 // MA
)

// Status register 2; the scan bits are those of the uPD765A.
const (
	st2ControlMark      = 0x40 // CM: the other kind of mark
	st2DataError        = 0x20 // DD
	st2WrongCylinder    = 0x10 // WC
	st2ScanHit          = 0x08 // SH: equal
	st2ScanNotSatisfied = 0x04 // SN
	st2BadCylinder      = 0x02 // BC: FFh
)

// Status register 3.
const (
	st3WriteProtected = 0x40
	st3Track0         = 0x10
	st3Always         = 0x28 // ready and two-sided, on this chip
)

// version is the answer to VERSION: an enhanced controller.
const version = 0x90

// A command is known by the bits of its first byte that are in mask.
type command struct {
	mask, value uint8
	parameters  uint32
	execute     func(*FDC)
}

var commands = []command{
	{0x1f, 0x06, 8, func(f *FDC) { f.startTransfer(dirRead, 0) }},      // READ DATA
	{0x1f, 0x0c, 8, (*FDC).readDeleted},                                // READ DELETED DATA
	{0x3f, 0x05, 8, func(f *FDC) { f.startTransfer(dirWrite, 0) }},     // WRITE DATA
	{0x3f, 0x09, 8, func(f *FDC) { f.startTransfer(dirWrite, 0) }},     // WRITE DELETED DATA
	{0xbf, 0x02, 8, (*FDC).readTrack},                                  // READ TRACK
	{0x1f, 0x16, 8, (*FDC).verify},                                     // VERIFY
	{0x1f, 0x11, 8, func(f *FDC) { f.startTransfer(dirScanEqual, 0) }}, // SCAN EQUAL
	{0x1f, 0x19, 8, func(f *FDC) { f.startTransfer(dirScanLow, 0) }},   // SCAN LOW OR EQUAL
	{0x1f, 0x1d, 8, func(f *FDC) { f.startTransfer(dirScanHigh, 0) }},  // SCAN HIGH OR EQUAL
	{0xbf, 0x0d, 5, (*FDC).formatTrack},                                // FORMAT TRACK
	{0xff, 0x07, 1, (*FDC).recalibrate},                                // RECALIBRATE
	{0xff, 0x08, 0, (*FDC).senseInterrupt},                             // SENSE INTERRUPT STATUS
	{0xff, 0x03, 2, (*FDC).specify},                                    // SPECIFY
	{0xff, 0x04, 1, (*FDC).senseDrive},                                 // SENSE DRIVE STATUS
	{0xff, 0x0f, 2, (*FDC).seek},                                       // SEEK
	{0xbf, 0x8f, 2, (*FDC).seekRelative},                               // RELATIVE SEEK
	{0xff, 0x13, 3, (*FDC).configure},                                  // CONFIGURE
	{0xff, 0x0e, 0, (*FDC).dumpRegisters},                              // DUMPREG
	{0xbf, 0x0a, 1, (*FDC).readID},                                     // READ ID
	{0xff, 0x12, 1, (*FDC).perpendicular},                              // PERPENDICULAR MODE
	{0x7f, 0x14, 0, (*FDC).setLock},                                    // LOCK
	{0xff, 0x10, 0, func(f *FDC) { f.answer(version) }},                // VERSION
}

var invalid = command{execute: func(f *FDC) { f.answer(st0Invalid) }}

func lookup(first uint8) *command {
	for i := range commands {
		if c := &commands[i]; first&c.mask == c.value {
			return c
		}
	}
	return &invalid
}

// writeFIFO takes a byte of a command, or of the data of one without DMA.
func (f *FDC) writeFIFO(v uint8) {
	if f.inReset() {
		return
	}
	f.dsr &^= dsrPowerDown
	switch f.phase {
	case phaseExecution:
		f.writeData(v)
	case phaseCommand:
		f.writeCommand(v)
	}
}

func (f *FDC) writeCommand(v uint8) {
	if f.position == 0 {
		f.length = 1 + lookup(v).parameters
		f.msr |= msrBusy
	}
	f.fifo[f.position%sectorSize] = v
	if f.position++; f.position >= f.length {
		lookup(f.fifo[0]).execute(f)
	}
}

// readFIFO yields a byte of a result, or of the data of a command without DMA.
func (f *FDC) readFIFO() uint8 {
	f.dsr &^= dsrPowerDown
	switch {
	case f.inReset():
		return 0
	case f.phase == phaseExecution:
		return f.readData()
	case f.phase == phaseResult:
		return f.readResult()
	default:
		return 0
	}
}

func (f *FDC) readResult() uint8 {
	if f.position == 0 && f.length == transferResult {
		f.lower()
	}
	v := f.fifo[f.position%sectorSize]
	if f.position++; f.position >= f.length {
		f.toCommand()
	}
	return v
}

// toCommand waits for the next command.
func (f *FDC) toCommand() {
	f.phase = phaseCommand
	f.msr = msrReady
	f.dir, f.options = dirWrite, 0
	f.position, f.length = 0, 1
}

// answer makes b the result of the command.
func (f *FDC) answer(b ...uint8) {
	f.phase = phaseResult
	f.msr = msrReady | msrOut | msrBusy
	f.position, f.length = 0, uint32(len(b))
	copy(f.fifo[:], b)
}

// choose selects the drive and head that the command names.
func (f *FDC) choose() *drive {
	f.dor = f.dor&^dorSelect | f.fifo[1]&selectDrive
	d := f.drive()
	d.head = f.fifo[1] & selectHead >> 2
	return d
}

// unit is the head and drive as status 0 and 3 have them.
func (f *FDC) unit() uint8 { return f.drive().head<<2 | f.dor&dorSelect }

// seekDone ends a seek, which has no result but an interrupt. Status 0 does not
// show the head then (data sheet, 5.2.3).
func (f *FDC) seekDone(st0 uint8) {
	f.toCommand()
	f.st0 = st0 | st0SeekEnd | f.dor&dorSelect
	f.raise()
}

func (f *FDC) recalibrate() {
	d := f.choose()
	d.head = 0
	if d == &f.absent {
		f.seekDone(st0Abnormal | st0Equipment)
		return
	}
	d.seek(0)
	f.seekDone(0)
}

func (f *FDC) seek() {
	f.choose().seek(f.fifo[2])
	f.seekDone(0)
}

func (f *FDC) seekRelative() {
	d := f.choose()
	if f.fifo[0]&cmdInward != 0 {
		d.seek(uint8(min(int(d.track)+int(f.fifo[2]), 0xff)))
	} else {
		d.seek(uint8(max(int(d.track)-int(f.fifo[2]), 0)))
	}
	f.seekDone(0)
}

// senseInterrupt reports why there was an interrupt without a result: behind
// a reset once for each drive.
func (f *FDC) senseInterrupt() {
	switch {
	case f.sensesLeft > 0:
		f.st0 = st0Polling | uint8(resetSenses-f.sensesLeft)&selectDrive
		f.sensesLeft--
	case f.sra&sraInterrupt == 0:
		f.answer(st0Invalid)
		return
	}
	f.lower()
	f.answer(f.st0, f.drive().track)
}

func (f *FDC) specify() {
	f.stepRate = f.fifo[1]
	f.headLoad = f.fifo[2]>>1 | f.fifo[2]&1<<7
	f.toCommand()
}

func (f *FDC) senseDrive() {
	d := f.choose()
	st3 := st3Always | f.unit()
	if d.writeProtected() {
		st3 |= st3WriteProtected
	}
	if d.track == 0 && d != &f.absent {
		st3 |= st3Track0
	}
	f.answer(st3)
}

func (f *FDC) configure() {
	f.config, f.precomp = f.fifo[2], f.fifo[3]
	f.toCommand()
}

func (f *FDC) setLock() {
	f.lock = f.fifo[0] >> 7
	f.answer(f.lock << 4)
}

// perpendicular remembers the mode. Sectors on an image have no direction.
func (f *FDC) perpendicular() {
	for i := range f.drives {
		d := &f.drives[i]
		on := d.perpendicular & 4
		if f.fifo[1]&perpOverride != 0 {
			on = f.fifo[1] >> i & 4
		}
		d.perpendicular = on | f.fifo[1]&3
	}
	f.toCommand()
}

func (f *FDC) dumpRegisters() {
	perp := f.drives[0].perpendicular&7 | f.drives[1].perpendicular&4<<1
	f.answer(
		f.drives[0].track, f.drives[1].track, 0, 0,
		f.stepRate, f.headLoad<<1|f.headLoad>>7,
		f.eot, f.lock<<7|perp, f.config, f.precomp)
}

// idTime is what a sector takes to pass, more or less.
const idTime = 20_000_000

// readID yields the next sector that passes below the head, when it does.
func (f *FDC) readID() {
	f.choose()
	f.st0 = 0
	f.execute()
	f.resultTimer.SetExpiry(f.clock.Now() + idTime)
}

func (f *FDC) readIDDone() {
	d := f.drive()
	if f.fifo[0]&cmdMFM == 0 || !d.readable(f.dsr&dsrRate) {
		f.fail(0, st1NoAddressMark, 0)
		return
	}
	d.sector = uint8(int(d.sector)%d.format.Sectors) + 1
	f.finish(0, 0, 0, f.here())
}
