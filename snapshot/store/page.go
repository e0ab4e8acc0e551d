package store

import (
	"crypto/sha256"

	"github.com/klauspost/compress/s2"

	"toyvm/snapshot"
)

const pageSize = snapshot.PageSize

// How a page is stored.
const (
	encodingRaw    = 0 // 4096 bytes
	encodingSnappy = 1 // a block of Snappy
	// What differs from another page, which is stored in one of the other ways.
	encodingDifference = 2
)

// worthwhile is what a page must shrink to, or it is stored as it is: then a
// load takes it from the file without a copy.
const worthwhile = pageSize * 3 / 4

// An entry of a segment's index.
type entry struct {
	sum      [sha256.Size]byte // of the page
	crc      uint32            // of what is stored
	length   int               // of what is stored
	encoding uint8
	base     reference // of a difference
}

const entrySize = 40

func (e *entry) put(p []byte) []byte {
	p = append(p, e.sum[:]...)
	p = little.AppendUint32(p, e.crc)
	p = little.AppendUint16(p, uint16(e.length))
	return append(p, e.encoding, 0)
}

func (e *entry) check() error {
	switch {
	case e.encoding == encodingRaw && e.length != pageSize:
		return damaged("%d bytes instead of %d", e.length, pageSize)
	case e.encoding == encodingSnappy && (e.length == 0 || e.length >= pageSize):
		return damaged("%d bytes, compressed", e.length)
	case e.encoding == encodingDifference && (e.length == 0 || e.length >= pageSize):
		return damaged("a difference of %d bytes", e.length)
	case e.encoding > encodingDifference:
		return damaged("unknown encoding %d", e.encoding)
	}
	return nil
}

// verify compares stored bytes with their checksum.
func (e *entry) verify(stored []byte) error {
	if got := checksum(stored); got != e.crc {
		return damaged("checksum %08x instead of %08x", got, e.crc)
	}
	return nil
}

// unpack makes stored bytes, whose checksum is good, a page again. If it is a
// difference, page must be its base.
func (e *entry) unpack(stored []byte, page *snapshot.Page) error {
	switch e.encoding {
	case encodingRaw:
		copy(page[:], stored)
		return nil
	case encodingDifference:
		return patch(stored, page)
	}
	if n, err := s2.DecodedLen(stored); err != nil || n != pageSize {
		return damaged("compressed, it does not hold %d bytes", pageSize)
	}
	if _, err := s2.Decode(page[:], stored); err != nil {
		return damaged("compressed: %v", err)
	}
	return nil
}

// A packer compresses pages. After one that does not shrink it only tries now
// and then, so that random data costs next to nothing.
type packer struct {
	failures int
	skip     int
}

// mostSkipped is how many pages in a row are not tried.
const mostSkipped = 15

// pack returns what to store of a page, if possible in buf, which needs
// [packed] bytes.
func (k *packer) pack(page *snapshot.Page, buf []byte) (stored []byte, encoding uint8) {
	if k.skip > 0 {
		k.skip--
		return page[:], encodingRaw
	}
	stored = s2.EncodeSnappy(buf, page[:])
	if len(stored) <= worthwhile {
		k.failures = 0
		return stored, encodingSnappy
	}
	k.failures++
	k.skip = min(k.failures/4, mostSkipped)
	return page[:], encodingRaw
}

// packed is the most that a compressed page may take on the way.
var packed = s2.MaxEncodedLen(pageSize)

var zeroPage snapshot.Page
