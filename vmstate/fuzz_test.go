package vmstate_test

import (
	"bytes"
	"reflect"
	"slices"
	"testing"

	"toyvm/vmstate"
)

// fuzzed are sections with fields of every kind; each call makes new objects.
func fuzzed() []*vmstate.Section {
	return []*vmstate.Section{
		vmstate.NewSection(&cpuState, new(cpu), 0),
		vmstate.NewSection(&isaSerialState, new(isaSerial), 0),
		vmstate.NewSection(&isaFDCState, &isaFDC{fdc{numFloppies: 2}}, 0),
		vmstate.NewSection(&isaKbdState, new(isaKbd), 0),
		vmstate.NewSection(&ps2kbdState, new(ps2kbd), 0),
		vmstate.NewSection(&rtcState, new(rtc), 0),
		vmstate.NewSection(&boxesState, newBoxes(), 0),
	}
}

// boxes has the kinds of fields that no device of QEMU's above has.
type boxes struct {
	count  int32
	bytes  []byte
	words  []uint16
	inners []leafStruct
	fixed  [4]int64
	bits   [2]uint64
	level  float64
	limit  int32
	slots  []*leafStruct
	queue  []leafStruct
	tree   map[uint64]leafStruct
	keyed  map[leafStruct]leafStruct
	old    uint8
}

func newBoxes() *boxes { return &boxes{limit: 100, slots: []*leafStruct{{}, nil, {}}} }

func (b *boxes) length() int { return int(b.count) }

var boxesState = vmstate.Description[boxes]{
	Name: "boxes", Version: 3, MinVersion: 2, MinVersionOld: 1,
	LoadOld: func(b *boxes, d *vmstate.Decoder, _ int) error { b.old = d.Uint8(); return nil },
	Fields: vmstate.Fields[boxes]{
		vmstate.Int32("count", func(b *boxes) *int32 { return &b.count }),
		vmstate.ByteSlice("bytes", func(b *boxes) *[]byte { return &b.bytes }, (*boxes).length),
		vmstate.Slice("words", func(b *boxes) *[]uint16 { return &b.words }, func(b *boxes) int { return 3 * b.length() }, vmstate.Uint16),
		vmstate.Slice("inners", func(b *boxes) *[]leafStruct { return &b.inners }, (*boxes).length, vmstate.StructOf(&leafState)),
		vmstate.Array("fixed", func(b *boxes) []int64 { return b.fixed[:] }, vmstate.Int64).Count((*boxes).length),
		vmstate.Bitmap("bits", func(b *boxes) []uint64 { return b.bits[:] }, (*boxes).length),
		vmstate.Float64("level", func(b *boxes) *float64 { return &b.level }).When(func(b *boxes, _ int) bool { return b.count == 1 }),
		vmstate.Int32Max("limit", func(b *boxes) *int32 { return &b.limit }),
		vmstate.Validate("count is even", func(b *boxes, _ int) bool { return b.count%2 == 0 || b.count == 1 }),
		vmstate.Pointers("slots", func(b *boxes) []*leafStruct { return b.slots }, vmstate.StructOf(&leafState)),
		vmstate.Queue("queue", func(b *boxes) *[]leafStruct { return &b.queue }, &leafState).Since(1),
		vmstate.Tree("tree", func(b *boxes) *map[uint64]leafStruct { return &b.tree }, &leafState).Since(1),
		vmstate.KeyedTree("keyed", func(b *boxes) *map[leafStruct]leafStruct { return &b.keyed },
			func(x, y leafStruct) int { return int(x.v) - int(y.v) }, &leafState, &leafState).Since(1),
		vmstate.StructVersion("first", func(b *boxes) *[4]int64 { return &b.fixed }, &vmstate.Description[[4]int64]{
			Name: "first", Version: 2,
			Fields: vmstate.Fields[[4]int64]{vmstate.Int64("v", func(f *[4]int64) *int64 { return &f[0] })},
		}, 1).Since(3),
	},
}

