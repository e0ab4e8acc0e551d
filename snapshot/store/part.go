package store

import (
	"slices"

	"github.com/klauspost/compress/s2"
)

// The parts of a manifest, by the four letters that each begins with.
const (
	partMeta      = "meta" // JSON
	partThumbnail = "thmb" // PNG
	partSegments  = "segs" // names of segments
	partDevices   = "devs" // the device stream without its description
	partTables    = "tabl" // which pages make up memory and disks
	partJournal   = "jrnl" // of a journal: JSON, which disks are to be restored
)

var allParts = []string{partMeta, partThumbnail, partSegments, partDevices, partTables, partJournal}

const partHeaderSize = 28

// mostShrinking is more than Snappy can shrink anything.
const mostShrinking = 32

// squeeze returns what to store of data: compressed if that is smaller.
func squeeze(data []byte) (stored []byte, encoding uint8) {
	if packed := s2.EncodeSnappy(nil, data); len(packed) < len(data) {
		return packed, encodingSnappy
	}
	return data, encodingRaw
}

// unsqueeze is the reverse, size being what was announced.
func unsqueeze(stored []byte, encoding uint8, size uint64) ([]byte, error) {
	switch encoding {
	case encodingRaw:
		if size != uint64(len(stored)) {
			return nil, damaged("%d bytes are stored of %d", len(stored), size)
		}
		return stored, nil
	case encodingSnappy:
		n, err := s2.DecodedLen(stored)
		if err != nil || uint64(n) != size || n > mostShrinking*len(stored) {
			return nil, damaged("compressed, it does not hold %d bytes", size)
		}
		data, err := s2.Decode(nil, stored)
		if err != nil {
			return nil, damaged("compressed: %v", err)
		}
		return data, nil
	default:
		return nil, damaged("unknown encoding %d", encoding)
	}
}

// putPart appends a part: four letters, encoding, lengths, checksum, a checksum
// of these, content.
func putPart(p []byte, kind string, data []byte, encoding uint8, size int) []byte {
	at := len(p)
	p = append(p, kind...)
	p = little.AppendUint32(p, uint32(encoding))
	p = little.AppendUint32(p, uint32(len(data)))
	p = little.AppendUint32(p, uint32(size))
	p = little.AppendUint32(p, checksum(data))
	p = little.AppendUint32(p, 0)
	p = little.AppendUint32(p, checksum(p[at:]))
	return append(p, data...)
}

// readParts takes the body of a manifest apart. The parts are decoded.
func readParts(body []byte) (map[string][]byte, error) {
	parts := map[string][]byte{}
	for d := (&parser{data: body}); d.at < len(body); {
		start := d.at
		header := d.bytes(partHeaderSize)
		if d.err != nil {
			return nil, d.err
		}
		kind := string(header[:4])
		if got, want := checksum(header[:24]), little.Uint32(header[24:]); got != want {
			return nil, damaged("header of a part at %#x: checksum %08x instead of %08x", headerSize+start, got, want)
		}
		stored := d.bytes(uint64(little.Uint32(header[8:])))
		if d.err != nil {
			return nil, d.err
		}
		if got, want := checksum(stored), little.Uint32(header[16:]); got != want && kind != partDevices {
			return nil, damaged("part %q: checksum %08x instead of %08x", kind, got, want)
		}
		data, err := unsqueeze(stored, uint8(little.Uint32(header[4:])), uint64(little.Uint32(header[12:])))
		if err != nil {
			return nil, damaged("part %q: %v", kind, err)
		}
		if _, twice := parts[kind]; twice || !slices.Contains(allParts, kind) {
			return nil, damaged("part %q is unknown or comes twice", kind)
		}
		parts[kind] = data
	}
	return parts, nil
}
