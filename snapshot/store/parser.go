package store

import "encoding/binary"

// A parser takes bytes apart. Its first failure sticks; from then on it yields
// zeros.
type parser struct {
	data []byte
	at   int
	err  error
}

func (d *parser) fail(format string, args ...any) {
	if d.err == nil {
		d.err = damaged("offset %#x: "+format, append([]any{d.at}, args...)...)
	}
}

func (d *parser) uvarint() uint64 {
	if d.err != nil {
		return 0
	}
	v, n := binary.Uvarint(d.data[d.at:])
	if n <= 0 {
		d.fail("a number is missing")
		return 0
	}
	d.at += n
	return v
}

func (d *parser) varint() int64 {
	v := d.uvarint()
	return int64(v>>1) ^ -int64(v&1)
}

// bytes returns the next n bytes, which stay part of the data.
func (d *parser) bytes(n uint64) []byte {
	if d.err == nil && n > uint64(len(d.data)-d.at) {
		d.fail("%d bytes where %d are left", n, len(d.data)-d.at)
	}
	if d.err != nil {
		return nil
	}
	p := d.data[d.at : d.at+int(n)]
	d.at += int(n)
	return p
}

func (d *parser) byte() byte {
	if p := d.bytes(1); p != nil {
		return p[0]
	}
	return 0
}

func (d *parser) uint32() uint32 {
	if p := d.bytes(4); p != nil {
		return little.Uint32(p)
	}
	return 0
}

func (d *parser) string() string { return string(d.bytes(d.uvarint())) }

func putString(p []byte, s string) []byte {
	return append(binary.AppendUvarint(p, uint64(len(s))), s...)
}
