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
	check := newIntact(s.files)
	defer check.close()
	old := c.sparse(check)
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

// sparse lists the segments of which less than half is needed. What is damaged
// stays where it is, and so does what a journal needs.
func (c *scanned) sparse(check *intact) (list []*scannedSegment) {
	buf := make([]byte, pageSize)
	for _, g := range c.segments {
		needed, whole := int64(0), !g.pinned
		for n, user := range g.users {
			if user != 0 {
				needed += int64(g.entries[n].length + entrySize)
			}
		}
		if needed*2 >= g.size || !whole {
			continue
		}
		for n, user := range g.users {
			whole = whole && (user == 0 || check.check(ref{g.segment, n}, buf))
		}
		if whole {
			list = append(list, g)
		}
	}
	slices.SortFunc(list, func(a, b *scannedSegment) int { return bytes.Compare(a.id[:], b.id[:]) })
	return list
}

// rewrite writes the pages that are needed of old segments into a new one, and
// tells where they are.
func (s *Store) rewrite(ctx context.Context, old []*scannedSegment, check *intact) (*segment, map[*segment][]ref, error) {
	b := newBuilder(s.files, 0)
	defer b.discard()
	moved := map[*segment][]ref{}
	for _, g := range old {
		to := make([]ref, len(g.entries))
		for n, user := range g.users {
			if user == 0 {
				continue
			}
			stored, err := check.read(ref{g.segment, n}, make([]byte, g.entries[n].length))
			if err = errors.Join(ctx.Err(), err); err != nil {
				return nil, nil, err
			}
			to[n] = b.page(&g.entries[n], stored)
			if b.batched >= batchSize {
				if err := b.flush(); err != nil {
					return nil, nil, err
				}
			}
		}
		moved[g.segment] = to
	}
	fresh, err := b.finish()
	return fresh, moved, err
}

// move replaces a manifest by one that refers to where pages were moved.
func (s *Store) move(m *scannedManifest, moved map[*segment][]ref) error {
	affected := false
	for g := range moved {
		affected = affected || m.needs[g] != nil
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
	data, err := m.wire.encode(tables)
	if err != nil {
		return err
	}
	return s.write(m.name, data)
}

// move is the table after pages were moved.
func (t *table) move(moved map[*segment][]ref) table {
	var to table
	for _, r := range t.runs {
		if moved[r.segment] == nil {
			r.first = to.pages
			to.runs = append(to.runs, r)
			to.pages += r.count
			continue
		}
		for n := r.first; n < r.first+r.count; n++ {
			p := r.at(n)
			to.add(moved[p.segment][p.page])
		}
	}
	return to
}
