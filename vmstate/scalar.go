package vmstate

import "math"

// Integer is any type whose values are integers of a fixed size.
type Integer interface {
	~int8 | ~int16 | ~int32 | ~int64 | ~uint8 | ~uint16 | ~uint32 | ~uint64
}

// Int8 is one byte, two's complement.
func Int8[T any, V ~int8](name string, at func(*T) *V) Field[T] {
	return integerField(name, typeInt8, 1, at)
}

// Int16 is two bytes, big endian, two's complement.
func Int16[T any, V ~int16](name string, at func(*T) *V) Field[T] {
	return integerField(name, typeInt16, 2, at)
}

// Int32 is four bytes, big endian, two's complement.
func Int32[T any, V ~int32](name string, at func(*T) *V) Field[T] {
	return integerField(name, typeInt32, 4, at)
}

// Int64 is eight bytes, big endian, two's complement.
func Int64[T any, V ~int64](name string, at func(*T) *V) Field[T] {
	return integerField(name, typeInt64, 8, at)
}

// Uint8 is one byte.
func Uint8[T any, V ~uint8](name string, at func(*T) *V) Field[T] {
	return integerField(name, typeUint8, 1, at)
}

// Uint16 is two bytes, big endian.
func Uint16[T any, V ~uint16](name string, at func(*T) *V) Field[T] {
	return integerField(name, typeUint16, 2, at)
}

// Uint32 is four bytes, big endian.
func Uint32[T any, V ~uint32](name string, at func(*T) *V) Field[T] {
	return integerField(name, typeUint32, 4, at)
}

// Uint64 is eight bytes, big endian.
func Uint64[T any, V ~uint64](name string, at func(*T) *V) Field[T] {
	return integerField(name, typeUint64, 8, at)
}

// Bool is one byte: 0, or 1 for true. Any other value loads as true.
func Bool[T any, V ~bool](name string, at func(*T) *V) Field[T] {
	return Custom(name, typeBool, 1, at,
		func(e *Encoder, v *V) error {
			var b uint8
			if *v {
				b = 1
			}
			e.Uint8(b)
			return nil
		},
		func(d *Decoder, v *V) error { *v = d.Uint8() != 0; return nil })
}

// Float64 is an IEEE 754 double, eight bytes, big endian.
func Float64[T any, V ~float64](name string, at func(*T) *V) Field[T] {
	return Custom(name, typeFloat64, 8, at,
		func(e *Encoder, v *V) error { e.Uint64(math.Float64bits(float64(*v))); return nil },
		func(d *Decoder, v *V) error { *v = V(math.Float64frombits(d.Uint64())); return nil })
}

func integerField[T any, V Integer](name, typ string, size int, at func(*T) *V) Field[T] {
	return Field[T]{name: name, elem: element{typ: typ, size: size, one: true}, codec: &plain[T, V]{integer[T, V]{size, at}}}
}

type integer[T any, V Integer] struct {
	size int
	at   func(*T) *V
}

func (c *integer[T, V]) save(e *Encoder, t *T, _ *Field[T], _, _ int) error {
	p := c.at(t)
	if p == nil {
		return e.error(errNil)
	}
	e.uint(c.size, uint64(*p))
	return nil
}

func (c *integer[T, V]) load(d *Decoder, t *T, _ *Field[T], _, _ int) error {
	p := c.at(t)
	if p == nil {
		return d.error(errNil)
	}
	*p = V(d.uint(c.size))
	return nil
}

func (c *integer[T, V]) room(*T) int                 { return 1 }
func (c *integer[T, V]) least() int                  { return c.size }
func (c *integer[T, V]) touch(t *T, see func(any))   { see(c.at(t)) }
func (c *integer[T, V]) schema(_ *T, _ *SchemaField) {}

// plain is an integer that is nothing but its bytes, so that a whole array
// of them can be moved at once.
type plain[T any, V Integer] struct {
	integer[T, V]
}

// saveAll writes a whole array at once.
func (c *plain[T, V]) saveAll(e *Encoder, s []V) {
	for _, v := range s {
		e.uint(c.size, uint64(v))
	}
}

// loadAll reads a whole array at once and returns how many elements were
// there completely.
func (c *plain[T, V]) loadAll(d *Decoder, s []V) int {
	for i := range s {
		if s[i] = V(d.uint(c.size)); d.err != nil {
			return i
		}
	}
	return len(s)
}
