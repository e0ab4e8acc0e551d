package disk

import (
	"bytes"
	"io"
	"io/fs"
	"iter"
	"sync"
	"sync/atomic"
)

// ClusterSize is the unit in which contents are shared, in bytes. The last
// cluster of a disk may be shorter.
const ClusterSize = 64 << 10

// A cell is what a cluster holds. Its place may change, its content only as
// long as the disk that made it has not been captured.
type cell struct {
	at    atomic.Pointer[place]
	epoch *epoch
}

func newCell(p *place, e *epoch) *cell {
	c := &cell{epoch: e}
	c.at.Store(p)
	return c
}

// An epoch is the time between two captures of a disk. It is compared by its
// address. What was made in the present epoch is the disk's alone.
type epoch struct{ _ byte }

func newEpoch() *epoch { return new(epoch) }

// A place is where the content of a cell is: in an image at the offset of its
// cluster, in a source, or in memory. A cell that comes back to an image gets a
// new place there.
type place struct {
	image  *image
	source Source
	data   []byte // in memory; empty if it is all zeros

	// home is the image that the content had to leave. It goes back if it can.
	home *image
}

// inMemory makes a place of the content of a cluster.
func inMemory(content []byte, home *image) *place {
	if isZero(content) {
		content = nil
	}
	return &place{data: content, home: home}
}

// stored tells whether the content is in a source to stay.
func (pl *place) stored() bool { return pl.source != nil && pl.home == nil }

// read reads a part of a cluster of some length.
func (pl *place) read(k, length int, p []byte, off int64) error {
	switch {
	case pl.image != nil:
		_, err := pl.image.readAt(p, int64(k)*ClusterSize+off)
		return err
	case pl.source != nil:
		return readPart(pl.source, k, length, p, off)
	case len(pl.data) == 0:
		clear(p)
	default:
		copy(p, pl.data[off:])
	}
	return nil
}

var zeros [ClusterSize]byte

func isZero(p []byte) bool { return bytes.Equal(p, zeros[:len(p)]) }

const groupSize = 256

// A group is the cells of 256 clusters. Disks and contents share groups as they
// share cells, so that a large disk costs little and a capture less.
type group struct {
	epoch *epoch // of the disk that may change it
	// cells is nil as long as all of them are at the origin.
	cells  atomic.Pointer[[groupSize]*cell]
	origin atomic.Pointer[place]
	mu     sync.Mutex // held while one of the two changes
}

func newGroup(origin *place, e *epoch) *group {
	g := &group{epoch: e}
	g.origin.Store(origin)
	return g
}

// fill gives the group its cells. Whoever shares it sees the same ones.
func (g *group) fill() *[groupSize]*cell {
	g.mu.Lock()
	defer g.mu.Unlock()
	if cells := g.cells.Load(); cells != nil {
		return cells
	}
	cells, origin := new([groupSize]*cell), g.origin.Load()
	for i := range cells {
		cells[i] = newCell(origin, nil)
	}
	g.cells.Store(cells)
	return cells
}

// move gives all cells another place, if the group is not filled.
func (g *group) move(to *place) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.cells.Load() != nil {
		return false
	}
	g.origin.Store(to)
	return true
}

// clone makes another group of the same cells.
func (g *group) clone(e *epoch) *group { return groupOf(*g.fill(), e) }

func groupOf(cells [groupSize]*cell, e *epoch) *group {
	g := &group{epoch: e}
	g.cells.Store(&cells)
	return g
}

// A table is the groups of a disk or of contents.
type table struct {
	size   int64
	groups []*group
}

func newTable(size int64, origin *place, e *epoch) table {
	t := table{size, make([]*group, (size+groupSize*ClusterSize-1)/(groupSize*ClusterSize))}
	for i := range t.groups {
		t.groups[i] = newGroup(origin, e)
	}
	return t
}

func (t *table) clone() table { return table{t.size, append([]*group(nil), t.groups...)} }

// clusters is how many clusters there are.
func (t *table) clusters() int { return int((t.size + ClusterSize - 1) / ClusterSize) }

// length is the size of a cluster.
func (t *table) length(k int) int { return int(min(t.size-int64(k)*ClusterSize, ClusterSize)) }

func (t *table) group(k int) *group { return t.groups[k/groupSize] }

// place is where a cluster's content is at the moment.
func (t *table) place(k int) *place {
	g := t.group(k)
	if cells := g.cells.Load(); cells != nil {
		return cells[k%groupSize].at.Load()
	}
	return g.origin.Load()
}

// read reads a part of a cluster. Before the image of a cell is overwritten, the
// cell gets another place: so what was read is good if it still has the place.
func (t *table) read(k int, p []byte, off int64) error {
	for {
		at := t.place(k)
		err := at.read(k, t.length(k), p, off)
		if at.image == nil || t.place(k) == at {
			return err
		}
	}
}

// same tells whether a cluster has the same content in both, as far as that is
// known.
func (t *table) same(other *table, k int) bool {
	g, h := t.group(k), other.group(k)
	if g == h {
		return true
	}
	cells, others := g.cells.Load(), h.cells.Load()
	if cells != nil && others != nil && cells[k%groupSize] == others[k%groupSize] {
		return true
	}
	// A cell in an image shares its place with no other cell of its cluster.
	return t.place(k) == other.place(k)
}

// all lists all clusters.
func (t *table) all(yield func(k int) bool) {
	for k := range t.clusters() {
		if !yield(k) {
			return
		}
	}
}

// changed lists the clusters that are not known to be the same in a table of
// the same size.
func (t *table) changed(other *table) iter.Seq[int] {
	return func(yield func(k int) bool) {
		for i, g := range t.groups {
			if g == other.groups[i] {
				continue
			}
			for k := i * groupSize; k < min((i+1)*groupSize, t.clusters()); k++ {
				if !t.same(other, k) && !yield(k) {
					return
				}
			}
		}
	}
}

// inside is the part of p that lies inside of the table's size, and io.EOF if
// that is not all of it.
func (t *table) inside(p []byte, at int64) ([]byte, error) {
	if at < 0 {
		return nil, fs.ErrInvalid
	}
	if left := max(t.size-at, 0); int64(len(p)) > left {
		return p[:left], io.EOF
	}
	return p, nil
}

// readClusters is ReadAt by something that reads parts of clusters.
func (t *table) readClusters(p []byte, at int64, read func(k int, p []byte, off int64) error) (n int, err error) {
	p, end := t.inside(p, at)
	for n < len(p) {
		k, off := int(at/ClusterSize), at%ClusterSize
		part := p[n:][:min(len(p)-n, t.length(k)-int(off))]
		if err := read(k, part, off); err != nil {
			return n, err
		}
		n += len(part)
		at += int64(len(part))
	}
	return n, end
}
