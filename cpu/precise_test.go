package cpu

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestStackFaultsArePrecise: instructions of several stack accesses fault
// before the first, at a limit and at a page. The stack has room bytes.
func TestStackFaultsArePrecise(t *testing.T) {
	const base = tEdge // the stack segment starts at a page; the one below is absent
	var rows []scenario
	for _, d := range []struct {
		name  string
		code  []byte
		need  uint32 // bytes of stack
		write bool
	}{
		{"push", asm(0x50), 4, true}, {"push word", asm(0x66, 0x50), 2, true}, {"push imm", asm(0x6A, 1), 4, true}, {"push seg", asm(0x1E), 4, true},
		{"push mem", asm(0xFF, 0x35, uint32(0x20000)), 4, true}, {"pushf", asm(0x9C), 4, true},
		{"pusha", asm(0x60), 32, true}, {"pusha, words", asm(0x66, 0x60), 16, true},
		{"call", asm(0xE8, uint32(0)), 4, true}, {"call far", far(0x9A, sCode3|3, tCode+7), 8, true}, {"call reg", asm(0xFF, 0xD0), 4, true},
		{"enter 0,0", asm(0xC8, uint16(0), 0), 4, true}, {"enter 16,0", asm(0xC8, uint16(16), 0), 20, true}, {"enter 0,1", asm(0xC8, uint16(0), 1), 8, true},
		{"enter 8,3", asm(0xC8, uint16(8), 3), 24, true}, {"enter 0,31", asm(0xC8, uint16(0), 31), 128, true},
	} {
		for _, short := range []uint32{0, 1, 4} {
			if short > d.need {
				continue
			}
			stack := func(limit uint32, based uint32) func(m *pmMachine) {
				return func(m *pmMachine) {
					m.cpu.SetSegment(SS, sData3|3, based, limit, segP|segS|segB|3<<8|3<<13)
					m.cpu.SetReg(EBP, d.need+0x200)
					m.cpu.SetReg(EAX, tCode+uint32(len(d.code)))
				}
			}
			// An expand-up segment ends below 0.
			name := fmt.Sprintf("%s, %d bytes short", d.name, short)
			limit := scenario{name: name + ", limit", cpl: 3, code: d.code, vec: vecOut, prep: func(m *pmMachine) {
				stack(0xFFF, base)(m)
				m.cpu.SetReg(ESP, d.need-short)
			}}
			page := scenario{name: name + ", page", cpl: 3, code: d.code, vec: vecOut, prep: func(m *pmMachine) {
				paged(tEdge | 7)(m)
				m.put32(tTable+(tEdge>>12-1)*4, 0)
				stack(0xFFFFFFFF, 0)(m)
				m.cpu.SetReg(ESP, base+d.need-short)
				m.cpu.SetReg(EBP, base+d.need+0x200)
			}}
			if short > 0 {
				limit.vec, page.vec, page.err = excSS, excPF, 6
				for _, row := range []*scenario{&limit, &page} {
					row.check = func(t *testing.T, m *pmMachine) {
						for i := uint32(base - 0x100); i < base+0x100; i++ {
							require.Zero(t, m.ram.at(i), "memory at %X", i)
						}
					}
				}
			}
			rows = append(rows, limit, page)
		}
	}
	for _, d := range []struct {
		name string
		code []byte
		need uint32
	}{
		{"pop", asm(0x58), 4}, {"pop word", asm(0x66, 0x58), 2}, {"popa", asm(0x61), 32}, {"popa, words", asm(0x66, 0x61), 16}, {"popf", asm(0x9D), 4},
		{"ret", asm(0xC3), 4}, {"pop mem", asm(0x8F, 0x05, uint32(0x20000)), 4}, {"retf", asm(0xCB), 8}, {"iret", asm(0xCF), 12},
	} {
		rows = append(rows, scenario{name: d.name + ", one byte beyond the limit", cpl: 3, code: d.code, vec: excSS, prep: func(m *pmMachine) {
			m.cpu.SetSegment(SS, sData3|3, base, 0xFFF, segP|segS|segB|3<<8|3<<13)
			m.cpu.SetReg(ESP, 0x1001-d.need)
		}})
	}
	rows = append(rows, scenario{name: "leave beyond the limit", cpl: 3, code: asm(0xC9), vec: excSS, prep: func(m *pmMachine) {
		m.cpu.SetSegment(SS, sData3|3, base, 0xFFF, segP|segS|segB|3<<8|3<<13)
		m.cpu.SetReg(ESP, 0x800)
		m.cpu.SetReg(EBP, 0xFFD)
	}})
	runScenarios(t, "486", rows)
}

