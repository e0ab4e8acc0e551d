package devices

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/vmstate"
)

func TestLineFuncHearsEveryLevel(t *testing.T) {
	var heard []bool
	var line Line = LineFunc(func(level bool) { heard = append(heard, level) })
	line.Set(true)
	line.Set(false)
	assert.Equal(t, []bool{true, false}, heard)
}

func TestFlags(t *testing.T) {
	type chip struct{ a, b bool }
	state := vmstate.Description[chip]{
		Name: "chip", Version: 1, MinVersion: 1,
		Fields: vmstate.Fields[chip]{
			Flag8("a", func(c *chip) *bool { return &c.a }),
			Flag32("b", func(c *chip) *bool { return &c.b }),
		},
	}
	for _, c := range []struct {
		chip
		wire []byte
	}{
		{chip{false, false}, []byte{0 /* a */, 0, 0, 0, 0 /* b */}},
		{chip{true, false}, []byte{1, 0, 0, 0, 0}},
		{chip{false, true}, []byte{0, 0, 0, 0, 1}},
	} {
		body, err := state.Marshal(&c.chip)
		require.NoError(t, err)
		assert.Equal(t, c.wire, body)
		loaded := chip{!c.a, !c.b}
		require.NoError(t, state.Unmarshal(body, &loaded, 1))
		assert.Equal(t, c.chip, loaded)
	}
	var loaded chip
	require.NoError(t, state.Unmarshal([]byte{0x80, 1, 0, 0, 0}, &loaded, 1))
	assert.Equal(t, chip{true, true}, loaded, "whatever is not zero")
}
