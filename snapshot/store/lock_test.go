package store

import (
	"context"
	"errors"
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestASecondWriterIsToldWhoIsFirst(t *testing.T) {
	s := Open(t.TempDir() + "/s")
	image := imageOf(t, small)
	save(t, s, "x", image)
	done, err := s.change(t.Context())
	require.NoError(t, err)

	other := Open(s.dir)
	_, err = other.Save(t.Context(), "y", image, Meta{}, nil)
	var busy *BusyError
	require.ErrorAs(t, err, &busy)
	assert.Equal(t, strconv.Itoa(os.Getpid()), busy.PID)
	assert.EqualError(t, err, `snapshot "y": `+s.dir+" is being changed by process "+busy.PID+": try again when it is done")
	require.ErrorAs(t, other.Delete(t.Context(), "x"), &busy)
	requireEqual(t, image, load(t, other, "x"))

	done()
	save(t, other, "y", image)
}

func TestSavesOfOneProcessWaitForEachOther(t *testing.T) {
	s := Open(t.TempDir() + "/s")
	save(t, s, "x", imageOf(t, tiny))
	done, err := s.change(t.Context())
	require.NoError(t, err)

	ctx, cancel := context.WithCancel(t.Context())
	failed := make(chan error)
	go func() {
		_, err := s.Save(ctx, "y", imageOf(t, tiny), Meta{}, nil)
		failed <- err
	}()
	cancel()
	require.ErrorIs(t, <-failed, context.Canceled)
	go func() {
		_, err := s.Save(t.Context(), "z", imageOf(t, tiny), Meta{}, nil)
		failed <- err
	}()
	done()
	require.NoError(t, <-failed)
}

func TestACancelledSaveLeavesNothing(t *testing.T) {
	s := Open(t.TempDir() + "/s")
	save(t, s, "x", imageOf(t, tiny))
	before, err := s.files.Names()
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	image := imageOf(t, shape{ram: 8 << 20, random: 100, seed: 5})
	_, err = s.Save(ctx, "x", image, Meta{}, func(done, total int64) {
		assert.Equal(t, int64(8<<20+3*pageSize), total, "memory, firmware and the description")
		if done > total/2 {
			cancel()
		}
	})
	require.ErrorIs(t, err, context.Canceled)
	after, err := s.files.Names()
	require.NoError(t, err)
	assert.Equal(t, before, after)
	_, err = s.Load(ctx, "x", nil)
	require.True(t, errors.Is(err, context.Canceled))
}
