package vmstate_test

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/vmstate"
)

func sampleSchema() *vmstate.Schema {
	return vmstate.NewSchema("isapc",
		vmstate.NewSection(&isaSerialState, new(isaSerial), 0),
		vmstate.NewSection(&isaSerialState, new(isaSerial), 1),
		vmstate.NewSection(&pitState, new(pit), 0),
		vmstate.NewSection(&isaFDCState, new(isaFDC), 0),
		vmstate.NewSection(&cpuState, new(cpu), 0),
	)
}

func dump(t *testing.T, s *vmstate.Schema) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, s.Write(&b))
	return b.String()
}

func TestSchemaHasTheLayoutOfQEMUsDump(t *testing.T) {
	text := dump(t, sampleSchema())
	assert.True(t, strings.HasPrefix(text, `{
  "vmschkmachine": {
    "Name": "isapc",
    "by_section": true
  },
  "cpu": {
    "Name": "cpu",
    "version_id": 12,
    "minimum_version_id": 11,
    "Description": {
      "name": "cpu",
      "version_id": 12,
      "minimum_version_id": 11,
      "Fields": [
        {
          "field": "env.regs",
          "version_id": 0,
          "field_exists": false,
          "size": 4,
          "type": "uint32",
          "array_len": 8
        },
`), text[:min(len(text), 600)])
	assert.Contains(t, text, `
                  {
                    "field": "recv_fifo",
                    "version_id": 1,
                    "field_exists": false,
                    "size": 24,
                    "type": "struct",
                    "Description": {
                      "name": "Fifo8",
`)
	assert.True(t, strings.HasSuffix(text, "  }\n}\n"))
}

func TestSchemaOfSharedDescriptionsNamesWhatQEMUsDumpNames(t *testing.T) {
	theirs, err := vmstate.ReadSchema(unpack(t, "isapc-dump-vmstate.json.gz"))
	require.NoError(t, err)
	ours := sampleSchema()
	for name, typ := range map[string]string{"serial": "isa-serial", "i8254": "isa-pit", "fdc": "isa-fdc"} {
		assert.Equal(t, outline(theirs.Types[typ].Description), outline(ours.Types[name].Description), name)
	}
}

// outline is what our dumps and QEMU's agree on: everything but sizes in
// memory.
func outline(s *vmstate.SchemaStruct) []string {
	lines := []string{s.Name}
	for _, f := range s.Fields {
		lines = append(lines, f.Name)
		if f.Description != nil {
			lines = append(lines, outline(f.Description)...)
		}
	}
	for i := range s.Subsections {
		lines = append(lines, outline(&s.Subsections[i])...)
	}
	return lines
}

func TestSchemaSurvivesWritingAndReading(t *testing.T) {
	s := sampleSchema()
	again, err := vmstate.ReadSchema([]byte(dump(t, s)))
	require.NoError(t, err)
	assert.Equal(t, s, again)
}

func TestReadSchemaRefusesOtherThings(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"not JSON", "hello", "no dump of vmstate descriptions: invalid character"},
		{"no machine", `{"serial": {}}`, "no dump of vmstate descriptions: the entry vmschkmachine is missing"},
		{"machine of another type", `{"vmschkmachine": 3}`, "vmschkmachine: "},
		{"type of another type", `{"vmschkmachine": {}, "serial": []}`, "type serial: "},
		{"size as text", `{"vmschkmachine": {}, "serial": {"Description": {"Fields": [{"size": "1"}]}}}`, "type serial: "},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := vmstate.ReadSchema([]byte(test.text))
			assert.ErrorContains(t, err, test.want)
		})
	}
}

func TestQEMUsDumpIsCompatibleWithItself(t *testing.T) {
	text := unpack(t, "isapc-dump-vmstate.json.gz")
	a, err := vmstate.ReadSchema(text)
	require.NoError(t, err)
	b, err := vmstate.ReadSchema(text)
	require.NoError(t, err)
	assert.Equal(t, "isapc", a.Machine)
	assert.Len(t, a.Types, strings.Count(string(text), "\n  \"")-1)
	assert.Empty(t, vmstate.Check(a, b))
}

