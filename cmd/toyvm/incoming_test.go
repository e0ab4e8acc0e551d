package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestStreamsThatCannotBeLoaded(t *testing.T) {
	const stream = captures + "irq.mig.gz" // of a machine with 1 MiB
	cut := filepath.Join(t.TempDir(), "cut.mig")
	data, err := os.ReadFile(captures + "min-halt.mig.gz")
	require.NoError(t, err)
	data, err = unpack("min-halt", data)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(cut, data[:1000], 0o644))
	tests := []struct {
		args []string
		want string
	}{
		{[]string{"--incoming", "missing.mig"}, "toyvm: --incoming: open missing.mig: no such file or directory\n"},
		{[]string{"--incoming", cut}, "toyvm: --incoming: " + cut + ": migration stream: section ram (instance 0): unexpected end of stream at offset 0x3e8\n"},
		{[]string{"--incoming", "../../testdata/guests/ticker.img"}, "not a migration stream: it begins with 31c08ed8"},
		{[]string{"--incoming", "exec:exit 7"}, "toyvm: --incoming: exec:exit 7: exit status 7\n"},
		{[]string{"--incoming", stream, "-m", "2"}, "toyvm: --incoming " + stream + ": that machine has 1024 KiB of memory, and --memory says 2048\n"},
		{[]string{"--incoming", stream, "--bios", bigBIOS(t)}, `memory block "pc.bios" has 65536 bytes in the stream and 131072 in the machine`},
	}
	for _, test := range tests {
		_, errs, status := runs("", test.args...)
		assert.Equal(t, exitFailed, status, test.args)
		assert.Contains(t, errs, test.want)
	}
}

// bigBIOS is a BIOS of 128 KiB.
func bigBIOS(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bios.bin")
	require.NoError(t, os.WriteFile(path, make([]byte, 128<<10), 0o644))
	return path
}
