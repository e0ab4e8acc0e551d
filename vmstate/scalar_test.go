package vmstate_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/vmstate"
)

type (
	mode    uint8
	level   int8
	port    uint16
	delta   int16
	address uint32
	count   int32
	ticks   uint64
	nanos   int64
	flag    bool
	volts   float64
)

type scalarField[V any] func(name string, at func(*box[V]) *V) vmstate.Field[box[V]]

func scalar[V any](field scalarField[V], v V, wire ...byte) func(*testing.T) {
	return func(t *testing.T) {
		travels(t, boxed(field("v", at[V])), box[V]{v}, nil, wire, span{"v", len(wire)})
	}
}

func TestScalarsTravelAsBigEndianBytes(t *testing.T) {
	for _, c := range []struct {
		name  string
		check func(*testing.T)
	}{
		{"bool false", scalar(vmstate.Bool, false, 0x00)},
		{"bool true", scalar(vmstate.Bool, true, 0x01)},
		{"int8 lowest", scalar(vmstate.Int8, int8(math.MinInt8), 0x80)},
		{"int8", scalar(vmstate.Int8, int8(-2), 0xfe)},
		{"int16 of the specification", scalar(vmstate.Int16, int16(-512), 0xfe, 0x00)},
		{"int32 of the specification", scalar(vmstate.Int32, int32(-70000), 0xff, 0xfe, 0xee, 0x90)},
		{"int64", scalar(vmstate.Int64, int64(-2), 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe)},
		{"int64 highest", scalar(vmstate.Int64, int64(math.MaxInt64), 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)},
		{"uint8", scalar(vmstate.Uint8, uint8(0x82), 0x82)},
		{"uint16", scalar(vmstate.Uint16, uint16(0x42), 0x00, 0x42)},
		{"uint32", scalar(vmstate.Uint32, uint32(0xdeadbeef), 0xde, 0xad, 0xbe, 0xef)},
		{"uint64 of the specification", scalar(vmstate.Uint64, uint64(12121212), 0, 0, 0, 0, 0x00, 0xb8, 0xf4, 0x7c)},
		{"float64 one", scalar(vmstate.Float64, 1.0, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0)},
		{"float64 negative zero", scalar(vmstate.Float64, math.Copysign(0, -1), 0x80, 0, 0, 0, 0, 0, 0, 0)},
		{"float64 infinity", scalar(vmstate.Float64, math.Inf(1), 0x7f, 0xf0, 0, 0, 0, 0, 0, 0)},
		{"float64 smallest", scalar(vmstate.Float64, math.SmallestNonzeroFloat64, 0, 0, 0, 0, 0, 0, 0, 1)},

		{"named bool", scalar(vmstate.Bool, flag(true), 1)},
		{"named int8", scalar(vmstate.Int8, level(-1), 0xff)},
		{"named int16", scalar(vmstate.Int16, delta(-1), 0xff, 0xff)},
		{"named int32", scalar(vmstate.Int32, count(1), 0, 0, 0, 1)},
		{"named int64", scalar(vmstate.Int64, nanos(1), 0, 0, 0, 0, 0, 0, 0, 1)},
		{"named uint8", scalar(vmstate.Uint8, mode(3), 3)},
		{"named uint16", scalar(vmstate.Uint16, port(0x3f8), 0x03, 0xf8)},
		{"named uint32", scalar(vmstate.Uint32, address(0xb8000), 0x00, 0x0b, 0x80, 0x00)},
		{"named uint64", scalar(vmstate.Uint64, ticks(1<<63), 0x80, 0, 0, 0, 0, 0, 0, 0)},
		{"named float64", scalar(vmstate.Float64, volts(-2), 0xc0, 0, 0, 0, 0, 0, 0, 0)},
	} {
		t.Run(c.name, c.check)
	}
}

