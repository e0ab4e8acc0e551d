package uart16550

import (
	"errors"
	"fmt"

	"toyvm/devices"
	"toyvm/vmstate"
)

// The layout is QEMU's and began with this package:
//
//	2  without the FIFO control register
//	3  current

// unknown stands for a pending flag of which the stream has not said anything.
const unknown = -1

// maxStalled is how often QEMU tries to send a byte.
const maxStalled = 4

// Section is the state of the UART; instance 0 is COM1.
func (u *UART) Section(instance int) *vmstate.Section {
	return vmstate.NewSection(&section, u, instance)
}

var section = vmstate.Description[UART]{
	Name: "serial", Version: 3, MinVersion: 2,
	Fields: vmstate.Fields[UART]{
		vmstate.Struct("state", func(u *UART) *UART { return u }, &state),
	},
}

var state = vmstate.Description[UART]{
	Name: "serial", Version: 3, MinVersion: 2,
	PreLoad:  (*UART).preLoad,
	PostLoad: (*UART).postLoad,
	Fields: vmstate.Fields[UART]{
		vmstate.Uint16("divider", func(u *UART) *uint16 { return &u.divisor }).Since(2),
		vmstate.Uint8("rbr", func(u *UART) *uint8 { return &u.rbr }),
		vmstate.Uint8("ier", func(u *UART) *uint8 { return &u.ier }),
		vmstate.Uint8("iir", func(u *UART) *uint8 { return &u.iir }),
		vmstate.Uint8("lcr", func(u *UART) *uint8 { return &u.lcr }),
		vmstate.Uint8("mcr", func(u *UART) *uint8 { return &u.mcr }),
		vmstate.Uint8("lsr", func(u *UART) *uint8 { return &u.lsr }),
		vmstate.Uint8("msr", func(u *UART) *uint8 { return &u.msr }),
		vmstate.Uint8("scr", func(u *UART) *uint8 { return &u.scr }),
		vmstate.Uint8("fcr_vmstate", func(u *UART) *uint8 { return &u.fcr }).Since(3),
	},
	Subsections: []*vmstate.Description[UART]{
		{
			Name: "serial/thr_ipending", Version: 1, MinVersion: 1,
			Needed: func(u *UART) bool { return u.ier&ierTHRE != 0 && u.thrPending != u.thrShown() },
			Fields: vmstate.Fields[UART]{
				vmstate.Int32("thr_ipending", func(u *UART) *int32 { return &u.thrPending }),
			},
		},
		{
			Name: "serial/tsr", Version: 1, MinVersion: 1,
			Needed: func(u *UART) bool { return u.stalled != 0 },
			Fields: vmstate.Fields[UART]{
				vmstate.Uint32("tsr_retry", func(u *UART) *uint32 { return &u.stalled }),
				vmstate.Uint8("thr", func(u *UART) *uint8 { return &u.thr }),
				vmstate.Uint8("tsr", func(u *UART) *uint8 { return &u.tsr }),
			},
		},
		{
			Name: "serial/recv_fifo", Version: 1, MinVersion: 1,
			Needed: func(u *UART) bool { return !u.receive.empty() },
			Fields: vmstate.Fields[UART]{
				vmstate.Struct("recv_fifo", func(u *UART) *fifo { return &u.receive }, &fifoState).Since(1),
			},
		},
		{
			Name: "serial/xmit_fifo", Version: 1, MinVersion: 1,
			Needed: func(u *UART) bool { return !u.xmit.empty() },
			Fields: vmstate.Fields[UART]{
				vmstate.Struct("xmit_fifo", func(u *UART) *fifo { return &u.xmit }, &fifoState).Since(1),
			},
		},
		{
			Name: "serial/fifo_timeout_timer", Version: 1, MinVersion: 1,
			Needed: func(u *UART) bool { return u.timeout.Expiry() >= 0 },
			Fields: vmstate.Fields[UART]{
				vmstate.Timer("fifo_timeout_timer", func(u *UART) vmstate.Alarm { return u.timeout }),
			},
		},
		{
			Name: "serial/timeout_ipending", Version: 1, MinVersion: 1,
			Needed: func(u *UART) bool { return u.timeoutPending },
			Fields: vmstate.Fields[UART]{
				devices.Flag32("timeout_ipending", func(u *UART) *bool { return &u.timeoutPending }),
			},
		},
		{
			Name: "serial/poll", Version: 1, MinVersion: 1,
			Needed: func(*UART) bool { return false },
			Fields: vmstate.Fields[UART]{
				vmstate.Int32("poll_msl", func(u *UART) *int32 { return &u.polled.modem }),
				vmstate.Timer("modem_status_poll", func(u *UART) vmstate.Alarm { return &u.polled.next }),
			},
		},
	},
}

var fifoState = vmstate.Description[fifo]{
	Name: "Fifo8", Version: 1, MinVersion: 1,
	PostLoad: func(f *fifo, _ int) error {
		if f.head >= fifoSize || f.num > fifoSize {
			return fmt.Errorf("%d bytes from %d on do not fit a FIFO of %d", f.num, f.head, fifoSize)
		}
		return nil
	},
	Fields: vmstate.Fields[fifo]{
		vmstate.Buffer("data", func(f *fifo) []byte { return f.data[:] }).Since(1),
		vmstate.Uint32("head", func(f *fifo) *uint32 { return &f.head }),
		vmstate.Uint32("num", func(f *fifo) *uint32 { return &f.num }),
	},
}

// pollState is what QEMU keeps to poll the modem lines of a real serial port.
// It is read, and of no use.
type pollState struct {
	modem int32
	next  vmstate.Deadline
}

// thrShown is the pending THRE interrupt as far as the IIR tells.
func (u *UART) thrShown() int32 {
	if u.iir&iirSource == iirTHRE {
		return 1
	}
	return 0
}

// preLoad sets what the absence of a field or subsection means.
func (u *UART) preLoad() error {
	u.fcr = 0
	u.thr, u.tsr, u.stalled = 0, 0, 0
	u.receive, u.xmit = fifo{}, fifo{}
	u.timeout.SetExpiry(-1)
	u.timeoutPending = false
	u.thrPending = unknown
	return nil
}

// postLoad checks the values and derives the rest. The interrupt line is the
// interrupt controller's state.
func (u *UART) postLoad(int) error {
	if err := u.checkTransmitter(); err != nil {
		return err
	}
	u.stalled = min(u.stalled, maxStalled)
	switch u.thrPending {
	case unknown:
		u.thrPending = u.thrShown()
	case 0:
	default:
		u.thrPending = 1
	}
	u.setFCR(u.fcr)
	u.resume.SetExpiry(-1)
	if u.stalled > 0 {
		u.resume.SetExpiry(0) // at the next chance
	}
	u.polled = pollState{}
	return nil
}

// checkTransmitter refuses a transmitter that is both empty and busy.
func (u *UART) checkTransmitter() error {
	switch {
	case u.stalled > 0 && u.lsr&lsrTEMT != 0:
		return errors.New("the transmitter is empty (LSR.TEMT) although a byte waits in its shift register (tsr_retry)")
	case u.stalled == 0 && u.lsr&(lsrTEMT|lsrTHRE) != lsrTEMT|lsrTHRE:
		return errors.New("the transmitter is busy (LSR.TEMT, LSR.THRE) although no byte waits in its shift register (tsr_retry)")
	case u.stalled == 0 && !u.xmit.empty():
		return errors.New("bytes wait in the FIFO of an empty transmitter")
	}
	return nil
}
