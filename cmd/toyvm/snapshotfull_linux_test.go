package main

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// fileSystem is a small file system of its own, which takes an administrator.
func fileSystem(t *testing.T, size string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Skip("needs the right to mount a file system: ", err)
	}
	t.Cleanup(func() { assert.NoError(t, syscall.Unmount(dir, syscall.MNT_DETACH)) })
	return dir
}

// fillUp leaves no space in a file system.
func fillUp(t *testing.T, dir string) {
	t.Helper()
	file, err := os.Create(filepath.Join(dir, "full"))
	require.NoError(t, err)
	defer file.Close()
	for {
		if _, err := file.Write(make([]byte, 4096)); err != nil {
			require.True(t, errors.Is(err, syscall.ENOSPC), err)
			return
		}
	}
}

func TestSnapshotsOnAFullDisk(t *testing.T) {
	store := filepath.Join(fileSystem(t, "4m"), "store")
	disk := writerDisk(t)
	p := stopped(t, "--store", store, disk)
	require.Empty(t, p.do("savevm base"))
	require.Empty(t, p.do("savevm more"))
	p.do("cont")
	p.do("wait serial 0008")
	p.do("stop")
	before := ok(t, "ls", "--store", store)
	fillUp(t, filepath.Dir(store))

	hash := p.do("info hash")
	assert.Regexp(t, `^Error: snapshot "next": write .*: no space left on device\n$`, p.do("savevm next"))
	assert.Regexp(t, `^Error: snapshot "base": write .*: no space left on device\n$`, p.do("savevm base"), "the one before stays")
	assert.Regexp(t, `^Error: snapshot "base": .*write .*: no space left on device\n$`, p.do("loadvm base"), "without a journal the disk is not touched")
	assert.Equal(t, hash, p.do("info hash"))
	assert.Equal(t, before, ok(t, "ls", "--store", store))
	assert.Contains(t, ok(t, "verify", "--store", store), "no damage\n")

	assert.Empty(t, p.do("delvm more"), "deleting works without space")
	require.NoError(t, os.Remove(filepath.Join(filepath.Dir(store), "full")))
	assert.Empty(t, p.do("loadvm base"))
	assert.Empty(t, p.do("savevm next"))
}

func TestSnapshotsInAReadOnlyDirectory(t *testing.T) {
	dir := fileSystem(t, "4m")
	store := filepath.Join(dir, "store")
	disk := writerDisk(t)
	p := stopped(t, "--store", store, disk)
	require.Empty(t, p.do("savevm base"))
	p.do("cont")
	p.do("wait serial 0008")
	p.do("stop")
	require.NoError(t, syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""))

	hash := p.do("info hash")
	const readOnly = "read-only file system\n"
	for _, command := range []string{"savevm next", "loadvm base", "delvm base"} {
		assert.Regexp(t, `^Error: snapshot "(next|base)": .*: `+readOnly+`$`, p.do(command))
	}
	assert.Equal(t, hash, p.do("info hash"))
	p.kill()

	assert.Contains(t, ok(t, "ls", "--store", store), "\nbase ")
	assert.Equal(t, "18\n", ok(t, "show", "--store", store, "base", "i8254.channels[1].count"))
	assert.Contains(t, ok(t, "verify", "--store", store), "no damage\n")
	_, errs, status := toyvm("", "snapshot", "rm", "--store", store, "base")
	assert.Equal(t, exitTrouble, status)
	assert.Contains(t, errs, readOnly)

	out, errs, status := runs("", "--store", store, "--load", "base", "--ephemeral", "--script", scriptFile(t, "info block ide0-hd0"), disk)
	assert.Equal(t, 0, status, "with --ephemeral it is enough to read: "+errs)
	assert.Contains(t, out, disk)
}
