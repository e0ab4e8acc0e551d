package vmstate

import (
	"cmp"
	"strings"
)

// fields compares what a sends at version with what b expects at newVersion,
// place by place: names do not travel, so a field under a new name is fine, and
// so is one whose bytes are padding now.
func (c *checker) fields(path string, a, b *SchemaStruct, version, newVersion int) {
	sent, due := newPlaces(a, version), newPlaces(b, newVersion)
	for !sent.done() && !due.done() {
		x, y := sent.field(), due.field()
		switch {
		case sent.padding > 0 && due.padding > 0:
			n := min(sent.padding, due.padding)
			sent.skip(n)
			due.skip(n)
		case sent.padding > 0 && !sent.ahead(y) && y.bytes() > 0 && y.bytes() <= sent.padding:
			sent.skip(y.bytes())
			due.next()
		case due.padding > 0 && !due.ahead(x) && x.bytes() > 0 && x.bytes() <= due.padding:
			due.skip(x.bytes())
			sent.next()
		case sent.padding > 0:
			c.removed(path, &sent)
		case due.padding > 0:
			c.added(path, &due, newVersion)
		case x.Name == y.Name || x.sameWire(y) && !due.ahead(x) && !sent.ahead(y):
			c.field(joinPath(path, x.Name), x, y)
			sent.next()
			due.next()
		case !due.ahead(x):
			c.removed(path, &sent)
		case !sent.ahead(y):
			c.added(path, &due, newVersion)
		default:
			c.find(joinPath(path, x.Name), "field %s now stands before it: the order of fields is the order of bytes", y.Name)
			return
		}
	}
	for !sent.done() {
		c.removed(path, &sent)
	}
	for !due.done() {
		c.added(path, &due, newVersion)
	}
}

func (c *checker) removed(path string, p *places) {
	below := joinPath(path, p.field().Name)
	if p.padding > 0 {
		c.find(below, "the padding lost %d bytes", p.padding)
	} else {
		c.find(below, "the field was removed: keep its place with Unused")
	}
	p.next()
}

func (c *checker) added(path string, p *places, version int) {
	below := joinPath(path, p.field().Name)
	if p.padding > 0 {
		c.find(below, "the padding gained %d bytes", p.padding)
	} else {
		c.find(below, "the field was added to version %d, which older snapshots have without it: use Since with a new version, or a subsection", version)
	}
	p.next()
}

// places walks over the fields that a stream of some version may hold.
// Padding is a number of bytes, however many fields it is made of.
type places struct {
	fields  []*SchemaField
	last    map[string]int // where a name, unless of padding, is for the last time
	at      int
	padding int // what is left of it at this place
}

func newPlaces(s *SchemaStruct, version int) places {
	p := places{last: map[string]int{}, at: -1}
	for i := range s.Fields {
		f := &s.Fields[i]
		if !f.Exists && f.Version > version {
			continue
		}
		if !f.isPadding() {
			p.last[f.Name] = len(p.fields)
		}
		p.fields = append(p.fields, f)
	}
	p.next()
	return p
}

func (p *places) done() bool { return p.at >= len(p.fields) }

func (p *places) field() *SchemaField { return p.fields[p.at] }

// ahead tells whether a field of f's name comes here or later.
func (p *places) ahead(f *SchemaField) bool {
	last, known := p.last[f.Name]
	return known && last >= p.at
}

// next goes to the next place, over all the padding that follows in a row.
func (p *places) next() {
	p.padding = 0
	for p.at++; !p.done() && p.field().isPadding(); p.at++ {
		p.padding += p.field().bytes()
	}
	if p.padding > 0 {
		p.at-- // the last field of it stands for all
	}
}

// skip takes n bytes from the padding.
func (p *places) skip(n int) {
	if p.padding -= n; p.padding == 0 {
		p.next()
	}
}

// isPadding tells whether the field is bytes without a meaning. In QEMU's
// dumps these have nothing but a name that says so.
func (f *SchemaField) isPadding() bool {
	return !f.Exists && (f.Type == "unused_buffer" || f.Type == "" && f.Name == "unused" && f.Description == nil)
}

// bytes is what the field takes on the wire; 0 if that varies.
func (f *SchemaField) bytes() int {
	if f.Exists || f.Counted || f.Pointers || f.Description != nil && !f.Description.fixed(f.sentAt()) {
		return 0
	}
	return f.Size * f.elements()
}

// fixed tells whether the struct always takes the same number of bytes.
func (s *SchemaStruct) fixed(version int) bool {
	for i := range s.Fields {
		if f := &s.Fields[i]; (f.Exists || f.Version <= version) && f.bytes() == 0 {
			return false
		}
	}
	return len(s.Subsections) == 0
}

// sameWire tells whether a field under another name takes the same bytes.
func (f *SchemaField) sameWire(g *SchemaField) bool {
	return f.Exists == g.Exists && f.Type == g.Type && f.Size == g.Size && f.elements() == g.elements() &&
		f.Counted == g.Counted && f.Pointers == g.Pointers && (f.Description == nil) == (g.Description == nil)
}

func (c *checker) field(path string, a, b *SchemaField) {
	typed := a.Type != "" && b.Type != "" // and counted: QEMU's dumps are not
	if typed && a.Type != b.Type && !stillReads(a.Type, b.Type) {
		c.find(path, "type changed from %s to %s", a.Type, b.Type)
		return
	}
	if a.Exists != b.Exists {
		c.find(path, "a predicate now decides whether the field exists, or no longer does")
	}
	if typed {
		c.elements(path, a, b)
	}
	sized := typed || a.Size > 0 && b.Size > 0 // QEMU does not size what is behind a pointer
	switch {
	case a.Description != nil && b.Description != nil:
		c.inside(path, a.Description, b.Description, a.sentAt(), b.loadedAt(a.Type))
	case a.Description != nil || b.Description != nil:
		c.find(path, "a struct became a plain value, or the other way round")
	case sized && a.Counted == b.Counted && a.Size != b.Size:
		c.find(path, "size changed from %d to %d bytes", a.Size, b.Size)
	}
	if a.Key != nil && b.Key != nil {
		c.inside(path+".key", a.Key, b.Key, a.Key.Version, b.Version)
	}
}

func (c *checker) elements(path string, a, b *SchemaField) {
	switch {
	case a.Counted != b.Counted:
		c.find(path, "the state now says how many elements there are, or no longer does")
	case a.elements() != b.elements():
		c.find(path, "number of elements changed from %d to %d", a.elements(), b.elements())
	case b.Limit > 0 && a.Limit == 0:
		c.find(path, "at most %d elements fit now, where any number did", b.Limit)
	case b.Limit > 0 && b.Limit < a.Limit:
		c.find(path, "at most %d elements fit now, where %d did", b.Limit, a.Limit)
	}
	if a.Pointers != b.Pointers {
		c.find(path, "an array of pointers, where a nil one is a mark, became one of values, or the other way round")
	}
}

// stillReads tells whether a field of the newer type takes whatever one of the
// older type holds, as it has the same bytes and no check.
func stillReads(older, newer string) bool {
	if older == "int64 equal" { // unsigned for all its name
		return newer == "uint64"
	}
	unchecked, found := strings.CutSuffix(older, " equal")
	if !found {
		unchecked = strings.TrimSuffix(older, " le")
	}
	return unchecked == newer
}

// loadedAt is the version that the struct inside the field is loaded at. A
// type that is not known is that of the older field.
func (f *SchemaField) loadedAt(older string) int {
	switch cmp.Or(f.Type, older) {
	case "qtailq", "qlist", "gtree", "tmp":
		return f.Version
	}
	return f.sentAt()
}
