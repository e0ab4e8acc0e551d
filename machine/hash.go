package machine

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"io"

	"toyvm/cpu"
	"toyvm/vmstate"
)

// Hash is a digest of everything that a guest could ever tell apart: the
// sections as they are saved, the memory blocks, and the contents of the hard
// disks and floppies, which are read whole. Equal machines that were given the
// same image, input and number of instructions have the same hash. What waits
// in the input queue does not count.
func (m *Machine) Hash() (sum [sha256.Size]byte, err error) {
	h := sha256.New()
	for _, s := range m.Sections() {
		if !s.Needed() {
			continue
		}
		e := vmstate.NewEncoder(nil)
		if err := s.Save(e); err != nil {
			return sum, err
		}
		hashPart(h, fmt.Sprintf("%s %d %d", s.Name, s.Instance, s.Version()), int64(len(e.Bytes())))
		h.Write(e.Bytes())
	}
	for _, b := range m.Blocks() {
		hashPart(h, b.Name, int64(b.Size))
		var page [cpu.PageSize]byte
		for at := 0; at < b.Size; at += cpu.PageSize {
			b.RAM.Read(at, page[:])
			h.Write(page[:])
		}
	}
	for i, f := range m.config.Floppies {
		if f.Medium != nil {
			if err := hashMedium(h, fmt.Sprintf("floppy %d", i), f.Medium); err != nil {
				return sum, err
			}
		}
	}
	for i, d := range m.config.Drives {
		if d.Kind == HardDisk {
			if err := hashMedium(h, fmt.Sprintf("drive %d", i), d.Media); err != nil {
				return sum, err
			}
		}
	}
	h.Sum(sum[:0])
	return sum, nil
}

// hashPart begins a part, so that no two lists of parts look alike.
func hashPart(h hash.Hash, name string, size int64) {
	h.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(name))))
	io.WriteString(h, name)
	h.Write(binary.LittleEndian.AppendUint64(nil, uint64(size)))
}

func hashMedium(h hash.Hash, name string, medium interface {
	io.ReaderAt
	Size() int64
}) error {
	hashPart(h, name, medium.Size())
	if _, err := io.Copy(h, io.NewSectionReader(medium, 0, medium.Size())); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
