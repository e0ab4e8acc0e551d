// Package fdc is the floppy controller of the AT, an Intel 82077AA, with its
// drives A and B: all commands of the chip, with DMA and without, on media
// that are plain images of sectors.
//
// Nothing turns: commands take no time but READ ID, which takes as long as
// sectors need to pass, so that a guest that measures interleave comes to an
// end, and a transfer that the DMA controller does not serve fails with an
// overrun as late as a real one could. Images hold sectors of 512 bytes in
// double density and nothing between them; what needs more (other sector sizes,
// single density, deleted marks, tracks with gaps) behaves as it would on such
// a disk: what is written as deleted data is read as data.
//
// Not emulated: step and head load times, overruns without DMA, the FIFO's
// threshold (there is one interrupt a sector then), the busy bits of drives that
// seek, precompensation, tape drives, and that DOR bit 3 gates the interrupt.
// A seek reaches every cylinder that a guest asks for, as if no drive had a
// stop, and a command selects the drive it names.
//
// Sources: Intel 82077AA data sheet (290166); the scan commands are those
// of the NEC uPD765A.
package fdc

import (
	"toyvm/devices"
)

// Ports of the controller, its interrupt and its DMA channel. Port 3F6h
// belongs to the hard disk controller.
const (
	Ports = 0x3f0 // 3F0h to 3F5h, and 3F7h
	IRQ   = 6
	DRQ   = 2
)

// Registers.
const (
	regSRA  = 0 // status A; not there on an AT
	regSRB  = 1 // status B, read only
	regDOR  = 2 // digital output
	regTDR  = 3 // tape drive
	regMSR  = 4 // main status; written: data rate select (DSR)
	regFIFO = 5 // data
	regDIR  = 7 // digital input; written: configuration control (CCR)
)

// Status register A.
const (
	sraInterrupt = 0x80 // INT pending
	sraNoDrive2  = 0x40 // drive B is not installed
)

// Status register B.
const (
	srbReset   = 0xc0
	srbMotor0  = 0x01
	srbMotor1  = 0x02
	srbSelect0 = 0x20 // bit 0 of the selected drive
)

// Digital output register.
const (
	dorSelect   = 0x03 // drive
	dorNotReset = 0x04
	dorDMA      = 0x08
	dorMotor0   = 0x10
	dorMotor1   = 0x20
)

// Main status register.
const (
	msrBusy   = 0x10 // within a command
	msrNonDMA = 0x20 // data of a command without DMA
	msrOut    = 0x40 // the guest is to read the FIFO, else to write
	msrReady  = 0x80 // for the FIFO
)

// Data rate select register.
const (
	dsrRate      = 0x03
	dsrPowerDown = 0x40
	dsrReset     = 0x80 // clears itself
)

const tdrSelect = 0x03

const dirChanged = 0x80 // the disk of the selected drive may be another

// resetSenses is how many SENSE INTERRUPT commands a reset wants: one for
// each drive that there could be.
const resetSenses = 4

// A phase is where in a command the controller is.
type phase uint8

const (
	phaseUnknown phase = iota // while loading: as MSR says
	phaseCommand
	phaseExecution
	phaseResult
)

// An FDC is the controller and its drives.
type FDC struct {
	clock devices.Clock `vmstate:"transient"`
	irq   devices.Line  `vmstate:"transient"`
	drq   devices.Line  `vmstate:"transient"`

	sra, srb   uint8
	dor        uint8
	tdr, dsr   uint8
	msr        uint8
	st0        uint8 // of the last interrupt
	st1, st2   uint8
	phase      phase
	sensesLeft int32 // SENSE INTERRUPT commands that still report a reset

	// fifo holds the command, the sector under way or the result. Position and
	// length count the bytes of that phase.
	fifo     [512]uint8
	position uint32
	length   uint32
	options  options   // of the transfer
	dir      direction // of the transfer
	eot      uint8     // last sector of a track in the transfer

	stepRate   uint8 // SRT of SPECIFY
	headLoad   uint8 // HLT and, in bit 7, ND
	precomp    uint8 // PRETRK of CONFIGURE
	config     uint8 // second byte of CONFIGURE
	lock       uint8 // 1: a reset leaves CONFIGURE alone
	powerDown  uint8 // of a chip that has POWERDOWN MODE; kept only
	driveCount uint8 // in the stream, always 2

	drives    [2]drive
	installed int   `vmstate:"transient"`
	absent    drive `vmstate:"transient"` // stands for those that are not installed

	resultTimer devices.Timer // end of READ ID
	overrun     devices.Timer // latest time for DMA
	resume      devices.Timer `vmstate:"transient"` // raises DRQ again after a load
}

