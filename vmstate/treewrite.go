package vmstate

import "cmp"

// Save writes the section that n was read from, with what was changed since.
// Only what the tree holds is written: a count that lives in one field is not
// adjusted when the elements it counts are removed.
func (n *Node) Save(e *Encoder) error {
	if err := n.save(e); err != nil {
		return inSection(n.Name, n.Instance, err)
	}
	return nil
}

func (n *Node) save(e *Encoder) error {
	switch n.Kind {
	case KindLeaf:
		e.Raw(n.Data)
		return nil
	case KindNull:
		e.Uint8(nullMarker)
		return nil
	case KindTree:
		e.Uint32(uint32(len(n.Children)))
	case KindSubsection:
		if err := e.subsection(n.Name, n.wireVersion()); err != nil {
			return err
		}
	}
	items := n.Kind == KindQueue || n.Kind == KindTree
	for _, c := range n.Children {
		if items {
			e.Uint8(cmp.Or(uint8(c.wire), 1))
		}
		if err := c.save(e); err != nil {
			return err
		}
	}
	if items {
		e.Uint8(0)
	}
	return nil
}

// wireVersion is the version of a subsection as it was read, with bits that do
// not count, unless it was changed since.
func (n *Node) wireVersion() int {
	if int(uint8(n.wire)) == n.Version {
		return int(n.wire)
	}
	return n.Version
}

// size is the number of bytes that n is written as.
func (n *Node) size() int {
	size := len(n.Data)
	switch n.Kind {
	case KindNull:
		size = 1
	case KindSubsection:
		size = subsectionHeaderSize + len(n.Name)
	case KindQueue:
		size = 1 + len(n.Children)
	case KindTree:
		size = 4 + 1 + len(n.Children)
	}
	for _, c := range n.Children {
		size += c.size()
	}
	return size
}

// Describe shows the section n to an observer as if it were being saved. With
// a Describer that gives the JSON description of a tree that was read, and
// maybe changed since.
func (n *Node) Describe(observer Observer) {
	section := Event{Name: n.Name, Instance: n.Instance, Version: n.Version}
	section.Kind = SectionStart
	observer(section)
	n.describeStruct(observer)
	section.Kind, section.Size = SectionEnd, n.size()
	observer(section)
}

func (n *Node) describeStruct(observer Observer) {
	ev := Event{Name: n.Description, Version: n.Version}
	ev.Kind = StructStart
	observer(ev)
	for _, c := range n.Children {
		c.describeField(observer, c.Name, 0, 1, c.alike)
	}
	ev.Kind = StructEnd
	observer(ev)
}

// describeField shows n, element index of the field called name.
func (n *Node) describeField(observer Observer, name string, index, count int, alike bool) {
	ev := Event{Name: name, Type: n.Type, Index: index, Count: count, Alike: alike, Data: n.Data}
	switch {
	case n.Kind == KindSubsection:
		ev.Kind = SubsectionStart
		observer(ev)
		n.describeStruct(observer)
		ev.Kind = SubsectionEnd
	case n.Kind == KindArray:
		for i, c := range n.Children {
			c.describeField(observer, name, i, len(n.Children), alike)
		}
		return
	case n.Kind == KindNull:
		ev.Kind = Null
	case n.Kind == KindLeaf && count > 1:
		ev.Kind = Pointee
	case n.Kind == KindLeaf:
		ev.Kind, ev.Count = Leaf, n.Count
	default:
		ev.Kind = ElementStart
		observer(ev)
		n.describeInside(observer)
		ev.Kind = ElementEnd
	}
	ev.Size = n.size()
	observer(ev)
}

// describeInside shows the structs of which an element is made.
func (n *Node) describeInside(observer Observer) {
	switch n.Kind {
	case KindQueue:
		for _, item := range n.Children {
			item.describeStruct(observer)
		}
	case KindTree:
		for _, entry := range n.Children {
			for _, c := range entry.Children {
				if c.Kind != KindLeaf { // a key that is a plain number is not described
					c.describeStruct(observer)
				}
			}
		}
	default:
		n.describeStruct(observer)
	}
}
