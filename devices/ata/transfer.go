package ata

import "encoding/binary"

// bufferSize is the drive's buffer: 256 sectors, and four bytes that have no
// use but are part of the saved state.
const bufferSize = 256*sectorSize + 4

// A step is what happens when the host has moved the data that the buffer
// offers or asks for.
type step uint8

const (
	stepRead   step = iota // the next sectors of a disk, to the host
	stepWrite              // the buffer goes to the disk
	stepStop               // nothing, the host has it all
	stepReply              // the next part of the answer to a packet
	stepPacket             // the buffer is a packet
	stepIgnore             // nothing, and nobody wants to know
)

// toHost tells which way the data goes.
func (s step) toHost() bool { return s != stepWrite && s != stepPacket }

// A transfer is data on its way through the data port. It is all zero while
// the status has no DRQ, so that there is nothing to be saved.
type transfer struct {
	block     int32 // sectors that are moved at a time
	buffer    [bufferSize]byte
	offset    int32 // next byte of the buffer
	length    int32 // bytes until the step
	step      step
	burstLeft int32 // bytes of this packet data block behind length
	replyLeft int32 // bytes of the answer to a packet behind length

	used int64 `vmstate:"transient"` // from here on the buffer is zero
}

// room is a part of the buffer, to be filled.
func (t *transfer) room(from, to int64) []byte {
	t.used = max(t.used, to)
	return t.buffer[from:to]
}

// forget ends a transfer without a trace.
func (d *drive) forget() {
	t := &d.transfer
	clear(t.buffer[:t.used])
	t.block, t.offset, t.length, t.step, t.burstLeft, t.replyLeft, t.used = 0, 0, 0, 0, 0, 0, 0
	d.read = cdRead{}
	d.status &^= statusDRQ
}

// start offers the buffer's bytes from offset on, or asks for them.
func (d *drive) start(offset, length int32, then step) {
	d.transfer.offset, d.transfer.length, d.transfer.step = offset, length, then
	d.transfer.room(int64(offset), int64(offset+length))
	d.status |= statusDRQ
}

// finish takes the step that the end of the data leads to.
func (d *drive) finish() {
	switch d.transfer.step {
	case stepRead:
		d.readNext()
	case stepWrite:
		d.writeNext()
	case stepReply:
		d.replyNext()
	case stepPacket:
		d.runPacket()
	default:
		d.forget()
	}
}

// moving tells whether the data port has data for the given direction.
func (d *drive) moving(toHost bool) bool {
	return d.status&statusDRQ != 0 && d.transfer.step.toHost() == toHost && d.present()
}

// advance counts n moved bytes. The host moves whole words; the second byte
// of the last one is padding if the length is odd.
func (d *drive) advance(n int32) {
	t := &d.transfer
	t.offset += n
	if t.length -= n; t.length <= 0 {
		d.finish()
	}
}

// readWord is a read of the data port. Without data nobody drives the bus.
func (d *drive) readWord() uint16 {
	if !d.moving(true) {
		return 0xffff
	}
	t := &d.transfer
	v := uint16(t.buffer[t.offset])
	if t.length > 1 {
		v = binary.LittleEndian.Uint16(t.buffer[t.offset:])
	}
	d.advance(min(t.length, 2))
	return v
}

// writeWord is a write of the data port.
func (d *drive) writeWord(v uint16) {
	if !d.moving(false) {
		return
	}
	t := &d.transfer
	t.buffer[t.offset] = uint8(v)
	if t.length > 1 {
		t.buffer[t.offset+1] = uint8(v >> 8)
	}
	d.advance(min(t.length, 2))
}

// readBlock is len(dst)/2 reads of the data port.
func (d *drive) readBlock(dst []byte) {
	for len(dst) > 1 {
		t := &d.transfer
		if n := min(int32(len(dst)), t.length) &^ 1; n > 0 && d.moving(true) {
			dst = dst[copy(dst, t.buffer[t.offset:t.offset+n]):]
			d.advance(n)
			continue
		}
		binary.LittleEndian.PutUint16(dst, d.readWord())
		dst = dst[2:]
	}
}

// writeBlock is len(src)/2 writes of the data port.
func (d *drive) writeBlock(src []byte) {
	for len(src) > 1 {
		t := &d.transfer
		if n := min(int32(len(src)), t.length) &^ 1; n > 0 && d.moving(false) {
			src = src[copy(t.buffer[t.offset:t.offset+n], src):]
			d.advance(n)
			continue
		}
		d.writeWord(binary.LittleEndian.Uint16(src))
		src = src[2:]
	}
}
