package store

import (
	"sync"

	"toyvm/snapshot"
)

// intact tells whether stored pages are what they were, so that a snapshot does
// not come to rely on damaged ones. It reads files instead of mapping them: what
// is mapped takes space until the process ends, also if it is removed.
type intact struct {
	store *Store

	mu   sync.Mutex
	open map[*segment]file
}

func newIntact(s *Store) *intact { return &intact{store: s, open: map[*segment]file{}} }

// check uses buf, which must have room for a page.
func (c *intact) check(r ref, buf []byte) bool {
	_, err := c.read(r, buf)
	if err == nil && r.differs() {
		if r, err = r.base(c.store.segment); err == nil {
			_, err = c.read(r, buf)
		}
	}
	return err == nil
}

// full finds the page that another one, which was placed before, may be stored
// as a difference from, and reads it.
func (c *intact) full(r ref, buf []byte, to *snapshot.Page) (ref, error) {
	var err error
	if r.differs() {
		if r, err = r.base(c.store.segment); err != nil {
			return r, err
		}
	}
	stored, err := c.read(r, buf)
	if err == nil {
		err = r.segment.entries[r.page].unpack(stored, to)
	}
	return r, err
}

// read returns what is stored of a page, in buf.
func (c *intact) read(r ref, buf []byte) ([]byte, error) {
	f, err := c.file(r.segment)
	if err != nil {
		return nil, err
	}
	e := &r.segment.entries[r.page]
	stored := buf[:e.length]
	if err := readAt(f, stored, r.segment.offsets[r.page]); err != nil {
		return nil, err
	}
	return stored, e.verify(stored)
}

// file opens a segment's file, which stays open.
func (c *intact) file(s *segment) (file, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f, ok := c.open[s]
	if ok {
		return f, nil
	}
	f, err := c.store.files.Open(s.id.file())
	if err == nil {
		c.open[s] = f
	}
	return f, err
}

func (c *intact) close() {
	for _, f := range c.open {
		f.Close()
	}
}
