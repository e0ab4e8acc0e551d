package cpu

import (
	"encoding/hex"
	"math/rand"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/arch/x86/x86asm"
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
		{32, "d6", "salc"},
		{32, "820424 05", "add byte ptr [esp], 0x5"},
		{16, "2e82 2f 05", "sub byte ptr cs:[bx], 0x5"},
		{32, "d1f0", "shl eax, 0x1"},
		{32, "c07004 03", "shl byte ptr [eax+0x4], 0x3"},
		{32, "f7c8 78563412", "test eax, 0x12345678"},
		{16, "f60f 01", "test byte ptr [bx], 0x1"},
		{32, "0f1900", "nop dword ptr [eax]"},
		{16, "0f2000", "mov eax, cr0"},
		{32, "0f2378", "mov dr7, eax"},
		{32, "d9d9", "fstp st1, st0"},
		{32, "dcd2", "fcom st0, st2"},
		{32, "ded3", "fcomp st0, st3"},
		{32, "ddcc", "fxch st0, st4"},
		{32, "dfd5", "fstp st5, st0"},
		{32, "dbe0", "fneni"},
		{32, "dbe4", "fnsetpm"},
		{32, "66d6", "salc"},
		{32, "d90b", "db 0xd9, 0x0b"},
		{32, "0fff", "db 0x0f, 0xff"},
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

// randomInstruction decides the mode of the processor and fills code with bytes among
// which prefixes and two-byte opcodes are frequent.
func randomInstruction(m *pmMachine, random *rand.Rand, code []byte) {
	m.cpu.mode = uint32(random.Intn(2)) * modeCode32
	random.Read(code)
	for i := range min(len(code), 2) {
		if common := random.Intn(20); common < 7 {
			code[i] = []byte{0x0F, 0x66, 0x67, 0x2E, 0xF0, 0xF2, 0xF3}[common]
		}
	}
}

// undefinedFPU tells the memory forms that the x87 unit does not know, which it
// finds out when it executes them.
func undefinedFPU(opcode []byte) bool {
	if len(opcode) < 2 || opcode[1] >= 0xC0 {
		return false
	}
	switch [2]byte{opcode[0], opcode[1] >> 3 & 7} {
	case [2]byte{0xD9, 1}, [2]byte{0xDB, 4}, [2]byte{0xDB, 6}, [2]byte{0xDD, 5}:
		return true
	}
	return false
}

// TestLengthsAgainstX86asm: where the library knows an instruction that the
// processor executes, both see the same number of bytes; what it does not know
// is in the lists of disasm.go.
func TestLengthsAgainstX86asm(t *testing.T) {
	m := newPM("686")
	random := rand.New(rand.NewSource(1))
	gaps, same := 0, 0
	for range 1_000_000 {
		code := make([]byte, 15)
		randomInstruction(m, random, code)
		var d decoder
		var o op
		d.decode(m.cpu, &o, 0, copy(d.buf[:15], code))
		if d.short || o.h == hColdEnd && (o.cold == coldUD || o.cold == coldGP) {
			continue
		}
		inst, err := x86asm.Decode(code, 16<<(m.cpu.mode&modeCode32))
		if err == nil && inst.Len == d.pos {
			same++
			continue
		}
		opcode := withoutPrefixes(code[:d.pos])
		first := append([]byte{}, opcode...)
		firstEncoding(first)
		if unlisted[string(opcode)] == "" && string(first) == string(opcode) && !undefinedFPU(opcode) {
			t.Errorf("% X: %d bytes, the library says %d, %v", code, d.pos, inst.Len, err)
		}
		gaps++
	}
	assert.Greater(t, same, 700_000)
	assert.Less(t, gaps, 30_000)
}

// TestDisassembledLengths takes random bytes, whole and cut off: the text is of
// as many bytes as the processor would execute, and shown as bytes is only what
// it would not.
func TestDisassembledLengths(t *testing.T) {
	m := newPM("686")
	random := rand.New(rand.NewSource(1))
	for range 100_000 {
		code := make([]byte, 1+random.Intn(16))
		randomInstruction(m, random, code)
		var d decoder
		var o op
		d.decode(m.cpu, &o, 0, copy(d.buf[:15], code))
		text, n := m.cpu.Disassemble(0, code)
		assert.Equal(t, max(d.pos, 1), n, "% x", code)
		if strings.HasPrefix(text, "db ") {
			assert.Equal(t, n, strings.Count(text, "0x"))
			assert.True(t, d.short || o.h == hColdEnd && o.cold == coldUD || undefinedFPU(withoutPrefixes(code)), "% x", code)
		}
	}
}
