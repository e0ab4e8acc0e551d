package migration

import (
	"fmt"
	"iter"
	"slices"

	"toyvm/snapshot"
	"toyvm/vmstate"
)

// A Board is a machine that streams are made of and loaded into.
type Board interface {
	// Sections lists everything that has state, in the order to load it in.
	Sections() []*vmstate.Section
	// MemoryBlocks gives names and sizes of all memory blocks, the largest first.
	MemoryBlocks() iter.Seq2[string, int64]
	// Freeze shares the contents of a block, in pages that nobody writes any
	// more. A page of zeros may be nil.
	Freeze(name string) []*snapshot.Page
	// WriteBlock changes the contents of a block.
	WriteBlock(name string, at int, p []byte)
	// Loaded is called after the last change.
	Loaded()
}

// Capture is the machine as it stands.
func Capture(b Board, name string) (*Machine, error) {
	m := &Machine{Name: name}
	for block := range b.MemoryBlocks() {
		m.Memory = append(m.Memory, snapshot.Memory{Name: block, Pages: b.Freeze(block)})
	}
	for _, s := range b.Sections() {
		if !s.Needed() {
			continue
		}
		tree, err := s.Values()
		if err != nil {
			return nil, err
		}
		m.Devices = append(m.Devices, tree)
	}
	return m, nil
}

// fromToyvm tells whether the stream is not one of QEMU's.
func (s *Stream) fromToyvm() bool {
	return len(s.Private) > 0 || slices.ContainsFunc(s.Bodies, func(b Body) bool { return ours(b.Name) })
}

// LoadInto puts what the stream holds into a machine, which after an error must
// not be used. Sections that the machine has no device for are skipped and
// named, and so is QEMU's section vga, which holds other memory than it should.
// A device that the stream has no section for stays as it is.
//
// Two sections of one name and instance are those of two devices, in the order
// of the machine's.
func (s *Stream) LoadInto(b Board) (skipped []string, err error) {
	if err := s.loadMemory(b); err != nil {
		return nil, err
	}
	bodies := map[string][]Body{}
	for _, body := range s.Bodies {
		bodies[body.key()] = append(bodies[body.key()], body)
	}
	for _, body := range s.Private {
		delete(bodies, body.key())
	}
	for _, body := range s.Private {
		bodies[body.key()] = append(bodies[body.key()], body)
	}
	for _, section := range b.Sections() {
		key := sectionKey(section.Name, section.Instance)
		if len(bodies[key]) == 0 || section.Name == "vga" && !s.fromToyvm() {
			continue
		}
		body := bodies[key][0]
		bodies[key] = bodies[key][1:]
		if err := section.Unmarshal(body.Data, body.Version); err != nil {
			return nil, err
		}
	}
	for _, body := range slices.Concat(s.Bodies, s.Private) {
		if len(bodies[body.key()]) > 0 {
			skipped = append(skipped, body.key())
			bodies[body.key()] = nil
		}
	}
	b.Loaded()
	return skipped, nil
}

func (b *Body) key() string { return sectionKey(b.Name, b.Instance) }

func sectionKey(name string, instance int) string {
	if instance == 0 {
		return name
	}
	return fmt.Sprintf("%s (instance %d)", name, instance)
}

// loadMemory checks that the blocks are those of the machine, and fills them.
func (s *Stream) loadMemory(b Board) error {
	sizes := map[string]int64{}
	for name, size := range b.MemoryBlocks() {
		sizes[name] = size
	}
	for _, block := range s.Blocks {
		switch size, ok := sizes[block.Name]; {
		case !ok:
			return fmt.Errorf("memory block %q: the machine has none of this name", block.Name)
		case size != block.Size:
			return fmt.Errorf("memory block %q has %d bytes in the stream and %d in the machine", block.Name, block.Size, size)
		}
	}
	for _, page := range s.Pages {
		b.WriteBlock(page.Block, int(page.At), page.bytes())
	}
	return nil
}
