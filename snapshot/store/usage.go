package store

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"toyvm/snapshot"
)

// groupPages is how many pages a worker checks at a time.
const groupPages = 256

// usage is which pages of which segments are needed.
type usage struct {
	segments map[*segment]*used
	order    []*used
	bases    map[ref]ref // of the differences among them
}

// used is the pages of a segment that are needed.
type used struct {
	*segment
	memory []bool           // needed as pages
	disk   []bool           // needed by a disk, which reads them itself
	pages  []*snapshot.Page // those of memory, once they are checked
}

func newUsage(tables []*fullTable) *usage {
	u := &usage{segments: map[*segment]*used{}}
	for _, t := range tables {
		t.use(func(s *segment, first, count int) {
			of := u.segments[s]
			if of == nil {
				n := len(s.entries)
				of = &used{s, make([]bool, n), make([]bool, n), make([]*snapshot.Page, n)}
				u.segments[s] = of
				u.order = append(u.order, of)
			}
			which := of.memory
			if t.kind == tableDisk {
				which = of.disk
			}
			for i := range which[first : first+count] {
				which[first+i] = true
			}
		})
	}
	return u
}

// A group is some pages of a segment in a row.
type group struct {
	of         *used
	first, end int
}

func (u *usage) groups() (list []group) {
	for _, of := range u.order {
		for first := 0; first < len(of.entries); first += groupPages {
			list = append(list, group{of, first, min(first+groupPages, len(of.entries))})
		}
	}
	return list
}

// check maps the segments that tables need, compares the pages with their
// checksums and unpacks them.
func (s *Store) check(ctx context.Context, tables []*fullTable, progress Progress) (*usage, error) {
	u := newUsage(tables)
	var err error
	if u.bases, err = s.bases(tables...); err != nil {
		return nil, err
	}
	for _, of := range u.order {
		if err := of.load(s.files); err != nil {
			return nil, err
		}
	}
	for _, b := range u.bases {
		if err := b.segment.load(s.files); err != nil {
			return nil, err
		}
	}
	groups := u.groups()
	var (
		next    atomic.Int64
		workers sync.WaitGroup
		mu      sync.Mutex // for all below
		done    int64
		failed  error
	)
	for range s.workers {
		workers.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(groups) {
					return
				}
				err := ctx.Err()
				if err == nil {
					err = groups[i].check(tables, u.bases)
				}
				mu.Lock()
				if done++; progress != nil {
					progress(done*groupPages*pageSize, int64(len(groups))*groupPages*pageSize)
				}
				if failed == nil {
					failed = err
				}
				stop := failed != nil
				mu.Unlock()
				if stop {
					return
				}
			}
		})
	}
	workers.Wait()
	return u, failed
}

// check checks and unpacks the pages of a group.
func (g *group) check(tables []*fullTable, bases map[ref]ref) (err error) {
	page := g.first
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		switch e := recover().(type) {
		case nil:
		case interface{ Addr() uintptr }: // a mapped file that was cut, or a disk that cannot be read
			err = g.of.explain(page, damaged("it cannot be read"), tables)
		default:
			panic(e)
		}
	}()
	count := 0
	for n := g.first; n < g.end; n++ {
		if g.of.memory[n] && g.of.entries[n].encoding != encodingRaw {
			count++
		}
	}
	var scratch snapshot.Page
	unpacked := make([]snapshot.Page, count)
	for ; page < g.end; page++ {
		if !g.of.memory[page] && !g.of.disk[page] {
			continue
		}
		err := g.of.checkPage(page)
		switch e := &g.of.entries[page]; {
		case err != nil:
		case e.encoding == encodingRaw:
			g.of.pages[page] = (*snapshot.Page)(g.of.stored(page))
		default:
			to := &scratch
			if g.of.memory[page] {
				to, unpacked = &unpacked[0], unpacked[1:]
				g.of.pages[page] = to
			}
			if e.encoding == encodingDifference {
				err = bases[ref{g.of.segment, page}].unpack(to)
			}
			if err == nil {
				err = e.unpack(g.of.stored(page), to)
			}
		}
		if err != nil {
			return g.of.explain(page, err, tables)
		}
	}
	return nil
}

// unpack checks and unpacks the base of a difference, whose segment is loaded.
func (r ref) unpack(to *snapshot.Page) error {
	err := r.segment.checkPage(r.page)
	if err == nil {
		err = r.segment.entries[r.page].unpack(r.segment.stored(r.page), to)
	}
	if err != nil {
		return fmt.Errorf("base: %w", r.inPage(err))
	}
	return nil
}

// explain says where a bad page is, and in what it is first used.
func (of *used) explain(page int, err error, tables []*fullTable) error {
	for _, t := range tables {
		for _, r := range t.runs {
			if n, ok := r.find(ref{of.segment, page}); ok {
				return inSegment(of.id, fmt.Errorf("page %d (%s): %w", page, t.where(n), err))
			}
		}
	}
	return inSegment(of.id, fmt.Errorf("page %d: %w", page, err))
}

// find tells at which place of its table a run has a page.
func (r *run) find(p ref) (n int64, ok bool) {
	if r.kind == runZero || r.segment != p.segment {
		return 0, false
	}
	ahead := int64(p.page - r.page)
	if r.kind == runRepeated {
		return r.first, ahead == 0
	}
	return r.first + ahead, 0 <= ahead && ahead < r.count
}

const sectorSize = 512

// where is the place of a page in what the table is about.
func (t *wireTable) where(n int64) string {
	switch t.kind {
	case tableMemory:
		return fmt.Sprintf("%s %#x", t.name, n*pageSize)
	case tableDisk:
		first := n * pageSize / sectorSize
		return fmt.Sprintf("%s sector %d to %d", t.name, first, first+pageSize/sectorSize-1)
	default:
		return t.String()
	}
}