// FuzzLoad loads a section from arbitrary bytes. What it accepts must be saved
// as something that loads as itself, and the tree must agree with the load.
func FuzzLoad(f *testing.F) {
	for i, section := range fuzzed() {
		var e vmstate.Encoder
		if err := section.Save(&e); err != nil {
			f.Fatal(err)
		}
		f.Add(uint8(i), uint8(section.Version()), e.Bytes())
	}
	f.Add(uint8(6), uint8(3), []byte("\x00\x00\x00\x02ab\x00\x01\x00\x02\x00\x03\x00\x04\x00\x05\x00\x06\x07\x08\x00\x00\x00\x00\x00\x00\x00\x09\x00\x00\x00\x00\x00\x00\x00\x0a"+
		"\x00\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x05\x01\x30\x02\x01\x03\x00\x00\x00\x00\x01\x01\x00\x00\x00\x00\x00\x00\x00\x07\x04\x00\x00\x00\x00\x01\x01\x05\x06\x00"+
		"\x00\x00\x00\x00\x00\x00\x00\x08"))
	f.Fuzz(func(t *testing.T, which, version uint8, body []byte) {
		i := int(which) % len(fuzzed())
		section := fuzzed()[i]
		err := section.Unmarshal(body, int(version))

		shown := fuzzed()[i]
		tree, treeErr := shown.Tree(vmstate.NewDecoder(bytes.NewReader(inStream(body)), nil), int(version))
		if err != nil {
			return
		}
		if treeErr != nil {
			t.Fatalf("loads, but has no tree: %v", treeErr)
		}
		var describer vmstate.Describer
		e := vmstate.NewEncoder(describer.Observe)
		if err := section.Save(e); err != nil {
			t.Fatalf("loaded, but is not saved: %v", err)
		}
		again := fuzzed()[i]
		if err := again.Unmarshal(e.Bytes(), again.Version()); err != nil {
			t.Fatalf("saved, but does not load: %v", err)
		}
		var second vmstate.Encoder
		if err := again.Save(&second); err != nil || !bytes.Equal(e.Bytes(), second.Bytes()) {
			t.Fatalf("second generation differs: %v\n% x\n% x", err, e.Bytes(), second.Bytes())
		}
		readByItsDescription(t, &describer, e.Bytes())
		writesBack(t, tree, body)
		if version >= loadedByFields {
			sameAsTree(t, i, tree, int(version), len(body), e.Bytes())
			sameAsValues(t, i, section, e.Bytes())
		}
	})
}

// loadedByFields is the lowest version that no LoadOld reads: that shows no
// fields.
const loadedByFields = 2

// sameAsTree checks that a tree which was read from a body of the given size
// stands for the same state: written back, it loads as what is saved as saved.
// The bytes may differ, as any that are not zero mark an item.
func sameAsTree(t *testing.T, i int, tree *vmstate.Node, version, size int, saved []byte) {
	var written, e vmstate.Encoder
	if err := tree.Save(&written); err != nil || len(written.Bytes()) != size {
		t.Fatalf("the tree of %d bytes is written as %d: %v", size, len(written.Bytes()), err)
	}
	section := fuzzed()[i]
	if err := section.Unmarshal(written.Bytes(), version); err != nil {
		t.Fatalf("the tree is written as what does not load: %v", err)
	}
	if err := section.Save(&e); err != nil || !bytes.Equal(e.Bytes(), saved) {
		t.Fatalf("the tree stands for another state: %v\n% x\n% x", err, saved, e.Bytes())
	}
}

// sameAsValues checks that the values that a section has, and the tree that is
// read from what it saves, are the same.
func sameAsValues(t *testing.T, i int, section *vmstate.Section, saved []byte) {
	values, err := section.Values()
	if err != nil {
		t.Fatal(err)
	}
	tree, err := fuzzed()[i].Tree(vmstate.NewDecoder(bytes.NewReader(inStream(saved)), nil), section.Version())
	if err != nil {
		t.Fatalf("saved, but has no tree: %v", err)
	}
	if changes := vmstate.Diff(values, tree); len(changes) > 0 {
		t.Fatalf("what is read differs from the values: %v", changes)
	}
	var e vmstate.Encoder
	if err := tree.Save(&e); err != nil || !bytes.Equal(e.Bytes(), saved) {
		t.Fatalf("the tree of % x is written as % x: %v", saved, e.Bytes(), err)
	}
}

// inStream is body as it stands in a stream: with so much behind it that the
// longest subsection header can be looked at.
func inStream(body []byte) []byte {
	return append(slices.Clone(body), bytes.Repeat([]byte{0x7e}, 2+255)...)
}

// readByItsDescription reads a section by the JSON that came with it. Nil
// pointers make that description ambiguous, so it may fail, but what it reads
// it must write back.
func readByItsDescription(t *testing.T, describer *vmstate.Describer, body []byte) {
	description, err := vmstate.ParseDescription(describer.Stream(4096))
	if err != nil {
		t.Fatalf("%v in %s", err, describer.JSON())
	}
	tree, err := description.Sections[0].Tree(vmstate.NewDecoder(bytes.NewReader(inStream(body)), nil))
	if err != nil {
		return
	}
	writesBack(t, tree, body)
}

