package vmstate_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/vmstate"
)

func leaf(typ string, count int, data ...byte) *vmstate.Node {
	return &vmstate.Node{Kind: vmstate.KindLeaf, Name: "f", Type: typ, Count: count, Data: data, Size: len(data)}
}

func TestValueAndText(t *testing.T) {
	tests := []struct {
		node  *vmstate.Node
		value any
		text  string
	}{
		{leaf("bool", 1, 0), false, "false"},
		{leaf("bool", 1, 9), true, "true"},
		{leaf("int8", 1, 0x80), int64(-128), "-128"},
		{leaf("int16", 1, 0xfe, 0x00), int64(-512), "-512"},
		{leaf("int32 equal", 1, 0xff, 0xfe, 0xee, 0x90), int64(-70000), "-70000"},
		{leaf("uint8 equal", 1, 2), uint64(2), "0x02"},
		{leaf("uint64", 1, 0, 0, 0, 0, 0, 0xb8, 0xf4, 0x7c), uint64(12121212), "0x0000000000b8f47c"},
		{leaf("int64 equal", 1, 0x80, 0, 0, 0, 0, 0, 0, 0), uint64(1) << 63, "0x8000000000000000"},
		{leaf("timer", 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), int64(-1), "-1"},
		{leaf("CPU_Double_U", 1, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0), 1.5, "1.5"},
		{leaf("buffer", 1, 1, 2), []byte{1, 2}, "01 02"},
		{leaf("uint16", 2, 1, 2, 3, 4), []any{uint64(0x102), uint64(0x304)}, "0102 0304"},
		{leaf("int8", 2, 1, 0xff), []any{int64(1), int64(-1)}, "1 -1"},
		{&vmstate.Node{Kind: vmstate.KindNull}, nil, "nil"},
		{&vmstate.Node{Kind: vmstate.KindStruct}, nil, "0 children"},
	}
	for _, test := range tests {
		assert.Equal(t, test.value, test.node.Value(), test.text)
		assert.Equal(t, test.text, test.node.String())
	}
}

func TestSet(t *testing.T) {
	tests := []struct {
		node  *vmstate.Node
		value string
		want  []byte
	}{
		{leaf("bool", 1, 0), "true", []byte{1}},
		{leaf("bool", 1, 1), "false", []byte{0}},
		{leaf("int8", 1, 0), "-128", []byte{0x80}},
		{leaf("int32", 1, 0, 0, 0, 0), "-70000", []byte{0xff, 0xfe, 0xee, 0x90}},
		{leaf("uint16", 1, 0, 0), "0xfe00", []byte{0xfe, 0}},
		{leaf("uint16", 1, 0, 0), "0b11", []byte{0, 3}},
		{leaf("timer", 1, 0, 0, 0, 0, 0, 0, 0, 0), "-1", []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}},
		{leaf("CPU_Double_U", 1, 0, 0, 0, 0, 0, 0, 0, 0), "1.5", []byte{0x3f, 0xf8, 0, 0, 0, 0, 0, 0}},
		{leaf("buffer", 1, 0, 0), "01 fe", []byte{1, 0xfe}},
	}
	for _, test := range tests {
		require.NoError(t, test.node.Set(test.value))
		assert.Equal(t, test.want, test.node.Data, "%s %s", test.node.Type, test.value)
	}
}

func TestSetRefuses(t *testing.T) {
	tests := []struct {
		node        *vmstate.Node
		value, want string
	}{
		{leaf("uint8", 1, 7), "256", `f: "256" is no uint8`},
		{leaf("uint8", 1, 7), "-1", `f: "-1" is no uint8`},
		{leaf("int8", 1, 7), "128", `f: "128" is no int8`},
		{leaf("bool", 1, 7), "maybe", `f: "maybe" is no bool`},
		{leaf("CPU_Double_U", 1, 7, 7, 7, 7, 7, 7, 7, 7), "pi", `f: "pi" is no CPU_Double_U`},
		{leaf("buffer", 1, 7, 7), "01", "f: 1 bytes for a field of 2"},
		{leaf("buffer", 1, 7), "xx", "f: encoding/hex: invalid byte: U+0078 'x'"},
		{leaf("uint8", 2, 7, 7), "1", "f has 2 elements: name one, as in f[0]"},
		{&vmstate.Node{Name: "f"}, "1", "f is not a plain value"},
	}
	for _, test := range tests {
		assert.EqualError(t, test.node.Set(test.value), test.want)
		for _, b := range test.node.Data {
			assert.EqualValues(t, 7, b, "the value stays")
		}
	}
}

func TestJSONOfUnusualValues(t *testing.T) {
	infinity := leaf("CPU_Double_U", 1, 0x7f, 0xf0, 0, 0, 0, 0, 0, 0)
	require.Equal(t, math.Inf(1), infinity.Value())
	section := &vmstate.Node{Name: "s", Children: []*vmstate.Node{
		infinity,
		{Kind: vmstate.KindArray, Name: "p", Children: []*vmstate.Node{{Kind: vmstate.KindNull}, {Kind: vmstate.KindStruct}}},
	}}
	text, err := json.Marshal(section)
	require.NoError(t, err)
	assert.Equal(t, `{"f":"+Inf","p":[null,{}]}`, string(text))
}

func TestSubsectionWithTooLongANameIsNotWritten(t *testing.T) {
	section := &vmstate.Node{Name: "s", Instance: 2, Children: []*vmstate.Node{{Kind: vmstate.KindSubsection, Name: string(make([]byte, 256))}}}
	assert.EqualError(t, section.Save(new(vmstate.Encoder)),
		"section s (instance 2): 256 bytes in the name of a subsection where at most 255 fit at offset 0x0")
}
