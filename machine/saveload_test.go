package machine

import (
	"bytes"
	"math/rand"
	"testing"

	"github.com/stretchr/testify/require"

	"toyvm/vmstate"
)

// moved is a fresh machine that goes on where m is: with its sections, memory
// and disks, but nothing else of it.
func moved(t testing.TB, m *Machine, config Config) *Machine {
	t.Helper()
	to, err := New(config)
	require.NoError(t, err)
	for name := range m.MemoryBlocks() {
		to.Thaw(name, m.Freeze(name))
	}
	for i, f := range m.config.Floppies {
		if f.Medium != nil {
			copy(to.config.Floppies[i].Medium.(*image).data, f.Medium.(*image).data)
		}
	}
	for i, d := range m.config.Drives {
		if d.Media != nil {
			copy(to.config.Drives[i].Media.(*image).data, d.Media.(*image).data)
		}
	}
	sections := to.Sections()
	for i, s := range m.Sections() {
		if !s.Needed() {
			continue
		}
		e := vmstate.NewEncoder(nil)
		require.NoError(t, s.Save(e))
		require.NoError(t, sections[i].Unmarshal(e.Bytes(), s.Version()), s.Name)
	}
	to.Loaded()
	// What is to come from outside is the test's.
	to.input.scheduled = append([]Event(nil), m.input.scheduled...)
	return to
}

// TestStateMoves moves a machine at many points of its run, at random ones and
// where much is going on, and lets both go on for a while.
func TestStateMoves(t *testing.T) {
	for i, s := range scenarios {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewSource(int64(i)))
			a := s.begin(t)
			a.Run(Budget{Until: s.until})
			instructions, time := int(a.CPU.Instructions()), int(a.clock.Now())

			const points = 60
			seen := map[string]int{}
			a = s.begin(t)
			b := moved(t, a, s.config(t))
			var stop Stop
			for n := 0; stop.Reason == StopBudget && a.clock.Now() < s.until; n++ {
				budget := Budget{Instructions: 1 + uint64(random.Intn(2*instructions/points)), Until: s.until}
				switch now := activity(a); {
				case now != "" && seen[now] < 10:
					seen[now]++
					budget.Instructions = 1 + uint64(random.Intn(300))
				case n%2 == 0:
					budget = Budget{Until: a.clock.Now() + 1 + int64(random.Intn(2*time/points))} // perhaps in HLT
				}
				stop = a.Run(budget)
				require.Equal(t, stop, b.Run(budget))
				assertSame(t, a, b)
				if !a.Waiting() { // for the guest to take what is not in it yet
					b = moved(t, b, s.config(t))
				}
			}
			t.Logf("%v, up to %d ms", seen, a.clock.Now()/1e6)
		})
	}
}

// activity is what goes on at the moment, apart from plain instructions.
func activity(m *Machine) string {
	const (
		ideBusy, ideData = 0x80, 0x08 // of the alternate status
		fdcCommand       = 0x10       // CB of the main status
	)
	transfers := func(port uint16) bool { return m.bus.In(port, 1)&(ideBusy|ideData) == ideData }
	switch {
	case transfers(0x3f6) || transfers(0x376):
		return "IDE transfer"
	case m.bus.In(0x3f4, 1)&fdcCommand != 0:
		return "floppy command"
	case m.CPU.Halted():
		return "HLT"
	case bytes.HasPrefix(m.code(), []byte{0xf3}) || bytes.HasPrefix(m.code(), []byte{0xf2}):
		return "REP"
	}
	return ""
}
