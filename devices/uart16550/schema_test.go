package uart16550

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
	qemu.Types = map[string]*vmstate.SchemaType{"serial": qemu.Types["isa-serial"]}
	ours := vmstate.NewSchema("isapc", newBench().Section(0))

	// QEMU lists buffers behind a pointer without their size.
	unsized := []string{"serial.state.serial/recv_fifo.recv_fifo.data", "serial.state.serial/xmit_fifo.xmit_fifo.data"}
	assert.Equal(t, unsized, paths(vmstate.Check(qemu, ours)))
	assert.Equal(t, unsized, paths(vmstate.Check(ours, qemu)))
}

func paths(findings []vmstate.Finding) []string {
	var paths []string
	for _, f := range findings {
		paths = append(paths, f.Path)
	}
	return paths
}
