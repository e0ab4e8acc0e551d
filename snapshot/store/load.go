package store

import (
	"context"
	"fmt"
	"slices"

	"toyvm/snapshot"
	"toyvm/snapshot/disk"
)

// rereads is how often a manifest is read again because a segment that it
// refers to was removed meanwhile by a process that changes the store.
const rereads = 10

// Load returns the snapshot with the given tag. Everything is checked before:
// the manifest, and each page with its checksum. Pages that are stored as they
// are stay in the file, which is mapped; so are disks.
func (s *Store) Load(ctx context.Context, tag string, progress Progress) (*Snapshot, error) {
	if err := checkTag(tag); err != nil {
		return nil, err
	}
	sn, err := s.loadFile(ctx, manifestName(tag), tag, progress)
	if missing(err) {
		err = s.notFound()
	}
	return sn, inSnapshot(tag, err)
}

// loadFile loads what a manifest describes.
func (s *Store) loadFile(ctx context.Context, name, tag string, progress Progress) (*Snapshot, error) {
	for try := 0; ; try++ {
		data, err := readFile(s.files, name)
		if err != nil {
			return nil, err
		}
		m, err := checkManifest(data, name, tag)
		if err != nil {
			return nil, err
		}
		sn, err := s.loadImage(ctx, m, data, progress)
		if missing(err) && try < rereads {
			for _, i := range m.segments {
				s.forget(i)
			}
			continue
		}
		return sn, gone(err)
	}
}

// gone says what it means that a segment is missing.
func gone(err error) error {
	if missing(err) {
		return damaged("a segment is missing: %v", err)
	}
	return err
}

// resolve finds the segments of a manifest and checks that they have the pages
// that it refers to.
func (s *Store) resolve(m *manifest) ([]*fullTable, error) {
	segments := make([]*segment, len(m.segments))
	for n, i := range m.segments {
		var err error
		if segments[n], err = s.segment(i); err != nil {
			return nil, err
		}
	}
	var tables []*fullTable
	for _, w := range m.tables {
		t, err := resolve(w.wire, segments)
		if err != nil {
			return nil, fmt.Errorf("%v: %w", &w, err)
		}
		tables = append(tables, &fullTable{w, t})
	}
	return tables, nil
}

// String says what a table is about.
func (t *wireTable) String() string {
	switch t.kind {
	case tableMemory:
		return "memory block " + t.name
	case tableDisk:
		return "disk " + t.name
	case tableFirmware:
		return "firmware " + t.name
	default:
		return "description of the devices"
	}
}

// loadImage checks the pages of a manifest and makes an image of them.
func (s *Store) loadImage(ctx context.Context, m *manifest, data []byte, progress Progress) (*Snapshot, error) {
	tables, err := s.resolve(m)
	if err != nil {
		return nil, err
	}
	u, err := s.check(ctx, tables, progress)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	before := s.last
	s.mu.Unlock()
	if before == nil {
		before = &placed{image: &snapshot.Image{}}
	}
	image := &snapshot.Image{Settings: m.Settings, Clock: m.Clock, Instructions: m.Instructions}
	for _, t := range tables {
		switch t.kind {
		case tableMemory:
			image.Memory = append(image.Memory, snapshot.Memory{Name: t.name, Pages: u.memory(t, before)})
		case tableDisk:
			d := snapshot.Disk{Drive: t.name, Path: t.path, ReadOnly: t.readOnly, Size: t.size}
			if t.contents {
				if d.Contents, err = s.contents(t, before); err != nil {
					return nil, err
				}
			}
			image.Disks = append(image.Disks, d)
		case tableFirmware:
			image.Firmware = append(image.Firmware, snapshot.File{Name: t.name, Data: u.bytes(t)})
		case tableDescription:
			if image.Sections, err = putTogether(m.devices, u.bytes(t)); err != nil {
				return nil, err
			}
		}
	}
	s.mu.Lock()
	s.last = place(image, tables)
	s.mu.Unlock()
	return &Snapshot{m.Info, image, data}, nil
}

// memory is the pages of a table. Those that are where they were in the image
// before are the same pages.
func (u *usage) memory(t *fullTable, before *placed) []*snapshot.Page {
	all := make([]*snapshot.Page, t.pages)
	for _, r := range t.runs {
		if r.kind == runZero {
			continue
		}
		of := u.segments[r.segment]
		for n := r.first; n < r.first+r.count; n++ {
			all[n] = of.pages[r.at(n).page]
		}
	}
	old := slices.IndexFunc(before.image.Memory, func(m snapshot.Memory) bool { return m.Name == t.name })
	if old < 0 {
		return all
	}
	pages := before.image.Memory[old].Pages
	each(t, before.tables[tableKey{t.kind, t.name}], func(n int64) {
		if n < int64(len(pages)) && pages[n] != nil {
			all[n] = pages[n]
		}
	})
	return all
}

// bytes is the content of a table.
func (u *usage) bytes(t *fullTable) []byte {
	var data []byte
	for _, page := range u.memory(t, &placed{image: &snapshot.Image{}}) {
		if page == nil {
			page = &zeroPage
		}
		data = append(data, page[:]...)
	}
	return data[:t.size]
}

// contents makes a disk of a table. Clusters that are where they were in the
// image before are known to be the same.
func (s *Store) contents(t *fullTable, before *placed) (*disk.Contents, error) {
	source, err := newDiskSource(s.files, t)
	if err != nil {
		return nil, err
	}
	old := slices.IndexFunc(before.image.Disks, func(d snapshot.Disk) bool {
		return d.Drive == t.name && d.Contents != nil && d.Contents.Size() == t.size
	})
	if old < 0 {
		return disk.FromSource(t.size, source), nil
	}
	c := before.image.Disks[old].Contents.With(source, differing(t, before.tables[tableKey{t.kind, t.name}]))
	c.StoredIn(source) // where they are now may be an image that is closed
	return c, nil
}
