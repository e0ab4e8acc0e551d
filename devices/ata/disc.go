package ata

import "encoding/binary"

// A data disc has one session with one track.
const (
	dataTrack = 0x14 // ADR 1, control: data
	leadOut   = 0xaa
)

// maxCDSectors is what fits on a CD of 80 minutes; a larger disc is a DVD.
const maxCDSectors = 80 * 60 * 75

// readCapacity is READ CD-ROM CAPACITY.
func (d *drive) readCapacity(*packet) {
	var data [8]byte
	binary.BigEndian.PutUint32(data[0:], uint32(max(d.sectors-1, 0)))
	binary.BigEndian.PutUint32(data[4:], cdSectorSize)
	d.reply(data[:], len(data))
}

// discAddress is an address in a table of contents.
func discAddress(lba int64, asMSF bool) [4]byte {
	if asMSF {
		minute, second, frame := msf(lba)
		return [4]byte{0, minute, second, frame}
	}
	return [4]byte(binary.BigEndian.AppendUint32(nil, uint32(lba)))
}

// readTOC is READ TOC/PMA/ATIP: the tracks, the sessions, or both raw. The
// format is in byte 2 or, as SFF-8020i has it, in byte 9.
func (d *drive) readTOC(p *packet) {
	asMSF, start := p.bit(1, 1), p[6]
	format := p[2] & 0x0f
	if format == 0 {
		format = p[9] >> 6
	}
	data := []byte{0, 0, 1, 1} // first and last track or session
	entry := func(track byte, lba int64) {
		at := discAddress(lba, asMSF)
		data = append(data, 0, dataTrack, track, 0, at[0], at[1], at[2], at[3])
	}
	switch {
	case format == 0 && (start <= 1 || start == leadOut):
		if start <= 1 {
			entry(1, 0)
		}
		entry(leadOut, d.sectors)
	case format == 1:
		entry(1, 0)
	case format == 2:
		data = append(data, rawTOC(d.sectors)...)
	default:
		d.invalidField()
		return
	}
	binary.BigEndian.PutUint16(data, uint16(len(data)-2))
	d.reply(data, p.uint16(7))
}

// rawTOC is the Q subchannel of the lead-in: first track, last track, lead-out
// and the start of the track.
func rawTOC(sectors int64) []byte {
	const session = 1
	var toc []byte
	point := func(point, minute, second, frame byte) {
		toc = append(toc, session, dataTrack, 0, point, 0, 0, 0, 0, minute, second, frame)
	}
	point(0xa0, 1, 0, 0)
	point(0xa1, 1, 0, 0)
	minute, second, frame := msf(sectors)
	point(0xa2, minute, second, frame)
	minute, second, frame = msf(0)
	point(1, minute, second, frame)
	return toc
}

// readSubchannel is READ SUB-CHANNEL: nothing is played.
func (d *drive) readSubchannel(p *packet) {
	const noAudioStatus = 0x15
	format := p[3]
	data := []byte{0, noAudioStatus, 0, 0}
	switch {
	case !p.bit(2, 6): // SubQ: only the header is wanted
	case format == 1: // position
		data = append(data, format, dataTrack, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0)
	case format == 2 || format == 3: // catalogue number, ISRC: there are none
		data = append(data, format)
		data = append(data, make([]byte, 19)...)
	default:
		d.invalidField()
		return
	}
	data[3] = byte(len(data) - 4)
	d.reply(data, p.uint16(7))
}

// readDiscInformation is READ DISC INFORMATION: one complete session.
func (d *drive) readDiscInformation(p *packet) {
	data := [34]byte{1: 32, 2: 0x0e, 3: 1, 4: 1, 5: 1, 6: 1, 7: 0x20}
	d.reply(data[:], p.uint16(7))
}

// mechanismStatus is MECHANISM STATUS: no changer, nothing moves.
func (d *drive) mechanismStatus(p *packet) {
	var data [8]byte
	if d.tray.open {
		data[1] = 1 << 4
	}
	d.reply(data[:], p.uint16(8))
}
