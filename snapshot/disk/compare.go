package disk

import "bytes"

// Finish makes a backing what contents say, and syncs it. It does what a
// restore still had to do that was killed after it had begun its journal.
func Finish(name string, b Backing, c *Contents) error {
	i := &image{name, b}
	unknown := func(int) bool { return false }
	err := i.compare(c, unknown, func(k int, _, want []byte) error {
		_, err := i.writeAt(want, int64(k)*ClusterSize)
		return err
	})
	if err != nil {
		return err
	}
	return i.sync()
}

// compare calls differ with the content of each cluster in the image that is
// not what it has in contents, and what that is.
func (i *image) compare(c *Contents, known func(k int) bool, differ func(k int, has, want []byte) error) error {
	var (
		has, want = make([]byte, ClusterSize), make([]byte, ClusterSize)
		hole      holes
	)
	data := -1 // all of c from the present cluster up to there is zeros
	for k := range c.clusters() {
		if known(k) {
			continue
		}
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
