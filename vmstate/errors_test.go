package vmstate_test

import (
	"bytes"
	"errors"
	"io"
	"math"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/vmstate"
)

// A timerChip has three channels, a queue of writes to come, and options.
type timerChip struct {
	channels [3]channel
	writes   []item
	irq      uint8
	on       bool
	lines    []*uint8
}

type channel struct {
	count int32
	modes [2]uint8
}

var channels = &vmstate.Description[channel]{Name: "channel", Version: 1, Fields: vmstate.Fields[channel]{
	vmstate.Int32("count", func(c *channel) *int32 { return &c.count }),
	vmstate.Array("modes", func(c *channel) []uint8 { return c.modes[:] }, vmstate.Uint8),
}}

var pits = &vmstate.Description[timerChip]{Name: "i8254", Version: 3, MinVersion: 2,
	Fields: vmstate.Fields[timerChip]{
		vmstate.Array("channels", func(p *timerChip) []channel { return p.channels[:] }, vmstate.StructOf(channels)),
		vmstate.Queue("writes", func(p *timerChip) *[]item { return &p.writes }, items),
		vmstate.Uint8Equal("irq", func(p *timerChip) *uint8 { return &p.irq }).Hint("set the same irq"),
		vmstate.Validate("irq is one of 16", func(p *timerChip, _ int) bool { return p.irq < 16 }),
		vmstate.Pointers("lines", func(p *timerChip) []*uint8 { return p.lines }, vmstate.Uint8),
	},
	Subsections: []*vmstate.Description[timerChip]{{Name: "i8254/on", Version: 1, MinVersion: 1,
		Fields:   vmstate.Fields[timerChip]{vmstate.Bool("on", func(p *timerChip) *bool { return &p.on })},
		PostLoad: func(*timerChip, int) error { return errRefused },
	}},
}

func TestErrorsSayWhereAndWhat(t *testing.T) {
	start := make([]byte, 18)
	concat := func(rest string) []byte { return append(bytes.Clone(start), rest...) }
	for _, c := range []struct {
		name    string
		obj     timerChip
		version int
		wire    []byte
		text    string
		as      any
	}{
		{"look ahead behind a struct", timerChip{}, 3, start[:6],
			"section i8254 (instance 0): field channels[0]: unexpected end of stream at offset 0x1006", new(*vmstate.EndError)},
		{"struct in an array", timerChip{}, 3, start[:8],
			"section i8254 (instance 0): field channels[1].count: unexpected end of stream at offset 0x1008", new(*vmstate.EndError)},
		{"array in an array", timerChip{}, 3, start[:11],
			"section i8254 (instance 0): field channels[1].modes[1]: unexpected end of stream at offset 0x100b", new(*vmstate.EndError)},
		{"queue item", timerChip{}, 3, concat("\x01\x01\x82\x01\x00"),
			"section i8254 (instance 0): field writes[1].n: unexpected end of stream at offset 0x1017", new(*vmstate.EndError)},
		{"mark of a queue item", timerChip{}, 3, concat("\x01\x01\x82"),
			"section i8254 (instance 0): field writes: unexpected end of stream at offset 0x1015", new(*vmstate.EndError)},
		{"value mismatch", timerChip{irq: 8}, 3, concat("\x00\x09"),
			"section i8254 (instance 0): field irq: incoming value 0x9 must be equal to the local 0x8: set the same irq at offset 0x1013", new(*vmstate.MismatchError)},
		{"validation", timerChip{irq: 16}, 3, concat("\x00\x10"),
			"section i8254 (instance 0): field irq is one of 16: validation does not hold at offset 0x1014", new(*vmstate.ValidationError)},
		{"nil pointer", timerChip{lines: []*uint8{nil, nil}}, 3, concat("\x00\x000\x07"),
			"section i8254 (instance 0): field lines[1]: byte 0x07 instead of the mark of a nil pointer at offset 0x1015", new(*vmstate.MarkerError)},
		{"subsection's hook", timerChip{}, 3, concat("\x00\x00\x05\x08i8254/on\x00\x00\x00\x01\x01\x7e"),
			"section i8254 (instance 0): field i8254/on: post-load of i8254/on: refused at offset 0x1022", new(*vmstate.HookError)},
		{"subsection's version", timerChip{}, 3, concat("\x00\x00\x05\x08i8254/on\x00\x00\x00\x02\x01"),
			"section i8254 (instance 0): field i8254/on: i8254/on version 2 is too new (this program reads up to version 1): load it with a newer program at offset 0x101e", new(*vmstate.VersionError)},
		{"subsection's field", timerChip{}, 3, concat("\x00\x00\x05\x08i8254/on\x00\x00\x00\x01"),
			"section i8254 (instance 0): field i8254/on.on: unexpected end of stream at offset 0x1022", new(*vmstate.EndError)},
		{"unknown subsection", timerChip{}, 3, concat("\x00\x00\x05\x08i8254/of\x00\x00\x00\x01\x01"),
			`section i8254 (instance 0): unknown subsection "i8254/of" of "i8254": the stream uses a feature this program lacks at offset 0x1014`, new(*vmstate.SubsectionError)},
		{"too new", timerChip{}, 4, start,
			"section i8254 (instance 0): i8254 version 4 is too new (this program reads up to version 3): load it with a newer program at offset 0x1000", new(*vmstate.VersionError)},
		{"too old", timerChip{}, 1, start,
			"section i8254 (instance 0): i8254 version 1 is too old (this program reads from version 2 on) at offset 0x1000", new(*vmstate.VersionError)},
		{"end of the section", timerChip{}, 3, concat("\x00\x00"),
			"section i8254 (instance 0): unexpected end of stream at offset 0x1014", new(*vmstate.EndError)},
	} {
		t.Run(c.name, func(t *testing.T) {
			dec := vmstate.NewDecoder(behind(make([]byte, 0x1000), c.wire...), nil)
			dec.Skip(0x1000)
			err := vmstate.NewSection(pits, &c.obj, 0).Load(dec, c.version)
			require.EqualError(t, err, c.text)
			assert.ErrorAs(t, err, c.as)
			_, ended := c.as.(**vmstate.EndError)
			assert.Equal(t, ended, errors.Is(err, io.ErrUnexpectedEOF))

			var e *vmstate.Error
			require.ErrorAs(t, err, &e)
			assert.Equal(t, "i8254", e.Section)
		})
	}
}

