package vmstate_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/vmstate"
)

func TestDescriptionOfAStream(t *testing.T) {
	assert.Equal(t, `{"page_size": 4096, "devices": []}`, describing(t))

	timer := &vmstate.Description[clock]{Name: "timer", Version: 2, Fields: vmstate.Fields[clock]{
		vmstate.Custom("cpu_ticks_offset", "int64", 8, func(c *clock) *clock { return c },
			func(e *vmstate.Encoder, _ *clock) error { e.Uint64(0); return nil }, nil),
		vmstate.Unused[clock](8),
	}}
	empty := &vmstate.Description[clock]{Name: "empty"}
	renamed := vmstate.NewSection(empty, &clock{}, 3)
	renamed.Name = "isa-ide"
	assert.Equal(t, `{"page_size": 4096, "devices": [`+
		`{"name": "timer", "instance_id": 0, "vmsd_name": "timer", "version": 2, "fields": [`+
		`{"name": "cpu_ticks_offset", "type": "int64", "size": 8}, `+
		`{"name": "unused", "type": "unused_buffer", "size": 8}]}, `+
		`{"name": "isa-ide", "instance_id": 3, "vmsd_name": "empty", "version": 0, "fields": []}]}`,
		describing(t, vmstate.NewSection(timer, &clock{}, 0), renamed))
}

// model has memory for every kind of field.
type model struct {
	b     bool
	i8    int8
	i16   int16
	i32   int32
	i64   int64
	u8    uint8
	u16   uint16
	u32   uint32
	u64   uint64
	f     float64
	alarm vmstate.Deadline
	bytes []byte
	words []uint64
	u16s  []uint16
	bools []bool
	cells []cell
	ptrs  []*cell
	u8s   []*uint8
	cell  cell
	items []item
	tree  map[uint64]item
	keyed map[[2]uint8]item
}

func modelCells(m *model) []cell        { return m.cells }
func modelCell(m *model) *cell          { return &m.cell }
func modelItems(m *model) *[]item       { return &m.items }
func modelU16s(m *model) []uint16       { return m.u16s }
func always(*model, int) bool           { return true }
func never(*model, int) bool            { return false }
func two(*model) int                    { return 2 }
func modelWords(m *model) []uint64      { return m.words }
func modelU8(m *model) *uint8           { return &m.u8 }
func modelBytes(m *model) []byte        { return m.bytes }
func modelPtrs(m *model) []*cell        { return m.ptrs }
func modelAlarm(m *model) vmstate.Alarm { return &m.alarm }

// cellBody is how a struct cell is described.
const cellBody = `"vmsd_name": "cell", "version": 1, "fields": [{"name": "x", "type": "uint8", "size": 1}, {"name": "y", "type": "uint16", "size": 2}]`

const itemBody = `"vmsd_name": "item", "version": 2, "fields": [{"name": "on", "type": "bool", "size": 1}, {"name": "n", "type": "uint8", "size": 1}]`

