package vmstate_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/vmstate"
)

// device makes the description of a stream with one section.
func device(body string) string {
	return `{"page_size": 4096, "devices": [{"name": "dev", "instance_id": 7, "vmsd_name": "d", "version": 2, ` + body + `}]}`
}

func parseOne(t testing.TB, text string) *vmstate.SectionDescription {
	t.Helper()
	s, err := vmstate.ParseDescription([]byte(text))
	require.NoError(t, err)
	require.Len(t, s.Sections, 1)
	return s.Sections[0]
}

func readTree(section *vmstate.SectionDescription, wire ...byte) (*vmstate.Node, error) {
	return section.Tree(vmstate.NewDecoder(bytes.NewReader(wire), nil))
}

// outlineOf writes a tree as one line.
func outlineOf(n *vmstate.Node) string {
	switch {
	case n == nil:
		return "nothing"
	case n.Kind == vmstate.KindLeaf || n.Kind == vmstate.KindNull:
		return fmt.Sprintf("%s=%v", n.Name, n)
	}
	var parts []string
	for _, c := range n.Children {
		parts = append(parts, outlineOf(c))
	}
	return n.Name + "{" + strings.Join(parts, " ") + "}"
}

func TestTreeByJSONAlone(t *testing.T) {
	tests := []struct {
		name, body string
		wire       []byte
		want       string
	}{
		{"nothing", `"fields": []`, nil, "dev{}"},
		{"plain values",
			`"fields": [{"name": "a", "type": "uint16", "size": 2}, {"name": "b", "type": "bool", "size": 1}, {"name": "c", "type": "int32", "size": 4}]`,
			[]byte{0x12, 0x34, 1, 0xff, 0xff, 0xff, 0xfe}, "dev{a=0x1234 b=true c=-2}"},
		{"type of nobody's", `"fields": [{"name": "a", "type": "int32_as_uint16", "size": 2}]`, []byte{1, 2}, "dev{a=01 02}"},
		{"size that the type does not have", `"fields": [{"name": "a", "type": "uint32", "size": 3}]`, []byte{1, 2, 3}, "dev{a=01 02 03}"},
		{"array of elements alike", `"fields": [{"name": "a", "array_len": 3, "type": "uint8", "size": 1}]`, []byte{1, 2, 3}, "dev{a=01 02 03}"},
		{"array by index",
			`"fields": [{"name": "a", "index": 0, "type": "uint8", "size": 1}, {"name": "a", "index": 1, "type": "uint8", "size": 1}, {"name": "b", "type": "uint8", "size": 1}]`,
			[]byte{1, 2, 3}, "dev{a=01 02 b=0x03}"},
		{"elements of different sizes",
			`"fields": [{"name": "a", "index": 0, "type": "uint8", "size": 1}, {"name": "a", "index": 1, "type": "uint16", "size": 2}]`,
			[]byte{1, 2, 3}, "dev{a{[0]=0x01 [1]=0x0203}}"},
		{"struct",
			`"fields": [{"name": "s", "type": "struct", "struct": {"vmsd_name": "in", "version": 1, "fields": [{"name": "x", "type": "uint8", "size": 1}]}, "size": 1}]`,
			[]byte{9}, "dev{s{x=0x09}}"},
		{"structs alike",
			`"fields": [{"name": "s", "array_len": 2, "type": "struct", "struct": {"vmsd_name": "in", "version": 1, "fields": [{"name": "x", "type": "uint8", "size": 1}]}, "size": 1}]`,
			[]byte{9, 8}, "dev{s{[0]{x=0x09} [1]{x=0x08}}}"},
		{"pointers, the first nil",
			`"fields": [{"name": "s", "array_len": 2, "type": "struct", "struct": {}, "size": 1}]`,
			[]byte("00"), "dev{s{[0]=nil [1]=nil}}"},
		{"temporary",
			`"fields": [{"name": "tmp", "type": "tmp", "vmsd_name": "in", "version": 0, "fields": [{"name": "x", "type": "uint8", "size": 1}], "size": 1}]`,
			[]byte{9}, "dev{tmp{x=0x09}}"},
		{"queue",
			`"fields": [{"name": "q", "type": "qtailq", "vmsd_name": "in", "version": 1, "fields": [{"name": "x", "type": "uint8", "size": 1}], ` +
				`"vmsd_name": "in", "version": 1, "fields": [{"name": "x", "type": "uint8", "size": 1}], "size": 5}]`,
			[]byte{1, 9, 1, 8, 0}, "dev{q{[0]{x=0x09} [1]{x=0x08}}}"},
		{"empty queue", `"fields": [{"name": "q", "type": "qlist", "size": 1}]`, []byte{0}, "dev{q{}}"},
		{"tree with numbers as keys",
			`"fields": [{"name": "t", "type": "gtree", "vmsd_name": "v", "version": 1, "fields": [{"name": "x", "type": "uint8", "size": 1}], "size": 15}]`,
			[]byte{0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 5, 9, 0}, "dev{t{[0]{key=0x0000000000000005 value{x=0x09}}}}"},
		{"tree with described keys",
			`"fields": [{"name": "t", "type": "gtree", "vmsd_name": "k", "version": 1, "fields": [{"name": "id", "type": "uint8", "size": 1}], ` +
				`"vmsd_name": "v", "version": 1, "fields": [{"name": "x", "type": "uint8", "size": 1}], "size": 8}]`,
			[]byte{0, 0, 0, 1, 1, 5, 9, 0}, "dev{t{[0]{key{id=0x05} value{x=0x09}}}}"},
		{"subsections",
			`"fields": [], "subsections": [{"vmsd_name": "d/x", "version": 1, "fields": [{"name": "x", "type": "uint8", "size": 1}], ` +
				`"subsections": [{"vmsd_name": "d/x/y", "version": 1, "fields": []}]}]`,
			[]byte("\x05\x03d/x\x00\x00\x00\x01\x09\x05\x05d/x/y\x00\x00\x00\x01"), "dev{d/x{x=0x09 d/x/y{}}}"},
		{"device of the old style", `"size": 2, "fields": [{"name": "data", "size": 2, "type": "buffer"}]`, []byte{1, 2}, "dev{data=01 02}"},
		{"members of nobody's", `"toyvm": {"deep": [1, {"x": null}]}, "fields": []`, nil, "dev{}"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			section := parseOne(t, device(test.body))
			tree, err := readTree(section, test.wire...)
			require.NoError(t, err)
			assert.Equal(t, test.want, outlineOf(tree))
			assert.Equal(t, 7, tree.Instance)

			var e vmstate.Encoder
			require.NoError(t, tree.Save(&e))
			assert.Equal(t, hex.EncodeToString(test.wire), hex.EncodeToString(e.Bytes()), "written back")

			for cut := range test.wire {
				_, err := readTree(section, test.wire[:cut]...)
				assert.Error(t, err, "cut off after %d bytes", cut)
			}
		})
	}
}

