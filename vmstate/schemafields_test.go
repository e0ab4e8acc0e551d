package vmstate_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/vmstate"
)

// A gadget has memory for one field of each kind.
type gadget struct {
	n     int32
	a, b  uint8
	word  uint16
	wide  uint64
	bytes [8]byte
	words [4]uint16
	grown []uint16
	raw   []byte
	ptrs  []*uint8
	cell  gear
	queue []gear
	tree  map[uint64]gear
}

type gear struct{ x, y uint8 }

func newGadget() *gadget { return &gadget{ptrs: []*uint8{nil, new(uint8)}} }

func (g *gadget) count() int { return int(g.n) }

// gears is a description whose field y came with version 2.
func gears(version, minVersion int) *vmstate.Description[gear] {
	d := &vmstate.Description[gear]{Name: "gear", Version: version, MinVersion: minVersion, Fields: vmstate.Fields[gear]{
		vmstate.Uint8("x", func(g *gear) *uint8 { return &g.x }),
	}}
	if version >= 2 {
		d.Fields = append(d.Fields, vmstate.Uint8("y", func(g *gear) *uint8 { return &g.y }).Since(2))
	}
	return d
}

func byteA(name string) vmstate.Field[gadget] {
	return vmstate.Uint8(name, func(g *gadget) *uint8 { return &g.a })
}

func byteB(name string) vmstate.Field[gadget] {
	return vmstate.Uint8(name, func(g *gadget) *uint8 { return &g.b })
}

func wordOf(name string) vmstate.Field[gadget] {
	return vmstate.Uint16(name, func(g *gadget) *uint16 { return &g.word })
}

func wordsOf(n int) vmstate.Field[gadget] {
	return vmstate.Array("f", func(g *gadget) []uint16 { return g.words[:n] }, vmstate.Uint16)
}

func bytesOf(n int) vmstate.Field[gadget] {
	return vmstate.Buffer("f", func(g *gadget) []byte { return g.bytes[:n] })
}

func grownWords() vmstate.Field[gadget] {
	return vmstate.Slice("f", func(g *gadget) *[]uint16 { return &g.grown }, (*gadget).count, vmstate.Uint16)
}

func gearQueue(inner *vmstate.Description[gear]) vmstate.Field[gadget] {
	return vmstate.Queue("f", func(g *gadget) *[]gear { return &g.queue }, inner)
}

func gearTree(inner *vmstate.Description[gear]) vmstate.Field[gadget] {
	return vmstate.Tree("f", func(g *gadget) *map[uint64]gear { return &g.tree }, inner)
}

func gearTemporary(inner *vmstate.Description[gear]) vmstate.Field[gadget] {
	return vmstate.Temporary("f", func(g *gadget) *gear { return &g.cell }, inner)
}

func gearCell(inner *vmstate.Description[gear]) vmstate.Field[gadget] {
	return vmstate.Struct("f", func(g *gadget) *gear { return &g.cell }, inner)
}

// throughADump is the schema of one gadget as a reader of its dump sees it.
func throughADump(t *testing.T, d *vmstate.Description[gadget]) *vmstate.Schema {
	t.Helper()
	s, err := vmstate.ReadSchema([]byte(dump(t, vmstate.NewSchema("board", vmstate.NewSection(d, newGadget(), 0)))))
	require.NoError(t, err)
	return s
}

func findings(before, after *vmstate.Schema) []string {
	var found []string
	for _, f := range vmstate.Check(before, after) {
		found = append(found, f.String())
	}
	return found
}

