package vmstate

import "cmp"

// Custom is a value with an encoding of its own. typ names the encoding in
// the JSON description ("unknown" if empty), size is its length in bytes. put
// and get must write and read exactly that many, by whatever means: what they
// save or load in between is not shown to an observer.
func Custom[T, V any](name, typ string, size int, at func(*T) *V,
	put func(*Encoder, *V) error, get func(*Decoder, *V) error) Field[T] {
	return Field[T]{name: name, elem: element{typ: cmp.Or(typ, typeUnknown), size: size, one: true},
		codec: &custom[T, V]{size: size, at: at, put: put, get: get}}
}

type custom[T, V any] struct {
	size int
	at   func(*T) *V
	put  func(*Encoder, *V) error
	get  func(*Decoder, *V) error
}

func (c *custom[T, V]) save(e *Encoder, t *T, _ *Field[T], _, _ int) error {
	p := c.at(t)
	if p == nil {
		return e.error(errNil)
	}
	start, observer := e.Offset(), e.mute()
	err := c.put(e, p)
	e.observer = observer
	if err != nil {
		return errorAt(start, err)
	}
	return nil
}

func (c *custom[T, V]) load(d *Decoder, t *T, _ *Field[T], _, _ int) error {
	p := c.at(t)
	if p == nil {
		return d.error(errNil)
	}
	start, observer := d.Offset(), d.mute()
	err := c.get(d, p)
	d.observer = observer
	return d.reason(start, err)
}

func (c *custom[T, V]) room(*T) int                 { return 1 }
func (c *custom[T, V]) least() int                  { return c.size }
func (c *custom[T, V]) touch(t *T, see func(any))   { see(c.at(t)) }
func (c *custom[T, V]) schema(_ *T, _ *SchemaField) {}