func TestSchemaListsSectionsOfOneNameThatDiffer(t *testing.T) {
	port := func(fields ...vmstate.Field[gadget]) *vmstate.Description[gadget] {
		d := describe(fields...)
		d.Name = "port"
		return d
	}
	schema := func(instances ...*vmstate.Description[gadget]) *vmstate.Schema {
		var sections []*vmstate.Section
		for _, d := range instances {
			sections = append(sections, vmstate.NewSection(d, newGadget(), min(len(sections), 2)))
		}
		return vmstate.NewSchema("board", sections...)
	}
	plain, wide, both := port(byteA("a")), port(wordOf("w")), port(byteA("a"), wordOf("w"))
	s := schema(plain, wide, plain, wide, both)
	assert.ElementsMatch(t, []string{"port", "port[1]", "port[2]"}, slices.Collect(maps.Keys(s.Types)))
	assert.Equal(t, plain.Schema(newGadget()), s.Types["port"].Description)
	assert.Equal(t, wide.Schema(newGadget()), s.Types["port[1]"].Description)
	assert.Equal(t, both.Schema(newGadget()), s.Types["port[2]"].Description)
	assert.Equal(t, "port", s.Types["port[2]"].Name)

	assert.Empty(t, findings(s, s))
	const gone, added = "port[1].w: the field was removed: keep its place with Unused",
		"port[1].a: the field was added to version 1, which older snapshots have without it: use Since with a new version, or a subsection"
	assert.Equal(t, []string{gone, added}, findings(schema(plain, wide), schema(plain)), "the second is like the first now")
	assert.Equal(t, []string{"port[1].a: the field was removed: keep its place with Unused",
		"port[1].w: the field was added to version 1, which older snapshots have without it: use Since with a new version, or a subsection"},
		findings(schema(plain, plain), schema(plain, wide)), "the second is no longer like the first")
}

func TestCheckPairsOurSectionsWithQEMUsTypesByTheirDescriptions(t *testing.T) {
	theirs, err := vmstate.ReadSchema(unpack(t, "isapc-dump-vmstate.json.gz"))
	require.NoError(t, err)
	ours := sampleSchema()
	assert.Empty(t, findings(theirs, ours))
	assert.Equal(t, []string{`cpu: no type of device has a description called "cpu": QEMU's dumps leave some out, such as the processor's`},
		findings(ours, theirs))

	fields := ours.Types["serial"].Description.Fields[0].Description.Fields
	fields[8].Size, fields[8].Type = 2, "uint16"
	assert.Equal(t, []string{"serial.state.scr: size changed from 1 to 2 bytes"}, findings(theirs, ours))
	assert.Contains(t, findings(ours, theirs), "serial.state.scr: size changed from 2 to 1 bytes")

	delete(theirs.Types, "isa-serial")
	assert.Contains(t, findings(theirs, ours), "serial.serial: the field was removed: keep its place with Unused", "that is serial-mm")
	delete(theirs.Types, "serial-mm")
	assert.Empty(t, findings(theirs, ours))
	assert.Contains(t, findings(ours, theirs), `serial: no type of device has a description called "serial": QEMU's dumps leave some out, such as the processor's`)
}

