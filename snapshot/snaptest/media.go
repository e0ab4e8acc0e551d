package snaptest

import (
	"toyvm/devices/fdc"
	"toyvm/machine"
	"toyvm/snapshot/disk"
)

// Floppy is a drive with a floppy that begins with some content. It has the
// size of the smallest usual format of 1440 KiB or more that holds it. What the
// guest writes stays in memory.
func Floppy(content []byte) machine.Floppy {
	const usual = 1440 << 10
	size := fdc.FormatOf(max(usual, int64(len(content)))).Size()
	return machine.Floppy{Present: true, Medium: disk.Over(disk.FromBytes(size, content))}
}

// HardDisk is a hard disk of a size that begins with some content. What the
// guest writes stays in memory.
func HardDisk(size int64, content []byte) machine.Drive {
	return machine.Drive{Kind: machine.HardDisk, Media: disk.Over(disk.FromBytes(size, content))}
}
