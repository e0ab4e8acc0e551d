package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// FuzzImport imports arbitrary files. What is imported is a whole snapshot.
func FuzzImport(f *testing.F) {
	for _, name := range []string{"min-halt", "irq", "paging-live", "x87ide"} {
		data, err := os.ReadFile(captures + name + ".mig.gz")
		require.NoError(f, err)
		f.Add(data)
		data, err = unpack(name, data)
		require.NoError(f, err)
		f.Add(data)
	}
	disk := writerDisk(f)
	commands(f, disk, "wait serial 0001", "savevm base")
	stream := filepath.Join(f.TempDir(), "base.mig")
	ok(f, "export", disk, "base", stream)
	data, err := os.ReadFile(stream)
	require.NoError(f, err)
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) {
		const much = 32 << 20 // bytes of memory, which takes time
		if unpacked, err := unpack("", data); err != nil || len(unpacked)/9*4096 > much && len(unpacked) > much {
			t.Skip()
		}
		dir := t.TempDir()
		file, store := filepath.Join(dir, "file"), filepath.Join(dir, "store")
		require.NoError(t, os.WriteFile(file, data, 0o644))
		require.NoError(t, os.Mkdir(store, 0o755))
		toyvm("", "snapshot", "diff", "-q", file, file)
		out, errs, status := toyvm("", "snapshot", "import", "--store", store, file, "it")
		require.Empty(t, out)
		if status != 0 {
			require.Contains(t, errs, "toyvm: ")
			return
		}
		assert.Regexp(t, "(?m)^it ", ok(t, "ls", "--store", store))
		assert.Equal(t, "no damage\n", ok(t, "verify", "--store", store))
		ok(t, "show", "--store", store, "it")
		ok(t, "export", "--store", store, "it", filepath.Join(dir, "again"))
	})
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
