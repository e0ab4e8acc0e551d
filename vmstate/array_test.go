package vmstate_test

import (
	"bytes"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/vmstate"
)

// A cell is a small struct for arrays.
type cell struct {
	x uint8
	y uint16
}

var cells = &vmstate.Description[cell]{Name: "cell", Version: 1, MinVersion: 1, Fields: vmstate.Fields[cell]{
	vmstate.Uint8("x", func(c *cell) *uint8 { return &c.x }),
	vmstate.Uint16("y", func(c *cell) *uint16 { return &c.y }),
}}

func TestArrayIsItsElementsInOrder(t *testing.T) {
	t.Run("uint16", func(t *testing.T) {
		type dev struct{ v [3]uint16 }
		d := describe(vmstate.Array("v", func(d *dev) []uint16 { return d.v[:] }, vmstate.Uint16))
		travels(t, d, dev{[3]uint16{0x42, 0x1234, 0xffff}}, nil,
			[]byte{0x00, 0x42, 0x12, 0x34, 0xff, 0xff}, span{"v[0]", 2}, span{"v[1]", 2}, span{"v[2]", 2})
	})
	t.Run("named int8", func(t *testing.T) {
		type dev struct{ v [2]level }
		d := describe(vmstate.Array("v", func(d *dev) []level { return d.v[:] }, vmstate.Int8))
		travels(t, d, dev{[2]level{-1, 1}}, nil, []byte{0xff, 0x01}, span{"v[0]", 1}, span{"v[1]", 1})
	})
	t.Run("bool", func(t *testing.T) {
		type dev struct{ v [3]bool }
		d := describe(vmstate.Array("v", func(d *dev) []bool { return d.v[:] }, vmstate.Bool))
		travels(t, d, dev{[3]bool{true, false, true}}, nil, []byte{1, 0, 1}, span{"v[0]", 1}, span{"v[1]", 1}, span{"v[2]", 1})
	})
	t.Run("struct", func(t *testing.T) {
		type dev struct{ v [2]cell }
		d := describe(vmstate.Array("v", func(d *dev) []cell { return d.v[:] }, vmstate.StructOf(cells)))
		travels(t, d, dev{[2]cell{{1, 2}, {3, 4}}}, nil, []byte{
			/* v[0] */ 1, 0, 2,
			/* v[1] */ 3, 0, 4,
		}, span{"v[0].x", 1}, span{"v[0].y", 2}, span{"v[1].x", 1}, span{"v[1].y", 2})
	})
	t.Run("timer", func(t *testing.T) {
		type dev struct{ v [2]vmstate.Deadline }
		timer := func(name string, at func(*vmstate.Deadline) *vmstate.Deadline) vmstate.Field[vmstate.Deadline] {
			return vmstate.Timer(name, func(d *vmstate.Deadline) vmstate.Alarm { return at(d) })
		}
		d := describe(vmstate.Array("v", func(d *dev) []vmstate.Deadline { return d.v[:] }, timer))
		travels(t, d, dev{[2]vmstate.Deadline{vmstate.NotArmed, 5}}, nil, []byte{
			/* v[0] */ 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
			/* v[1] */ 0, 0, 0, 0, 0, 0, 0, 5,
		}, span{"v[0]", 8}, span{"v[1]", 8})
	})
	t.Run("buffer", func(t *testing.T) {
		type dev struct{ v [2][2]uint8 }
		row := func(name string, at func(*[2]uint8) *[2]uint8) vmstate.Field[[2]uint8] {
			return vmstate.Buffer(name, func(r *[2]uint8) []uint8 { return at(r)[:] })
		}
		d := describe(vmstate.Array("v", func(d *dev) [][2]uint8 { return d.v[:] }, row))
		travels(t, d, dev{[2][2]uint8{{1, 2}, {3, 4}}}, nil, []byte{1, 2, 3, 4}, span{"v[0]", 2}, span{"v[1]", 2})
	})
	t.Run("empty", func(t *testing.T) {
		type dev struct{}
		d := describe(vmstate.Array("v", func(d *dev) []uint16 { return nil }, vmstate.Uint16))
		travels(t, d, dev{}, nil, nil)
	})
}