func TestCheckOfOneSectionLooksForTheTypeThatSuitsItBest(t *testing.T) {
	theirs := &vmstate.Schema{Types: map[string]*vmstate.SchemaType{}}
	for name, size := range map[string]int{"big-port": 4, "good-port": 1, "huge-port": 8} {
		theirs.Types[name] = &vmstate.SchemaType{Name: name, Description: &vmstate.SchemaStruct{Name: "port", Version: 1, MinVersion: 1,
			Fields: []vmstate.SchemaField{{Name: "a", Size: size}}}}
	}
	d := describe(byteA("a"))
	d.Name = "port"
	ours := vmstate.NewSchema("board", vmstate.NewSection(d, newGadget(), 0))
	assert.Empty(t, findings(theirs, ours))
	assert.Empty(t, findings(ours, theirs))
	delete(theirs.Types, "good-port")
	assert.Equal(t, []string{"port.a: size changed from 4 to 1 bytes"}, findings(theirs, ours))
}

// The device whose releases are compared: version 2 has two plain fields, a
// nested struct, a struct at a fixed version, a tree and a subsection.
func release() *vmstate.Schema {
	text := `{"vmschkmachine": {"Name": "toyvm"}, "dev": {"Name": "dev", "version_id": 2, "minimum_version_id": 1, "Description": {
		"name": "dev", "version_id": 2, "minimum_version_id": 1,
		"Fields": [
			{"field": "a", "version_id": 0, "field_exists": false, "size": 1, "type": "uint8"},
			{"field": "b", "version_id": 2, "field_exists": false, "size": 4, "type": "uint32", "array_len": 3},
			{"field": "inner", "version_id": 0, "field_exists": false, "size": 2, "type": "struct", "Description": {
				"name": "in", "version_id": 3, "minimum_version_id": 2,
				"Fields": [{"field": "x", "version_id": 0, "field_exists": false, "size": 2, "type": "uint16"}],
				"Subsections": [{"name": "in/sub", "version_id": 1, "minimum_version_id": 1}]}},
			{"field": "fixed", "version_id": 0, "field_exists": false, "size": 2, "type": "vstruct", "struct_version": 1, "Description": {
				"name": "vs", "version_id": 1, "minimum_version_id": 1,
				"Fields": [{"field": "v", "version_id": 0, "field_exists": false, "size": 2, "type": "uint16"}]}},
			{"field": "map", "version_id": 0, "field_exists": true, "size": 0, "type": "gtree",
				"Key": {"name": "k", "version_id": 1, "minimum_version_id": 0, "Fields": [{"field": "id", "version_id": 0, "field_exists": false, "size": 4, "type": "uint32"}]},
				"Description": {"name": "v", "version_id": 1, "minimum_version_id": 0}}
		],
		"Subsections": [{"name": "dev/extra", "version_id": 1, "minimum_version_id": 1,
			"Fields": [{"field": "e", "version_id": 0, "field_exists": false, "size": 1, "type": "bool"}]}]}},
		"old": {"Name": "old", "version_id": 4, "minimum_version_id": 1}}`
	s, err := vmstate.ReadSchema([]byte(text))
	if err != nil {
		panic(err)
	}
	return s
}

