package disk

import "io"

// Fork is a second disk that begins with what this one holds now. What either
// writes the other does not see.
func (d *Disk) Fork() interface {
	io.ReaderAt
	io.WriterAt
	Size() int64
	ReadOnly() bool
} {
	fork := Over(d.Capture())
	fork.config.ReadOnly = d.ReadOnly()
	return fork
}