func TestArrayMayBeCountedByASibling(t *testing.T) {
	type dev struct {
		n int32
		v [3]uint16
	}
	d := describe(
		vmstate.Int32("n", func(d *dev) *int32 { return &d.n }),
		vmstate.Array("v", func(d *dev) []uint16 { return d.v[:] }, vmstate.Uint16).Count(func(d *dev) int { return int(d.n) }))
	n := span{"n", 4}
	travels(t, d, dev{2, [3]uint16{7, 8}}, nil, []byte{0, 0, 0, 2, 0, 7, 0, 8}, n, span{"v[0]", 2}, span{"v[1]", 2})
	travels(t, d, dev{}, nil, []byte{0, 0, 0, 0}, n)
	travels(t, d, dev{n: -1}, nil, []byte{0xff, 0xff, 0xff, 0xff}, n)

	t.Run("the rest keeps its content", func(t *testing.T) {
		got := dev{0, [3]uint16{1, 2, 3}}
		require.NoError(t, d.Unmarshal([]byte{0, 0, 0, 1, 0, 9}, &got, 1))
		assert.Equal(t, dev{1, [3]uint16{9, 2, 3}}, got)
	})
	t.Run("more than there is memory for", func(t *testing.T) {
		isLimit(t, saveFails(t, d, dev{n: 4}), "v", 4, vmstate.LimitError{What: "elements", Got: 4, Limit: 3})
		err := loadFails(t, d, &dev{}, []byte{0x7f, 0xff, 0xff, 0xff, 0, 0})
		isLimit(t, err, "v", 4, vmstate.LimitError{What: "elements", Got: math.MaxInt32, Limit: 3})
	})
	t.Run("multiplied, of type uint8", func(t *testing.T) {
		type dev struct {
			rows uint8
			v    [6]uint8
		}
		d := describe(
			vmstate.Uint8("rows", func(d *dev) *uint8 { return &d.rows }),
			vmstate.Array("v", func(d *dev) []uint8 { return d.v[:] }, vmstate.Uint8).Count(func(d *dev) int { return 3 * int(d.rows) }))
		travels(t, d, dev{1, [6]uint8{1, 2, 3}}, nil, []byte{1, 1, 2, 3}, span{"rows", 1}, span{"v[0]", 1}, span{"v[1]", 1}, span{"v[2]", 1})
	})
	t.Run("structs", func(t *testing.T) {
		type dev struct {
			n uint16
			v [3]cell
		}
		d := describe(
			vmstate.Uint16("n", func(d *dev) *uint16 { return &d.n }),
			vmstate.Array("v", func(d *dev) []cell { return d.v[:] }, vmstate.StructOf(cells)).Count(func(d *dev) int { return int(d.n) }))
		travels(t, d, dev{2, [3]cell{{1, 2}, {3, 4}}}, nil, []byte{0, 2, 1, 0, 2, 3, 0, 4},
			span{"n", 2}, span{"v[0].x", 1}, span{"v[0].y", 2}, span{"v[1].x", 1}, span{"v[1].y", 2})
	})
}

