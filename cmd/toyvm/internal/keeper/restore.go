package keeper

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"toyvm/cmd/toyvm/internal/media"
	"toyvm/snapshot"
	"toyvm/snapshot/disk"
	"toyvm/snapshot/store"
)

// restore makes disks what they were in a snapshot, all of them or none: if the
// process dies in the middle, Finish does the rest.
func restore(from *store.Store, s *store.Snapshot, moves []move) error {
	var (
		changes []disk.Change
		targets []store.Target
	)
	for _, m := range moves {
		if m.contents == nil {
			continue
		}
		changes = append(changes, disk.Change{Disk: m.image.Disk, To: m.contents})
		if !m.image.Ephemeral() {
			targets = append(targets, store.Target{Drive: m.drive, Path: absolute(m.image.Path())})
		}
	}
	if targets == nil {
		return disk.RestoreAll(changes, "", nil)
	}
	return disk.RestoreAll(changes, from.Dir(), &journal{store: from, snapshot: s, targets: targets})
}

// journal is the note of a store that images are about to be written.
type journal struct {
	store    *store.Store
	snapshot *store.Snapshot
	targets  []store.Target
	restore  *store.Restore
}

func (j *journal) Begin() (err error) {
	j.restore, err = j.store.Begin(context.Background(), j.snapshot, j.targets)
	return err
}

func (j *journal) End() error { return j.restore.End() }

// Finish completes what a process had begun to restore when it died. What it did
// it tells. The image that the machine is run from may have another name now.
func Finish(from *store.Store, image string, tell func(string)) error {
	pending, err := from.Pending()
	for _, r := range pending {
		if err != nil {
			r.Leave()
			continue
		}
		if err = finish(from, image, r); err != nil {
			err = fmt.Errorf("loading snapshot %q was interrupted, and cannot be completed: %w", r.Tag, err)
			r.Leave()
			continue
		}
		tell(fmt.Sprintf("loading snapshot %q was interrupted; its disks are now as they were in it", r.Tag))
	}
	return err
}

func finish(from *store.Store, renamed string, r *store.Restore) error {
	image, err := r.Load(context.Background(), nil)
	if err != nil {
		return err
	}
	for _, t := range r.Disks {
		for _, d := range image.Disks {
			if d.Drive != t.Drive || d.Contents == nil {
				continue
			}
			if err := write(present(from, renamed, t.Path, d.Size), &d); err != nil {
				return err
			}
		}
	}
	return r.End()
}

// present is where an image is now. If it is gone, it may have been moved
// together with the snapshots, or renamed.
func present(from *store.Store, renamed, path string, size int64) string {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return path
	}
	moved := filepath.Join(filepath.Dir(absolute(from.Dir())), filepath.Base(path))
	for _, now := range []string{moved, renamed} {
		if info, err := os.Stat(now); err == nil && info.Size() == size {
			return now
		}
	}
	return path
}

// write completes a file. One that has been deleted needs nothing.
func write(path string, d *snapshot.Disk) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case info.Size() != d.Size:
		return fmt.Errorf("%s has %d bytes, and had %d; move it away to give up what was begun", path, info.Size(), d.Size)
	}
	f, err := media.OpenFile(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return disk.Finish(path, f, d.Contents)
}
