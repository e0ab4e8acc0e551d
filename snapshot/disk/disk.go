// Package disk is the contents of a disk as a value: a [Disk] is what a drive
// of the machine reads and writes, [Contents] is how one was at an instant.
package disk

// ClusterSize is the unit in which contents are shared, in bytes. The last
// cluster of a disk may be shorter.
const ClusterSize = 64 << 10

// Contents is what a disk held at an instant. It does not change.
type Contents struct {
	size int64
}

// Size is the length in bytes.
func (c *Contents) Size() int64 { return c.size }
