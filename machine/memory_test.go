package machine

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// isMemory checks that an address holds what is written to it.
func isMemory(t *testing.T, g *guest, addr uint32) {
	t.Helper()
	before := g.read(addr, 1)
	g.write(addr, ^before[0])
	assert.Equal(t, []byte{^before[0]}, g.read(addr, 1), "%x", addr)
	g.write(addr, before...)
}

// isOpen checks that nobody answers at an address.
func isOpen(t *testing.T, g *guest, addr uint32) {
	t.Helper()
	g.write(addr, 0)
	assert.Equal(t, []byte{0xff}, g.read(addr, 1), "%x", addr)
}

func TestMemoryReachesUpToTheConfiguredSize(t *testing.T) {
	for _, size := range []uint32{64 << 10, 128 << 10, 640 << 10, 1 << 20, 1<<20 + 4096, 16 << 20} {
		t.Run(fmt.Sprintf("%d KiB", size>>10), func(t *testing.T) { memoryReachesUpTo(t, size) })
	}
}

// TestGreatestMemory is in a process of its own: a fresh one gets memory that
// costs nothing before it is touched, while Go clears what it has used before.
func TestGreatestMemory(t *testing.T) {
	const own = "TOYVM_TEST_GREATEST_MEMORY"
	if os.Getenv(own) != "" {
		memoryReachesUpTo(t, 3<<30)
		return
	}
	command := exec.Command(os.Args[0], "-test.run=^TestGreatestMemory$")
	command.Env = append(os.Environ(), own+"=1")
	output, err := command.CombinedOutput()
	require.NoError(t, err, "%s", output)
}

func memoryReachesUpTo(t *testing.T, size uint32) {
	g := idle(t, Config{Memory: int(size)})
	assert.Equal(t, MemoryRange{0, size - 1, "pc.ram"}, g.Memory().Ranges()[0])
	isMemory(t, g, 0)
	isMemory(t, g, min(size, 640<<10)-1)
	if size < 640<<10 {
		isOpen(t, g, size)
		isOpen(t, g, 640<<10-1)
	}
	if size > mebibyte {
		isMemory(t, g, mebibyte)
		isMemory(t, g, size-1)
	} else {
		isOpen(t, g, mebibyte)
	}
	if size >= mebibyte {
		isOpen(t, g, size)
	}
	isOpen(t, g, frameBase-1)
}

// TestAdapterMemoryHidesRAM looks at what is between 640 KiB and 1 MiB, where
// the RAM of the board is not to be seen.
func TestAdapterMemoryHidesRAM(t *testing.T) {
	g := start(t, Config{BIOS: numberedBIOS(2)})
	for _, addr := range []uint32{0xa0000, 0xb8000, 0xbffff, 0xc0000, 0xdffff, 0xe0000, 0xfffff} {
		g.memory.ram.Write(int(addr), []byte{0x5a})
		assert.NotEqual(t, []byte{0x5a}, g.read(addr, 1), "%x", addr)
	}
}

// TestOptionROMsAreMemory writes where the firmware copies option ROMs to.
func TestOptionROMsAreMemory(t *testing.T) {
	g := idle(t, Config{Memory: 64 << 10})
	for _, addr := range []uint32{0xc0000, 0xcffff, 0xd0000, 0xdffff} {
		isMemory(t, g, addr)
	}
	isOpen(t, g, 0xe0000) // a BIOS of 64 KiB does not reach down to here
	isOpen(t, g, 0xeffff)
}

// numberedBIOS has its number in each byte of a run of 64 KiB, counted from 1.
func numberedBIOS(runs int) (image []byte) {
	for n := range runs {
		image = append(image, bytes.Repeat([]byte{byte(n + 1)}, minBIOS)...)
	}
	return image
}

func TestBIOSShowsBelowBothEnds(t *testing.T) {
	for runs, want := range map[int]struct{ e0000, f0000, fffe0000, ffff0000 byte }{
		1: {0xff, 1, 0xff, 1},
		2: {1, 2, 1, 2},
		4: {3, 4, 3, 4},
	} {
		g := start(t, Config{BIOS: numberedBIOS(runs), Memory: 640 << 10})
		for addr, b := range map[uint32]byte{
			0xe0000: want.e0000, 0xeffff: want.e0000, 0xf0000: want.f0000, 0xfffff: want.f0000,
			0xfffe0000: want.fffe0000, 0xffff0000: want.ffff0000, 0xffffffff: want.ffff0000,
			-uint32(runs * minBIOS): 1, -uint32(runs*minBIOS) - 1: 0xff,
		} {
			assert.Equal(t, []byte{b}, g.read(addr, 1), "%x of %d runs", addr, runs)
		}
	}
}

