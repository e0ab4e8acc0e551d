package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"strconv"
	"strings"
	"sync"

	"os"
)

const (
	lockFile        = "lock"
	temporarySuffix = ".tmp"
)

// A Store is the snapshots in a directory. It may be used by several
// goroutines. What it loads stays mapped until the process ends.
type Store struct {
	dir     string
	files   files
	workers int

	changing chan struct{} // holds a token while this process changes the store
	// For who has the token: the segments that can be read, and their pages.
	usable map[*segment]bool
	pages  pages

	mu       sync.Mutex
	segments map[id]*segment // those that were opened
	last     *placed         // the image that was saved or loaded last
}

// Progress is told about long work: bytes done of total.
type Progress func(done, total int64)

// Open returns the store in a directory, which Save makes if there is none.
func Open(dir string) *Store { return open(dir, directory(dir)) }

// Dir is the directory.
func (s *Store) Dir() string { return s.dir }

func open(dir string, f files) *Store {
	return &Store{
		dir: dir, files: f, workers: runtime.GOMAXPROCS(0),
		changing: make(chan struct{}, 1), segments: map[id]*segment{}, pages: pages{},
	}
}

// change gets hold of the store for a change. Within the process it waits.
func (s *Store) change(ctx context.Context) (done func(), err error) {
	select {
	case s.changing <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	lock, err := s.lock()
	if err != nil {
		<-s.changing
		return nil, err
	}
	return func() {
		lock.Close()
		<-s.changing
	}, nil
}

func (s *Store) lock() (file, error) {
	f, err := s.files.OpenLock(lockFile)
	if err != nil {
		return nil, err
	}
	switch free, err := f.Lock(); {
	case err != nil:
		f.Close()
		return nil, err
	case !free:
		defer f.Close()
		return nil, &BusyError{s.dir, pid(f)}
	}
	_ = f.Replace([]byte(strconv.Itoa(os.Getpid()) + "\n")) // on a full disk one must be able to delete
	return f, nil
}

// pid is what the process that has the lock wrote into it.
func pid(f file) string {
	p := make([]byte, 20)
	n, _ := f.ReadAt(p, 0) // nobody is helped by a reason why it cannot be read
	return strings.TrimSpace(string(p[:n]))
}

// segment opens a segment, or finds it open.
func (s *Store) segment(i id) (*segment, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if g := s.segments[i]; g != nil {
		return g, nil
	}
	g, err := openSegment(s.files, i)
	if err == nil {
		s.segments[i] = g
	}
	return g, err
}

// forget makes the store open a segment anew when it is needed again.
func (s *Store) forget(i id) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.segments, i)
}

// write makes a file that is either there, whole and on the disk, or not there.
func (s *Store) write(name string, data []byte) error {
	temporary := name + temporarySuffix
	f, err := s.files.Create(temporary)
	if err != nil {
		return err
	}
	err = f.Append([][]byte{data})
	if err == nil {
		err = f.Sync()
	}
	f.Close() // it is synced
	if err == nil {
		err = s.files.Rename(temporary, name)
	}
	if err != nil {
		s.files.Remove(temporary) // if not, the next change does
		return err
	}
	return s.files.Sync()
}

// A listing is what is in the directory.
type listing struct {
	manifests []string
	journals  []string
	segments  []id
	temporary []string
}

func (s *Store) list() (*listing, error) {
	names, err := s.files.Names()
	if err != nil {
		return nil, err
	}
	l := &listing{}
	for _, name := range names {
		if i, ok := parseID(name); ok {
			l.segments = append(l.segments, i)
		} else if isManifest(name) {
			l.manifests = append(l.manifests, name)
		} else if isJournal(name) {
			l.journals = append(l.journals, name)
		} else if strings.HasSuffix(name, temporarySuffix) {
			l.temporary = append(l.temporary, name)
		}
	}
	return l, nil
}

func missing(err error) bool { return errors.Is(err, fs.ErrNotExist) }

// notFound explains why a manifest is missing.
func (s *Store) notFound() error {
	return fmt.Errorf("%w in %s", ErrNotFound, s.dir)
}
