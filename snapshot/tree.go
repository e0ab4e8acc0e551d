package snapshot

import (
	"fmt"

	"toyvm/vmstate"
)

// Tree returns the sections of a machine as the children of one node. A section
// has its name and, unless it is the first, its instance in brackets, or a
// number that is free. The two channels of an ISA disk controller, both of which
// QEMU sends as instance 0, become "isa-ide" and "isa-ide[1]".
func Tree(sections []*vmstate.Node) *vmstate.Node {
	root := &vmstate.Node{}
	used := map[string]bool{}
	next := map[string]int{} // number that no section of a name has yet
	for _, s := range sections {
		named := *s
		if s.Instance > 0 {
			named.Name = fmt.Sprintf("%s[%d]", s.Name, s.Instance)
		}
		for used[named.Name] {
			i := max(next[s.Name], s.Instance, 1)
			next[s.Name] = i + 1
			named.Name = fmt.Sprintf("%s[%d]", s.Name, i)
		}
		used[named.Name] = true
		root.Children = append(root.Children, &named)
	}
	return root
}

// Tree is the state of all devices.
func (i *Image) Tree() *vmstate.Node {
	var nodes []*vmstate.Node
	for _, s := range i.Sections {
		nodes = append(nodes, s.Tree)
	}
	return Tree(nodes)
}
