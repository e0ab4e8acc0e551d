package store

import (
	"io"
	"os"
	"path/filepath"
)

// files is what the store asks of its directory. Tests put another one in its
// place that fails, dies and forgets what was not synced.
type files interface {
	// Make makes the directory if there is none.
	Make() error
	Names() ([]string, error)
	Open(name string) (file, error)
	// Create makes a new file or empties an old one.
	Create(name string) (file, error)
	// OpenLock opens a file that is there to be locked, and makes it if need be.
	OpenLock(name string) (file, error)
	Rename(from, to string) error
	Remove(name string) error
	// Sync makes renames and removals outlive a power cut.
	Sync() error
}

type file interface {
	io.ReaderAt
	io.Closer
	Size() (int64, error)
	// Append writes parts, one behind the other, at the end of the file.
	Append(parts [][]byte) error
	// Replace makes p all there is in the file.
	Replace(p []byte) error
	Sync() error
	// Map gives the whole file as memory that is valid for good.
	Map() ([]byte, error)
	// Lock takes the file for this process; false if another one has it. It is
	// given back by Close, or when the process ends.
	Lock() (bool, error)
}

// directory is files of the operating system.
type directory string

func (d directory) path(name string) string { return filepath.Join(string(d), name) }

func (d directory) Make() error {
	if err := os.Mkdir(string(d), 0o755); err != nil {
		if os.IsExist(err) {
			return nil
		}
		return err
	}
	return syncDirectory(filepath.Dir(filepath.Clean(string(d))))
}

func (d directory) Names() ([]string, error) {
	entries, err := os.ReadDir(string(d))
	if os.IsNotExist(err) {
		return nil, nil
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names, err
}

func (d directory) Open(name string) (file, error) {
	return opened(os.Open(d.path(name)))
}

func (d directory) Create(name string) (file, error) {
	return opened(os.OpenFile(d.path(name), os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o644))
}

func (d directory) OpenLock(name string) (file, error) {
	return opened(os.OpenFile(d.path(name), os.O_RDWR|os.O_CREATE, 0o644))
}

func opened(f *os.File, err error) (file, error) {
	if err != nil {
		return nil, err
	}
	return &osFile{File: f}, nil
}

func (d directory) Rename(from, to string) error { return os.Rename(d.path(from), d.path(to)) }
func (d directory) Remove(name string) error     { return os.Remove(d.path(name)) }
func (d directory) Sync() error                  { return syncDirectory(string(d)) }

// osFile is a file of the operating system.
type osFile struct {
	*os.File
	end int64 // where Append goes on
}

func (f *osFile) Size() (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

func (f *osFile) Append(parts [][]byte) error {
	n, err := writeParts(f.File, parts, f.end)
	f.end += n
	return err
}

func (f *osFile) Replace(p []byte) error {
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err := f.WriteAt(p, 0)
	return err
}
