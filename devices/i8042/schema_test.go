package i8042

import (
	"testing"

	"toyvm/devices/devicetest"
)

func TestSchemaAgreesWithQEMU(t *testing.T) {
	types := map[string]string{"ps2kbd": "ps2-kbd", "ps2mouse": "ps2-mouse", "pckbd": "i8042"}
	refused := map[string][]string{"ps2kbd": {"ps2kbd.ps2kbd/toyvm_held", "ps2kbd.ps2kbd/toyvm_rate", "ps2kbd.ps2kbd/toyvm_types"}}
	for _, section := range newBench().Sections() {
		devicetest.AgreesWithQEMU(t, "../../testdata/qemu/isapc-dump-vmstate.json.gz", types[section.Name], section, refused[section.Name]...)
	}
}
