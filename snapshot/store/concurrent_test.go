package store

import (
	"os"
	"runtime"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/snapshot"
)

func TestReadersAreNotDisturbedByAProcessThatChangesTheStore(t *testing.T) {
	const rounds = 10
	base := imageOf(t, shape{ram: 512 << 10, random: 60, text: 40, seed: 6})
	var junk, images []*snapshot.Image // by their clocks
	for i := range rounds {
		// A third of what "junk" brings into the store stays needed.
		junk = append(junk, changed(base, i+1000, 1000))
		images = append(images, changed(junk[i], i+2000, 140))
		images[i].Clock = int64(i)
	}
	dir := t.TempDir() + "/s"
	writer := Open(dir)
	save(t, writer, "keep", images[0])

	done := make(chan struct{})
	var readers sync.WaitGroup
	loads := make([]int, 3)
	for i := range loads {
		readers.Go(func() {
			for reader := Open(dir); ; reader = Open(dir) {
				select {
				case <-done:
					return
				default:
				}
				sn, err := reader.Load(t.Context(), "keep", nil)
				if !assert.NoError(t, err) || !assert.True(t, equalMemory(images[sn.Image.Clock], sn.Image)) {
					return
				}
				_, err = reader.List()
				assert.NoError(t, err)
				damages, err := reader.Verify(t.Context(), nil)
				assert.NoError(t, err)
				assert.Empty(t, damages)
				loads[i]++
			}
		})
	}
	moves := 0
	for i := 1; i < rounds; i++ {
		save(t, writer, "junk", junk[i])
		save(t, writer, "keep", images[i])
		before := segmentsOf(t, writer, "keep")
		require.NoError(t, writer.Delete(t.Context(), "junk"))
		if after := segmentsOf(t, writer, "keep"); !assert.ObjectsAreEqual(before, after) {
			moves++
		}
	}
	close(done)
	readers.Wait()
	assert.Greater(t, moves, rounds/2)
	for _, n := range loads {
		assert.Positive(t, n)
	}
}

func segmentsOf(t *testing.T, s *Store, tag string) []id {
	m, err := readManifest(s.files, manifestName(tag), tag)
	require.NoError(t, err)
	return m.segments
}

func TestThousandLoadsDoNotGrowMemory(t *testing.T) {
	s := Open(t.TempDir() + "/s")
	image := imageOf(t, shape{ram: 4 << 20, disk: 1 << 20, text: 50, random: 30, seed: 2})
	save(t, s, "a", image)
	save(t, s, "b", changed(image, 1, 300))
	memory := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	descriptors := func() int {
		entries, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Skip("the system does not tell")
		}
		return len(entries)
	}
	round := func(n int) {
		for range n {
			load(t, s, "a")
			load(t, s, "b")
		}
	}
	round(5)
	before, open := memory(), descriptors()
	round(500)
	assert.Less(t, memory(), before+1<<20)
	assert.LessOrEqual(t, descriptors(), open+2)
}

func TestASaveDoesNotRelyOnWhatAnotherProcessRemoved(t *testing.T) {
	s := Open(t.TempDir() + "/s")
	other := Open(s.dir)
	image := imageOf(t, small)
	save(t, s, "a", image)
	require.NoError(t, other.Delete(t.Context(), "a"))
	save(t, s, "b", image)
	requireEqual(t, image, load(t, Open(s.dir), "b"))

	next := changed(image, 1, 800)
	save(t, s, "c", next)
	require.NoError(t, other.Delete(t.Context(), "b"))
	save(t, s, "d", image)
	requireEqual(t, image, load(t, Open(s.dir), "d"))
	requireEqual(t, next, load(t, Open(s.dir), "c"))
}
