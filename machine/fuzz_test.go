package machine

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"toyvm/vmstate"
)

// fuzzFloppy is a floppy of 360 KB that starts with a program.
type fuzzFloppy struct{ data [360 << 10]byte }

func (f *fuzzFloppy) ReadAt(p []byte, off int64) (int, error)  { return copy(p, f.data[off:]), nil }
func (f *fuzzFloppy) WriteAt(p []byte, off int64) (int, error) { return copy(f.data[off:], p), nil }
func (f *fuzzFloppy) Size() int64                              { return int64(len(f.data)) }
func (f *fuzzFloppy) ReadOnly() bool                           { return false }

// fuzzConfig is a small machine with one disk of each kind.
func fuzzConfig(model string) Config {
	disk := new(fuzzFloppy)
	copy(disk.data[:], "\xeb\xfe") // JMP $
	disk.data[510], disk.data[511] = 0x55, 0xaa
	config := Config{CPU: model, Memory: 1 << 20, VideoMemory: minVideo, NoReboot: true}
	config.Floppies[0].Medium = disk
	config.Drives[0] = Drive{HardDisk, new(fuzzFloppy)}
	return config
}

// A savedMachine is a machine that can be had again.
type savedMachine struct {
	sections [][]byte
	blocks   [][]byte
}

// bootedMachine is a machine at the first instruction of a boot sector.
func bootedMachine(t testing.TB, model string) savedMachine {
	m, err := New(fuzzConfig(model))
	require.NoError(t, err)
	for m.CPU.EIP() != 0x7c00 {
		require.Equal(t, Stop{}, m.Run(Budget{Instructions: 1000, Until: 60 * second}))
		require.Less(t, m.Clock().Now(), int64(60*second), "the firmware does not boot")
	}
	var saved savedMachine
	for _, section := range m.Sections() {
		var e vmstate.Encoder
		require.NoError(t, section.Save(&e))
		saved.sections = append(saved.sections, e.Bytes())
	}
	for _, block := range m.Blocks() {
		saved.blocks = append(saved.blocks, contents(block))
	}
	return saved
}

// run lets the machine execute code in steps of at most step instructions.
func (s savedMachine) run(t *testing.T, model string, code []byte, step uint64) (*Machine, Stop) {
	m, err := New(fuzzConfig(model))
	require.NoError(t, err)
	for i, section := range m.Sections() {
		require.NoError(t, section.Unmarshal(s.sections[i], section.Version()))
	}
	for i, block := range m.Blocks() {
		block.RAM.Write(0, s.blocks[i])
	}
	m.Loaded()
	m.memory.ram.Write(0x7c00, code)

	last, end := m.CPU.Instructions()+50_000, m.Clock().Now()+second/5
	for m.CPU.Instructions() < last && m.Clock().Now() < end {
		stop := m.Run(Budget{Instructions: min(step, last-m.CPU.Instructions()), Until: end})
		require.NoError(t, stop.Err)
		if stop.Reason != StopBudget {
			return m, stop
		}
	}
	return m, Stop{}
}

// everything is a digest of the whole state for each part of the machine.
func everything(t *testing.T, m *Machine) []string {
	var parts []string
	for _, section := range m.Sections() {
		var e vmstate.Encoder
		require.NoError(t, section.Save(&e))
		parts = append(parts, fmt.Sprintf("%s %x", section.Name, e.Bytes()))
	}
	for _, block := range m.Blocks() {
		parts = append(parts, fmt.Sprintf("%s %x", block.Name, sha256.Sum256(contents(block))))
	}
	return parts
}

// fuzzedCode is how much code there is at most, in bytes.
const fuzzedCode = 8 << 10

// FuzzBootSector boots arbitrary code. The machine must neither crash nor
// hang, and in small steps do what it does in large ones.
func FuzzBootSector(f *testing.F) {
	images, err := filepath.Glob("../roms/testdata/*.img")
	require.NoError(f, err)
	for i, path := range images {
		image, err := os.ReadFile(path)
		require.NoError(f, err)
		f.Add(image[:min(len(image), fuzzedCode)], uint8(i))
	}
	for i, program := range []string{
		"\x31\xd2\x31\xc0\xee\x40\x75\xfc\x42\x75\xf9",                         // every byte to every port
		"\x31\xd2\xec\xed\x66\xed\x66\xef\x42\x75\xf8",                         // every port read and written
		"\xb9\x00\x01\x49\x89\xc8\xb4\x00\xcd\x10\xb8\x41\x0e\xcd\x10\xe3\xf2", // every video mode
		"\x0f\x01\x1e\x00\x00\xcc",                                             // no interrupt table: a triple fault
		"\xf4\xeb\xfd", "\xfa\xf4",                                             // HLT
		"\xbe\x00\x7c\xbf\x00\x00\xb9\xff\xff\xf3\xa4", // over the interrupt table
		"\xb8\x03\x00\xcd\x10\xbf\x00\xb8\x8e\xc7\xab\xeb\xfd",
	} {
		f.Add([]byte(program), uint8(i))
	}
	models := []string{"386", "486", "pentium", "686"}
	booted := make([]savedMachine, len(models))
	for i, model := range models {
		booted[i] = bootedMachine(f, model)
	}
	f.Fuzz(func(t *testing.T, code []byte, how uint8) {
		code = code[:min(len(code), fuzzedCode)]
		which := int(how) % len(models)
		large, stop := booted[which].run(t, models[which], code, 1<<62)
		small, again := booted[which].run(t, models[which], code, 977+uint64(how)*131)
		require.Equal(t, stop, again)
		require.Equal(t, everything(t, large), everything(t, small))
	})
}
