package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"toyvm/snapshot"
)

const (
	journalPrefix = "restore-"
	journalSuffix = ".journal"
	journalLock   = ".lock"
)

func isJournal(name string) bool {
	return strings.HasPrefix(name, journalPrefix) && strings.HasSuffix(name, journalSuffix)
}

// A Target is an image file that is to get the contents of a drive in a
// snapshot.
type Target struct {
	Drive string `json:"drive"`
	Path  string `json:"path"`
}

// A Restore is the restoring of disks to what they were in a snapshot. As long
// as it is not ended, the store keeps what it needs, also if the snapshot is
// deleted, and Pending returns it when the process that began it is gone.
type Restore struct {
	Info
	Disks []Target

	store *Store
	name  string // of the journal, which is a manifest itself
	lock  file   // held as long as the process is at it
}

// Begin notes, on the disk, that image files are about to be written.
func (s *Store) Begin(ctx context.Context, sn *Snapshot, disks []Target) (*Restore, error) {
	done, err := s.change(ctx)
	if err != nil {
		return nil, inSnapshot(sn.Tag, err)
	}
	defer done()
	r, err := s.begin(sn, disks)
	return r, inSnapshot(sn.Tag, err)
}

func (s *Store) begin(sn *Snapshot, disks []Target) (*Restore, error) {
	m, tables, err := s.present(sn)
	if err != nil {
		return nil, err
	}
	m.targets = append([]Target{}, disks...)
	data, err := m.encode(tables)
	if err != nil {
		return nil, err
	}
	r := &Restore{Info: sn.Info, Disks: disks, store: s, name: journalPrefix + newID() + journalSuffix}
	if _, err := r.take(); err != nil {
		return nil, err
	}
	if err := s.write(r.name, data); err != nil {
		// The note may be there all the same, and nobody should find it.
		s.files.Remove(r.name)
		r.finish()
		return nil, err
	}
	return r, nil
}

// present finds out where the pages of a snapshot are now: they may have been
// moved since it was loaded.
func (s *Store) present(sn *Snapshot) (*manifest, []*fullTable, error) {
	l, err := s.list()
	if err != nil {
		return nil, nil, err
	}
	m, err := parseManifest(sn.manifest)
	if err != nil {
		return nil, nil, err
	}
	if !slices.ContainsFunc(m.segments, func(i id) bool { return !slices.Contains(l.segments, i) }) {
		tables, err := s.resolve(m)
		return m, tables, err
	}
	m, err = readManifest(s.files, manifestName(sn.Tag), sn.Tag)
	if missing(err) || err == nil && m.ID != sn.ID {
		err = fmt.Errorf("it was deleted since it was loaded: %w", ErrNotFound)
	}
	if err != nil {
		return nil, nil, err
	}
	tables, err := s.resolve(m)
	return m, tables, err
}

// take locks the journal; false if another process is at it.
func (r *Restore) take() (bool, error) {
	f, err := r.store.files.OpenLock(r.name + journalLock)
	if err != nil {
		return false, err
	}
	free, err := f.Lock()
	if !free {
		f.Close()
		return false, err
	}
	r.lock = f
	return true, nil
}

// Pending returns what processes began and did not end that are gone. Each is
// to be done again from the start and ended.
func (s *Store) Pending() ([]*Restore, error) {
	l, err := s.list()
	if err != nil {
		return nil, err
	}
	var pending []*Restore
	for _, name := range l.journals {
		r := &Restore{store: s, name: name}
		free, err := r.take()
		if err != nil {
			return pending, err
		}
		if !free {
			continue
		}
		data, err := readFile(s.files, name)
		if missing(err) { // it was ended just now
			r.finish()
			continue
		}
		var m *manifest
		if err == nil {
			m, err = parseManifest(data)
		}
		if err != nil {
			r.Leave()
			return pending, fmt.Errorf("%s: %w", name, err)
		}
		r.Info, r.Disks = m.Info, m.targets
		pending = append(pending, r)
	}
	return pending, nil
}

// Load returns the snapshot that disks are restored to.
func (r *Restore) Load(ctx context.Context, progress Progress) (*snapshot.Image, error) {
	sn, err := r.store.loadFile(ctx, r.name, r.Tag, progress)
	if err != nil {
		return nil, inSnapshot(r.Tag, err)
	}
	return sn.Image, nil
}

// End notes that the image files are written and synced.
func (r *Restore) End() error {
	if err := r.store.files.Remove(r.name); err != nil && !missing(err) { // it may be tried again
		return err
	}
	if err := r.store.files.Sync(); err != nil {
		return err
	}
	r.finish()
	return nil
}

// finish gives up the lock of a journal that is gone.
func (r *Restore) finish() {
	r.lock.Close()
	r.store.files.Remove(r.name + journalLock) // it does no harm where it is
}

// Leave gives the restore up without ending it, so that Pending finds it.
func (r *Restore) Leave() { r.lock.Close() }
