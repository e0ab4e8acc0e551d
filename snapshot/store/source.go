package store

import "toyvm/snapshot"

// A diskSource reads a disk from segments. It reads files, not mapped memory:
// if it fails when the guest wants a sector, it is an error and not a fault.
type diskSource struct {
	table *table
	bases map[ref]ref
}

// newDiskSource holds what it needs open.
func (s *Store) newDiskSource(t *fullTable) (*diskSource, error) {
	bases, err := s.bases(t)
	hold := func(g *segment, _, _ int) {
		if err == nil {
			err = g.hold(s.files)
		}
	}
	t.use(hold)
	for _, b := range bases {
		hold(b.segment, 0, 0)
	}
	return &diskSource{&t.table, bases}, err
}

// ReadCluster implements disk.Source.
func (d *diskSource) ReadCluster(index int64, p []byte) error {
	var page snapshot.Page
	for n := index * clusterPages; len(p) > 0; n++ {
		r := d.table.at(n)
		part := p[:min(len(p), pageSize)]
		p = p[len(part):]
		if r.segment == nil {
			clear(part)
			continue
		}
		if err := r.read(d.bases[r], &page); err != nil {
			return err
		}
		copy(part, page[:])
	}
	return nil
}

// NextData implements disk.SparseSource.
func (d *diskSource) NextData(index int64) int64 {
	for n := index * clusterPages; n < d.table.pages; {
		r := &d.table.runs[d.table.find(n)]
		if r.kind != runZero {
			return n / clusterPages
		}
		n = r.first + r.count
	}
	return d.table.pages // behind the last cluster
}
