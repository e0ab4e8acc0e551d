package vmstate

import (
	"fmt"
	"strconv"
	"strings"
)

// A Field is one entry of a Description: a name, when it is sent, and how its
// elements are encoded. Make one with Uint8, Array, Struct and their siblings,
// and refine it with Since, When and Count.
type Field[T any] struct {
	name  string
	since int
	when  func(t *T, version int) bool
	count func(t *T) int // nil: as many elements as the memory has
	hint  string
	elem  element
	codec codec[T] // nil: a Validate field, which sends nothing
}

// An element is what all elements of a field have in common.
type element struct {
	typ       string      // as in the JSON description
	size      int         // bytes on the wire; 0 where they vary
	one       bool        // there is exactly one
	composite bool        // made of fields, not a plain value
	pointers  bool        // behind pointers that may be nil
	alike     func() bool // whether all look the same; nil: they do
}

// A codec moves the elements of one field between a T and the wire. The
// interpreter in save.go and load.go decides whether, how many and in which
// order; a codec only encodes.
type codec[T any] interface {
	// room is how many elements the memory holds.
	room(t *T) int
	// save and load move the n elements from i on. An element that is
	// composite or behind a pointer comes alone.
	save(e *Encoder, t *T, f *Field[T], i, n int) error
	load(d *Decoder, t *T, f *Field[T], i, n int) error
	// least is the smallest number of bytes that an element takes.
	least() int
	// touch shows the memory behind the field and, for what is made of
	// fields, the memory behind those.
	touch(t *T, see func(pointer any))
	// schema adds what is inside the elements to s.
	schema(t *T, s *SchemaField)
}

// An allocator is a codec that makes room for the elements that are loaded.
type allocator[T any] interface {
	// reset leaves no memory. Loading allocates it.
	reset(t *T)
}

// A nuller is a codec whose elements are behind pointers.
type nuller[T any] interface {
	null(t *T, i int) bool
}

// Since makes the field part of the stream from version on only.
func (f Field[T]) Since(version int) Field[T] {
	f.mayHave("Since", f.codec != nil, "a validation, which is made for every version")
	f.since = version
	return f
}

// When makes the field part of the stream when exists says so, given the
// state so far and the version at hand. Since is ignored then.
func (f Field[T]) When(exists func(t *T, version int) bool) Field[T] {
	f.mayHave("When", f.codec != nil, "a validation, which has its condition already")
	f.when = exists
	return f
}

// Count sends only the first count(t) elements of an array or bytes of a
// buffer, a number that earlier fields determine. Zero or less sends nothing;
// more than there is room for is a LimitError.
func (f Field[T]) Count(count func(t *T) int) Field[T] {
	f.mayHave("Count", f.codec != nil && (!f.elem.one || f.elem.typ == "buffer"), "neither an array nor a buffer")
	f.count = count
	return f
}

// Hint adds advice to the error of an equality check that fails.
func (f Field[T]) Hint(advice string) Field[T] {
	f.mayHave("Hint", strings.HasSuffix(f.elem.typ, " equal") || strings.HasSuffix(f.elem.typ, " le"), "not compared with anything")
	f.hint = advice
	return f
}

// mayHave panics if the field cannot be refined in the given way, which is a
// mistake in the program.
func (f *Field[T]) mayHave(refinement string, may bool, reason string) {
	if !may {
		panic(fmt.Sprintf("vmstate: field %q may not have %s: it is %s", f.name, refinement, reason))
	}
}

func (f *Field[T]) exists(t *T, version int) bool {
	if f.when != nil {
		return f.when(t, version)
	}
	return f.since <= version
}

// elements is how many elements are sent or due now.
func (f *Field[T]) elements(t *T) int {
	switch {
	case f.elem.one:
		return 1
	case f.count != nil:
		return max(f.count(t), 0)
	default:
		return f.codec.room(t)
	}
}

// alike tells whether one entry of the JSON description can stand for all
// elements of the field.
func (f *Field[T]) alike() bool {
	return f.when == nil && (f.elem.alike == nil || f.elem.alike())
}

// event is the start of every event about element i of n.
func (f *Field[T]) event(kind EventKind, name string, i, n int) Event {
	return Event{Kind: kind, Name: name, Type: f.elem.typ, Index: i, Count: n, Alike: f.alike()}
}

// step is how many of n elements are moved at a time.
func (f *Field[T]) step(n int) int {
	if f.elem.composite || f.elem.pointers {
		return 1
	}
	return n
}

func (f *Field[T]) isNull(t *T, i int) bool {
	return f.elem.pointers && f.codec.(nuller[T]).null(t, i)
}

// atElement puts the index in front of the path of err, if the elements came
// one at a time and there are several.
func (f *Field[T]) atElement(i, n int, err error) error {
	if f.step(n) < n {
		return within(indexSuffix(i), err)
	}
	return err
}

func indexSuffix(i int) string { return "[" + strconv.Itoa(i) + "]" }

// nullMarker stands for a nil pointer in an array of pointers.
const nullMarker = '0'
