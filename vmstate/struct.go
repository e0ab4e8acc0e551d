package vmstate

// Struct is another description's state, inline and without a version of its
// own: both sides handle it at the version that their program has. at may
// follow a pointer.
func Struct[T, E any](name string, at func(*T) *E, inner *Description[E]) Field[T] {
	return structField(name, typeStruct, &structure[T, E]{at: at, inner: inner, version: -1}, inner.compressible)
}

// StructVersion is a Struct that is handled at the given version of its
// description, whatever version that has now.
func StructVersion[T, E any](name string, at func(*T) *E, inner *Description[E], version int) Field[T] {
	return structField(name, typeVStruct, &structure[T, E]{at: at, inner: inner, version: version}, nil)
}

// StructOf makes structs the elements of an Array, a Slice or Pointers.
func StructOf[E any](inner *Description[E]) Elem[E] {
	return func(name string, at func(*E) *E) Field[E] { return Struct(name, at, inner) }
}

// Temporary sends a value that is made for the purpose, to give part of t
// another shape on the wire. The temporary keeps t, fills itself in PreSave,
// and puts what it got into t in PostLoad. As for a Queue, Since must give a
// version that inner loads.
func Temporary[T, P any](name string, make func(*T) *P, inner *Description[P]) Field[T] {
	return structField(name, typeTemporary, &temporary[T, P]{make, inner}, nil)
}

func structField[T any](name, typ string, codec codec[T], alike func() bool) Field[T] {
	return Field[T]{name: name, elem: element{typ: typ, one: true, composite: true, alike: alike}, codec: codec}
}

type structure[T, E any] struct {
	at      func(*T) *E
	inner   *Description[E]
	version int // -1: that of the description
}

func (c *structure[T, E]) handledAt() int {
	if c.version < 0 {
		return c.inner.Version
	}
	return c.version
}

func (c *structure[T, E]) save(e *Encoder, t *T, _ *Field[T], _, _ int) error {
	p := c.at(t)
	if p == nil {
		return e.error(errNil)
	}
	return c.inner.save(e, p, c.handledAt())
}

func (c *structure[T, E]) load(d *Decoder, t *T, _ *Field[T], _, _ int) error {
	p := c.at(t)
	if p == nil {
		return d.error(errNil)
	}
	return c.inner.load(d, p, c.handledAt())
}

func (c *structure[T, E]) room(*T) int { return 1 }
func (c *structure[T, E]) least() int  { return c.inner.least(c.handledAt()) }

func (c *structure[T, E]) touch(t *T, see func(any)) {
	if p := c.at(t); p != nil {
		c.inner.Memory(p, see)
	}
}

func (c *structure[T, E]) schema(t *T, s *SchemaField) {
	p := c.at(t)
	if p == nil {
		p = new(E)
	}
	s.Description = c.inner.schema(p)
	if c.version >= 0 {
		s.StructVersion = &c.version
	}
}

type temporary[T, P any] struct {
	make  func(*T) *P
	inner *Description[P]
}

func (c *temporary[T, P]) save(e *Encoder, t *T, _ *Field[T], _, _ int) error {
	return c.inner.save(e, c.make(t), c.inner.Version)
}

func (c *temporary[T, P]) load(d *Decoder, t *T, f *Field[T], _, _ int) error {
	return c.inner.load(d, c.make(t), f.since)
}

func (c *temporary[T, P]) room(*T) int         { return 1 }
func (c *temporary[T, P]) least() int          { return c.inner.least(0) }
func (c *temporary[T, P]) touch(*T, func(any)) {}

func (c *temporary[T, P]) schema(t *T, s *SchemaField) {
	s.Description = c.inner.schema(c.make(t))
}
