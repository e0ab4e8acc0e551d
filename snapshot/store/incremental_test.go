package store

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/snapshot"
	"toyvm/snapshot/disk"
)

// others is how many bytes of any image are looked at again each time: its
// firmware and the description of its devices.
const others = 3 * pageSize

// looked saves an image and tells how many bytes were looked at, beside others.
func looked(t *testing.T, s *Store, tag string, i *snapshot.Image) int64 {
	t.Helper()
	total := int64(0)
	_, err := s.Save(t.Context(), tag, i, Meta{}, func(_, all int64) { total = all })
	require.NoError(t, err)
	return total - others
}

func TestASaveLooksOnlyAtWhatChangedSinceTheLastSaveOrLoad(t *testing.T) {
	s := Open(t.TempDir() + "/s")
	i := imageOf(t, shape{ram: 1 << 20, random: 100, disk: 640 << 10, seed: 1})
	assert.Equal(t, int64(1<<20+640<<10), looked(t, s, "a", i))
	assert.Zero(t, looked(t, s, "b", i))

	next := changed(i, 1, 1)
	assert.Equal(t, int64(pageSize), looked(t, s, "c", next))

	d := disk.New(nil, disk.Config{Name: "disk.img", Size: 640 << 10, Ephemeral: true})
	require.NoError(t, d.Restore(next.Disks[0].Contents))
	_, err := d.WriteAt([]byte("changed"), 5*disk.ClusterSize)
	require.NoError(t, err)
	written := *next
	next = &written
	next.Disks = slices.Clone(next.Disks)
	next.Disks[0].Contents = d.Capture()
	assert.Equal(t, int64(disk.ClusterSize), looked(t, s, "d", next))

	other := Open(s.dir)
	loaded := load(t, other, "d")
	assert.Zero(t, looked(t, other, "e", loaded))
	assert.Equal(t, int64(3*pageSize), looked(t, other, "f", changed(loaded, 2, 3)))
}

func TestALoadSharesWhatIsTheSameAsInTheLastImage(t *testing.T) {
	s := Open(t.TempDir() + "/s")
	i := imageOf(t, shape{ram: 1 << 20, text: 80, random: 20, disk: 256 << 10, seed: 1})
	save(t, s, "a", i)
	loaded := load(t, s, "a")
	for n, page := range loaded.Memory[0].Pages {
		require.Same(t, i.Memory[0].Pages[n], page)
	}
	for c := range i.Disks[0].Contents.Clusters() {
		require.True(t, i.Disks[0].Contents.Same(loaded.Disks[0].Contents, c))
	}

	next := changed(loaded, 1, 1)
	save(t, s, "b", next)
	loaded = load(t, s, "a")
	different := 0
	for n, page := range loaded.Memory[0].Pages {
		if page != next.Memory[0].Pages[n] {
			different++
		}
	}
	assert.Equal(t, 1, different)
	requireEqual(t, i, loaded)
}

func TestEqualPagesAreStoredOnce(t *testing.T) {
	s := Open(t.TempDir() + "/s")
	i := imageOf(t, shape{ram: 64 << 10, random: 100, seed: 1})
	for n := range i.Memory[0].Pages {
		i.Memory[0].Pages[n] = i.Memory[0].Pages[0]
	}
	save(t, s, "a", i)
	again := imageOf(t, shape{ram: 64 << 10, random: 100, seed: 1})
	again.Memory[0].Pages = slices.Clone(again.Memory[0].Pages)
	copied := *i.Memory[0].Pages[0]
	again.Memory[0].Pages[3] = &copied
	for n := range 16 {
		if n != 3 {
			again.Memory[0].Pages[n] = nil
		}
	}
	before := sizeOf(t, s.dir)
	assert.Less(t, before, int64(4*pageSize))
	save(t, Open(s.dir), "b", again)
	assert.Less(t, sizeOf(t, s.dir), before+1500, "only a manifest")
	requireEqual(t, i, load(t, s, "a"))
	requireEqual(t, again, load(t, s, "b"))
}

func TestAHundredSnapshotsTakeLessThanFiveTimesTheSpaceOfOne(t *testing.T) {
	s := Open(t.TempDir() + "/s")
	one := hundred(t, s)
	all := sizeOf(t, s.dir)
	assert.Less(t, all, 5*one)
	names, err := s.files.Names()
	require.NoError(t, err)
	manifests := int64(0)
	for _, name := range names {
		if isManifest(name) {
			info, err := os.Stat(filepath.Join(s.dir, name))
			require.NoError(t, err)
			manifests += info.Size()
		}
	}
	assert.Less(t, manifests/100, int64(6000), "bytes a manifest")
	t.Logf("one takes %d KiB, a hundred %d KiB; a manifest %d bytes", one>>10, all>>10, manifests/100)
}

func TestASaveOfMuchThatIsKnownTakesLittleMemory(t *testing.T) {
	s := Open(t.TempDir() + "/s")
	image := imageOf(t, shape{disk: 64 << 20, text: 50, seed: 3})
	save(t, s, "a", image)
	other := Open(s.dir)
	again := imageOf(t, shape{disk: 64 << 20, text: 50, seed: 3})
	assert.Less(t, allocated(func() { save(t, other, "b", again) }), uint64(100<<20))
}
