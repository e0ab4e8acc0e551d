package monitor

import (
	"toyvm/cmd/toyvm/internal/transfer"
	"toyvm/machine"
)

func parseMigrate(args []string) (Action, error) {
	return func(c *Console) error {
		stream, err := transfer.ForQEMU(c.Machine, connected(c.Machine))
		if err != nil {
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