func TestFloat64KeepsTheBitsOfANaN(t *testing.T) {
	wire := []byte{0x7f, 0xf8, 0, 0, 0, 0, 0x12, 0x34}
	d := boxed(vmstate.Float64("v", at[float64]))
	var b box[float64]
	require.NoError(t, d.Unmarshal(wire, &b, 1))
	assert.True(t, math.IsNaN(b.v))
	got, err := d.Marshal(&b)
	require.NoError(t, err)
	assert.Equal(t, wire, got)
}

func TestBoolLoadsAnyOtherByteAsTrue(t *testing.T) {
	for _, other := range []byte{2, 0x30, 0x80, 0xff} {
		var b box[bool]
		require.NoError(t, boxed(vmstate.Bool("v", at[bool])).Unmarshal([]byte{other}, &b, 1))
		assert.True(t, b.v, "%#x", other)
	}
}

func TestScalarBehindANilPointerIsAnError(t *testing.T) {
	type T = box[uint32]
	alarm := vmstate.Timer("v", func(*T) vmstate.Alarm { return nil })
	for name, field := range map[string]vmstate.Field[T]{
		"uint32": vmstate.Uint32("v", func(*T) *uint32 { return nil }),
		"bool":   vmstate.Bool("v", func(*T) *bool { return nil }),
		"float":  vmstate.Float64("v", func(*T) *float64 { return nil }),
		"timer":  alarm,
		"equal":  vmstate.Uint32Equal("v", func(*T) *uint32 { return nil }),
		"max":    vmstate.Int32Max("v", func(*T) *int32 { return nil }),
	} {
		t.Run(name, func(t *testing.T) {
			d := describe(vmstate.Uint8("before", func(*T) *uint8 { return new(uint8) }), field)
			err := saveFails(t, d, T{})
			assert.ErrorContains(t, err, "pointer is nil")
			fails(t, err, "v", 1)
			err = loadFails(t, d, &T{}, make([]byte, 9))
			assert.ErrorContains(t, err, "pointer is nil")
			fails(t, err, "v", 1)
		})
	}
}

func TestTimerSendsItsExpiry(t *testing.T) {
	field := vmstate.Timer("v", func(b *box[vmstate.Deadline]) vmstate.Alarm { return &b.v })
	for _, c := range []struct {
		name     string
		deadline vmstate.Deadline
		fresh    vmstate.Deadline
		wire     []byte
	}{
		{"armed", 501607189, vmstate.NotArmed, []byte{0, 0, 0, 0, 0x1d, 0xe5, 0xeb, 0x15}},
		{"armed at zero", 0, vmstate.NotArmed, []byte{0, 0, 0, 0, 0, 0, 0, 0}},
		{"not armed", vmstate.NotArmed, 99, []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}},
	} {
		t.Run(c.name, func(t *testing.T) {
			fresh := func() box[vmstate.Deadline] { return box[vmstate.Deadline]{c.fresh} }
			travels(t, boxed(field), box[vmstate.Deadline]{c.deadline}, fresh, c.wire, span{"v", 8})
		})
	}
	t.Run("a stream that ends within it leaves the alarm alone", func(t *testing.T) {
		b := box[vmstate.Deadline]{42}
		loadFails(t, boxed(field), &b, []byte{0, 0, 0, 0, 0, 0, 0})
		assert.EqualValues(t, 42, b.v)
	})
}

func TestTimersMayBeElements(t *testing.T) {
	type dev struct{ a, b vmstate.Deadline }
	alarms := func(d *dev) []vmstate.Alarm { return []vmstate.Alarm{&d.a, &d.b} }
	d := describe(vmstate.Array("alarms", alarms, vmstate.TimerOf))
	wire := []byte{ /* a */ 0, 0, 0, 0, 0, 0, 0, 7 /* b */, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}
	travels(t, d, dev{7, vmstate.NotArmed}, func() dev { return dev{1, 2} }, wire, span{"alarms[0]", 8}, span{"alarms[1]", 8})
	assert.Equal(t, `"fields": [{"name": "alarms", "array_len": 2, "type": "timer", "size": 8}]`, fieldsOf(t, d, dev{}))

	var obj dev
	seen := map[any]bool{}
	d.Memory(&obj, func(memory any) {
		if at, is := memory.(*vmstate.Deadline); is {
			seen[at] = true
		}
	})
	assert.Equal(t, map[any]bool{&obj.a: true, &obj.b: true}, seen, "a test for forgotten fields sees them")

	missing := describe(vmstate.Array("alarms", func(*dev) []vmstate.Alarm { return make([]vmstate.Alarm, 2) }, vmstate.TimerOf))
	fails(t, saveFails(t, missing, dev{}), "alarms[0]", 0)
}

