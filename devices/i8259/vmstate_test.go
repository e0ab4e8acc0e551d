package i8259

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/devices/devicetest"
	"toyvm/vmstate"
	"toyvm/vmstate/vmstatetest"
)

var subject = vmstatetest.Subject[PIC]{
	Description: &State,
	New:         func() *PIC { return New(&devicetest.Line{}, masterLevels) },
	States: map[string]func(*PIC){
		"waiting for ICW2": func(p *PIC) { p.write(false, 0x13) },
		"waiting for ICW4": func(p *PIC) { p.write(false, 0x13); p.write(true, 0x70) },
		"in service, one request waiting": func(p *PIC) {
			p.write(false, 0x12)
			p.write(true, 0x08)
			p.writeELCR(0x20)
			p.write(false, 0xc4)
			p.Set(5, true)
			p.Set(3, true)
			p.acknowledge()
			p.write(true, 0x11)
		},
		"all modes": func(p *PIC) {
			p.write(false, 0x11)
			p.write(true, 0x08)
			p.write(true, 0x04)
			p.write(true, 0x13)
			p.write(false, 0x80) // rotate on automatic EOI
			p.write(false, 0x6f) // special mask, poll, read ISR
		},
	},
}

func TestState(t *testing.T) { vmstatetest.Run(t, subject) }
func FuzzState(f *testing.F) { vmstatetest.Fuzz(f, subject) }

func TestConforms(t *testing.T) {
	for instance := range 2 {
		vmstatetest.Conforms(t, "../../testdata/qemu", func() *vmstate.Section {
			return NewPair(&devicetest.Line{}).Sections()[instance]
		})
	}
}

// TestLoadedRequest takes a request along that was latched while its line was
// high, although the line is low again, as QEMU's chip does.
func TestLoadedRequest(t *testing.T) {
	r := newBoard(t)
	body, err := State.Marshal(r.Master)
	require.NoError(t, err)
	body[1] = 0x01 // irr
	require.NoError(t, r.Pair.Sections()[0].Unmarshal(body, 1))
	assert.True(t, r.INT())
	r.lower(0)
	assert.EqualValues(t, 0x08, r.Acknowledge())
}