func TestErrorsOfASaveSayWhereAndWhat(t *testing.T) {
	s := vmstate.NewSection(pits, &timerChip{irq: 16}, 2)
	e := vmstate.NewEncoder(nil)
	e.Reset(0x1000)
	err := s.Save(e)
	assert.EqualError(t, err, "section i8254 (instance 2): field irq is one of 16: validation does not hold at offset 0x1014")

	limit := describe(vmstate.Array("regs", func(*timerChip) []uint8 { return make([]uint8, 2) }, vmstate.Uint8).
		Count(func(*timerChip) int { return 3 }))
	assert.EqualError(t, saveFails(t, limit, timerChip{}), "field regs: 3 elements where at most 2 fit at offset 0x0")
}

func TestUnmarshalOfASectionNamesIt(t *testing.T) {
	s := vmstate.NewSection(parts, &part{}, 1)
	assert.NoError(t, s.Unmarshal([]byte{1, 2}, 2))
	assert.EqualError(t, s.Unmarshal([]byte{1}, 2), "section part (instance 1): field b: unexpected end of stream at offset 0x1")
	err := s.Unmarshal([]byte{1, 2, 3}, 2)
	assert.EqualError(t, err,
		"section part (instance 1): 1 bytes left over: the sender's description of this section differs from ours at offset 0x2")
	assert.ErrorAs(t, err, new(*vmstate.TrailingError))
}

func TestSectionBindsAnObjectToAName(t *testing.T) {
	off := *parts
	off.Needed = func(p *part) bool { return p.a != 0 }
	p := &part{}
	s := vmstate.NewSection(&off, p, 1)
	assert.Equal(t, "part", s.Name)
	assert.Equal(t, 2, s.Version())
	assert.False(t, s.Needed())
	p.a = 1
	assert.True(t, s.Needed())
	assert.True(t, vmstate.NewSection(parts, &part{}, 0).Needed())
	s.Name = "other"
	assert.ErrorContains(t, s.Unmarshal(nil, 9), "section other (instance 1): part version 9")
}

// A source yields what it has, then an error, together with the last bytes if
// eager.
type source struct {
	data  []byte
	err   error
	eager bool
}

