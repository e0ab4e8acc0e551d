package vmstate_test

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/vmstate"
)

// box is the smallest object: one value.
type box[V any] struct{ v V }

func at[V any](b *box[V]) *V { return &b.v }

// boxed describes a box whose only field is f.
func boxed[V any](f vmstate.Field[box[V]]) *vmstate.Description[box[V]] {
	return describe(f)
}

func describe[T any](fields ...vmstate.Field[T]) *vmstate.Description[T] {
	return &vmstate.Description[T]{Name: "dev", Version: 1, MinVersion: 1, Fields: fields}
}

// A span is a value that fails as a whole when the stream ends within it.
type span struct {
	path string
	size int
}

// travels checks that obj is saved as exactly wire, that wire loads into what
// fresh returns as obj, and that every truncation fails in the span it hits.
func travels[T any](t *testing.T, d *vmstate.Description[T], obj T, fresh func() T, wire []byte, spans ...span) {
	t.Helper()
	if fresh == nil {
		fresh = func() (zero T) { return }
	}
	sink := func(vmstate.Event) {}

	got, err := d.Marshal(&obj)
	require.NoError(t, err)
	require.Equal(t, wire, got)
	e := vmstate.NewEncoder(sink)
	require.NoError(t, d.Save(e, &obj))
	require.Equal(t, wire, e.Bytes(), "observed")

	loaded := fresh()
	require.NoError(t, d.Unmarshal(wire, &loaded, d.Version))
	assert.Equal(t, obj, loaded)
	for _, observer := range []vmstate.Observer{nil, sink} {
		loaded = fresh()
		src := iotest.OneByteReader(bytes.NewReader(append(bytes.Clone(wire), 0)))
		dec := vmstate.NewDecoder(src, observer)
		require.NoError(t, d.Load(dec, &loaded, d.Version))
		assert.Equal(t, obj, loaded)
		assert.EqualValues(t, len(wire), dec.Offset())
	}

	start := 0
	for _, s := range spans {
		for cut := start; cut < start+s.size; cut++ {
			loaded := fresh()
			endsIn(t, d.Unmarshal(wire[:cut], &loaded, d.Version), s.path, start, cut)
		}
		start += s.size
	}
	assert.Equal(t, len(wire), start, "the spans cover the wire bytes")
}

// endsIn checks that err says that the stream ended at byte cut, within the
// value at path that begins at byte start.
func endsIn(t *testing.T, err error, path string, start, cut int) {
	t.Helper()
	var end *vmstate.EndError
	require.ErrorAs(t, err, &end, "cut at %d", cut)
	assert.ErrorIs(t, err, io.ErrUnexpectedEOF)
	assert.Equal(t, cut-start, end.Have, "cut at %d", cut)
	assert.Greater(t, end.Want, end.Have, "cut at %d", cut)
	fails(t, err, path, cut)
}

// fails checks where err says that it happened.
func fails(t *testing.T, err error, path string, offset int) {
	t.Helper()
	var e *vmstate.Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, path, e.Path)
	assert.EqualValues(t, offset, e.Offset)
}

// saveFails and loadFails return the error of a save or load that must fail.
func saveFails[T any](t *testing.T, d *vmstate.Description[T], obj T) error {
	t.Helper()
	_, err := d.Marshal(&obj)
	require.Error(t, err)
	return err
}

func loadFails[T any](t *testing.T, d *vmstate.Description[T], obj *T, wire []byte) error {
	t.Helper()
	err := d.Unmarshal(wire, obj, d.Version)
	require.Error(t, err)
	return err
}

// allocates returns how many bytes f takes from the heap.
func allocates(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// zeros is a stream of n zero bytes.
func zeros(n int) io.Reader { return bytes.NewReader(make([]byte, n)) }

var errRefused = errors.New("refused")

// fieldsOf is what the JSON description says of obj's fields and subsections.
func fieldsOf[T any](t *testing.T, d *vmstate.Description[T], obj T) string {
	t.Helper()
	text := describing(t, vmstate.NewSection(d, &obj, 0))
	_, fields, _ := strings.Cut(text, `"version": `)
	_, fields, _ = strings.Cut(fields, ", ")
	return strings.TrimSuffix(fields, "}]}")
}

// describing is the JSON description of a stream with these sections.
func describing(t *testing.T, sections ...*vmstate.Section) string {
	t.Helper()
	var describer vmstate.Describer
	e := vmstate.NewEncoder(describer.Observe)
	for _, s := range sections {
		require.NoError(t, s.Save(e))
	}
	return string(describer.Stream(4096))
}

// behind is a stream of wire with more bytes behind it.
func behind(wire []byte, more ...byte) io.Reader {
	return io.MultiReader(bytes.NewReader(wire), bytes.NewReader(more))
}
