package vmstate

import "strconv"

// An Elem is how the elements of an Array, a Slice or Pointers are encoded:
// the constructor of a scalar (Uint8, Int32, Bool, …), TimerOf, StructOf, or a function
// that makes a field of one value. What it makes is sent for every element, so
// Since, When and Count have no place in it.
type Elem[E any] func(name string, at func(*E) *E) Field[E]

// TimerOf makes alarms the elements of an Array:
//
//	vmstate.Array("alarms", func(r *RTC) []vmstate.Alarm { return r.alarms[:] }, vmstate.TimerOf)
func TimerOf[E Alarm](name string, at func(*E) *E) Field[E] {
	return Timer(name, func(e *E) Alarm { return *at(e) })
}

// Array is the elements of memory that is always there:
//
//	vmstate.Array("regs", func(c *CPU) []uint32 { return c.regs[:] }, vmstate.Uint32)
//
// Count makes it the first few of them.
func Array[T, E any](name string, at func(*T) []E, elem Elem[E]) Field[T] {
	a := array[T, E]{at: at, elem: elementOf(name, elem)}
	a.bulk, _ = a.elem.codec.(bulk[E])
	return a.field(name, &a)
}

// Slice is an array in memory that is allocated on load, count(t) elements as
// earlier fields determine; nil for a count of zero or less. Each element must
// take a byte on the wire at least. Structs move while they become more: their
// hooks must not keep the address of one.
func Slice[T, E any](name string, at func(*T) *[]E, count func(*T) int, elem Elem[E]) Field[T] {
	s := slice[T, E]{array: array[T, E]{at: func(t *T) []E { return *at(t) }, elem: elementOf(name, elem)}, grow: at}
	s.bulk, _ = s.elem.codec.(bulk[E])
	f := s.field(name, &s)
	f.count = count
	return f
}

// Pointers is an array of pointers, each followed on its own. A nil one sends
// a marker byte instead of an element. Which pointers are nil is not part of
// the state: it must be the same where the stream is loaded.
func Pointers[T, E any](name string, at func(*T) []*E, elem Elem[E]) Field[T] {
	p := pointers[T, E]{at, elementOf(name, elem)}
	f := Field[T]{name: name, elem: p.elem.elem, codec: &p}
	f.elem.one, f.elem.pointers = false, true
	return f
}

// elementOf makes the field that encodes an element, whose accessor is the
// element itself. An Elem that cannot work is a mistake in the program. A
// size that is counted is one: the JSON description has one for all elements.
func elementOf[E any](name string, elem Elem[E]) Field[E] {
	f := elem("", func(e *E) *E { return e })
	if f.codec == nil || !f.elem.one || f.when != nil || f.since != 0 {
		panic("vmstate: each element of " + strconv.Quote(name) + " must be one value that is always there")
	}
	if f.count != nil || f.elem.typ == typeBitmap {
		panic("vmstate: the size of an element of " + strconv.Quote(name) + " must not be counted: put the element in a struct")
	}
	return f
}

// bulk is a codec that can move a whole array of elements at once.
type bulk[E any] interface {
	saveAll(e *Encoder, s []E)
	loadAll(d *Decoder, s []E) int
}

type array[T, E any] struct {
	at   func(*T) []E
	elem Field[E]
	bulk bulk[E] // nil: one element after the other
}

func (c *array[T, E]) field(name string, codec codec[T]) Field[T] {
	f := Field[T]{name: name, elem: c.elem.elem, codec: codec}
	f.elem.one = false
	return f
}

func (c *array[T, E]) save(e *Encoder, t *T, _ *Field[T], i, n int) error {
	s := c.at(t)[i : i+n]
	if c.bulk != nil {
		c.bulk.saveAll(e, s)
		return nil
	}
	for k := range s {
		if err := c.elem.codec.save(e, &s[k], &c.elem, 0, 1); err != nil {
			return c.within(k, n, err)
		}
	}
	return nil
}