// New makes a controller with the given number of drives installed, 0 to 2.
func New(clock devices.Clock, irq, drq devices.Line, drives int) *FDC {
	f := &FDC{clock: clock, irq: irq, drq: drq, installed: drives, config: configEIS | configNoFIFO, driveCount: 2}
	for i := range f.drives {
		f.drives[i].changed = 1
	}
	f.resultTimer = clock.NewTimer("fdc read id", f.readIDDone)
	f.overrun = clock.NewTimer("fdc overrun", f.overrunDone)
	f.resume = clock.NewTimer("fdc resume", f.request)
	f.Reset()
	return f
}

// Reset is the reset line.
func (f *FDC) Reset() {
	f.unlock()
	f.reset()
	f.dor = dorNotReset | dorDMA
}

// reset is what all kinds of reset have in common.
func (f *FDC) reset() {
	f.stop()
	f.lower()
	f.sra = 0
	if f.installed < 2 {
		f.sra = sraNoDrive2
	}
	f.srb = srbReset
	f.sensesLeft = 0
	for i := range f.drives {
		f.drives[i].recalibrate()
	}
	if f.lock == 0 {
		f.unlock()
	}
	f.toCommand()
}

// softReset is a reset by the DOR or the DSR, which ends with an interrupt.
func (f *FDC) softReset() {
	f.reset()
	f.st0 = st0Polling
	f.raise()
	f.sensesLeft = resetSenses
}

// unlock restores those parts of CONFIGURE that a reset does.
func (f *FDC) unlock() {
	f.lock = 0
	f.config = f.config&(configEIS|configNoPoll) | configNoFIFO
	f.precomp = 0
}

// stop ends whatever is going on.
func (f *FDC) stop() {
	f.resultTimer.SetExpiry(-1)
	f.overrun.SetExpiry(-1)
	f.resume.SetExpiry(-1)
	f.drq.Set(false)
}

func (f *FDC) raise() {
	f.sensesLeft = 0
	f.sra |= sraInterrupt
	f.irq.Set(true)
}

func (f *FDC) lower() {
	f.sra &^= sraInterrupt
	f.irq.Set(false)
}

// drive is the selected drive.
func (f *FDC) drive() *drive {
	if n := int(f.dor & dorSelect); n < f.installed {
		return &f.drives[n]
	}
	f.absent = drive{}
	return &f.absent
}

// In implements devices.PortDevice.
func (f *FDC) In(port uint16, _ int) uint32 {
	switch port - Ports {
	case regSRB:
		return uint32(f.srb)
	case regDOR:
		return uint32(f.dor)
	case regTDR:
		return uint32(f.tdr)
	case regMSR:
		return uint32(f.readMSR())
	case regFIFO:
		return uint32(f.readFIFO())
	case regDIR:
		return uint32(f.readDIR())
	default:
		return 0xff
	}
}

// Out implements devices.PortDevice.
func (f *FDC) Out(port uint16, _ int, value uint32) {
	v := uint8(value)
	switch port - Ports {
	case regDOR:
		f.writeDOR(v)
	case regTDR:
		f.tdr = v & tdrSelect
	case regMSR:
		f.writeDSR(v)
	case regFIFO:
		f.writeFIFO(v)
	case regDIR: // CCR
		f.dsr = f.dsr&^dsrRate | v&dsrRate
	}
}

func (f *FDC) inReset() bool { return f.dor&dorNotReset == 0 }

// writeDOR selects a drive, switches motors and, when bit 2 comes up, resets.
// That also forgets which motors are on, until the next write.
func (f *FDC) writeDOR(v uint8) {
	f.srb &^= srbMotor0 | srbMotor1 | srbSelect0
	if v&dorMotor0 != 0 {
		f.srb |= srbMotor0
	}
	if v&dorMotor1 != 0 {
		f.srb |= srbMotor1
	}
	if v&1 != 0 {
		f.srb |= srbSelect0
	}
	switch was := f.inReset(); {
	case v&dorNotReset == 0:
		f.stop()
		f.lower()
		f.toCommand()
	case was:
		f.softReset()
		f.dsr &^= dsrPowerDown
	}
	f.dor = v
}

func (f *FDC) writeDSR(v uint8) {
	if f.inReset() {
		return
	}
	if v&dsrReset != 0 {
		f.softReset()
	}
	f.dsr = v &^ dsrReset
}

// readDIR is the change line of the selected drive.
func (f *FDC) readDIR() uint8 {
	if f.drive().changed != 0 {
		return dirChanged
	}
	return 0
}

// readMSR also wakes the chip up.
func (f *FDC) readMSR() uint8 {
	if f.inReset() {
		return 0
	}
	f.dsr &^= dsrPowerDown
	return f.msr
}
