package store

import (
	"encoding/binary"
	"fmt"
	"sort"
)

// A ref says where a page is. The zero ref is a page of zeros.
type ref struct {
	segment *segment
	page    int
}

// How the pages of a run follow each other.
const (
	runZero       = 0 // pages of zeros
	runSuccessive = 1 // pages that lie one behind the other in a segment
	runRepeated   = 2 // always the same page
)

// A run is some pages of a table.
type run struct {
	first int64 // number of the first page in the table
	count int64
	kind  uint8
	ref   // of the first page
}

// at is the page of the run that has number n in the table.
func (r *run) at(n int64) ref {
	if r.kind == runSuccessive {
		return ref{r.segment, r.page + int(n-r.first)}
	}
	return r.ref
}

// A table says which pages something consists of.
type table struct {
	pages int64
	runs  []run
}

// add appends a page.
func (t *table) add(p ref) {
	if n := len(t.runs); n > 0 && t.runs[n-1].takes(p) {
		t.runs[n-1].count++
	} else {
		kind := uint8(runSuccessive)
		if p.segment == nil {
			kind = runZero
		}
		t.runs = append(t.runs, run{t.pages, 1, kind, p})
	}
	t.pages++
}

// takes tells whether the run can go on with p. A run of one page may become
// either a successive or a repeated one.
func (r *run) takes(p ref) bool {
	switch {
	case r.kind == runZero || p.segment != r.segment:
		return r.segment == p.segment
	case r.kind == runRepeated || r.count == 1 && p.page == r.page:
		r.kind = runRepeated
		return p.page == r.page
	default:
		return p.page == r.page+int(r.count)
	}
}

// find is the number of the run that page n is in.
func (t *table) find(n int64) int {
	return sort.Search(len(t.runs), func(i int) bool { return t.runs[i].first > n }) - 1
}

// at is where page n is.
func (t *table) at(n int64) ref { return t.runs[t.find(n)].at(n) }

// use calls visit for the pages of segments that the table needs, by runs of
// successive pages, some of them maybe twice.
func (t *table) use(visit func(s *segment, first, count int)) {
	for _, r := range t.runs {
		switch r.kind {
		case runSuccessive:
			visit(r.segment, r.page, int(r.count))
		case runRepeated:
			visit(r.segment, r.page, 1)
		}
	}
}

// runContinued is, in a file only, a run of successive pages that goes on where
// the last run with pages ended.
const runContinued = 3

// A predictor guesses where the next run begins: segments are written in the
// order of a table, and what changes later leaves gaps.
type predictor struct {
	segment int         // of the last run with pages
	next    map[int]int // page behind the last one, by segment
}

func newPredictor() *predictor { return &predictor{-1, map[int]int{}} }

func (g *predictor) passed(segment, page, count int, kind uint8) {
	g.segment = segment
	g.next[segment] = page + 1
	if kind == runSuccessive {
		g.next[segment] = page + count
	}
}

// put encodes the runs. number is that of a segment in the manifest's list.
func (t *table) put(p []byte, number func(*segment) int) []byte {
	g := newPredictor()
	for _, r := range t.runs {
		if r.kind == runZero {
			p = binary.AppendUvarint(p, uint64(r.count)<<2|runZero)
			continue
		}
		n := number(r.segment)
		if r.kind == runSuccessive && n == g.segment && r.page == g.next[n] {
			p = binary.AppendUvarint(p, uint64(r.count)<<2|runContinued)
		} else {
			p = binary.AppendUvarint(p, uint64(r.count)<<2|uint64(r.kind))
			p = binary.AppendUvarint(p, uint64(n))
			p = binary.AppendVarint(p, int64(r.page-g.next[n]))
		}
		g.passed(n, r.page, int(r.count), r.kind)
	}
	return p
}

// wireRun is a run before its segment is known.
type wireRun struct {
	count   int64
	kind    uint8
	segment int // number in the manifest's list
	page    int
}

// readRuns reads the runs of a table with the given number of pages. A manifest
// has segments segments.
func readRuns(d *parser, pages int64, segments int) []wireRun {
	var runs []wireRun
	g := newPredictor()
	for left := pages; left > 0 && d.err == nil; {
		head := d.uvarint()
		r := wireRun{count: int64(head >> 2), kind: uint8(head & 3)}
		if r.count <= 0 || r.count > left {
			d.fail("run of %d pages where %d are left", r.count, left)
			return nil
		}
		switch r.kind {
		case runSuccessive, runRepeated:
			r.segment = int(min(d.uvarint(), mostPages))
			r.page = g.next[r.segment] + int(d.varint())
		case runContinued:
			r.kind, r.segment = runSuccessive, g.segment
			r.page = g.next[r.segment]
		}
		if r.kind != runZero {
			if r.segment < 0 || r.segment >= segments || r.page < 0 || r.page > mostPages {
				d.fail("page %d of segment %d; there are %d segments", r.page, r.segment, segments)
				return nil
			}
			g.passed(r.segment, r.page, int(r.count), r.kind)
		}
		left -= r.count
		runs = append(runs, r)
	}
	return runs
}

// mostPages is more than any segment or memory has.
const mostPages = 1 << 40

// resolve gives the runs their segments.
func resolve(runs []wireRun, segments []*segment) (table, error) {
	var t table
	for _, w := range runs {
		r := run{first: t.pages, count: w.count, kind: w.kind}
		if w.kind != runZero {
			r.segment, r.page = segments[w.segment], w.page
			last := int64(w.page)
			if w.kind == runSuccessive {
				last += w.count - 1
			}
			if last >= int64(len(r.segment.entries)) {
				return t, fmt.Errorf("page %d of segment %s, which has %d", last, r.segment.id.file(), len(r.segment.entries))
			}
		}
		t.runs = append(t.runs, r)
		t.pages += r.count
	}
	return t, nil
}