func TestTreeByJSONNamesThePlaceOfAnError(t *testing.T) {
	queueOf := `{"name": "q", "type": "qtailq", "vmsd_name": "in", "version": 1, "fields": [{"name": "x", "type": "uint8", "size": 1}], "size": 3}`
	tests := []struct {
		name, body string
		wire       []byte
		want       string
	}{
		{"end in a struct of an array",
			`"fields": [{"name": "s", "array_len": 2, "type": "struct", "struct": {"vmsd_name": "in", "version": 1, "fields": [{"name": "x", "type": "uint16", "size": 2}]}, "size": 1}]`,
			[]byte{9, 8, 7}, "section dev (instance 7): field s[1].x: unexpected end of stream at offset 0x3"},
		{"end in a queue", `"fields": [` + queueOf + `]`, []byte{1, 9, 1}, "section dev (instance 7): field q[1].x: unexpected end of stream at offset 0x3"},
		{"queue that is not described", `"fields": [{"name": "q", "type": "qlist", "size": 1}]`, []byte{1},
			"section dev (instance 7): field q: there is more than the description has words for at offset 0x0"},
		{"struct that is not described", `"fields": [{"name": "s", "type": "struct", "size": 2}]`, []byte{1, 2},
			"section dev (instance 7): field s: there is more than the description has words for at offset 0x0"},
		{"tree that is not described", `"fields": [{"name": "t", "type": "gtree", "size": 1}]`, []byte{0, 0, 0, 1, 1},
			"section dev (instance 7): field t: there is more than the description has words for at offset 0x0"},
		{"wrong mark of a nil pointer", `"fields": [{"name": "s", "type": "struct", "struct": {}, "size": 1}]`, []byte{'1'},
			"section dev (instance 7): field s: byte 0x31 instead of the mark of a nil pointer at offset 0x0"},
		{"missing subsection", `"fields": [], "subsections": [{"vmsd_name": "d/x", "version": 1, "fields": []}]`, []byte("\x05\x03d/y\x00\x00\x00\x01"),
			`section dev (instance 7): field d/x: no subsection "d/x" although the description has it at offset 0x0`},
		{"subsection of another version", `"fields": [], "subsections": [{"vmsd_name": "d/x", "version": 1, "fields": []}]`, []byte("\x05\x03d/x\x00\x00\x00\x02"),
			"section dev (instance 7): field d/x: version 2 although the description has 1 at offset 0x5"},
		{"tree with fewer entries than announced",
			`"fields": [{"name": "t", "type": "gtree", "vmsd_name": "v", "version": 1, "fields": [], "vmsd_name": "v", "version": 1, "fields": [], "size": 14}]`,
			[]byte{0, 0, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 5, 0}, "section dev (instance 7): field t: 2 entries were announced, and 1 came at offset 0xd"},
		{"huge buffer", `"fields": [{"name": "a", "type": "buffer", "size": 2147483647}]`, []byte{1},
			"section dev (instance 7): field a: unexpected end of stream at offset 0x1"},
		{"huge array", `"fields": [{"name": "a", "array_len": 2147483647, "type": "buffer", "size": 2147483647}]`, []byte{1},
			"section dev (instance 7): field a: unexpected end of stream at offset 0x1"},
		{"many values of no size", `"fields": [{"name": "a", "array_len": 2147483647, "type": "buffer", "size": 0}]`, []byte{1},
			"section dev (instance 7): field a: 2147483647 elements of no size at offset 0x0"},
		{"many structs of no size",
			`"fields": [{"name": "a", "array_len": 2147483647, "type": "struct", "struct": {"vmsd_name": "in", "version": 1, "fields": []}, "size": 0}]`, []byte{1},
			"section dev (instance 7): field a: 2147483647 elements of no size at offset 0x0"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := readTree(parseOne(t, device(test.body)), test.wire...)
			assert.EqualError(t, err, test.want)
		})
	}
}

