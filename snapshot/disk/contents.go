package disk

import "iter"

// Contents is what a disk held at an instant. It does not change, and may be
// used by several goroutines.
type Contents struct{ table }

// FromSource makes contents of what a source has.
func FromSource(size int64, s Source) *Contents {
	return &Contents{newTable(size, &place{source: s}, nil)}
}

// With makes contents that differ from c in some clusters, which are read from
// a source. All others are known to be the same.
func (c *Contents) With(s Source, clusters iter.Seq[int]) *Contents {
	w := &Contents{c.table.clone()}
	e, at := newEpoch(), &place{source: s}
	for k := range clusters {
		g := w.group(k)
		if g.epoch != e {
			g = g.clone(e)
			w.groups[k/groupSize] = g
		}
		g.cells.Load()[k%groupSize] = newCell(at, nil)
	}
	return w
}

// StoredIn tells that a source has the contents from now on. What they hold in
// memory is given up, and what they have in an image need not be kept when it
// is overwritten.
func (c *Contents) StoredIn(s Source) {
	at := &place{source: s}
	for _, g := range c.groups {
		if !g.move(at) {
			for _, cell := range g.fill() {
				cell.at.Store(at)
			}
		}
	}
}

// Size is the length in bytes.
func (c *Contents) Size() int64 { return c.size }

// Clusters is how many clusters there are.
func (c *Contents) Clusters() int { return c.clusters() }

// ReadAt implements io.ReaderAt.
func (c *Contents) ReadAt(p []byte, at int64) (int, error) {
	return c.readClusters(p, at, c.table.read)
}

// Same tells whether a cluster is known to be the same in other contents,
// without reading it.
func (c *Contents) Same(other *Contents, cluster int) bool {
	return c.size == other.size && c.same(&other.table, cluster)
}

// Changed lists the clusters that are not known to be the same as before.
func (c *Contents) Changed(before *Contents) iter.Seq[int] {
	if c.size != before.size {
		return c.all
	}
	return c.changed(&before.table)
}

// NextData is the first cluster from k on that may hold something else than
// zeros, as far as that is known without reading. It is Clusters() if there is
// none.
func (c *Contents) NextData(k int) int {
	var hole holes
	for ; k < c.clusters(); k++ {
		at := c.place(k)
		switch {
		case at.image != nil:
			if !hole.in(at.image, k) || c.place(k) != at {
				return k
			}
		case at.source != nil:
			if s, ok := at.source.(SparseSource); !ok || s.NextData(int64(k)) <= int64(k) {
				return k
			}
		case len(at.data) != 0:
			return k
		}
	}
	return k
}
