package disk

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// inUse is how much memory is in use, in bytes.
func inUse() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// A thousand rounds take no more memory than a few.
func TestRoundsTakeNoMemory(t *testing.T) {
	const size = 64 << 20
	f, err := os.Create(filepath.Join(t.TempDir(), "disk.img"))
	require.NoError(t, err)
	require.NoError(t, f.Truncate(size))
	file := New(f, Config{Size: size})
	defer file.Close()
	for name, d := range map[string]*Disk{"image": file, "memory": Over(FromBytes(size, nil))} {
		random := rand.New(rand.NewPCG(1, 2))
		data := bytes.Repeat([]byte{1}, 512)
		round := func() {
			before := d.Capture()
			for range 10 {
				_, err := d.WriteAt(data, random.Int64N(size-512))
				require.NoError(t, err)
			}
			d.Capture()
			_, err := d.WriteAt(data, random.Int64N(size-512))
			require.NoError(t, err)
			require.NoError(t, d.Restore(before))
		}
		for range 20 {
			round()
		}
		start := inUse()
		for range 1000 {
			round()
		}
		assert.Less(t, inUse()-start, int64(4*ClusterSize), name)
		runtime.KeepAlive(d)
	}
}

// What a restore puts aside of a large image is in a file, which goes away.
func TestLargeRestorePutsAsideInAFile(t *testing.T) {
	const size = asideInMemory + 8*ClusterSize
	old, want := bytes.Repeat([]byte{1}, size), bytes.Repeat([]byte{2}, size)
	b := &faulty{ram: ram{content: bytes.Clone(old)}, fault: &fault{}}
	d := New(b, Config{Name: "disk.img", Size: size})
	before := d.Capture()
	to := FromBytes(size, want)
	dir := t.TempDir()

	err := RestoreAll([]Change{{d, to}}, filepath.Join(dir, "missing"), nil)
	assert.ErrorIs(t, err, os.ErrNotExist)
	assert.ErrorContains(t, err, "disk.img")
	assert.True(t, bytes.Equal(old, b.content))

	clusters := before.Clusters()
	b.done, b.strikes = 0, strikeAt(2*clusters-1) // the last write
	assert.ErrorIs(t, RestoreAll([]Change{{d, to}}, dir, nil), errFault)
	assert.True(t, bytes.Equal(old, b.content))

	require.NoError(t, RestoreAll([]Change{{d, to}}, dir, nil))
	assert.True(t, bytes.Equal(want, b.content))
	assert.True(t, bytes.Equal(old, all(t, before)), "contents share what was put aside")
	names, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Empty(t, names)

	require.NoError(t, d.Restore(before))
	assert.True(t, bytes.Equal(old, b.content))
	d.requireNoMemory(t)
}
