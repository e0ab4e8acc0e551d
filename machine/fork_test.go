package machine

import (
	"math/rand"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/devices/ata"
)

// TestForks forks a machine at random points of its run, lets the forks go on,
// and sees that neither disturbs the other.
func TestForks(t *testing.T) {
	for i, s := range scenarios {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewSource(int64(i)))
			m := s.begin(t)
			m.Run(Budget{Until: s.until})
			end, instructions := hashOf(t, m), m.Instructions()

			m = s.begin(t)
			for range 8 {
				m.Run(Budget{Instructions: 1 + uint64(random.Int63n(int64(instructions)/8))})
				before := hashOf(t, m)
				fork, err := m.Fork()
				require.NoError(t, err)
				require.Equal(t, before, hashOf(t, fork))
				fork.Run(Budget{Until: s.until})
				require.Equal(t, end, hashOf(t, fork))
				require.Equal(t, before, hashOf(t, m), "the fork ran, not the machine")
			}
			fork, err := m.Fork()
			require.NoError(t, err)
			before := hashOf(t, fork)
			m.Run(Budget{Until: s.until})
			require.Equal(t, end, hashOf(t, m))
			require.Equal(t, before, hashOf(t, fork), "the machine ran, not the fork")
		})
	}
}

// A fork has the CD that is in the drive now.
func TestForkAfterAnotherCD(t *testing.T) {
	m, err := New(small(cdGuest(t)))
	require.NoError(t, err)
	other := &image{data: make([]byte, 8192), readOnly: true}
	forked := func(to ata.Media) ata.Media {
		require.NoError(t, m.ChangeCD(2, to, true))
		fork, err := m.Fork()
		require.NoError(t, err)
		return fork.Config().Drives[2].Media
	}
	assert.EqualValues(t, 8192, forked(other).Size())
	assert.Nil(t, forked(nil))
}

// unforkable is a medium that only one machine can have.
type unforkable struct{ Medium }

func TestForkWithoutItsDisk(t *testing.T) {
	c := small(floppyGuest(t, "floppy.img"))
	c.Floppies[0].Medium = unforkable{c.Floppies[0].Medium}
	m, err := New(c)
	require.NoError(t, err)
	_, err = m.Fork()
	assert.EqualError(t, err, "floppy 0: its medium cannot be forked: two machines would write to it")
}

// The forks of a machine send to their own serial ports.
func TestForkIsSilentUntilItIsConnected(t *testing.T) {
	var ours, theirs []byte
	m, err := New(Config{Serial: []func(byte){func(b byte) { ours = append(ours, b) }}})
	require.NoError(t, err)
	fork, err := m.Fork()
	require.NoError(t, err)
	send := func(m *Machine, b uint32) { m.Do(OutAction{Port: 0x3f8, Size: 1, Value: b}) }
	send(fork, 'a')
	fork.SetSerial(0, func(b byte) { theirs = append(theirs, b) })
	send(fork, 'b')
	send(m, 'c')
	assert.Equal(t, "c", string(ours))
	assert.Equal(t, "b", string(theirs))
}

func BenchmarkFork(b *testing.B) {
	m, err := New(Config{Memory: 256 << 20})
	require.NoError(b, err)
	page := make([]byte, 4096)
	for at := uint32(1 << 20); at < 256<<20; at += 4096 {
		page[0]++
		page[1] = byte(at >> 12)
		m.memory.WritePhysical(at, page)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := m.Fork(); err != nil {
			b.Fatal(err)
		}
	}
}
