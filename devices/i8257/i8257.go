// Package i8257 is a DMA controller of the AT: an Intel 8237A, which is an
// 8257 with a few registers more, together with the page registers that give
// its addresses 24 bits. The board has two: the first moves bytes on channels
// 0 to 3, the second 16-bit words on channels 5 to 7.
//
// A peripheral raises the request line of its channel. As soon as the channel
// is unmasked and the controller enabled, everything the peripheral is ready
// for is moved at once, so a guest never sees half of a transfer that both
// sides are ready for.
//
// Not emulated: memory-to-memory transfers, rotating priority, compressed and
// extended timing and the polarity of the request lines, for which the bits of
// the command register are only kept; and that channels 0 to 3 need channel 4
// in cascade mode.
//
// Sources: Intel 8237A data sheet (231466); IBM PC AT Technical Reference,
// section 1, "DMA".
package i8257

import "toyvm/devices"

// Ports of the first controller. On the second the registers begin at C0h and
// are two ports apart, and the pages begin at 88h.
const (
	Ports     = 0x00 // 16 registers
	PortPages = 0x80

	Ports2     = 0xc0 // 16 registers, each at two ports
	PortPages2 = 0x88
)

// Registers 0 to 7 are the address and the count of each channel. From 8 on
// they differ between writing and reading.
const (
	regCommand   = 0x8
	regRequest   = 0x9 // reading yields the mask, as on QEMU's board
	regMaskOne   = 0xa
	regMode      = 0xb
	regFlipFlop  = 0xc // writing anything clears it
	regClear     = 0xd // writing anything is a reset
	regClearMask = 0xe // writing anything unmasks all channels
	regMaskAll   = 0xf // reading yields the mask, as on the 82C37A

	regStatus = 0x8
)

// The command register.
const commandDisable = 1 << 2 // no channel is served

// The mode of a channel.
const (
	modeWrite    = 0x04 // peripheral to memory
	modeRead     = 0x08 // memory to peripheral
	modeTransfer = 0x0c // 0: verify, nothing touches memory
	modeAuto     = 0x10 // start again behind the last byte
	modeDown     = 0x20 // addresses decrease
	modeCascade  = 0xc0 // the channel is another controller's
)

// The sources of a channel's request.
const (
	requestLine     = 0x01
	requestSoftware = 0x02 // bit in the request register, until the last byte
)

const (
	address = 0 // index of now and base
	count   = 1
)

// A Peripheral is what a channel serves. It is only called while its request
// is up or the guest requests by software, and returns how many bytes it
// moved: none if it is not ready. Terminal says that the last byte of p is the
// last one of the count that the guest programmed.
type Peripheral interface {
	DMARead(p []byte, terminal bool) int  // peripheral to memory
	DMAWrite(p []byte, terminal bool) int // memory to peripheral
}

// A Controller is one of the two.
type Controller struct {
	memory devices.Memory `vmstate:"transient"`
	width  int32          `vmstate:"transient"` // log2 of the bytes in a unit

	command  uint8
	mask     uint8 // one bit a channel; the upper four are only kept
	flipFlop uint8 // 1: the next access is to the high byte
	dshift   int32 // width, as the stream has it
	channels [4]channel

	serving bool `vmstate:"transient"` // inside serve; never between two accesses
	again   bool `vmstate:"transient"` // a request came up inside serve
}

type channel struct {
	peripheral Peripheral `vmstate:"transient"`

	// now is where the transfer began, and how many bytes it has moved; the
	// registers that a guest reads are derived from both.
	now  [2]int32
	base [2]uint16 // as programmed, the count being one less than the units
	mode uint8
	page uint8 // A16 to A23

	pageHigh uint8 // A24 to A31: for EISA, which this board is not
	request  uint8 // requestLine, requestSoftware
	terminal uint8 // 1: the last byte was reached since the status was read
}

// New makes controller 0, for channels 0 to 3, or 1, for channels 4 to 7.
func New(instance int, memory devices.Memory) *Controller {
	c := &Controller{memory: memory, width: int32(instance), dshift: int32(instance)}
	c.Reset()
	return c
}

// Reset is the reset line. As on the chip, addresses, counts and modes remain,
// and so do the pages.
func (c *Controller) Reset() {
	c.command, c.mask, c.flipFlop = 0, 0xff, 0
	for i := range c.channels {
		c.channels[i].request &= requestLine
		c.channels[i].terminal = 0
	}
}

// Connect makes p the peripheral at channel n of this controller, 0 to 3.
func (c *Controller) Connect(n int, p Peripheral) { c.channels[n].peripheral = p }

// Request is the request line of channel n of this controller, 0 to 3.
func (c *Controller) Request(n int) devices.Line {
	return devices.LineFunc(func(level bool) {
		ch := &c.channels[n]
		ch.request &^= requestLine
		if level {
			ch.request |= requestLine
			c.serve()
		}
	})
}
