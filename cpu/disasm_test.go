package cpu

import (
	"encoding/hex"
	"math/rand"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDisassemble(t *testing.T) {
	for _, test := range []struct {
		bits int
		code string
		want string
	}{
		{16, "90", "nop"},
		{16, "ea5be000f0", "jmp far 0xf000:0xe05b"},
		{16, "eb0e", "jmp 0x110"},
		{16, "e9fdfe", "jmp 0x0"},
		{16, "e9fbfe", "jmp 0xfffe"},
		{16, "74fe", "jz 0x100"},
		{16, "e8 0000", "call 0x103"},
		{16, "b83412", "mov ax, 0x1234"},
		{16, "66b878563412", "mov eax, 0x12345678"},
		{16, "8b4102", "mov ax, word ptr [bx+di+0x2]"},
		{16, "268a07", "mov al, byte ptr es:[bx]"},
		{16, "e680", "out 0x80, al"},
		{16, "ee", "out dx, al"},
		{16, "f3a4", "rep movsb byte ptr [di], byte ptr [si]"},
		{16, "f366ab", "rep stosd dword ptr [di]"},
		{16, "0f01167856", "lgdt ptr [0x5678]"},
		{16, "0f20c0", "mov eax, cr0"},
		{16, "cd10", "int 0x10"},
		{32, "b878563412", "mov eax, 0x12345678"},
		{32, "66b83412", "mov ax, 0x1234"},
		{32, "8b849000000100", "mov eax, dword ptr [eax+4*edx+0x10000]"},
		{32, "ebfe", "jmp 0x100"},
		{32, "d8c9", "fmul st0, st1"},
		{32, "0fa2", "cpuid"},
		{32, "67 8b 07", "mov eax, dword ptr [bx]"},
		{32, "64a100000000", "mov eax, dword ptr fs:[0x0]"},
		{32, "f00fb10b", "lock cmpxchg dword ptr [ebx], ecx"},
		{32, "d6", "db 0xd6"},
		{32, "8204 24 05", "db 0x82, 0x04, 0x24, 0x05"},
		{32, "b8 78 56", "db 0xb8, 0x78, 0x56"},
		{32, "", "??"},
	} {
		m := newPM("686")
		m.cpu.mode = 0
		if test.bits == 32 {
			m.cpu.mode = modeCode32
		}
		code, err := hex.DecodeString(strings.ReplaceAll(test.code, " ", ""))
		require.NoError(t, err)
		text, n := m.cpu.Disassemble(0x100, code)
		assert.Equal(t, test.want, text, "%d bits: %s", test.bits, test.code)
		assert.Equal(t, len(code), n, "%d bits: %s", test.bits, test.code)
	}
}

// TestDisassembledLengths takes random bytes, whole and cut off: the text is
// of as many bytes as the processor would execute.
func TestDisassembledLengths(t *testing.T) {
	m := newPM("686")
	random := rand.New(rand.NewSource(1))
	unknown := 0
	const most = 100_000
	for i := range most {
		m.cpu.mode = uint32(i & modeCode32)
		code := make([]byte, 1+random.Intn(16))
		random.Read(code)
		var d decoder
		d.decode(m.cpu, new(op), 0, copy(d.buf[:15], code))
		text, n := m.cpu.Disassemble(0, code)
		assert.Equal(t, max(d.pos, 1), n, "% x", code)
		if strings.HasPrefix(text, "db ") && !d.short {
			unknown++
			assert.Equal(t, n, strings.Count(text, "0x"))
		}
	}
	assert.Less(t, unknown, most/20, "what the library lacks are second encodings of few instructions")
}
