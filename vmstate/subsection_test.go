package vmstate_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/vmstate"
)

// A chip has what its subsections send: f of every chip, x and y optionally,
// z optionally below x.
type chip struct{ f, x, y, z uint8 }

func sub(name string, version int, at func(*chip) *uint8, below ...*vmstate.Description[chip]) *vmstate.Description[chip] {
	return &vmstate.Description[chip]{
		Name: name, Version: version, MinVersion: 1,
		Needed:      func(c *chip) bool { return *at(c) != 0 },
		Fields:      vmstate.Fields[chip]{vmstate.Uint8("v", at)},
		Subsections: below,
	}
}

var chips = &vmstate.Description[chip]{
	Name: "chip", Version: 1, MinVersion: 1,
	Fields: vmstate.Fields[chip]{vmstate.Uint8("f", func(c *chip) *uint8 { return &c.f })},
	Subsections: []*vmstate.Description[chip]{
		sub("chip/x", 2, func(c *chip) *uint8 { return &c.x },
			sub("chip/x/z", 1, func(c *chip) *uint8 { return &c.z })),
		sub("chip_y", 0x101, func(c *chip) *uint8 { return &c.y }), // no slash is needed
	},
}

var (
	chipX = []byte{ /* mark */ 5 /* length */, 6, 'c', 'h', 'i', 'p', '/', 'x' /* version */, 0, 0, 0, 2}
	chipZ = []byte{5, 8, 'c', 'h', 'i', 'p', '/', 'x', '/', 'z', 0, 0, 0, 1}
	chipY = []byte{5, 6, 'c', 'h', 'i', 'p', '_', 'y', 0, 0, 1, 1}
)

func TestSubsectionsAreSentWhenNeeded(t *testing.T) {
	for _, c := range []struct {
		name string
		obj  chip
		wire []byte
	}{
		{"none", chip{f: 1}, []byte{1}},
		{"first", chip{f: 1, x: 2}, slices.Concat([]byte{1}, chipX, []byte{2})},
		{"last", chip{f: 1, y: 3}, slices.Concat([]byte{1}, chipY, []byte{3})},
		{"all", chip{1, 2, 3, 4}, slices.Concat([]byte{1}, chipX, []byte{2}, chipZ, []byte{4}, chipY, []byte{3})},
		{"one whose parent is not", chip{f: 1, z: 4}, []byte{1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			body, err := chips.Marshal(&c.obj)
			require.NoError(t, err)
			assert.Equal(t, c.wire, body)
			want := c.obj
			if want.x == 0 {
				want.z = 0
			}
			var got chip
			require.NoError(t, chips.Unmarshal(body, &got, 1))
			assert.Equal(t, want, got)
		})
	}
	t.Run("always without a predicate", func(t *testing.T) {
		d := &vmstate.Description[chip]{Name: "d", Subsections: []*vmstate.Description[chip]{{Name: "d/s"}}}
		body, err := d.Marshal(&chip{})
		require.NoError(t, err)
		assert.Equal(t, []byte("\x05\x03d/s\x00\x00\x00\x00"), body)
		assert.NoError(t, d.Unmarshal(body, &chip{}, 0))
	})
}

func TestSubsectionsLoadInAnyOrderAndNumber(t *testing.T) {
	for _, c := range []struct {
		name string
		wire []byte
		want chip
	}{
		{"absent ones leave their fields alone", []byte{1}, chip{1, 97, 98, 99}},
		{"other order", slices.Concat([]byte{1}, chipY, []byte{3}, chipX, []byte{2}), chip{1, 2, 3, 99}},
		{"repeated", slices.Concat([]byte{1}, chipY, []byte{3}, chipX, []byte{2}, chipY, []byte{4}), chip{1, 2, 4, 99}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := chip{96, 97, 98, 99}
			require.NoError(t, chips.Unmarshal(c.wire, &got, 1))
			assert.Equal(t, c.want, got)
		})
	}
}

func TestSubsectionVersionIsKeptIn8Bits(t *testing.T) {
	var version int
	d := &vmstate.Description[chip]{Name: "d", Subsections: []*vmstate.Description[chip]{{Name: "d/s", Version: 255,
		PostLoad: func(_ *chip, v int) error { version = v; return nil }}}}
	for wire, want := range map[string]int{
		"\x00\x00\x00\x07": 7, "\x00\x00\x01\x00": 0, "\xff\xff\xff\x02": 2, "\x00\x00\x00\xff": 255,
	} {
		require.NoError(t, d.Unmarshal([]byte("\x05\x03d/s"+wire), &chip{}, 0))
		assert.Equal(t, want, version, "%x", wire)
	}
	t.Run("and must be in bounds", func(t *testing.T) {
		for _, c := range []struct{ version, got byte }{{0, 0}, {3, 3}} {
			wire := slices.Concat([]byte{1}, chipX, []byte{2})
			wire[12] = c.version
			err := loadFails(t, chips, &chip{}, wire)
			var e *vmstate.VersionError
			require.ErrorAs(t, err, &e)
			assert.Equal(t, vmstate.VersionError{Name: "chip/x", Got: int(c.got), Min: 1, Max: 2}, *e)
			fails(t, err, "chip/x", 9)
		}
	})
}