// TestReadsThatEndInAnAbsentPage: instructions that read several values change
// nothing if the last of them is not there.
func TestReadsThatEndInAnAbsentPage(t *testing.T) {
	edge := func(flags uint32, values ...uint32) func(m *pmMachine) {
		return func(m *pmMachine) {
			at := tEdge - uint32(len(values))*4
			for i, v := range values {
				m.put32(at+uint32(i)*4, v)
			}
			paged(tEdge)(m)
			m.cpu.SetReg(ESP, at)
			m.cpu.SetEFlags(flags | 2)
		}
	}
	pointer := func(code ...any) []byte { return asm(append(code, uint32(tEdge-4))...) }
	runScenarios(t, "486", []scenario{
		{name: "popa", cpl: 3, prep: edge(0, 1, 2, 3, 4, 5, 6, 7), code: asm(0x61), vec: excPF, err: 4, check: cr2(tEdge)},
		{name: "popa, words", cpl: 3, prep: edge(0, 1, 2, 3), code: asm(0x66, 0x61), vec: excPF, err: 4, check: cr2(tEdge)},
		{name: "retf", cpl: 3, prep: edge(0, tGateTarget), code: asm(0xCB), vec: excPF, err: 4, check: cr2(tEdge)},
		{name: "retf outwards, the stack pointer", prep: edge(0, tGateTarget, sCode3|3), code: asm(0xCB), vec: excPF, check: cr2(tEdge)},
		{name: "retf outwards, the stack segment", prep: edge(0, tGateTarget, sCode3|3, tStack3), code: asm(0xCB), vec: excPF, check: cr2(tEdge)},
		{name: "iret", cpl: 3, prep: edge(0, tGateTarget, sCode3|3), code: asm(0xCF), vec: excPF, err: 4, check: cr2(tEdge)},
		{name: "iret outwards", prep: edge(0, tGateTarget, sCode3|3, 2, tStack3), code: asm(0xCF), vec: excPF, check: cr2(tEdge)},
		{name: "iret to virtual-8086 mode", prep: edge(0, 0, 0x800, FlagVM|2, 0x1000, 0x600, 1, 2, 3), code: asm(0xCF), vec: excPF, check: cr2(tEdge)},
		{name: "ret", cpl: 3, prep: edge(0), code: asm(0xC3), vec: excPF, err: 4, check: cr2(tEdge)},
		{name: "popf", cpl: 3, prep: edge(FlagDF), code: asm(0x9D), vec: excPF, err: 4, check: cr2(tEdge)},
		{name: "pop ds", cpl: 3, prep: edge(0), code: asm(0x1F), vec: excPF, err: 4, check: cr2(tEdge)},
		{name: "les", cpl: 3, prep: edge(0, 0x1234), code: pointer(0xC4, 0x1D), vec: excPF, err: 4, check: cr2(tEdge)},
		{name: "jmp far", cpl: 3, prep: edge(0, tGateTarget), code: pointer(0xFF, 0x2D), vec: excPF, err: 4, check: cr2(tEdge)},
		{name: "call far", cpl: 3, prep: edge(0, tGateTarget), code: pointer(0xFF, 0x1D), vec: excPF, err: 4, check: cr2(tEdge)},
		{name: "lgdt", prep: edge(0, 0x12345678), code: pointer(0x0F, 0x01, 0x15), vec: excPF, check: cr2(tEdge)},
		{name: "bound", cpl: 3, prep: edge(0, 0), code: pointer(0x62, 0x05), vec: excPF, err: 4, check: cr2(tEdge)},
		{name: "fld m64", cpl: 3, prep: edge(0, 1), code: pointer(0xDD, 0x05), vec: excPF, err: 4, check: cr2(tEdge)},
	})
}

// TestInnerStackThatEndsInAnAbsentPage: nothing of the frame is written, and the
// exception finds the outer level as it was.
func TestInnerStackThatEndsInAnAbsentPage(t *testing.T) {
	for name, code := range map[string][]byte{"int": asm(0xCD, 0x50), "call gate": far(0x9A, lAny, 0)} {
		m := newPM("486")
		m.setup(3, code)
		m.put64(tIDT+0x50*8, gateDesc(sCode1, tGateTarget, 0xEE))
		m.put64(tGDT+lAny, gateDesc(sCode1, tGateTarget, 0xEC))
		m.put32(tTSS+0x0C, tEdge+8)
		paged(tEdge | 7)(m)
		m.put32(tTable+(tEdge>>12-1)*4, 0)
		vec, err := m.run(t)
		require.Equal(t, excPF, vec, name)
		assert.Equal(t, uint32(2), err, name)
		assert.Equal(t, uint32(tEdge-4), m.cpu.cr2, name)
		assert.Equal(t, frame{2, tCode, sCode3 | 3, FlagRF | 2, tStack3, sData3 | 3}, m.frame(vec), name)
		assert.Zero(t, m.get32(tEdge), name)
		assert.Zero(t, m.get32(tEdge+4), name)
	}
}

