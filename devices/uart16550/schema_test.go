package uart16550

import (
	"testing"

	"toyvm/devices/devicetest"
)

func TestSchemaAgreesWithQEMU(t *testing.T) {
	devicetest.AgreesWithQEMU(t, "../../testdata/qemu/isapc-dump-vmstate.json.gz", "isa-serial", newBench().Section(0))
}
