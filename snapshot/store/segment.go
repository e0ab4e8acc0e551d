package store

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"toyvm/snapshot"
)

const (
	segmentSuffix = ".seg"
	rawAlignment  = 64 // of pages that are not compressed, and of the index
)

// An id is the SHA-256 of a segment's index: its name.
type id [sha256.Size]byte

func (i id) file() string { return hex.EncodeToString(i[:]) + segmentSuffix }

// parseID is the id of the segment in a file, if its name is one of a segment.
func parseID(name string) (i id, ok bool) {
	hexadecimal, ok := strings.CutSuffix(name, segmentSuffix)
	if !ok || len(hexadecimal) != 2*len(i) || strings.ToLower(hexadecimal) != hexadecimal {
		return i, false
	}
	_, err := hex.Decode(i[:], []byte(hexadecimal))
	return i, err == nil
}

// A segment is a file of pages. Its index was checked.
type segment struct {
	id      id
	size    int64 // of the file
	entries []entry
	offsets []int64 // of the pages in the file

	bases       []id // segments that differences refer to
	differences int

	mapping sync.Once
	data    []byte // the whole file, for good
	dataErr error

	opening sync.Once
	file    file // for disks, which read it when the guest does
	fileErr error
}

// align is the first place at or behind offset that is a multiple of
// rawAlignment.
func align(offset int64) int64 { return (offset + rawAlignment - 1) &^ (rawAlignment - 1) }

// place is where a page goes that is stored behind offset.
func (e *entry) place(offset int64) int64 {
	if e.encoding == encodingRaw {
		return align(offset)
	}
	return offset
}

// inSegment says which file an error is about.
func inSegment(i id, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("segment %s: %w", i.file(), err)
}

// openSegment reads the index of a segment.
func openSegment(fs files, i id) (*segment, error) {
	f, err := fs.Open(i.file())
	if err != nil {
		return nil, err
	}
	defer f.Close()
	s := &segment{id: i}
	return s, inSegment(i, s.readIndex(f))
}

func (s *segment) readIndex(f file) error {
	var err error
	if s.size, err = f.Size(); err != nil {
		return err
	}
	if s.size < headerSize {
		return damaged("it has %d bytes, less than a footer", s.size)
	}
	footer := make([]byte, headerSize)
	if err := readAt(f, footer, s.size-headerSize); err != nil {
		return err
	}
	if err := checkHeader(footer, segmentMagic, "end of a segment", differencesVersion); err != nil {
		return err
	}
	if size := little.Uint64(footer[16:]); size != uint64(s.size) {
		return damaged("it has %d bytes instead of %d", s.size, size)
	}
	// The index reaches from where the pages end to the footer.
	count, bases, differences := little.Uint64(footer[24:]), uint64(0), uint64(0)
	if little.Uint32(footer[8:]) == differencesVersion {
		bases, differences = little.Uint64(footer[32:]), little.Uint64(footer[40:])
	}
	room := uint64(s.size - headerSize)
	if count > room/entrySize || bases > room/sha256.Size || differences > count {
		return damaged("footer: %d pages, %d differences, %d other segments cannot be in %d bytes", count, differences, bases, s.size)
	}
	head := bases*sha256.Size + differences*referenceSize
	if head+count*entrySize > room {
		return damaged("footer: %d pages, %d differences, %d other segments cannot be in %d bytes", count, differences, bases, s.size)
	}
	index := make([]byte, head+count*entrySize)
	start := s.size - headerSize - int64(len(index))
	if err := readAt(f, index, start); err != nil {
		return err
	}
	if sum := sha256.Sum256(index); sum != s.id {
		return damaged("its index has the SHA-256 %x: this is another segment's file, or a damaged one", sum)
	}
	for p := index[:bases*sha256.Size]; len(p) > 0; p = p[sha256.Size:] {
		s.bases = append(s.bases, id(p))
	}
	s.differences = int(differences)
	end, err := s.parseIndex(index[bases*sha256.Size:head], index[head:])
	if err == nil && align(end) != start {
		err = damaged("its pages end at %d and its index begins at %d", end, start)
	}
	return err
}

// parseIndex finds the places of the pages, and where the last one ends.
func (s *segment) parseIndex(references, index []byte) (end int64, err error) {
	n := len(index) / entrySize
	s.entries, s.offsets = make([]entry, n), make([]int64, n)
	for i := range s.entries {
		p := index[i*entrySize:]
		e := &s.entries[i]
		copy(e.sum[:], p)
		e.crc, e.length, e.encoding = little.Uint32(p[32:]), int(little.Uint16(p[36:])), p[38]
		if err := e.check(); err != nil {
			return 0, fmt.Errorf("page %d: %w", i, err)
		}
		if e.encoding == encodingDifference {
			if len(references) == 0 {
				return 0, damaged("page %d: it is a difference, and %d are announced", i, s.differences)
			}
			e.base = reference{little.Uint32(references), little.Uint32(references[4:])}
			references = references[referenceSize:]
			if e.base.segment > uint32(len(s.bases)) {
				return 0, damaged("page %d: its base is in segment %d of %d", i, e.base.segment, len(s.bases))
			}
		}
		s.offsets[i] = e.place(end)
		end = s.offsets[i] + int64(e.length)
	}
	if len(references) > 0 {
		return 0, damaged("%d differences are announced, and there are fewer", s.differences)
	}
	return end, nil
}

// readAt fills p.
func readAt(f io.ReaderAt, p []byte, at int64) error {
	n, err := f.ReadAt(p, at)
	if n == len(p) {
		return nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		return damaged("it ends at %d", at+int64(n))
	}
	return err
}

// load maps the segment.
func (s *segment) load(fs files) error {
	s.mapping.Do(func() {
		f, err := fs.Open(s.id.file())
		if err != nil {
			s.dataErr = err
			return
		}
		defer f.Close()
		s.data, s.dataErr = f.Map()
		if s.dataErr == nil && int64(len(s.data)) != s.size {
			s.dataErr = damaged("it has %d bytes instead of %d", len(s.data), s.size)
		}
	})
	return inSegment(s.id, s.dataErr)
}

// hold opens the segment for reading, so that it can be read as long as somebody
// refers to it, also when it is removed. Nobody closes it but the garbage
// collector.
func (s *segment) hold(fs files) error {
	s.opening.Do(func() { s.file, s.fileErr = fs.Open(s.id.file()) })
	return inSegment(s.id, s.fileErr)
}

// read reads a page from the file that is held. If it is a difference, to must
// be its base.
func (s *segment) read(page int, to *snapshot.Page) error {
	e := &s.entries[page]
	var buf snapshot.Page
	stored := buf[:e.length]
	if err := readAt(s.file, stored, s.offsets[page]); err != nil {
		return err
	}
	if err := e.verify(stored); err != nil {
		return err
	}
	return e.unpack(stored, to)
}

// stored is what the file holds of a page. The segment must be loaded.
func (s *segment) stored(page int) []byte {
	return s.data[s.offsets[page]:][:s.entries[page].length]
}

// checkPage compares a page's stored bytes with their checksum.
func (s *segment) checkPage(page int) error {
	return s.entries[page].verify(s.stored(page))
}
