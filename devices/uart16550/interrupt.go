package uart16550

// update finds the interrupt of the highest priority [8.6, table IV] and
// drives the interrupt line.
func (u *UART) update() {
	source := uint8(iirNone)
	switch {
	case u.ier&ierLine != 0 && u.lsr&lsrErrors != 0:
		source = iirLine
	case u.ier&ierReceived != 0 && u.timeoutPending:
		source = iirTimeout
	case u.ier&ierReceived != 0 && u.received():
		source = iirReceived
	case u.ier&ierTHRE != 0 && u.thrPending == 1:
		source = iirTHRE
	case u.ier&ierModem != 0 && u.msr&msrDeltas != 0:
		source = iirModem
	}
	u.iir = u.iir&iirFIFO | source
	u.irq.Set(source != iirNone)
}

// received tells whether there is enough for the receiver's interrupt: a
// byte, or as many as the trigger level asks for.
func (u *UART) received() bool {
	if u.fifos() {
		return u.receive.num >= u.triggerLevel()
	}
	return u.lsr&lsrReady != 0
}

// readIIR acknowledges the THRE interrupt if that is the one it shows. The
// others go away with their cause.
func (u *UART) readIIR() uint8 {
	iir := u.iir
	if iir&iirSource == iirTHRE {
		u.thrPending = 0
		u.update()
	}
	return iir
}

// writeIER enables interrupts. Enabling that of THRE raises it if the holding
// register is empty, even if it was acknowledged before: not in the data
// sheet, but chips do it and drivers start their transmission that way.
func (u *UART) writeIER(v uint8) {
	risen := v &^ u.ier
	u.ier = v & ierMask
	switch {
	case u.ier&ierTHRE == 0:
		u.thrPending = 0
	case risen&ierTHRE != 0 && u.lsr&lsrTHRE != 0:
		u.thrPending = 1
	}
	u.update()
}

// fifos tells whether the FIFOs are on.
func (u *UART) fifos() bool { return u.fcr&fcrEnable != 0 }

// triggerLevel is how many bytes in the receive FIFO make an interrupt.
func (u *UART) triggerLevel() uint32 { return [...]uint32{1, 4, 8, 14}[u.fcr>>6] }

// writeFCR turns the FIFOs on or off, which empties them, or empties one of
// them. Other bits count only together with the enable bit [8.5].
func (u *UART) writeFCR(v uint8) {
	if v&fcrEnable == 0 {
		v = 0
	}
	if (v^u.fcr)&fcrEnable != 0 {
		v |= fcrClearReceive | fcrClearTransmit
	}
	u.setFCR(v & fcrKept)
	if v&fcrClearReceive != 0 {
		u.clearReceiver()
	}
	if v&fcrClearTransmit != 0 {
		u.clearTransmitter()
	}
	u.update()
}

func (u *UART) setFCR(v uint8) {
	u.fcr = v
	u.iir &^= iirFIFO
	if u.fifos() {
		u.iir |= iirFIFO
	}
}
