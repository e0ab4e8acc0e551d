package cpu

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
)

// alignmentOn asks for alignment checks.
func alignmentOn(m *pmMachine) {
	m.cpu.SetEFlags(FlagAC | 2)
	m.cpu.SetCR(0, CR0PE|CR0AM)
}

// TestAlignmentOfOperands: SDM 3, 6.15, interrupt 17, the table of data types.
func TestAlignmentOfOperands(t *testing.T) {
	const base = 0x20000
	var rows []scenario
	for _, d := range []struct {
		name  string
		align uint32
		rest  uint32 // of the address of an aligned operand
		code  []any  // before the address
	}{
		{"load byte", 1, 0, []any{0x8A, 0x0D}}, {"load word", 2, 0, []any{0x66, 0x8B, 0x0D}}, {"load dword", 4, 0, []any{0x8B, 0x0D}},
		{"store byte", 1, 0, []any{0x88, 0x0D}}, {"store word", 2, 0, []any{0x66, 0x89, 0x0D}}, {"store dword", 4, 0, []any{0x89, 0x0D}},
		{"movzx byte", 1, 0, []any{0x0F, 0xB6, 0x0D}}, {"movzx word", 2, 0, []any{0x0F, 0xB7, 0x0D}},
		{"add", 4, 0, []any{0x01, 0x0D}}, {"inc word", 2, 0, []any{0x66, 0xFF, 0x05}}, {"not", 4, 0, []any{0xF7, 0x15}}, {"rol", 4, 0, []any{0xD1, 0x05}},
		{"xchg", 4, 0, []any{0x87, 0x0D}}, {"xadd", 4, 0, []any{0x0F, 0xC1, 0x0D}}, {"cmpxchg", 4, 0, []any{0x0F, 0xB1, 0x0D}}, {"cmpxchg8b", 8, 0, []any{0x0F, 0xC7, 0x0D}},
		{"bts", 4, 0, []any{0x0F, 0xAB, 0x05}}, {"bt, 16 bits", 2, 0, []any{0x66, 0x0F, 0xA3, 0x05}}, {"mul", 4, 0, []any{0xF7, 0x25}},
		{"push", 4, 0, []any{0xFF, 0x35}}, {"pop", 4, 0, []any{0x8F, 0x05}}, {"pop word", 2, 0, []any{0x66, 0x8F, 0x05}},
		{"mov to a segment register", 2, 0, []any{0x8E, 0x05}}, {"mov from a segment register", 2, 0, []any{0x8C, 0x1D}},
		{"les, 48 bits", 4, 0, []any{0xC4, 0x0D}}, {"les, 32 bits", 2, 0, []any{0x66, 0xC4, 0x0D}},
		{"bound", 4, 0, []any{0x62, 0x05}}, {"bound, 16 bits", 2, 0, []any{0x66, 0x62, 0x05}},
		{"sgdt", 4, 2, []any{0x0F, 0x01, 0x05}}, {"sidt", 4, 2, []any{0x0F, 0x01, 0x0D}}, {"sldt", 2, 0, []any{0x0F, 0x00, 0x05}}, {"verr", 2, 0, []any{0x0F, 0x00, 0x25}},
	} {
		for off := range uint32(8) {
			at := base + off
			row := scenario{name: fmt.Sprintf("%s at +%d", d.name, off), cpl: 3, code: asm(asm(d.code...), at), vec: vecOut, prep: func(m *pmMachine) {
				alignmentOn(m)
				m.cpu.SetReg(ECX, 0xFFFFFFFF)
			}}
			if (off-d.rest)%d.align != 0 {
				row.vec = excAC
				row.check = func(t *testing.T, m *pmMachine) {
					assert.Equal(t, make([]byte, 20), m.ram.contents()[base:base+20], "memory")
				}
			}
			rows = append(rows, row)
		}
	}
	runScenarios(t, "pentium", rows)
}

// TestAlignmentOfStacks: pushes and pops of an instruction are accesses of the
// program, those to an inner stack are not.
func TestAlignmentOfStacks(t *testing.T) {
	var rows []scenario
	for _, d := range []struct {
		name  string
		align uint32
		code  []byte
	}{
		{"push", 4, asm(0x50)}, {"push word", 2, asm(0x66, 0x50)}, {"push immediate", 4, asm(0x6A, 1)}, {"push fs", 2, asm(0x0F, 0xA0)}, {"pushf", 4, asm(0x9C)}, {"pusha", 4, asm(0x60)}, {"pusha, 16 bits", 2, asm(0x66, 0x60)},
		{"pop", 4, asm(0x59)}, {"pop word", 2, asm(0x66, 0x59)}, {"popf, 16 bits", 2, asm(0x66, 0x9D)}, {"popa, 16 bits", 2, asm(0x66, 0x61)}, {"pop fs", 2, asm(0x0F, 0xA1)},
		{"call", 4, asm(0xE8, uint32(0))}, {"enter", 4, asm(0xC8, uint16(8), 0)}, {"enter with frames", 4, asm(0xC8, uint16(8), 3)},
		{"call far", 4, far(0x9A, sCode3|3, tGateTarget)}, {"call to a gate", 1, far(0x9A, sGate, 0)}, {"int", 1, asm(0xCD, vecOut)},
	} {
		for off := range uint32(4) {
			row := scenario{name: fmt.Sprintf("%s at +%d", d.name, off), cpl: 3, code: d.code, vec: vecOut, prep: func(m *pmMachine) {
				alignmentOn(m)
				m.cpu.SetReg(ESP, tStack3-0x40+off)
				m.cpu.SetReg(EBP, tStack3-0x20+off)
			}}
			if off%d.align != 0 {
				row.vec = excAC
			}
			rows = append(rows, row)
		}
	}
	runScenarios(t, "486", rows)
}

