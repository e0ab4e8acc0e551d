package store

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"sync"
	"time"

	"toyvm/snapshot"
)

// A Snapshot is an image that is in a store.
type Snapshot struct {
	Info
	Image *snapshot.Image

	manifest []byte // its file
}

// Save stores an image under a tag; one that had the tag before is replaced at
// the moment when all of the new one is on the disk. After an error, also that
// of a cancelled context, all is as it was, unless the disk failed after that
// moment.
//
// What is equal to the image that was saved or loaded last costs nothing.
func (s *Store) Save(ctx context.Context, tag string, image *snapshot.Image, meta Meta, progress Progress) (*Snapshot, error) {
	if err := checkTag(tag); err != nil {
		return nil, err
	}
	if err := s.files.Make(); err != nil {
		return nil, inSnapshot(tag, err)
	}
	done, err := s.change(ctx)
	if err != nil {
		return nil, inSnapshot(tag, err)
	}
	defer done()
	sn, err := s.save(ctx, tag, image, meta, progress)
	return sn, inSnapshot(tag, err)
}

func (s *Store) save(ctx context.Context, tag string, image *snapshot.Image, meta Meta, progress Progress) (*Snapshot, error) {
	name := manifestName(tag)
	replaces, err := s.replaceable(name, tag)
	if err != nil {
		return nil, err
	}
	pieces, description, err := takeApart(image.Sections)
	if err != nil {
		return nil, err
	}
	if err := s.look(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	before := s.last
	s.mu.Unlock()
	p := planImage(image, description, before, s.has)
	b := newBuilder(s.files, p.total/pageSize)
	defer b.discard()
	if err := s.fill(ctx, p, b, progress); err != nil {
		return nil, err
	}
	meta.beginPreview()
	fresh, err := b.finish()
	if err != nil {
		return nil, err
	}
	// The new segment's name must be on the disk before it is referred to. So
	// must those of others, which may be left over from a save that died.
	if err := s.files.Sync(); err != nil {
		return nil, err
	}
	if meta.Created.IsZero() {
		meta.Created = time.Now()
	}
	meta.endPreview()
	m := &manifest{devices: pieces, Info: Info{
		Tag: tag, ID: newID(), Meta: meta,
		Settings: image.Settings, Clock: image.Clock, Instructions: image.Instructions,
	}}
	tables := p.tables()
	bases, err := s.bases(tables...)
	if err != nil {
		return nil, err
	}
	data, err := m.encode(tables, bases)
	if err != nil {
		return nil, err
	}
	if err := s.write(name, data); err != nil {
		return nil, err
	}
	s.mu.Lock()
	if fresh != nil {
		s.segments[fresh.id] = fresh
		if len(s.pages) == 0 {
			s.usable, s.pages = map[*segment]bool{fresh: true}, b.pages
		}
	}
	s.last = place(image, tables)
	s.mu.Unlock()
	s.keepDisks(image, tables)
	if replaces {
		_ = s.collect(ctx) // all is saved; if not now, a Delete gives the space back
	}
	return &Snapshot{m.Info, image, data}, nil
}

// keepDisks lets the disks of a saved image read from the store what their files
// no longer have.
func (s *Store) keepDisks(image *snapshot.Image, tables []*fullTable) {
	for _, d := range image.Disks {
		for _, t := range tables {
			if t.kind != tableDisk || t.name != d.Drive || d.Contents == nil {
				continue
			}
			if source, err := s.newDiskSource(t); err == nil { // else they keep it in memory
				d.Contents.StoredIn(source)
			}
		}
	}
}

// replaceable tells whether there is a snapshot of the tag, which may be
// damaged. It refuses to replace what a newer program wrote.
func (s *Store) replaceable(name, tag string) (replaces bool, err error) {
	_, err = readManifest(s.files, name, tag)
	var newer *VersionError
	if errors.As(err, &newer) {
		return false, err
	}
	return !missing(err), nil
}

// newID is a name that no other snapshot has.
func newID() string {
	id := make([]byte, 16)
	rand.Read(id) // never fails
	return hex.EncodeToString(id)
}

// fill finds out about all strips of a plan and has their pages written. The
// strips are looked at by several workers and written in order.
func (s *Store) fill(ctx context.Context, p *plan, b *builder, progress Progress) error {
	ctx, cancel := context.WithCancel(ctx)
	var workers sync.WaitGroup
	check := newIntact(s)
	defer func() {
		cancel()
		workers.Wait()
		check.close()
	}()

	todo := make(chan *strip, 4*s.workers)
	order := make(chan *strip, 4*s.workers)
	workers.Go(func() {
		defer close(order)
		defer close(todo)
		for _, strip := range p.strips {
			strip.done = make(chan struct{})
			select {
			case order <- strip:
				todo <- strip
			case <-ctx.Done():
				return
			}
		}
	})
	for range s.workers {
		workers.Go(func() {
			w := &finder{pages: s.pages, intact: check}
			for strip := range todo {
				if ctx.Err() == nil {
					strip.err = w.find(strip)
				}
				close(strip.done)
			}
		})
	}
	written := int64(0)
	for strip := range order {
		<-strip.done
		if err := errors.Join(ctx.Err(), strip.err); err != nil {
			return err
		}
		written += int64(len(strip.numbers)) * pageSize
		if err := b.add(strip); err != nil {
			return err
		}
		if progress != nil {
			progress(written, p.total)
		}
	}
	return ctx.Err()
}
