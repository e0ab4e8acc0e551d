package migration

import (
	"fmt"

	"toyvm/vmstate"
)

// Tree returns all sections as the children of one node. A section has its
// name and, unless it is the first, its instance in brackets, or a number that
// is free. The two channels of an ISA disk controller, both of which QEMU sends
// as instance 0, become "isa-ide" and "isa-ide[1]".
func (s *Stream) Tree() *vmstate.Node {
	root := &vmstate.Node{}
	used := map[string]bool{}
	next := map[string]int{} // number that no section of a name has yet
	for _, d := range s.Devices {
		named := *d
		if d.Instance > 0 {
			named.Name = fmt.Sprintf("%s[%d]", d.Name, d.Instance)
		}
		for used[named.Name] {
			i := max(next[d.Name], d.Instance, 1)
			next[d.Name] = i + 1
			named.Name = fmt.Sprintf("%s[%d]", d.Name, i)
		}
		used[named.Name] = true
		root.Children = append(root.Children, &named)
	}
	return root
}

// Lookup finds a value in the Tree by its path: "i8254.channels[1].count",
// "serial[1].state.lsr". It returns nil if there is no such value.
func (s *Stream) Lookup(path string) *vmstate.Node { return s.Tree().Lookup(path) }
