// Package uart16550 is the asynchronous serial port of the PC: National
// Semiconductor's PC16550D, a UART with a FIFO of 16 bytes in each direction,
// clocked with 1.8432 MHz.
//
// Emulated are both FIFOs with the trigger levels and the character time-out,
// the 16450 mode without FIFOs, the interrupt priorities with all their ways
// of being acknowledged, loopback, the modem lines in both directions with
// their deltas, and breaks.
//
// A byte leaves the moment it is written: the transmitter is always empty
// when the guest looks, as if the line had no speed. Drivers accept that,
// because they must accept a slow processor. The divisor counts where time is
// what the guest asks for: in the character time-out. Received bytes arrive
// as fast as the guest takes them.
//
// Not emulated: characters of less than eight bits, which would cut off what
// a guest sends that never set the LCR; parity and framing errors; the DMA
// handshake on RXRDY and TXRDY; and errors that travel through the FIFO with
// their byte: a break shows in the LSR at once, and LSR bit 7 stays clear. On the board the interrupt does not go through
// OUT2, as it does not on QEMU's, so software that forgets to set OUT2 works.
//
// Data sheet: PC16550D, June 1995, whose sections are cited as [8.4].
package uart16550

import "toyvm/devices"

// Where the board has its serial ports. Each takes eight I/O ports.
const (
	COM1, COM1IRQ = 0x3f8, 4
	COM2, COM2IRQ = 0x2f8, 3
	COM3, COM3IRQ = 0x3e8, 4
	COM4, COM4IRQ = 0x2e8, 3

	Ports = 8
)

// The registers [8.0, table I]. While LCR.DLAB is set, the first two are the
// divisor latch.
const (
	regData    = 0 // RBR to read, THR to write; divisor, low byte
	regIER     = 1 // divisor, high byte
	regIIR     = 2 // to read
	regFCR     = 2 // to write
	regLCR     = 3
	regMCR     = 4
	regLSR     = 5
	regMSR     = 6
	regScratch = 7
)

// Interrupt enable register [8.7].
const (
	ierReceived = 1 << iota // data available and time-out
	ierTHRE                 // transmitter holding register empty
	ierLine                 // line status: overrun, parity, framing, break
	ierModem                // modem status: a delta

	ierMask = 0x0f
)

// Interrupt identification register [8.6].
const (
	iirModem    = 0x00
	iirNone     = 0x01 // no interrupt pending
	iirTHRE     = 0x02
	iirReceived = 0x04
	iirLine     = 0x06
	iirTimeout  = 0x0c
	iirSource   = 0x0f
	iirFIFO     = 0xc0 // FIFOs are on
)

// FIFO control register [8.5].
const (
	fcrEnable        = 0x01
	fcrClearReceive  = 0x02
	fcrClearTransmit = 0x04
	fcrDMA           = 0x08
	fcrTrigger       = 0xc0 // receiver trigger level: 1, 4, 8, 14 bytes

	fcrKept = fcrEnable | fcrDMA | fcrTrigger // the others are momentary
)

// Line control register [8.1].
const (
	lcrLength = 0x03 // bits in a character, less five
	lcrStop   = 0x04 // 2 stop bits, 1.5 with five data bits
	lcrParity = 0x08 // a parity bit
	lcrBreak  = 0x40 // hold the line at space
	lcrDLAB   = 0x80 // divisor latch access
)

// Modem control register [8.8].
const (
	mcrDTR  = 0x01
	mcrRTS  = 0x02
	mcrOUT1 = 0x04
	mcrOUT2 = 0x08
	mcrLoop = 0x10

	mcrMask = 0x1f
)

// Line status register [8.4].
const (
	lsrReady   = 0x01 // data ready
	lsrOverrun = 0x02
	lsrParity  = 0x04
	lsrFraming = 0x08
	lsrBreak   = 0x10
	lsrTHRE    = 0x20 // transmitter holding register (or its FIFO) empty
	lsrTEMT    = 0x40 // and the shift register, too

	lsrErrors = lsrOverrun | lsrParity | lsrFraming | lsrBreak
)

