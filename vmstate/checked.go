package vmstate

// Validate sends nothing. Saving fails if holds does not, and loading fails
// if it does not for the fields read so far.
func Validate[T any](name string, holds func(t *T, version int) bool) Field[T] {
	return Field[T]{name: name, when: holds}
}

// Uint8Equal is a Uint8 that the machine was built with: the loaded value is
// compared, never stored.
func Uint8Equal[T any, V ~uint8](name string, at func(*T) *V) Field[T] {
	return checkedField(name, typeUint8Equal, 1, at, false)
}

// Uint16Equal is a Uint16 that is compared, never stored.
func Uint16Equal[T any, V ~uint16](name string, at func(*T) *V) Field[T] {
	return checkedField(name, typeUint16Equal, 2, at, false)
}

// Int32Equal is an Int32 that is compared, never stored.
func Int32Equal[T any, V ~int32](name string, at func(*T) *V) Field[T] {
	return checkedField(name, typeInt32Equal, 4, at, false)
}

// Uint32Equal is a Uint32 that is compared, never stored.
func Uint32Equal[T any, V ~uint32](name string, at func(*T) *V) Field[T] {
	return checkedField(name, typeUint32Equal, 4, at, false)
}

// Uint64Equal is a Uint64 that is compared, never stored. QEMU describes it
// as "int64 equal", although the value is unsigned.
func Uint64Equal[T any, V ~uint64](name string, at func(*T) *V) Field[T] {
	return checkedField(name, typeUint64Equal, 8, at, false)
}

// Int32Max is an Int32 that must not be negative nor exceed the local value,
// which it then replaces: the fill level of something of a given size. QEMU
// describes it as "int32 le".
func Int32Max[T any, V ~int32](name string, at func(*T) *V) Field[T] {
	return checkedField(name, typeInt32Max, 4, at, true)
}

func checkedField[T any, V Integer](name, typ string, size int, at func(*T) *V, below bool) Field[T] {
	return Field[T]{name: name, elem: element{typ: typ, size: size, one: true},
		codec: &checked[T, V]{integer: integer[T, V]{size, at}, below: below}}
}

// checked compares what it loads with what is there.
type checked[T any, V Integer] struct {
	integer[T, V]
	below bool // accept and store 0 to the local value; else only the local one
}

func (c *checked[T, V]) load(d *Decoder, t *T, f *Field[T], _, _ int) error {
	p := c.at(t)
	if p == nil {
		return d.error(errNil)
	}
	start := d.Offset()
	got, rule := V(d.uint(c.size)), "equal to"
	if c.below {
		rule = "from 0 to"
	}
	switch {
	case d.err != nil || got == *p && !c.below:
		return nil
	case c.below && 0 <= got && got <= *p:
		*p = got
		return nil
	}
	mask := ^uint64(0) >> (64 - 8*c.size)
	return errorAt(start, &MismatchError{Local: uint64(*p) & mask, Incoming: uint64(got) & mask, Rule: rule, Hint: f.hint})
}
