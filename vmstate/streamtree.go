package vmstate

import (
	"bytes"
	"errors"
	"fmt"
)

// Tree reads the body of the section from d by its description alone. After
// an error the tree holds what was read before.
func (s *SectionDescription) Tree(d *Decoder) (*Node, error) {
	var b treeBuilder
	defer d.watch(b.observe)()
	r := describedReader{Decoder: d, start: d.Offset(), entries: s.body.entries()}
	start := d.Offset()
	ev := Event{Kind: SectionStart, Name: s.Name, Instance: s.Instance, Version: s.body.version}
	d.observe(start, ev)
	if err := r.body(&s.body); err != nil {
		d.fail(err)
		return b.root, inSection(s.Name, s.Instance, err)
	}
	ev.Kind = SectionEnd
	d.observe(start, ev)
	return b.root, nil
}

// entries is how many things the description names.
func (b *bodyDescription) entries() int {
	n := 1 + len(b.fields)
	for i := range b.fields {
		for k := range b.fields[i].bodies {
			n += b.fields[i].bodies[k].entries()
		}
	}
	for i := range b.subsections {
		n += b.subsections[i].entries()
	}
	return n
}

// A describedReader reads bytes by a description that came with them. Neither
// can be trusted.
type describedReader struct {
	*Decoder
	start   int64 // where the section begins
	entries int   // what the description names
	nodes   int   // what was read
}

// count guards against a short description of a huge tree: nodes are paid for
// by the text that names them or by bytes of the stream.
func (r *describedReader) count() error {
	r.nodes++
	if limit := r.entries + 2*int(r.Offset()-r.start); r.nodes > limit {
		return r.error(&LimitError{What: "values", Got: r.nodes, Limit: limit})
	}
	return nil
}

func (r *describedReader) body(b *bodyDescription) error {
	start := r.Offset()
	ev := Event{Kind: StructStart, Name: b.name, Version: b.version}
	r.observe(start, ev)
	for i := 0; i < len(b.fields); {
		n := sameField(b.fields[i:])
		if err := r.field(b.fields[i : i+n]); err != nil {
			return within(b.fields[i].name, err)
		}
		i += n
	}
	for i := range b.subsections {
		if err := r.subsection(&b.subsections[i]); err != nil {
			return within(b.subsections[i].name, err)
		}
	}
	ev.Kind = StructEnd
	r.observe(start, ev)
	return nil
}

// sameField is how many entries from the first on are about one field: one,
// or as many as its elements if they are listed by index.
func sameField(fields []fieldDescription) int {
	n := 1
	for fields[0].indexed && n < len(fields) && fields[n].indexed && fields[n].index == n && fields[n].name == fields[0].name {
		n++
	}
	return n
}

func (r *describedReader) subsection(b *bodyDescription) error {
	start := r.Offset()
	want := append([]byte{subsectionMark, uint8(len(b.name))}, b.name...)
	header := r.Peek(len(want))
	switch {
	case len(b.name) > maxName || !bytes.HasPrefix(want, header):
		return r.error(fmt.Errorf("no subsection %q although the description has it", b.name))
	case len(header) < len(want):
		r.ended(len(want), len(header))
		return r.err
	}
	ev := Event{Kind: SubsectionStart, Name: b.name, Version: b.version, Wire: uint32(b.version)}
	r.observe(start, ev)
	r.Skip(len(header))
	at := r.Offset()
	if version := r.Uint32(); int64(version) != int64(b.version) && r.err == nil {
		return errorAt(at, fmt.Errorf("version %d although the description has %d", version, b.version))
	}
	if err := r.body(b); err != nil {
		return err
	}
	ev.Kind = SubsectionEnd
	r.observe(start, ev)
	return r.err
}

// field reads all elements of a field: those of one entry that look alike, or
// one for each entry.
func (r *describedReader) field(entries []fieldDescription) error {
	f := &entries[0]
	n, alike := len(entries), false
	if f.arrayLen > 0 {
		n, alike = f.arrayLen, true
	}
	if f.leaf() && sameSize(entries) {
		return r.leaf(f, n, alike)
	}
	for i := range n {
		if !alike {
			f = &entries[i]
		}
		start := r.Offset()
		ev := Event{Name: f.name, Type: f.typ, Index: i, Count: n, Alike: alike}
		if err := r.element(f, ev); err != nil {
			if n > 1 {
				err = within(indexSuffix(i), err)
			}
			return err
		}
		if i == 0 && n > 1 && r.Offset() == start {
			return r.error(fmt.Errorf("%d elements of no size", n))
		}
	}
	return nil
}