// TestRepeatedStringsAtAFault: registers are those of the iteration that faults.
func TestRepeatedStringsAtAFault(t *testing.T) {
	for _, tc := range []struct {
		name     string
		op       int
		size     uint32
		src, dst uint32 // of the first element
		down     bool
		done     uint32 // iterations before the fault
		write    bool
		uses     string
	}{
		{"movsb into", 0xA4, 1, 0x30000, tEdge - 3, false, 3, true, "sd"}, {"movsd into", 0xA5, 4, 0x30000, tEdge - 8, false, 2, true, "sd"},
		{"movsd from", 0xA5, 4, tEdge - 8, 0x30000, false, 2, false, "sd"}, {"movsd split", 0xA5, 4, 0x30000, tEdge - 6, false, 1, true, "sd"},
		{"movsd down", 0xA5, 4, 0x30000, tEdge + 0x1008, true, 3, true, "sd"},
		{"stosb", 0xAA, 1, 0, tEdge - 5, false, 5, true, "d"}, {"stosd", 0xAB, 4, 0, tEdge - 12, false, 3, true, "d"}, {"stosd at once", 0xAB, 4, 0, tEdge, false, 0, true, "d"},
		{"lodsd", 0xAD, 4, tEdge - 8, 0, false, 2, false, "s"}, {"lodsb", 0xAC, 1, tEdge - 1, 0, false, 1, false, "s"},
		{"cmpsd, source", 0xA7, 4, tEdge - 8, 0x30000, false, 2, false, "sd"}, {"cmpsb, destination", 0xA6, 1, 0x30000, tEdge - 4, false, 4, false, "sd"},
		{"scasd", 0xAF, 4, 0, tEdge - 16, false, 4, false, "d"}, {"insb", 0x6C, 1, 0, tEdge - 2, false, 2, true, "d"}, {"outsb", 0x6E, 1, tEdge - 2, 0, false, 2, false, "s"},
	} {
		for _, cpl := range []int{0, 3} {
			t.Run(fmt.Sprintf("%s, CPL %d", tc.name, cpl), func(t *testing.T) {
				m := newPM("486")
				m.setup(cpl, asm(0xF3, tc.op))
				paged(0)(m)
				c := m.cpu
				flags := uint32(FlagIOPL | 2)
				step := tc.size
				if tc.down {
					flags |= FlagDF
					step = -step
				}
				c.SetEFlags(flags)
				c.SetReg(ECX, 100)
				c.SetReg(ESI, tc.src)
				c.SetReg(EDI, tc.dst)
				vec, err := m.run(t)
				require.Equal(t, excPF, vec)
				assert.Equal(t, b2u(tc.write)<<1|b2u(cpl == 3)<<2, err)
				assert.Equal(t, 100-tc.done, c.Reg(ECX))
				si, di := tc.src, tc.dst
				if tc.uses != "d" {
					si += tc.done * step
				}
				if tc.uses != "s" {
					di += tc.done * step
				}
				assert.Equal(t, si, c.Reg(ESI))
				assert.Equal(t, di, c.Reg(EDI))
				assert.Equal(t, uint32(tCode), m.frame(vec).eip)
			})
		}
	}
}

