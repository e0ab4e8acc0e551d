package uart16550

// Inputs are the modem's lines to the UART, as the MSR shows them [8.9].
type Inputs uint8

// The modem's lines.
const (
	CTS Inputs = 0x10 // clear to send
	DSR Inputs = 0x20 // data set ready
	RI  Inputs = 0x40 // ring indicator
	DCD Inputs = 0x80 // data carrier detect

	ready = CTS | DSR | DCD // what the line says unless told otherwise
)

// Outputs are the UART's lines to the modem.
type Outputs uint8

// The UART's lines.
const (
	DTR   Outputs = 0x01 // data terminal ready
	RTS   Outputs = 0x02 // request to send
	Out1  Outputs = 0x04
	Out2  Outputs = 0x08
	Break Outputs = 0x40 // the line is held at space
)

// Modem status register: in the low half what changed since it was last read.
const (
	msrDeltaCTS = 0x01
	msrDeltaDSR = 0x02
	msrRingEnd  = 0x04 // trailing edge of RI
	msrDeltaDCD = 0x08

	msrDeltas = 0x0f
	msrLines  = 0xf0
)

// SetInputs sets the lines that come from the modem.
func (u *UART) SetInputs(lines Inputs) {
	before := u.inputs()
	u.msr = u.msr&msrDeltas | uint8(lines)&msrLines
	u.noteChange(before)
}

// Outputs is what the modem sees. In loopback all lines are inactive [8.8].
func (u *UART) Outputs() Outputs {
	if u.mcr&mcrLoop != 0 {
		return 0
	}
	return Outputs(u.mcr&^mcrLoop | u.lcr&lcrBreak)
}

// inputs is what the chip takes for the modem's lines: in loopback its own
// outputs [8.8].
func (u *UART) inputs() uint8 {
	if u.mcr&mcrLoop == 0 {
		return u.msr & msrLines
	}
	return u.mcr&mcrRTS<<3 | u.mcr&mcrDTR<<5 | u.mcr&(mcrOUT1|mcrOUT2)<<4 // CTS, DSR, RI and DCD
}

// noteChange records how the lines differ from what they were. Of RI only the
// trailing edge counts.
func (u *UART) noteChange(before uint8) {
	now := u.inputs()
	deltas := (before ^ now) >> 4 &^ msrRingEnd
	deltas |= before &^ now >> 4 & msrRingEnd
	u.msr |= deltas
	u.update()
}

func (u *UART) writeMCR(v uint8) {
	before := u.inputs()
	u.mcr = v & mcrMask
	u.noteChange(before)
}

func (u *UART) readMSR() uint8 {
	msr := u.inputs() | u.msr&msrDeltas
	u.msr &^= msrDeltas
	u.update()
	return msr
}
