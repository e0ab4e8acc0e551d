package main

import (
	"bytes"
	"math/rand"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/machine"
	"toyvm/snapshot/migration"
)

// What only reads snapshots works while a machine runs, and does not disturb it.
func TestSnapshotsOfARunningMachine(t *testing.T) {
	disk := saved(t)
	dir := t.TempDir()
	p := startMachine(t, disk)
	p.do("wait serial 0004")
	p.do("stop")
	require.Empty(t, p.do("savevm later"))
	hash := p.do("info hash")

	assert.Regexp(t, `(?m)^later .* --$`, ok(t, "ls", disk))
	assert.Contains(t, ok(t, "tree", disk), "* later")
	assert.Contains(t, ok(t, "show", disk, "later"), "tag:          later\n")
	_, errs, status := toyvm("", "snapshot", "diff", disk, "base", "later")
	assert.Equal(t, exitDifferent, status, errs)
	ok(t, "export", disk, "later", filepath.Join(dir, "later.mig"))
	ok(t, "extract", disk, "later", "disk", "-o", filepath.Join(dir, "later.img"))
	const inUse = ": it is in use by another machine, or by another drive of this one\n"
	assert.Equal(t, "no damage\nnot compared with snapshot \"later\": "+disk+inUse, ok(t, "verify", disk))
	assert.Equal(t, hash, p.do("info hash"))

	for _, args := range [][]string{
		{"extract", disk, "base", "disk", "-o", disk},
		{"import", disk, filepath.Join(dir, "later.mig"), "again"},
	} {
		_, errs, status = toyvm("", append([]string{"snapshot"}, args...)...)
		assert.NotZero(t, status, args)
		assert.Equal(t, "toyvm: "+disk+inUse, errs)
	}
	ok(t, "rm", disk, "base")
	assert.Contains(t, p.do("loadvm base"), "there is no such snapshot in ")
	assert.Empty(t, p.do("loadvm later"))
}

// An importing process that gets Ctrl-C leaves the store as it was, or with the
// whole snapshot.
func TestImportIsInterrupted(t *testing.T) {
	store := filepath.Join(t.TempDir(), "store")
	require.NoError(t, os.Mkdir(store, 0o755))
	stream := largeStream(t)
	interrupted := 0
	for i := range 6 {
		tag := string(rune('a' + i))
		c := program("snapshot", "import", "--store", store, stream, tag)
		var errs bytes.Buffer
		c.Stderr = &errs
		require.NoError(t, c.Start())
		time.Sleep(time.Duration(i*60) * time.Millisecond)
		require.NoError(t, c.Process.Signal(os.Interrupt))
		err := c.Wait()
		names := ok(t, "ls", "--store", store)
		switch {
		case err == nil:
			assert.Regexp(t, "(?m)^"+tag+" ", names)
		case errs.String() == "toyvm: interrupted\n":
			assert.Equal(t, exitInterrupted, c.ProcessState.ExitCode())
			interrupted++
			fallthrough
		default: // before or after it minded
			assert.NotRegexp(t, "(?m)^"+tag+" ", names, errs.String())
		}
		assert.Contains(t, ok(t, "verify", "--store", store), "no damage\n")
	}
	t.Logf("interrupted %d times while it stored the machine", interrupted)
}

// largeStream is the stream of a machine whose memory is full.
func largeStream(t *testing.T) string {
	t.Helper()
	m, err := machine.New(machine.Config{Memory: 64 << 20})
	require.NoError(t, err)
	data := make([]byte, 63<<20)
	rand.New(rand.NewSource(1)).Read(data)
	m.Memory().WritePhysical(1<<20, data)
	stream, err := migration.Capture(m, "isapc")
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "large.mig")
	file, err := os.Create(path)
	require.NoError(t, err)
	defer file.Close()
	require.NoError(t, stream.Write(file))
	return path
}
