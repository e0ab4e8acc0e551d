//go:build !linux

package store

import (
	"io"
	"os"
)

func writeParts(f *os.File, parts [][]byte, at int64) (written int64, err error) {
	for _, p := range parts {
		n, err := f.WriteAt(p, at+written)
		written += int64(n)
		if err != nil {
			return written, err
		}
	}
	return written, nil
}

// Map reads the file: what is mapped could not be removed everywhere.
func (f *osFile) Map() ([]byte, error) {
	size, err := f.Size()
	if err != nil {
		return nil, err
	}
	data := make([]byte, size)
	_, err = io.ReadFull(io.NewSectionReader(f, 0, size), data)
	return data, err
}