func TestSliceIsAllocatedOnLoad(t *testing.T) {
	type dev = counted[uint16]
	d := describe(countOf[uint16](), vmstate.Slice("s", func(d *dev) *[]uint16 { return &d.s }, (*dev).count, vmstate.Uint16))
	old := func() dev { return dev{7, []uint16{9, 9}} }
	n := span{"n", 4}
	travels(t, d, dev{2, []uint16{1, 2}}, old, []byte{0, 0, 0, 2, 0, 1, 0, 2}, n, span{"s", 4})

	t.Run("not for a count of zero or less", func(t *testing.T) {
		travels(t, d, dev{0, nil}, old, []byte{0, 0, 0, 0}, n)
		travels(t, d, dev{-1, nil}, old, []byte{0xff, 0xff, 0xff, 0xff}, n)
		var got dev
		body := []byte{0, 0, 0, 0}
		assert.LessOrEqual(t, testing.AllocsPerRun(10, func() { _ = d.Unmarshal(body, &got, 1) }), 1.0, "the decoder")
	})
	t.Run("not beyond the bytes that are there", func(t *testing.T) {
		for _, field := range []vmstate.Field[dev]{
			vmstate.Slice("s", func(d *dev) *[]uint16 { return &d.s }, (*dev).count, vmstate.Uint16),
			vmstate.Slice("s", func(d *dev) *[]uint16 { return &d.s }, func(*dev) int { return math.MaxInt }, vmstate.Uint16),
		} {
			d := describe(countOf[uint16](), field)
			got := old()
			var err error
			used := allocates(func() { err = loadFails(t, d, &got, []byte{0x7f, 0xff, 0xff, 0xff, 0, 1}) })
			assert.Less(t, used, uint64(1<<20))
			endsIn(t, err, "s", 4, 6)
			assert.Equal(t, []uint16{9, 9}, got.s, "the memory stays")
		}
	})
	t.Run("nor of a stream of unknown length", func(t *testing.T) {
		got := old()
		src := bytes.NewReader(append([]byte{0x7f, 0xff, 0xff, 0xff}, make([]byte, 1000)...))
		var err error
		used := allocates(func() { err = d.Load(vmstate.NewDecoder(src, nil), &got, 1) })
		assert.Less(t, used, uint64(1<<20))
		endsIn(t, err, "s", 4, 1004)
	})
	t.Run("a count beyond the memory cannot be saved", func(t *testing.T) {
		isLimit(t, saveFails(t, d, dev{3, []uint16{1}}), "s", 4, vmstate.LimitError{What: "elements", Got: 3, Limit: 1})
	})
	t.Run("of structs", func(t *testing.T) {
		type dev = counted[cell]
		d := describe(countOf[cell](), vmstate.Slice("s", func(d *dev) *[]cell { return &d.s }, (*dev).count, vmstate.StructOf(cells)))
		travels(t, d, dev{2, []cell{{1, 2}, {3, 4}}}, nil, []byte{0, 0, 0, 2, 1, 0, 2, 3, 0, 4}, n, span{"s", 6})
	})
	t.Run("of structs that vary in size", func(t *testing.T) {
		type dev = counted[cell]
		varying := &vmstate.Description[cell]{Name: "cell", Fields: vmstate.Fields[cell]{
			vmstate.Uint8("x", func(c *cell) *uint8 { return &c.x }),
			vmstate.Uint16("y", func(c *cell) *uint16 { return &c.y }).When(func(c *cell, _ int) bool { return c.x == 1 }),
			vmstate.Uint16("never", func(c *cell) *uint16 { return &c.y }).Since(1),
		}}
		d := describe(countOf[cell](), vmstate.Slice("s", func(d *dev) *[]cell { return &d.s }, (*dev).count, vmstate.StructOf(varying)))
		travels(t, d, dev{2, []cell{{0, 0}, {0, 0}}}, nil, []byte{0, 0, 0, 2, 0, 0}, n, span{"s", 2})
		got := dev{}
		endsIn(t, loadFails(t, d, &got, []byte{0, 0, 0, 2, 0, 1, 0}), "s[1].y", 6, 7)
	})
}

