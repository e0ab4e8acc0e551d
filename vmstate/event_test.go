package vmstate_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/vmstate"
)

// An exhibit has something for every kind of event.
type exhibit struct {
	n     uint16
	cells [2]cell
	ptrs  [2]*uint8
	items []item
	tree  map[uint64]item
	flag  bool
}

var exhibits = &vmstate.Description[exhibit]{Name: "exhibit", Version: 2,
	Fields: vmstate.Fields[exhibit]{
		vmstate.Uint16("n", func(e *exhibit) *uint16 { return &e.n }),
		vmstate.Uint8("never", func(*exhibit) *uint8 { return nil }).Since(3),
		vmstate.Validate("fine", func(*exhibit, int) bool { return true }),
		vmstate.Array("cells", func(e *exhibit) []cell { return e.cells[:] }, vmstate.StructOf(cells)),
		vmstate.Pointers("ptrs", func(e *exhibit) []*uint8 { return e.ptrs[:] }, vmstate.Uint8),
		vmstate.Array("none", func(e *exhibit) []uint8 { return nil }, vmstate.Uint8),
		vmstate.Array("bytes", func(e *exhibit) []uint8 { return make([]uint8, 2) }, vmstate.Uint8),
		vmstate.Queue("items", func(e *exhibit) *[]item { return &e.items }, items).Since(2),
		vmstate.Tree("tree", func(e *exhibit) *map[uint64]item { return &e.tree }, items).Since(2),
	},
	Subsections: []*vmstate.Description[exhibit]{{Name: "exhibit/flag", Version: 1,
		Fields: vmstate.Fields[exhibit]{vmstate.Bool("flag", func(e *exhibit) *bool { return &e.flag })}}},
}

var exhibitEvents = []string{
	"000100 section exhibit (instance 4) version 2",
	"000100 struct exhibit version 2",
	"000100 field n uint16, 2 bytes",
	"000102 element cells[0] struct",
	"000102 struct cell version 1",
	"000102 field x uint8, 1 bytes",
	"000103 field y uint16, 2 bytes",
	"000102 end of struct cell, 3 bytes",
	"000102 end of element cells[0], 3 bytes",
	"000105 element cells[1] struct",
	"000105 struct cell version 1",
	"000105 field x uint8, 1 bytes",
	"000106 field y uint16, 2 bytes",
	"000105 end of struct cell, 3 bytes",
	"000105 end of element cells[1], 3 bytes",
	"000108 element ptrs[0] is nil",
	"000109 field ptrs[1] uint8, 1 bytes",
	"00010a field bytes uint8[2], 2 bytes",
	"00010c element items qtailq",
	"00010c item 0",
	"00010d struct item version 2",
	"00010d field on bool, 1 bytes",
	"00010e field n uint8, 1 bytes",
	"00010d end of struct item, 2 bytes",
	"00010c end of element items, 4 bytes",
	"000110 element tree gtree",
	"000114 item 0",
	"000115 key 0000000000000007",
	"00011d struct item version 2",
	"00011d field on bool, 1 bytes",
	"00011e field n uint8, 1 bytes",
	"00011d end of struct item, 2 bytes",
	"000110 end of element tree, 16 bytes",
	"000120 subsection exhibit/flag version 1",
	"000132 struct exhibit/flag version 1",
	"000132 field flag bool, 1 bytes",
	"000132 end of struct exhibit/flag, 1 bytes",
	"000120 end of subsection exhibit/flag, 19 bytes",
	"000100 end of struct exhibit, 51 bytes",
	"000100 end of section exhibit, 51 bytes",
}

func TestEventsFollowASaveAndALoad(t *testing.T) {
	var got []string
	leaves := map[string][]byte{}
	observe := func(ev vmstate.Event) {
		got = append(got, ev.String())
		if ev.Data != nil {
			leaves[ev.String()] = append([]byte(nil), ev.Data...)
		}
	}
	seven := uint8(7)
	obj := exhibit{n: 0x1234, cells: [2]cell{{1, 2}, {3, 4}}, ptrs: [2]*uint8{nil, &seven}, items: []item{{true, 1}},
		tree: map[uint64]item{7: {true, 2}}, flag: true}
	e := vmstate.NewEncoder(observe)
	e.Reset(0x100)
	require.NoError(t, vmstate.NewSection(exhibits, &obj, 4).Save(e))
	assert.Equal(t, exhibitEvents, got)
	assert.Equal(t, []byte{0x12, 0x34}, leaves["000100 field n uint16, 2 bytes"])
	assert.Equal(t, []byte{7}, leaves["000109 field ptrs[1] uint8, 1 bytes"])
	assert.Equal(t, []byte{0, 0}, leaves["00010a field bytes uint8[2], 2 bytes"])
	saved := leaves

	got, leaves = nil, map[string][]byte{}
	var loaded exhibit
	loaded.ptrs[1] = new(uint8)
	dec := vmstate.NewDecoder(behind(make([]byte, 0x100), append(e.Bytes(), 0x7e)...), observe)
	dec.Skip(0x100)
	require.NoError(t, vmstate.NewSection(exhibits, &loaded, 4).Load(dec, 2))
	assert.Equal(t, exhibitEvents, got)
	assert.Equal(t, saved, leaves)
	assert.Equal(t, obj, loaded)
}