func TestScalarThatEndsEarlyHasZerosForTheMissingBytes(t *testing.T) {
	b := box[uint32]{0xffffffff}
	loadFails(t, boxed(vmstate.Uint32("v", at[uint32])), &b, []byte{0x12, 0x34, 0x56})
	assert.Equal(t, uint32(0x12345600), b.v)
}

func TestFieldsTravelInTheirOrderWithoutPadding(t *testing.T) {
	type dev struct {
		a bool
		b uint32
		c int16
		d uint64
	}
	d := describe(
		vmstate.Bool("a", func(d *dev) *bool { return &d.a }),
		vmstate.Uint32("b", func(d *dev) *uint32 { return &d.b }),
		vmstate.Int16("c", func(d *dev) *int16 { return &d.c }),
		vmstate.Uint64("d", func(d *dev) *uint64 { return &d.d }))
	travels(t, d, dev{true, 70000, -512, 12121212}, nil, []byte{
		/* a */ 0x01,
		/* b */ 0x00, 0x01, 0x11, 0x70,
		/* c */ 0xfe, 0x00,
		/* d */ 0x00, 0x00, 0x00, 0x00, 0x00, 0xb8, 0xf4, 0x7c,
	}, span{"a", 1}, span{"b", 4}, span{"c", 2}, span{"d", 8})
}

func TestFieldIsSentFromItsVersionOn(t *testing.T) {
	type dev struct{ a, b, c uint8 }
	var asked []int
	d := &vmstate.Description[dev]{Name: "dev", Version: 3, MinVersion: 1, Fields: vmstate.Fields[dev]{
		vmstate.Uint8("a", func(d *dev) *uint8 { return &d.a }),
		vmstate.Uint8("b", func(d *dev) *uint8 { return &d.b }).Since(2),
		vmstate.Uint8("later", func(*dev) *uint8 { panic("not asked for") }).Since(4),
		vmstate.Uint8("c", func(d *dev) *uint8 { return &d.c }).Since(9).When(func(d *dev, version int) bool {
			asked = append(asked, version)
			return d.a == 1
		}),
	}}
	for _, c := range []struct {
		name    string
		version int
		wire    []byte
		want    dev
	}{
		{"before", 1, []byte{0}, dev{0, 8, 9}},
		{"at", 2, []byte{0, 2}, dev{0, 2, 9}},
		{"after", 3, []byte{0, 2}, dev{0, 2, 9}},
		{"a predicate overrides the version", 1, []byte{1, 3}, dev{1, 8, 3}},
		{"both", 3, []byte{1, 2, 3}, dev{1, 2, 3}},
	} {
		t.Run(c.name, func(t *testing.T) {
			asked = nil
			got := dev{7, 8, 9}
			require.NoError(t, d.Unmarshal(c.wire, &got, c.version))
			assert.Equal(t, c.want, got)
			assert.Equal(t, []int{c.version}, asked)
		})
	}
	t.Run("saved at the description's own version", func(t *testing.T) {
		asked = nil
		got, err := d.Marshal(&dev{1, 2, 3})
		require.NoError(t, err)
		assert.Equal(t, []byte{1, 2, 3}, got)
		got, err = d.Marshal(&dev{0, 2, 3})
		require.NoError(t, err)
		assert.Equal(t, []byte{0, 2}, got)
		assert.Equal(t, []int{3, 3}, asked)
	})
}
