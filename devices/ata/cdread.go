package ata

import "math"

// Parts of a raw sector that READ CD can ask for, as bits in the order that
// they follow each other.
const (
	partEDC    = 1 << iota // error detection and correction, zero here
	partUser               // what other reads return
	partHeader             // address and mode
	partSync
)

// Sizes of the parts of a mode 1 sector.
const (
	syncSize   = 12
	headerSize = 4
	edcSize    = 288
	rawSize    = syncSize + headerSize + cdSectorSize + edcSize
)

// cdRead is how an answer to a packet goes on that does not fit into the
// buffer at once. It means something while the step is stepReply.
type cdRead struct {
	lba    uint32 // next sector to be read into the buffer
	parts  uint8  // of each sector
	filled int32  // end of the data in the buffer
}

// read10 is READ(10).
func (d *drive) read10(p *packet) { d.sendSectors(p.uint32(2), p.uint16(7), partUser) }

// read12 is READ(12).
func (d *drive) read12(p *packet) { d.sendSectors(p.uint32(2), p.uint32(6), partUser) }

// readCD is READ CD of mode 1 sectors, without C2 errors and subchannels. The
// parts asked for must follow each other (MMC-2 9.1.17).
func (d *drive) readCD(p *packet) {
	const anyMode, mode1 = 0, 2
	if mode := p[1] >> 2 & 7; mode != anyMode && mode != mode1 {
		d.check(senseIllegalRequest, ascWrongModeForTrack)
		return
	}
	var parts uint8
	for _, f := range []struct{ flag, part uint8 }{
		{0x80, partSync}, {0x20, partHeader}, {0x10, partUser}, {0x08, partEDC},
	} {
		if p[9]&f.flag != 0 {
			parts |= f.part
		}
	}
	if p[9]&0x06 != 0 || p[10]&0x07 != 0 || !adjoining(parts) {
		d.invalidField()
		return
	}
	d.sendSectors(p.uint32(2), p.uint24(6), parts)
}

// adjoining tells whether the bits that are set have no gap.
func adjoining(parts uint8) bool {
	lowest := parts & -parts
	return (parts+lowest)&parts == 0
}

// extent is where the parts begin and end in a raw sector.
func extent(parts uint8) (from, to int64) {
	for _, s := range []struct {
		part uint8
		size int64
	}{{partSync, syncSize}, {partHeader, headerSize}, {partUser, cdSectorSize}, {partEDC, edcSize}} {
		switch {
		case parts&s.part != 0:
			to += s.size
		case to == from:
			from, to = from+s.size, to+s.size
		}
	}
	return from, to
}

// sizeOf is the length of the parts of a sector.
func sizeOf(parts uint8) int64 {
	from, to := extent(parts)
	return to - from
}

// sendSectors answers with the given parts of n sectors.
func (d *drive) sendSectors(lba, n int, parts uint8) {
	if int64(lba)+int64(n) > d.sectors {
		d.check(senseIllegalRequest, ascOutOfRange)
		return
	}
	size := int64(n) * sizeOf(parts)
	if size > math.MaxInt32 { // more than is counted
		d.invalidField()
		return
	}
	d.transfer.replyLeft = int32(size)
	d.read = cdRead{lba: uint32(lba), parts: parts}
	d.replyNext()
}

// refill moves what the buffer still has to its beginning and reads as many
// of the sectors that are due as there is room for. It is false if there are
// not size bytes then.
func (d *drive) refill(size int32) bool {
	t, r := &d.transfer, &d.read
	r.filled = int32(copy(t.buffer[:], t.buffer[t.offset:max(r.filled, t.offset)]))
	t.offset = 0
	if each := sizeOf(r.parts); each > 0 && d.ready() {
		d.spinUp()
		due := (int64(t.replyLeft-r.filled) + each - 1) / each
		n := min(due, int64(bufferSize-r.filled)/each, d.sectors-int64(r.lba))
		d.readSectorsOf(max(n, 0))
	}
	if r.filled >= t.replyLeft {
		r.lba, r.parts = 0, 0 // that was the last
	}
	return r.filled >= size
}

// readSectorsOf appends up to n sectors to the buffer, stopping at one that
// cannot be read.
func (d *drive) readSectorsOf(n int64) {
	r := &d.read
	room := d.transfer.room(int64(r.filled), int64(r.filled)+n*sizeOf(r.parts))
	if r.parts == partUser {
		n = int64(readMedia(d.media, room, int64(r.lba)*cdSectorSize)) / cdSectorSize
	} else {
		n = d.readRaw(room, n)
	}
	r.lba += uint32(n)
	r.filled += int32(n * sizeOf(r.parts))
}

// readRaw composes up to n sectors of the parts asked for and returns how many
// it could read.
func (d *drive) readRaw(dst []byte, n int64) int64 {
	var raw [rawSize]byte
	user := raw[syncSize+headerSize:][:cdSectorSize]
	for k := 1; k < syncSize-1; k++ {
		raw[k] = 0xff
	}
	from, to := extent(d.read.parts)
	for i := range n {
		lba := int64(d.read.lba) + i
		if readMedia(d.media, user, lba*cdSectorSize) < cdSectorSize {
			return i
		}
		minute, second, frame := msf(lba)
		copy(raw[syncSize:], []byte{bcd(minute), bcd(second), bcd(frame), 1})
		dst = dst[copy(dst, raw[from:to]):]
	}
	return n
}

// msf is an address as minute, second and frame, as on the disc.
func msf(lba int64) (minute, second, frame byte) {
	const framesPerSecond, leadIn = 75, 150
	frames := lba + leadIn
	return byte(frames / framesPerSecond / 60), byte(frames / framesPerSecond % 60), byte(frames % framesPerSecond)
}

func bcd(v byte) byte { return v/10<<4 | v%10 }

// seekCD is SEEK(10). The address must exist.
func (d *drive) seekCD(p *packet) {
	if int64(p.uint32(2)) >= d.sectors {
		d.check(senseIllegalRequest, ascOutOfRange)
		return
	}
	d.packetDone()
}

// setSpeed is SET CD SPEED. One speed is as good as another.
func (d *drive) setSpeed(*packet) { d.packetDone() }