func TestCheckOfOneFieldThatChanged(t *testing.T) {
	const (
		counted     = "dev.f: the state now says how many elements there are, or no longer does"
		added       = ": the field was added to version 1, which older snapshots have without it: use Since with a new version, or a subsection"
		removed     = ": the field was removed: keep its place with Unused"
		alwaysThere = "dev.f: a predicate now decides whether the field exists, or no longer does"
	)
	always := func(*gadget, int) bool { return true }
	unused := vmstate.Unused[gadget]
	fields := func(f ...vmstate.Field[gadget]) vmstate.Fields[gadget] { return f }
	wide := func(elem func(string, func(*gadget) *uint64) vmstate.Field[gadget]) vmstate.Fields[gadget] {
		return fields(elem("f", func(g *gadget) *uint64 { return &g.wide }))
	}
	optional, conditional := gears(2, 1), gears(1, 1)
	optional.Subsections = []*vmstate.Description[gear]{{Name: "gear/worn"}}
	conditional.Fields = append(conditional.Fields, vmstate.Uint8("y", func(g *gear) *uint8 { return &g.y }).
		When(func(*gear, int) bool { return false }))
	for _, c := range []struct {
		name          string
		before, after vmstate.Fields[gadget]
		want          []string
	}{
		{"slice becomes a scalar", fields(grownWords()), fields(wordOf("f")), []string{counted}},
		{"slice becomes an array", fields(grownWords()), fields(wordsOf(4)), []string{counted}},
		{"slice under another name becomes a scalar", fields(grownWords()), fields(wordOf("g")), []string{"dev.f" + removed, "dev.g" + added}},
		{"byte slice becomes a buffer", fields(vmstate.ByteSlice("f", func(g *gadget) *[]byte { return &g.raw }, (*gadget).count)), fields(bytesOf(8)), []string{counted}},
		{"scalar becomes an array of one", fields(wordOf("f")), fields(wordsOf(1)), nil},
		{"scalar becomes an array of two", fields(wordOf("f")), fields(wordsOf(2)), []string{"dev.f: number of elements changed from 1 to 2"}},
		{"pointers become an array", fields(vmstate.Pointers("f", func(g *gadget) []*uint8 { return g.ptrs }, vmstate.Uint8)),
			fields(vmstate.Array("f", func(g *gadget) []uint8 { return g.bytes[:2] }, vmstate.Uint8)),
			[]string{"dev.f: an array of pointers, where a nil one is a mark, became one of values, or the other way round"}},

		{"counted array grows", fields(wordsOf(2).Count((*gadget).count)), fields(wordsOf(4).Count((*gadget).count)), nil},
		{"counted array is allocated now", fields(wordsOf(2).Count((*gadget).count)), fields(grownWords()), nil},
		{"counted array shrinks", fields(wordsOf(4).Count((*gadget).count)), fields(wordsOf(2).Count((*gadget).count)),
			[]string{"dev.f: at most 2 elements fit now, where 4 did"}},
		{"slice becomes a counted array", fields(grownWords()), fields(wordsOf(2).Count((*gadget).count)),
			[]string{"dev.f: at most 2 elements fit now, where any number did"}},
		{"counted buffer grows", fields(bytesOf(4).Count((*gadget).count)), fields(bytesOf(8).Count((*gadget).count)), nil},
		{"array is counted now", fields(wordsOf(4)), fields(wordsOf(4).Count((*gadget).count)),
			[]string{counted}},

		{"queue at another version", fields(gearQueue(gears(1, 1)).Since(1)), fields(gearQueue(gears(2, 1)).Since(2)), []string{"dev.f" + removed}},
		{"queue's items have a new version that the field does not use", fields(gearQueue(gears(1, 1)).Since(1)), fields(gearQueue(gears(2, 1)).Since(1)), nil},
		{"queue that is always there at another version", fields(gearQueue(gears(1, 1)).Since(1).When(always)), fields(gearQueue(gears(2, 1)).Since(2).When(always)),
			[]string{"dev.f.y: the field was added to version 2, which older snapshots have without it: use Since with a new version, or a subsection"}},
		{"queue at a version that its items give up", fields(gearQueue(gears(1, 1)).Since(1)), fields(gearQueue(gears(2, 2)).Since(1)),
			[]string{`dev.f: it is loaded at version 1, and "gear" loads 2 to 2: give the field a Since that fits`}},
		{"queue at version 0", fields(gearQueue(gears(1, 1)).Since(1)), fields(gearQueue(gears(1, 1))),
			[]string{`dev.f: it is loaded at version 0, and "gear" loads 1 to 1: give the field a Since that fits`}},
		{"tree at version 0", fields(gearTree(gears(1, 1)).Since(1)), fields(gearTree(gears(1, 1))),
			[]string{`dev.f: it is loaded at version 0, and "gear" loads 1 to 1: give the field a Since that fits`}},
		{"temporary's description has a new version", fields(gearTemporary(gears(1, 1)).Since(1)), fields(gearTemporary(gears(2, 1)).Since(1)), nil},
		{"struct has a new version", fields(gearCell(gears(1, 1))), fields(gearCell(gears(2, 1))),
			[]string{"dev.f.y: the field was added to version 2, which older snapshots have without it: use Since with a new version, or a subsection"}},

		{"padding is split", fields(unused(5)), fields(unused(2), unused(3)), nil},
		{"padding is merged", fields(byteA("a"), unused(2), unused(3), byteB("b")), fields(byteA("a"), unused(5), byteB("b")), nil},
		{"padding is cut otherwise", fields(unused(2), unused(3)), fields(unused(4), unused(1)), nil},
		{"padding shrinks", fields(byteA("a"), unused(5), byteB("b")), fields(byteA("a"), unused(3), byteB("b")), []string{"dev.unused: the padding lost 2 bytes"}},
		{"padding grows", fields(byteA("a"), unused(3), byteB("b")), fields(byteA("a"), unused(5), byteB("b")), []string{"dev.unused: the padding gained 2 bytes"}},
		{"padding is gone", fields(byteA("a"), unused(3), byteB("b")), fields(byteA("a"), byteB("b")), []string{"dev.unused: the padding lost 3 bytes"}},
		{"padding is gone from the end", fields(byteA("a"), unused(3)), fields(byteA("a")), []string{"dev.unused: the padding lost 3 bytes"}},
		{"field called unused becomes longer padding", fields(byteA("unused"), byteB("b")), fields(unused(4), byteB("b")), []string{"dev.unused: the padding gained 3 bytes"}},
		{"padding becomes a longer field called unused", fields(unused(1), byteB("b")), fields(wordOf("unused"), byteB("b")),
			[]string{"dev.unused: the padding lost 1 bytes", "dev.unused" + added}},
		{"several fields become padding", fields(byteA("a"), wordOf("w"), byteB("b")), fields(unused(3), byteB("b")), nil},
		{"padding becomes several fields", fields(unused(3), byteB("b")), fields(byteA("a"), wordOf("w"), byteB("b")), nil},
		{"struct becomes padding", fields(gearCell(gears(2, 1)), byteB("b")), fields(unused(2), byteB("b")), nil},
		{"struct with a subsection does not become padding", fields(gearCell(optional), byteB("b")), fields(unused(2), byteB("b")),
			[]string{"dev.unused: the padding gained 2 bytes", "dev.f" + removed}},
		{"struct with a conditional field does not become padding", fields(gearCell(conditional), byteB("b")), fields(unused(1), byteB("b")),
			[]string{"dev.unused: the padding gained 1 bytes", "dev.f" + removed}},
		{"padding changes places with a field", fields(unused(1), byteA("a")), fields(byteA("a"), unused(1)),
			[]string{"dev.unused: the padding lost 1 bytes", "dev.unused: the padding gained 1 bytes"}},
		{"what varies does not become padding", fields(grownWords(), byteB("b")), fields(unused(2), byteB("b")),
			[]string{"dev.unused: the padding gained 2 bytes", "dev.f" + removed}},
		{"padding that is there sometimes keeps its size", fields(unused(2).When(always)), fields(unused(3).When(always)), []string{"dev.unused: size changed from 2 to 3 bytes"}},
		{"padding is there sometimes", fields(byteA("a"), unused(2)), fields(byteA("a"), unused(2).When(always)),
			[]string{"dev.unused: the padding lost 2 bytes", "dev.unused" + added}},
		{"field becomes conditional", fields(byteA("f")), fields(byteA("f").When(always)), []string{alwaysThere}},

		{"checked byte is a plain one", fields(vmstate.Uint8Equal("f", func(g *gadget) *uint8 { return &g.a })), fields(byteA("f")), nil},
		{"plain byte is checked", fields(byteA("f")), fields(vmstate.Uint8Equal("f", func(g *gadget) *uint8 { return &g.a })),
			[]string{"dev.f: type changed from uint8 to uint8 equal"}},
		{"checked quad is a plain one", wide(vmstate.Uint64Equal), wide(vmstate.Uint64), nil},
		{"level is a plain number", fields(vmstate.Int32Max("f", func(g *gadget) *int32 { return &g.n })), fields(vmstate.Int32("f", func(g *gadget) *int32 { return &g.n })), nil},
		{"level is an equal number", fields(vmstate.Int32Max("f", func(g *gadget) *int32 { return &g.n })), fields(vmstate.Int32Equal("f", func(g *gadget) *int32 { return &g.n })),
			[]string{"dev.f: type changed from int32 le to int32 equal"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			before, after := throughADump(t, describe(c.before...)), throughADump(t, describe(c.after...))
			assert.Equal(t, c.want, findings(before, after))
			assert.Empty(t, findings(before, before), "the older release loads what it saves")
		})
	}
}

