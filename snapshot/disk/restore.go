package disk

import (
	"fmt"
	"io/fs"
	"slices"
)

// A Change is a disk, and what it is to become.
type Change struct {
	Disk *Disk
	To   *Contents
}

// A Journal is a note that survives a crash: these disks are about to become
// that. Whoever finds one makes it true, with [Finish].
type Journal interface {
	// Begin writes the note durably. If that fails, there is none.
	Begin() error
	// End removes it durably. If that fails, it is tried again whenever a disk is
	// synced.
	End() error
}

// A SizeError says that contents do not fit a disk.
type SizeError struct {
	Image      string
	Disk, Want int64
}

func (e *SizeError) Error() string {
	return fmt.Sprintf("%s has %d bytes, but the contents for it have %d", e.Image, e.Disk, e.Want)
}

// Restore makes the disk equal to contents, or leaves it as it is. See
// [RestoreAll].
func (d *Disk) Restore(c *Contents) error { return RestoreAll([]Change{{d, c}}, "", nil) }

// RestoreAll makes disks equal to contents, all of them or none. Only clusters
// are written that differ, and only those are compared that are not known to be
// the same.
//
// What is overwritten is put aside before, in memory or in a file in the
// directory scratch, unless that is empty. If there is a journal, it is begun
// before the first write and ended when all images are synced, or when an error
// made them what they were. As long as it cannot be ended, no disk can be
// synced: what is written to it would not survive a crash. Without a journal
// nothing is synced.
func RestoreAll(changes []Change, scratch string, j Journal) error {
	var restores []*restore
	for i, c := range changes {
		if c.To.size != c.Disk.Size() {
			return &SizeError{c.Disk.Name(), c.Disk.Size(), c.To.size}
		}
		if slices.ContainsFunc(changes[:i], func(o Change) bool { return o.Disk == c.Disk }) {
			return fmt.Errorf("%s: it cannot become two things at once", c.Disk.Name())
		}
		restores = append(restores, &restore{Disk: c.Disk, to: c.To})
		c.Disk.mu.Lock()
		defer c.Disk.mu.Unlock()
	}
	touched := false
	for _, r := range restores {
		if err := r.prepare(scratch); err != nil {
			return err
		}
		touched = touched || len(r.writes) > 0
	}
	if touched {
		if err := writeAll(restores, j); err != nil {
			return err
		}
	}
	for _, r := range restores {
		r.adopt()
	}
	return nil
}

// writeAll makes all images what they are to become, or what they were.
func writeAll(restores []*restore, j Journal) error {
	if j != nil {
		if err := j.Begin(); err != nil {
			return err
		}
	}
	for _, r := range restores {
		if err := r.write(j != nil); err != nil {
			if back := putBack(restores, j); back != nil {
				return fmt.Errorf("%w; and what was there could not be put back: %w", err, back)
			}
			return err
		}
	}
	if j != nil && j.End() != nil {
		// Nobody knows whether the note is still there, so nothing may be undone.
		u := &unfinished{journal: j}
		for _, r := range restores {
			r.unfinished = u
		}
	}
	return nil
}

// A restore is one disk of several on its way to what it is to become.
type restore struct {
	*Disk
	to      *Contents
	writes  []write
	written int // of them
}

// A write is a cluster to be overwritten.
type write struct {
	k        int
	from, to int    // what differs
	old      *place // where its content was put aside
	was      *place // where it was, if it was written
}

// prepare finds out what is to be written, and puts aside what is there.
func (r *restore) prepare(scratch string) error {
	if !r.inImage() {
		return nil
	}
	if err := r.finish(); err != nil {
		return err
	}
	aside := aside{image: r.image, dir: scratch}
	return r.image.compare(r.to, r.to.changed(&r.table), func(k int, old, want []byte) error {
		if r.config.ReadOnly {
			return &Error{r.Name(), "write", int64(k) * ClusterSize, fs.ErrPermission}
		}
		at, err := aside.put(k, old)
		w := write{k: k, old: at}
		w.from, w.to = difference(old, want)
		r.writes = append(r.writes, w)
		return err
	})
}

// write makes the image what it is to become.
func (r *restore) write(sync bool) error {
	buffer := make([]byte, ClusterSize)
	for i := range r.writes {
		w := &r.writes[i]
		content := buffer[:r.length(w.k)]
		if err := r.to.table.read(w.k, content, 0); err != nil {
			return err
		}
		cell := r.group(w.k).fill()[w.k%groupSize]
		w.was = cell.at.Swap(w.old)
		r.written++
		if _, err := r.image.writeAt(content[w.from:w.to], int64(w.k)*ClusterSize+int64(w.from)); err != nil {
			return err
		}
	}
	if sync && r.written > 0 {
		return r.image.sync()
	}
	return nil
}

// adopt makes the cells that the contents have those of the disk, which holds
// the same now. So it is known next time.
func (r *restore) adopt() {
	if !r.inImage() {
		r.table = r.to.table.clone()
		return
	}
	written := r.writes
	for i, g := range r.groups {
		var changed [groupSize]bool
		for len(written) > 0 && written[0].k/groupSize == i {
			changed[written[0].k%groupSize] = true
			written = written[1:]
		}
		r.groups[i] = r.adoptGroup(g, r.to.groups[i], &changed)
	}
}

// adoptGroup is what becomes of a group of the disk. All cells of it that are
// in the image and do not stay in it need another place.
func (d *Disk) adoptGroup(has, to *group, changed *[groupSize]bool) *group {
	if has == to {
		return has
	}
	if at := to.origin.Load(); to.cells.Load() == nil && at.stored() && has.move(at) {
		return to
	}
	cells, all := *to.fill(), true
	for i, old := range has.fill() {
		at := cells[i].at.Load()
		switch {
		case cells[i] == old:
		case at.stored():
			if !changed[i] {
				old.at.Store(at)
			}
		case at.home == d.image && changed[i]:
			cells[i].at.Store(&place{image: d.image})
		case changed[i]:
			// It may be in the image of another disk, which may be closed.
			cells[i], all = newCell(&place{image: d.image}, d.epoch), false
		default:
			cells[i], all = old, false
		}
	}
	if all {
		return to
	}
	return groupOf(cells, d.epoch)
}
