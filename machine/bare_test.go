package machine

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// codeBase is where the program of a bare machine is, as that of a boot sector.
const codeBase = 0x7c00

// bare is a machine without firmware: the BIOS does nothing but jump to a
// program in memory, given as a listing.
func bare(t testing.TB, c Config, listing string) *guest {
	t.Helper()
	c.BIOS = make([]byte, minBIOS)
	copy(c.BIOS[0xfff0:], []byte{0xea, 0x00, 0x7c, 0x00, 0x00}) // JMP 0000:7C00
	c.VideoMemory = minVideo
	g := start(t, c)
	g.write(codeBase, assembled(t, listing)...)
	return g
}

// idle is a bare machine that lets time pass.
func idle(t testing.TB, c Config) *guest {
	t.Helper()
	return bare(t, c, "eb fe  JMP $")
}

// assembled is the code of a listing: in each line bytes, two spaces, and for
// people the instruction.
func assembled(t testing.TB, listing string) (code []byte) {
	t.Helper()
	for line := range strings.Lines(listing) {
		digits, _, _ := strings.Cut(strings.TrimSpace(line), "  ")
		p, err := hex.DecodeString(strings.ReplaceAll(digits, " ", ""))
		require.NoError(t, err, line)
		code = append(code, p...)
	}
	return code
}

func (g *guest) write(addr uint32, p ...byte) { g.Memory().WritePhysical(addr, p) }

func (g *guest) read(addr uint32, n int) []byte {
	p := make([]byte, n)
	g.Memory().ReadPhysical(addr, p)
	return p
}

func (g *guest) in(port uint16) uint8 { return uint8(g.Bus().In(port, 1)) }

// out writes bytes to a port, one after the other.
func (g *guest) out(port uint16, values ...uint8) {
	for _, v := range values {
		g.Bus().Out(port, 1, uint32(v))
	}
}

// pass lets milliseconds of guest time pass.
func (g *guest) pass(milliseconds int) {
	g.t.Helper()
	require.Equal(g.t, Stop{}, g.Run(Budget{Until: g.Clock().Now() + int64(milliseconds)*1e6}))
}

// initPIC sets up the interrupt controllers as the firmware does, with IRQ 0
// at vector 8 and IRQ 8 at 70h, and lets through the lines of a mask.
func (g *guest) initPIC(lines uint16) {
	g.out(0x20, 0x11)
	g.out(0x21, 0x08, 0x04, 0x01, ^uint8(lines))
	g.out(0xa0, 0x11)
	g.out(0xa1, 0x70, 0x02, 0x01, ^uint8(lines>>8))
}

// requests are the interrupts that wait in the controllers.
func (g *guest) requests() uint16 {
	const readIRR = 0x0a
	g.out(0x20, readIRR)
	g.out(0xa0, readIRR)
	return uint16(g.in(0x20)) | uint16(g.in(0xa0))<<8
}

// vector points an interrupt of real mode at code in the first 64 KiB.
func (g *guest) vector(n int, offset uint16) {
	g.write(uint32(4*n), byte(offset), byte(offset>>8), 0, 0)
}