func TestSubsectionNamesHaveAtMost255Bytes(t *testing.T) {
	d := func(n int) *vmstate.Description[chip] {
		return &vmstate.Description[chip]{Name: "d", Subsections: []*vmstate.Description[chip]{{Name: "d" + strings.Repeat("x", n-1)}}}
	}
	body, err := d(255).Marshal(&chip{})
	require.NoError(t, err)
	assert.Len(t, body, 2+255+4)
	require.NoError(t, d(255).Unmarshal(body, &chip{}, 0))
	err = saveFails(t, d(256), chip{})
	isLimit(t, err, "", 0, vmstate.LimitError{What: "bytes in the name of a subsection", Got: 256, Limit: 255})
}

// load loads wire as a stream, not as a body that must end with it.
func load(wire []byte) (got chip, dec *vmstate.Decoder, err error) {
	dec = vmstate.NewDecoder(behind(wire), nil)
	err = chips.Load(dec, &got, 1)
	return got, dec, err
}

func TestLookingAheadForSubsections(t *testing.T) {
	t.Run("short: a name that cannot be one of ours is left alone", func(t *testing.T) {
		for _, length := range []byte{0, 1, 4} {
			got, dec, err := load([]byte{1, 5, length, 'c', 'h', 'i', 'p', 0, 0, 0, 1, 9})
			require.NoError(t, err)
			assert.NoError(t, dec.Err())
			assert.Equal(t, chip{f: 1}, got)
			assert.EqualValues(t, 1, dec.Offset(), "nothing is consumed")
			assert.Equal(t, uint16(0x0500)|uint16(length), dec.Uint16())
		}
	})
	t.Run("peek fail: a stream that ends in the name is bad", func(t *testing.T) {
		wire := slices.Concat([]byte{1}, chipX[:7])
		for cut := 2; cut <= len(wire); cut++ {
			_, dec, err := load(wire[:cut])
			endsIn(t, err, "", 1, cut)
			endsIn(t, dec.Err(), "", 1, cut)
			if err := chips.Unmarshal(wire[:cut], &chip{}, 1); cut > 3 {
				endsIn(t, err, "", 1, cut)
			} else {
				assert.ErrorAs(t, err, new(*vmstate.TrailingError), "a body that stands alone has data there, too much of it")
			}
		}
	})
	t.Run("peek fail is no failure of the description itself", func(t *testing.T) {
		hooked := *chips
		ran := false
		hooked.PostLoad = func(*chip, int) error { ran = true; return nil }
		require.Error(t, hooked.Unmarshal([]byte{1, 5, 6, 'c'}, &chip{}, 1))
		assert.True(t, ran, "post_load")
	})
	t.Run("prefix: somebody else's subsection is left alone", func(t *testing.T) {
		got, dec, err := load([]byte("\x01\x05\x05blips\x00\x00\x00\x01\x09"))
		require.NoError(t, err)
		assert.Equal(t, chip{f: 1}, got)
		assert.EqualValues(t, 1, dec.Offset())
	})
	t.Run("prefix: of a body it is left over", func(t *testing.T) {
		err := chips.Unmarshal([]byte("\x01\x05\x05blips\x00\x00\x00\x01\x09"), &chip{}, 1)
		var trailing *vmstate.TrailingError
		require.ErrorAs(t, err, &trailing)
		assert.Equal(t, 12, trailing.Bytes)
		fails(t, err, "", 1)
	})
	t.Run("lookup: an unknown one of ours is an error", func(t *testing.T) {
		for _, name := range []string{"chip/", "chips", "chip/xx", "chip/x/z"} {
			_, dec, err := load([]byte("\x01\x05" + string(rune(len(name))) + name + "\x00\x00\x00\x01\x09"))
			var unknown *vmstate.SubsectionError
			require.ErrorAs(t, err, &unknown)
			assert.Equal(t, vmstate.SubsectionError{Parent: "chip", Name: name}, *unknown)
			fails(t, err, "", 1)
			assert.NoError(t, dec.Err(), "the stream is not marked bad")
		}
	})
	t.Run("child: the failure of a subsection is passed on", func(t *testing.T) {
		wire := slices.Concat([]byte{1}, chipX)
		for cut := 9; cut < len(wire); cut++ {
			_, _, err := load(wire[:cut])
			endsIn(t, err, "chip/x", 9, cut)
		}
		_, _, err := load(wire)
		endsIn(t, err, "chip/x.v", 13, 13)
		wire = slices.Concat(wire, []byte{2}, chipZ)
		_, _, err = load(wire)
		endsIn(t, err, "chip/x.chip/x/z.v", 28, 28)
	})
	t.Run("child: an unknown one below a known one", func(t *testing.T) {
		_, _, err := load(slices.Concat([]byte{1}, chipX, []byte{2}, []byte("\x05\x08chip/x/a\x00\x00\x00\x01")))
		var unknown *vmstate.SubsectionError
		require.ErrorAs(t, err, &unknown)
		assert.Equal(t, vmstate.SubsectionError{Parent: "chip/x", Name: "chip/x/a"}, *unknown)
		fails(t, err, "chip/x", 14)
	})
}

