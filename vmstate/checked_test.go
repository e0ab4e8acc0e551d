package vmstate_test

import (
	"bytes"
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/vmstate"
)

func equal[V any](field scalarField[V], local, other V, wire, otherWire []byte) func(*testing.T) {
	return func(t *testing.T) {
		d := boxed(field("v", at[V]))
		fresh := func() box[V] { return box[V]{local} }
		travels(t, d, box[V]{local}, fresh, wire, span{"v", len(wire)})

		b := fresh()
		err := loadFails(t, d, &b, otherWire)
		var mismatch *vmstate.MismatchError
		require.ErrorAs(t, err, &mismatch)
		assert.Equal(t, "equal to", mismatch.Rule)
		assert.NotEqual(t, mismatch.Local, mismatch.Incoming)
		fails(t, err, "v", 0)
		assert.Equal(t, local, b.v, "the local value is untouched")
	}
}

func TestEqualFieldsCompareAndNeverStore(t *testing.T) {
	for _, c := range []struct {
		name  string
		check func(*testing.T)
	}{
		{"uint8", equal(vmstate.Uint8Equal, uint8(0x82), 0x83, []byte{0x82}, []byte{0x83})},
		{"uint16", equal(vmstate.Uint16Equal, uint16(0x1234), 0x1235, []byte{0x12, 0x34}, []byte{0x12, 0x35})},
		{"int32", equal(vmstate.Int32Equal, int32(-2), 2, []byte{0xff, 0xff, 0xff, 0xfe}, []byte{0, 0, 0, 2})},
		{"uint32", equal(vmstate.Uint32Equal, uint32(1<<31), 1, []byte{0x80, 0, 0, 0}, []byte{0, 0, 0, 1})},
		{"uint64", equal(vmstate.Uint64Equal, uint64(1<<63), 1, []byte{0x80, 0, 0, 0, 0, 0, 0, 0}, []byte{0, 0, 0, 0, 0, 0, 0, 1})},
		{"named", equal(vmstate.Uint8Equal, mode(3), mode(4), []byte{3}, []byte{4})},
	} {
		t.Run(c.name, c.check)
	}
}

func TestEqualityIsCheckedForEveryElementOfAnArray(t *testing.T) {
	type dev struct{ v [3]uint16 }
	d := describe(vmstate.Array("v", func(d *dev) []uint16 { return d.v[:] }, vmstate.Uint16Equal))
	local := dev{[3]uint16{1, 2, 3}}
	travels(t, d, local, func() dev { return local }, []byte{0, 1, 0, 2, 0, 3}, span{"v[0]", 2}, span{"v[1]", 2}, span{"v[2]", 2})

	got := local
	err := loadFails(t, d, &got, []byte{0, 1, 0, 9, 0, 3})
	var mismatch *vmstate.MismatchError
	require.ErrorAs(t, err, &mismatch)
	assert.EqualValues(t, 9, mismatch.Incoming)
	fails(t, err, "v[1]", 2)
	assert.Equal(t, local, got)
}

func TestHintIsPartOfAMismatch(t *testing.T) {
	d := boxed(vmstate.Uint8Equal("v", at[uint8]).Hint("start with -ram 2"))
	err := loadFails(t, d, &box[uint8]{1}, []byte{2})
	assert.EqualError(t, err, "field v: incoming value 0x2 must be equal to the local 0x1: start with -ram 2 at offset 0x0")
}

func TestMismatchShowsTheBitsOfTheField(t *testing.T) {
	for want, err := range map[string]error{
		"incoming value 0xffffffffffffffff must be equal to the local 0x8000000000000000": boxed(vmstate.Uint64Equal("v", at[uint64])).
			Unmarshal(bytes.Repeat([]byte{0xff}, 8), &box[uint64]{1 << 63}, 1),
		"incoming value 0xfffffffe must be equal to the local 0xffffffff": boxed(vmstate.Int32Equal("v", at[int32])).
			Unmarshal([]byte{0xff, 0xff, 0xff, 0xfe}, &box[int32]{-1}, 1),
		"incoming value 0x80000000 must be from 0 to the local 0x10": boxed(vmstate.Int32Max("v", at[int32])).
			Unmarshal([]byte{0x80, 0, 0, 0}, &box[int32]{16}, 1),
		"incoming value 0x80 must be equal to the local 0x7f": boxed(vmstate.Uint8Equal("v", at[uint8])).
			Unmarshal([]byte{0x80}, &box[uint8]{0x7f}, 1),
	} {
		assert.EqualError(t, err, "field v: "+want+" at offset 0x0")
	}
}

