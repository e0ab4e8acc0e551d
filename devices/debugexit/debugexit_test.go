package debugexit

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"toyvm/devices"
)

func TestExit(t *testing.T) {
	var got []uint32
	var e devices.PortDevice = New(func(status uint32) { got = append(got, status) })
	e.Out(Port, 1, 0)
	e.Out(PortAlt, 1, 0x10)
	e.Out(Port, 4, 0xffffffff)
	assert.Equal(t, []uint32{1, 0x21, 0xffffffff}, got)
	assert.Zero(t, e.In(Port, 1))
}

func FuzzPorts(f *testing.F) {
	f.Add(uint32(0x10))
	f.Fuzz(func(t *testing.T, value uint32) {
		New(func(status uint32) {
			assert.EqualValues(t, 1, status&1)
			assert.Equal(t, value<<1, status&^1)
		}).Out(Port, 4, value)
	})
}