// A socket holds a chip and then a byte.
type socket struct {
	chip chip
	tail uint8
}

func sockets(name string, inner *vmstate.Description[chip], subs ...*vmstate.Description[socket]) *vmstate.Description[socket] {
	return &vmstate.Description[socket]{Name: name, Fields: vmstate.Fields[socket]{
		vmstate.Struct("chip", func(s *socket) *chip { return &s.chip }, inner),
		vmstate.Uint8("tail", func(s *socket) *uint8 { return &s.tail }),
	}, Subsections: subs}
}

func TestInnerStructLooksForItsSubsectionsFirst(t *testing.T) {
	t.Run("before the later fields of its parent", func(t *testing.T) {
		d := sockets("socket", chips)
		obj := socket{chip{f: 1, y: 3}, 9}
		wire := slices.Concat([]byte{1}, chipY, []byte{3}, []byte{9})
		body, err := d.Marshal(&obj)
		require.NoError(t, err)
		assert.Equal(t, wire, body)
		var got socket
		require.NoError(t, d.Unmarshal(wire, &got, 0))
		assert.Equal(t, obj, got)
	})
	t.Run("a data byte 5 behind it is harmless", func(t *testing.T) {
		d := sockets("socket", chips)
		d.Fields = append(d.Fields, vmstate.Buffer("more", func(*socket) []byte { return make([]byte, 20) }))
		wire := make([]byte, 22)
		for _, more := range []string{"\x05", "\x05\x04chip", "\x05\x05blips", "\x05\x06chi_/x"} {
			clear(wire)
			copy(wire[1:], more)
			var got socket
			require.NoError(t, d.Unmarshal(wire, &got, 0), "%q", more)
			assert.Equal(t, uint8(5), got.tail)
		}
	})
	t.Run("unless what follows spells its name", func(t *testing.T) {
		d := sockets("socket", chips)
		d.Fields = append(d.Fields, vmstate.Buffer("more", func(*socket) []byte { return make([]byte, 20) }))
		wire := make([]byte, 22)
		copy(wire[1:], "\x05\x05chips")
		require.ErrorAs(t, d.Unmarshal(wire, &socket{}, 0), new(*vmstate.SubsectionError))
	})
	t.Run("one of its parent's name owns all subsections", func(t *testing.T) {
		// As in QEMU's serial: the outer description has nothing but the inner.
		d := sockets("chip", chips)
		d.Fields = d.Fields[:1]
		wire := slices.Concat([]byte{1}, chipX, []byte{2}, chipY, []byte{3})
		var got socket
		require.NoError(t, d.Unmarshal(wire, &got, 0))
		assert.Equal(t, chip{1, 2, 3, 0}, got.chip)

		outer := &vmstate.Description[socket]{Name: "chip/outer"}
		d = sockets("chip", chips, outer)
		d.Fields = d.Fields[:1]
		body, err := d.Marshal(&socket{})
		require.NoError(t, err)
		err = d.Unmarshal(body, &socket{}, 0)
		require.ErrorAs(t, err, new(*vmstate.SubsectionError), "the inner one does not know it")
		fails(t, err, "chip", 1)
	})
	t.Run("a name that only begins like its parent's leaves the rest to it", func(t *testing.T) {
		inner := *chips
		inner.Name = "chip/core"
		outer := &vmstate.Description[socket]{Name: "chip/x", Fields: vmstate.Fields[socket]{
			vmstate.Uint8("tail", func(s *socket) *uint8 { return &s.tail })}}
		d := sockets("chip", &inner, outer)
		d.Fields = d.Fields[:1]
		wire := slices.Concat([]byte{1}, []byte("\x05\x06chip/x\x00\x00\x00\x00"), []byte{7})
		var got socket
		require.NoError(t, d.Unmarshal(wire, &got, 0))
		assert.Equal(t, socket{chip{f: 1}, 7}, got)
	})
}

