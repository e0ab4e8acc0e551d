package media

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"toyvm/devices/fdc"
)

// A Kind is a kind of medium.
type Kind uint8

// The kinds of media.
const (
	Any Kind = iota // what the image looks like
	Floppy
	HardDisk
	CDROM
)

func (k Kind) String() string { return [...]string{"medium", "floppy", "hard disk", "CD-ROM"}[k] }

const (
	sectorSize  = 512
	volumeLabel = 0x8001 // where a CD says what it is
	maxFloppy   = 80 * 2 * 36 * sectorSize
	// maxSize is how far 32 bits of sector number reach, all that partition
	// tables and systems of the time have.
	maxSize = 1 << 32 * sectorSize
)

// identify looks at a file and decides whether it can be such a medium, and how
// large it is.
func identify(path string, file *os.File, kind Kind) (k Kind, size int64, err error) {
	size, err = file.Seek(0, io.SeekEnd)
	if err != nil {
		return kind, 0, err
	}
	if err := foreign(path, file); err != nil {
		return kind, 0, err
	}
	if kind == Any {
		kind = look(file, size)
	}
	switch {
	case size == 0:
		err = errors.New("it is empty; \"truncate -s 64M FILE\" makes an empty hard disk")
	case size%sectorSize != 0:
		err = fmt.Errorf("its %d bytes are not a whole number of sectors of 512; \"truncate -s %%512 %s\" pads it", size, path)
	case size > maxSize:
		err = fmt.Errorf("it has %d GiB, more than the 2048 that a machine with 32-bit sector numbers can use", size>>30)
	case kind == Floppy && size > maxFloppy && fdc.FormatOf(size).Size() != size:
		err = fmt.Errorf("its %d KiB do not fit on a floppy, which has up to 2880; --hda takes it as a hard disk", size>>10)
	}
	return kind, size, err
}

// look finds out what an image of a disk is. CDs say so; a floppy is known by
// its size.
func look(r io.ReaderAt, size int64) Kind {
	var label [5]byte
	if n, _ := r.ReadAt(label[:], volumeLabel); n == len(label) && string(label[:]) == "CD001" {
		return CDROM
	}
	if fdc.FormatOf(size).Size() == size {
		return Floppy
	}
	return HardDisk
}

// foreignFormats are files that hold a disk, but not sector by sector.
var foreignFormats = []struct{ start, name, advice string }{
	{"QFI\xfb", "a QCOW image", convert},
	{"KDMV", "a VMDK image", convert},
	{"vhdxfile", "a VHDX image", convert},
	{"conectix", "a VHD image", convert},
	{"<<< ", "a VDI image", convert},
	{"\x1f\x8b", "compressed", "unpack it with gunzip"},
	{"\xfd7zXZ\x00", "compressed", "unpack it with unxz"},
	{"BZh", "compressed", "unpack it with bunzip2"},
	{"\x28\xb5\x2f\xfd", "compressed", "unpack it with unzstd"},
	{"PK\x03\x04", "a ZIP archive", "unpack it with unzip"},
}

const convert = "\"qemu-img convert -O raw FILE disk.img\" makes a plain one"

func foreign(path string, r io.ReaderAt) error {
	var start [8]byte
	n, err := r.ReadAt(start[:], 0)
	if err != nil && err != io.EOF {
		return explainRead(err)
	}
	for _, f := range foreignFormats {
		if bytes.HasPrefix(start[:n], []byte(f.start)) {
			return fmt.Errorf("it is %s, not a plain disk image; %s", f.name, f.advice)
		}
	}
	return nil
}

func explainRead(err error) error {
	if pathError := new(os.PathError); errors.As(err, &pathError) {
		err = pathError.Err
	}
	return fmt.Errorf("it cannot be read: %w", err)
}
