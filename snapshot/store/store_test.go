package store

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/snapshot"
)

var small = shape{ram: 1 << 20, vram: 256 << 10, disk: 300<<10 + 512, random: 30, text: 40, seed: 1}

func save(t testing.TB, s *Store, tag string, i *snapshot.Image) *Snapshot {
	t.Helper()
	sn, err := s.Save(context.Background(), tag, i, Meta{Note: "note of " + tag}, nil)
	require.NoError(t, err)
	return sn
}

func load(t testing.TB, s *Store, tag string) *snapshot.Image {
	t.Helper()
	sn, err := s.Load(context.Background(), tag, nil)
	require.NoError(t, err)
	return sn.Image
}

func TestASavedImageIsLoadedAsItWas(t *testing.T) {
	dir := t.TempDir() + "/disk.img.snapshots"
	image := imageOf(t, small)
	s := Open(dir)
	save(t, s, "Boot: done", image)
	requireEqual(t, image, load(t, s, "Boot: done"))
	requireEqual(t, image, load(t, Open(dir), "Boot: done"))
}

func TestDeletingOneSnapshotLeavesTheOthersAndGivesSpaceBack(t *testing.T) {
	dir := t.TempDir() + "/s"
	s := Open(dir)
	var images []*snapshot.Image
	next := imageOf(t, small)
	for i := range 6 {
		next = changed(next, i, 200)
		images = append(images, next)
		save(t, s, tagNumber(i), next)
	}
	full := sizeOf(t, dir)
	for i := range 5 {
		require.NoError(t, s.Delete(context.Background(), tagNumber(i)))
		for k := i + 1; k < 6; k++ {
			requireEqual(t, images[k], load(t, s, tagNumber(k)))
			requireEqual(t, images[k], load(t, Open(dir), tagNumber(k)))
		}
		damages, err := s.Verify(context.Background(), nil)
		require.NoError(t, err)
		require.Empty(t, damages)
	}
	alone := Open(t.TempDir() + "/alone")
	save(t, alone, "x", images[5])
	assert.Less(t, sizeOf(t, dir), full*2/3)
	assert.Less(t, sizeOf(t, dir), 2*sizeOf(t, alone.dir)+1000)
	require.NoError(t, s.Delete(context.Background(), tagNumber(5)))
	names, err := s.files.Names()
	require.NoError(t, err)
	assert.Equal(t, []string{"lock"}, names)
}

func tagNumber(i int) string { return fmt.Sprintf("step %d", i) }

// changed is an image in which n pages of memory differ.
func changed(i *snapshot.Image, seed, n int) *snapshot.Image {
	c := *i
	c.Memory = slices.Clone(i.Memory)
	m := &c.Memory[0]
	m.Pages = slices.Clone(m.Pages)
	random := rand.New(rand.NewPCG(uint64(seed), 77))
	for range n {
		page := &snapshot.Page{}
		for i := range page {
			page[i] = byte(random.Uint32())
		}
		m.Pages[random.IntN(len(m.Pages))] = page
	}
	return &c
}

// touched is an image in which some bytes differ in n pages of memory at least,
// all of which had contents.
func touched(i *snapshot.Image, seed, n int) *snapshot.Image {
	c := *i
	c.Memory = slices.Clone(i.Memory)
	m := &c.Memory[0]
	m.Pages = slices.Clone(m.Pages)
	random := rand.New(rand.NewPCG(uint64(seed), 78))
	for at := random.IntN(len(m.Pages)); n > 0; at = (at + 1) % len(m.Pages) {
		page := orZeros(m.Pages[at])
		if page == zeroPage {
			continue
		}
		for range 5 {
			page[random.IntN(pageSize)] += byte(1 + random.IntN(255))
		}
		m.Pages[at] = &page
		n--
	}
	return &c
}

func sizeOf(t testing.TB, dir string) (size int64) {
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range entries {
		info, err := e.Info()
		require.NoError(t, err)
		size += info.Size()
	}
	return size
}
