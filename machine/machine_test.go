package machine

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// image is a medium in memory.
type image struct {
	data     []byte
	readOnly bool
}

func (m *image) ReadAt(p []byte, off int64) (int, error) {
	return bytes.NewReader(m.data).ReadAt(p, off)
}

func (m *image) WriteAt(p []byte, off int64) (int, error) { return copy(m.data[off:], p), nil }
func (m *image) Size() int64                              { return int64(len(m.data)) }
func (m *image) ReadOnly() bool                           { return m.readOnly }

// guest is a machine under test with what it has sent to COM1.
type guest struct {
	*Machine
	t      testing.TB
	serial *strings.Builder
}

func start(t testing.TB, c Config) *guest {
	t.Helper()
	g := &guest{t: t, serial: new(strings.Builder)}
	c.Serial = []func(byte){func(b byte) { g.serial.WriteByte(b) }, nil}
	m, err := New(c)
	require.NoError(t, err)
	g.Machine = m
	return g
}

// floppy is an image as a disk of 1.44 MB.
func floppy(t testing.TB, path string) *image {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	return &image{data: append(data, make([]byte, 1440<<10-len(data))...)}
}

// until runs up to a number of milliseconds of guest time until done.
func (g *guest) until(milliseconds int, what string, done func() bool) {
	g.t.Helper()
	end := g.Clock().Now() + int64(milliseconds)*1e6
	for !done() {
		if g.Clock().Now() >= end {
			g.t.Fatalf("no %s\n%s\nserial: %s\n%s", what, g.screen(), g.serial, g.Registers())
		}
		stop := g.Run(Budget{Until: g.Clock().Now() + 10e6})
		if stop.Reason != StopBudget {
			if done() {
				return
			}
			g.t.Fatalf("%v, %v and no %s\n%s\nserial: %s\n%s", stop.Reason, stop.Err, what, g.screen(), g.serial, g.Registers())
		}
	}
}

func (g *guest) screen() string {
	if text := g.Text(); text != nil {
		return text.String()
	}
	return "(graphics)"
}

func (g *guest) waitScreen(text string) {
	g.t.Helper()
	g.until(60000, text+" on the screen", func() bool { return strings.Contains(g.screen(), text) })
}

func (g *guest) waitSerial(text string) {
	g.t.Helper()
	g.until(60000, text+" from the serial port", func() bool { return strings.Contains(g.serial.String(), text) })
}

func TestNoSystem(t *testing.T) {
	g := start(t, Config{})
	g.waitScreen("No bootable")
	assert.Equal(t, "", g.serial.String())
}