func TestCheckOfARaisedMinimumKnowsLoadOld(t *testing.T) {
	device := func(version, minimum int, fields ...vmstate.Field[gadget]) *vmstate.Description[gadget] {
		d := describe(fields...)
		d.Version, d.MinVersion = version, minimum
		return d
	}
	older := device(2, 1, byteA("a"), wordOf("w"))
	older.Subsections = []*vmstate.Description[gadget]{{Name: "dev/sub", Version: 1}}
	withOld := func(d *vmstate.Description[gadget], from int) *vmstate.Description[gadget] {
		d.LoadOld = func(*gadget, *vmstate.Decoder, int) error { return nil }
		d.MinVersionOld = from
		return d
	}
	for _, c := range []struct {
		name  string
		newer *vmstate.Description[gadget]
		want  []string
	}{
		{"nothing reads it", device(3, 3, byteA("a")),
			[]string{"dev: minimum_version_id 3 is above the older version_id 2: snapshots of the older release are refused"}},
		{"LoadOld reads it, whatever the fields are", withOld(device(3, 3, byteB("b")), 2), nil},
		{"LoadOld from version 0 reads it", withOld(device(3, 3, byteB("b")), 0), nil},
		{"LoadOld begins above it", withOld(device(4, 4, byteA("a")), 3),
			[]string{"dev: minimum_version_id 3 is above the older version_id 2: snapshots of the older release are refused"}},
		{"the fields read it, LoadOld what was before", withOld(device(3, 2, byteB("b")), 1),
			[]string{"dev.w: the field was removed: keep its place with Unused", "dev.dev/sub: the subsection is gone: snapshots that hold it are refused"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			assert.Equal(t, c.want, findings(throughADump(t, older), throughADump(t, c.newer)))
		})
	}
	given := throughADump(t, withOld(device(3, 3), 2))
	assert.Empty(t, findings(given, throughADump(t, device(3, 2))), "fields may take over from LoadOld")
	assert.Equal(t, []string{"dev: minimum_version_id went back from 2 to 1: versions that were given up cannot return"},
		findings(given, throughADump(t, device(3, 1))))
}

