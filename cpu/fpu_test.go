package cpu

import (
	"math/rand"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestFastArithmetic compares the short cut with the general code.
func TestFastArithmetic(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	random := func() f80 {
		v := f80{r.Uint64() | intBit, uint16(r.Intn(0x10000))}
		switch r.Intn(4) {
		case 0:
			v.se = bias + uint16(r.Intn(140)) - 70
		case 1:
			v.se = bias + uint16(r.Intn(3))
			v.m &= ^uint64(0) << (11 + r.Intn(52))
		case 2:
			v.se = bias + uint16(r.Intn(8))
			v.m = intBit | r.Uint64()>>(1+r.Intn(63))
		}
		return f80{v.m | intBit, v.se ^ uint16(r.Intn(2))<<15}
	}
	taken := 0
	for range 400_000 {
		a, b := random(), random()
		reg := []uint8{0, 1, 4, 5}[r.Intn(4)]
		cw := uint16(0x3F) | uint16([]int{0, 2, 3}[r.Intn(3)])<<8 | uint16(r.Intn(20)/19)<<10
		fast, slow := fpu{cw: cw}, fpu{cw: cw}
		v, ok := fast.quick(reg, a, b)
		if !ok {
			continue
		}
		taken++
		slow.arith(reg, 0, a, b)
		require.Equal(t, slow.r[0], v, "%d %X %X cw %X", reg, a, b, cw)
		require.Equal(t, slow.sw, fast.sw, "%d %X %X cw %X", reg, a, b, cw)
	}
	require.Greater(t, taken, 200_000)
}
