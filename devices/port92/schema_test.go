package port92

import (
	"compress/gzip"
	"io"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/vmstate"
)

// QEMU's own list of what its devices send: it must be able to load what we
// save, and we what it saves.
func TestSchemaAgreesWithQEMU(t *testing.T) {
	f, err := os.Open("../../testdata/qemu/isapc-dump-vmstate.json.gz")
	require.NoError(t, err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	require.NoError(t, err)
	text, err := io.ReadAll(z)
	require.NoError(t, err)
	qemu, err := vmstate.ReadSchema(text)
	require.NoError(t, err)
	qemu.Types = map[string]*vmstate.SchemaType{"port92": qemu.Types["port92"]}
	ours := vmstate.NewSchema("isapc", newBench().Section())

	assert.Empty(t, vmstate.Check(qemu, ours))
	assert.Empty(t, vmstate.Check(ours, qemu))
}
