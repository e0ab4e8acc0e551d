package postcode

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"toyvm/devices"
)

func TestDisplay(t *testing.T) {
	var shown []uint8
	d := New(func(code uint8) { shown = append(shown, code) })
	var port devices.PortDevice = d
	assert.EqualValues(t, 0, d.Last())
	port.Out(Port, 1, 0x12)
	port.Out(Port, 1, 0x34)
	assert.Equal(t, []uint8{0x12, 0x34}, shown)
	assert.EqualValues(t, 0x34, d.Last())
	assert.EqualValues(t, 0xff, port.In(Port, 1))
	d.Reset()
	assert.EqualValues(t, 0, d.Last())
}

func FuzzPorts(f *testing.F) {
	f.Add([]byte{0x12, 0x34})
	f.Fuzz(func(t *testing.T, codes []byte) {
		shown := []byte{}
		d := New(func(code uint8) { shown = append(shown, code) })
		for _, c := range codes {
			d.Out(Port, 1, 0xab00|uint32(c))
			assert.Equal(t, c, d.Last())
		}
		assert.Equal(t, string(codes), string(shown))
	})
}
