package debugcon

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"toyvm/devices"
)

func TestConsole(t *testing.T) {
	var text []byte
	var c devices.PortDevice = New(func(b byte) { text = append(text, b) })
	for _, b := range []byte("hello") {
		c.Out(Port, 1, uint32(b))
	}
	assert.Equal(t, "hello", string(text))
	assert.EqualValues(t, 0xe9, c.In(Port, 1))
}

func FuzzPorts(f *testing.F) {
	f.Add([]byte("hello"))
	f.Fuzz(func(t *testing.T, sent []byte) {
		var got []byte
		c := New(func(b byte) { got = append(got, b) })
		for _, b := range sent {
			c.Out(Port, 1, 0xffffff00|uint32(b))
		}
		assert.Equal(t, string(sent), string(got))
	})
}
