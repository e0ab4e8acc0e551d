package store

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"toyvm/snapshot"
)

// A reference says, in a segment's index, which page a difference differs from:
// its base. A base is stored in full, so no chain is longer than one.
type reference struct {
	segment uint32 // 0: the segment itself; else the one before it in its list
	page    uint32
}

const referenceSize = 8

func (r reference) put(p []byte) []byte {
	return little.AppendUint32(little.AppendUint32(p, r.segment), r.page)
}

// differs tells whether a page is stored as a difference.
func (r ref) differs() bool {
	return r.segment != nil && r.segment.entries[r.page].encoding == encodingDifference
}

// base finds what a difference differs from.
func (r ref) base(find func(id) (*segment, error)) (ref, error) {
	from := r.segment.entries[r.page].base
	b := ref{r.segment, int(from.page)}
	if from.segment > 0 {
		var err error
		if b.segment, err = find(r.segment.bases[from.segment-1]); err != nil {
			return ref{}, fmt.Errorf("base: %w", err)
		}
	}
	if int64(from.page) >= int64(len(b.segment.entries)) {
		return ref{}, damaged("its base is page %d of segment %s, which has %d", from.page, b.segment.id.file(), len(b.segment.entries))
	}
	if b.differs() {
		return ref{}, damaged("its base, page %d of segment %s, is a difference, too", b.page, b.segment.id.file())
	}
	return b, nil
}

func (r ref) compare(q ref) int { return bytes.Compare(r.segment.id[:], q.segment.id[:]) }

// inPage says which page an error is about.
func (r ref) inPage(err error) error {
	if err == nil {
		return nil
	}
	return inSegment(r.segment.id, fmt.Errorf("page %d: %w", r.page, err))
}

// read reads a page from files that are held. base is what it differs from, if
// it does.
func (r ref) read(base ref, to *snapshot.Page) error {
	if r.differs() {
		if err := base.segment.read(base.page, to); err != nil {
			return base.inPage(err)
		}
	}
	return r.inPage(r.segment.read(r.page, to))
}

// bases finds the differences among the pages that tables need, and what they
// differ from.
func (s *Store) bases(tables ...*fullTable) (map[ref]ref, error) {
	bases := map[ref]ref{}
	for _, t := range tables {
		var failed error
		t.use(func(g *segment, first, count int) {
			if g.differences == 0 {
				return
			}
			for n := first; n < first+count && failed == nil; n++ {
				if r := (ref{g, n}); r.differs() {
					var err error
					bases[r], err = r.base(s.segment)
					failed = r.inPage(err)
				}
			}
		})
		if failed != nil {
			return nil, failed
		}
	}
	return bases, nil
}

// difference makes what is to be stored of a page that differs from base: again
// and again the number of bytes that are the same, the number of those that are
// not, and these. It gives up when that is not smaller than limit.
func difference(p []byte, page, base *snapshot.Page, limit int) (stored []byte, ok bool) {
	for at := 0; ; {
		start := at
		for start < pageSize && page[start] == base[start] {
			start++
		}
		if start == pageSize {
			return p, len(p) > 0
		}
		end, same := start, 0
		for i := start; i < pageSize && same <= mostInRun; i++ {
			if page[i] == base[i] {
				same++
			} else {
				end, same = i+1, 0
			}
		}
		p = binary.AppendUvarint(p, uint64(start-at))
		p = binary.AppendUvarint(p, uint64(end-start))
		if len(p)+end-start >= limit {
			return nil, false
		}
		p = append(p, page[start:end]...)
		at = end
	}
}

// mostInRun is how many equal bytes do not end a run of changed ones, because
// the numbers would take as much.
const mostInRun = 2

// patch makes the base of a difference the page.
func patch(stored []byte, page *snapshot.Page) error {
	d := &parser{data: stored}
	for at := uint64(0); d.at < len(stored) && d.err == nil; {
		same, count := d.uvarint(), d.uvarint()
		if same > pageSize || count > pageSize || at+same+count > pageSize {
			return damaged("a difference of %d bytes behind %d that are the same, at %d", count, same, at)
		}
		at += same
		at += uint64(copy(page[at:], d.bytes(count)))
	}
	return d.err
}
