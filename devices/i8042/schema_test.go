package i8042

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
	qemu.Types = map[string]*vmstate.SchemaType{
		"ps2kbd":   qemu.Types["ps2-kbd"],
		"ps2mouse": qemu.Types["ps2-mouse"],
		"pckbd":    qemu.Types["i8042"],
	}
	ours := vmstate.NewSchema("isapc", newBench().Sections()...)

	assert.Empty(t, vmstate.Check(qemu, ours))
	var refused []string
	for _, f := range vmstate.Check(ours, qemu) {
		refused = append(refused, f.Path)
	}
	assert.Equal(t, []string{"ps2kbd.ps2kbd/toyvm_held", "ps2kbd.ps2kbd/toyvm_rate", "ps2kbd.ps2kbd/toyvm_types"}, refused)
}
