package port92

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/devices/devicetest"
	"toyvm/vmstate"
	"toyvm/vmstate/vmstatetest"
)

type bench struct {
	*Port92
	a20, reset devicetest.Line
}

func newBench() *bench {
	b := &bench{}
	b.Port92 = New(&b.a20, &b.reset)
	return b
}

func TestA20(t *testing.T) {
	b := newBench()
	assert.EqualValues(t, 0, b.In(Port, 1))
	b.Out(Port, 1, 2)
	assert.True(t, b.a20.Level)
	assert.EqualValues(t, 2, b.In(Port, 1))
	b.Out(Port, 1, 0)
	assert.False(t, b.a20.Level)
	b.Out(Port, 1, 0xc0)
	assert.EqualValues(t, 0xc0, b.In(Port, 1), "the disk light is only a bit")
}

func TestResetIsAnEdge(t *testing.T) {
	b := newBench()
	b.Out(Port, 1, 1)
	assert.Equal(t, 1, b.reset.Rises)
	assert.False(t, b.reset.Level, "a pulse")
	b.Out(Port, 1, 3)
	assert.Equal(t, 1, b.reset.Rises)
	b.Reset()
	assert.EqualValues(t, 2, b.In(Port, 1))
	b.Out(Port, 1, 3)
	assert.Equal(t, 2, b.reset.Rises)
}

var subject = vmstatetest.Subject[Port92]{
	Description: &state,
	New:         func() *Port92 { return newBench().Port92 },
	States:      map[string]func(*Port92){"A20 open": func(p *Port92) { p.Out(Port, 1, 2) }},
}

func TestState(t *testing.T) {
	vmstatetest.Run(t, subject)
	vmstatetest.Conforms(t, "../../testdata/qemu", func() *vmstate.Section { return newBench().Section() })
}

func FuzzState(f *testing.F) { vmstatetest.Fuzz(f, subject) }

// FuzzPorts plays random guests, and compares the port with one that is
// replaced by a loaded copy of itself again and again.
func FuzzPorts(f *testing.F) {
	f.Add([]byte{2, 3, 1, 0})
	f.Fuzz(func(t *testing.T, values []byte) {
		a, b := newBench(), newBench()
		for _, v := range values {
			a.Out(Port, 1, uint32(v))
			b.Out(Port, 1, uint32(v))
			body, err := state.Marshal(b.Port92)
			require.NoError(t, err)
			b.Port92 = New(&b.a20, &b.reset)
			require.NoError(t, state.Unmarshal(body, b.Port92, state.Version))
			require.Equal(t, a.In(Port, 1), b.In(Port, 1))
		}
		require.Equal(t, a.a20, b.a20)
		require.Equal(t, a.reset, b.reset)
	})
}
