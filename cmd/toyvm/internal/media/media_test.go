package media

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// image makes a file with the given size and content at its start.
func image(t *testing.T, size int64, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "disk.img")
	require.NoError(t, os.WriteFile(path, []byte(content), 0o644))
	require.NoError(t, os.Truncate(path, size))
	return path
}

func open(t *testing.T, path string, kind Kind, options Options) *Image {
	t.Helper()
	i, err := Open(path, kind, options)
	require.NoError(t, err)
	t.Cleanup(func() { i.Close() })
	return i
}

func TestKindByLooks(t *testing.T) {
	tests := []struct {
		name    string
		size    int64
		content string
		want    Kind
	}{
		{"360 KB", 360 << 10, "", Floppy},
		{"1.44 MB", 1440 << 10, "", Floppy},
		{"2.88 MB", 2880 << 10, "", Floppy},
		{"1 MiB", 1 << 20, "", HardDisk},
		{"a boot sector", 512, "", HardDisk},
		{"CD", 1 << 20, strings.Repeat("\x00", volumeLabel) + "CD001", CDROM},
		{"CD of a floppy's size", 1440 << 10, strings.Repeat("\x00", volumeLabel) + "CD001", CDROM},
	}
	for _, test := range tests {
		i := open(t, image(t, test.size, test.content), Any, Options{})
		assert.Equal(t, test.want, i.Kind(), test.name)
		assert.Equal(t, test.size, i.Size(), test.name)
		assert.Equal(t, test.want == CDROM, i.ReadOnly(), test.name)
		assert.Empty(t, i.Warning(), test.name)
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	directory := t.TempDir()
	tests := []struct {
		name string
		path string
		kind Kind
		want string
	}{
		{"missing", filepath.Join(directory, "missing.img"), Any, "there is no such file"},
		{"directory", directory, Any, "it is a directory, not a disk image"},
		{"device", os.DevNull, Any, "it is not a file with a disk image in it"},
		{"empty", image(t, 0, ""), Any, "it is empty"},
		{"odd", image(t, 1000, ""), HardDisk, "its 1000 bytes are not a whole number of sectors"},
		{"huge", image(t, maxSize+512, ""), HardDisk, "it has 2048 GiB, more than"},
		{"huge floppy", image(t, 64<<20, ""), Floppy, "its 65536 KiB do not fit on a floppy"},
		{"QCOW", image(t, 65536, "QFI\xfb"), Any, "it is a QCOW image, not a plain disk image; \"qemu-img convert"},
		{"gzip", image(t, 65536, "\x1f\x8b"), Floppy, "it is compressed, not a plain disk image; unpack it with gunzip"},
	}
	for _, test := range tests {
		_, err := Open(test.path, test.kind, Options{})
		if assert.Error(t, err, test.name) {
			assert.Contains(t, err.Error(), test.path+": "+test.want)
		}
	}
}

func TestWritesReachTheFile(t *testing.T) {
	path := image(t, 1<<20, "")
	i := open(t, path, Any, Options{})
	n, err := i.WriteAt([]byte("written"), 5000)
	require.NoError(t, err)
	assert.Equal(t, 7, n)
	require.NoError(t, i.Sync())
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, "written", string(data[5000:5007]))

	_, err = i.WriteAt([]byte("beyond the end"), 1<<20-5)
	assert.Error(t, err)
	assert.Len(t, data, 1<<20)
}

func TestEphemeralLeavesTheFileAlone(t *testing.T) {
	path := image(t, 1<<20, strings.Repeat("below ", 2000))
	before, err := os.ReadFile(path)
	require.NoError(t, err)
	i := open(t, path, Any, Options{Ephemeral: true})
	assert.False(t, i.ReadOnly())

	want := bytes.Clone(before)
	for _, at := range []int64{0, 4090, 8192, 9000, 1<<20 - 512} {
		text := bytes.Repeat([]byte{byte('a' + at%26)}, 512)
		_, err := i.WriteAt(text, at)
		require.NoError(t, err)
		copy(want[at:], text)
	}
	got := make([]byte, 1<<20)
	n, err := i.ReadAt(got, 0)
	require.NoError(t, err)
	assert.Equal(t, len(want), n)
	assert.True(t, bytes.Equal(want, got))
	n, err = i.ReadAt(got, 1<<20-10)
	assert.Equal(t, 10, n)
	assert.Error(t, err)

	require.NoError(t, i.Sync())
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.True(t, bytes.Equal(before, after))
}

func TestInMemory(t *testing.T) {
	i := InMemory(Floppy, 1440<<10, []byte("content"))
	assert.Equal(t, Floppy, i.Kind())
	assert.Equal(t, int64(1440<<10), i.Size())
	assert.False(t, i.ReadOnly())
	p := make([]byte, 512)
	_, err := i.ReadAt(p, 0)
	require.NoError(t, err)
	assert.Equal(t, "content\x00", string(p[:8]))
	_, err = i.ReadAt(p, 1440<<10-512)
	require.NoError(t, err)
	assert.Equal(t, make([]byte, 512), p)
	_, err = i.WriteAt([]byte("written"), 1440<<10-7)
	require.NoError(t, err)
	_, err = i.ReadAt(p, 1440<<10-512)
	require.NoError(t, err)
	assert.Equal(t, "written", string(p[505:]))
	assert.NoError(t, i.Sync())
	assert.NoError(t, i.Close())
}

func TestReadOnlyFile(t *testing.T) {
	path := image(t, 1<<20, "")
	require.NoError(t, os.Chmod(path, 0o444))
	i := open(t, path, Any, Options{})
	assert.True(t, i.ReadOnly())
	assert.Contains(t, i.Warning(), path+" is read-only")
	_, err := i.WriteAt([]byte("x"), 0)
	assert.Error(t, err)

	other := open(t, path, Any, Options{})
	assert.True(t, other.ReadOnly(), "readers share it")
	ephemeral := open(t, path, Any, Options{Ephemeral: true})
	assert.False(t, ephemeral.ReadOnly())
	assert.Empty(t, ephemeral.Warning())
}

func TestOneMachineWrites(t *testing.T) {
	path := image(t, 1<<20, "")
	first, err := Open(path, Any, Options{})
	require.NoError(t, err)
	for _, options := range []Options{{}, {Ephemeral: true}} {
		_, err = Open(path, Any, options)
		assert.EqualError(t, err, path+": it is in use by another machine, or by another drive of this one")
	}
	require.NoError(t, first.Close())
	open(t, path, Any, Options{Ephemeral: true})
	open(t, path, Any, Options{Ephemeral: true})
	_, err = Open(path, Any, Options{})
	assert.Error(t, err, "somebody relies on what is in it")
}

func TestDiscsAreShared(t *testing.T) {
	path := image(t, 1<<20, strings.Repeat("\x00", volumeLabel)+"CD001")
	open(t, path, Any, Options{})
	open(t, path, CDROM, Options{})
}