// TestAlignmentIsCheckedAtLevel3Only: AM and AC ask for it, which the 386 lacks.
func TestAlignmentIsCheckedAtLevel3Only(t *testing.T) {
	odd := asm(0xA1, uint32(0x20001))
	at := func(cpl int, prep func(m *pmMachine), vec int) scenario {
		return scenario{name: fmt.Sprintf("CPL %d", cpl), cpl: cpl, prep: prep, code: odd, vec: vec}
	}
	runScenarios(t, "386", []scenario{at(3, alignmentOn, vecOut)})
	runScenarios(t, "486", []scenario{
		at(0, alignmentOn, vecOut), at(3, alignmentOn, excAC),
		{name: "without AC", cpl: 3, prep: func(m *pmMachine) { m.cpu.SetCR(0, CR0PE|CR0AM) }, code: odd, vec: vecOut},
		{name: "without AM", cpl: 3, prep: func(m *pmMachine) { m.cpu.SetEFlags(FlagAC | 2) }, code: odd, vec: vecOut},
		{name: "AC set by popf", cpl: 3, prep: func(m *pmMachine) { m.cpu.SetCR(0, CR0PE|CR0AM) },
			code: asm(0x68, uint32(FlagAC|2), 0x9D, odd), at: 6, vec: excAC},
		{name: "AC cleared by popf", cpl: 3, prep: alignmentOn, code: asm(0x6A, 2, 0x9D, odd), vec: vecOut},
		{name: "CPL 1", cpl: 3, prep: func(m *pmMachine) {
			alignmentOn(m)
			putGDT(lAny, gateDesc(sCode1, tGateTarget, 0xEC))(m)
			m.mem.Write(tGateTarget, asm(odd, 0xCD, vecOut))
		}, code: far(0x9A, lAny, 0), vec: vecOut},
		{name: "virtual-8086 mode", cpl: 3, prep: inV86(FlagAC, func(m *pmMachine) { m.cpu.SetCR(0, CR0PE|CR0AM) }), code: asm(0xA1, uint16(0x5001)), vec: excAC},
		{name: "a limit comes first", cpl: 3, prep: alignmentOn, code: asm(moveSeg(FS, sSmall|3), 0x64, 0xA1, uint32(0xFFD)), at: 7, vec: excGP},
	})
}

func TestAlignmentAfterIretOutwards(t *testing.T) {
	m := newPM("486")
	m.setup(0, asm(0x68, uint32(sData3|3), 0x68, uint32(tStack3), 0x68, uint32(FlagAC|2), 0x68, uint32(sCode3|3), 0x68, uint32(tGateTarget), 0xCF))
	m.mem.Write(tGateTarget, asm(0x2E, 0xA1, uint32(0x20001)))
	m.cpu.SetCR(0, CR0PE|CR0AM)
	vec, err := m.run(t)
	assert.Equal(t, excAC, vec)
	assert.Zero(t, err)
	assert.Equal(t, uint32(tGateTarget), m.frame(vec).eip)
}

// TestTablesNeedNoAlignment: the processor's own accesses are those of level 0.
func TestTablesNeedNoAlignment(t *testing.T) {
	odd := func(table uint32) uint32 { return table + 0x18001 }
	moved := func(m *pmMachine) {
		alignmentOn(m)
		for _, d := range []struct{ from, n uint32 }{{tGDT, gdtLimit + 1}, {tIDT, 0x800}, {tTSS, 0x88}, {tLDT, 0x20}} {
			m.mem.Write(odd(d.from), m.ram.contents()[d.from:d.from+d.n])
		}
		c := m.cpu
		c.gdt.base, c.idt.base, c.tr.base, c.ldt.base = odd(tGDT), odd(tIDT), odd(tTSS), odd(tLDT)
		c.tr.limit = 0x87
	}
	runScenarios(t, "486", []scenario{
		{name: "GDT", cpl: 3, prep: moved, code: moveSeg(DS, sData3), vec: vecOut},
		{name: "LDT", cpl: 3, prep: moved, code: moveSeg(DS, lData3), vec: vecOut},
		{name: "call gate and TSS", cpl: 3, prep: moved, code: far(0x9A, sGate, 0), vec: vecOut},
		{name: "lar", cpl: 3, prep: moved, code: asm(0xB8, uint32(sData3), 0x0F, 0x02, 0xC8), vec: vecOut},
		{name: "I/O permission bitmap", cpl: 3, prep: moved, code: asm(0xE4, 0x10), vec: vecOut},
	})
}
