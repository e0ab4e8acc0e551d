package store

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// die is what happens to the locks of a process when it ends.
func die(r *Restore) { r.lock.Close() }

func TestARestoreThatWasBegunIsPendingWhenItsProcessIsGone(t *testing.T) {
	s := Open(t.TempDir() + "/s")
	image := imageOf(t, small)
	saved := save(t, s, "x", image)
	pending, err := s.Pending()
	require.NoError(t, err)
	require.Empty(t, pending)

	targets := []Target{{"ide0-hd0", "/images/disk.img"}, {"floppy0", "a.img"}}
	r, err := s.Begin(t.Context(), saved, targets)
	require.NoError(t, err)
	other := Open(s.dir)
	pending, err = other.Pending()
	require.NoError(t, err)
	require.Empty(t, pending, "the process is at it")

	die(r)
	pending, err = other.Pending()
	require.NoError(t, err)
	require.Len(t, pending, 1)
	p := pending[0]
	assert.Equal(t, "x", p.Tag)
	assert.Equal(t, saved.ID, p.ID)
	assert.Equal(t, targets, p.Disks)
	again, err := s.Pending()
	require.NoError(t, err)
	require.Empty(t, again, "somebody is at it")

	got, err := p.Load(t.Context(), nil)
	require.NoError(t, err)
	requireEqual(t, image, got)
	p.Leave()
	again, err = s.Pending()
	require.NoError(t, err)
	require.Len(t, again, 1)
	require.NoError(t, again[0].End())
	pending, err = s.Pending()
	require.NoError(t, err)
	require.Empty(t, pending)
	l, err := s.list()
	require.NoError(t, err)
	assert.Empty(t, l.journals)
	entries, err := s.List()
	require.NoError(t, err)
	assert.Len(t, entries, 1, "journals are no snapshots")
}

func TestWhatARestoreNeedsOutlivesItsSnapshot(t *testing.T) {
	s := Open(t.TempDir() + "/s")
	image := imageOf(t, small)
	r, err := s.Begin(t.Context(), save(t, s, "x", image), nil)
	require.NoError(t, err)
	save(t, s, "y", changed(image, 1, 500))
	require.NoError(t, s.Delete(t.Context(), "x"))
	require.NoError(t, s.Delete(t.Context(), "y"))
	damages, err := s.Verify(t.Context(), nil)
	require.NoError(t, err)
	require.Empty(t, damages)

	die(r)
	pending, err := Open(s.dir).Pending()
	require.NoError(t, err)
	require.Len(t, pending, 1)
	got, err := pending[0].Load(t.Context(), nil)
	require.NoError(t, err)
	requireEqual(t, image, got)
	require.NoError(t, pending[0].End())

	save(t, s, "z", changed(image, 2, 500))
	require.NoError(t, s.Delete(t.Context(), "z"))
	names, err := s.files.Names()
	require.NoError(t, err)
	assert.Equal(t, []string{"lock"}, names, "all space is given back")
}

func TestARestoreFindsASnapshotThatWasMoved(t *testing.T) {
	s := Open(t.TempDir() + "/s")
	image := imageOf(t, small)
	save(t, s, "w", image)
	image = changed(image, 1, 800)
	saved := save(t, s, "x", image)
	old := saved.manifest

	other := Open(s.dir)
	require.NoError(t, other.Delete(t.Context(), "w"))
	sn, err := other.Load(t.Context(), "x", nil)
	require.NoError(t, err)
	require.NotEqual(t, old, sn.manifest, "the pages that both needed were moved")

	r, err := s.Begin(t.Context(), saved, nil)
	require.NoError(t, err)
	got, err := r.Load(t.Context(), nil)
	require.NoError(t, err)
	requireEqual(t, image, got)
	require.NoError(t, r.End())

	require.NoError(t, other.Delete(t.Context(), "x"))
	_, err = s.Begin(t.Context(), saved, nil)
	require.True(t, errors.Is(err, ErrNotFound), "%v", err)
	assert.ErrorContains(t, err, `snapshot "x": it was deleted since it was loaded`)
}

func TestADamagedJournalIsReported(t *testing.T) {
	d, _ := twoSnapshots(t)
	s := open("sim", d)
	sn, err := s.Load(t.Context(), "a", nil)
	require.NoError(t, err)
	r, err := s.Begin(t.Context(), sn, nil)
	require.NoError(t, err)
	r.Leave()
	d.put(r.name, []byte("text"))
	_, err = s.Pending()
	require.ErrorIs(t, err, ErrDamaged)
	require.ErrorContains(t, err, r.name)
	damages, err := s.Verify(t.Context(), nil)
	require.NoError(t, err)
	require.Len(t, damages, 1)
}
