package uart16550

// writeTHR gives the transmitter a byte. The interrupt line goes low before
// the byte leaves and high again after it: the edge that the interrupt
// controller waits for. A full FIFO has no room for the byte.
func (u *UART) writeTHR(v uint8) {
	u.thr = v
	if u.fifos() {
		u.xmit.push(v)
	}
	u.lsr &^= lsrTHRE | lsrTEMT
	u.thrPending = 0
	u.update()
	if u.stalled == 0 {
		u.shift()
	}
}

// send resumes a transmitter that was saved in the middle of its work.
func (u *UART) send() {
	u.stalled = 0
	u.deliver()
	if u.lsr&lsrTHRE == 0 {
		u.shift()
	}
	u.idle()
}

// shift sends all that waits in the holding register or its FIFO.
func (u *UART) shift() {
	for u.lsr&lsrTHRE == 0 {
		if u.fifos() {
			u.tsr = u.xmit.pop()
		} else {
			u.tsr = u.thr
		}
		if u.xmit.empty() {
			u.holdingEmpty()
		}
		u.deliver()
	}
	u.idle()
}

func (u *UART) idle() {
	u.thr, u.tsr = 0, 0
	u.lsr |= lsrTEMT
	u.update()
}

// deliver shifts a character out, onto the line or, in loopback, into the
// receiver [8.8].
func (u *UART) deliver() {
	if u.mcr&mcrLoop != 0 {
		u.arrive(u.tsr)
	} else {
		u.transmit(u.tsr)
	}
}

// clearTransmitter empties the holding register's FIFO, but not the shift
// register [8.5].
func (u *UART) clearTransmitter() {
	u.xmit = fifo{}
	u.holdingEmpty()
}

// holdingEmpty is the condition that the THRE interrupt reports. Enabling the
// interrupt later looks at the LSR.
func (u *UART) holdingEmpty() {
	u.lsr |= lsrTHRE
	if u.ier&ierTHRE != 0 {
		u.thrPending = 1
	}
}
