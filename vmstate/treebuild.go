package vmstate

import "slices"

// Tree reads the body of a section with its description, into a new object
// that load may do anything to, and returns what it saw. After an error the
// tree holds what was read before.
func (s *Section) Tree(d *Decoder, version int) (*Node, error) {
	var b treeBuilder
	defer d.watch(b.observe)()
	err := s.Load(d, version)
	return b.root, err
}

// Values returns the state that the section has now.
func (s *Section) Values() (*Node, error) {
	var b treeBuilder
	err := s.Save(NewEncoder(b.observe))
	return b.root, err
}

// watch adds an observer and returns a function that takes it away again.
func (d *Decoder) watch(observer Observer) (restore func()) {
	before := d.observer
	d.observer = observer
	if before != nil {
		d.observer = func(ev Event) {
			before(ev)
			observer(ev)
		}
	}
	return func() { d.observer = before }
}

// A treeBuilder makes Nodes of what an Observer sees.
type treeBuilder struct {
	root  *Node
	stack []*Node // from the root to the node being filled
	owned []bool  // for each open struct: whether it has a node to itself
}

func (b *treeBuilder) observe(ev Event) {
	switch ev.Kind {
	case SectionStart:
		b.push(&Node{Name: ev.Name, Instance: ev.Instance, Type: typeStruct, Offset: ev.Offset})
	case SubsectionStart:
		b.push(&Node{Kind: KindSubsection, Name: ev.Name, Type: typeStruct, Offset: ev.Offset, wire: ev.Wire})
	case SectionEnd, SubsectionEnd:
		b.pop(ev.Offset + int64(ev.Size))
	case StructStart:
		b.structStart(ev)
	case StructEnd:
		if last := len(b.owned) - 1; b.owned[last] {
			b.pop(ev.Offset + int64(ev.Size))
		}
		b.owned = b.owned[:len(b.owned)-1]
	case ElementStart:
		b.elementStart(ev, composites[ev.Type])
	case ElementEnd:
		if b.inItem() {
			b.pop(ev.Offset + int64(ev.Size) - 1) // the mark of the end is not the item's
		}
		b.elementEnd(ev)
	case Null:
		b.elementStart(ev, KindNull)
		b.elementEnd(ev)
	case Pointee:
		b.elementStart(ev, KindLeaf).fill(ev.Data, 1)
		b.elementEnd(ev)
	case Leaf:
		leaf := &Node{Kind: KindLeaf, Name: ev.Name, Type: ev.Type, Offset: ev.Offset, alike: ev.Alike}
		b.push(leaf).fill(ev.Data, ev.Count)
		b.pop(ev.Offset + int64(ev.Size))
	case Item:
		if b.inItem() {
			b.pop(ev.Offset)
		}
		b.push(&Node{Name: indexSuffix(ev.Index), Type: typeStruct, Offset: ev.Offset, wire: ev.Wire})
	case Key:
		b.push(&Node{Kind: KindLeaf, Name: "key", Type: typeUint64, Offset: ev.Offset}).fill(ev.Data, 1)
		b.pop(ev.Offset + int64(ev.Size))
	}
}

func (n *Node) fill(data []byte, count int) { n.Data, n.Count = slices.Clone(data), count }

func (b *treeBuilder) top() *Node {
	if len(b.stack) == 0 {
		return nil
	}
	return b.stack[len(b.stack)-1]
}

// push makes n the child of the top, and the new top.
func (b *treeBuilder) push(n *Node) *Node {
	if top := b.top(); top != nil {
		top.Children = append(top.Children, n)
	} else {
		b.root = n
	}
	b.stack = append(b.stack, n)
	return n
}

func (b *treeBuilder) pop(end int64) {
	top := b.top()
	top.Size = int(end - top.Offset)
	b.stack = b.stack[:len(b.stack)-1]
}

// inItem tells whether the top is an item of a queue or an entry of a tree.
func (b *treeBuilder) inItem() bool { return b.inside(KindQueue) || b.inside(KindTree) }

// inside tells whether the top is the child of a node of the given kind.
func (b *treeBuilder) inside(kind Kind) bool {
	return len(b.stack) > 1 && b.stack[len(b.stack)-2].Kind == kind
}

// structStart says what the node at the top, waiting for it, is made of; but
// an entry of a tree is made of two structs, each with a node to itself.
func (b *treeBuilder) structStart(ev Event) {
	owned := b.top() == nil || b.inside(KindTree)
	if owned {
		b.push(&Node{Name: b.structName(ev), Type: typeStruct, Offset: ev.Offset})
	}
	b.top().Description, b.top().Version = ev.Name, ev.Version
	b.owned = append(b.owned, owned)
}

func (b *treeBuilder) structName(ev Event) string {
	switch {
	case b.top() == nil:
		return ev.Name
	case len(b.top().Children) == 0:
		return "key"
	default:
		return "value"
	}
}

// elementStart opens an element, and before the first of several the array.
func (b *treeBuilder) elementStart(ev Event, kind Kind) *Node {
	name := ev.Name
	if ev.Count > 1 {
		if ev.Index == 0 {
			b.push(&Node{Kind: KindArray, Name: ev.Name, Type: ev.Type, Offset: ev.Offset, Count: ev.Count, alike: ev.Alike})
		}
		name = indexSuffix(ev.Index)
	}
	return b.push(&Node{Kind: kind, Name: name, Type: ev.Type, Offset: ev.Offset})
}

// elementEnd closes an element, and after the last of several the array.
func (b *treeBuilder) elementEnd(ev Event) {
	end := ev.Offset + int64(ev.Size)
	b.pop(end)
	if ev.Count > 1 && ev.Index == ev.Count-1 {
		b.pop(end)
	}
}
