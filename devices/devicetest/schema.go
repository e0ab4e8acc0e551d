package devicetest

import (
	"compress/gzip"
	"io"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/vmstate"
)

// AgreesWithQEMU compares the schema of a section with QEMU's own list of what
// its devices send, the file isapc-dump-vmstate.json.gz, where the device is
// listed under the name typ. We must be able to load what QEMU saves, and it
// what we save but for the fields and subsections in refused.
func AgreesWithQEMU(t *testing.T, file, typ string, section *vmstate.Section, refused ...string) {
	t.Helper()
	qemu := readSchema(t, file)
	qemu.Types = map[string]*vmstate.SchemaType{section.Name: qemu.Types[typ]}
	ours := vmstate.NewSchema("isapc", section)

	assert.Empty(t, vmstate.Check(qemu, ours))
	var paths []string
	for _, f := range vmstate.Check(ours, qemu) {
		paths = append(paths, f.Path)
	}
	assert.Equal(t, refused, paths)
}

func readSchema(t *testing.T, file string) *vmstate.Schema {
	t.Helper()
	f, err := os.Open(file)
	require.NoError(t, err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	require.NoError(t, err)
	text, err := io.ReadAll(z)
	require.NoError(t, err)
	schema, err := vmstate.ReadSchema(text)
	require.NoError(t, err)
	return schema
}
