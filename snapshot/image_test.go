package snapshot_test

import (
	"encoding/binary"
	"math/rand"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/machine"
	"toyvm/snapshot"
	"toyvm/snapshot/migration"
)

var (
	_ snapshot.Board  = (*machine.Machine)(nil)
	_ migration.Board = (*machine.Machine)(nil)
)

// running is a machine some way into its firmware.
func running(t testing.TB, c machine.Config) *machine.Machine {
	t.Helper()
	m, err := machine.New(c)
	require.NoError(t, err)
	m.Run(machine.Budget{Instructions: 1_000_000})
	return m
}

func capture(t testing.TB, m *machine.Machine) *snapshot.Image {
	t.Helper()
	i, err := snapshot.Capture(m)
	require.NoError(t, err)
	return i
}

func hash(t testing.TB, m *machine.Machine) [32]byte {
	t.Helper()
	sum, err := m.Hash()
	require.NoError(t, err)
	return sum
}

func TestReturnToAnyImageInAnyOrder(t *testing.T) {
	random := rand.New(rand.NewSource(1))
	m := running(t, machine.Config{Memory: 2 << 20})
	type point struct {
		image *snapshot.Image
		hash  [32]byte
	}
	var points []point
	for range 40 {
		if len(points) > 0 && random.Intn(2) == 0 {
			p := points[random.Intn(len(points))]
			require.NoError(t, p.image.Return(m))
			require.Equal(t, p.hash, hash(t, m))
		}
		m.Run(machine.Budget{Instructions: uint64(random.Intn(300_000)) + 1})
		points = append(points, point{capture(t, m), hash(t, m)})
	}
	for _, p := range points {
		require.NoError(t, p.image.Return(m))
		require.Equal(t, p.hash, hash(t, m))

		fresh, err := machine.New(machine.Config{Memory: 2 << 20})
		require.NoError(t, err)
		require.NoError(t, p.image.Return(fresh))
		require.Equal(t, p.hash, hash(t, fresh))
	}
}

func TestPagesAreSharedBetweenImages(t *testing.T) {
	m := running(t, machine.Config{})
	a := capture(t, m)
	m.Memory().WritePhysical(0x5000, []byte{1, 2, 3})
	b := capture(t, m)
	for i, block := range b.Memory {
		for k, page := range block.Pages {
			if block.Name == "pc.ram" && k == 5 {
				assert.NotSame(t, a.Memory[i].Pages[k], page)
				continue
			}
			require.True(t, a.Memory[i].Pages[k] == page, "%s, page %d", block.Name, k)
		}
	}
}

func TestImageOfAnotherMachineIsRefused(t *testing.T) {
	i := capture(t, running(t, machine.Config{}))
	for want, c := range map[string]machine.Config{
		"the snapshot's machine has cpu=486, this one has cpu=386":                {CPU: "386"},
		"the snapshot's machine has serial=2, this one has serial=1":              {Serial: make([]func(byte), 1)},
		"the snapshot's machine has ide2=none, this one has ide2=cdrom":           {Drives: [4]machine.Drive{2: {Kind: machine.CDROM}}},
		"the snapshot's machine has memory=16777216, this one has memory=8388608": {Memory: 8 << 20},
	} {
		m := running(t, c)
		before := hash(t, m)
		assert.EqualError(t, i.Return(m), want)
		assert.Equal(t, before, hash(t, m))
	}
}

// A thousand rounds of capture, work and return leave as much memory in use as
// one of them.
func TestRoundsTakeNoMemory(t *testing.T) {
	m := running(t, machine.Config{})
	base := capture(t, m)
	inUse := func() uint64 {
		var s runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&s)
		return s.HeapAlloc
	}
	round := func(n int) {
		for at := uint32(0); at < 100; at++ {
			m.Memory().WritePhysical(0x100000+at<<12, binary.LittleEndian.AppendUint32(nil, uint32(n)))
		}
		capture(t, m)
		require.NoError(t, base.Return(m))
	}
	for i := range 10 {
		round(i)
	}
	before := inUse()
	for i := range 1000 {
		round(i)
	}
	assert.Less(t, inUse(), before+1<<20)
	runtime.KeepAlive([]any{m, base})
}

// BenchmarkReturn goes back to an image from a machine that has written to 100
// pages since, 256 MiB in all.
func BenchmarkReturn(b *testing.B) {
	m := filled(b)
	base := capture(b, m)
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		for at := uint32(0); at < 100; at++ {
			m.Memory().WritePhysical(0x100000+at<<16, []byte{1, 2, 3, 4})
		}
		b.StartTimer()
		if err := base.Return(m); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCapture is the time for which a guest with 256 MiB stands still.
func BenchmarkCapture(b *testing.B) {
	m := filled(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := snapshot.Capture(m); err != nil {
			b.Fatal(err)
		}
	}
}

// filled is a machine whose memory is full of other things than zeros.
func filled(b *testing.B) *machine.Machine {
	m := running(b, machine.Config{Memory: 256 << 20})
	page := make([]byte, 4096)
	random := rand.New(rand.NewSource(1))
	for at := uint32(1 << 20); at < 256<<20; at += 4096 {
		random.Read(page)
		m.Memory().WritePhysical(at, page)
	}
	return m
}
