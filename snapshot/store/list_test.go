package store

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAListSaysWhatIsKnownAboutEachSnapshot(t *testing.T) {
	s := Open(t.TempDir() + "/s")
	entries, err := s.List()
	require.NoError(t, err)
	assert.Empty(t, entries)

	image := imageOf(t, small)
	meta := Meta{
		Created: time.Date(1993, 12, 10, 12, 0, 0, 0, time.UTC), Note: "before E1M1",
		Screen: "C:\\>\n", Thumbnail: []byte("\x89PNG…"),
	}
	first, err := s.Save(context.Background(), "boot", image, meta, nil)
	require.NoError(t, err)
	later := Meta{Created: meta.Created.Add(time.Hour), Parent: first.Tag, ParentID: first.ID}
	_, err = s.Save(context.Background(), "a", changed(image, 1, 10), later, nil)
	require.NoError(t, err)

	entries, err = Open(s.dir).List()
	require.NoError(t, err)
	require.Len(t, entries, 2)
	boot, a := entries[0], entries[1]
	assert.Equal(t, first.Info, boot.Info)
	assert.Equal(t, Info{
		Tag: "boot", ID: first.ID, Meta: meta, Settings: image.Settings,
		Clock: image.Clock, Instructions: image.Instructions,
	}, boot.Info)
	assert.Equal(t, "boot", a.Parent)
	assert.Equal(t, first.ID, a.ParentID)
	assert.NotEqual(t, first.ID, a.ID)

	info, err := s.Info("boot")
	require.NoError(t, err)
	assert.Equal(t, boot.Info, info)
}

func TestSizesInAListAreWhatASnapshotNeedsAndWhatItNeedsAlone(t *testing.T) {
	s := Open(t.TempDir() + "/s")
	image := imageOf(t, shape{ram: 1 << 20, random: 100, seed: 3})
	save(t, s, "a", image)
	entries, err := s.List()
	require.NoError(t, err)
	whole := entries[0].Size
	assert.Greater(t, whole, int64(1<<20))
	assert.Equal(t, whole, entries[0].Own, "all is its own")

	next := changed(image, 1, 1)
	save(t, s, "b", next)
	entries, err = s.List()
	require.NoError(t, err)
	for _, e := range entries {
		assert.Greater(t, e.Own, int64(pageSize), "%s has a page of its own", e.Tag)
		assert.Less(t, e.Own, int64(2*pageSize))
		assert.InDelta(t, whole, e.Size, 100)
	}

	require.NoError(t, s.Delete(context.Background(), "b"))
	entries, err = s.List()
	require.NoError(t, err)
	require.Len(t, entries, 1)
	assert.Equal(t, whole, entries[0].Own)
}

func TestASnapshotOfATagReplacesTheOneBefore(t *testing.T) {
	s := Open(t.TempDir() + "/s")
	image := imageOf(t, small)
	save(t, s, "x", image)
	next := changed(image, 1, 20)
	next.Clock++
	save(t, s, "x", next)
	entries, err := s.List()
	require.NoError(t, err)
	assert.Len(t, entries, 1)
	requireEqual(t, next, load(t, s, "x"))
}

func TestWhatIsNotThereIsNotFound(t *testing.T) {
	s := Open(t.TempDir() + "/s")
	check := func() {
		_, err := s.Load(context.Background(), "y", nil)
		require.ErrorIs(t, err, ErrNotFound)
		assert.EqualError(t, err, `snapshot "y": there is no such snapshot in `+s.dir)
		_, err = s.Info("y")
		require.ErrorIs(t, err, ErrNotFound)
		require.ErrorIs(t, s.Delete(context.Background(), "y"), ErrNotFound)
	}
	check()
	assert.NoDirExists(t, s.dir, "looking makes no store")
	save(t, s, "x", imageOf(t, small))
	check()
}
