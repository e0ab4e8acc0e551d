// Package media opens the images that go into the drives of a machine: plain
// files with one sector after the other. Images in other formats, and files
// that cannot be disks, are refused with what to do about it.
//
// An image that the guest may write is locked, so that no two machines write
// it; those that only read it share it.
package media

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"toyvm/snapshot/disk"
)

// ErrInUse is why an image cannot be opened that somebody writes, or be written
// that somebody has open.
var ErrInUse = errors.New("it is in use by another machine, or by another drive of this one")

// Options say how to open an image.
type Options struct {
	// Ephemeral keeps what the guest writes in memory: the file stays as it is.
	Ephemeral bool
	// ReadOnly keeps the guest from writing.
	ReadOnly bool
}

// An Image is a disk, and what is known about its file.
type Image struct {
	*disk.Disk
	kind    Kind
	warning string
}

// Open opens an image as a kind of medium, or as what it looks like if that is
// Any.
func Open(path string, kind Kind, options Options) (*Image, error) {
	file, readOnly, err := openFile(path, kind == CDROM || options.Ephemeral || options.ReadOnly)
	if err != nil {
		return nil, explain(path, err)
	}
	kind, size, err := identify(path, file, kind)
	if err == nil && kind == CDROM && !readOnly && !options.Ephemeral {
		// It looked like a disk until now, and its lock should not keep others
		// from reading.
		file.Close()
		return Open(path, CDROM, options)
	}
	if err == nil {
		err = lock(file, !readOnly)
	}
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	c := disk.Config{Name: path, Size: size, ReadOnly: kind == CDROM || options.ReadOnly || readOnly && !options.Ephemeral}
	c.Ephemeral = options.Ephemeral && !c.ReadOnly
	i := &Image{Disk: disk.New(file, c), kind: kind}
	if c.ReadOnly && kind != CDROM && !options.ReadOnly {
		i.warning = path + " is read-only, and so it is for the guest; chmod u+w makes it writable, --ephemeral keeps writes in memory"
	}
	return i, nil
}

// OpenFile opens the file of an image to write it, which nobody else may have
// open.
func OpenFile(path string) (*os.File, error) {
	file, readOnly, err := openFile(path, false)
	if err == nil && readOnly {
		file.Close()
		err = fs.ErrPermission
	}
	if err != nil {
		return nil, explain(path, err)
	}
	if err := lock(file, true); err != nil {
		file.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return file, nil
}

// InMemory makes a medium that is no file: content, and zeros behind it up to
// size. What the guest writes is forgotten.
func InMemory(kind Kind, size int64, content []byte) *Image {
	return &Image{Disk: disk.Over(disk.FromBytes(size, content)), kind: kind}
}

// openFile opens a file for writing if that is wanted and it may be written.
// Its permissions count for the superuser, too.
func openFile(path string, onlyRead bool) (file *os.File, readOnly bool, err error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, false, err
	case info.IsDir():
		return nil, false, errors.New("it is a directory, not a disk image")
	case info.Mode()&(fs.ModeNamedPipe|fs.ModeSocket|fs.ModeCharDevice) != 0:
		return nil, false, errors.New("it is not a file with a disk image in it")
	}
	if !onlyRead && info.Mode()&0o222 != 0 {
		file, err = os.OpenFile(path, os.O_RDWR, 0)
		if err == nil {
			return file, false, nil
		}
	}
	file, err = os.Open(path)
	return file, true, err
}

func explain(path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s: there is no such file", path)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%s: it may not be read: its permissions forbid it", path)
	}
	if pathError := new(fs.PathError); errors.As(err, &pathError) {
		err = pathError.Err
	}
	return fmt.Errorf("%s: %w", path, err)
}

// Path is the file's name, empty if there is no file.
func (i *Image) Path() string { return i.Name() }

// Kind is what the image is used as, never Any.
func (i *Image) Kind() Kind { return i.kind }

// Warning is what the user should know about the image, or empty.
func (i *Image) Warning() string { return i.warning }
