package store

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash/crc32"
)

const (
	formatVersion      = 1
	differencesVersion = 2 // of segments with differences

	manifestMagic = "TVMSNAP\n" // at the beginning
	segmentMagic  = "TVMSEGM\n" // of the footer
	headerSize    = 64          // also of a segment's footer
)

var (
	little     = binary.LittleEndian
	castagnoli = crc32.MakeTable(crc32.Castagnoli)
)

func checksum(p []byte) uint32 { return crc32.Checksum(p, castagnoli) }

// newHeader begins a header: what it is, its format and, by seal, a checksum of
// the header itself are the same in all formats to come.
func newHeader(magic string, version uint32) []byte {
	h := make([]byte, headerSize)
	copy(h, magic)
	little.PutUint32(h[8:], version)
	return h
}

func seal(h []byte) { little.PutUint32(h[12:], headerSum(h)) }

// headerSum is the checksum of a header in which its own place is zero.
func headerSum(h []byte) uint32 {
	return crc32.Update(crc32.Update(checksum(h[:12]), castagnoli, make([]byte, 4)), castagnoli, h[16:headerSize])
}

// checkHeader says what is wrong with a header. newest is the last format that
// is known of such files.
func checkHeader(h []byte, magic, what string, newest uint32) error {
	switch {
	case len(h) < headerSize:
		return damaged("it has %d bytes, less than a header", len(h))
	case string(h[:8]) != magic:
		return damaged("it is no %s: %q stands where %q is due", what, h[:8], magic)
	case little.Uint32(h[12:]) != headerSum(h):
		return damaged("header: checksum %08x instead of %08x", headerSum(h), little.Uint32(h[12:]))
	}
	if v := little.Uint32(h[8:]); v < formatVersion || v > newest {
		return &VersionError{v, newest}
	}
	return nil
}

// sealManifest makes body a whole file.
func sealManifest(body []byte) []byte {
	h := newHeader(manifestMagic, formatVersion)
	little.PutUint64(h[16:], uint64(headerSize+len(body)))
	sum := sha256.Sum256(body)
	copy(h[24:], sum[:])
	seal(h)
	return append(h, body...)
}

// openManifest checks the header of a file and returns what is behind it. The
// error tells if the body is not what it was; the body is there all the same,
// for who wants to know which part of it is damaged.
func openManifest(data []byte) (body []byte, err error) {
	if err := checkHeader(data, manifestMagic, "manifest of a snapshot", formatVersion); err != nil {
		return nil, err
	}
	body = data[headerSize:]
	if size := little.Uint64(data[16:]); size != uint64(len(data)) {
		return nil, damaged("it has %d bytes instead of %d", len(data), size)
	}
	if sum := sha256.Sum256(body); string(sum[:]) != string(data[24:56]) {
		return body, damaged("SHA-256 %x instead of %x", sum, data[24:56])
	}
	return body, nil
}

// A VersionError reports a file of a format that this program does not know.
type VersionError struct{ Got, Newest uint32 }

func (e *VersionError) Error() string {
	return fmt.Sprintf("format %d, this program reads format %d: use a newer toyvm", e.Got, e.Newest)
}
