package snapshot

import (
	"fmt"
	"iter"

	"toyvm/vmstate"
)

// A Board is a machine that images are taken of. Its pages have the size of a
// [Page].
type Board interface {
	// Settings lists names and values of what the machine was built from.
	Settings() iter.Seq2[string, string]
	// Sections lists everything that has state, in the order to load it in.
	Sections() []*vmstate.Section
	// MemoryBlocks gives names and sizes of all memory blocks, the largest first.
	MemoryBlocks() iter.Seq2[string, int64]
	// Freeze shares the contents of a block: its pages are copied before they
	// are written again. A page of zeros may be nil.
	Freeze(block string) []*[PageSize]byte
	// Thaw makes pages that Freeze gave, of this or an equal machine, the
	// contents of a block.
	Thaw(block string, pages []*[PageSize]byte)
	// Instructions is the number of those executed or skipped in HLT.
	Instructions() uint64
	// Time is the virtual clock in ns.
	Time() int64
	// Loaded is called after the last change.
	Loaded()
}

// Capture takes an image of the devices and the memory of a machine that stands
// still. Disks are up to whoever knows what is in the drives.
func Capture(b Board) (*Image, error) {
	i := &Image{Clock: b.Time(), Instructions: b.Instructions()}
	for name, value := range b.Settings() {
		i.Settings = append(i.Settings, Setting{name, value})
	}
	for _, s := range b.Sections() {
		if !s.Needed() {
			continue
		}
		section, err := captureSection(s)
		if err != nil {
			return nil, err
		}
		i.Sections = append(i.Sections, section)
	}
	for name := range b.MemoryBlocks() {
		i.Memory = append(i.Memory, Memory{name, b.Freeze(name)})
	}
	return i, nil
}

func captureSection(s *vmstate.Section) (Section, error) {
	tree, err := s.Values()
	if err != nil {
		return Section{}, err
	}
	e := vmstate.NewEncoder(nil)
	if err := s.Save(e); err != nil {
		return Section{}, err
	}
	return Section{s.Name, s.Instance, s.Version(), e.Bytes(), tree}, nil
}

// Fits tells what keeps a machine from taking the image, or nil.
func (i *Image) Fits(b Board) error {
	settings := map[string]string{}
	for name, value := range b.Settings() {
		settings[name] = value
	}
	for _, s := range i.Settings {
		if has, ok := settings[s.Name]; ok && has != s.Value {
			return fmt.Errorf("the snapshot's machine has %s=%s, this one has %s=%s", s.Name, s.Value, s.Name, has)
		}
	}
	blocks := map[string]int64{}
	for name, size := range b.MemoryBlocks() {
		blocks[name] = size
	}
	for _, m := range i.Memory {
		switch size, ok := blocks[m.Name]; {
		case !ok:
			return fmt.Errorf("memory block %q: this machine has none", m.Name)
		case size != m.Size():
			return fmt.Errorf("memory block %q has %d bytes in the snapshot and %d in this machine", m.Name, m.Size(), size)
		}
		delete(blocks, m.Name)
	}
	for name := range blocks {
		return fmt.Errorf("memory block %q: the snapshot has none", name)
	}
	return nil
}
