package disk

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
)

// A lost cluster is one that a restore has overwritten, and that is not what it
// was yet. The disk reads it from where it was put aside.
type lost struct {
	old *place
	was *place // of the cell, before it was put aside
}

// An unfinished restore has failed and is not undone yet, or its journal could
// not be ended. Until it is undone, the journal is not ended: after a crash it is
// better to have the disks as they should have become than anything between.
type unfinished struct {
	mu      sync.Mutex
	disks   map[*Disk]bool // that are not what they were
	journal Journal        // nil if there is none
}

// done tells that a disk is what it was.
func (u *unfinished) done(d *Disk) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.disks, d)
	if len(u.disks) > 0 || u.journal == nil {
		return nil
	}
	err := u.journal.End()
	if err == nil {
		u.journal = nil
	}
	return err
}

// putBack makes all images what they were.
func putBack(restores []*restore, j Journal) error {
	u := &unfinished{journal: j, disks: map[*Disk]bool{}}
	for _, r := range restores {
		if r.written == 0 {
			continue
		}
		r.unfinished, u.disks[r.Disk] = u, true
		r.lost = map[int]lost{}
		for _, w := range r.writes[:r.written] {
			r.lost[w.k] = lost{w.old, w.was}
		}
	}
	if len(u.disks) == 0 {
		return u.done(nil)
	}
	var errs []error
	for _, r := range restores {
		errs = append(errs, r.finish())
	}
	return errors.Join(errs...)
}

// finish does what is left to do of a restore.
func (d *Disk) finish() error {
	if d.unfinished == nil {
		return nil
	}
	var errs []error
	for k := range d.lost {
		errs = append(errs, d.mend(k))
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	if err := d.image.sync(); err != nil {
		return err
	}
	if err := d.unfinished.done(d); err != nil {
		return err
	}
	d.unfinished = nil
	return nil
}

// mend writes a lost cluster, but only blocks that have changed: where there was
// no space to change a block there may be none to put it back.
func (d *Disk) mend(k int) error {
	l, at := d.lost[k], int64(k)*ClusterSize
	want, has := make([]byte, d.length(k)), make([]byte, d.length(k))
	if err := l.old.read(k, len(want), want, 0); err != nil {
		return err
	}
	if _, err := d.image.readAt(has, at); err != nil {
		return err
	}
	changed := func(off int) bool {
		end := min(off+blockSize, len(want))
		return !bytes.Equal(has[off:end], want[off:end])
	}
	for from := 0; from < len(want); from += blockSize {
		to := from
		for to < len(want) && changed(to) {
			to += blockSize
		}
		if to == from {
			continue
		}
		if _, err := d.image.writeAt(want[from:min(to, len(want))], at+int64(from)); err != nil {
			return err
		}
		from = to
	}
	if l.was.image != nil {
		l.was = &place{image: d.image}
	}
	d.group(k).fill()[k%groupSize].at.Store(l.was)
	delete(d.lost, k)
	return nil
}

// asideInMemory is how much of a disk is put aside in memory, in bytes.
const asideInMemory = 32 << 20

// aside is where the content of clusters goes that are to be overwritten.
type aside struct {
	image *image
	dir   string // for a file; empty if there is to be none
	held  int    // in memory
	file  *place
}

func (a *aside) put(k int, content []byte) (*place, error) {
	if a.held+len(content) <= asideInMemory || a.dir == "" {
		at := inMemory(bytes.Clone(content), a.image)
		a.held += len(at.data)
		return at, nil
	}
	if a.file == nil {
		f, err := newScratch(a.dir)
		if err != nil {
			return nil, fmt.Errorf("space to put aside what %s has: %w", a.image.name, err)
		}
		a.file = &place{source: f, home: a.image}
	}
	if err := a.file.source.(*scratch).writeCluster(k, content); err != nil {
		return nil, fmt.Errorf("space to put aside what %s has: %w", a.image.name, err)
	}
	return a.file, nil
}

// A scratch file has clusters where the disk has them. It goes away when nobody
// refers to it.
type scratch struct{ file *os.File }

func newScratch(dir string) (*scratch, error) {
	f, err := os.CreateTemp(dir, "aside-*.tmp")
	if err != nil {
		return nil, err
	}
	s := &scratch{f}
	if os.Remove(f.Name()) != nil { // some systems keep the names of open files
		runtime.AddCleanup(s, func(f *os.File) { f.Close(); os.Remove(f.Name()) }, f)
	}
	return s, nil
}

func (s *scratch) writeCluster(k int, content []byte) error {
	_, err := s.file.WriteAt(content, int64(k)*ClusterSize)
	return err
}

// ReadCluster implements Source.
func (s *scratch) ReadCluster(index int64, p []byte) error {
	_, err := s.file.ReadAt(p, index*ClusterSize)
	return err
}
