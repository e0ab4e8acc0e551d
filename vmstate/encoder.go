package vmstate

import "encoding/binary"

// An Encoder collects the bytes of a stream. The zero value is ready to use,
// and Reset keeps the memory for the next save.
type Encoder struct {
	buf      []byte
	base     int64 // stream offset of buf[0]
	observer Observer
}

// NewEncoder returns an Encoder that shows every step to observer, which may
// be nil.
func NewEncoder(observer Observer) *Encoder { return &Encoder{observer: observer} }

// Bytes returns what was written so far. It is valid until the next write.
func (e *Encoder) Bytes() []byte { return e.buf }

// Offset is the position in the stream, in bytes.
func (e *Encoder) Offset() int64 { return e.base + int64(len(e.buf)) }

// Reset empties the encoder; the next byte will be at stream offset base.
func (e *Encoder) Reset(base int64) { e.buf, e.base = e.buf[:0], base }

// Uint8 appends one byte.
func (e *Encoder) Uint8(v uint8) { e.buf = append(e.buf, v) }

// Uint16 appends a big-endian 16-bit value.
func (e *Encoder) Uint16(v uint16) { e.buf = binary.BigEndian.AppendUint16(e.buf, v) }

// Uint32 appends a big-endian 32-bit value.
func (e *Encoder) Uint32(v uint32) { e.buf = binary.BigEndian.AppendUint32(e.buf, v) }

// Uint64 appends a big-endian 64-bit value.
func (e *Encoder) Uint64(v uint64) { e.buf = binary.BigEndian.AppendUint64(e.buf, v) }

// Raw appends p as it is.
func (e *Encoder) Raw(p []byte) { e.buf = append(e.buf, p...) }

// uint appends the low size bytes of v.
func (e *Encoder) uint(size int, v uint64) {
	switch size {
	case 1:
		e.Uint8(uint8(v))
	case 2:
		e.Uint16(uint16(v))
	case 4:
		e.Uint32(uint32(v))
	default:
		e.Uint64(v)
	}
}

// zeros appends n zero bytes.
func (e *Encoder) zeros(n int) {
	for ; n > 0; n-- {
		e.buf = append(e.buf, 0)
	}
}

func (e *Encoder) error(err error) error { return errorAt(e.Offset(), err) }

// mute hides what follows from the observer, which it returns.
func (e *Encoder) mute() Observer {
	observer := e.observer
	e.observer = nil
	return observer
}

// observe shows ev, which began at stream offset start, if anybody looks.
func (e *Encoder) observe(start int64, ev Event) {
	if e.observer != nil {
		ev.Offset, ev.Size = start, int(e.Offset()-start)
		e.observer(ev)
	}
}
