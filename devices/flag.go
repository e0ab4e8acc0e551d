package devices

import "toyvm/vmstate"

// Flag8 is a truth value that is a uint8 in a stream. QEMU keeps many of its
// flags in such integers, and takes whatever is not zero for true.
func Flag8[T any](name string, at func(*T) *bool) vmstate.Field[T] {
	return vmstate.Custom(name, "uint8", 1, at,
		func(e *vmstate.Encoder, v *bool) error { e.Uint8(bit(*v)); return nil },
		func(d *vmstate.Decoder, v *bool) error { *v = d.Uint8() != 0; return nil })
}

// Flag32 is one that is an int32.
func Flag32[T any](name string, at func(*T) *bool) vmstate.Field[T] {
	return vmstate.Custom(name, "int32", 4, at,
		func(e *vmstate.Encoder, v *bool) error { e.Uint32(uint32(bit(*v))); return nil },
		func(d *vmstate.Decoder, v *bool) error { *v = d.Uint32() != 0; return nil })
}

func bit(v bool) uint8 {
	if v {
		return 1
	}
	return 0
}
