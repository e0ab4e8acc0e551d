package main

import (
	"bytes"
	"math/rand"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// imported imports a file that may hold anything. What is imported is a whole
// snapshot.
func imported(t *testing.T, data []byte) (status int) {
	dir := t.TempDir()
	file, store := filepath.Join(dir, "file"), filepath.Join(dir, "store")
	require.NoError(t, os.WriteFile(file, data, 0o644))
	require.NoError(t, os.Mkdir(store, 0o755))
	out, errs, status := toyvm("", "snapshot", "import", "--store", store, file, "it")
	require.Empty(t, out)
	if status != 0 {
		require.Contains(t, errs, "toyvm: ")
		require.Equal(t, "There is no snapshot available.\n", ok(t, "ls", "--store", store))
		return status
	}
	require.Regexp(t, "(?m)^it ", ok(t, "ls", "--store", store))
	require.Equal(t, "no damage\n", ok(t, "verify", "--store", store))
	again := filepath.Join(dir, "again")
	ok(t, "export", "--store", store, "it", again)
	ok(t, "diff", "-q", "--store", store, "it", again)
	return status
}

func FuzzImport(f *testing.F) {
	for _, name := range []string{"min-halt", "paging-live"} {
		data, err := os.ReadFile(captures + name + ".mig.gz")
		require.NoError(f, err)
		f.Add(data)
		data, err = unpack(name, data)
		require.NoError(f, err)
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		const much = 4 << 20 // bytes, which take time
		if unpacked, err := unpack("", data); err != nil || len(unpacked) > much {
			t.Skip()
		}
		imported(t, data)
	})
}

func TestImportOfDamagedStreams(t *testing.T) {
	random := rand.New(rand.NewSource(1))
	taken, refused := 0, 0
	for _, name := range []string{"min-halt", "irq", "paging-live", "x87ide"} {
		stream, err := os.ReadFile(captures + name + ".mig.gz")
		require.NoError(t, err)
		stream, err = unpack(name, stream)
		require.NoError(t, err)
		devices := bytes.Index(stream, []byte("\x05timer")) // behind the memory
		require.Positive(t, devices)
		for range 40 {
			data := bytes.Clone(stream)
			for range 1 + random.Intn(4) {
				data[devices+random.Intn(len(data)-devices)] = byte(random.Intn(256))
			}
			if random.Intn(4) == 0 {
				data = data[:random.Intn(len(data))]
			}
			if imported(t, data) == 0 {
				taken++
			} else {
				refused++
			}
		}
	}
	t.Logf("%d were taken, %d refused", taken, refused)
	assert.Positive(t, taken)
	assert.Positive(t, refused)
}

// Memory is taken for what a stream holds only, whatever it announces.
func TestImportOfAStreamThatAnnouncesTooMuch(t *testing.T) {
	data, err := os.ReadFile(captures + "irq.mig.gz")
	require.NoError(t, err)
	data, err = unpack("irq", data)
	require.NoError(t, err)
	at := len("QEVM") + 4 + 1 + 4 + len("isapc")
	at += 1 + 4 + 1 + len("ram") + 4 + 4 // header of the section
	require.Equal(t, "pc.ram", string(data[at+8+1:at+8+1+6]))
	size := data[at+8+1+6:][:8]
	require.Equal(t, []byte{0, 0, 0, 0, 0, 0x10, 0, 0}, size)
	for _, huge := range []byte{0xbf, 0xff} {
		copy(size, []byte{0, 0, 0, 0, huge})
		copy(data[at:], []byte{0, 0, 0, 0, huge, 0x23, 0, 0x04}) // in all
		path := filepath.Join(t.TempDir(), "huge.mig")
		require.NoError(t, os.WriteFile(path, data, 0o644))
		for _, args := range [][]string{{"import", "--store", t.TempDir(), path, "x"}, {"diff", path, path}} {
			_, errs, status := toyvm("", append([]string{"snapshot"}, args...)...)
			assert.Equal(t, exitTrouble, status)
			assert.Regexp(t, `memory block "pc.ram" has \d+ pages, and the stream holds 256 of them\n$`, errs)
		}
	}
}
