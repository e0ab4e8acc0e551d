package roms_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/machine"
)

// medium is a disk in memory.
type medium []byte

func (m medium) ReadAt(p []byte, off int64) (int, error)  { return bytes.NewReader(m).ReadAt(p, off) }
func (m medium) WriteAt(p []byte, off int64) (int, error) { return copy(m[off:], p), nil }
func (m medium) Size() int64                              { return int64(len(m)) }
func (m medium) ReadOnly() bool                           { return false }

// guestOn returns a guest of testdata on a floppy of a size.
func guestOn(t *testing.T, name string, size int) medium {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(t, err)
	return append(data, make([]byte, size-len(data))...)
}

// TestGuestsOnTheMachine boots the guests that need nobody at the keyboard on
// the emulated board, where no program has to be installed. One of them runs
// nowhere else: QEMU clears the shutdown code at a reset.
func TestGuestsOnTheMachine(t *testing.T) {
	for _, name := range []string{
		"system.img", "floppy.img", "video.img", "protected.img",
		"graphics.img", "vbe.img", "scancodes.img", "floppies.img", "reset.img",
	} {
		t.Run(name, func(t *testing.T) {
			var serial strings.Builder
			config := machine.Config{Serial: []func(byte){func(b byte) { serial.WriteByte(b) }, nil}}
			config.Floppies[0].Medium = guestOn(t, name, 1440<<10)
			config.Floppies[1].Medium = make(medium, 720<<10)
			m, err := machine.New(config)
			require.NoError(t, err)
			stop := m.Run(machine.Budget{Until: 60e9})
			assert.Equal(t, machine.StopExit, stop.Reason, serial.String())
			assert.Contains(t, serial.String(), "PASS")
			assert.Contains(t, serial.String(), "DONE")
			for line := range strings.Lines(serial.String()) {
				assert.False(t, strings.HasPrefix(line, "FAIL"), line)
			}
		})
	}
}
