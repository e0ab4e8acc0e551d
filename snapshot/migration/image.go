package migration

import (
	"bytes"
	"fmt"

	"toyvm/snapshot"
	"toyvm/vmstate"
)

// Complete tells what memory is missing of a stream, or nil. All is there in
// streams of machines that were stopped, so one that announces much memory is
// long.
func (s *Stream) Complete() error {
	has := map[string]int64{} // pages, perhaps some of them twice
	for _, p := range s.Pages {
		has[p.Block]++
	}
	for _, b := range s.Blocks {
		if want := b.Size / pageSize; has[b.Name] < want || b.Size < 0 {
			return fmt.Errorf("memory block %q has %d pages, and the stream holds %d of them", b.Name, want, has[b.Name])
		}
	}
	return nil
}

// Image is what the stream tells of the machine: its devices, in the place of
// those that were changed for QEMU the private ones, and its memory, which must
// be [Stream.Complete]. Disks do not travel in streams.
func (s *Stream) Image() (*snapshot.Image, error) {
	i := &snapshot.Image{Settings: s.Settings}
	private := map[string]bool{}
	for _, body := range s.Private {
		private[body.key()] = true
	}
	for n, body := range s.Bodies {
		if !private[body.key()] {
			i.Sections = append(i.Sections, body.section(s.Devices[n]))
		}
	}
	for _, body := range s.Private {
		tree, err := body.Description.Tree(vmstate.NewDecoder(bytes.NewReader(body.Data), nil))
		if err != nil {
			return nil, err
		}
		i.Sections = append(i.Sections, body.section(tree))
	}
	for _, b := range s.Blocks {
		i.Memory = append(i.Memory, s.Contents(b))
	}
	return i, nil
}

func (b *Body) section(tree *vmstate.Node) snapshot.Section {
	return snapshot.Section{Name: b.Name, Instance: b.Instance, Version: b.Version, Body: b.Data, Tree: tree}
}
