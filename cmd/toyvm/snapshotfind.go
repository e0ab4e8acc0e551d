package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"toyvm/cmd/toyvm/internal/monitor"
	"toyvm/snapshot/store"
)

// snapshots are those that a command is about.
type snapshots struct {
	// image is the disk image that they belong to; empty if only the store is
	// known.
	image string
	store *store.Store
}

var errNoStore = errors.New("there is no such directory")

// findSnapshots opens the store in a directory or, if that is empty, that of
// the disk image in the first argument. It returns the other arguments.
func findSnapshots(dir string, args []string) (*snapshots, []string, error) {
	if dir != "" {
		err := checkStore(dir)
		if errors.Is(err, os.ErrNotExist) {
			err = fmt.Errorf("--store %s: %w", dir, errNoStore)
		}
		return &snapshots{store: store.Open(dir)}, args, err
	}
	image := args[0]
	info, missing := os.Stat(image)
	if missing == nil && info.IsDir() {
		return nil, nil, fmt.Errorf("%s: it is a directory, not a disk image; --store %[1]s takes the snapshots in it", image)
	}
	dir = image + storeSuffix
	err := checkStore(dir)
	if errors.Is(err, os.ErrNotExist) {
		err = nil // there are none yet
		if missing != nil {
			err = fmt.Errorf("%s: there is no such file, and no %s either", image, dir)
		}
	}
	return &snapshots{image, store.Open(dir)}, args[1:], err
}

// checkStore tells whether there is a directory.
func checkStore(dir string) error {
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		err = fmt.Errorf("%s: it is a file, not a directory with snapshots", dir)
	}
	return err
}

// load reads a snapshot.
func (s *snapshots) load(c *cobra.Command, tag string) (*store.Snapshot, error) {
	progress, end := progressOn(c.ErrOrStderr())("reading " + tag)
	defer end()
	loaded, err := s.store.Load(c.Context(), tag, progress)
	return loaded, s.explain(tag, err)
}

// explain adds to the error about a snapshot that there is not what there is.
func (s *snapshots) explain(tag string, err error) error {
	if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	list, listErr := s.store.List()
	if listErr == nil && len(list) == 0 {
		return fmt.Errorf("%w; there are none yet, savevm at the monitor takes one", err)
	}
	var tags []string
	for _, e := range list {
		tags = append(tags, e.Tag)
	}
	return fmt.Errorf("%w%s", err, monitor.DidYouMean(tag, tags))
}

// find tells about one snapshot.
func (s *snapshots) find(tag string) (*store.Entry, error) {
	list, err := s.store.List()
	if err != nil {
		return nil, err
	}
	for i := range list {
		if list[i].Tag == tag {
			return &list[i], nil
		}
	}
	return nil, s.explain(tag, fmt.Errorf("snapshot %q: %w in %s", tag, store.ErrNotFound, s.store.Dir()))
}
