package ata

// Offsets in the command block, named as they are read. Written, Error is
// Features and Status is Command. With LBA addresses Sector Number to Device
// hold the address from its low byte on.
const (
	regData         = 0
	regError        = 1
	regSectorCount  = 2 // for packets: interrupt reason
	regSectorNumber = 3
	regCylinderLow  = 4 // for packets: byte count
	regCylinderHigh = 5
	regDevice       = 6
	regStatus       = 7
)

// Status and Alternate Status.
const (
	statusERR  = 0x01 // Error says why the command failed; for packets CHK
	statusDRQ  = 0x08 // data port is waiting
	statusDSC  = 0x10 // seek complete
	statusDF   = 0x20 // device fault
	statusDRDY = 0x40 // commands are accepted
	statusBSY  = 0x80 // the drive owns the command block

	statusReady = statusDRDY | statusDSC
)

// Error.
const (
	errorABRT = 0x04 // command aborted
	errorIDNF = 0x10 // no such address
	errorUNC  = 0x40 // data could not be read

	diagnosticPassed = 0x01 // what Error holds after a reset or diagnostic
)

// Device.
const (
	deviceHead   = 0x0f // head, or LBA bits 27 to 24
	deviceLBA    = 0x40
	deviceAlways = 0xa0 // bits that read as one whatever is written
)

// Device Control.
const (
	controlNIEN = 0x02 // no interrupts
	controlSRST = 0x04 // software reset
	controlHOB  = 0x80 // registers read as what was in them one write earlier
)

// Interrupt reason, the Sector Count of a packet command.
const (
	reasonCoD = 0x01 // command packet or status, not data
	reasonIO  = 0x02 // to the host

	reasonMask = 0x07
)
