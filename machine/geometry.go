package machine

import (
	"encoding/binary"
	"io"

	"toyvm/devices/ata"
)

// Translations of a BIOS for disks with more than 1024 cylinders, as CMOS 39h
// has them.
const (
	translateNone  = 0
	translateLBA   = 1
	translateLarge = 2
)

// maxLarge is the greatest number of cylinders times heads for which heads
// can be doubled until 1024 cylinders are enough.
const maxLarge = 131072

// diskGeometry chooses how a disk is divided: as whoever partitioned it thought
// it to be, or by its size.
func diskGeometry(media ata.Media) (g ata.Geometry, translation uint8) {
	sectors := (media.Size() + 511) / 512
	g = ata.GeometryOf(sectors)
	guess, found := partitionGeometry(media, sectors)
	switch {
	case !found && g.Cylinders <= 1024 && g.Heads <= 16 && g.Sectors <= 63:
		return g, translateNone
	case found && guess.Heads <= 16:
		// The table holds what the disk itself says.
		return guess, translateNone
	case g.Cylinders*g.Heads <= maxLarge:
		return g, translateLarge
	default:
		return g, translateLBA
	}
}

// partitionGeometry finds out from the partition table how many heads and
// sectors the program had that wrote it: partitions end with a cylinder.
func partitionGeometry(media ata.Media, sectors int64) (g ata.Geometry, ok bool) {
	var mbr [512]byte
	if n, err := media.ReadAt(mbr[:], 0); n < len(mbr) && err != io.EOF {
		return g, false
	}
	if mbr[510] != 0x55 || mbr[511] != 0xaa {
		return g, false
	}
	for i := range 4 {
		entry := mbr[446+16*i:]
		endHead, endSector := int64(entry[5]), int64(entry[6]&63)
		if binary.LittleEndian.Uint32(entry[12:]) == 0 || endHead == 0 || endSector == 0 {
			continue
		}
		cylinders := sectors / ((endHead + 1) * endSector)
		if cylinders >= 1 && cylinders <= 16383 {
			return ata.Geometry{Cylinders: int(cylinders), Heads: int(endHead + 1), Sectors: int(endSector)}, true
		}
	}
	return g, false
}
