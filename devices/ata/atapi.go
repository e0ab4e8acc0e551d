package ata

// packetSize is the length of a command packet.
const packetSize = 12

// A packet is a command of the packet command set.
type packet [packetSize]byte

func (p *packet) uint16(i int) int  { return int(p[i])<<8 | int(p[i+1]) }
func (p *packet) uint24(i int) int  { return int(p[i])<<16 | p.uint16(i+1) }
func (p *packet) uint32(i int) int  { return p.uint16(i)<<16 | p.uint16(i+2) }
func (p *packet) bit(i, n int) bool { return p[i]>>n&1 != 0 }

// A packetCommand is what the drive does for an operation code.
type packetCommand struct {
	run    func(*drive, *packet)
	medium bool // needs a medium in a closed tray
	quiet  bool // is served whatever there is to report first
	data   bool // answers with data, so the host must allow some
}

// The packet commands, in the order of their codes.
var packetCommands = [256]packetCommand{
	0x00: {run: (*drive).testUnitReady, medium: true},
	0x03: {run: (*drive).requestSense, quiet: true, data: true},
	0x12: {run: (*drive).inquiry, quiet: true, data: true},
	0x1a: {run: (*drive).modeSense6, data: true},
	0x1b: {run: (*drive).startStop},
	0x1e: {run: (*drive).preventRemoval},
	0x25: {run: (*drive).readCapacity, medium: true, data: true},
	0x28: {run: (*drive).read10, medium: true, data: true},
	0x2b: {run: (*drive).seekCD, medium: true},
	0x42: {run: (*drive).readSubchannel, medium: true, data: true},
	0x43: {run: (*drive).readTOC, medium: true, data: true},
	0x46: {run: (*drive).getConfiguration, quiet: true, data: true},
	0x4a: {run: (*drive).getEventStatus, quiet: true, data: true},
	0x51: {run: (*drive).readDiscInformation, medium: true, data: true},
	0x5a: {run: (*drive).modeSense10, data: true},
	0xa8: {run: (*drive).read12, medium: true, data: true},
	0xbb: {run: (*drive).setSpeed},
	0xbd: {run: (*drive).mechanismStatus, data: true},
	0xbe: {run: (*drive).readCD, medium: true, data: true},
}

// packet is PACKET: it asks for the packet, without an interrupt. There is
// neither DMA nor overlap.
func (d *drive) packet() {
	if d.features&0x03 != 0 {
		d.abort()
		return
	}
	d.setReason(reasonCoD)
	d.start(0, packetSize, stepPacket)
}

func (d *drive) setReason(reason uint32) { d.sectorCount = d.sectorCount&^reasonMask | reason }

// runPacket executes the packet that the host has delivered.
func (d *drive) runPacket() {
	p := packet(d.transfer.buffer[:packetSize])
	d.forget()
	c := &packetCommands[p[0]]
	if !c.quiet {
		d.sense.clear()
		if d.reportChange() {
			return
		}
	}
	switch {
	case c.run == nil:
		d.check(senseIllegalRequest, ascInvalidCommand)
	case c.medium && !d.ready():
		d.check(senseNotReady, ascNoMedium)
	case c.data && d.byteCount() == 0:
		d.setReason(reasonIO | reasonCoD)
		d.abort() // no way to answer (ATA/ATAPI-4 8.21)
	default:
		d.status = statusReady
		c.run(d, &p)
	}
}

// byteCount is how much the host takes at a time.
func (d *drive) byteCount() int32 { return int32(d.cylinderHigh)<<8 | int32(d.cylinderLow) }

// packetDone ends a packet command that succeeded.
func (d *drive) packetDone() {
	d.setReason(reasonIO | reasonCoD)
	d.complete()
}

// reply answers with data, at most as much as the host has allocated.
func (d *drive) reply(data []byte, allocated int) {
	n := min(len(data), allocated)
	copy(d.transfer.room(0, int64(n)), data)
	d.transfer.replyLeft, d.read.filled = int32(n), int32(n)
	d.replyNext()
}

// replyNext offers the next part of an answer: as much as the host takes at a
// time, an even number of bytes unless it is the last. What a part lacks in
// the buffer is read from the medium.
func (d *drive) replyNext() {
	t := &d.transfer
	if t.replyLeft <= 0 {
		d.packetDone()
		return
	}
	size := t.burstLeft
	begins := size == 0
	if begins {
		size = t.replyLeft
		if limit := max(d.byteCount()&^1, 2); size > limit {
			size = limit
		}
	}
	if t.offset+size > d.read.filled && !d.refill(size) {
		d.check(senseMediumError, ascUnrecoveredRead)
		return
	}
	if begins {
		d.setReason(reasonIO)
		d.cylinderLow, d.cylinderHigh = uint8(size), uint8(size>>8)
		d.channel.interrupt()
	}
	t.burstLeft = 0
	t.replyLeft -= size
	d.status = statusReady
	d.start(t.offset, size, stepReply)
}
