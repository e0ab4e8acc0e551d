package fdc

import "io"

// A Medium is a disk to put into a drive: its sectors one after the other,
// track by track, side 0 before side 1.
type Medium interface {
	io.ReaderAt
	io.WriterAt
	Size() int64
	ReadOnly() bool
}

const sectorSize = 512

// A drive is a drive and what the controller knows about it.
type drive struct {
	medium Medium `vmstate:"transient"`
	format Format `vmstate:"transient"` // of the medium

	head, track   uint8 // where the heads are
	sector        uint8 // the last one looked for
	changed       uint8 // 1: no step since power-on or since the medium came or went
	rate          uint8 // of the medium, as in DSR
	perpendicular uint8 // bit 2: this drive is, bits 1 and 0: GAP and WGATE
}

// Insert puts a medium into drive 0 or 1, in place of what is there.
func (f *FDC) Insert(n int, m Medium) {
	format := FormatOf(m.Size())
	f.drives[n].change(m, format, format.rate())
}

// Eject empties drive 0 or 1.
func (f *FDC) Eject(n int) { f.drives[n].change(nil, Format{}, 0) }

// Medium is what is in drive 0 or 1, or nil.
func (f *FDC) Medium(n int) Medium { return f.drives[n].medium }

func (d *drive) change(m Medium, format Format, rate uint8) {
	d.medium, d.format, d.rate, d.changed = m, format, rate, 1
}

// seek moves the heads. A step takes back the change line, but in an empty
// drive it does not.
func (d *drive) seek(track uint8) {
	if d.track != track && d.medium != nil {
		d.changed = 0
	}
	d.track = track
}

// recalibrate is what a reset makes of a drive: the controller takes it to be
// at track 0.
func (d *drive) recalibrate() {
	d.head, d.track = 0, 0
	if d.medium != nil {
		d.sector = 1
	}
}

// readable tells whether there are any sectors below the head at the given
// data rate. A disk of 40 tracks turns at 360 rpm in a drive for 1.2 MB and at
// 300 rpm in others, which look like 300 and 250 kbit/s.
func (d *drive) readable(rate uint8) bool {
	return d.medium != nil && int(d.track) < d.format.Tracks && int(d.head) < d.format.Heads &&
		(rate == d.rate || d.rate == rate300 && rate == rate250)
}

// holds tells whether a sector with that number is on every track.
func (d *drive) holds(sector uint8) bool { return sector != 0 && int(sector) <= d.format.Sectors }

// offset is where the sector below the head begins on the medium.
func (d *drive) offset() int64 {
	track := int(d.track)*d.format.Heads + int(d.head)
	return sectorSize * (int64(track)*int64(d.format.Sectors) + int64(d.sector) - 1)
}

// read fills p with the sector below the head; behind the end of an image that
// is smaller than its format there are zeros.
func (d *drive) read(p []byte) error {
	clear(p)
	if room := d.medium.Size() - d.offset(); room <= 0 {
		return nil
	} else if room < int64(len(p)) {
		p = p[:room]
	}
	if n, err := d.medium.ReadAt(p, d.offset()); n < len(p) {
		return err
	}
	return nil
}

// write stores p in the sector below the head.
func (d *drive) write(p []byte) error {
	if d.offset()+int64(len(p)) > d.medium.Size() {
		return io.ErrShortWrite
	}
	_, err := d.medium.WriteAt(p, d.offset())
	return err
}

func (d *drive) writeProtected() bool { return d.medium != nil && d.medium.ReadOnly() }