// TestLockList: LOCK is for these instructions with memory, and no other.
func TestLockList(t *testing.T) {
	at := uint32(0x20000)
	var rows []scenario
	add := func(name string, allowed bool, code ...any) {
		row := scenario{name: name, code: asm(append([]any{0xF0}, code...)...), vec: excUD}
		if allowed {
			row.vec = vecOut
		}
		rows = append(rows, row)
	}
	for i, name := range []string{"add", "or", "adc", "sbb", "and", "sub", "xor", "cmp"} {
		ok := name != "cmp"
		add(name+" m8,r8", ok, i<<3, 0x05, at)
		add(name+" m32,r32", ok, i<<3|1, 0x05, at)
		add(name+" r8,m8", false, i<<3|2, 0x05, at)
		add(name+" r32,m32", false, i<<3|3, 0x05, at)
		add(name+" al,imm", false, i<<3|4, 1)
		add(name+" eax,imm", false, i<<3|5, at)
		add(name+" r32,r32", false, i<<3|1, 0xC0)
		add(name+" m8,imm", ok, 0x80, 0x05|i<<3, at, 1)
		add(name+" m32,imm", ok, 0x81, 0x05|i<<3, at, at)
		add(name+" m32,imm8", ok, 0x83, 0x05|i<<3, at, 1)
		add(name+" r32,imm8", false, 0x83, 0xC0|i<<3, 1)
	}
	for i, name := range []string{"test", "test (1)", "not", "neg", "mul", "imul", "div", "idiv"} {
		ok := i == 2 || i == 3
		tail := []byte{}
		if i < 2 {
			tail = asm(at)
		}
		add(name+" m32", ok, 0xF7, 0x05|i<<3, at, tail)
		add(name+" r32", false, 0xF7, 0xC0|i<<3, tail)
	}
	for i, name := range []string{"inc", "dec", "call", "callf", "jmp", "jmpf", "push"} {
		add(name+" m32", i < 2, 0xFF, 0x05|i<<3, at)
	}
	for i, name := range []string{"bt", "bts", "btr", "btc"} {
		add(name+" m32,r32", i > 0, 0x0F, 0xA3|i<<3, 0x05, at)
		add(name+" m32,imm8", i > 0, 0x0F, 0xBA, 0x25|i<<3, at, 1)
		add(name+" r32,imm8", false, 0x0F, 0xBA, 0xE0|i<<3, 1)
	}
	for i := range 8 {
		add(fmt.Sprintf("shift /%d", i), false, 0xC1, 0x05|i<<3, at, 1)
	}
	add("xchg m32", true, 0x87, 0x05, at)
	add("xchg m8", true, 0x86, 0x05, at)
	add("xchg r32", false, 0x87, 0xC0)
	add("xchg eax", false, 0x91)
	add("cmpxchg m32", true, 0x0F, 0xB1, 0x05, at)
	add("cmpxchg r32", false, 0x0F, 0xB1, 0xC0)
	add("xadd m8", true, 0x0F, 0xC0, 0x05, at)
	add("xadd r32", false, 0x0F, 0xC1, 0xC0)
	add("mov m32", false, 0x89, 0x05, at)
	add("lea", false, 0x8D, 0x05, at)
	add("pop m32", false, 0x8F, 0x05, at)
	add("setcc m8", false, 0x0F, 0x94, 0x05, at)
	add("shld m32", false, 0x0F, 0xA4, 0x05, at, 1)
	add("movs", false, 0xA5)
	add("fld", false, 0xD9, 0x05, at)
	add("nop", false, 0x90)
	add("int3", false, 0xCC)
	runScenarios(t, "486", rows)
	rows = nil
	add("cmpxchg8b m64", true, 0x0F, 0xC7, 0x0D, at)
	add("cmpxchg8b /2", false, 0x0F, 0xC7, 0x15, at)
	add("cmovc r32,m32", false, 0x0F, 0x42, 0x05, at)
	runScenarios(t, "686", rows)
}

// TestFifteenBytes: redundant prefixes up to a length of 15 are allowed, of a
// short and of a long instruction, within a page and across two.
func TestFifteenBytes(t *testing.T) {
	for _, base := range [][]byte{asm(0x90), asm(0x81, 0x05, uint32(0x20000), uint32(1)), asm(0x0F, 0xBA, 0x2D, uint32(0x20000), 1)} {
		for n := len(base); n < 19; n++ {
			for _, at := range []uint32{0x30000, tEdge - 5} {
				m := newPM("486")
				m.setup(0, asm(0xB8, at, 0xFF, 0xE0))
				code := make([]byte, n-len(base))
				for i := range code {
					code[i] = 0x3E
				}
				m.mem.Write(at, asm(code, base, 0xCD, vecOut))
				vec, err := m.run(t)
				want := vecOut
				if n > 15 {
					want = excGP
					assert.Zero(t, err)
					assert.Equal(t, at, m.frame(vec).eip)
				}
				assert.Equal(t, want, vec, "%d bytes of % X", n, base)
			}
		}
	}
}

