package vmstate_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/vmstate"
)

func TestBufferIsRawBytes(t *testing.T) {
	type dev struct {
		buf  [5]byte
		tail uint8
	}
	d := describe(
		vmstate.Buffer("buf", func(d *dev) []byte { return d.buf[:] }),
		vmstate.Uint8("tail", func(d *dev) *uint8 { return &d.tail }))
	travels(t, d, dev{[5]byte{'t', 'o', 'y', 'v', 'm'}, 9}, nil, []byte{
		/* buf */ 't', 'o', 'y', 'v', 'm',
		/* tail */ 9,
	}, span{"buf", 5}, span{"tail", 1})

	t.Run("what the stream lacks is zero", func(t *testing.T) {
		got := dev{buf: [5]byte{1, 2, 3, 4, 5}}
		loadFails(t, d, &got, []byte{9, 8})
		assert.Equal(t, [5]byte{9, 8}, got.buf)
	})
	t.Run("empty", func(t *testing.T) {
		d := describe(vmstate.Buffer("buf", func(*dev) []byte { return nil }))
		got, err := d.Marshal(&dev{})
		require.NoError(t, err)
		assert.Empty(t, got)
		assert.NoError(t, d.Unmarshal(nil, &dev{}, 1))
	})
}

// A sized buffer is n and then as many bytes of buf.
type sized struct {
	n   int32
	buf [4]byte
}

func TestBufferMaySendOnlyItsFirstBytes(t *testing.T) {
	d := describe(
		vmstate.Int32("n", func(s *sized) *int32 { return &s.n }),
		vmstate.Buffer("buf", func(s *sized) []byte { return s.buf[:] }).Count(func(s *sized) int { return int(s.n) }))
	size := span{"n", 4}
	for _, c := range []struct {
		name  string
		obj   sized
		wire  []byte
		spans []span
	}{
		{"some", sized{2, [4]byte{1, 2}}, []byte{0, 0, 0, 2, 1, 2}, []span{size, {"buf", 2}}},
		{"all", sized{4, [4]byte{1, 2, 3, 4}}, []byte{0, 0, 0, 4, 1, 2, 3, 4}, []span{size, {"buf", 4}}},
		{"none", sized{0, [4]byte{}}, []byte{0, 0, 0, 0}, []span{size}},
		{"less than none", sized{-1, [4]byte{}}, []byte{0xff, 0xff, 0xff, 0xff}, []span{size}},
	} {
		t.Run(c.name, func(t *testing.T) { travels(t, d, c.obj, nil, c.wire, c.spans...) })
	}
	t.Run("the rest keeps its content", func(t *testing.T) {
		got := sized{9, [4]byte{6, 7, 8, 9}}
		require.NoError(t, d.Unmarshal([]byte{0, 0, 0, 1, 1}, &got, 1))
		assert.Equal(t, sized{1, [4]byte{1, 7, 8, 9}}, got)
	})
	t.Run("more than there is memory for", func(t *testing.T) {
		isLimit(t, saveFails(t, d, sized{n: 5}), "buf", 4, vmstate.LimitError{What: "bytes", Got: 5, Limit: 4})
		err := loadFails(t, d, &sized{}, []byte{0x7f, 0xff, 0xff, 0xff, 1, 2, 3, 4, 5})
		isLimit(t, err, "buf", 4, vmstate.LimitError{What: "bytes", Got: math.MaxInt32, Limit: 4})
	})
}

func isLimit(t *testing.T, err error, path string, offset int, want vmstate.LimitError) {
	t.Helper()
	var limit *vmstate.LimitError
	require.ErrorAs(t, err, &limit)
	assert.Equal(t, want, *limit)
	fails(t, err, path, offset)
}

// A counted object is a count and then memory of that size.
type counted[E any] struct {
	n int32
	s []E
}

func (c *counted[E]) count() int { return int(c.n) }

func countOf[E any]() vmstate.Field[counted[E]] {
	return vmstate.Int32("n", func(c *counted[E]) *int32 { return &c.n })
}

