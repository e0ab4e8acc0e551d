package fwcfg

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"toyvm/devices/devicetest"

	"toyvm/vmstate"
	"toyvm/vmstate/vmstatetest"
)

func alone() *Device { return New(make(ram, 64<<10), 16<<20) }

var subject = vmstatetest.Subject[Device]{
	Description: &state,
	New:         alone,
	States: map[string]func(*Device){
		"half a signature":   func(d *Device) { d.In(PortData, 2) },
		"an invalid key":     func(d *Device) { d.Out(PortSelector, 2, 0x1234) },
		"half a DMA address": func(d *Device) { d.Out(PortDMA, 4, 0x12345678) },
	},
}

func TestState(t *testing.T) { vmstatetest.Run(t, subject) }
func FuzzState(f *testing.F) { vmstatetest.Fuzz(f, subject) }

func TestQEMU(t *testing.T) {
	vmstatetest.Conforms(t, "../../testdata/qemu", func() *vmstate.Section { return alone().Section() })
}

func TestVersion1(t *testing.T) {
	d := alone()
	require.NoError(t, d.Section().Unmarshal([]byte{0, 0, 0, 2}, 1))
	assert.EqualValues(t, 'M', d.In(PortData, 1))

	old := state
	old.Version = 1
	old.Subsections = nil
	body, err := old.Marshal(d)
	require.NoError(t, err)
	assert.Equal(t, []byte{0, 0, 0, 3}, body)
}

// FuzzPorts drives two devices, four bytes of input a step, one of them saved
// and loaded into a new one halfway: nothing may tell them apart.
func FuzzPorts(f *testing.F) {
	f.Add([]byte{0x10, 0x19, 0, 0, 0x80, 0, 0, 0, 0x14, 0, 0, 0, 0x18, 0, 0, 1}, uint8(2))
	f.Fuzz(func(t *testing.T, steps []byte, half uint8) {
		a, b := newBench(t), newBench(t)
		for _, r := range []ram{a.ram, b.ram} {
			copy(r, steps)
		}
		for i := 0; i+3 < len(steps); i += 4 {
			if i/4 == int(half) {
				body, err := state.Marshal(b.Device)
				require.NoError(t, err)
				b.Device = New(b.ram, 16<<20)
				require.NoError(t, b.Section().Unmarshal(body, 2))
			}
			assert.Equal(t, fuzzStep(a.Device, steps[i:]), fuzzStep(b.Device, steps[i:]))
		}
		assert.Equal(t, a.ram, b.ram)
	})
}

// FuzzLoaded does anything to the device after a load of anything.
func FuzzLoaded(f *testing.F) {
	devicetest.FuzzLoaded(f, func() ([]*vmstate.Section, func(what, value uint8)) {
		d := alone()
		return []*vmstate.Section{d.Section()}, func(what, value uint8) {
			fuzzStep(d, []byte{what, value, 0, value})
		}
	})
}

func fuzzStep(d *Device, s []byte) uint32 {
	port := 0x500 | uint16(s[0]&0x1f)
	switch size := 1 << (s[0] >> 5 & 3) & 7; {
	case size == 0:
		d.Reset()
		return 0
	case s[0]&0x80 != 0:
		return d.In(port, size)
	default:
		d.Out(port, size, uint32(s[1])|uint32(s[2])<<8|uint32(s[3])<<24)
		return 0
	}
}
