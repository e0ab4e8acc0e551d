package i8257

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/devices/devicetest"
	"toyvm/vmstate"
	"toyvm/vmstate/vmstatetest"
)

const captures = "../../testdata/qemu"

var subject = vmstatetest.Subject[Controller]{
	Description: &state,
	New:         func() *Controller { return New(1, ram{}) },
	States: map[string]func(*Controller){
		"programmed": func(c *Controller) {
			for port := uint16(0xc0); port < 0xd0; port++ {
				c.Out(port, 1, uint32(port))
			}
			c.Out(0xd6, 1, 0x59)
			c.Out(0x8b, 1, 0x12)
			c.Out(0xd4, 1, 0)
		},
		"requests and last bytes": func(c *Controller) {
			c.Request(1).Set(true)
			c.Out(0xd2, 1, 7)
			c.channels[2].terminal = 1
		},
	},
}

func TestState(t *testing.T) { vmstatetest.Run(t, subject) }
func FuzzState(f *testing.F) { vmstatetest.Fuzz(f, subject) }

func TestSchemaAgreesWithQEMU(t *testing.T) {
	devicetest.AgreesWithQEMU(t, "../../testdata/qemu/isapc-dump-vmstate.json.gz", "i8257", New(0, ram{}).Section())
}

func TestQEMU(t *testing.T) {
	for instance := range 2 {
		vmstatetest.Conforms(t, captures, func() *vmstate.Section { return New(instance, ram{}).Section() })
	}
}

func TestRefusesTheOtherController(t *testing.T) {
	body, err := state.Marshal(New(0, nil))
	require.NoError(t, err)
	assert.ErrorContains(t, New(1, nil).Section().Unmarshal(body, 1), "dshift 0 in a controller whose dshift is 1")
}

// FuzzPorts drives two controllers, two bytes of input a step, one of them
// saved and loaded into a new one halfway: nothing may tell them apart.
func FuzzPorts(f *testing.F) {
	f.Add([]byte{0xb, 0x46, 4, 0, 4, 0x80, 5, 0xff, 5, 1, 0x81, 1, 0xa, 2, 0x20, 4, 0x28, 0}, uint8(5), false)
	f.Add([]byte{0xb, 0x76, 4, 0, 4, 0x80, 5, 0xff, 5, 1, 0x20, 4, 0xa, 2, 0x28, 0}, uint8(3), true)
	f.Fuzz(func(t *testing.T, steps []byte, half uint8, second bool) {
		instance := 0
		if second {
			instance = 1
		}
		a, b := newBench(t, instance), newBench(t, instance)
		for i := 0; i+1 < len(steps); i += 2 {
			if i/2 == int(half) {
				body, err := state.Marshal(b.Controller)
				require.NoError(t, err)
				fresh := New(instance, b.ram)
				fresh.Connect(2, b.card)
				b.card.line = fresh.Request(2)
				require.NoError(t, fresh.Section().Unmarshal(body, 1))
				b.Controller = fresh
			}
			assert.Equal(t, fuzzStep(a, steps[i], steps[i+1]), fuzzStep(b, steps[i], steps[i+1]))
		}
		assert.Equal(t, a.ram, b.ram)
		assert.Equal(t, a.card.got, b.card.got)
	})
}

func fuzzStep(b *bench, op, v uint8) uint32 {
	port := uint16(op & 0x1f)
	switch {
	case op&0x40 != 0:
		port = PortPages + uint16(op&0xf)
	case b.width == 1:
		port += Ports2
	}
	switch {
	case op&0x80 != 0:
		return b.In(port, 1)
	case op&0x60 == 0x20:
		b.card.give, b.card.room = string(make([]byte, int(v)*8)), int(v)
		b.card.line.Set(op&1 == 0)
	default:
		b.Out(port, 1, uint32(v))
	}
	return 0
}

// FuzzLoadedPorts drives a controller that came from anywhere: whatever a
// stream makes of it, the guest can do no harm.
func FuzzLoadedPorts(f *testing.F) {
	body, err := state.Marshal(newBench(nil, 0).Controller)
	require.NoError(f, err)
	f.Add(body, []byte{0x20, 4, 0xa, 2, 0x28, 0, 0x84, 0, 0x85, 0})
	f.Fuzz(func(t *testing.T, body, steps []byte) {
		b := newBench(t, 0)
		if b.Section().Unmarshal(body, 1) != nil {
			return
		}
		for i := 0; i+1 < len(steps); i += 2 {
			fuzzStep(b, steps[i], steps[i+1])
		}
		b.run("out 0dh, 0\nin 0fh = 0ffh")
	})
}
