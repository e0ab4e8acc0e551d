package store

import (
	"fmt"
	"slices"
)

// scanned is who refers to what in the whole store.
type scanned struct {
	manifests []*scannedManifest
	segments  map[id]*scannedSegment
}

// A scannedManifest is a snapshot or a journal.
type scannedManifest struct {
	Info
	name  string // of the file
	size  int64  // of the file
	err   error  // why it or a segment cannot be read
	wire  *manifest
	needs map[*segment]set

	journal bool
}

// A scannedSegment is a segment with the users of its pages: 0 for none, n+1
// for manifest n alone, shared for several.
type scannedSegment struct {
	*segment
	users  []int32
	pinned bool // by a journal
}

const shared = -1

// A set is a set of pages.
type set []uint64

func newSet(n int) set       { return make(set, (n+63)/64) }
func (s set) has(n int) bool { return s[n/64]>>(n%64)&1 != 0 }
func (s set) add(first, n int) { // pages first to first+n-1
	for i := first; i < first+n; i++ {
		s[i/64] |= 1 << (i % 64)
	}
}

// scan reads all manifests and the indexes of all segments that they refer to.
func (s *Store) scan() (*scanned, error) {
	l, err := s.list()
	if err != nil {
		return nil, err
	}
	c := &scanned{segments: map[id]*scannedSegment{}}
	for _, name := range slices.Concat(l.manifests, l.journals) {
		m := s.scanManifest(name)
		if missing(m.err) {
			continue // deleted since
		}
		c.manifests = append(c.manifests, m)
		c.count(m, int32(len(c.manifests)))
	}
	return c, nil
}

func (s *Store) scanManifest(name string) *scannedManifest {
	m := &scannedManifest{name: name, needs: map[*segment]set{}}
	for try := 0; ; try++ {
		var data []byte
		if data, m.err = readFile(s.files, name); m.err != nil {
			return m
		}
		m.size = int64(len(data))
		m.wire, m.err = parseManifest(data)
		if m.err != nil {
			m.Info, m.err = Info{Tag: tagOf(name)}, fmt.Errorf("%s: %w", name, m.err)
			return m
		}
		m.Info = m.wire.Info
		if m.journal = isJournal(name); !m.journal && manifestName(m.Tag) != name {
			m.Tag, m.err = tagOf(name), damaged("%s: this is the file of snapshot %q", name, m.Tag)
			return m
		}
		tables, err := s.resolve(m.wire)
		if missing(err) && try < rereads {
			continue
		}
		var bases map[ref]ref
		if err == nil {
			if bases, err = s.bases(tables...); missing(err) && try < rereads {
				continue
			}
		}
		m.err = gone(err)
		for _, t := range tables {
			t.use(m.need)
		}
		for _, b := range bases {
			m.need(b.segment, b.page, 1)
		}
		return m
	}
}

func (m *scannedManifest) need(g *segment, first, count int) {
	if m.needs[g] == nil {
		m.needs[g] = newSet(len(g.entries))
	}
	m.needs[g].add(first, count)
}

// count notes that the user with the given number needs what a manifest refers to.
func (c *scanned) count(m *scannedManifest, user int32) {
	for g, needed := range m.needs {
		of := c.segments[g.id]
		if of == nil {
			of = &scannedSegment{segment: g, users: make([]int32, len(g.entries))}
			c.segments[g.id] = of
		}
		of.pinned = of.pinned || m.journal
		for n := range of.users {
			switch {
			case !needed.has(n):
			case of.users[n] == 0:
				of.users[n] = user
			default:
				of.users[n] = shared
			}
		}
	}
}

// unreadable is the first manifest of which is not known what it refers to. The
// segments of a store with one must stay as they are.
func (c *scanned) unreadable() error {
	for _, m := range c.manifests {
		if m.wire == nil || m.err != nil {
			return inSnapshot(m.Tag, m.err)
		}
	}
	return nil
}

// snapshots are the manifests without journals.
func (c *scanned) snapshots() []*scannedManifest {
	return slices.DeleteFunc(slices.Clone(c.manifests), func(m *scannedManifest) bool { return m.journal })
}
