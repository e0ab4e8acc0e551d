package snaptest

import (
	"bytes"
	"fmt"
	"strings"
)

// reported is how much of what a serial port has sent is in a failure.
const reported = 1000

// find looks for a text behind what was found before, and passes it.
func (o *output) find(text string) bool {
	at := bytes.Index(o.bytes[o.found:], []byte(text))
	if at < 0 {
		return false
	}
	o.found += at + len(text)
	return true
}

// fail ends the test with what is wrong and where the machine stands.
func (m *Machine) fail(format string, args ...any) {
	m.tb.Helper()
	m.tb.Fatalf("%s\n%s", fmt.Sprintf(format, args...), m.report())
}

// report is the machine as it stands, for people.
func (m *Machine) report() string {
	var b strings.Builder
	fmt.Fprintf(&b, "--- screen after %v\n%s", m.Time(), m.picture())
	fmt.Fprintf(&b, "--- registers\n%s\n", m.pc.Registers())
	for port, o := range m.serial {
		if len(o.bytes) == 0 {
			continue
		}
		last := o.bytes[max(0, len(o.bytes)-reported):]
		fmt.Fprintf(&b, "--- COM%d, the last of %d bytes\n%s\n", port+1, len(o.bytes), bytes.TrimRight(last, "\r\n"))
	}
	return b.String()
}

// picture is the text on the screen without the empty lines at its end.
func (m *Machine) picture() string {
	t := m.pc.Text()
	if t == nil {
		f := m.pc.Frame().Image().Bounds()
		return fmt.Sprintf("(graphics of %dx%d)\n", f.Dx(), f.Dy())
	}
	return strings.TrimRight(t.String(), "\n") + "\n"
}
