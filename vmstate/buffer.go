package vmstate

// Buffer is raw bytes. Count makes it as many as earlier fields determine;
// otherwise the whole of it is sent.
func Buffer[T any](name string, at func(*T) []byte) Field[T] {
	return Field[T]{name: name, elem: element{typ: typeBuffer, one: true}, codec: &buffer[T]{at: at}}
}

// ByteSlice is raw bytes in memory that is allocated on load, size(t) of them
// as earlier fields determine. What the slice holds beyond is not saved.
func ByteSlice[T any](name string, at func(*T) *[]byte, size func(*T) int) Field[T] {
	return Field[T]{name: name, elem: element{typ: typeBuffer, one: true}, count: size,
		codec: &buffer[T]{at: func(t *T) []byte { return *at(t) }, grow: at}}
}

// Unused is padding: size zero bytes when sent, ignored when loaded.
func Unused[T any](size int) Field[T] {
	return Field[T]{name: "unused", elem: element{typ: typeUnused, size: size, one: true}, codec: unused[T](size)}
}

// Bitmap is bits(t) bits in words of 64, bit i of the map being bit i%64 of
// word i/64. Whole words are sent, big endian, with whatever is behind the
// last bit.
func Bitmap[T any](name string, at func(*T) []uint64, bits func(*T) int) Field[T] {
	return Field[T]{name: name, elem: element{typ: typeBitmap, one: true}, codec: &bitmap[T]{at, bits}}
}

type buffer[T any] struct {
	at   func(*T) []byte
	grow func(*T) *[]byte // nil: the memory is there
}

func (c *buffer[T]) size(t *T, f *Field[T]) int {
	if f.count != nil {
		return max(f.count(t), 0)
	}
	return len(c.at(t))
}

func (c *buffer[T]) save(e *Encoder, t *T, f *Field[T], _, _ int) error {
	b, size := c.at(t), c.size(t, f)
	if size > len(b) {
		return e.error(&LimitError{What: "bytes", Got: size, Limit: len(b)})
	}
	e.Raw(b[:size])
	return nil
}

func (c *buffer[T]) load(d *Decoder, t *T, f *Field[T], _, _ int) error {
	size := c.size(t, f)
	if c.grow != nil {
		if !d.holds(size, 1) {
			return d.err
		}
		*c.grow(t) = nil
		if size > 0 {
			*c.grow(t) = make([]byte, size)
		}
	}
	b := c.at(t)
	if size > len(b) {
		return d.error(&LimitError{What: "bytes", Got: size, Limit: len(b)})
	}
	d.Raw(b[:size])
	return nil
}

func (c *buffer[T]) room(*T) int { return 1 }
func (c *buffer[T]) least() int  { return 0 }

func (c *buffer[T]) touch(t *T, see func(any)) {
	see(c.at(t))
	if c.grow != nil {
		see(c.grow(t))
	}
}

func (c *buffer[T]) schema(t *T, s *SchemaField) {
	if c.grow == nil {
		s.Size = len(c.at(t))
	}
}

// unused is a number of bytes.
type unused[T any] int

func (c unused[T]) save(e *Encoder, _ *T, _ *Field[T], _, _ int) error {
	e.zeros(int(c))
	return nil
}

func (c unused[T]) load(d *Decoder, _ *T, _ *Field[T], _, _ int) error {
	d.Skip(int(c))
	return nil
}

func (c unused[T]) room(*T) int                 { return 1 }
func (c unused[T]) least() int                  { return int(c) }
func (c unused[T]) touch(*T, func(any))         {}
func (c unused[T]) schema(_ *T, _ *SchemaField) {}

type bitmap[T any] struct {
	at   func(*T) []uint64
	bits func(*T) int
}

// words is how many words are sent, and the words there are.
func (c *bitmap[T]) words(t *T) (int, []uint64) {
	bits := max(c.bits(t), 0)
	n := bits / 64
	if bits%64 != 0 {
		n++
	}
	return n, c.at(t)
}

func (c *bitmap[T]) save(e *Encoder, t *T, _ *Field[T], _, _ int) error {
	n, words := c.words(t)
	if n > len(words) {
		return e.error(&LimitError{What: "words of the bitmap", Got: n, Limit: len(words)})
	}
	for _, w := range words[:n] {
		e.Uint64(w)
	}
	return nil
}

func (c *bitmap[T]) load(d *Decoder, t *T, _ *Field[T], _, _ int) error {
	n, words := c.words(t)
	if n > len(words) {
		return d.error(&LimitError{What: "words of the bitmap", Got: n, Limit: len(words)})
	}
	for i := range words[:n] {
		words[i] = d.Uint64()
	}
	return nil
}

func (c *bitmap[T]) room(*T) int               { return 1 }
func (c *bitmap[T]) least() int                { return 0 }
func (c *bitmap[T]) touch(t *T, see func(any)) { see(c.at(t)) }

func (c *bitmap[T]) schema(t *T, s *SchemaField) {
	n, _ := c.words(t)
	s.Size = 8 * n
}