func TestInt32MaxAcceptsZeroToTheLocalValue(t *testing.T) {
	d := boxed(vmstate.Int32Max("v", at[int32]))
	fresh := func() box[int32] { return box[int32]{16} }
	travels(t, d, box[int32]{5}, fresh, []byte{0, 0, 0, 5}, span{"v", 4})
	for _, c := range []struct {
		name            string
		local, incoming int32
		wire            []byte
		ok              bool
	}{
		{"zero", 16, 0, []byte{0, 0, 0, 0}, true},
		{"the limit", 16, 16, []byte{0, 0, 0, 16}, true},
		{"one more", 16, 17, []byte{0, 0, 0, 17}, false},
		{"minus one", 16, -1, []byte{0xff, 0xff, 0xff, 0xff}, false},
		{"lowest", 16, math.MinInt32, []byte{0x80, 0, 0, 0}, false},
		{"highest", 16, math.MaxInt32, []byte{0x7f, 0xff, 0xff, 0xff}, false},
		{"highest where that is the limit", math.MaxInt32, math.MaxInt32, []byte{0x7f, 0xff, 0xff, 0xff}, true},
		{"zero of zero", 0, 0, []byte{0, 0, 0, 0}, true},
		{"a negative limit accepts nothing", -1, -1, []byte{0xff, 0xff, 0xff, 0xff}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := box[int32]{c.local}
			err := d.Unmarshal(c.wire, &b, 1)
			if c.ok {
				require.NoError(t, err)
				assert.Equal(t, c.incoming, b.v)
				return
			}
			var mismatch *vmstate.MismatchError
			require.ErrorAs(t, err, &mismatch)
			assert.Equal(t, vmstate.MismatchError{Local: uint64(uint32(c.local)), Incoming: uint64(uint32(c.incoming)), Rule: "from 0 to"}, *mismatch)
			assert.Equal(t, c.local, b.v)
		})
	}
	t.Run("named", func(t *testing.T) {
		d := boxed(vmstate.Int32Max("v", at[count]))
		travels(t, d, box[count]{5}, func() box[count] { return box[count]{5} }, []byte{0, 0, 0, 5}, span{"v", 4})
	})
}

func TestValidateSendsNothing(t *testing.T) {
	type dev struct{ len, cap uint8 }
	var versions []int
	d := describe(
		vmstate.Uint8("len", func(d *dev) *uint8 { return &d.len }),
		vmstate.Validate("len fits", func(d *dev, version int) bool {
			versions = append(versions, version)
			return d.len <= d.cap
		}),
		vmstate.Uint8("cap", func(d *dev) *uint8 { return &d.cap }))
	travels(t, d, dev{3, 4}, func() dev { return dev{0, 3} }, []byte{3, 4}, span{"len", 1}, span{"cap", 1})
	assert.Equal(t, []int{1}, slices.Compact(versions), "both ways, at the version at hand")

	t.Run("fails a save", func(t *testing.T) {
		err := saveFails(t, d, dev{5, 4})
		var invalid *vmstate.ValidationError
		require.ErrorAs(t, err, &invalid)
		assert.Equal(t, "len fits", invalid.Name)
		fails(t, err, "len fits", 1)
	})
	t.Run("fails a load, for what was read so far", func(t *testing.T) {
		got := dev{0, 4}
		err := loadFails(t, d, &got, []byte{5, 9})
		var invalid *vmstate.ValidationError
		require.ErrorAs(t, err, &invalid)
		fails(t, err, "len fits", 1)
		assert.Equal(t, dev{5, 4}, got, "the later field is not read")
	})
	t.Run("does not by itself spoil the stream", func(t *testing.T) {
		dec := vmstate.NewDecoder(zeros(3), nil)
		never := describe(vmstate.Validate("never", func(*dev, int) bool { return false }))
		require.Error(t, never.Load(dec, &dev{}, 1))
		assert.NoError(t, dec.Err())
		outer := describe(vmstate.Struct("inner", func(d *dev) *dev { return d }, never))
		err := outer.Load(dec, &dev{}, 1)
		fails(t, err, "inner.never", 0)
		require.Error(t, dec.Err())
		assert.True(t, errors.As(dec.Err(), new(*vmstate.ValidationError)), "an enclosing field does")
	})
}