func TestByteSliceIsAllocatedOnLoad(t *testing.T) {
	type dev = counted[byte]
	d := describe(countOf[byte](), vmstate.ByteSlice("s", func(d *dev) *[]byte { return &d.s }, (*dev).count))
	old := func() dev { return dev{7, []byte{9, 9}} }
	travels(t, d, dev{3, []byte{1, 2, 3}}, old, []byte{0, 0, 0, 3, 1, 2, 3}, span{"n", 4}, span{"s", 3})

	t.Run("multiplied", func(t *testing.T) {
		d := describe(countOf[byte](), vmstate.ByteSlice("s", func(d *dev) *[]byte { return &d.s },
			func(d *dev) int { return 2 * d.count() }))
		travels(t, d, dev{1, []byte{1, 2}}, old, []byte{0, 0, 0, 1, 1, 2}, span{"n", 4}, span{"s", 2})
	})
	t.Run("not for a size of zero or less", func(t *testing.T) {
		travels(t, d, dev{0, nil}, old, []byte{0, 0, 0, 0}, span{"n", 4})
		travels(t, d, dev{-1, nil}, old, []byte{0xff, 0xff, 0xff, 0xff}, span{"n", 4})
	})
	t.Run("not beyond the bytes that are there", func(t *testing.T) {
		got := old()
		var err error
		used := allocates(func() { err = loadFails(t, d, &got, []byte{0x7f, 0xff, 0xff, 0xff, 1, 2}) })
		assert.Less(t, used, uint64(1<<20))
		endsIn(t, err, "s", 4, 6)
		assert.Equal(t, []byte{9, 9}, got.s, "the memory stays")
	})
	t.Run("what the slice holds beyond its size is not saved", func(t *testing.T) {
		body, err := d.Marshal(&dev{2, []byte{1, 2, 3}})
		require.NoError(t, err)
		assert.Equal(t, []byte{0, 0, 0, 2, 1, 2}, body)
	})
	t.Run("a size beyond the memory cannot be saved", func(t *testing.T) {
		isLimit(t, saveFails(t, d, dev{3, []byte{1}}), "s", 4, vmstate.LimitError{What: "bytes", Got: 3, Limit: 1})
	})
}

func TestUnusedIsZerosOnSaveAndIgnoredOnLoad(t *testing.T) {
	type dev struct{ tail uint8 }
	d := describe(vmstate.Unused[dev](3), vmstate.Uint8("tail", func(d *dev) *uint8 { return &d.tail }))
	travels(t, d, dev{7}, nil, []byte{ /* unused */ 0, 0, 0 /* tail */, 7}, span{"unused", 3}, span{"tail", 1})
	var got dev
	require.NoError(t, d.Unmarshal([]byte{1, 2, 3, 8}, &got, 1))
	assert.Equal(t, dev{8}, got)

	t.Run("however long", func(t *testing.T) {
		d := describe(vmstate.Unused[dev](1 << 20))
		dec := vmstate.NewDecoder(zeros(1<<20+1), nil)
		used := allocates(func() { require.NoError(t, d.Load(dec, &dev{}, 1)) })
		assert.EqualValues(t, 1<<20, dec.Offset())
		assert.Less(t, used, uint64(1<<19))
	})
	t.Run("twice", func(t *testing.T) {
		d := describe(vmstate.Unused[dev](1), vmstate.Unused[dev](2))
		travels(t, d, dev{}, nil, []byte{0, 0, 0}, span{"unused[0]", 1}, span{"unused[1]", 2})
	})
}

func TestBitmapIsWholeWordsOf64Bits(t *testing.T) {
	type dev struct {
		bits  int32
		words [2]uint64
	}
	d := describe(
		vmstate.Int32("bits", func(d *dev) *int32 { return &d.bits }),
		vmstate.Bitmap("map", func(d *dev) []uint64 { return d.words[:] }, func(d *dev) int { return int(d.bits) }))
	bits := span{"bits", 4}
	word := span{"map", 8}
	first := []byte{0x80, 0, 0, 0, 0, 0, 0, 0x05} // bits 0, 2 and 63
	for _, c := range []struct {
		name  string
		obj   dev
		wire  []byte
		spans []span
	}{
		{"none", dev{}, []byte{0, 0, 0, 0}, []span{bits}},
		{"less than none", dev{bits: -64}, []byte{0xff, 0xff, 0xff, 0xc0}, []span{bits}},
		{"one bit, sent with what is behind it", dev{1, [2]uint64{1<<63 | 5}}, append([]byte{0, 0, 0, 1}, first...), []span{bits, word}},
		{"63 bits", dev{63, [2]uint64{1<<63 | 5}}, append([]byte{0, 0, 0, 63}, first...), []span{bits, word}},
		{"64 bits", dev{64, [2]uint64{1<<63 | 5}}, append([]byte{0, 0, 0, 64}, first...), []span{bits, word}},
		{"65 bits", dev{65, [2]uint64{1<<63 | 5, 1}},
			append(append([]byte{0, 0, 0, 65}, first...), 0, 0, 0, 0, 0, 0, 0, 1), []span{bits, word, word}},
	} {
		t.Run(c.name, func(t *testing.T) { travels(t, d, c.obj, nil, c.wire, c.spans...) })
	}
	t.Run("more than there is memory for", func(t *testing.T) {
		isLimit(t, saveFails(t, d, dev{bits: 129}), "map", 4, vmstate.LimitError{What: "words of the bitmap", Got: 3, Limit: 2})
		err := loadFails(t, d, &dev{}, []byte{0x7f, 0xff, 0xff, 0xff})
		isLimit(t, err, "map", 4, vmstate.LimitError{What: "words of the bitmap", Got: 1 << 25, Limit: 2})
	})
}
