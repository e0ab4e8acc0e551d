// Package keeper keeps snapshots of a machine that runs: savevm, loadvm and
// delvm, with the contents of its disks.
package keeper

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"toyvm/cmd/toyvm/internal/media"
	"toyvm/machine"
	"toyvm/snapshot"
	"toyvm/snapshot/store"
)

// Drives are where the disks of a machine are.
type Drives interface {
	// Inside gives the drives by name with what is in them, or nil.
	Inside() iter.Seq2[string, *media.Image]
	// Open opens an image for a drive.
	Open(drive, path string) (*media.Image, error)
	// Put puts an image into a drive for removable media and closes the one that
	// was in it; nil empties the drive.
	Put(m *machine.Machine, drive string, i *media.Image) error
}

// A Keeper keeps snapshots of one machine in one store. It is used between two
// runs of the machine only, but what it began may go on while the machine runs.
type Keeper struct {
	machine *machine.Machine
	drives  Drives
	store   *store.Store

	// Meter, if it is not nil, shows how far saving and loading is.
	Meter Meter

	parent parent
	saving *Saving // the last one
}

// A Meter begins to show how far something is: what progress is told, until end.
type Meter func(what string) (progress store.Progress, end func())

func (k *Keeper) meter(what string) (progress store.Progress, end func()) {
	if k.Meter == nil {
		return nil, func() {}
	}
	return k.Meter(what)
}

// parent is the snapshot that the machine runs on from.
type parent struct{ tag, id string }

// ErrNoStore says that there is nowhere to keep snapshots.
var ErrNoStore = errors.New("there is no disk image to keep snapshots beside; --store DIR says where to")

// New keeps snapshots in a store, which may be nil if there is no place for one.
func New(m *machine.Machine, d Drives, s *store.Store) *Keeper {
	return &Keeper{machine: m, drives: d, store: s}
}

// A Saving is a snapshot on its way to the disk, while the machine runs on.
type Saving struct {
	Tag  string
	done chan struct{}
	err  error
	id   string
}

// Done is closed when the snapshot is on the disk, or has failed to get there.
func (s *Saving) Done() <-chan struct{} { return s.done }

// Wait waits for that and returns what went wrong.
func (s *Saving) Wait() error {
	<-s.done
	return s.err
}

// Save takes a snapshot under a tag, by default one made of the time, and begins
// to store it. One that has the tag already is replaced.
func (k *Keeper) Save(ctx context.Context, tag, note string) (*Saving, error) {
	if k.store == nil {
		return nil, ErrNoStore
	}
	k.settle()
	if tag == "" {
		tag = time.Now().Format("vm-20060102150405")
	}
	image, err := k.capture()
	if err != nil {
		return nil, fmt.Errorf("snapshot %q: %w", tag, err)
	}
	s := &Saving{Tag: tag, done: make(chan struct{})}
	k.saving = s
	meta := store.Meta{Created: time.Now(), Parent: k.parent.tag, ParentID: k.parent.id, Note: note, Preview: func() (string, []byte) { return preview(image) }}
	go func() {
		defer close(s.done)
		progress, end := k.meter("saving " + tag)
		defer end()
		var saved *store.Snapshot
		if saved, s.err = k.store.Save(ctx, tag, image, meta, progress); s.err == nil {
			s.id = saved.ID
		}
	}()
	return s, nil
}

// capture takes an image of the machine and its disks.
func (k *Keeper) capture() (*snapshot.Image, error) {
	image, err := snapshot.Capture(k.machine)
	if err != nil {
		return nil, err
	}
	for drive, medium := range k.drives.Inside() {
		d := snapshot.Disk{Drive: drive}
		if medium != nil {
			d.Path, d.ReadOnly, d.Size = absolute(medium.Path()), medium.ReadOnly(), medium.Size()
			if !d.ReadOnly {
				d.Contents = medium.Capture()
			}
		}
		image.Disks = append(image.Disks, d)
	}
	return image, nil
}

// settle waits for the snapshot that is being stored. If it is, the machine
// runs on from it.
func (k *Keeper) settle() {
	if s := k.saving; s != nil {
		if s.Wait() == nil {
			k.parent = parent{s.Tag, s.id}
		}
		k.saving = nil
	}
}

// Delete removes a snapshot.
func (k *Keeper) Delete(ctx context.Context, tag string) error {
	if k.store == nil {
		return ErrNoStore
	}
	k.settle()
	return k.store.Delete(ctx, tag)
}

// List tells what snapshots there are.
func (k *Keeper) List() ([]store.Entry, error) {
	if k.store == nil {
		return nil, nil
	}
	k.settle()
	return k.store.List()
}

// Close waits until everything is stored.
func (k *Keeper) Close() error {
	if k.saving == nil {
		return nil
	}
	return k.saving.Wait()
}