func TestBIOSIsOneMemoryInTwoPlaces(t *testing.T) {
	g := start(t, Config{BIOS: numberedBIOS(2)})
	g.write(0xf1234, 0xaa)
	assert.Equal(t, []byte{0xaa}, g.read(0xffff1234, 1))
	g.write(0xfffe5678, 0xbb)
	assert.Equal(t, []byte{0xbb}, g.read(0xe5678, 1))
}

func TestResetRestoresOnlyTheBIOS(t *testing.T) {
	g := start(t, Config{BIOS: numberedBIOS(2)})
	for _, addr := range []uint32{0x500, 0xc0000, 0xe0000, 0xf1234, 0x100000} {
		g.write(addr, 0xaa)
	}
	require.NoError(t, g.Do(ResetAction{}))
	for addr, want := range map[uint32]byte{0x500: 0xaa, 0xc0000: 0xaa, 0xe0000: 1, 0xf1234: 2, 0xffff1234: 2, 0x100000: 0xaa} {
		assert.Equal(t, []byte{want}, g.read(addr, 1), "%x", addr)
	}
}

// TestWindowIsDisplayMemory writes through the window in chained mode and finds
// it in the linear frame buffer.
func TestWindowIsDisplayMemory(t *testing.T) {
	g := idle(t, Config{})
	g.out(0x3c4, 2)
	g.out(0x3c5, 0x0f) // all planes
	g.out(0x3c4, 4)
	g.out(0x3c5, 0x0e) // chain 4
	g.out(0x3ce, 8)
	g.out(0x3cf, 0xff) // all bits
	for window, c := range map[uint8]struct{ first, last uint32 }{
		0x00: {0xa0000, 0xbffff},
		0x04: {0xa0000, 0xaffff},
		0x08: {0xb0000, 0xb7fff},
		0x0c: {0xb8000, 0xbffff},
	} {
		g.out(0x3ce, 6)
		g.out(0x3cf, window|1)
		for _, addr := range []uint32{c.first, c.last} {
			g.write(addr, 0x5a)
			assert.Equal(t, []byte{0x5a}, g.read(addr, 1), "%x of window %x", addr, window)
			assert.Equal(t, []byte{0x5a}, g.read(frameBase+addr-c.first, 1), "%x of window %x", addr, window)
			g.write(addr, 0)
		}
		for _, addr := range []uint32{c.first - 1, c.last + 1} {
			if addr >= 0xa0000 && addr <= 0xbffff {
				isOpen(t, g, addr)
			}
		}
	}
	isMemory(t, g, frameBase+minVideo-1)
	isOpen(t, g, frameBase+minVideo)
}

// TestPlanarWindowAsksTheAdapter writes one plane through the window, which is
// not plain memory then: the planes alternate in the frame buffer.
func TestPlanarWindowAsksTheAdapter(t *testing.T) {
	g := idle(t, Config{})
	g.out(0x3c4, 2)
	g.out(0x3c5, 0x02) // plane 1
	g.out(0x3c4, 4)
	g.out(0x3c5, 0x06) // no chains
	g.out(0x3ce, 4)
	g.out(0x3cf, 1) // reads plane 1
	g.out(0x3ce, 6)
	g.out(0x3cf, 0x05) // 64 KiB at A0000h
	g.out(0x3ce, 8)
	g.out(0x3cf, 0xff)
	g.write(0xa0003, 0x5a)
	assert.Equal(t, []byte{0, 0x5a, 0, 0}, g.read(frameBase+4*3, 4))
	assert.Equal(t, []byte{0x5a}, g.read(0xa0003, 1))
	assert.Equal(t, []byte{0}, g.read(0xa0004, 1))
}

func TestProcessorRunsFromTheTopOf4GiB(t *testing.T) {
	bios := make([]byte, 2*minBIOS)
	copy(bios[0x1fff0:], []byte{0x0e, 0xfa, 0xf4}) // PUSH CS; CLI; HLT
	g := start(t, Config{BIOS: bios})
	g.memory.space.Unmap(0xf0000, minBIOS) // only the upper place is left
	assert.Equal(t, StopHalted, g.Run(Budget{}).Reason)
	assert.EqualValues(t, 3, g.CPU.Instructions())
	assert.Equal(t, []byte{0x00, 0xf0}, g.read(0xfffe, 2))
}
