package monitor

import (
	"encoding/binary"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/cpu"
	"toyvm/machine"
)

// TestMappings has pages of both sizes, with rights in either level.
func TestMappings(t *testing.T) {
	m, err := machine.New(machine.Config{CPU: "pentium", Memory: 1 << 20})
	require.NoError(t, err)
	set := func(at, entry uint32) { m.Memory().WritePhysical(at, binary.LittleEndian.AppendUint32(nil, entry)) }
	const directory, table = 0x8000, 0x9000
	set(directory, 0x00000183)       // large, global, writable
	set(directory+4, 0x00400087)     // large, for the user, writable
	set(directory+8, table|0x07)     // both rights
	set(table, 0x00001007)           // both rights
	set(table+4, 0x00002067)         // both rights, accessed, dirty
	set(table+8, 0x0000301d)         // read-only for the user, not cached
	set(table+16, 0x00005002)        // not present
	set(directory+0xffc, table|0x01) // read-only for the system
	m.CPU.SetCR(3, directory)
	out := new(strings.Builder)
	c := &Console{Machine: m, Out: out}

	text, err := do(t, c, out, "info mem")
	require.NoError(t, err)
	assert.Equal(t, "PG disabled\n", text)
	m.CPU.SetCR(4, cpu.CR4PSE)
	m.CPU.SetCR(0, cpu.CR0PE|cpu.CR0PG)
	text, err = do(t, c, out, "info mem")
	require.NoError(t, err)
	assert.Equal(t, `0000000000000000-0000000000400000 0000000000400000 -rw
0000000000400000-0000000000802000 0000000000402000 urw
0000000000802000-0000000000803000 0000000000001000 ur-
00000000ffc00000-00000000ffc03000 0000000000003000 -r-
`, text)
	text, err = do(t, c, out, "info tlb")
	require.NoError(t, err)
	assert.Equal(t, `0000000000000000: 0000000000000000 -GP-----W
0000000000400000: 0000000000400000 --P----UW
0000000000800000: 0000000000001000 -------UW
0000000000801000: 0000000000002000 ---DA--UW
0000000000802000: 0000000000003000 -----CTU-
00000000ffc00000: 0000000000001000 -------UW
00000000ffc01000: 0000000000002000 ---DA--UW
00000000ffc02000: 0000000000003000 -----CTU-
`, text)
	text, err = do(t, c, out, "x/xb 0x803000")
	require.NoError(t, err)
	assert.Equal(t, "00803000: Cannot access memory\n", text)
}
