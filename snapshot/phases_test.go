package snapshot_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/devices/i8042"
	"toyvm/machine"
	"toyvm/snapshot/snaptest"
)

// Phases of the guest that keeps every part of the machine busy, as it says
// them at the POST port.
const (
	phaseFloppy = 0xe1 + iota
	phaseDisk
	phaseFIFO
	phaseHandler
	phaseX87
	phaseString
	phaseHalt
	phasePlanar
	phaseKeys
	phaseMouse
	phasePaging
	phaseShadow

	phasePort = 0x80
)

// phases is a machine with that guest.
func phases(t testing.TB) machine.Config {
	t.Helper()
	guest, err := os.ReadFile("../testdata/guests/phases.img")
	require.NoError(t, err)
	floppy := make([]byte, 108*512)
	for i := range floppy {
		floppy[i] = byte(i>>9) + 1
	}
	copy(floppy, guest)
	disk := make([]byte, 5*512)
	for i := range disk {
		disk[i] = byte(i)
	}
	return machine.Config{
		Memory: 1 << 20, VideoMemory: 256 << 10,
		Floppies: [2]machine.Floppy{snaptest.Floppy(floppy)},
		Drives:   [4]machine.Drive{snaptest.HardDisk(1<<20, disk)},
	}
}

// A moment is where a machine is worth saving.
type moment struct {
	name  string
	phase uint32
	reach func(m *snaptest.Machine) // from the phase on
}

var moments = []moment{
	{"floppy-dma", phaseFloppy, nil},
	{"ide-read", phaseDisk, nil},
	{"serial-fifo", phaseFIFO, nil},
	{"interrupt-handler", phaseHandler, nil},
	{"x87-exception", phaseX87, nil},
	{"rep-movsb", phaseString, func(m *snaptest.Machine) { m.Until(snaptest.Instructions(5000)) }},
	{"hlt", phaseHalt, func(m *snaptest.Machine) { m.Until(snaptest.Elapsed(time.Millisecond)) }},
	{"planar", phasePlanar, nil},
	{"keyboard", phaseKeys, func(m *snaptest.Machine) {
		for range 10 {
			m.PC().Key(i8042.KeyA, true)
			m.PC().Key(i8042.KeyA, false)
		}
		m.Until(snaptest.Instructions(1000))
	}},
	{"mouse", phaseMouse, func(m *snaptest.Machine) {
		m.PC().Mouse(machine.MouseAction{DX: 5, DY: -3, Press: 1})
		m.Until(snaptest.Instructions(1000))
	}},
	{"page-fault", phasePaging, nil},
	{"interrupt-shadow", phaseShadow, func(m *snaptest.Machine) { m.Until(snaptest.Instructions(2)) }},
}

func TestGuestsAreWhatTheirSourcesMake(t *testing.T) {
	if _, err := exec.LookPath("nasm"); err != nil {
		t.Skip("no nasm")
	}
	sources, err := filepath.Glob("../testdata/guests/*.asm")
	require.NoError(t, err)
	require.NotEmpty(t, sources)
	for _, source := range sources {
		made := filepath.Join(t.TempDir(), "guest.img")
		out, err := exec.Command("nasm", "-f", "bin", "-o", made, source).CombinedOutput()
		require.NoError(t, err, "%s", out)
		want, err := os.ReadFile(made)
		require.NoError(t, err)
		is, err := os.ReadFile(strings.TrimSuffix(source, ".asm") + ".img")
		require.NoError(t, err)
		assert.True(t, bytes.Equal(want, is), "%s is not what its source makes", source)
	}
}
