package uart16550

// inputClock is the crystal in Hz. The baud rate is a sixteenth of it, divided
// by the divisor.
const inputClock = 1843200

// CanReceive is how many bytes Receive would accept now. It fills the FIFO up
// to the trigger level, and beyond it only byte by byte: a guest that asked
// for early interrupts would otherwise always find a full FIFO.
func (u *UART) CanReceive() int {
	switch level := u.triggerLevel(); {
	case u.mcr&mcrLoop != 0:
		return 0 // SIN is disconnected; the sender waits
	case !u.fifos():
		return 1 - int(u.lsr&lsrReady)
	case u.receive.num == fifoSize:
		return 0
	case u.receive.num < level:
		return int(level - u.receive.num)
	default:
		return 1
	}
}

// Receive takes bytes from the line and returns how many it took.
func (u *UART) Receive(p []byte) int {
	n := 0
	for n < len(p) && u.CanReceive() > 0 {
		u.arrive(p[n])
		n++
	}
	return n
}

// ReceiveBreak is a break on the line: a character of nothing but zeros, the
// stop bit included.
func (u *UART) ReceiveBreak() {
	if u.mcr&mcrLoop == 0 {
		u.lsr |= lsrBreak
		u.arrive(0)
	}
}

// arrive is a character complete in the receiver's shift register. Without
// FIFOs it overwrites one that was not read; a full FIFO keeps what it has
// [8.4].
func (u *UART) arrive(b uint8) {
	if !u.fifos() {
		if u.lsr&lsrReady != 0 {
			u.lsr |= lsrOverrun
		}
		u.rbr = b
	} else if !u.receive.push(b) {
		u.lsr |= lsrOverrun
	}
	u.lsr |= lsrReady
	u.watchTimeout()
	u.update()
}

// readRBR takes a byte from the receiver. With FIFOs that ends a time-out,
// and starts the wait for the next one if bytes remain [8.6].
func (u *UART) readRBR() uint8 {
	b := u.rbr
	if u.fifos() {
		b = u.receive.pop()
		u.timeoutPending = false
		u.watchTimeout()
	}
	if !u.fifos() || u.receive.empty() {
		u.lsr &^= lsrReady
	}
	u.update()
	return b
}

// readLSR ends the conditions that it shows [8.4].
func (u *UART) readLSR() uint8 {
	lsr := u.lsr
	u.lsr &^= lsrErrors
	u.update()
	return lsr
}

func (u *UART) clearReceiver() {
	u.receive = fifo{}
	u.lsr &^= lsrReady
	u.timeoutPending = false
	u.timeout.SetExpiry(-1)
}

// watchTimeout starts the wait for the character time-out: four characters'
// time in which the receive FIFO holds something and is left alone.
func (u *UART) watchTimeout() {
	if u.receive.empty() {
		u.timeout.SetExpiry(-1)
	} else {
		u.timeout.SetExpiry(u.clock.Now() + 4*u.characterTime())
	}
}

func (u *UART) timedOut() {
	u.timeoutPending = true
	u.update()
}

// characterTime is how long a character takes on the line, in nanoseconds.
func (u *UART) characterTime() int64 {
	dataBits := 5 + int64(u.lcr&lcrLength)
	halfBits := 2 + 2*dataBits + 2 // start, data, stop
	if u.lcr&lcrParity != 0 {
		halfBits += 2
	}
	if u.lcr&lcrStop != 0 {
		halfBits += 2
		if dataBits == 5 {
			halfBits--
		}
	}
	divisor := int64(u.divisor)
	if divisor == 0 {
		divisor = 1 << 16 // the divider counts through
	}
	return halfBits * divisor * (16 * 1e9 / 2) / inputClock
}
