package main

import (
	"context"
	"errors"
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
	moved := filepath.Join(t.TempDir(), "moved")
	for name, test := range map[string]struct {
		move func(disk string) error
		now  func(disk string) string
	}{
		"moved with its directory": {
			func(disk string) error { return os.Rename(filepath.Dir(disk), moved) },
			func(disk string) string { return filepath.Join(moved, filepath.Base(disk)) },
		},
		"renamed": {
			func(disk string) error {
				return errors.Join(os.Rename(disk, disk+".new"), os.Rename(disk+storeSuffix, disk+".new"+storeSuffix))
			},
			func(disk string) string { return disk + ".new" },
		},
	} {
		t.Run(name, func(t *testing.T) {
			disk, was := interrupted(t)
			require.NoError(t, test.move(disk))
			disk = test.now(disk)
			_, errs, status := runs("quit\n", "--script", "-", disk)
			assert.Equal(t, 0, status, errs)
			now, err := os.ReadFile(disk)
			require.NoError(t, err)
			assert.True(t, was == string(now))
		})
	}
}

func TestWhatWasInterruptedAndCannotBeCompleted(t *testing.T) {
	disk, _ := interrupted(t)
	require.NoError(t, os.Truncate(disk, 1<<20))
	_, errs, status := runs("quit\n", "--script", "-", disk)
	assert.Equal(t, exitFailed, status)
	assert.Equal(t, `toyvm: loading snapshot "base" was interrupted, and cannot be completed: `+disk+
		" has 1048576 bytes, and had 16777216; move it away to give up what was begun\n", errs)
}
