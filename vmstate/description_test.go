package vmstate_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/vmstate"
)

// kinds has a field of every kind that encodes memory in its own way.
func kinds() vmstate.Fields[model] {
	return vmstate.Fields[model]{
		vmstate.Uint8("u8", modelU8),
		vmstate.Bool("b", func(m *model) *bool { return &m.b }),
		vmstate.Timer("alarm", modelAlarm),
		vmstate.Buffer("bytes", modelBytes),
		vmstate.ByteSlice("byteslice", func(m *model) *[]byte { return &m.bytes }, two).When(never),
		vmstate.Unused[model](3),
		vmstate.Bitmap("words", modelWords, func(m *model) int { return 64 * len(m.words) }),
		vmstate.Validate("fine", always),
		vmstate.Array("u16s", modelU16s, vmstate.Uint16),
		vmstate.Array("cells", modelCells, vmstate.StructOf(cells)),
		vmstate.Slice("slice", func(m *model) *[]uint16 { return &m.u16s }, two, vmstate.Uint16).Since(9),
		vmstate.Pointers("ptrs", modelPtrs, vmstate.StructOf(cells)),
		vmstate.Struct("cell", modelCell, cells),
		vmstate.Struct("absent", func(*model) *cell { return nil }, cells).When(never),
		vmstate.StructVersion("versioned", modelCell, cells, 1).When(never),
		vmstate.Temporary("tmp", func(m *model) *cell { return &m.cell }, cells).Since(1),
		vmstate.Queue("items", modelItems, items),
		vmstate.Tree("tree", func(m *model) *map[uint64]item { return &m.tree }, items),
		vmstate.KeyedTree("keyed", func(m *model) *map[[2]uint8]item { return &m.keyed },
			func(a, b [2]uint8) int { return 0 }, keys, items).When(never),
	}
}

func TestMemoryShowsWhateverFieldsReadAndWrite(t *testing.T) {
	sub := &vmstate.Description[model]{Name: "dev/sub", Needed: func(*model) bool { return false },
		Fields: vmstate.Fields[model]{vmstate.Uint32("u32", func(m *model) *uint32 { return &m.u32 })}}
	d := describe(kinds()...)
	d.Subsections = []*vmstate.Description[model]{sub}
	m := &model{bytes: make([]byte, 2), words: make([]uint64, 1), u16s: make([]uint16, 2), cells: make([]cell, 1),
		ptrs: []*cell{nil, {}}, items: make([]item, 1)}
	var got []any
	d.Memory(m, func(p any) { got = append(got, p) })
	want := []any{
		/* u8 */ &m.u8,
		/* b */ &m.b,
		/* alarm */ &m.alarm,
		/* bytes */ m.bytes,
		/* byteslice */ m.bytes, &m.bytes,
		/* words */ m.words,
		/* u16s */ m.u16s,
		/* cells */ &m.cells[0].x, &m.cells[0].y,
		/* slice */ &m.u16s, m.u16s,
		/* ptrs */ m.ptrs, &m.ptrs[1].x, &m.ptrs[1].y,
		/* cell */ &m.cell.x, &m.cell.y,
		/* versioned */ &m.cell.x, &m.cell.y,
		/* items */ &m.items, &m.items[0].on, &m.items[0].n,
		/* tree */ &m.tree,
		/* keyed */ &m.keyed,
		/* sub */ &m.u32,
	}
	require.Len(t, got, len(want))
	for i := range want {
		assert.IsType(t, want[i], got[i], "%d", i)
		assert.Equal(t, want[i], got[i], "%d", i)
	}
	for _, p := range []any{&m.u8, &m.b, &m.cells[0].y, &m.ptrs[1].x, &m.cell.y, &m.u32} {
		assert.Contains(t, pointers(got), p, "the very memory")
	}
}

// pointers is a set, so that Contains compares addresses and not content.
func pointers(all []any) map[any]bool {
	set := map[any]bool{}
	for _, p := range all {
		switch p := p.(type) {
		case *uint8, *uint16, *uint32, *bool:
			set[p] = true
		}
	}
	return set
}

func TestSliceIsOnlyAllocatedIfItsElementsMayBeThere(t *testing.T) {
	type dev = counted[model]
	models := &vmstate.Description[model]{Name: "model", Version: 1, Fields: kinds()}
	d := describe(countOf[model](), vmstate.Slice("s", func(d *dev) *[]model { return &d.s }, (*dev).count, vmstate.StructOf(models)))
	const least = 1 + 1 + 8 + 3 + 3 + 3 + 1 + 5 // u8, b, alarm, unused, cell, tmp, end of items, count and end of tree

	obj := dev{2, make([]model, 2)}
	body, err := d.Marshal(&obj)
	require.NoError(t, err)
	require.Len(t, body, 4+2*least, "nothing but what is always there")
	var got dev
	require.NoError(t, d.Unmarshal(body, &got, 1))
	require.Len(t, got.s, 2)

	got = dev{}
	err = loadFails(t, d, &got, body[:len(body)-1])
	endsIn(t, err, "s", 4, len(body)-1)
	assert.Nil(t, got.s)
	var end *vmstate.EndError
	require.ErrorAs(t, err, &end)
	assert.Equal(t, vmstate.EndError{Want: 2 * least, Have: 2*least - 1}, *end)
}

