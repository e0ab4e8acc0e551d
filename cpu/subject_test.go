package cpu

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/vmstate"
	"toyvm/vmstate/vmstatetest"
)

// subjectOf is the processor with one of its descriptions. What fields there are
// to save TestStateTravels finds out: most are the processor's own, in forms
// that the section does not have.
func subjectOf(d *vmstate.Description[state]) vmstatetest.Subject[state] {
	return vmstatetest.Subject[state]{
		Description: d,
		New:         func() *state { return &state{cpu: New("pentium", NewMemory(), nil)} },
		States: map[string]func(*state){
			"halted, with requests": func(s *state) { s.cpu.halted, s.cpu.intr, s.cpu.nmi = true, true, true },
			"in a shadow": func(s *state) {
				s.cpu.shadow, s.cpu.inNMI, s.cpu.trapPending = true, true, 0x4001
			},
			"x87 exception": func(s *state) {
				f := &s.cpu.fpu
				f.used, f.cw, f.sw, f.fop, f.fip, f.fdp, f.fcs, f.fds = 0xff, 0x340, 0x8084, 0x1f3, 0x1234, 0x5678, 8, 16
			},
			"shut down": func(s *state) { s.cpu.shutdown, s.cpu.target = true, 1<<40 },
		},
	}
}

func TestState(t *testing.T) {
	for _, d := range []*vmstate.Description[state]{&commonState, &cpuState, &extraState} {
		t.Run(d.Name, func(t *testing.T) {
			s := subjectOf(d)
			vmstatetest.Versions(t, s)
			vmstatetest.SecondGeneration(t, s)
			vmstatetest.Truncation(t, s)
		})
	}
}

func FuzzState(f *testing.F)      { vmstatetest.Fuzz(f, subjectOf(&cpuState)) }
func FuzzExtraState(f *testing.F) { vmstatetest.Fuzz(f, subjectOf(&extraState)) }

// TestResetAfterLoad resets a processor that was loaded, and the one it came
// from: both then send the same.
func TestResetAfterLoad(t *testing.T) {
	for name, enter := range subjectOf(&cpuState).States {
		a, b := New("pentium", NewMemory(), nil), New("pentium", NewMemory(), nil)
		enter(&state{cpu: a})
		a.cr0, a.cr3, a.msr = 0x80000031, 0x5000, msrs{1, 2, 3, 4}
		transfer(t, a, b)
		a.Reset()
		b.Reset()
		for i, s := range a.Sections() {
			x, y := vmstate.NewEncoder(nil), vmstate.NewEncoder(nil)
			require.NoError(t, s.Save(x))
			require.NoError(t, b.Sections()[i].Save(y))
			assert.Equal(t, x.Bytes(), y.Bytes(), "%s: %s", name, s.Name)
		}
	}
}
