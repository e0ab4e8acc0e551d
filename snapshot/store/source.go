package store

import (
	"toyvm/snapshot"
)

// A diskSource reads a disk from mapped segments.
type diskSource struct{ table *table }

func newDiskSource(t *fullTable) *diskSource { return &diskSource{&t.table} }

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
		if err := r.segment.entries[r.page].unpack(r.segment.stored(r.page), &page); err != nil {
			return inSegment(r.segment.id, err)
		}
		copy(part, page[:])
	}
	return nil
}

// NextData implements disk.SparseSource.
func (d *diskSource) NextData(index int64) int64 {
	for n := index * clusterPages; n < d.table.pages; {
		r := d.table.runs[d.table.find(n)]
		if r.kind != runZero {
			return n / clusterPages
		}
		n = r.first + r.count
	}
	return d.table.pages // behind the last cluster
}
