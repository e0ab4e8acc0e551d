package vmstate

import (
	"cmp"
	"maps"
	"slices"
)

// Queue is any number of structs: each behind a byte of one, then a byte of
// zero. QEMU calls it a "qtailq". Loading replaces what is there, where QEMU
// appends to it.
//
// A Queue is loaded at the version that Since gives, 0 without: unless inner
// has no versions either, Since is a must.
func Queue[T, E any](name string, at func(*T) *[]E, inner *Description[E]) Field[T] {
	return structField(name, typeQueue, &queue[T, E]{at, inner}, nil)
}

// List is a Queue that QEMU calls a "qlist".
func List[T, E any](name string, at func(*T) *[]E, inner *Description[E]) Field[T] {
	return structField(name, typeList, &queue[T, E]{at, inner}, nil)
}

// Tree is a map from numbers to structs, sent in the order of the keys: the
// number of entries, then for each a byte of one, the key as eight bytes and
// the struct, then a byte of zero. QEMU calls it a "gtree" with direct keys.
// Loading replaces what is there. As for a Queue, Since must give a version that
// inner loads.
func Tree[T, V any](name string, at func(*T) *map[uint64]V, inner *Description[V]) Field[T] {
	return structField(name, typeTree, &tree[T, uint64, V]{at: at, compare: cmp.Compare[uint64], value: inner}, nil)
}

// KeyedTree is a Tree whose keys have a description, too.
func KeyedTree[T any, K comparable, V any](name string, at func(*T) *map[K]V, compare func(a, b K) int,
	key *Description[K], inner *Description[V]) Field[T] {
	return structField(name, typeTree, &tree[T, K, V]{at: at, compare: compare, key: key, value: inner}, nil)
}

// supports checks that version is one that d loads.
func (d *Description[T]) supports(dec *Decoder, version int) error {
	if !d.current(version) {
		return dec.error(d.versionError(version))
	}
	return nil
}

type queue[T, E any] struct {
	at    func(*T) *[]E
	inner *Description[E]
}

func (c *queue[T, E]) save(e *Encoder, t *T, _ *Field[T], _, _ int) error {
	s := *c.at(t)
	for i := range s {
		e.observe(e.Offset(), Event{Kind: Item, Index: i, Wire: 1})
		e.Uint8(1)
		if err := c.inner.save(e, &s[i], c.inner.Version); err != nil {
			return within(indexSuffix(i), err)
		}
	}
	e.Uint8(0)
	return nil
}

func (c *queue[T, E]) load(d *Decoder, t *T, f *Field[T], _, _ int) error {
	if err := c.inner.supports(d, f.since); err != nil {
		return err
	}
	*c.at(t) = nil
	for i := 0; ; i++ {
		start := d.Offset()
		mark := d.Uint8()
		if mark == 0 {
			return nil
		}
		d.observe(start, Event{Kind: Item, Index: i, Wire: uint32(mark)})
		var v E
		if err := c.inner.load(d, &v, f.since); err != nil {
			return within(indexSuffix(i), err)
		}
		*c.at(t) = append(*c.at(t), v)
	}
}

func (c *queue[T, E]) room(*T) int { return 1 }
func (c *queue[T, E]) least() int  { return 1 }

func (c *queue[T, E]) touch(t *T, see func(any)) {
	see(c.at(t))
	for i := range *c.at(t) {
		c.inner.Memory(&(*c.at(t))[i], see)
	}
}

func (c *queue[T, E]) schema(_ *T, s *SchemaField) { s.Description = c.inner.schema(new(E)) }

type tree[T any, K comparable, V any] struct {
	at      func(*T) *map[K]V
	compare func(a, b K) int
	key     *Description[K] // nil: the key is a uint64
	value   *Description[V]
}

func (c *tree[T, K, V]) save(e *Encoder, t *T, _ *Field[T], _, _ int) error {
	m := *c.at(t)
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, c.compare)
	e.Uint32(uint32(len(m)))
	for i, k := range keys {
		e.observe(e.Offset(), Event{Kind: Item, Index: i, Wire: 1})
		e.Uint8(1)
		if err := c.saveKey(e, k); err != nil {
			return within(indexSuffix(i)+".key", err)
		}
		v := m[k]
		if err := c.value.save(e, &v, c.value.Version); err != nil {
			return within(indexSuffix(i)+".value", err)
		}
	}
	e.Uint8(0)
	return nil
}

func (c *tree[T, K, V]) saveKey(e *Encoder, k K) error {
	if c.key != nil {
		return c.key.save(e, &k, c.key.Version)
	}
	start := e.Offset()
	e.Uint64(any(k).(uint64))
	e.observe(start, Event{Kind: Key, Data: e.buf[start-e.base:]})
	return nil
}

func (c *tree[T, K, V]) load(d *Decoder, t *T, f *Field[T], _, _ int) error {
	if err := c.value.supports(d, f.since); err != nil {
		return err
	}
	if c.key != nil {
		if err := c.key.supports(d, f.since); err != nil {
			return err
		}
	}
	*c.at(t) = map[K]V{}
	count := int64(d.Uint32())
	for i := 0; ; i++ {
		start := d.Offset()
		mark := d.Uint8()
		if mark == 0 {
			if d.err == nil && int64(i) < count {
				return errorAt(start, &CountError{Announced: count, Got: int64(i)})
			}
			return nil
		}
		if int64(i) == count {
			return errorAt(start, &CountError{Announced: count, Got: count + 1})
		}
		d.observe(start, Event{Kind: Item, Index: i, Wire: uint32(mark)})
		k, err := c.loadKey(d, f.since)
		if err != nil {
			return within(indexSuffix(i)+".key", err)
		}
		var v V
		if err := c.value.load(d, &v, f.since); err != nil {
			return within(indexSuffix(i)+".value", err)
		}
		(*c.at(t))[k] = v
	}
}

func (c *tree[T, K, V]) loadKey(d *Decoder, version int) (k K, err error) {
	if c.key != nil {
		err = c.key.load(d, &k, version)
		return k, err
	}
	number, err := d.directKey()
	if err != nil {
		return k, err
	}
	return any(number).(K), nil
}

// directKey reads a key that is a number.
func (d *Decoder) directKey() (number uint64, err error) {
	start := d.Offset()
	data, err := d.record(func() error { number = d.Uint64(); return d.err })
	if err == nil {
		d.observe(start, Event{Kind: Key, Data: data})
	}
	return number, err
}

func (c *tree[T, K, V]) room(*T) int { return 1 }
func (c *tree[T, K, V]) least() int  { return 5 }

func (c *tree[T, K, V]) touch(t *T, see func(any)) {
	m := c.at(t)
	see(m)
	for _, k := range slices.SortedFunc(maps.Keys(*m), c.compare) {
		v := (*m)[k]
		if c.key != nil {
			c.key.Memory(&k, see)
		}
		c.value.Memory(&v, see)
		see(MapEntry{Map: m, Key: &k, Value: &v})
	}
}

func (c *tree[T, K, V]) schema(_ *T, s *SchemaField) {
	s.Description = c.value.schema(new(V))
	if c.key != nil {
		s.Key = c.key.schema(new(K))
	}
}
