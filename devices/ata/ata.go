// Package ata is an ATA channel as it sits on the ISA bus: a command block of
// eight ports, the control port, one interrupt, and up to two drives, each a
// hard disk or a read-only ATAPI CD-ROM.
//
// Disks know CHS, LBA28 and LBA48 addresses, PIO transfers one sector or one
// block at a time, translation by INITIALIZE DEVICE PARAMETERS, and the
// settings of SET FEATURES. CD-ROMs know the packet commands that read data
// discs and manage the tray.
//
// A command finishes inside the port write that starts it, so BSY is only seen
// while SRST is held. Not emulated: DMA (the ISA bus has no path for it), the
// overlapped and security feature sets, SMART, SET MAX, the commands of ATA-1
// for sectors with their check bytes, for the buffer and for formatting, audio
// discs, writing to CDs, the delays of moving parts and timers that stop them,
// and an interrupt that waits for nIEN to be cleared or for its drive to be
// selected again.
//
// References: ATA/ATAPI-4 (NCITS 317-1998), ATA/ATAPI-6 (NCITS 361-2002) for
// 48-bit addresses, SFF-8020i and MMC-2 for CD-ROMs.
package ata

import (
	"toyvm/devices"
)

// Ports is where the board puts a channel.
type Ports struct {
	Command uint16 // first of the eight ports of the command block
	Control uint16 // Device Control and Alternate Status
	IRQ     int    // input of the interrupt controllers
	serial  int    // of the first drive
}

// The two channels of a PC.
var (
	Primary   = Ports{Command: 0x1f0, Control: 0x3f6, IRQ: 14, serial: 1}
	Secondary = Ports{Command: 0x170, Control: 0x376, IRQ: 15, serial: 3}
)

// A Channel is a cable with up to two drives.
type Channel struct {
	control  uint8 // Device Control as last written, HOB cleared by the command block
	selected uint8 // drive that the DEV bit names
	retry    retry
	drives   [2]drive

	ports Ports        `vmstate:"transient"`
	irq   devices.Line `vmstate:"transient"`
}

// New returns a channel without drives that raises irq.
func New(ports Ports, irq devices.Line) *Channel {
	c := &Channel{ports: ports, irq: irq}
	for i := range c.drives {
		c.drives[i].channel, c.drives[i].unit = c, i
	}
	c.Reset()
	return c
}

// Ports returns where the channel is.
func (c *Channel) Ports() Ports { return c.ports }

// Reset is power-on and the bus's RESET-. Media stay, and so does the tray.
func (c *Channel) Reset() {
	c.control, c.selected, c.retry = 0, 0, retry{}
	for i := range c.drives {
		c.drives[i].powerOn()
	}
	c.irq.Set(false)
}

// In implements devices.PortDevice. Only the data port is wider than a byte.
func (c *Channel) In(port uint16, size int) uint32 {
	if port == c.ports.Command {
		return c.inData(size)
	}
	var v uint32
	for i := range size {
		v |= uint32(c.inByte(port+uint16(i))) << (8 * i)
	}
	return v
}

// Out implements devices.PortDevice.
func (c *Channel) Out(port uint16, size int, value uint32) {
	if port == c.ports.Command {
		c.outData(size, value)
		return
	}
	for i := range size {
		c.outByte(port+uint16(i), uint8(value>>(8*i)))
	}
}

// inData reads the data port. A byte takes a whole word from the drive, as
// there is no 8-bit mode; a doubleword is two words.
func (c *Channel) inData(size int) uint32 {
	d := c.current()
	v := uint32(d.readWord())
	switch size {
	case 1:
		return v & 0xff
	case 4:
		return v | uint32(d.readWord())<<16
	}
	return v
}

func (c *Channel) outData(size int, value uint32) {
	d := c.current()
	d.writeWord(uint16(value))
	if size == 4 {
		d.writeWord(uint16(value >> 16))
	}
}