// The key of a tree is handled like its values.
func TestCheckOfTheKeyOfATreeGoesByTheVersionOfTheField(t *testing.T) {
	type dev struct{ m map[gear]gear }
	schema := func(key *vmstate.Description[gear]) *vmstate.Schema {
		d := describe(vmstate.KeyedTree("f", func(d *dev) *map[gear]gear { return &d.m }, nil, key, gears(1, 0)).Since(1))
		return vmstate.NewSchema("board", vmstate.NewSection(d, new(dev), 0))
	}
	assert.Empty(t, findings(schema(gears(1, 1)), schema(gears(2, 1))))
	assert.Equal(t, []string{`dev.f.key: it is loaded at version 1, and "gear" loads 2 to 2: give the field a Since that fits`},
		findings(schema(gears(1, 1)), schema(gears(2, 2))))
}

// With a search for every field it would take minutes.
func TestCheckOfManyFieldsEnds(t *testing.T) {
	schema := func(prefix string) *vmstate.Schema {
		d := &vmstate.SchemaStruct{Name: "dev"}
		for i := range 100_000 {
			d.Fields = append(d.Fields, vmstate.SchemaField{Name: fmt.Sprint(prefix, i), Type: prefix, Size: 1})
		}
		return &vmstate.Schema{Types: map[string]*vmstate.SchemaType{"dev": {Name: "dev", Description: d}}}
	}
	assert.Len(t, vmstate.Check(schema("a"), schema("b")), 200_000)
}
