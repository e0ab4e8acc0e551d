package monitor

import (
	"time"

	"toyvm/cmd/toyvm/internal/transfer"
	"toyvm/machine"
	"toyvm/snapshot/migration"
)

func parseMigrate(args []string) (Action, error) {
	return func(c *Console) error {
		stream, err := migration.Capture(c.Machine, "isapc")
		if err != nil {
			return err
		}
		qemu := migration.QEMU{Serial: connected(c.Machine), RTCShift: time.Now().UnixNano() - c.Machine.RTC.Now()}
		if err := qemu.Adapt(stream); err != nil {
			return err
		}
		return transfer.Write(args[0], stream.Write)
	}, nil
}

// connected is the number of serial ports up to the last that is connected to
// something. One that is not is better left out than a reason for QEMU to
// refuse the machine.
func connected(m *machine.Machine) int {
	ports := m.Config().Serial
	for len(ports) > 0 && ports[len(ports)-1] == nil {
		ports = ports[:len(ports)-1]
	}
	return len(ports)
}
