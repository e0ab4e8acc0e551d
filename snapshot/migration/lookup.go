package migration

import (
	"toyvm/snapshot"
	"toyvm/vmstate"
)

// Tree returns all sections as the children of one node, under the names of
// [snapshot.Tree].
func (s *Stream) Tree() *vmstate.Node { return snapshot.Tree(s.Devices) }

// Lookup finds a value in the Tree by its path: "i8254.channels[1].count",
// "serial[1].state.lsr". It returns nil if there is no such value.
func (s *Stream) Lookup(path string) *vmstate.Node { return s.Tree().Lookup(path) }