// TestLengthAndLimitBeforeThePage: an instruction that is too long or runs
// beyond the limit of CS is #GP(0) even if its next byte lies in an absent page.
func TestLengthAndLimitBeforeThePage(t *testing.T) {
	prefixes := func(n int, tail ...any) []byte {
		code := make([]byte, n)
		for i := range code {
			code[i] = 0x3E
		}
		return append(code, asm(tail...)...)
	}
	for _, tc := range []struct {
		name   string
		before uint32 // bytes of the instruction in the first page
		code   []byte // those bytes
		limit  uint32
		vec    int
	}{
		{"15 prefixes", 15, prefixes(15), 0xFFFFFFFF, excGP},
		{"16 prefixes", 16, prefixes(16), 0xFFFFFFFF, excGP},
		{"14 prefixes", 14, prefixes(14), 0xFFFFFFFF, excPF},
		{"15 bytes", 15, prefixes(13, 0xCD, vecOut), 0xFFFFFFFF, vecOut},
		{"the immediate beyond the limit", 3, asm(0xB8, 1, 2), tEdge - 1, excGP},
		{"prefixes up to the limit", 3, prefixes(3), tEdge - 1, excGP},
		{"the last byte at the limit", 2, asm(0xCD, vecOut), tEdge - 1, vecOut},
		{"one byte below the limit", 3, asm(0xB8, 1, 2), tEdge, excPF},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m := newPM("486")
			at := tEdge - tc.before
			m.setup(0, asm(0xB8, at, 0xFF, 0xE0))
			m.mem.Write(at, tc.code)
			paged(0)(m)
			m.cpu.SetSegment(CS, sCode0, 0, tc.limit, segP|segS|segB|0xB<<8)
			vec, err := m.run(t)
			require.Equal(t, tc.vec, vec)
			if vec != vecOut {
				assert.Zero(t, err)
				assert.Equal(t, at, m.frame(vec).eip)
			}
			if vec == excPF {
				assert.Equal(t, uint32(tEdge), m.cpu.cr2)
			}
		})
	}
}

// TestEnterAndLeaveOfEverySize: the operand size says how much of EBP changes,
// the stack how much of ESP; ENTER with 32-bit operands copies all of ESP (SDM
// 2, ENTER and LEAVE).
func TestEnterAndLeaveOfEverySize(t *testing.T) {
	const esp, ebp = 0x00016100, 0x00055678
	enter, leave := asm(0xC8, uint16(0x10), 0), asm(0xC9)
	nested := asm(0xC8, uint16(0x10), 1)
	for _, tc := range []struct {
		name     string
		stack32  bool
		code     []byte
		esp, ebp uint32 // after
		slots    []uint32
		size     uint32
	}{
		{"enter", true, enter, esp - 4 - 0x10, esp - 4, []uint32{ebp}, 4},
		{"enter, words", true, asm(0x66, enter), esp - 2 - 0x10, 0x560FE, []uint32{ebp & 0xFFFF}, 2},
		{"enter level 1", true, nested, esp - 8 - 0x10, esp - 4, []uint32{ebp, esp - 4}, 4},
		{"enter level 1, words", true, asm(0x66, nested), esp - 4 - 0x10, 0x560FE, []uint32{ebp & 0xFFFF, 0x60FE}, 2},
		{"enter, 16-bit stack", false, enter, esp - 4 - 0x10, esp - 4, []uint32{ebp}, 4},
		{"enter, words, 16-bit stack", false, asm(0x66, enter), esp - 2 - 0x10, 0x560FE, []uint32{ebp & 0xFFFF}, 2},
		{"enter level 1, 16-bit stack", false, nested, esp - 8 - 0x10, esp - 4, []uint32{ebp, esp - 4}, 4},
		{"leave", true, leave, ebp + 4, 0xAABBCCDD, nil, 0},
		{"leave, words", true, asm(0x66, leave), ebp + 2, 0x5CCDD, nil, 0},
		{"leave, 16-bit stack", false, leave, 0x1567C, 0xAABBCCDD, nil, 0},
		{"leave, words, 16-bit stack", false, asm(0x66, leave), 0x1567A, 0x5CCDD, nil, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m := newPM("486")
			m.setup(0, tc.code)
			c := m.cpu
			flags := uint32(segP | segS | 3<<8)
			at := uint32(esp & 0xFFFF)
			if tc.stack32 {
				flags |= segB
				at = esp
			}
			c.SetSegment(SS, sData0, 0, 0xFFFFFFFF, flags)
			c.SetReg(ESP, esp)
			c.SetReg(EBP, ebp)
			m.put32(ebp, 0xAABBCCDD)
			m.put32(ebp&0xFFFF, 0xAABBCCDD)
			c.Step()
			assert.Equal(t, uint32(tCode+len(tc.code)), c.eip)
			assert.Equalf(t, tc.esp, c.Reg(ESP), "ESP %X", c.Reg(ESP))
			assert.Equalf(t, tc.ebp, c.Reg(EBP), "EBP %X", c.Reg(EBP))
			for i, want := range tc.slots {
				got := m.mem.read(at-uint32(i+1)*tc.size, tc.size)
				assert.Equalf(t, want, got, "slot %d: %X", i, got)
			}
		})
	}
}