func TestCheckFindsWhatBreaksOldSnapshots(t *testing.T) {
	uint8Field := vmstate.SchemaField{Name: "new", Size: 1, Type: "uint8"}
	tests := []struct {
		name   string
		change func(s *vmstate.Schema, d *vmstate.SchemaStruct)
		want   []string
	}{
		{"nothing changed", func(*vmstate.Schema, *vmstate.SchemaStruct) {}, nil},
		{"type removed", func(s *vmstate.Schema, d *vmstate.SchemaStruct) { delete(s.Types, "dev") },
			[]string{"dev: the type is gone: its sections will be refused"}},
		{"type added", func(s *vmstate.Schema, d *vmstate.SchemaStruct) { s.Types["more"] = &vmstate.SchemaType{} }, nil},
		{"version back", func(s *vmstate.Schema, d *vmstate.SchemaStruct) { d.Version = 1 },
			[]string{"dev: version_id went back from 2 to 1: snapshots of the older release are too new"}},
		{"version back, not described", func(s *vmstate.Schema, d *vmstate.SchemaStruct) { s.Types["old"].Version = 3 },
			[]string{"old: version_id went back from 4 to 3: snapshots of the older release are too new"}},
		{"minimum back", func(s *vmstate.Schema, d *vmstate.SchemaStruct) { d.MinVersion = 0 },
			[]string{"dev: minimum_version_id went back from 1 to 0: versions that were given up cannot return"}},
		{"minimum above", func(s *vmstate.Schema, d *vmstate.SchemaStruct) { d.Version, d.MinVersion, d.Fields = 3, 3, nil },
			[]string{"dev: minimum_version_id 3 is above the older version_id 2: snapshots of the older release are refused"}},
		{"renamed description", func(s *vmstate.Schema, d *vmstate.SchemaStruct) { d.Name = "device" },
			[]string{`dev: description "dev" is now called "device"`}},
		{"field removed", func(s *vmstate.Schema, d *vmstate.SchemaStruct) { d.Fields = d.Fields[1:] },
			[]string{"dev.a: the field was removed: keep its place with Unused"}},
		{"last field removed", func(s *vmstate.Schema, d *vmstate.SchemaStruct) { d.Fields = d.Fields[:4] },
			[]string{"dev.map: the field was removed: keep its place with Unused"}},
		{"field added at the end", func(s *vmstate.Schema, d *vmstate.SchemaStruct) { d.Fields = append(d.Fields, uint8Field) },
			[]string{"dev.new: the field was added to version 2, which older snapshots have without it: use Since with a new version, or a subsection"}},
		{"field added in between", func(s *vmstate.Schema, d *vmstate.SchemaStruct) {
			d.Fields = append([]vmstate.SchemaField{d.Fields[0], uint8Field}, d.Fields[1:]...)
		}, []string{"dev.new: the field was added to version 2, which older snapshots have without it: use Since with a new version, or a subsection"}},
		{"field added with a new version", func(s *vmstate.Schema, d *vmstate.SchemaStruct) {
			d.Version = 3
			later := uint8Field
			later.Version = 3
			d.Fields = append([]vmstate.SchemaField{d.Fields[0], later}, d.Fields[1:]...)
		}, nil},
		{"field renamed", func(s *vmstate.Schema, d *vmstate.SchemaStruct) { d.Fields[0].Name = "alpha" }, nil},
		{"field renamed to padding", func(s *vmstate.Schema, d *vmstate.SchemaStruct) {
			d.Fields[0].Name, d.Fields[0].Type = "unused", "unused_buffer"
		}, nil},
		{"fields swapped", func(s *vmstate.Schema, d *vmstate.SchemaStruct) { d.Fields[0], d.Fields[1] = d.Fields[1], d.Fields[0] },
			[]string{"dev.a: field b now stands before it: the order of fields is the order of bytes"}},
		{"type changed", func(s *vmstate.Schema, d *vmstate.SchemaStruct) { d.Fields[0].Type = "int8" },
			[]string{"dev.a: type changed from uint8 to int8"}},
		{"size changed", func(s *vmstate.Schema, d *vmstate.SchemaStruct) { d.Fields[0].Size = 2 },
			[]string{"dev.a: size changed from 1 to 2 bytes"}},
		{"array grew", func(s *vmstate.Schema, d *vmstate.SchemaStruct) { d.Fields[1].ArrayLen = 4 },
			[]string{"dev.b: number of elements changed from 3 to 4"}},
		{"predicate added", func(s *vmstate.Schema, d *vmstate.SchemaStruct) { d.Fields[0].Exists = true },
			[]string{"dev.a: a predicate now decides whether the field exists, or no longer does"}},
		{"struct became plain", func(s *vmstate.Schema, d *vmstate.SchemaStruct) { d.Fields[2].Description = nil },
			[]string{"dev.inner: a struct became a plain value, or the other way round"}},
		{"nested field added with a new nested version", func(s *vmstate.Schema, d *vmstate.SchemaStruct) {
			in := d.Fields[2].Description
			in.Version = 4
			later := uint8Field
			later.Version = 4
			in.Fields = append(in.Fields, later)
		}, []string{"dev.inner.new: the field was added to version 4, which older snapshots have without it: use Since with a new version, or a subsection"}},
		{"nested version back", func(s *vmstate.Schema, d *vmstate.SchemaStruct) { d.Fields[2].Description.Version = 2 },
			[]string{"dev.inner: version_id went back from 3 to 2"}},
		{"nested minimum back", func(s *vmstate.Schema, d *vmstate.SchemaStruct) { d.Fields[2].Description.MinVersion = 1 },
			[]string{"dev.inner: minimum_version_id went back from 2 to 1"}},
		{"nested subsection removed", func(s *vmstate.Schema, d *vmstate.SchemaStruct) { d.Fields[2].Description.Subsections = nil },
			[]string{"dev.inner.in/sub: the subsection is gone: snapshots that hold it are refused"}},
		{"struct at a fixed version grew in a later one", func(s *vmstate.Schema, d *vmstate.SchemaStruct) {
			vs := d.Fields[3].Description
			vs.Version = 2
			later := uint8Field
			later.Version = 2
			vs.Fields = append(vs.Fields, later)
		}, nil},
		{"key of a tree changed", func(s *vmstate.Schema, d *vmstate.SchemaStruct) { d.Fields[4].Key.Fields[0].Size = 8 },
			[]string{"dev.map.key.id: size changed from 4 to 8 bytes"}},
		{"subsection removed", func(s *vmstate.Schema, d *vmstate.SchemaStruct) { d.Subsections = nil },
			[]string{"dev.dev/extra: the subsection is gone: snapshots that hold it are refused"}},
		{"subsection added", func(s *vmstate.Schema, d *vmstate.SchemaStruct) {
			d.Subsections = append(d.Subsections, vmstate.SchemaStruct{Name: "dev/more"})
		}, nil},
		{"field of a subsection removed", func(s *vmstate.Schema, d *vmstate.SchemaStruct) { d.Subsections[0].Fields = nil },
			[]string{"dev.dev/extra.e: the field was removed: keep its place with Unused"}},
		{"field of a subsection added with a version", func(s *vmstate.Schema, d *vmstate.SchemaStruct) {
			d.Subsections[0].Version = 2
			later := uint8Field
			later.Version = 2
			d.Subsections[0].Fields = append(d.Subsections[0].Fields, later)
		}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			after := release()
			test.change(after, after.Types["dev"].Description)
			var got []string
			for _, f := range vmstate.Check(release(), after) {
				got = append(got, f.String())
			}
			assert.Equal(t, test.want, got)
		})
	}
}

