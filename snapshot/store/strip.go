package store

import (
	"crypto/sha256"
	"errors"
	"io"
	"sync"

	"toyvm/snapshot"
	"toyvm/snapshot/disk"
)

// found is what became of a page of a strip: it is in a segment, or it is to be
// stored.
type found struct {
	number int // of the page in its layout
	ref    ref
	entry  entry
	stored []byte // nil if it is in a segment
	base   ref    // of what is stored as a difference
}

// A stripBuffer is memory for what a strip reads and compresses. It is used
// again when the strip is written.
type stripBuffer struct {
	content [disk.ClusterSize]byte
	packed  []byte
	pages   [clusterPages]*snapshot.Page
}

var stripBuffers = sync.Pool{New: func() any {
	b := &stripBuffer{packed: make([]byte, stripPages*worthwhile+packed)}
	for i := range b.pages {
		b.pages[i] = (*snapshot.Page)(b.content[i*pageSize:])
	}
	return b
}}

// A finder looks at strips. Each worker has its own.
type finder struct {
	packer packer
	pages  pages
	intact *intact
	stored [pageSize]byte // for what a segment has
	base   snapshot.Page
	patch  [pageSize]byte
}

// find fills in what a strip's pages are.
func (w *finder) find(s *strip) error {
	s.buf = stripBuffers.Get().(*stripBuffer)
	if s.contents != nil {
		if err := s.read(); err != nil {
			return err
		}
	}
	room := s.buf.packed
	for i, page := range s.pages {
		if *page == zeroPage {
			continue
		}
		f := found{number: s.numbers[i]}
		f.entry.sum = sha256.Sum256(page[:])
		r, ok := w.pages.find(&f.entry.sum)
		if ok && w.intact.check(r, w.stored[:]) {
			f.ref = r
		} else {
			f.stored, f.entry.encoding = w.packer.pack(page, room[:packed])
			w.difference(s, i, &f, room)
			f.entry.length, f.entry.crc = len(f.stored), checksum(f.stored)
			if f.entry.encoding != encodingRaw {
				room = room[len(f.stored):]
			}
		}
		s.found = append(s.found, f)
	}
	return nil
}

// difference stores a page, in room, as its difference from what was in its
// place before, if that takes less than half as much.
func (w *finder) difference(s *strip, i int, f *found, room []byte) {
	if s.before == nil || s.before[i].segment == nil {
		return
	}
	base, err := w.intact.full(s.before[i], w.stored[:], &w.base)
	if err != nil {
		return
	}
	patch, ok := difference(w.patch[:0], s.pages[i], &w.base, len(f.stored)/2-referenceSize)
	if ok {
		f.stored = append(room[:0], patch...)
		f.entry.encoding, f.base = encodingDifference, base
	}
}

// read reads the cluster of a strip. Behind the end of the disk are zeros.
func (s *strip) read() error {
	content := s.buf.content[:len(s.numbers)*pageSize]
	n, err := s.contents.ReadAt(content, int64(s.numbers[0])*pageSize)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	clear(content[n:])
	s.pages = s.buf.pages[:len(s.numbers)]
	return nil
}

// release gives back what a written strip took.
func (s *strip) release() {
	if s.buf != nil {
		stripBuffers.Put(s.buf)
	}
	s.buf, s.found, s.pages, s.before = nil, nil, nil, nil
}
