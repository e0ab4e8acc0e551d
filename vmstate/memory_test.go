package vmstate_test

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/vmstate"
)

// A page has more memory than it may need on the wire.
type page struct {
	data [64 << 10]byte
}

var (
	fixedPages = describe(vmstate.Buffer("data", func(p *page) []byte { return p.data[:] }))
	arrayPages = describe(vmstate.Array("data", func(p *page) []byte { return p.data[:] }, vmstate.Uint8))
)

// A ghost sends nothing, but has memory all the same.
type ghost [16]byte

var ghosts = &vmstate.Description[ghost]{Name: "ghost"}

// A row is a slice of ghosts.
type row = counted[ghost]

var rows = describe(countOf[ghost](),
	vmstate.Slice("s", func(r *row) *[]ghost { return &r.s }, (*row).count, vmstate.StructOf(ghosts)))

func slicesOf[E any](elem vmstate.Elem[E]) *vmstate.Section {
	type dev = counted[E]
	d := describe(countOf[E](), vmstate.Slice("s", func(d *dev) *[]E { return &d.s }, (*dev).count, elem))
	return vmstate.NewSection(d, new(dev), 0)
}

func pageBuffer(name string, at func(*page) *page) vmstate.Field[page] {
	return vmstate.Buffer(name, func(p *page) []byte { return at(p).data[:] })
}

// announcing is a count and then n bytes of what.
func announcing(count uint32, what string, n int) []byte {
	return append(binary.BigEndian.AppendUint32(nil, count), bytes.Repeat([]byte(what), n/len(what))...)
}

func TestLoadTakesMemoryForTheBytesThatAreThere(t *testing.T) {
	const n = 10000 // bytes behind the count
	type bytesOf = counted[byte]
	byteSlice := vmstate.NewSection(describe(countOf[byte](),
		vmstate.ByteSlice("s", func(d *bytesOf) *[]byte { return &d.s }, (*bytesOf).count)), new(bytesOf), 0)
	type haunted struct {
		q []ghost
		m map[uint64]ghost
	}
	queue := vmstate.NewSection(describe(vmstate.Queue("q", func(h *haunted) *[]ghost { return &h.q }, ghosts)), new(haunted), 0)
	tree := vmstate.NewSection(describe(vmstate.Tree("m", func(h *haunted) *map[uint64]ghost { return &h.m }, ghosts)), new(haunted), 0)

	for _, c := range []struct {
		name    string
		section *vmstate.Section
		wire    []byte
		perByte uint64 // bytes of memory
	}{
		{"scalars", slicesOf[uint64](vmstate.Uint64), announcing(1<<31-1, "\x00", n), 50},
		{"bytes", byteSlice, announcing(1<<31-1, "\x00", n), 50},
		{"structs with a buffer, too many", slicesOf(vmstate.StructOf(fixedPages)), announcing(1<<31-1, "\x00", n), 50},
		{"structs with a buffer, one for each byte", slicesOf(vmstate.StructOf(fixedPages)), announcing(n, "\x00", n), 50},
		{"structs with an array, one for each byte", slicesOf(vmstate.StructOf(arrayPages)), announcing(n, "\x00", n), 50},
		{"buffers, one for each byte", slicesOf(pageBuffer), announcing(n, "\x00", n), 50},
		{"slices of structs that send nothing", slicesOf(vmstate.StructOf(rows)), announcing(n/5, "\x00\x00\x03\xe8", n), 200},
		{"queue of structs that send nothing", queue, bytes.Repeat([]byte{1}, n), 200},
		{"tree of structs that send nothing", tree, announcing(1<<31-1, "\x01", n), 200},
	} {
		t.Run(c.name, func(t *testing.T) {
			var err error
			used := allocates(func() { err = c.section.Unmarshal(c.wire, 1) })
			assert.Error(t, err)
			assert.Less(t, used, c.perByte*n)
		})
	}
}

