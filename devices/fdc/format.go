package fdc

// A Format is how the sectors of a disk are laid out.
type Format struct {
	Tracks  int // on a side
	Heads   int
	Sectors int // on a track
}

// Data rates as in DSR and CCR.
const (
	rate500 = 0
	rate300 = 1
	rate250 = 2
	rate1M  = 3
)

// formats are those that have a name, by size.
var formats = []Format{
	{40, 1, 8},  // 160 KB
	{40, 1, 9},  // 180 KB
	{40, 2, 8},  // 320 KB
	{40, 2, 9},  // 360 KB
	{80, 2, 9},  // 720 KB
	{80, 2, 15}, // 1.2 MB
	{80, 2, 18}, // 1.44 MB
	{80, 2, 21}, // 1.68 MB
	{82, 2, 21}, // 1.72 MB
	{80, 2, 36}, // 2.88 MB
}

// FormatOf is the format of an image with the given size: one that it fits
// exactly, if need be with more tracks than usual, or else the first that is
// large enough. Of an image larger than all, the first 2.88 MB are used.
func FormatOf(size int64) Format {
	for _, f := range formats {
		if f.Size() == size {
			return f
		}
	}
	for _, sectors := range []int{18, 21, 9, 10, 15, 20, 24, 36} {
		for tracks := 80; tracks <= 84; tracks++ {
			if f := (Format{tracks, 2, sectors}); f.Size() == size {
				return f
			}
		}
	}
	for _, f := range formats {
		if f.Size() > size {
			return f
		}
	}
	return formats[len(formats)-1]
}

// Size is the size of an image in bytes.
func (f Format) Size() int64 { return int64(f.Tracks*f.Heads*f.Sectors) * sectorSize }

// DriveType is the type of the drive that such disks are made for, as the
// CMOS has it: 1 for 360 KB, 2 for 1.2 MB, 3 for 720 KB, 4 for 1.44 MB, 5 for
// 2.88 MB.
func (f Format) DriveType() uint8 {
	switch {
	case f.Tracks <= 42:
		return 1
	case f.Sectors <= 10:
		return 3
	case f.Sectors <= 15:
		return 2
	case f.Sectors <= 21:
		return 4
	default:
		return 5
	}
}

func (f Format) rate() uint8 {
	switch f.DriveType() {
	case 1:
		return rate300
	case 3:
		return rate250
	case 5:
		return rate1M
	default:
		return rate500
	}
}
