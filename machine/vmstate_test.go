package machine

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/cpu"
	"toyvm/devices/i8042"
	"toyvm/snapshot"
	"toyvm/snapshot/migration"
	"toyvm/vmstate"
	"toyvm/vmstate/vmstatetest"
)

func newClock() *Clock {
	c := &Clock{cpu: cpu.New("486", cpu.NewMemory(), nil)}
	c.setRate(DefaultRate)
	return c
}

var timerSubject = vmstatetest.Subject[clockState]{
	Description: &timerState,
	New:         func() *clockState { return &clockState{clock: newClock()} },
	States: map[string]func(*clockState){
		"later": func(s *clockState) { s.clock.skip(12345); s.clock.tsc = 99 },
	},
}

var clockSubject = vmstatetest.Subject[Clock]{
	Description: &clockExtraState,
	New:         newClock,
	States: map[string]func(*Clock){
		"slow":             func(c *Clock) { c.setRate(3_000_000); c.skip(77) },
		"continued a move": func(c *Clock) { c.set(5_000_000_000); c.tsc = 1 << 63 },
	},
}

var globalSubject = vmstatetest.Subject[stateName]{
	Description: &globalState,
	New:         func() *stateName { return &stateName{run: &runState{}} },
	States:      map[string]func(*stateName){"paused": func(s *stateName) { s.run.state = statePaused }},
}

func TestTimerState(t *testing.T)  { vmstatetest.Run(t, timerSubject) }
func TestClockState(t *testing.T)  { vmstatetest.Run(t, clockSubject) }
func TestGlobalState(t *testing.T) { vmstatetest.Run(t, globalSubject) }

func FuzzTimerState(f *testing.F)  { vmstatetest.Fuzz(f, timerSubject) }
func FuzzClockState(f *testing.F)  { vmstatetest.Fuzz(f, clockSubject) }
func FuzzGlobalState(f *testing.F) { vmstatetest.Fuzz(f, globalSubject) }

// optional lists the subsections below a node.
func optional(n *vmstate.Node) (paths []string) {
	n.Walk(func(path string, n *vmstate.Node) bool {
		if n.Kind == vmstate.KindSubsection {
			paths = append(paths, path)
		}
		return true
	})
	return paths
}

// TestAFreshMachineSendsNothingOptional but what QEMU always sends.
func TestAFreshMachineSendsNothingOptional(t *testing.T) {
	f, err := os.Open("../testdata/qemu/reset.mig.gz")
	require.NoError(t, err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	require.NoError(t, err)
	data, err := io.ReadAll(z)
	require.NoError(t, err)
	stream, err := migration.Parse(data)
	require.NoError(t, err)

	tree := func(m *Machine) *vmstate.Node {
		var nodes []*vmstate.Node
		for _, s := range m.Sections() {
			require.True(t, s.Needed(), s.Name)
			n, err := s.Values()
			require.NoError(t, err)
			nodes = append(nodes, n)
		}
		return snapshot.Tree(nodes)
	}
	m, err := New(Config{Floppies: [2]Floppy{1: {Present: true}}, Drives: [4]Drive{2: {Kind: CDROM}}})
	require.NoError(t, err)
	always := optional(stream.Tree())
	require.NotEmpty(t, always)
	assert.ElementsMatch(t, always, optional(tree(m)))

	c := diskGuest(t)
	c.Floppies[1].Present = true
	booted, err := New(c)
	require.NoError(t, err)
	booted.Run(Budget{Until: 30e6})
	booted.Key(i8042.KeyPause, true)
	require.Greater(t, len(optional(tree(booted))), len(always))
	require.NoError(t, booted.Do(ResetAction{}))
	assert.ElementsMatch(t, always, optional(tree(booted)), "a reset ends it")
}

// TestEverySectionStandsTruncation cuts every section of a machine that is busy,
// as it is on the board.
func TestEverySectionStandsTruncation(t *testing.T) {
	m, err := New(small(diskGuest(t)))
	require.NoError(t, err)
	m.Run(Budget{Until: 30e6})
	fork, err := m.Fork()
	require.NoError(t, err)
	to := fork.Sections()
	for i, s := range m.Sections() {
		e := vmstate.NewEncoder(nil)
		require.NoError(t, s.Save(e))
		body := e.Bytes()
		for cut := 0; cut < len(body); cut += 1 + cut/64 {
			err := to[i].Load(vmstate.NewDecoder(bytes.NewReader(body[:cut]), nil), s.Version())
			require.ErrorIs(t, err, io.ErrUnexpectedEOF, "%s, cut at %d", s.Name, cut)
		}
		require.NoError(t, to[i].Unmarshal(body, s.Version()), s.Name)
	}
	fork.Loaded()
	assertSame(t, m, fork)
}