func (c *array[T, E]) load(d *Decoder, t *T, f *Field[T], i, n int) error {
	s := c.at(t)[i : i+n]
	if c.bulk != nil {
		if done := c.bulk.loadAll(d, s); done < n {
			return c.within(done, n, d.err)
		}
		return nil
	}
	elem := c.elem
	elem.hint = f.hint
	for k := range s {
		err := c.elem.codec.load(d, &s[k], &elem, 0, 1)
		if err == nil {
			err = d.err
		}
		if err != nil {
			return c.within(k, n, err)
		}
	}
	return nil
}

// within names the element that failed, if it is one of several. Composite
// ones come one at a time, and the interpreter is about to do so.
func (c *array[T, E]) within(k, n int, err error) error {
	if n == 1 {
		return err
	}
	return within(indexSuffix(k), err)
}

func (c *array[T, E]) room(t *T) int { return len(c.at(t)) }
func (c *array[T, E]) least() int    { return c.elem.codec.least() }

func (c *array[T, E]) touch(t *T, see func(any)) {
	s := c.at(t)
	if !c.elem.elem.composite {
		see(s)
		if _, behind := c.elem.codec.(*timer[E]); !behind {
			return
		}
	}
	for i := range s {
		c.elem.codec.touch(&s[i], see)
	}
}

func (c *array[T, E]) schema(t *T, s *SchemaField) {
	s.ArrayLen = len(c.at(t))
	c.elemSchema(t, s)
}

func (c *array[T, E]) elemSchema(t *T, s *SchemaField) {
	if sample := c.at(t); len(sample) > 0 {
		c.elem.codec.schema(&sample[0], s)
	} else {
		c.elem.codec.schema(new(E), s)
	}
}

type slice[T, E any] struct {
	array[T, E]
	grow func(*T) *[]E
}

func (c *slice[T, E]) reset(t *T) { *c.grow(t) = nil }

// load allocates elements of a fixed size, whose bytes are known to be there,
// at once; others as they come.
func (c *slice[T, E]) load(d *Decoder, t *T, f *Field[T], i, n int) error {
	s := c.grow(t)
	if c.elem.elem.size > 0 {
		*s = make([]E, n)
		return c.array.load(d, t, f, i, n)
	}
	for k := i; k < i+n; k++ {
		start := d.Offset()
		*s = append(*s, *new(E))
		err := c.array.load(d, t, f, k, 1)
		if err == nil && d.Offset() == start {
			err = d.countEmpty()
		}
		if err != nil {
			return c.within(k, n, err)
		}
	}
	return nil
}

// countEmpty counts an element that took no bytes. It leaves those that let it
// exist to further ones, so that slices of slices could take memory for each
// pair of bytes: there may be no more of them than bytes.
func (d *Decoder) countEmpty() error {
	if d.empty++; d.empty > d.seen() {
		return d.error(&LimitError{What: "elements without bytes", Got: int(d.empty), Limit: int(d.seen())})
	}
	return nil
}

func (c *slice[T, E]) touch(t *T, see func(any)) {
	see(c.grow(t))
	c.array.touch(t, see)
}

func (c *slice[T, E]) schema(t *T, s *SchemaField) { c.elemSchema(t, s) }

type pointers[T, E any] struct {
	at   func(*T) []*E
	elem Field[E]
}

func (c *pointers[T, E]) null(t *T, i int) bool { return c.at(t)[i] == nil }

func (c *pointers[T, E]) save(e *Encoder, t *T, _ *Field[T], i, _ int) error {
	return c.elem.codec.save(e, c.at(t)[i], &c.elem, 0, 1)
}

func (c *pointers[T, E]) load(d *Decoder, t *T, _ *Field[T], i, _ int) error {
	return c.elem.codec.load(d, c.at(t)[i], &c.elem, 0, 1)
}

func (c *pointers[T, E]) room(t *T) int { return len(c.at(t)) }
func (c *pointers[T, E]) least() int    { return 1 }

func (c *pointers[T, E]) touch(t *T, see func(any)) {
	see(c.at(t))
	for _, p := range c.at(t) {
		if p != nil {
			c.elem.codec.touch(p, see)
		}
	}
}

func (c *pointers[T, E]) schema(t *T, s *SchemaField) {
	s.ArrayLen = len(c.at(t))
	for _, p := range c.at(t) {
		if p != nil {
			c.elem.codec.schema(p, s)
			return
		}
	}
	c.elem.codec.schema(new(E), s)
}
