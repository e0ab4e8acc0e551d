package store

import (
	"bytes"
	"context"
	"errors"
	"slices"
)

// collect removes segments that nobody refers to, and rewrites those of which
// less than half is needed.
func (s *Store) collect(ctx context.Context) error {
	c, err := s.scan()
	if err != nil {
		return err
	}
	if err := c.unreadable(); err != nil {
		return err
	}
	l, err := s.list()
	if err != nil {
		return err
	}
	if err := s.clean(l); err != nil {
		return err
	}
	removed := false
	for _, i := range l.segments {
		if c.segments[i] != nil {
			continue
		}
		if err := s.files.Remove(i.file()); err != nil {
			return err
		}
		s.forget(i)
		removed = true
	}
	if removed {
		if err := s.files.Sync(); err != nil {
			return err
		}
	}
	return s.compact(ctx, c)
}

// compact moves what is needed of segments that are mostly garbage into a new
// one. The manifests that refer to them are replaced one by one; the old
// segments go when the last one is.
func (s *Store) compact(ctx context.Context, c *scanned) error {
	check := newIntact(s)
	defer check.close()
	old := c.movable(check)
	if len(old) == 0 {
		return nil
	}
	fresh, moved, err := s.rewrite(ctx, old, check)
	if err != nil {
		return err
	}
	if err := s.files.Sync(); err != nil {
		return err
	}
	for _, m := range c.manifests {
		if err := s.move(m, moved); err != nil {
			return err
		}
	}
	for _, g := range old {
		if err := s.files.Remove(g.id.file()); err != nil {
			return err
		}
		s.forget(g.id)
	}
	s.mu.Lock()
	s.segments[fresh.id] = fresh
	s.mu.Unlock()
	return s.files.Sync()
}

// movable lists the segments of which less than half is needed, together with
// those that have differences from their pages. What is damaged stays where it
// is, and so does what a journal needs.
func (c *scanned) movable(check *intact) (list []*scannedSegment) {
	dependents := c.dependents()
	for _, g := range c.segments {
		if !g.sparse() || slices.Contains(list, g) {
			continue
		}
		all := []*scannedSegment{g}
		for i := 0; i < len(all); i++ {
			for d := range dependents[all[i].id] {
				if !slices.Contains(all, d) {
					all = append(all, d)
				}
			}
		}
		if slices.ContainsFunc(all, func(g *scannedSegment) bool { return !g.whole(check) }) {
			continue
		}
		for _, g := range all {
			if !slices.Contains(list, g) {
				list = append(list, g)
			}
		}
	}
	slices.SortFunc(list, func(a, b *scannedSegment) int { return bytes.Compare(a.id[:], b.id[:]) })
	return list
}

// dependents tells for each segment which others have differences from it that
// are needed.
func (c *scanned) dependents() map[id]map[*scannedSegment]bool {
	all := map[id]map[*scannedSegment]bool{}
	for _, g := range c.segments {
		for n, user := range g.users {
			e := &g.entries[n]
			if user == 0 || e.encoding != encodingDifference || e.base.segment == 0 {
				continue
			}
			of := g.bases[e.base.segment-1]
			if all[of] == nil {
				all[of] = map[*scannedSegment]bool{}
			}
			all[of][g] = true
		}
	}
	return all
}

// sparse tells whether less than half of the segment is needed.
func (g *scannedSegment) sparse() bool {
	needed := int64(0)
	for n, user := range g.users {
		if user != 0 {
			needed += int64(g.entries[n].length + entrySize)
		}
	}
	return needed*2 < g.size
}

// whole tells whether all that is needed of the segment can be moved.
func (g *scannedSegment) whole(check *intact) bool {
	if g.pinned {
		return false
	}
	buf := make([]byte, pageSize)
	for n, user := range g.users {
		if user != 0 && !check.check(ref{g.segment, n}, buf) {
			return false
		}
	}
	return true
}

// rewrite writes the pages that are needed of old segments into a new one, and
// tells where they are.
func (s *Store) rewrite(ctx context.Context, old []*scannedSegment, check *intact) (*segment, map[id][]ref, error) {
	b := newBuilder(s.files, 0)
	defer b.discard()
	moved := map[id][]ref{}
	for _, g := range old {
		moved[g.id] = make([]ref, len(g.entries))
	}
	for _, differences := range []bool{false, true} { // they follow what they differ from
		for _, g := range old {
			for n, user := range g.users {
				r := ref{g.segment, n}
				if user == 0 || r.differs() != differences {
					continue
				}
				to, err := s.copy(r, b, moved, check)
				if err == nil && b.batched >= batchSize {
					err = b.flush()
				}
				if err = errors.Join(ctx.Err(), err); err != nil {
					return nil, nil, err
				}
				moved[g.id][n] = to
			}
		}
	}
	fresh, err := b.finish()
	return fresh, moved, err
}

// copy adds a page of another segment to a new one.
func (s *Store) copy(r ref, b *builder, moved map[id][]ref, check *intact) (ref, error) {
	e := r.segment.entries[r.page]
	stored, err := check.read(r, make([]byte, e.length))
	var base ref
	if err == nil && r.differs() {
		base, err = r.base(s.segment)
	}
	if err != nil {
		return ref{}, err
	}
	if base.segment != nil && moved[base.segment.id] != nil {
		base = moved[base.segment.id][base.page]
	}
	return b.page(&e, stored, base), nil
}

// move replaces a manifest by one that refers to where pages were moved.
func (s *Store) move(m *scannedManifest, moved map[id][]ref) error {
	affected := false
	for g := range m.needs {
		affected = affected || moved[g.id] != nil
	}
	if !affected {
		return nil
	}
	tables, err := s.resolve(m.wire)
	if err != nil {
		return err
	}
	for _, t := range tables {
		t.table = t.table.move(moved)
	}
	bases, err := s.bases(tables...)
	if err != nil {
		return err
	}
	data, err := m.wire.encode(tables, bases)
	if err != nil {
		return err
	}
	return s.write(m.name, data)
}

// move is the table after pages were moved.
func (t *table) move(moved map[id][]ref) table {
	var to table
	for _, r := range t.runs {
		if r.segment == nil || moved[r.segment.id] == nil {
			r.first = to.pages
			to.runs = append(to.runs, r)
			to.pages += r.count
			continue
		}
		for n := r.first; n < r.first+r.count; n++ {
			p := r.at(n)
			to.add(moved[p.segment.id][p.page])
		}
	}
	return to
}
