package chardev

// muxLimit is how much waits on a side; the partner waits with more.
const muxLimit = 4096

// A Mux shares a line between a serial port and a monitor. What is typed goes
// to one of them, at first to the port; both may send.
type Mux struct {
	device *Device
	escape Escape
	// Command is told the keys behind Ctrl-A, but for the c that goes from one
	// side to the other: that is told, too, with what the side is now.
	command func(key byte, onMonitor bool)

	onMonitor bool
	port      MuxSide
	monitor   MuxSide
}

// NewMux makes a Mux of a device, from which nobody else receives.
func NewMux(d *Device, command func(key byte, onMonitor bool)) *Mux {
	m := &Mux{device: d, command: command}
	m.port.mux, m.monitor.mux = m, m
	return m
}

// Port is the serial port's side.
func (m *Mux) Port() *MuxSide { return &m.port }

// Monitor is the monitor's side.
func (m *Mux) Monitor() *MuxSide { return &m.monitor }

// A MuxSide holds what has arrived for one side.
type MuxSide struct {
	mux   *Mux
	bytes []byte
}

// Receive takes up to most bytes that have arrived for the side.
func (s *MuxSide) Receive(most int) []byte {
	s.mux.distribute()
	n := min(most, len(s.bytes))
	taken := s.bytes[:n:n]
	s.bytes = s.bytes[n:]
	return taken
}

// distribute gives the sides what has arrived.
func (m *Mux) distribute() {
	if len(m.port.bytes)+len(m.monitor.bytes) >= muxLimit {
		return
	}
	for b := m.device.Receive(muxLimit); len(b) > 0; {
		before, key, rest := m.escape.Next(b)
		side := &m.port
		if m.onMonitor {
			side = &m.monitor
		}
		side.bytes = append(side.bytes, before...)
		if b = rest; key == 'c' || key == 'C' {
			m.onMonitor = !m.onMonitor
		}
		if key != 0 {
			m.command(key, m.onMonitor)
		}
	}
}