func TestPointersAreFollowed(t *testing.T) {
	type dev struct{ v [3]*cell }
	d := describe(vmstate.Pointers("v", func(d *dev) []*cell { return d.v[:] }, vmstate.StructOf(cells)))
	obj := dev{[3]*cell{{1, 2}, nil, {3, 4}}}
	fresh := func() dev { return dev{[3]*cell{{}, nil, {}}} }
	wire := []byte{
		/* v[0] */ 1, 0, 2,
		/* v[1] */ '0',
		/* v[2] */ 3, 0, 4,
	}
	travels(t, d, obj, fresh, wire,
		span{"v[0].x", 1}, span{"v[0].y", 2}, span{"v[1]", 1}, span{"v[2].x", 1}, span{"v[2].y", 2})

	t.Run("of plain values", func(t *testing.T) {
		type dev struct{ v [2]*uint16 }
		d := describe(vmstate.Pointers("v", func(d *dev) []*uint16 { return d.v[:] }, vmstate.Uint16))
		value, loaded := uint16(0x1234), uint16(0)
		travels(t, d, dev{[2]*uint16{nil, &value}}, func() dev { return dev{[2]*uint16{nil, &loaded}} },
			[]byte{'0', 0x12, 0x34}, span{"v[0]", 1}, span{"v[1]", 2})
	})
	t.Run("the receiver's pointers decide", func(t *testing.T) {
		got := dev{[3]*cell{nil, {}, {}}}
		err := loadFails(t, d, &got, wire)
		var marker *vmstate.MarkerError
		require.ErrorAs(t, err, &marker)
		assert.Equal(t, byte(1), marker.Got)
		fails(t, err, "v[0]", 0)

		got = dev{[3]*cell{{}, {}, {}}}
		require.Error(t, d.Unmarshal(wire, &got, 1), "two bytes short")
		assert.Equal(t, &cell{'0', 0x0300}, got.v[1], "the marker is taken for data")
	})
	t.Run("nil ones stay nil", func(t *testing.T) {
		var got dev
		require.NoError(t, d.Unmarshal([]byte("000"), &got, 1))
		assert.Equal(t, dev{}, got)
		body, err := d.Marshal(&dev{})
		require.NoError(t, err)
		assert.Equal(t, []byte("000"), body)
	})
	t.Run("as many as counted", func(t *testing.T) {
		n := 1
		d := describe(vmstate.Pointers("v", func(d *dev) []*cell { return d.v[:] }, vmstate.StructOf(cells)).
			Count(func(*dev) int { return n }))
		body, err := d.Marshal(&obj)
		require.NoError(t, err)
		assert.Equal(t, wire[:3], body)
		n = 4
		isLimit(t, saveFails(t, d, obj), "v", 0, vmstate.LimitError{What: "elements", Got: 4, Limit: 3})
		isLimit(t, loadFails(t, d, &dev{}, wire), "v", 0, vmstate.LimitError{What: "elements", Got: 4, Limit: 3})
	})
}

func TestErrorInAnArrayElementNamesIt(t *testing.T) {
	refuse := func(name string, at func(*uint8) *uint8) vmstate.Field[uint8] {
		return vmstate.Custom(name, "odd", 1, at,
			func(e *vmstate.Encoder, v *uint8) error {
				if *v%2 == 0 {
					return errRefused
				}
				e.Uint8(*v)
				return nil
			},
			func(d *vmstate.Decoder, v *uint8) error {
				if *v = d.Uint8(); *v%2 == 0 {
					return errRefused
				}
				return nil
			})
	}
	type dev struct{ v [3]uint8 }
	d := describe(vmstate.Array("v", func(d *dev) []uint8 { return d.v[:] }, refuse))
	err := saveFails(t, d, dev{[3]uint8{1, 3, 4}})
	require.ErrorIs(t, err, errRefused)
	fails(t, err, "v[2]", 2)
	err = loadFails(t, d, &dev{}, []byte{1, 2, 3})
	require.ErrorIs(t, err, errRefused)
	fails(t, err, "v[1]", 1)
}

