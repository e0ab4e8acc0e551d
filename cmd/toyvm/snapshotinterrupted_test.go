package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/snapshot/store"
)

// interrupted is a disk of which a process had begun to make what it was in
// the snapshot base when it died.
func interrupted(t *testing.T) (disk, was string) {
	t.Helper()
	disk = saved(t)
	was = ok(t, "extract", disk, "base", "disk")
	s := store.Open(disk + storeSuffix)
	loaded, err := s.Load(context.Background(), "base", nil)
	require.NoError(t, err)
	r, err := s.Begin(context.Background(), loaded, []store.Target{{Drive: "ide0-hd0", Path: disk}})
	require.NoError(t, err)
	r.Leave()
	require.NoError(t, os.WriteFile(disk, make([]byte, 16<<20), 0o644))
	return disk, was
}

func TestTheNextRunCompletesWhatWasInterrupted(t *testing.T) {
	disk, was := interrupted(t)
	ok(t, "rm", disk, "base") // what it needs is kept
	assert.Equal(t, "no damage\nloading snapshot \"base\" was interrupted; the next run of the machine completes it\n", ok(t, "verify", disk))
	_, errs, status := runs("quit\n", "--script", "-", disk)
	assert.Equal(t, 0, status)
	assert.Equal(t, "toyvm: loading snapshot \"base\" was interrupted; its disks are now as they were in it\n", errs)
	assert.Equal(t, "no damage\n", ok(t, "verify", disk))
	now, err := os.ReadFile(disk)
	require.NoError(t, err)
	assert.True(t, was == string(now))
}

func TestWhatWasInterruptedIsCompletedElsewhere(t *testing.T) {
	disk, was := interrupted(t)
	moved := filepath.Join(t.TempDir(), "moved")
	require.NoError(t, os.Rename(filepath.Dir(disk), moved))
	disk = filepath.Join(moved, "disk.img")
	_, errs, status := runs("quit\n", "--script", "-", disk)
	assert.Equal(t, 0, status, errs)
	now, err := os.ReadFile(disk)
	require.NoError(t, err)
	assert.True(t, was == string(now))
}

func TestWhatWasInterruptedAndCannotBeCompleted(t *testing.T) {
	disk, _ := interrupted(t)
	require.NoError(t, os.Remove(disk))
	_, errs, status := runs("quit\n", "--script", "-", disk)
	assert.Equal(t, exitFailed, status)
	assert.Regexp(t, `^toyvm: loading snapshot "base" was interrupted, and cannot be completed: `+disk+
		`: there is no such file; removing `+disk+`.snapshots/restore-\S+\.journal leaves the disks as they are, between two states\n$`, errs)
}
