package migration

import (
	"fmt"

	"toyvm/vmstate"
)

// Tree returns all sections as the children of one node. A section has its
// name and, unless it is the first, its instance in brackets. The two channels
// of an ISA disk controller, both of which QEMU sends as instance 0, become
// "isa-ide" and "isa-ide[1]".
func (s *Stream) Tree() *vmstate.Node {
	root := &vmstate.Node{}
	for _, d := range s.Devices {
		named := *d
		for i := max(d.Instance, 1); d.Instance > 0 && i == d.Instance || root.Child(named.Name) != nil; i++ {
			named.Name = fmt.Sprintf("%s[%d]", d.Name, i)
		}
		root.Children = append(root.Children, &named)
	}
	return root
}

// Lookup finds a value in the Tree by its path: "i8254.channels[1].count",
// "serial[1].state.lsr". It returns nil if there is no such value.
func (s *Stream) Lookup(path string) *vmstate.Node { return s.Tree().Lookup(path) }
