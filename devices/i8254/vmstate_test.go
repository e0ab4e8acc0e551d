package i8254

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/devices/devicetest"
	"toyvm/vmstate"
	"toyvm/vmstate/vmstatetest"
)

// script brings a chip into a state through its ports, without time passing.
func script(accesses ...uint16) func(*PIT) {
	return func(p *PIT) {
		for _, a := range accesses {
			p.Out(Port+a>>8, 1, uint32(a&0xff))
		}
	}
}

func newPIT() *PIT {
	var clock devicetest.Clock
	clock.Advance(1_000_000)
	return New(&clock, &devicetest.Line{})
}

var subject = vmstatetest.Subject[PIT]{
	Description: &State,
	New:         newPIT,
	States: map[string]func(*PIT){
		"no count":         script(0x334),
		"half a count":     script(0x334, 0x034),
		"rate generator":   script(0x334, 0x034, 0x012),
		"count to be read": script(0x334, 0x034, 0x012, 0x3c2),
		"waiting for a trigger, BCD": func(p *PIT) {
			script(0x3b3, 0x234, 0x212)(p)
		},
		"new count during a square wave": script(0x336, 0x034, 0x012, 0x055, 0x066),
		"new count during a one-shot": func(p *PIT) {
			script(0x3b2, 0x234, 0x212)(p)
			p.Channel(2).SetGate(true)
			script(0x255, 0x266)(p)
		},
		"stopped": func(p *PIT) {
			p.Channel(2).SetGate(true)
			script(0x3b0, 0x234, 0x212)(p)
			p.Channel(2).SetGate(false)
		},
	},
}

func TestState(t *testing.T) { vmstatetest.Run(t, subject) }
func FuzzState(f *testing.F) { vmstatetest.Fuzz(f, subject) }

func TestConforms(t *testing.T) {
	vmstatetest.Conforms(t, "../../testdata/qemu", func() *vmstate.Section { return newPIT().Section() })
}

// TestResetIsQEMUs compares with the section of a QEMU that was just started.
func TestResetIsQEMUs(t *testing.T) {
	got, err := State.Marshal(New(&devicetest.Clock{}, &devicetest.Line{}))
	require.NoError(t, err)
	const channel = "00010000 0000 00 00 00 00 00 00 00 03 00 " // 10000h, mode 3
	want, err := hex.DecodeString(strings.ReplaceAll("00000000"+
		channel+"01 0000000000000000 0000000001a30c2c"+
		channel+"01 0000000000000000 0000000000000000"+
		channel+"00 0000000000000000 0000000000000000"+
		"0000000001a30c2c", " ", ""))
	require.NoError(t, err)
	assert.Equal(t, want, got)
}

func TestLoadRefusesCountsOutOfRange(t *testing.T) {
	p := newPIT()
	for _, count := range []int32{0, -1, wholeCount + 1} {
		p.channels[1].count = count
		body, err := State.Marshal(p)
		require.NoError(t, err)
		assert.ErrorContains(t, State.Unmarshal(body, newPIT(), 3), "channels[1]: counts")
	}
}

func TestLoadVersion2(t *testing.T) {
	p := newPIT()
	script(0x334, 0x034, 0x012)(p)
	body, err := State.Marshal(p)
	require.NoError(t, err)
	loaded := newPIT()
	require.NoError(t, State.Unmarshal(body[4:], loaded, 2))
	assert.EqualValues(t, 0x1234, loaded.channels[0].count)
	assert.Equal(t, p.channels[0].timer.Expiry(), loaded.channels[0].timer.Expiry())
}