func sameSize(entries []fieldDescription) bool {
	for i := range entries {
		if entries[i].size != entries[0].size || !entries[i].leaf() {
			return false
		}
	}
	return true
}

// leaf tells whether the field consists of plain values.
func (f *fieldDescription) leaf() bool { return len(f.bodies) == 0 && !f.composite() }

func (f *fieldDescription) composite() bool {
	_, composite := composites[f.typ]
	return composite
}

// null tells whether the field is a nil pointer to a struct.
func (f *fieldDescription) null() bool {
	return f.composite() && composites[f.typ] == KindStruct && len(f.bodies) == 0 && f.size == 1
}

func (r *describedReader) leaf(f *fieldDescription, n int, alike bool) error {
	if err := r.count(); err != nil {
		return err
	}
	start := r.Offset()
	if f.size > 0 && !r.holds(n, f.size) {
		return r.err
	}
	if f.size == 0 && n > 1 {
		return r.error(fmt.Errorf("%d elements of no size", n))
	}
	data := r.take(n * f.size)
	r.observe(start, Event{Kind: Leaf, Name: f.name, Type: f.typ, Count: n, Alike: alike, Data: data})
	return r.err
}

func (r *describedReader) element(f *fieldDescription, ev Event) error {
	if err := r.count(); err != nil {
		return err
	}
	start := r.Offset()
	switch {
	case f.null():
		if got := r.Uint8(); r.err == nil && got != nullMarker {
			return errorAt(start, &MarkerError{Want: "the mark of a nil pointer", Got: got})
		}
		ev.Kind = Null
	case !f.composite():
		ev.Kind = Pointee
		ev.Data, _ = r.record(func() error { r.Skip(f.size); return nil })
	default:
		ev.Kind = ElementStart
		r.observe(start, ev)
		if err := r.inside(f); err != nil {
			return err
		}
		ev.Kind = ElementEnd
	}
	if r.err == nil {
		r.observe(start, ev)
	}
	return r.err
}

var errNotDescribed = errors.New("there is more than the description has words for")

// inside reads what a composite element is made of.
func (r *describedReader) inside(f *fieldDescription) error {
	switch f.typ {
	case typeQueue, typeList:
		_, err := r.items(len(f.bodies), func(i int) error { return r.body(&f.bodies[i]) })
		return err
	case typeTree:
		return r.tree(f)
	default:
		if len(f.bodies) == 0 {
			return r.error(errNotDescribed)
		}
		return r.body(&f.bodies[0])
	}
}

// items reads items until the mark of the end, and returns how many. An array
// describes the queue of its first element only: the last item described
// stands for any further.
func (r *describedReader) items(described int, item func(i int) error) (int, error) {
	for i := 0; ; i++ {
		start := r.Offset()
		mark := r.Uint8()
		if mark == 0 {
			return i, r.err
		}
		if described == 0 {
			return i, errorAt(start, errNotDescribed)
		}
		if err := r.count(); err != nil {
			return i, err
		}
		r.observe(start, Event{Kind: Item, Index: i, Wire: uint32(mark)})
		if err := item(min(i, described-1)); err != nil {
			return i, within(indexSuffix(i), err)
		}
		if r.err != nil {
			return i, r.err
		}
	}
}

// tree reads the entries of a tree. Keys that are plain numbers are not
// described, so the number of descriptions tells which kind it is.
func (r *describedReader) tree(f *fieldDescription) error {
	start := r.Offset()
	announced := int64(r.Uint32())
	if r.err != nil {
		return r.err
	}
	var entry func(i int) error
	switch int64(len(f.bodies)) {
	case announced:
		entry = func(i int) error {
			if _, err := r.directKey(); err != nil {
				return within("key", err)
			}
			return within("value", r.body(&f.bodies[i]))
		}
	case 2 * announced:
		entry = func(i int) error {
			if err := r.body(&f.bodies[2*i]); err != nil {
				return within("key", err)
			}
			return within("value", r.body(&f.bodies[2*i+1]))
		}
	default:
		return errorAt(start, errNotDescribed)
	}
	n, err := r.items(int(announced), entry)
	if err == nil && int64(n) != announced {
		err = errorAt(r.Offset()-1, &CountError{Announced: announced, Got: int64(n)})
	}
	return err
}
