package ata

import (
	"fmt"
	"io"
)

// Media is the content of a disk or a CD. Errors of the host become errors
// that the guest sees. If it has a method Sync() error, the commands that
// flush the cache call it.
type Media interface {
	io.ReaderAt
	io.WriterAt
	// Size is the length in bytes. A last sector that it cuts off reads as if
	// padded with zeros.
	Size() int64
	ReadOnly() bool
}

const (
	sectorSize   = 512
	cdSectorSize = 2048
)

// sectorsOf is how many sectors hold the medium.
func sectorsOf(m Media, size int64) int64 {
	if m == nil {
		return 0
	}
	return (max(m.Size(), 0) + size - 1) / size
}

// readMedia fills p from offset at and returns how many bytes are good. The
// padding behind the end of the medium is good.
func readMedia(m Media, p []byte, at int64) int {
	inside := int(min(max(m.Size()-at, 0), int64(len(p))))
	if n, _ := m.ReadAt(p[:inside], at); n < inside {
		return n
	}
	clear(p[inside:])
	return len(p)
}

// A Geometry is how a disk is divided for CHS addresses.
type Geometry struct {
	Cylinders int // 1 to 65535
	Heads     int // 1 to 16
	Sectors   int // per track, 1 to 255
}

// What a disk of any size is divided into, and how far CHS addresses reach.
const (
	defaultHeads   = 16
	defaultSectors = 63
	maxCylinders   = 16383
)

// GeometryOf is the division of a disk with the given number of sectors that
// BIOSes and systems expect.
func GeometryOf(sectors int64) Geometry {
	cylinders := min(max(sectors/(defaultHeads*defaultSectors), 1), maxCylinders)
	return Geometry{Cylinders: int(cylinders), Heads: defaultHeads, Sectors: defaultSectors}
}

func (g Geometry) check() error {
	if g.Cylinders < 1 || g.Cylinders > 0xffff || g.Heads < 1 || g.Heads > 16 || g.Sectors < 1 || g.Sectors > 255 {
		return fmt.Errorf("geometry of %d cylinders, %d heads, %d sectors: at most 65535, 16 and 255, and none of them 0",
			g.Cylinders, g.Heads, g.Sectors)
	}
	return nil
}
