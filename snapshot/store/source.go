package store

import (
	"fmt"

	"toyvm/snapshot"
)

// A diskSource reads a disk from segments. It reads files, not mapped memory:
// if it fails when the guest wants a sector, it is an error and not a fault.
type diskSource struct{ table *table }

// newDiskSource holds what it needs open.
func newDiskSource(fs files, t *fullTable) (*diskSource, error) {
	var err error
	t.use(func(s *segment, _, _ int) {
		if err == nil {
			err = s.hold(fs)
		}
	})
	return &diskSource{&t.table}, err
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
		if err := r.segment.read(r.page, &page); err != nil {
			return inSegment(r.segment.id, fmt.Errorf("page %d: %w", r.page, err))
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