// InBlock fills dst by accesses of size bytes to one port, as REP INS does,
// and the data port by whole blocks. What is left of dst below size stays.
func (c *Channel) InBlock(port uint16, size int, dst []byte) {
	if port == c.ports.Command && size > 1 {
		c.current().readBlock(dst[:len(dst)/size*size])
		return
	}
	for ; len(dst) >= size; dst = dst[size:] {
		v := c.In(port, size)
		for i := range size {
			dst[i] = uint8(v >> (8 * i))
		}
	}
}

// OutBlock writes src to one port by accesses of size bytes, as REP OUTS does.
func (c *Channel) OutBlock(port uint16, size int, src []byte) {
	if port == c.ports.Command && size > 1 {
		c.current().writeBlock(src[:len(src)/size*size])
		return
	}
	for ; len(src) >= size; src = src[size:] {
		var v uint32
		for i := range size {
			v |= uint32(src[i]) << (8 * i)
		}
		c.Out(port, size, v)
	}
}

// current is the selected drive, there or not.
func (c *Channel) current() *drive { return &c.drives[c.selected] }

// responder is the drive that drives the bus when a register is read: the
// selected one or, for an absent drive 1, drive 0. It is nil if nobody does.
func (c *Channel) responder() *drive {
	if d := c.current(); d.present() {
		return d
	}
	if d := &c.drives[0]; d.present() {
		return d
	}
	return nil
}

// inByte reads a register. Nobody pulls a floating bus down.
func (c *Channel) inByte(port uint16) uint8 {
	d := c.responder()
	if d == nil {
		return 0xff
	}
	switch port {
	case c.ports.Control:
		return d.visibleStatus()
	case c.ports.Command + regStatus:
		c.irq.Set(false)
		return d.visibleStatus()
	}
	if reg := port - c.ports.Command; reg < regStatus {
		return d.register(reg, c.control&controlHOB != 0)
	}
	return 0xff
}

func (c *Channel) outByte(port uint16, value uint8) {
	switch {
	case port == c.ports.Control:
		c.writeControl(value)
	case port == c.ports.Command+regStatus:
		c.control &^= controlHOB
		c.execute(value)
	case port-c.ports.Command < regStatus:
		c.control &^= controlHOB
		c.writeRegister(port-c.ports.Command, value)
	}
}

// writeRegister writes a register of both drives: they share the cable, and
// each keeps its own copy. A drive that is busy does not listen.
func (c *Channel) writeRegister(reg uint16, value uint8) {
	if c.control&controlSRST != 0 {
		return
	}
	for i := range c.drives {
		c.drives[i].setRegister(reg, value)
	}
	if reg == regDevice {
		c.selected = value >> 4 & 1
	}
}

// writeControl writes Device Control. While SRST is set both drives are busy;
// clearing it ends the reset.
func (c *Channel) writeControl(value uint8) {
	before := c.control
	c.control = value
	switch srst := value&controlSRST != 0; {
	case srst:
		for i := range c.drives {
			c.drives[i].hold()
		}
		c.irq.Set(false)
	case before&controlSRST != 0:
		c.selected = 0
		for i := range c.drives {
			c.drives[i].softReset()
		}
	}
	if value&controlNIEN != 0 {
		c.irq.Set(false) // the drive lets go of INTRQ
	}
}

// interrupt asserts INTRQ unless the guest turned it off.
func (c *Channel) interrupt() {
	if c.control&controlNIEN == 0 {
		c.irq.Set(true)
	}
}

// execute starts a command. Writing the register ends the interrupt of the
// command before, and a transfer that was not completed is given up.
func (c *Channel) execute(opcode uint8) {
	if c.control&controlSRST != 0 {
		return
	}
	c.irq.Set(false)
	if opcode == cmdExecuteDiagnostic {
		c.diagnose()
		return
	}
	if d := c.current(); d.present() {
		d.execute(opcode)
	}
}

// diagnose runs EXECUTE DEVICE DIAGNOSTIC, which is for both drives whichever
// is selected.
func (c *Channel) diagnose() {
	if c.responder() == nil {
		return
	}
	c.selected = 0
	for i := range c.drives {
		c.drives[i].setSignature()
	}
	c.interrupt()
}