func TestSchemaListsEachKindOfField(t *testing.T) {
	m := &model{bytes: make([]byte, 7), words: make([]uint64, 2), u16s: make([]uint16, 3), ptrs: []*cell{nil, {}}}
	s := vmstate.NewSection(describe(kinds()...), m, 0).Schema()
	assert.Equal(t, "dev", s.Name)
	one := 1
	cellSchema, itemSchema := cells.Schema(&cell{}), items.Schema(&item{})
	assert.Equal(t, []vmstate.SchemaField{
		{Name: "u8", Type: "uint8", Size: 1},
		{Name: "b", Type: "bool", Size: 1},
		{Name: "alarm", Type: "timer", Size: 8},
		{Name: "bytes", Type: "buffer", Size: 7},
		{Name: "byteslice", Type: "buffer", Exists: true, Counted: true},
		{Name: "unused", Type: "unused_buffer", Size: 3},
		{Name: "words", Type: "bitmap", Size: 16},
		{Name: "u16s", Type: "uint16", Size: 2, ArrayLen: 3},
		{Name: "cells", Type: "struct", Size: 3, Counted: true, Description: cellSchema},
		{Name: "slice", Type: "uint16", Size: 2, Counted: true, Version: 9},
		{Name: "ptrs", Type: "struct", Size: 3, ArrayLen: 2, Pointers: true, Description: cellSchema},
		{Name: "cell", Type: "struct", Size: 3, Description: cellSchema},
		{Name: "absent", Type: "struct", Size: 3, Exists: true, Description: cellSchema},
		{Name: "versioned", Type: "vstruct", Size: 3, Exists: true, StructVersion: &one, Description: cellSchema},
		{Name: "tmp", Type: "tmp", Size: 3, Version: 1, Description: cellSchema},
		{Name: "items", Type: "qtailq", Description: itemSchema},
		{Name: "tree", Type: "gtree", Description: itemSchema},
		{Name: "keyed", Type: "gtree", Exists: true, Key: keys.Schema(&[2]uint8{}), Description: itemSchema},
	}, s.Fields)

	nils := describe(vmstate.Pointers("ptrs", func(*model) []*cell { return make([]*cell, 1) }, vmstate.StructOf(cells)))
	assert.Equal(t, cellSchema, nils.Schema(m).Fields[0].Description, "though there is no element to look at")
	assert.Equal(t, "uint16", describe(vmstate.Array("v", modelU16s, vmstate.Uint16)).Schema(&model{}).Fields[0].Type)
}

func TestRefinementThatWouldDoNothingPanics(t *testing.T) {
	number := func(m *model) int { return 1 }
	always := func(*model, int) bool { return true }
	byteOf := func(m *model) *uint8 { return &m.u8 }
	for _, c := range []struct {
		want string
		make func()
	}{
		{`vmstate: field "f" may not have Count: it is neither an array nor a buffer`, func() { vmstate.Uint8("f", byteOf).Count(number) }},
		{`vmstate: field "f" may not have Count: it is neither an array nor a buffer`,
			func() { vmstate.Queue("f", func(m *model) *[]item { return &m.items }, items).Count(number) }},
		{`vmstate: field "unused" may not have Count: it is neither an array nor a buffer`, func() { vmstate.Unused[model](3).Count(number) }},
		{`vmstate: field "ok" may not have Count: it is neither an array nor a buffer`, func() { vmstate.Validate("ok", always).Count(number) }},
		{`vmstate: field "f" may not have Hint: it is not compared with anything`, func() { vmstate.Uint8("f", byteOf).Hint("do") }},
		{`vmstate: field "ok" may not have Hint: it is not compared with anything`, func() { vmstate.Validate("ok", always).Hint("do") }},
		{`vmstate: field "ok" may not have When: it is a validation, which has its condition already`, func() { vmstate.Validate("ok", always).When(always) }},
		{`vmstate: field "ok" may not have Since: it is a validation, which is made for every version`, func() { vmstate.Validate("ok", always).Since(2) }},
	} {
		assert.PanicsWithValue(t, c.want, c.make)
	}
	assert.NotPanics(t, func() {
		vmstate.Buffer("f", func(m *model) []byte { return m.bytes }).Count(number).When(always).Since(1)
		vmstate.Pointers("f", func(m *model) []*cell { return m.ptrs }, vmstate.StructOf(cells)).Count(number)
		vmstate.Uint8Equal("f", byteOf).Hint("do")
	})
}
