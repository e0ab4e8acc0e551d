package transfer

import (
	"time"

	"toyvm/machine"
	"toyvm/snapshot"
	"toyvm/snapshot/migration"
)

// ForQEMU is a machine as a stream that QEMU's isapc loads. It refuses one with
// more serial ports than it has itself; those behind the first few are left out.
func ForQEMU(m *machine.Machine, serial int) (*migration.Machine, error) {
	stream, err := migration.Capture(m, "isapc")
	if err != nil {
		return nil, err
	}
	for name, value := range m.Settings() {
		stream.Settings = append(stream.Settings, snapshot.Setting{Name: name, Value: value})
	}
	qemu := migration.QEMU{Serial: serial, RTCShift: time.Now().UnixNano() - m.RTC.Now()}
	return stream, qemu.Adapt(stream)
}
