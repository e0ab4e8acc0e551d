//go:build linux || freebsd || darwin

package disk

import (
	"errors"
	"io"
	"math"

	"golang.org/x/sys/unix"
)

// nextData asks the file system.
func nextData(s io.Seeker, at int64) int64 {
	data, err := s.Seek(at, unix.SEEK_DATA)
	switch {
	case errors.Is(err, unix.ENXIO):
		return math.MaxInt64 // none up to the end
	case err != nil || data < at:
		return at
	}
	return data
}