func TestDescriptionOfEachKindOfField(t *testing.T) {
	versioned := &vmstate.Description[cell]{Name: "cell", Version: 5, Fields: vmstate.Fields[cell]{
		vmstate.Uint8("x", func(c *cell) *uint8 { return &c.x }),
		vmstate.Uint16("y", func(c *cell) *uint16 { return &c.y }).Since(5)}}
	optional := &vmstate.Description[cell]{Name: "cell", Version: 1, Fields: vmstate.Fields[cell]{
		vmstate.Uint8("x", func(c *cell) *uint8 { return &c.x }),
		vmstate.Uint16("y", func(c *cell) *uint16 { return &c.y }).When(func(c *cell, _ int) bool { return c.x == 1 })}}
	checked := &vmstate.Description[cell]{Name: "cell", Version: 1, Fields: vmstate.Fields[cell]{
		vmstate.Uint8("x", func(c *cell) *uint8 { return &c.x }),
		vmstate.Validate("fine", func(*cell, int) bool { return true })}}
	extensible := &vmstate.Description[cell]{Name: "cell", Version: 1, Subsections: []*vmstate.Description[cell]{},
		Fields: vmstate.Fields[cell]{vmstate.Uint8("x", func(c *cell) *uint8 { return &c.x })}}
	nested := &vmstate.Description[cell]{Name: "nest", Version: 1, Fields: vmstate.Fields[cell]{
		vmstate.Struct("in", func(c *cell) *cell { return c }, optional)}}
	const x = `{"name": "x", "type": "uint8", "size": 1}`
	const onlyX = `"vmsd_name": "cell", "version": 1, "fields": [` + x + `]`

	m := model{
		bytes: make([]byte, 7), words: make([]uint64, 3), u16s: make([]uint16, 3), bools: make([]bool, 2),
		cells: []cell{{0, 0}, {1, 1}}, ptrs: []*cell{{}, nil}, u8s: []*uint8{new(uint8), nil},
		items: make([]item, 2), tree: map[uint64]item{3: {}, 4: {}}, keyed: map[[2]uint8]item{{1, 2}: {}},
	}
	for _, c := range []struct {
		name  string
		field vmstate.Field[model]
		want  string
	}{
		{"bool", vmstate.Bool("v", func(m *model) *bool { return &m.b }), `{"name": "v", "type": "bool", "size": 1}`},
		{"int8", vmstate.Int8("v", func(m *model) *int8 { return &m.i8 }), `{"name": "v", "type": "int8", "size": 1}`},
		{"int16", vmstate.Int16("v", func(m *model) *int16 { return &m.i16 }), `{"name": "v", "type": "int16", "size": 2}`},
		{"int32", vmstate.Int32("v", func(m *model) *int32 { return &m.i32 }), `{"name": "v", "type": "int32", "size": 4}`},
		{"int64", vmstate.Int64("v", func(m *model) *int64 { return &m.i64 }), `{"name": "v", "type": "int64", "size": 8}`},
		{"uint8", vmstate.Uint8("v", modelU8), `{"name": "v", "type": "uint8", "size": 1}`},
		{"uint16", vmstate.Uint16("v", func(m *model) *uint16 { return &m.u16 }), `{"name": "v", "type": "uint16", "size": 2}`},
		{"uint32", vmstate.Uint32("v", func(m *model) *uint32 { return &m.u32 }), `{"name": "v", "type": "uint32", "size": 4}`},
		{"uint64", vmstate.Uint64("v", func(m *model) *uint64 { return &m.u64 }), `{"name": "v", "type": "uint64", "size": 8}`},
		{"uint8 equal", vmstate.Uint8Equal("v", modelU8), `{"name": "v", "type": "uint8 equal", "size": 1}`},
		{"uint16 equal", vmstate.Uint16Equal("v", func(m *model) *uint16 { return &m.u16 }), `{"name": "v", "type": "uint16 equal", "size": 2}`},
		{"int32 equal", vmstate.Int32Equal("v", func(m *model) *int32 { return &m.i32 }), `{"name": "v", "type": "int32 equal", "size": 4}`},
		{"uint32 equal", vmstate.Uint32Equal("v", func(m *model) *uint32 { return &m.u32 }), `{"name": "v", "type": "uint32 equal", "size": 4}`},
		{"uint64 equal", vmstate.Uint64Equal("v", func(m *model) *uint64 { return &m.u64 }), `{"name": "v", "type": "int64 equal", "size": 8}`},
		{"int32 at most", vmstate.Int32Max("v", func(m *model) *int32 { return &m.i32 }), `{"name": "v", "type": "int32 le", "size": 4}`},
		{"float64", vmstate.Float64("v", func(m *model) *float64 { return &m.f }), `{"name": "v", "type": "CPU_Double_U", "size": 8}`},
		{"timer", vmstate.Timer("v", modelAlarm), `{"name": "v", "type": "timer", "size": 8}`},
		{"buffer", vmstate.Buffer("v", modelBytes), `{"name": "v", "type": "buffer", "size": 7}`},
		{"buffer of a size", vmstate.Buffer("v", modelBytes).Count(two), `{"name": "v", "type": "buffer", "size": 2}`},
		{"byte slice", vmstate.ByteSlice("v", func(m *model) *[]byte { return &m.bytes }, two), `{"name": "v", "type": "buffer", "size": 2}`},
		{"unused", vmstate.Unused[model](3), `{"name": "unused", "type": "unused_buffer", "size": 3}`},
		{"bitmap", vmstate.Bitmap("v", modelWords, func(*model) int { return 65 }), `{"name": "v", "type": "bitmap", "size": 16}`},
		{"validation", vmstate.Validate("v", always), ``},
		{"absent by predicate", vmstate.Uint8("v", modelU8).When(never), ``},
		{"absent by version", vmstate.Uint8("v", modelU8).Since(2), ``},

		{"array", vmstate.Array("v", modelU16s, vmstate.Uint16), `{"name": "v", "array_len": 3, "type": "uint16", "size": 2}`},
		{"array moved one by one", vmstate.Array("v", func(m *model) []bool { return m.bools }, vmstate.Bool), `{"name": "v", "array_len": 2, "type": "bool", "size": 1}`},
		{"array of a count", vmstate.Array("v", modelU16s, vmstate.Uint16).Count(two), `{"name": "v", "array_len": 2, "type": "uint16", "size": 2}`},
		{"array of one", vmstate.Array("v", modelU16s, vmstate.Uint16).Count(func(*model) int { return 1 }), `{"name": "v", "type": "uint16", "size": 2}`},
		{"array of none", vmstate.Array("v", modelU16s, vmstate.Uint16).Count(func(*model) int { return 0 }), ``},
		{"slice", vmstate.Slice("v", func(m *model) *[]uint16 { return &m.u16s }, two, vmstate.Uint16), `{"name": "v", "array_len": 2, "type": "uint16", "size": 2}`},
		{"array with a predicate", vmstate.Array("v", modelU16s, vmstate.Uint16).When(always).Count(two),
			`{"name": "v", "index": 0, "type": "uint16", "size": 2}, {"name": "v", "index": 1, "type": "uint16", "size": 2}`},
		{"array of one with a predicate", vmstate.Array("v", modelU16s, vmstate.Uint16).When(always).Count(func(*model) int { return 1 }),
			`{"name": "v", "type": "uint16", "size": 2}`},

		{"struct", vmstate.Struct("v", modelCell, cells), `{"name": "v", "type": "struct", "struct": {` + cellBody + `}, "size": 3}`},
		{"vstruct", vmstate.StructVersion("v", modelCell, versioned, 4),
			`{"name": "v", "type": "vstruct", "vmsd_name": "cell", "version": 4, "fields": [` + x + `], "size": 1}`},
		{"tmp", vmstate.Temporary("v", func(m *model) *cell { return &m.cell }, cells), `{"name": "v", "type": "tmp", ` + cellBody + `, "size": 3}`},
		{"array of structs", vmstate.Array("v", modelCells, vmstate.StructOf(cells)),
			`{"name": "v", "array_len": 2, "type": "struct", "struct": {` + cellBody + `}, "size": 3}`},
		{"array of structs with a predicate", vmstate.Array("v", modelCells, vmstate.StructOf(cells)).When(always),
			`{"name": "v", "index": 0, "type": "struct", "struct": {` + cellBody + `}, "size": 3}, ` +
				`{"name": "v", "index": 1, "type": "struct", "struct": {` + cellBody + `}, "size": 3}`},
		{"array of structs with an optional field", vmstate.Array("v", modelCells, vmstate.StructOf(optional)),
			`{"name": "v", "index": 0, "type": "struct", "struct": {` + onlyX + `}, "size": 1}, ` +
				`{"name": "v", "index": 1, "type": "struct", "struct": {` + cellBody + `}, "size": 3}`},
		{"array of structs with one deeper", vmstate.Array("v", modelCells, vmstate.StructOf(nested)),
			`{"name": "v", "index": 0, "type": "struct", "struct": {"vmsd_name": "nest", "version": 1, "fields": [` +
				`{"name": "in", "type": "struct", "struct": {` + onlyX + `}, "size": 1}]}, "size": 1}, ` +
				`{"name": "v", "index": 1, "type": "struct", "struct": {"vmsd_name": "nest", "version": 1, "fields": [` +
				`{"name": "in", "type": "struct", "struct": {` + cellBody + `}, "size": 3}]}, "size": 3}`},
		{"array of structs with a validation", vmstate.Array("v", modelCells, vmstate.StructOf(checked)),
			`{"name": "v", "index": 0, "type": "struct", "struct": {` + onlyX + `}, "size": 1}, ` +
				`{"name": "v", "index": 1, "type": "struct", "struct": {` + onlyX + `}, "size": 1}`},
		{"array of structs with a list of subsections", vmstate.Array("v", modelCells, vmstate.StructOf(extensible)),
			`{"name": "v", "index": 0, "type": "struct", "struct": {` + onlyX + `}, "size": 1}, ` +
				`{"name": "v", "index": 1, "type": "struct", "struct": {` + onlyX + `}, "size": 1}`},
		{"array of vstructs with an optional field", vmstate.Array("v", modelCells, func(name string, at func(*cell) *cell) vmstate.Field[cell] {
			return vmstate.StructVersion(name, at, optional, 1)
		}), `{"name": "v", "array_len": 2, "type": "vstruct", ` + onlyX + `, "size": 1}`},

		{"pointers", vmstate.Pointers("v", modelPtrs, vmstate.StructOf(cells)),
			`{"name": "v", "array_len": 2, "type": "struct", "struct": {` + cellBody + `}, "size": 3}`},
		{"pointers, the first one nil", vmstate.Pointers("v", func(m *model) []*cell { return []*cell{nil, m.ptrs[0]} }, vmstate.StructOf(cells)),
			`{"name": "v", "array_len": 2, "type": "struct", "struct": {}, "size": 1}`},
		{"pointers with a predicate", vmstate.Pointers("v", modelPtrs, vmstate.StructOf(cells)).When(always),
			`{"name": "v", "index": 0, "type": "struct", "struct": {` + cellBody + `}, "size": 3}, ` +
				`{"name": "v", "index": 1, "type": "struct", "struct": {}, "size": 1}`},
		{"pointers to plain values", vmstate.Pointers("v", func(m *model) []*uint8 { return m.u8s }, vmstate.Uint8),
			`{"name": "v", "array_len": 2, "type": "uint8", "size": 1}`},
		{"pointers to plain values with a predicate", vmstate.Pointers("v", func(m *model) []*uint8 { return m.u8s }, vmstate.Uint8).When(always),
			`{"name": "v", "index": 0, "type": "uint8", "size": 1}, {"name": "v", "index": 1, "type": "uint8", "size": 1}`},

		{"queue", vmstate.Queue("v", modelItems, items),
			`{"name": "v", "type": "qtailq", ` + itemBody + `, ` + itemBody + `, "size": 7}`},
		{"list", vmstate.List("v", modelItems, items),
			`{"name": "v", "type": "qlist", ` + itemBody + `, ` + itemBody + `, "size": 7}`},
		{"empty queue", vmstate.Queue("v", func(*model) *[]item { return new([]item) }, items), `{"name": "v", "type": "qtailq", "size": 1}`},
		{"tree", vmstate.Tree("v", func(m *model) *map[uint64]item { return &m.tree }, items),
			`{"name": "v", "type": "gtree", ` + itemBody + `, ` + itemBody + `, "size": 27}`},
		{"tree with described keys", vmstate.KeyedTree("v", func(m *model) *map[[2]uint8]item { return &m.keyed },
			func(a, b [2]uint8) int { return 0 }, keys, items),
			`{"name": "v", "type": "gtree", "vmsd_name": "key", "version": 1, "fields": [` +
				`{"name": "a", "type": "uint8", "size": 1}, {"name": "b", "type": "uint8", "size": 1}], ` + itemBody + `, "size": 10}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			assert.Equal(t, `"fields": [`+c.want+`]`, fieldsOf(t, describe(c.field), m))
		})
	}
}

func TestDescriptionNumbersEqualNames(t *testing.T) {
	at := modelU8
	d := describe(
		vmstate.Unused[model](1),
		vmstate.Uint8("v", at).When(never),
		vmstate.Uint8("w", at),
		vmstate.Unused[model](2),
		vmstate.Uint8("v", at),
		vmstate.Validate("v", always),
		vmstate.Array("v", func(m *model) []uint8 { return make([]uint8, 2) }, vmstate.Uint8))
	assert.Equal(t, `"fields": [`+
		`{"name": "unused[0]", "type": "unused_buffer", "size": 1}, `+
		`{"name": "w", "type": "uint8", "size": 1}, `+
		`{"name": "unused[1]", "type": "unused_buffer", "size": 2}, `+
		`{"name": "v[1]", "type": "uint8", "size": 1}, `+
		`{"name": "v[3]", "array_len": 2, "type": "uint8", "size": 1}]`, fieldsOf(t, d, model{}))
}

func TestDescriptionOfSubsections(t *testing.T) {
	const f = `"fields": [{"name": "f", "type": "uint8", "size": 1}]`
	const v = `"fields": [{"name": "v", "type": "uint8", "size": 1}]`
	const xHead, zHead, yHead = `"vmsd_name": "chip/x", "version": 2, `, `"vmsd_name": "chip/x/z", "version": 1, `, `"vmsd_name": "chip_y", "version": 257, `
	for _, c := range []struct {
		name string
		obj  chip
		want string
	}{
		{"none", chip{}, f},
		{"one", chip{y: 1}, f + `, "subsections": [{` + yHead + v + `}]`},
		{"two", chip{x: 1, y: 1}, f + `, "subsections": [{` + xHead + v + `}, {` + yHead + v + `}]`},
		{"one below another", chip{x: 1, y: 1, z: 1},
			f + `, "subsections": [{` + xHead + v + `, "subsections": [{` + zHead + v + `}]}, {` + yHead + v + `}]`},
	} {
		t.Run(c.name, func(t *testing.T) { assert.Equal(t, c.want, fieldsOf(t, chips, c.obj)) })
	}
	t.Run("of a struct come before the fields behind it", func(t *testing.T) {
		assert.Equal(t, `"fields": [{"name": "chip", "type": "struct", "struct": {"vmsd_name": "chip", "version": 1, `+
			f+`, "subsections": [{`+yHead+v+`}]}, "size": 14}, {"name": "tail", "type": "uint8", "size": 1}]`,
			fieldsOf(t, sockets("socket", chips), socket{chip: chip{y: 1}}))
	})
	t.Run("of elements that look alike only for the first", func(t *testing.T) {
		// Only a vstruct can have subsections and still look alike.
		vchip := func(name string, at func(*chip) *chip) vmstate.Field[chip] {
			return vmstate.StructVersion(name, at, chips, 1)
		}
		type board struct{ chips [2]chip }
		d := describe(vmstate.Array("chips", func(b *board) []chip { return b.chips[:] }, vchip),
			vmstate.Uint8("tail", func(b *board) *uint8 { return new(uint8) }))
		assert.Equal(t, `"fields": [{"name": "chips", "array_len": 2, "type": "vstruct", "vmsd_name": "chip", "version": 1, `+
			f+`, "size": 1}, {"name": "tail", "type": "uint8", "size": 1}]`,
			fieldsOf(t, d, board{[2]chip{{}, {x: 1, y: 2, z: 3}}}))
	})
}

func TestDescriptionEscapesWhatJSONDoesNotAllow(t *testing.T) {
	for text, want := range map[string]string{
		`a"b\c`:         `a\"b\\c`,
		"\b\f\n\r\t":    `\b\f\n\r\t`,
		"\x00\x1f\x7f~": `\u0000\u001F\u007F~`,
		"µ€":            `\u00B5\u20AC`,
		"😀":             `\uD83D\uDE00`,
		"\xff":          `\uFFFD`,
		"a/b <&>":       `a/b <&>`,
	} {
		d := boxed(vmstate.Uint8(text, at[uint8]))
		assert.Equal(t, `"fields": [{"name": "`+want+`", "type": "uint8", "size": 1}]`, fieldsOf(t, d, box[uint8]{}))
	}
}

func TestDescriptionOfALoadIsThatOfTheSave(t *testing.T) {
	obj := chip{f: 1, x: 2, z: 4}
	section := vmstate.NewSection(chips, &obj, 0)
	saved := describing(t, section)
	var e vmstate.Encoder
	require.NoError(t, section.Save(&e))

	var describer vmstate.Describer
	dec := vmstate.NewDecoder(behind(e.Bytes(), 0x7e), describer.Observe)
	require.NoError(t, vmstate.NewSection(chips, &chip{}, 0).Load(dec, 1))
	assert.Equal(t, saved, string(describer.Stream(4096)))
}
