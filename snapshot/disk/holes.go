package disk

import "io"

// holes is what was found out last about where an image has no data.
type holes struct {
	image    *image
	from, to int64 // clusters
}

// in tells whether a cluster lies in a hole of the image.
func (h *holes) in(i *image, k int) bool {
	if k := int64(k); h.image != i || k < h.from || k >= h.to {
		*h = holes{i, k, i.nextData(k*ClusterSize) / ClusterSize}
	}
	return int64(k) < h.to
}

// nextData is the first offset from one on where the image may hold something
// else than zeros.
func (i *image) nextData(at int64) int64 {
	seeker, ok := i.backing.(io.Seeker)
	if !ok {
		return at
	}
	return nextData(seeker, at)
}
