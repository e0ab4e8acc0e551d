package store

import (
	"cmp"
	"slices"
)

// Entry is a snapshot in a list.
type Entry struct {
	Info
	// Size is what the snapshot needs of the disk, and Own what of that no
	// other snapshot needs, which deleting it gives back.
	Size, Own int64
	// Err is why the snapshot cannot be loaded, if that is known without looking
	// at its pages.
	Err error
}

// List tells what snapshots there are, the oldest first.
func (s *Store) List() ([]Entry, error) {
	scanned, err := s.scan()
	if err != nil {
		return nil, err
	}
	scanned.manifests = scanned.snapshots()
	entries := make([]Entry, len(scanned.manifests))
	for i, m := range scanned.manifests {
		entries[i] = Entry{Info: m.Info, Size: m.size, Own: m.size, Err: m.err}
	}
	for _, g := range scanned.segments {
		for n, user := range g.users {
			size := int64(g.entries[n].length)
			if 0 < user && int(user) <= len(entries) {
				entries[user-1].Own += size
			}
		}
	}
	for i, m := range scanned.manifests {
		for g, needed := range m.needs {
			for n := range g.entries {
				if needed.has(n) {
					entries[i].Size += int64(g.entries[n].length)
				}
			}
		}
	}
	slices.SortStableFunc(entries, func(a, b Entry) int {
		return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.Tag, b.Tag))
	})
	return entries, nil
}

// Info tells about one snapshot.
func (s *Store) Info(tag string) (Info, error) {
	if err := checkTag(tag); err != nil {
		return Info{}, err
	}
	m, err := readManifest(s.files, manifestName(tag), tag)
	if missing(err) {
		err = s.notFound()
	}
	if err != nil {
		return Info{}, inSnapshot(tag, err)
	}
	return m.Info, nil
}
