package snapshot

import (
	"fmt"
	"iter"
	"slices"

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
	// Firmware gives what a reset puts into memory, by name.
	Firmware() iter.Seq2[string, []byte]
	// SetFirmware changes what Firmware gives.
	SetFirmware(name string, data []byte) error
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
	for name, data := range b.Firmware() {
		i.Firmware = append(i.Firmware, File{name, data})
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

// Return makes a machine that stands still what it was when the image was
// captured, but for its disks. After an error other than one of [Image.Fits]
// the machine must not be used: an image of doubtful origin is first returned
// to a second machine of the same kind.
func (i *Image) Return(b Board) error {
	if err := i.Fits(b); err != nil {
		return err
	}
	for _, m := range i.Memory {
		b.Thaw(m.Name, m.Pages)
	}
	for _, f := range i.Firmware {
		if err := b.SetFirmware(f.Name, f.Data); err != nil {
			return err
		}
	}
	if err := i.load(b.Sections()); err != nil {
		return err
	}
	b.Loaded()
	return nil
}

// load loads all sections. Those of one name and instance belong to two
// devices, in the order of the machine's.
func (i *Image) load(devices []*vmstate.Section) error {
	left := slices.Clone(i.Sections)
	for _, d := range devices {
		at := slices.IndexFunc(left, func(s Section) bool { return s.Name == d.Name && s.Instance == d.Instance })
		if at < 0 {
			if d.Needed() {
				return fmt.Errorf("section %s (instance %d): the snapshot has none", d.Name, d.Instance)
			}
			continue
		}
		s := left[at]
		left = slices.Delete(left, at, at+1)
		if err := d.Unmarshal(s.Body, s.Version); err != nil {
			return err
		}
	}
	if len(left) > 0 {
		return fmt.Errorf("section %s (instance %d): this machine has no such device", left[0].Name, left[0].Instance)
	}
	return nil
}
