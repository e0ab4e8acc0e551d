package vmstate

import (
	"encoding/binary"
	"errors"
	"io"
	"math"
	"slices"
)

// A Decoder reads a stream. Its first failure sticks: from then on it yields
// zeros, and Err tells what happened.
type Decoder struct {
	src      io.Reader // nil once all of it is in buf
	cut      error     // why src ended, if not for its end
	buf      []byte    // read but not yet dropped
	pos      int       // next byte of buf
	base     int64     // stream offset of buf[0]
	held     int64     // stream offset from which on bytes are kept for an observer; -1 for none
	sealed   bool      // src is exactly one section body
	empty    int64     // elements that took memory but no bytes
	err      error
	observer Observer
}

// readChunk is how much is asked of the source at a time, so that memory
// grows with what is really there and not with what a count announces.
const readChunk = 64 << 10

// NewDecoder returns a Decoder that reads src and shows every step to
// observer, which may be nil.
func NewDecoder(src io.Reader, observer Observer) *Decoder {
	return &Decoder{src: src, held: -1, observer: observer}
}

// newBodyDecoder returns a Decoder over exactly one section body.
func newBodyDecoder(body []byte, observer Observer) *Decoder {
	return &Decoder{buf: body, held: -1, sealed: true, observer: observer}
}

// Err is the first failure of the stream, nil if all is well.
func (d *Decoder) Err() error { return d.err }

// Offset is the position in the stream, in bytes.
func (d *Decoder) Offset() int64 { return d.base + int64(d.pos) }

// Uint8 reads one byte.
func (d *Decoder) Uint8() uint8 { return uint8(d.uint(1)) }

// Uint16 reads a big-endian 16-bit value.
func (d *Decoder) Uint16() uint16 { return uint16(d.uint(2)) }

// Uint32 reads a big-endian 32-bit value.
func (d *Decoder) Uint32() uint32 { return uint32(d.uint(4)) }

// Uint64 reads a big-endian 64-bit value.
func (d *Decoder) Uint64() uint64 { return d.uint(8) }

// seen is how many bytes of the stream were there so far, read or not.
func (d *Decoder) seen() int64 { return d.base + int64(len(d.buf)) }

// Raw fills p. What the stream lacks is zero.
func (d *Decoder) Raw(p []byte) {
	n := copy(p, d.take(len(p)))
	clear(p[n:])
}

// Skip reads n bytes and forgets them.
func (d *Decoder) Skip(n int) {
	for n > 0 && d.err == nil {
		step := min(n, readChunk)
		d.take(step)
		n -= step
	}
}

// Peek returns the next n bytes without reading them, fewer if the stream
// ends before. The bytes are valid until the next call.
func (d *Decoder) Peek(n int) []byte {
	n = max(n, 0)
	if !d.has(n) {
		return d.buf[d.pos:]
	}
	return d.buf[d.pos : d.pos+n]
}

// uint reads size bytes. Those that the stream lacks are zero.
func (d *Decoder) uint(size int) uint64 {
	var whole [8]byte
	b := d.buf[d.pos:]
	if len(b) >= size && d.err == nil {
		d.pos += size
	} else {
		copy(whole[:], d.take(size))
		b = whole[:]
	}
	switch size {
	case 1:
		return uint64(b[0])
	case 2:
		return uint64(binary.BigEndian.Uint16(b))
	case 4:
		return uint64(binary.BigEndian.Uint32(b))
	default:
		return binary.BigEndian.Uint64(b)
	}
}

// take reads n bytes, fewer if the stream ends before, which sticks.
func (d *Decoder) take(n int) []byte {
	if d.err != nil {
		return nil
	}
	if !d.has(n) {
		have := len(d.buf) - d.pos
		d.ended(n, have)
		b := d.buf[d.pos:]
		d.pos = len(d.buf)
		return b
	}
	b := d.buf[d.pos : d.pos+n]
	d.pos += n
	return b
}

// has tells whether n more bytes are there. It takes no more memory than
// what it finds, however large n is.
func (d *Decoder) has(n int) bool {
	for len(d.buf)-d.pos < n {
		if d.src == nil {
			return false
		}
		d.more()
	}
	return true
}

// holds tells whether n elements of size bytes each are there. If they are
// not, the end of the stream sticks.
func (d *Decoder) holds(n, size int) bool {
	want := math.MaxInt
	if n <= math.MaxInt/size {
		want = n * size
	}
	if !d.has(want) {
		d.ended(want, len(d.buf)-d.pos)
		return false
	}
	return true
}

// finish checks that a section body was used up.
func (d *Decoder) finish() error {
	if left := len(d.buf) - d.pos; left > 0 {
		return d.error(&TrailingError{Bytes: left})
	}
	return nil
}

// more reads what the source has next, dropping what was consumed.
func (d *Decoder) more() {
	drop := d.pos
	if d.held >= 0 {
		drop = int(d.held - d.base)
	}
	if drop >= readChunk {
		d.buf = d.buf[:copy(d.buf, d.buf[drop:])]
		d.base += int64(drop)
		d.pos -= drop
	}
	end := len(d.buf)
	d.buf = slices.Grow(d.buf, readChunk)[:end+readChunk]
	n, err := 0, error(nil)
	for tries := 0; n == 0 && err == nil; tries++ {
		if n, err = d.src.Read(d.buf[end:]); tries == 100 && n == 0 {
			err = io.ErrNoProgress
		}
	}
	d.buf = d.buf[:end+n]
	if err != nil {
		d.src = nil
		if err != io.EOF {
			d.cut = err
		}
	}
}

// ended makes the end of the stream the failure that sticks.
func (d *Decoder) ended(want, have int) {
	err := d.cut
	if err == nil {
		err = &EndError{Want: want, Have: have}
	}
	d.fail(errorAt(d.seen(), err))
}

func (d *Decoder) fail(err error) {
	if d.err == nil {
		d.err = err
	}
}

// reason is why code that is not ours, which read from start on, gave up with
// err. If the stream is bad, that is why: the code stumbled over the zeros
// behind its end, or never looked.
func (d *Decoder) reason(start int64, err error) error {
	if err == nil {
		return d.err
	}
	var located *Error
	switch {
	case errors.As(err, &located):
		return errorAt(located.Offset, err)
	case d.err != nil:
		return d.err
	default:
		return errorAt(start, err)
	}
}

func (d *Decoder) error(err error) error { return errorAt(d.Offset(), err) }

// look returns the byte i places ahead without reading it. If the stream ends
// before, it yields 0, and that sticks; except right behind a section body
// that stands alone, where nothing more is due.
func (d *Decoder) look(i int) byte {
	if !d.has(i + 1) {
		if !d.sealed {
			d.ended(i+1, len(d.buf)-d.pos)
		}
		return 0
	}
	return d.buf[d.pos+i]
}

// observe shows ev, which began at stream offset start, if anybody looks.
func (d *Decoder) observe(start int64, ev Event) {
	if d.observer != nil {
		ev.Offset, ev.Size = start, int(d.Offset()-start)
		d.observer(ev)
	}
}

// mute hides what follows from the observer, which it returns.
func (d *Decoder) mute() Observer {
	observer := d.observer
	d.observer = nil
	return observer
}

// record runs read and returns the bytes that it read, for an observer. They
// are valid until more is read.
func (d *Decoder) record(read func() error) ([]byte, error) {
	start, outer := d.Offset(), d.held
	if outer < 0 {
		d.held = start
	}
	err := read()
	d.held = outer
	return d.buf[start-d.base : d.pos], err
}
