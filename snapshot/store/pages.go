package store

// pages finds the pages of segments by their content.
type pages map[uint64]ref

// key is part of a page's SHA-256. Two pages of the same key can be told apart
// by the rest of it.
func key(sum []byte) uint64 { return little.Uint64(sum) }

// find returns the page with the given SHA-256.
func (p pages) find(sum *[32]byte) (ref, bool) {
	r, ok := p[key(sum[:])]
	return r, ok && r.segment.entries[r.page].sum == *sum
}

// add makes a page known, unless one of the same key is.
func (p pages) add(r ref) {
	k := key(r.segment.entries[r.page].sum[:])
	if _, ok := p[k]; !ok {
		p[k] = r
	}
}

// drop makes the pages of a segment unknown. Those that are in another one, too,
// are stored again when they are needed.
func (p pages) drop(g *segment) {
	for i := range g.entries {
		if k := key(g.entries[i].sum[:]); p[k].segment == g {
			delete(p, k)
		}
	}
}

// look finds out what pages there are in the store, after removing what a
// process left that died.
func (s *Store) look() error {
	l, err := s.list()
	if err != nil {
		return err
	}
	if err := s.clean(l); err != nil {
		return err
	}
	usable, order := map[*segment]bool{}, []*segment{}
	for _, i := range l.segments {
		// Verify tells about those that cannot be read; nothing will rely on them.
		if g, err := s.segment(i); err == nil {
			usable[g], order = true, append(order, g)
		}
	}
	for g := range s.usable {
		if !usable[g] {
			s.pages.drop(g)
		}
	}
	for _, g := range order {
		if !s.usable[g] {
			for n := range g.entries {
				s.pages.add(ref{g, n})
			}
		}
	}
	s.usable = usable
	return nil
}

// has tells whether the segments are still there that a page needs.
func (s *Store) has(r ref) bool {
	if s.usable[r.segment] && r.differs() {
		base, err := r.base(s.segment)
		return err == nil && s.usable[base.segment]
	}
	return s.usable[r.segment]
}

// clean removes files that were never finished. Only who may change the store
// makes them.
func (s *Store) clean(l *listing) error {
	for _, name := range l.temporary {
		if err := s.files.Remove(name); err != nil && !missing(err) {
			return err
		}
	}
	return nil
}
