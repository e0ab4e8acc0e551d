package store

import (
	"crypto/sha256"
	"slices"
)

const (
	newSegment  = "segment" + temporarySuffix
	batchSize   = 1 << 20 // bytes that are written at once
	batchStrips = 64      // that are kept for that at most

	mostExpected = 1 << 16 // pages
)

// A builder writes a new segment.
type builder struct {
	files   files
	file    file // nil as long as there are no pages
	segment *segment
	pages   pages // in the segment
	end     int64 // of the pages so far

	batch   [][]byte
	batched int
	strips  []*strip // whose memory the batch is in
}

// newBuilder makes a builder for about so many pages.
func newBuilder(f files, expected int64) *builder {
	return &builder{files: f, segment: &segment{}, pages: make(pages, min(expected, mostExpected))}
}

// add takes the pages of a strip that are not in a segment yet, and tells the
// strip's layout where all its pages are.
func (b *builder) add(s *strip) error {
	before := b.batched
	for i := range s.found {
		f := &s.found[i]
		if f.stored != nil {
			f.ref = b.page(&f.entry, f.stored, f.base)
		}
		s.to.refs[f.number] = f.ref
	}
	if b.batched == before {
		s.release()
		return nil
	}
	b.strips = append(b.strips, s)
	if b.batched < batchSize && len(b.strips) < batchStrips {
		return nil
	}
	return b.flush()
}

var padding [rawAlignment]byte

// page appends a page that the segment does not have. base is what it differs
// from, if it is a difference.
func (b *builder) page(e *entry, stored []byte, base ref) ref {
	if r, ok := b.pages.find(&e.sum); ok {
		return r
	}
	at := e.place(b.end)
	if gap := at - b.end; gap > 0 {
		b.append(padding[:gap])
	}
	b.append(stored)
	r := ref{b.segment, len(b.segment.entries)}
	if e.encoding == encodingDifference {
		e.base = reference{b.number(base.segment), uint32(base.page)}
		b.segment.differences++
	}
	b.segment.entries = append(b.segment.entries, *e)
	b.segment.offsets = append(b.segment.offsets, at)
	b.end = at + int64(e.length)
	b.pages.add(r)
	return r
}

// number is what references in the segment call another one.
func (b *builder) number(of *segment) uint32 {
	if of == b.segment {
		return 0
	}
	n := slices.Index(b.segment.bases, of.id)
	if n < 0 {
		n = len(b.segment.bases)
		b.segment.bases = append(b.segment.bases, of.id)
	}
	return uint32(n) + 1
}

func (b *builder) append(p []byte) {
	b.batch = append(b.batch, p)
	b.batched += len(p)
}

// flush writes the batch.
func (b *builder) flush() (err error) {
	if b.file == nil && b.batched > 0 {
		if b.file, err = b.files.Create(newSegment); err != nil {
			return err
		}
	}
	if b.batched > 0 {
		err = b.file.Append(b.batch)
	}
	for _, s := range b.strips {
		s.release()
	}
	b.batch, b.batched, b.strips = b.batch[:0], 0, b.strips[:0]
	return err
}

// finish writes the index and syncs the segment, which has its name then. Without
// pages there is none, and finish returns nil.
func (b *builder) finish() (*segment, error) {
	s := b.segment
	if len(s.entries) == 0 {
		return nil, b.flush()
	}
	index := make([]byte, 0, len(s.bases)*sha256.Size+s.differences*referenceSize+len(s.entries)*entrySize)
	for _, i := range s.bases {
		index = append(index, i[:]...)
	}
	for i := range s.entries {
		if s.entries[i].encoding == encodingDifference {
			index = s.entries[i].base.put(index)
		}
	}
	for i := range s.entries {
		index = s.entries[i].put(index)
	}
	s.id = sha256.Sum256(index)
	start := align(b.end)
	s.size = start + int64(len(index)) + headerSize

	version := uint32(formatVersion)
	if s.differences > 0 {
		version = differencesVersion
	}
	footer := newHeader(segmentMagic, version)
	little.PutUint64(footer[16:], uint64(s.size))
	little.PutUint64(footer[24:], uint64(len(s.entries)))
	little.PutUint64(footer[32:], uint64(len(s.bases)))
	little.PutUint64(footer[40:], uint64(s.differences))
	seal(footer)

	b.append(padding[:start-b.end])
	b.append(index)
	b.append(footer)
	if err := b.flush(); err != nil {
		return nil, err
	}
	if err := b.file.Sync(); err != nil {
		return nil, err
	}
	err := b.file.Close()
	b.file = nil
	if err != nil {
		return nil, err
	}
	return s, b.files.Rename(newSegment, s.id.file())
}

// discard ends the building of a segment that is not wanted, if it was not
// finished.
func (b *builder) discard() {
	if b.file != nil {
		b.file.Close()
		b.files.Remove(newSegment) // if not, the next change does
	}
}