func TestEventsOfLongLeavesHoldAllTheirBytes(t *testing.T) {
	const n = 300 << 10 // several times what a decoder reads at once
	body := make([]byte, n+3)
	for i := range body {
		body[i] = byte(i * 7)
	}
	type dev struct {
		head [3]byte
		v    [n]byte
	}
	d := describe(vmstate.Buffer("head", func(d *dev) []byte { return d.head[:] }),
		vmstate.Array("v", func(d *dev) []uint8 { return d.v[:] }, vmstate.Uint8))
	var got []byte
	dec := vmstate.NewDecoder(behind(body, 0), func(ev vmstate.Event) {
		if ev.Kind == vmstate.Leaf {
			got = append(got, ev.Data...)
		}
	})
	obj := new(dev)
	require.NoError(t, d.Load(dec, obj, 1))
	assert.Equal(t, body, got)
	assert.Equal(t, body[3:], obj.v[:])
}

func TestEventsStopWhereAnErrorHappens(t *testing.T) {
	var got []string
	observe := func(ev vmstate.Event) { got = append(got, ev.String()) }
	d := wholes(vmstate.Struct("part", partOf, parts))
	want := []string{
		"000000 section whole (instance 0) version 7",
		"000000 struct whole version 7",
		"000000 field x uint8, 1 bytes",
		"000001 element part struct",
		"000001 struct part version 2",
		"000001 field a uint8, 1 bytes",
	}
	require.Error(t, vmstate.NewSection(d, &whole{}, 0).Load(vmstate.NewDecoder(behind([]byte{1, 2}), observe), 7))
	assert.Equal(t, want, got)

	got = nil
	tree := describe(vmstate.Tree("m", treeOf, items))
	require.Error(t, tree.Load(vmstate.NewDecoder(behind([]byte{0, 0, 0, 1, 1, 0, 0}), observe), &forest{}, 1))
	assert.Equal(t, []string{"000000 struct dev version 1", "000000 element m gtree", "000004 item 0"}, got)

	got = nil
	broken := *parts
	broken.Fields = append(broken.Fields[:1:1], vmstate.Uint8("b", func(*part) *uint8 { return nil }))
	d = wholes(vmstate.Struct("part", partOf, &broken))
	require.Error(t, vmstate.NewSection(d, &whole{}, 0).Save(vmstate.NewEncoder(observe)))
	assert.Equal(t, want, got)
}

func TestTextOfEachKindOfEvent(t *testing.T) {
	for want, ev := range map[string]vmstate.Event{
		"000010 section pit (instance 1) version 3": {Kind: vmstate.SectionStart, Offset: 16, Name: "pit", Instance: 1, Version: 3},
		"000010 end of section pit, 9 bytes":        {Kind: vmstate.SectionEnd, Offset: 16, Name: "pit", Size: 9},
		"000010 struct pit version 3":               {Kind: vmstate.StructStart, Offset: 16, Name: "pit", Version: 3},
		"000010 end of struct pit, 9 bytes":         {Kind: vmstate.StructEnd, Offset: 16, Name: "pit", Size: 9},
		"000010 subsection pit/x version 3":         {Kind: vmstate.SubsectionStart, Offset: 16, Name: "pit/x", Version: 3},
		"000010 end of subsection pit/x, 9 bytes":   {Kind: vmstate.SubsectionEnd, Offset: 16, Name: "pit/x", Size: 9},
		"000010 element e struct":                   {Kind: vmstate.ElementStart, Offset: 16, Name: "e", Type: "struct", Count: 1},
		"000010 element e[2] struct":                {Kind: vmstate.ElementStart, Offset: 16, Name: "e", Type: "struct", Index: 2, Count: 3},
		"000010 end of element e[2], 9 bytes":       {Kind: vmstate.ElementEnd, Offset: 16, Name: "e", Index: 2, Count: 3, Size: 9},
		"000010 field f uint8, 1 bytes":             {Kind: vmstate.Leaf, Offset: 16, Name: "f", Type: "uint8", Count: 1, Size: 1},
		"000010 field f uint8[4], 4 bytes":          {Kind: vmstate.Leaf, Offset: 16, Name: "f", Type: "uint8", Count: 4, Size: 4},
		"000010 field f[1] uint8, 1 bytes":          {Kind: vmstate.Pointee, Offset: 16, Name: "f", Type: "uint8", Index: 1, Count: 4, Size: 1},
		"000010 element f[1] is nil":                {Kind: vmstate.Null, Offset: 16, Name: "f", Index: 1, Count: 4},
		"000010 item 5":                             {Kind: vmstate.Item, Offset: 16, Index: 5},
		"000010 key 0102":                           {Kind: vmstate.Key, Offset: 16, Data: []byte{1, 2}},
		"123456789 item 0":                          {Kind: vmstate.Item, Offset: 0x123456789},
	} {
		assert.Equal(t, want, ev.String())
	}
}