func TestLookingAheadAtTheVeryEnd(t *testing.T) {
	inner := sockets("socket", chips)
	inner.Fields = inner.Fields[:1]

	t.Run("marks a stream bad", func(t *testing.T) {
		got, dec, err := load([]byte{1})
		endsIn(t, err, "", 1, 1)
		endsIn(t, dec.Err(), "", 1, 1)
		assert.Equal(t, chip{f: 1}, got)
		err = inner.Load(vmstate.NewDecoder(behind([]byte{1}), nil), &socket{}, 0)
		endsIn(t, err, "chip", 1, 1)
	})
	t.Run("is fine with a byte behind it", func(t *testing.T) {
		dec := vmstate.NewDecoder(behind([]byte{1}, 0x7e), nil)
		require.NoError(t, inner.Load(dec, &socket{}, 0))
		assert.EqualValues(t, 1, dec.Offset())
	})
	t.Run("is fine in a body that stands alone", func(t *testing.T) {
		var got socket
		require.NoError(t, inner.Unmarshal([]byte{1}, &got, 0))
		assert.Equal(t, socket{chip: chip{f: 1}}, got)
		require.NoError(t, vmstate.NewSection(inner, &got, 0).Unmarshal([]byte{2}, 0))
		assert.Equal(t, socket{chip: chip{f: 2}}, got)
	})
}

func TestWorkedExampleOfTheSpecification(t *testing.T) {
	type serial struct {
		msr, scr, fcr uint8
		fifo          [16]byte
		head, len     uint32
		pending       int32
	}
	fifo := &vmstate.Description[serial]{Name: "serial/recv_fifo", Version: 1, Fields: vmstate.Fields[serial]{
		vmstate.Buffer("data", func(s *serial) []byte { return s.fifo[:] }),
		vmstate.Uint32("head", func(s *serial) *uint32 { return &s.head }),
		vmstate.Uint32("num", func(s *serial) *uint32 { return &s.len }),
	}}
	pending := &vmstate.Description[serial]{Name: "serial/timeout_ipending", Version: 1, Fields: vmstate.Fields[serial]{
		vmstate.Int32("timeout_ipending", func(s *serial) *int32 { return &s.pending }),
	}}
	d := &vmstate.Description[serial]{Name: "serial", Version: 3, Fields: vmstate.Fields[serial]{
		vmstate.Uint8("msr", func(s *serial) *uint8 { return &s.msr }),
		vmstate.Uint8("scr", func(s *serial) *uint8 { return &s.scr }),
		vmstate.Uint8("fcr_vmstate", func(s *serial) *uint8 { return &s.fcr }),
	}, Subsections: []*vmstate.Description[serial]{fifo, pending}}
	obj := serial{msr: 0xb0, scr: 0xa5, fcr: 0xc1, len: 6, pending: 1}
	copy(obj.fifo[:], "toyvm!")
	wire := []byte("\xb0\xa5\xc1" +
		"\x05\x10serial/recv_fifo\x00\x00\x00\x01" +
		"toyvm!\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" + "\x00\x00\x00\x00" + "\x00\x00\x00\x06" +
		"\x05\x17serial/timeout_ipending\x00\x00\x00\x01" +
		"\x00\x00\x00\x01")
	body, err := d.Marshal(&obj)
	require.NoError(t, err)
	assert.Equal(t, wire, body)
	var got serial
	require.NoError(t, d.Load(vmstate.NewDecoder(behind(wire, 0x7e, 0, 0, 0, 0x15), nil), &got, 3))
	assert.Equal(t, obj, got)
}

func TestDataBehindAStructAtTheEndOfABodyIsNoSubsection(t *testing.T) {
	type outer struct {
		in   struct{ v uint8 }
		tail [2]uint8
	}
	type inside = struct{ v uint8 }
	in := describe(vmstate.Uint8("v", func(i *inside) *uint8 { return &i.v }))
	for _, tail := range [][]byte{{5, 0}, {5, 3}, {5, 200}, {0, 5}} {
		d := describe(vmstate.Struct("in", func(o *outer) *inside { return &o.in }, in),
			vmstate.Buffer("tail", func(o *outer) []byte { return o.tail[:] }))
		var got outer
		require.NoError(t, d.Unmarshal(append([]byte{7}, tail...), &got, 1))
		assert.Equal(t, tail, got.tail[:])
	}
}
