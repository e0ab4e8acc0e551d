package store

import (
	"context"
	"fmt"
)

// Delete removes a snapshot and gives back the space that no other one needs. A
// damaged snapshot can be deleted, too. When it returns, the snapshot is gone
// unless the error says why it is not.
func (s *Store) Delete(ctx context.Context, tag string) error {
	if err := checkTag(tag); err != nil {
		return err
	}
	if names, err := s.files.Names(); err == nil && len(names) == 0 {
		return inSnapshot(tag, s.notFound())
	}
	done, err := s.change(ctx)
	if err != nil {
		return inSnapshot(tag, err)
	}
	defer done()
	name := manifestName(tag)
	if _, err := s.replaceable(name, tag); err != nil {
		return inSnapshot(tag, err)
	}
	if err := s.files.Remove(name); err != nil {
		if missing(err) {
			err = s.notFound()
		}
		return inSnapshot(tag, err)
	}
	if err := s.files.Sync(); err != nil {
		return inSnapshot(tag, err)
	}
	if err := s.collect(ctx); err != nil {
		return inSnapshot(tag, fmt.Errorf("it is deleted, but its space is not given back yet: %w", err))
	}
	return nil
}