func TestTreeByJSONIsNotLargerThanWhatIsThere(t *testing.T) {
	empty := strings.Repeat(`{"name": "e", "type": "buffer", "size": 0}, `, 1000)
	section := parseOne(t, device(`"fields": [{"name": "a", "array_len": 1000000, "type": "struct", "struct": {"vmsd_name": "in", "version": 1, "fields": [`+
		empty+`{"name": "x", "type": "uint8", "size": 1}]}, "size": 1}]`))
	_, err := readTree(section, make([]byte, 1000000)...)
	assert.ErrorContains(t, err, "values where at most")
}

func TestParseDescriptionRefusesWhatIsNone(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"nothing", "", "JSON description: unexpected EOF (at byte 0)"},
		{"end", `{"devices": [`, "JSON description: unexpected EOF (at byte 13)"},
		{"not an object", `[1]`, "JSON description: [ where { is due (at byte 1)"},
		{"devices as an object", `{"devices": {}}`, "JSON description: { where [ is due (at byte 13)"},
		{"number as name", device(`"fields": [{"name": 5}]`), "JSON description: 5 where a string is due"},
		{"negative size", device(`"fields": [{"name": "a", "size": -1}]`), "JSON description: -1 where a number from 0 to 2147483647 is due"},
		{"fractional size", device(`"fields": [{"name": "a", "size": 1.5}]`), "JSON description: 1.5 where a number from 0 to 2147483647 is due"},
		{"text as size", device(`"fields": [{"name": "a", "size": "1"}]`), "JSON description: 1 where a number from 0 to 2147483647 is due"},
		{"huge size", device(`"fields": [{"name": "a", "size": 2147483648}]`), "JSON description: 2147483648 where a number from 0 to 2147483647 is due"},
		{"struct without a name", device(`"fields": [{"version": 1}]`), "JSON description: struct without a name"},
		{"broken member", `{"other": }`, "JSON description: invalid character '}'"},
		{"broken text", "{\"name\": \"\x01", "JSON description: "},
		{"missing comma", `{"page_size": 1 "devices": []}`, "JSON description: invalid character"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := vmstate.ParseDescription([]byte(test.text))
			assert.ErrorContains(t, err, test.want)
		})
	}
}

// nested is the description of structs within each other.
func nested(structs int) string {
	const head = `"fields": [{"name": "s", "type": "struct", "struct": {"vmsd_name": "in", "version": 1, `
	return device(strings.Repeat(head, structs) + `"fields": [{"name": "x", "type": "uint8", "size": 1}]` + strings.Repeat(`}, "size": 1}]`, structs))
}

func TestParseDescriptionRefusesWhatIsNestedTooDeeply(t *testing.T) {
	section := parseOne(t, nested(31))
	tree, err := readTree(section, 9)
	require.NoError(t, err)
	assert.Equal(t, "0x09", tree.Lookup(strings.Repeat("s.", 31)+"x").String())

	for name, text := range map[string]string{
		"structs":     nested(33),
		"more":        nested(100000),
		"subsections": device(strings.Repeat(`"subsections": [{`, 60)),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := vmstate.ParseDescription([]byte(text))
			assert.ErrorContains(t, err, "JSON description: nested too deeply (at byte ")
		})
	}
	t.Run("even where nobody looks", func(t *testing.T) {
		_, err := vmstate.ParseDescription([]byte(`{"other": ` + strings.Repeat("[", 100000) + strings.Repeat("]", 100000) + `}`))
		assert.ErrorContains(t, err, "exceeded max depth")
	})
}

func TestTreeOfASectionShowsItsStepsToAnObserver(t *testing.T) {
	section := parseOne(t, device(`"fields": [{"name": "a", "type": "uint8", "size": 1}]`))
	var steps []string
	d := vmstate.NewDecoder(bytes.NewReader([]byte{9}), func(ev vmstate.Event) { steps = append(steps, ev.String()) })
	tree, err := section.Tree(d)
	require.NoError(t, err)
	assert.Equal(t, "dev{a=0x09}", outlineOf(tree))
	assert.Contains(t, steps, "000000 field a uint8, 1 bytes")
}
