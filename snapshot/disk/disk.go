package disk

import (
	"fmt"
	"io"
	"io/fs"
	"sync"
)

// A Backing is where the content of a disk is, such as an *os.File. What it
// has behind the disk's size is not used. If it implements io.Seeker as files
// do, holes in it are found without reading them.
type Backing interface {
	io.ReaderAt
	io.WriterAt
	Sync() error
	Close() error
}

// Config is what there is to know about a backing.
type Config struct {
	Name string // for errors: that of the image file
	Size int64  // in bytes
	// ReadOnly is set if the guest may not write.
	ReadOnly bool
	// Ephemeral is set if what the guest writes stays in memory. The backing is
	// never written, then.
	Ephemeral bool
}

// A Disk is a medium that drives read and write. It may be used by several
// goroutines.
type Disk struct {
	config Config
	image  *image // nil if there is none

	mu    sync.Mutex
	epoch *epoch
	// table is what the disk holds. Of one that writes to its image, the image
	// holds it, too, but for what is lost.
	table
	// lost are the clusters that a restore has overwritten in the image and
	// could not put back.
	lost map[int]lost
	// unfinished is the restore that left them; nil if it is done.
	unfinished *unfinished
	recent     recent
}

// New makes a disk of what a backing holds.
func New(b Backing, c Config) *Disk {
	d := &Disk{config: c, image: &image{c.Name, b}, epoch: newEpoch()}
	d.table = newTable(c.Size, &place{image: d.image}, d.epoch)
	return d
}

// Over makes a disk that begins with some contents and is written in memory.
func Over(c *Contents) *Disk {
	return &Disk{config: Config{Size: c.size, Ephemeral: true}, epoch: newEpoch(), table: c.table.clone()}
}

// Name is that of the image; empty if there is none.
func (d *Disk) Name() string { return d.config.Name }

// Size implements the media of the drives.
func (d *Disk) Size() int64 { return d.config.Size }

// ReadOnly implements the media of the drives.
func (d *Disk) ReadOnly() bool { return d.config.ReadOnly }

// Capture is what the disk holds now. It copies nothing but pointers.
func (d *Disk) Capture() *Contents {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.epoch = newEpoch()
	return &Contents{d.table.clone()}
}

// ReadAt implements io.ReaderAt.
func (d *Disk) ReadAt(p []byte, at int64) (n int, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.inImage() && len(d.lost) == 0 {
		p, end := d.inside(p, at)
		if n, err = d.image.readAt(p, at); err == nil {
			err = end
		}
		return n, err
	}
	return d.readClusters(p, at, d.read)
}

// Ephemeral tells whether what is written stays in memory.
func (d *Disk) Ephemeral() bool { return d.config.Ephemeral }

// inImage tells whether all that the disk holds is in its image.
func (d *Disk) inImage() bool { return d.image != nil && !d.config.Ephemeral }

// read reads a part of a cluster.
func (d *Disk) read(k int, p []byte, off int64) error {
	if l, ok := d.lost[k]; ok {
		return l.old.read(k, d.length(k), p, off)
	}
	if d.inImage() {
		_, err := d.image.readAt(p, int64(k)*ClusterSize+off)
		return err
	}
	if at := d.place(k); at.source != nil && len(p) < d.length(k) {
		return d.recent.read(at, k, d.length(k), p, off)
	}
	return d.table.read(k, p, off)
}

// WriteAt implements io.WriterAt. A disk does not grow.
func (d *Disk) WriteAt(p []byte, at int64) (int, error) {
	switch {
	case d.config.ReadOnly:
		return 0, fs.ErrPermission
	case at < 0 || int64(len(p)) > d.config.Size-at:
		return 0, io.ErrShortWrite
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.inImage() {
		return d.writeCells(p, at)
	}
	for k := int(at / ClusterSize); int64(k)*ClusterSize < at+int64(len(p)); k++ {
		if err := d.release(k); err != nil {
			return 0, err
		}
	}
	return d.image.writeAt(p, at)
}

// release prepares a cluster of the image for being overwritten: contents that
// share it keep what it holds.
func (d *Disk) release(k int) error {
	if _, ok := d.lost[k]; ok {
		if err := d.mend(k); err != nil {
			return err
		}
	}
	g := d.group(k)
	if g.epoch == d.epoch && g.cells.Load() == nil {
		return nil
	}
	cells := d.ownGroup(k)
	old := &cells[k%groupSize]
	if (*old).epoch == d.epoch {
		return nil
	}
	if (*old).at.Load().image != nil {
		content := make([]byte, d.length(k))
		if _, err := d.image.readAt(content, int64(k)*ClusterSize); err != nil {
			return err
		}
		(*old).at.Store(inMemory(content, d.image))
	}
	*old = newCell(&place{image: d.image}, d.epoch)
	return nil
}

// writeCells writes to memory.
func (d *Disk) writeCells(p []byte, at int64) (n int, err error) {
	for n < len(p) {
		k, off := int(at/ClusterSize), at%ClusterSize
		part := p[n:][:min(len(p)-n, d.length(k)-int(off))]
		cells := d.ownGroup(k)
		c := cells[k%groupSize]
		if c.epoch != d.epoch {
			content := make([]byte, d.length(k))
			if len(part) < len(content) {
				if err := d.read(k, content, 0); err != nil {
					return n, err
				}
			}
			c = newCell(&place{data: content}, d.epoch)
			cells[k%groupSize] = c
		}
		n += copy(c.at.Load().data[off:], part)
		at += int64(len(part))
	}
	return n, nil
}

// ownGroup gives the cells of a cluster's group, for the disk alone to change.
func (d *Disk) ownGroup(k int) *[groupSize]*cell {
	g := d.group(k)
	if g.epoch != d.epoch {
		g = g.clone(d.epoch)
		d.groups[k/groupSize] = g
	}
	return g.fill()
}

// Sync brings what was written to the disk of the host.
func (d *Disk) Sync() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.sync()
}

func (d *Disk) sync() error {
	if d.config.ReadOnly || !d.inImage() {
		return nil
	}
	if err := d.finish(); err != nil {
		return err
	}
	return d.image.sync()
}

// Close closes the backing. Contents that have a part of it cannot be read any
// more.
func (d *Disk) Close() error {
	if d.image == nil {
		return nil
	}
	return d.image.close()
}

// An Error says which image could not be read or written, and where.
type Error struct {
	Image  string
	Op     string // read, write, sync, …
	Offset int64  // of a read or write; else -1
	Err    error
}

func (e *Error) Error() string {
	if e.Offset < 0 {
		return fmt.Sprintf("%s: %s: %v", e.Image, e.Op, e.Err)
	}
	return fmt.Sprintf("%s: %s at offset %#x: %v", e.Image, e.Op, e.Offset, e.Err)
}

func (e *Error) Unwrap() error { return e.Err }
