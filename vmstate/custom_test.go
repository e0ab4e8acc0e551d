package vmstate_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/vmstate"
)

// wide is a uint16 in memory and an int32 on the wire, as QEMU's fw_cfg has
// in its version 1.
func wide(name string, at func(*box[uint16]) *uint16) vmstate.Field[box[uint16]] {
	return vmstate.Custom(name, "int32_as_uint16", 4, at,
		func(e *vmstate.Encoder, v *uint16) error {
			if *v == 4 {
				return errRefused
			}
			e.Uint32(uint32(*v))
			return nil
		},
		func(d *vmstate.Decoder, v *uint16) error {
			if *v = uint16(d.Uint32()); *v == 0 {
				return errRefused
			}
			return nil
		})
}

func TestCustomHasAnEncodingOfItsOwn(t *testing.T) {
	d := boxed(wide("v", at[uint16]))
	travels(t, d, box[uint16]{0x1234}, nil, []byte{0, 0, 0x12, 0x34}, span{"v", 4})
	assert.Equal(t, `"fields": [{"name": "v", "type": "int32_as_uint16", "size": 4}]`, fieldsOf(t, d, box[uint16]{1}))

	t.Run("its errors name the field", func(t *testing.T) {
		err := saveFails(t, d, box[uint16]{4})
		require.ErrorIs(t, err, errRefused)
		fails(t, err, "v", 0)
		err = loadFails(t, d, &box[uint16]{}, make([]byte, 4))
		require.ErrorIs(t, err, errRefused)
		fails(t, err, "v", 0)
	})
	t.Run("without a name it is unknown", func(t *testing.T) {
		d := boxed(vmstate.Custom("v", "", 1, at[uint8],
			func(e *vmstate.Encoder, v *uint8) error { e.Uint8(*v); return nil },
			func(d *vmstate.Decoder, v *uint8) error { *v = d.Uint8(); return nil }))
		assert.Equal(t, `"fields": [{"name": "v", "type": "unknown", "size": 1}]`, fieldsOf(t, d, box[uint8]{}))
	})
	t.Run("the end of the stream explains what it makes of the zeros", func(t *testing.T) {
		endsIn(t, loadFails(t, d, &box[uint16]{}, nil), "v", 0, 0)
	})
	t.Run("it may hand on the failure of the stream", func(t *testing.T) {
		d := boxed(vmstate.Custom("v", "pair", 2, at[uint8],
			func(e *vmstate.Encoder, v *uint8) error { e.Raw([]byte{*v, *v}); return nil },
			func(d *vmstate.Decoder, v *uint8) error { *v = d.Uint8(); d.Skip(1); return d.Err() }))
		err := loadFails(t, d, &box[uint8]{}, []byte{1})
		endsIn(t, err, "v", 1, 1)
		assert.EqualError(t, err, "field v: unexpected end of stream at offset 0x1")
	})
	t.Run("behind a nil pointer it is an error", func(t *testing.T) {
		d := boxed(wide("v", func(*box[uint16]) *uint16 { return nil }))
		assert.ErrorContains(t, saveFails(t, d, box[uint16]{}), "pointer is nil")
		assert.ErrorContains(t, loadFails(t, d, &box[uint16]{}, make([]byte, 4)), "pointer is nil")
	})
	t.Run("it has every primitive of the encoder and the decoder", func(t *testing.T) {
		type all struct {
			a uint8
			b uint16
			c uint32
			d uint64
			e [3]byte
		}
		d := boxed(vmstate.Custom("v", "all", 20, at[all],
			func(e *vmstate.Encoder, v *all) error {
				e.Uint8(v.a)
				e.Uint16(v.b)
				e.Uint32(v.c)
				e.Uint64(v.d)
				e.Raw(v.e[:])
				e.Raw([]byte{7, 7})
				return nil
			},
			func(d *vmstate.Decoder, v *all) error {
				start := d.Offset()
				assert.Equal(t, []byte{1}, d.Peek(1))
				v.a, v.b, v.c, v.d = d.Uint8(), d.Uint16(), d.Uint32(), d.Uint64()
				d.Raw(v.e[:])
				assert.Equal(t, []byte{7, 7}, d.Peek(100)[:2])
				d.Skip(2)
				assert.EqualValues(t, 20, d.Offset()-start)
				return nil
			}))
		var got box[all]
		want := box[all]{all{1, 2, 3, 4, [3]byte{5, 6, 7}}}
		wire, err := d.Marshal(&want)
		require.NoError(t, err)
		require.NoError(t, d.Unmarshal(wire, &got, 1))
		assert.Equal(t, want, got)
	})
}

// wrapped is a uint16 whose encoding is that of a whole description, or of a
// tree that is read on the way.
func wrapped(byTree bool) *vmstate.Description[uint16] {
	inner := describe(vmstate.Uint16("v", func(v *uint16) *uint16 { return v }))
	return describe(vmstate.Custom("c", "wrapped", 2, func(v *uint16) *uint16 { return v },
		func(e *vmstate.Encoder, v *uint16) error { return inner.Save(e, v) },
		func(d *vmstate.Decoder, v *uint16) error {
			if byTree {
				_, err := vmstate.NewSection(inner, v, 0).Tree(d, 1)
				return err
			}
			return inner.Load(d, v, 1)
		}))
}

func TestCustomMayLoadADescriptionWhileObserved(t *testing.T) {
	for name, d := range map[string]*vmstate.Description[uint16]{"loaded": wrapped(false), "read as a tree": wrapped(true)} {
		t.Run(name, func(t *testing.T) {
			var v uint16
			var got []string
			section := vmstate.NewSection(d, &v, 0)
			dec := vmstate.NewDecoder(behind([]byte{1, 2}, 0), func(ev vmstate.Event) {
				got = append(got, ev.String())
				if ev.Kind == vmstate.Leaf {
					assert.Equal(t, []byte{1, 2}, ev.Data)
				}
			})
			tree, err := section.Tree(dec, 1)
			require.NoError(t, err)
			assert.EqualValues(t, 0x102, v)
			assert.Equal(t, "dev{c=01 02}", outlineOf(tree))
			assert.Equal(t, []string{
				"000000 section dev (instance 0) version 1",
				"000000 struct dev version 1",
				"000000 field c wrapped, 2 bytes",
				"000000 end of struct dev, 2 bytes",
				"000000 end of section dev, 2 bytes",
			}, got)

			live, err := section.Values()
			require.NoError(t, err)
			assert.Empty(t, vmstate.Diff(tree, live))
			assert.Equal(t, `"fields": [{"name": "c", "type": "wrapped", "size": 2}]`, fieldsOf(t, d, v))
		})
	}
}

func TestErrorWithinWhatCustomLoadsHasOnePlace(t *testing.T) {
	d := describe(vmstate.Uint8("first", func(*uint16) *uint8 { return new(uint8) }))
	d.Fields = append(d.Fields, wrapped(false).Fields...)
	assert.EqualError(t, d.Unmarshal([]byte{0, 1}, new(uint16), 1), "field c.v: unexpected end of stream at offset 0x2")

	refusing := describe(vmstate.Custom("c", "", 1, func(v *uint16) *uint16 { return v },
		func(_ *vmstate.Encoder, v *uint16) error { _, err := items.Marshal(&item{}); return err },
		func(d *vmstate.Decoder, _ *uint16) error {
			return fmt.Errorf("items: %w", items.Load(d, &item{}, 9))
		}))
	assert.EqualError(t, refusing.Unmarshal([]byte{0, 1}, new(uint16), 1),
		"field c: items: item version 9 is too new (this program reads up to version 2): load it with a newer program at offset 0x0")
}