func (s *source) Read(p []byte) (int, error) {
	n := copy(p, s.data)
	s.data = s.data[n:]
	if len(s.data) == 0 && (n == 0 || s.eager) {
		return n, s.err
	}
	return n, nil
}

func TestFailingSourceStopsTheLoad(t *testing.T) {
	for _, eager := range []bool{false, true} {
		dec := vmstate.NewDecoder(&source{[]byte{1, 2, 3}, errRefused, eager}, nil)
		var got box[uint16]
		d := boxed(vmstate.Uint16("v", at[uint16]))
		require.NoError(t, d.Load(dec, &got, 1), "the bytes before are good")
		assert.Equal(t, uint16(0x0102), got.v)

		err := d.Load(dec, &got, 1)
		require.ErrorIs(t, err, errRefused)
		assert.EqualError(t, err, "field v: refused at offset 0x3")
		assert.ErrorIs(t, dec.Err(), errRefused)
		assert.NotErrorIs(t, err, io.ErrUnexpectedEOF)
	}
}

// A stalled source never yields anything, nor an error.
type stalled struct{}

func (stalled) Read([]byte) (int, error) { return 0, nil }

func TestSourceWithoutProgressStopsTheLoad(t *testing.T) {
	err := boxed(vmstate.Uint16("v", at[uint16])).Load(vmstate.NewDecoder(stalled{}, nil), &box[uint16]{}, 1)
	require.ErrorIs(t, err, io.ErrNoProgress)
	fails(t, err, "v", 0)
}

func TestSourceMayEndTogetherWithItsLastBytes(t *testing.T) {
	src := iotest.DataErrReader(bytes.NewReader([]byte{0, 7, 0}))
	var got box[uint16]
	require.NoError(t, boxed(vmstate.Uint16("v", at[uint16])).Load(vmstate.NewDecoder(src, nil), &got, 1))
	assert.Equal(t, uint16(7), got.v)
}

func TestFirstFailureOfADecoderSticks(t *testing.T) {
	dec := vmstate.NewDecoder(behind([]byte{1, 2, 3}), nil)
	assert.Equal(t, uint16(0x0102), dec.Uint16())
	require.NoError(t, dec.Err())
	assert.Equal(t, uint32(0x03000000), dec.Uint32(), "the bytes that are missing are zero")
	first := dec.Err()
	assert.EqualError(t, first, "unexpected end of stream at offset 0x3")
	assert.Zero(t, dec.Uint8())
	assert.Zero(t, dec.Uint16())
	assert.Zero(t, dec.Uint64())
	p := []byte{1, 2}
	dec.Raw(p)
	assert.Equal(t, []byte{0, 0}, p)
	dec.Skip(5)
	assert.Empty(t, dec.Peek(1))
	assert.Same(t, first, dec.Err())
	assert.EqualValues(t, 3, dec.Offset())
}

func TestPeekOfNothing(t *testing.T) {
	dec := vmstate.NewDecoder(behind([]byte{1, 2}), nil)
	for _, n := range []int{0, -1, math.MinInt} {
		assert.Empty(t, dec.Peek(n))
		dec.Skip(n)
	}
	assert.Zero(t, dec.Offset())
	assert.Equal(t, []byte{1, 2}, dec.Peek(math.MaxInt))
	assert.NoError(t, dec.Err())
}

func TestDecoderKeepsOnlyWhatItNeedsOfALongStream(t *testing.T) {
	const n = 64 << 20
	dec := vmstate.NewDecoder(io.LimitReader(endless{}, n), nil)
	used := allocates(func() {
		for dec.Offset() < n {
			dec.Skip(1000)
			dec.Uint64()
		}
	})
	assert.Less(t, used, uint64(1<<20))
	assert.ErrorIs(t, dec.Err(), io.ErrUnexpectedEOF)
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func TestEncoderIsReusable(t *testing.T) {
	e := vmstate.NewEncoder(nil)
	require.NoError(t, parts.Save(e, &part{1, 2}))
	require.NoError(t, parts.Save(e, &part{3, 4}))
	assert.Equal(t, []byte{1, 2, 3, 4}, e.Bytes())
	assert.EqualValues(t, 4, e.Offset())
	e.Reset(0x100)
	assert.Empty(t, e.Bytes())
	require.NoError(t, parts.Save(e, &part{5, 6}))
	assert.Equal(t, []byte{5, 6}, e.Bytes())
	assert.EqualValues(t, 0x102, e.Offset())
}
