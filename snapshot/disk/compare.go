package disk

import (
	"bytes"
	"iter"
)

// Finish makes a backing what contents say, and syncs it. It does what a
// restore still had to do that was killed after it had begun its journal.
func Finish(name string, b Backing, c *Contents) error {
	i := &image{name, b}
	err := i.compare(c, c.all, func(k int, has, want []byte) error {
		from, to := difference(has, want)
		_, err := i.writeAt(want[from:to], int64(k)*ClusterSize+int64(from))
		return err
	})
	if err != nil {
		return err
	}
	return i.sync()
}

// compare looks which of some clusters are not in the image what they are in
// contents, and calls differ with what the image has and what it should.
func (i *image) compare(c *Contents, clusters iter.Seq[int], differ func(k int, has, want []byte) error) error {
	var (
		has, want = make([]byte, ClusterSize), make([]byte, ClusterSize)
		hole      holes
	)
	data := -1 // all of c from the present cluster up to there is zeros
	for k := range clusters {
		if data < k {
			data = c.NextData(k)
		}
		if k < data && hole.in(i, k) {
			continue
		}
		has, want := has[:c.length(k)], want[:c.length(k)]
		if err := c.table.read(k, want, 0); err != nil {
			return err
		}
		if _, err := i.readAt(has, int64(k)*ClusterSize); err != nil {
			return err
		}
		if bytes.Equal(has, want) {
			continue
		}
		if err := differ(k, has, want); err != nil {
			return err
		}
	}
	return nil
}

// blockSize is a size that the blocks of file systems are multiples of.
const blockSize = 512

// difference is the part from the first to the last block that differs. There
// must be one.
func difference(a, b []byte) (from, to int) {
	to = len(a)
	for from+blockSize < to && bytes.Equal(a[from:from+blockSize], b[from:from+blockSize]) {
		from += blockSize
	}
	for last := (to - 1) / blockSize * blockSize; last > from && bytes.Equal(a[last:to], b[last:to]); last -= blockSize {
		to = last
	}
	return from, to
}