// writesBack checks that a tree is written as what it was read from.
func writesBack(t *testing.T, tree *vmstate.Node, body []byte) {
	var e vmstate.Encoder
	if err := tree.Save(&e); err != nil || !bytes.HasPrefix(inStream(body), e.Bytes()) {
		t.Fatalf("written back as something else: %v\n% x\n% x", err, body, e.Bytes())
	}
}

// FuzzTreeByJSON reads arbitrary bytes by an arbitrary description. What it
// reads it must write back, describe as it was described, and print.
func FuzzTreeByJSON(f *testing.F) {
	for _, name := range []string{"min-halt", "misc"} {
		stream := capture(f, name)
		for _, body := range stream.Bodies {
			tree, err := body.Description.Tree(vmstate.NewDecoder(bytes.NewReader(append(body.Data, 0)), nil))
			if err != nil {
				f.Fatal(err)
			}
			var describer vmstate.Describer
			tree.Describe(describer.Observe)
			f.Add(describer.Stream(4096), body.Data)
		}
	}
	f.Add([]byte(device(`"fields": [{"name": "q", "type": "qtailq", "vmsd_name": "in", "version": 1, "fields": [{"name": "x", "type": "uint8", "size": 1}], "size": 3}, `+
		`{"name": "t", "type": "gtree", "vmsd_name": "v", "version": 1, "fields": [{"name": "x", "type": "uint8", "size": 1}], "size": 15}, `+
		`{"name": "s", "array_len": 2, "type": "struct", "struct": {}, "size": 1}], "subsections": [{"vmsd_name": "d/x", "version": 1, "fields": []}]`)),
		[]byte("\x01\x09\x00\x00\x00\x00\x01\x01\x00\x00\x00\x00\x00\x00\x00\x05\x09\x0000\x05\x03d/x\x00\x00\x00\x01"))
	f.Fuzz(func(t *testing.T, text, wire []byte) {
		description, err := vmstate.ParseDescription(text)
		if err != nil {
			return
		}
		d := vmstate.NewDecoder(bytes.NewReader(wire), nil)
		for _, section := range description.Sections {
			start := d.Offset()
			tree, err := section.Tree(d)
			if err != nil {
				return
			}
			var e vmstate.Encoder
			if err := tree.Save(&e); err != nil {
				t.Fatalf("read, but not written: %v", err)
			}
			if read := wire[start:d.Offset()]; !bytes.Equal(read, e.Bytes()) {
				t.Fatalf("% x is written back as % x", read, e.Bytes())
			}
			if err := tree.Print(new(bytes.Buffer)); err != nil {
				t.Fatal(err)
			}
			if _, err := tree.MarshalJSON(); err != nil {
				t.Fatal(err)
			}
			var describer vmstate.Describer
			tree.Describe(describer.Observe)
			if _, err := vmstate.ParseDescription(describer.Stream(4096)); err != nil {
				t.Fatalf("%v in its own description %s", err, describer.JSON())
			}
		}
	})
}

// FuzzReadSchema reads two arbitrary dumps and compares them. A dump that is
// read must be written as one that means the same.
func FuzzReadSchema(f *testing.F) {
	var ours bytes.Buffer
	if err := sampleSchema().Write(&ours); err != nil {
		f.Fatal(err)
	}
	var small bytes.Buffer
	if err := release().Write(&small); err != nil {
		f.Fatal(err)
	}
	f.Add(ours.Bytes(), small.Bytes())
	f.Add(small.Bytes(), small.Bytes())
	f.Fuzz(func(t *testing.T, older, newer []byte) {
		a, err := vmstate.ReadSchema(older)
		if err != nil {
			return
		}
		var b bytes.Buffer
		if err := a.Write(&b); err != nil {
			t.Fatal(err)
		}
		again, err := vmstate.ReadSchema(b.Bytes())
		if err != nil {
			t.Fatalf("written, but not read: %v", err)
		}
		if !reflect.DeepEqual(vmstate.Check(a, a), vmstate.Check(a, again)) || !reflect.DeepEqual(vmstate.Check(a, a), vmstate.Check(again, a)) {
			t.Fatalf("written as something else: %v", vmstate.Check(a, again))
		}
		if c, err := vmstate.ReadSchema(newer); err == nil {
			vmstate.Check(a, c)
			vmstate.Check(c, a)
		}
	})
}
