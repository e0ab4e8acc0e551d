package store

import (
	"io"
	"os"

	"golang.org/x/sys/unix"
)

const (
	mostParts = 1024    // that the kernel takes in one call
	writeBack = 4 << 20 // bytes
)

// writeParts writes parts at offset at without copying them together. Whenever
// writeBack bytes are there, the kernel is told to begin with the disk's work, so
// that little is left to do when the file is synced.
func writeParts(f *os.File, parts [][]byte, at int64) (written int64, err error) {
	for len(parts) > 0 {
		n, err := unix.Pwritev(int(f.Fd()), parts[:min(len(parts), mostParts)], at+written)
		switch {
		case err == unix.EINTR:
			continue
		case err == nil && n == 0:
			err = io.ErrShortWrite
		}
		if err != nil {
			return written, &os.PathError{Op: "write", Path: f.Name(), Err: err}
		}
		written += int64(n)
		parts = behind(parts, n)
	}
	if first, end := at/writeBack*writeBack, (at+written)/writeBack*writeBack; first < end {
		_ = unix.SyncFileRange(int(f.Fd()), first, end-first, unix.SYNC_FILE_RANGE_WRITE) // only a hint
	}
	return written, nil
}

// behind is what parts hold behind the first n bytes. It may change parts.
func behind(parts [][]byte, n int) [][]byte {
	for len(parts) > 0 && n >= len(parts[0]) {
		n -= len(parts[0])
		parts = parts[1:]
	}
	if n > 0 {
		parts[0] = parts[0][n:]
	}
	return parts
}

// Map maps the file, all of it at once: a page fault for each page would cost
// more than the reading.
func (f *osFile) Map() ([]byte, error) {
	size, err := f.Size()
	if err != nil || size == 0 {
		return nil, err
	}
	data, err := unix.Mmap(int(f.Fd()), 0, int(size), unix.PROT_READ, unix.MAP_SHARED|unix.MAP_POPULATE)
	if err != nil {
		return nil, &os.PathError{Op: "map", Path: f.Name(), Err: err}
	}
	return data, nil
}