func TestSchemaDescribesEveryKindOfField(t *testing.T) {
	schema := func(f vmstate.Field[everything]) vmstate.SchemaField {
		d := vmstate.Description[everything]{Name: "every", Fields: vmstate.Fields[everything]{f}}
		return d.Schema(&everything{buffer: make([]byte, 5), words: make([]uint64, 2), one: new(leafStruct), many: []*leafStruct{nil, {}}}).Fields[0]
	}
	one := 1
	inner := leafState.Schema(new(leafStruct))
	assert.Equal(t, vmstate.SchemaField{Name: "f", Size: 5, Type: "buffer"},
		schema(vmstate.Buffer("f", func(e *everything) []byte { return e.buffer })))
	assert.Equal(t, vmstate.SchemaField{Name: "f", Type: "buffer", Counted: true, Limit: 5},
		schema(vmstate.Buffer("f", func(e *everything) []byte { return e.buffer }).Count(func(*everything) int { return 3 })))
	assert.Equal(t, vmstate.SchemaField{Name: "f", Type: "buffer", Counted: true},
		schema(vmstate.ByteSlice("f", func(e *everything) *[]byte { return &e.buffer }, func(*everything) int { return 3 })))
	assert.Equal(t, vmstate.SchemaField{Name: "unused", Size: 9, Type: "unused_buffer"}, schema(vmstate.Unused[everything](9)))
	assert.Equal(t, vmstate.SchemaField{Name: "f", Size: 16, Type: "bitmap"},
		schema(vmstate.Bitmap("f", func(e *everything) []uint64 { return e.words }, func(*everything) int { return 65 })))
	assert.Equal(t, vmstate.SchemaField{Name: "f", Size: 8, Type: "timer"},
		schema(vmstate.Timer("f", func(e *everything) vmstate.Alarm { return &e.alarm })))
	assert.Equal(t, vmstate.SchemaField{Name: "f", Size: 1, Type: "bool", Exists: true},
		schema(vmstate.Bool("f", func(e *everything) *bool { return &e.flag }).When(func(*everything, int) bool { return true })))
	assert.Equal(t, vmstate.SchemaField{Name: "f", Size: 8, Type: "uint64", Counted: true, Limit: 2},
		schema(vmstate.Array("f", func(e *everything) []uint64 { return e.words }, vmstate.Uint64).Count(func(*everything) int { return 1 })))
	assert.Equal(t, vmstate.SchemaField{Name: "f", Size: 8, Type: "uint64", Counted: true},
		schema(vmstate.Slice("f", func(e *everything) *[]uint64 { return &e.words }, func(*everything) int { return 0 }, vmstate.Uint64)))
	assert.Equal(t, vmstate.SchemaField{Name: "f", Size: 1, Type: "struct", ArrayLen: 2, Pointers: true, Description: inner},
		schema(vmstate.Pointers("f", func(e *everything) []*leafStruct { return e.many }, vmstate.StructOf(&leafState))))
	assert.Equal(t, vmstate.SchemaField{Name: "f", Size: 1, Type: "vstruct", StructVersion: &one, Description: inner},
		schema(vmstate.StructVersion("f", func(e *everything) *leafStruct { return e.one }, &leafState, 1)))
	assert.Equal(t, vmstate.SchemaField{Name: "f", Size: 1, Type: "tmp", Description: inner},
		schema(vmstate.Temporary("f", func(e *everything) *leafStruct { return new(leafStruct) }, &leafState)))
	assert.Equal(t, vmstate.SchemaField{Name: "f", Type: "qtailq", Description: inner},
		schema(vmstate.Queue("f", func(e *everything) *[]leafStruct { return &e.queue }, &leafState)))
	assert.Equal(t, vmstate.SchemaField{Name: "f", Type: "gtree", Description: inner},
		schema(vmstate.Tree("f", func(e *everything) *map[uint64]leafStruct { return &e.tree }, &leafState)))
	assert.Equal(t, vmstate.SchemaField{Name: "f", Type: "gtree", Key: inner, Description: inner},
		schema(vmstate.KeyedTree("f", func(e *everything) *map[leafStruct]leafStruct { return &e.keyed }, nil, &leafState, &leafState)))

	checked := vmstate.Description[everything]{Name: "every", Fields: vmstate.Fields[everything]{
		vmstate.Validate("ok", func(*everything, int) bool { return true }),
	}}
	assert.Empty(t, checked.Schema(new(everything)).Fields, "a validation sends nothing")
}

type everything struct {
	flag   bool
	buffer []byte
	words  []uint64
	alarm  vmstate.Deadline
	one    *leafStruct
	many   []*leafStruct
	queue  []leafStruct
	tree   map[uint64]leafStruct
	keyed  map[leafStruct]leafStruct
}

type leafStruct struct{ v uint8 }

var leafState = vmstate.Description[leafStruct]{Name: "leaf", Version: 1, Fields: vmstate.Fields[leafStruct]{
	vmstate.Uint8("v", func(l *leafStruct) *uint8 { return &l.v }),
}}
