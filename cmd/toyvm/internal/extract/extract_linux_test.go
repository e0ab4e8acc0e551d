package extract

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/snapshot"
	"toyvm/snapshot/disk"
)

// content is a disk with something at the beginning of a cluster and at the end.
func content() []byte {
	data := make([]byte, 1<<20+700)
	copy(data[128<<10:], "something")
	copy(data[len(data)-3:], "end")
	return data
}

func TestDisk(t *testing.T) {
	want := content()
	c := disk.FromBytes(int64(len(want)), want)
	path := filepath.Join(t.TempDir(), "disk.img")
	file, err := os.Create(path)
	require.NoError(t, err)
	defer file.Close()
	var last int64
	require.NoError(t, Disk(context.Background(), file, c, func(done, total int64) {
		assert.GreaterOrEqual(t, done, last)
		assert.Equal(t, int64(len(want)), total)
		last = done
	}))
	got, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.True(t, bytes.Equal(want, got))
	info, err := file.Stat()
	require.NoError(t, err)
	assert.LessOrEqual(t, info.Sys().(*syscall.Stat_t).Blocks*512, int64(64<<10), "the rest is holes")

	var b bytes.Buffer
	require.NoError(t, Disk(context.Background(), &b, c, nil))
	assert.True(t, bytes.Equal(want, b.Bytes()))
}

func TestAFileWithContentIsAppendedTo(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "file"))
	require.NoError(t, err)
	defer file.Close()
	_, err = file.WriteString("before ")
	require.NoError(t, err)
	require.NoError(t, Disk(context.Background(), file, disk.FromBytes(5, []byte("disk")), nil))
	got, err := os.ReadFile(file.Name())
	require.NoError(t, err)
	assert.Equal(t, "before disk\x00", string(got))
}

func TestMemory(t *testing.T) {
	m := snapshot.Memory{Pages: make([]*snapshot.Page, 20)}
	m.Pages[17] = &snapshot.Page{1, 2, 3}
	var b bytes.Buffer
	require.NoError(t, Memory(context.Background(), &b, m, nil))
	assert.True(t, bytes.Equal(m.Bytes(), b.Bytes()))
}

func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var b bytes.Buffer
	assert.ErrorIs(t, Disk(ctx, &b, disk.FromBytes(1<<20, nil), nil), context.Canceled)
	assert.Empty(t, b.Bytes())
}