func TestElementMustBeOneValueThatIsAlwaysThere(t *testing.T) {
	type table [2][2]uint8
	rows := func(table *table) [][2]uint8 { return table[:] }
	for name, elem := range map[string]vmstate.Elem[[2]uint8]{
		"array": func(name string, at func(*[2]uint8) *[2]uint8) vmstate.Field[[2]uint8] {
			return vmstate.Array(name, func(row *[2]uint8) []uint8 { return at(row)[:] }, vmstate.Uint8)
		},
		"later version": func(name string, at func(*[2]uint8) *[2]uint8) vmstate.Field[[2]uint8] {
			return vmstate.Uint8(name, func(row *[2]uint8) *uint8 { return &at(row)[0] }).Since(2)
		},
		"validation": func(name string, at func(*[2]uint8) *[2]uint8) vmstate.Field[[2]uint8] {
			return vmstate.Validate(name, func(*[2]uint8, int) bool { return true })
		},
	} {
		t.Run(name, func(t *testing.T) {
			assert.PanicsWithValue(t, `vmstate: each element of "rows" must be one value that is always there`,
				func() { vmstate.Array("rows", rows, elem) })
		})
	}
}

func TestSizeOfAnElementMustNotBeCounted(t *testing.T) {
	type elem = counted[byte]
	elems := func(all *[2]elem) []elem { return all[:] }
	for name, field := range map[string]vmstate.Elem[elem]{
		"buffer": func(name string, at func(*elem) *elem) vmstate.Field[elem] {
			return vmstate.Buffer(name, func(e *elem) []byte { return at(e).s }).Count((*elem).count)
		},
		"byte slice": func(name string, at func(*elem) *elem) vmstate.Field[elem] {
			return vmstate.ByteSlice(name, func(e *elem) *[]byte { return &at(e).s }, (*elem).count)
		},
		"bitmap": func(name string, at func(*elem) *elem) vmstate.Field[elem] {
			return vmstate.Bitmap(name, func(e *elem) []uint64 { return nil }, (*elem).count)
		},
	} {
		t.Run(name, func(t *testing.T) {
			assert.PanicsWithValue(t, `vmstate: the size of an element of "elems" must not be counted: put the element in a struct`,
				func() { vmstate.Array("elems", elems, field) })
		})
	}
	t.Run("but that of a field of an element may be", func(t *testing.T) {
		inner := describe(countOf[byte](), vmstate.ByteSlice("s", func(e *elem) *[]byte { return &e.s }, (*elem).count).
			When(func(*elem, int) bool { return true }))
		d := describe(vmstate.Array("elems", elems, vmstate.StructOf(inner)))
		const n, head = `{"name": "n", "type": "int32", "size": 4}`, `"type": "struct", "struct": {"vmsd_name": "dev", "version": 1, "fields": [`
		assert.Equal(t, `"fields": [`+
			`{"name": "elems", "index": 0, `+head+n+`, {"name": "s", "type": "buffer", "size": 1}]}, "size": 5}, `+
			`{"name": "elems", "index": 1, `+head+n+`, {"name": "s", "type": "buffer", "size": 3}]}, "size": 7}]`,
			fieldsOf(t, d, [2]elem{{1, []byte{1}}, {3, []byte{1, 2, 3}}}))
	})
}

func TestArrayOfRowsHasTheBytesOfAFlatOne(t *testing.T) {
	type dev struct{ cells [2][3]uint16 }
	row := describe(vmstate.Array("cells", func(row *[3]uint16) []uint16 { return row[:] }, vmstate.Uint16))
	d := describe(vmstate.Array("rows", func(d *dev) [][3]uint16 { return d.cells[:] }, vmstate.StructOf(row)))
	travels(t, d, dev{[2][3]uint16{{1, 2, 3}, {4, 5, 6}}}, nil, []byte{0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6},
		span{"rows[0].cells[0]", 2}, span{"rows[0].cells[1]", 2}, span{"rows[0].cells[2]", 2},
		span{"rows[1].cells[0]", 2}, span{"rows[1].cells[1]", 2}, span{"rows[1].cells[2]", 2})
}

func TestHintOfAnArrayReachesItsElements(t *testing.T) {
	d := describe(vmstate.Array("irqs", func(irqs *[2]uint8) []uint8 { return irqs[:] }, vmstate.Uint8Equal).Hint("set the same irqs"))
	assert.ErrorContains(t, d.Unmarshal([]byte{3, 5}, &[2]uint8{3, 4}, 1), "field irqs[1]: incoming value 0x5 must be equal to the local 0x4: set the same irqs")
}
