package port92

import (
	"testing"

	"toyvm/devices/devicetest"
)

func TestSchemaAgreesWithQEMU(t *testing.T) {
	devicetest.AgreesWithQEMU(t, "../../testdata/qemu/isapc-dump-vmstate.json.gz", "port92", newBench().Section())
}
