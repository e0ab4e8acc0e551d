package keeper

import (
	"context"
	"fmt"
	"path/filepath"

	"toyvm/cmd/toyvm/internal/media"
	"toyvm/snapshot"
	"toyvm/snapshot/disk"
	"toyvm/snapshot/store"
)

// Load makes the machine and its disks what they were when the snapshot was
// taken. After an error all is as it was before.
func (k *Keeper) Load(ctx context.Context, tag string) error {
	if k.store == nil {
		return ErrNoStore
	}
	k.settle()
	progress, end := k.meter("loading " + tag)
	s, err := k.store.Load(ctx, tag, progress)
	end()
	if err != nil {
		return err
	}
	return k.Resume(s)
}

// Resume is Load of a snapshot that was read already.
func (k *Keeper) Resume(s *store.Snapshot) error {
	_, end := k.meter("restoring " + s.Tag)
	defer end()
	if err := k.become(s); err != nil {
		return fmt.Errorf("snapshot %q: %w", s.Tag, err)
	}
	k.parent = parent{s.Tag, s.ID}
	return nil
}

// become does all that can fail before anything that changes the machine.
func (k *Keeper) become(s *store.Snapshot) (err error) {
	if err := s.Image.Fits(k.machine); err != nil {
		return err
	}
	moves, err := k.moves(s.Image)
	defer func() {
		if err != nil {
			closeAll(moves)
		}
	}()
	if err != nil {
		return err
	}
	stage, err := k.machine.Fork()
	if err != nil {
		return err
	}
	if err := s.Image.Return(stage); err != nil {
		return err
	}
	if err := restore(k.store, s, moves); err != nil {
		return err
	}
	for _, m := range moves {
		if m.swap {
			if err := k.drives.Put(k.machine, m.drive, m.image); err != nil {
				return err
			}
		}
	}
	paused := k.machine.Paused()
	defer k.machine.SetPaused(paused) // that is the user's, not the snapshot's
	return s.Image.Return(k.machine)
}

// A move is what has to happen to a drive.
type move struct {
	drive    string
	image    *media.Image // what is going to be in it
	swap     bool         // which is not what is there now
	contents *disk.Contents
}

func closeAll(moves []move) {
	for _, m := range moves {
		if m.swap && m.image != nil {
			m.image.Close()
		}
	}
}

// moves finds out what has to happen to the drives. Images that are not in
// their drives are opened.
func (k *Keeper) moves(i *snapshot.Image) (moves []move, err error) {
	saved := map[string]snapshot.Disk{}
	for _, d := range i.Disks {
		saved[d.Drive] = d
	}
	for drive, now := range k.drives.Inside() {
		was, ok := saved[drive]
		if !ok {
			return moves, fmt.Errorf("%s: the snapshot's machine has no such drive", drive)
		}
		delete(saved, drive)
		m := move{drive: drive, image: now, contents: was.Contents}
		switch {
		case was.Size == 0:
			m.image, m.swap = nil, now != nil
		case now == nil || !same(now, &was):
			if m.image, err = k.open(drive, &was); err != nil {
				return moves, fmt.Errorf("%s: %w", drive, err)
			}
			m.swap = true
		}
		moves = append(moves, m)
		if m.image != nil && m.image.Size() != was.Size {
			return moves, fmt.Errorf("%s: %s has %d bytes, and had %d when the snapshot was taken", drive, m.image.Path(), m.image.Size(), was.Size)
		}
		if m.contents != nil && m.image.ReadOnly() {
			return moves, fmt.Errorf("%s: %s is read-only, and its contents must be restored; --ephemeral keeps them in memory", drive, m.image.Path())
		}
	}
	for drive := range saved {
		return moves, fmt.Errorf("%s: this machine has no such drive", drive)
	}
	return moves, nil
}

// same tells whether what is in a drive is the medium of a snapshot. A hard disk
// stays where it is, whatever its file is called now.
func same(now *media.Image, was *snapshot.Disk) bool {
	return now.Kind() == media.HardDisk || absolute(now.Path()) == was.Path && now.Size() == was.Size
}

func (k *Keeper) open(drive string, was *snapshot.Disk) (*media.Image, error) {
	if was.Path == "" {
		return media.InMemory(media.Floppy, was.Size, nil), nil
	}
	return k.drives.Open(drive, was.Path)
}

// absolute is the absolute path of an image, empty for one that is no file.
func absolute(path string) string {
	if path == "" {
		return ""
	}
	if a, err := filepath.Abs(path); err == nil {
		return a
	}
	return path
}
