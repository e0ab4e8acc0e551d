package store

import "encoding/binary"

// pages finds the pages of segments by their content.
type pages map[uint64]ref

// key is part of a page's SHA-256. Two pages of the same key can be told apart
// by the rest of it.
func key(sum []byte) uint64 { return binary.LittleEndian.Uint64(sum) }

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