func TestStructsThatSendNothingCannotShareTheirBytes(t *testing.T) {
	s := slicesOf(vmstate.StructOf(rows))
	wire := slices.Concat([]byte{0, 0, 0, 3}, []byte{0, 0, 0, 13}, []byte{0, 0, 0, 9}, []byte{0, 0, 0, 0}, make([]byte, 5))
	err := s.Unmarshal(wire, 1)
	isLimit(t, err, "s[1].s[8]", 12, vmstate.LimitError{What: "elements without bytes", Got: 22, Limit: 21})
}

func TestSlicesOfSlicesNeedNotBeInOnePiece(t *testing.T) {
	type bytesOf = counted[byte]
	type dev = counted[bytesOf]
	inner := describe(countOf[byte](), vmstate.Slice("s", func(d *bytesOf) *[]byte { return &d.s }, (*bytesOf).count, vmstate.Uint8))
	single := describe(vmstate.Slice("s", func(d *bytesOf) *[]byte { return &d.s }, func(*bytesOf) int { return 1 }, vmstate.Uint8))
	for name, elem := range map[string]*vmstate.Description[bytesOf]{"counted": inner, "single bytes": single} {
		t.Run(name, func(t *testing.T) {
			d := describe(countOf[bytesOf](), vmstate.Slice("s", func(d *dev) *[]bytesOf { return &d.s }, (*dev).count, vmstate.StructOf(elem)))
			var obj, got dev
			for range 50 {
				obj.n, obj.s = obj.n+1, append(obj.s, bytesOf{40, make([]byte, 40)})
			}
			wire, err := d.Marshal(&obj)
			require.NoError(t, err)
			dec := vmstate.NewDecoder(iotest.OneByteReader(behind(wire, 0)), nil)
			require.NoError(t, d.Load(dec, &got, 1))
			assert.Len(t, got.s, 50)
		})
	}
}

func TestTreeByJSONTakesMemoryForTheBytesThatAreThere(t *testing.T) {
	const n = 100000
	const nothing = `"vmsd_name": "in", "version": 1, "fields": []`
	for _, c := range []struct {
		name, fields string
		wire         []byte
		perByte      uint64
	}{
		{"huge buffer", `{"name": "a", "type": "buffer", "size": 2147483647}`, make([]byte, n), 20},
		{"huge array", `{"name": "a", "array_len": 2147483647, "type": "uint8", "size": 1}`, make([]byte, n), 20},
		{"array of empty structs", `{"name": "a", "array_len": 2147483647, "type": "struct", "struct": {` + nothing + `}, "size": 1}`, make([]byte, n), 20},
		{"queue of empty structs", `{"name": "a", "type": "qtailq", ` + nothing + `, "size": 1}`, bytes.Repeat([]byte{1}, n), 1000},
		{"tree", `{"name": "a", "type": "gtree", ` + nothing + `, "size": 1}`, announcing(1<<31-1, "\x01", n), 20},
	} {
		t.Run(c.name, func(t *testing.T) {
			section := parseOne(t, device(`"fields": [`+c.fields+`]`))
			var err error
			used := allocates(func() { _, err = readTree(section, c.wire...) })
			assert.Error(t, err)
			assert.Less(t, used, c.perByte*n)
		})
	}
}

func TestParseDescriptionTakesMemoryForItsText(t *testing.T) {
	const n = 100000
	for _, repeated := range []string{`{}`, `{"fields": [{}]}`, `{"subsections": [{}]}`, `{"other": [[]]}`} {
		text := []byte(`{"devices": [` + strings.Repeat(repeated+",", n/len(repeated)) + `{}]}`)
		used := allocates(func() {
			_, err := vmstate.ParseDescription(text)
			assert.NoError(t, err)
		})
		assert.Less(t, used, uint64(200*len(text)), repeated)
	}
	fields := []byte(device(`"fields": [` + strings.Repeat(`{},`, n/3) + `{}]`))
	used := allocates(func() { _, _ = vmstate.ParseDescription(fields) })
	assert.Less(t, used, uint64(500*len(fields)))
}