// resetDivisor is not the chip's, which leaves the latch alone, but the
// board's: 9600 baud.
const resetDivisor = 12

// A UART is one serial port.
type UART struct {
	clock    devices.Clock `vmstate:"transient"`
	irq      devices.Line  `vmstate:"transient"`
	transmit func(byte)    `vmstate:"transient"`

	divisor uint16
	rbr     uint8 // received byte, without FIFOs
	thr     uint8 // byte written last; waits here for tsr, without FIFOs
	tsr     uint8 // transmitter shift register
	ier     uint8
	iir     uint8
	fcr     uint8
	lcr     uint8
	mcr     uint8
	lsr     uint8
	msr     uint8 // modem lines from outside, deltas
	scr     uint8

	receive fifo
	xmit    fifo

	timeout        devices.Timer // character time-out
	timeoutPending bool          // it has passed and nothing was read since
	thrPending     int32         // 1: THRE became true and nobody saw; unknown while loading

	// A transmitter that the line did not take a byte from. That happens only
	// where the state was saved by QEMU; it goes on at once.
	stalled uint32        // attempts to send what is in tsr; 0 is an idle transmitter
	resume  devices.Timer `vmstate:"derived"` // armed while stalled

	polled pollState
}

// New makes a serial port that raises irq and hands the bytes that the guest
// sends to transmit, which must not block.
func New(clock devices.Clock, irq devices.Line, transmit func(byte)) *UART {
	u := &UART{irq: irq, transmit: transmit, clock: clock}
	u.timeout = clock.NewTimer("serial character time-out", u.timedOut)
	u.resume = clock.NewTimer("serial transmitter", u.send)
	u.Reset()
	return u
}

// Reset is the master reset pin [8.0, table II]. The modem lines from outside
// stay what they are: a modem that is ready.
func (u *UART) Reset() {
	u.divisor = resetDivisor
	u.rbr, u.thr, u.tsr, u.scr = 0, 0, 0, 0
	u.ier, u.fcr, u.lcr = 0, 0, 0
	u.iir = iirNone
	u.mcr = mcrOUT2
	u.lsr = lsrTHRE | lsrTEMT
	u.msr = uint8(ready)
	u.receive, u.xmit = fifo{}, fifo{}
	u.timeout.SetExpiry(-1)
	u.resume.SetExpiry(-1)
	u.timeoutPending, u.thrPending, u.stalled = false, 0, 0
	u.update()
}

// In implements devices.PortDevice.
func (u *UART) In(port uint16, _ int) uint32 { return uint32(u.read(port % Ports)) }

// Out implements devices.PortDevice.
func (u *UART) Out(port uint16, _ int, value uint32) { u.write(port%Ports, uint8(value)) }

func (u *UART) read(register uint16) uint8 {
	switch register {
	case regData:
		if u.lcr&lcrDLAB != 0 {
			return uint8(u.divisor)
		}
		return u.readRBR()
	case regIER:
		if u.lcr&lcrDLAB != 0 {
			return uint8(u.divisor >> 8)
		}
		return u.ier
	case regIIR:
		return u.readIIR()
	case regLCR:
		return u.lcr
	case regMCR:
		return u.mcr
	case regLSR:
		return u.readLSR()
	case regMSR:
		return u.readMSR()
	default:
		return u.scr
	}
}

func (u *UART) write(register uint16, v uint8) {
	switch register {
	case regData:
		if u.lcr&lcrDLAB != 0 {
			u.divisor = u.divisor&0xff00 | uint16(v)
			return
		}
		u.writeTHR(v)
	case regIER:
		if u.lcr&lcrDLAB != 0 {
			u.divisor = u.divisor&0x00ff | uint16(v)<<8
			return
		}
		u.writeIER(v)
	case regFCR:
		u.writeFCR(v)
	case regLCR:
		u.lcr = v
	case regMCR:
		u.writeMCR(v)
	case regLSR, regMSR:
		// For the factory's tests only [8.4].
	default:
		u.scr = v
	}
}
