package vmstate_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/vmstate"
)

// registers has three fields of each scalar type: 30 in all.
type registers struct {
	b   [3]bool
	i8  [3]int8
	i16 [3]int16
	i32 [3]int32
	i64 [3]int64
	u8  [3]uint8
	u16 [3]uint16
	u32 [3]uint32
	u64 [3]uint64
	f   [3]float64
}

func describeRegisters() *vmstate.Description[registers] {
	d := &vmstate.Description[registers]{Name: "registers", Version: 1}
	for i := range 3 {
		name := func(of string) string { return fmt.Sprint(of, i) }
		d.Fields = append(d.Fields,
			vmstate.Bool(name("b"), func(r *registers) *bool { return &r.b[i] }),
			vmstate.Int8(name("i8"), func(r *registers) *int8 { return &r.i8[i] }),
			vmstate.Int16(name("i16"), func(r *registers) *int16 { return &r.i16[i] }),
			vmstate.Int32(name("i32"), func(r *registers) *int32 { return &r.i32[i] }),
			vmstate.Int64(name("i64"), func(r *registers) *int64 { return &r.i64[i] }),
			vmstate.Uint8(name("u8"), func(r *registers) *uint8 { return &r.u8[i] }),
			vmstate.Uint16(name("u16"), func(r *registers) *uint16 { return &r.u16[i] }),
			vmstate.Uint32(name("u32"), func(r *registers) *uint32 { return &r.u32[i] }),
			vmstate.Uint64(name("u64"), func(r *registers) *uint64 { return &r.u64[i] }),
			vmstate.Float64(name("f"), func(r *registers) *float64 { return &r.f[i] }))
	}
	return d
}

const registersSize = 3 * (1 + 2*(1+2+4+8) + 8)

func TestSavingScalarsAllocatesNothing(t *testing.T) {
	d, r := describeRegisters(), &registers{f: [3]float64{1, 2, 3}}
	require.Len(t, d.Fields, 30)
	e := vmstate.NewEncoder(nil)
	require.NoError(t, d.Save(e, r))
	require.Len(t, e.Bytes(), registersSize)
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		e.Reset(0)
		_ = d.Save(e, r)
	}))
}

func BenchmarkSave30Scalars(b *testing.B) {
	d, r := describeRegisters(), &registers{}
	e := vmstate.NewEncoder(nil)
	b.ReportAllocs()
	b.SetBytes(registersSize)
	for b.Loop() {
		e.Reset(0)
		if err := d.Save(e, r); err != nil {
			b.Fatal(err)
		}
	}
	reportPerField(b)
}

func BenchmarkLoad30Scalars(b *testing.B) {
	d, r := describeRegisters(), &registers{}
	body := make([]byte, registersSize)
	b.ReportAllocs()
	b.SetBytes(registersSize)
	for b.Loop() {
		if err := d.Unmarshal(body, r, 1); err != nil {
			b.Fatal(err)
		}
	}
	reportPerField(b)
}

func reportPerField(b *testing.B) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/30, "ns/field")
}
