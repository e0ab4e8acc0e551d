package cpu

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// runTo executes code and expects it to reach its end.
func runTo(t *testing.T, model string, cpl int, prep func(m *pmMachine), code []byte) *pmMachine {
	t.Helper()
	m := newPM(model)
	m.setup(cpl, code)
	if prep != nil {
		prep(m)
	}
	vec, err := m.run(t)
	require.Equal(t, vecOut, vec, "exception with code %X", err)
	return m
}

func TestSelectorQueries(t *testing.T) {
	const no = 0xFFFFFFFF
	for _, tc := range []struct {
		sel        uint32
		cpl        int
		rights     uint32 // LAR, or no
		limit      uint32 // LSL, or no
		verr, verw bool
	}{
		{0, 0, no, no, false, false},
		{sData0, 0, 0xCF9200, 0xFFFFFFFF, true, true},
		{sData0, 3, no, no, false, false},
		{sData0 | 3, 0, no, no, false, false},
		{sData3 | 3, 3, 0xCFF200, 0xFFFFFFFF, true, true},
		{sCode0, 0, 0xCF9A00, 0xFFFFFFFF, true, false},
		{sConform0 | 3, 3, 0xCF9E00, 0xFFFFFFFF, true, false},
		{sExecOnly, 3, 0xCFF800, 0xFFFFFFFF, false, false},
		{sReadOnly, 3, 0xCFF000, 0xFFFFFFFF, true, false},
		{sSmall, 3, 0x40F200, 0xFFF, true, true},
		{sLDT, 0, 0x008200, 0x1F, false, false},
		{sTSS2, 0, 0x008900, 0x67, false, false},
		{sGate, 3, 0x00EC00, no, false, false},
		{sTaskGate, 3, 0x00E500, no, false, false},
		{sInvalid, 0, no, no, false, false},
		{sBeyond, 0, no, no, false, false},
		{sDataNP | 3, 3, 0xCF7200, 0xFFFFFFFF, true, true},
	} {
		t.Run(fmt.Sprintf("%X at CPL %d", tc.sel, tc.cpl), func(t *testing.T) {
			m := runTo(t, "486", tc.cpl, nil, asm(0xB8, tc.sel, 0xBB, uint32(0x55), 0xB9, uint32(0x66),
				0x0F, 0x02, 0xD8, 0x0F, 0x94, 0xC2, // lar ebx,eax; setz dl
				0x0F, 0x03, 0xC8, 0x0F, 0x94, 0xC6, // lsl ecx,eax; setz dh
				0x31, 0xF6, 0x0F, 0x00, 0xE0, 0x75, 1, 0x46, // xor esi,esi; verr ax; jnz +1; inc esi
				0x31, 0xFF, 0x0F, 0x00, 0xE8, 0x75, 1, 0x47)) // xor edi,edi; verw ax; jnz +1; inc edi
			c := m.cpu
			rights, limit := uint32(0x55), uint32(0x66)
			if tc.rights != no {
				rights = tc.rights
			}
			if tc.limit != no || tc.rights != no && tc.sel != sGate && tc.sel != sTaskGate {
				limit = tc.limit
			}
			assert.Equal(t, rights, c.Reg(EBX), "LAR")
			assert.Equal(t, limit, c.Reg(ECX), "LSL")
			assert.Equal(t, b2u(tc.rights != no), c.Reg(EDX)&0xFF, "ZF of LAR")
			assert.Equal(t, b2u(limit != 0x66), c.Reg(EDX)>>8&0xFF, "ZF of LSL")
			assert.Equal(t, b2u(tc.verr), c.Reg(ESI), "VERR")
			assert.Equal(t, b2u(tc.verw), c.Reg(EDI), "VERW")
		})
	}
}

func TestMSRAndTimeStamp(t *testing.T) {
	m := runTo(t, "pentium", 0, nil, asm(0xB9, uint32(0x10), 0xB8, uint32(0x1000), 0xBA, uint32(2), 0x0F, 0x30, // wrmsr
		0x0F, 0x31, 0x89, 0xC6, 0x89, 0xD7, 0x0F, 0x32)) // rdtsc; mov esi,eax; mov edi,edx; rdmsr
	c := m.cpu
	assert.Equal(t, uint32(0x1001), c.Reg(ESI), "one instruction after WRMSR")
	assert.Equal(t, uint32(2), c.Reg(EDI))
	assert.Equal(t, uint32(0x1004), c.Reg(EAX))

	m = newPM("pentium")
	m.setup(0, asm(0x0F, 0x31))
	m.cpu.SetClock(func() uint64 { return 0x123456789 })
	m.run(t)
	assert.Equal(t, uint32(0x23456789), m.cpu.Reg(EAX))
	assert.Equal(t, uint32(1), m.cpu.Reg(EDX))
}

func TestSysenter(t *testing.T) {
	m := newPM("686")
	m.setup(3, asm(0x0F, 0x34))
	c := m.cpu
	c.msr = msrs{sysenterCS: sCode0, sysenterESP: tStack0, sysenterEIP: tGateTarget}
	m.mem.Write(tGateTarget, asm(0xBA, uint32(tCode+2), 0xB9, uint32(tStack3), 0x0F, 0x35))
	m.steps(1)
	assert.Equal(t, 0, c.CPL())
	assert.Equal(t, uint32(tStack0), c.Reg(ESP))
	vec, _ := m.run(t)
	assert.Equal(t, vecOut, vec)
	assert.Equal(t, uint32(tCode+4), m.get32(c.Reg(ESP)))
	assert.Equal(t, uint32(sCode3|3), m.get32(c.Reg(ESP)+4))
}

func TestLargePages(t *testing.T) {
	m := newPM("pentium")
	m.setup(0, asm(0xA1, uint32(0x00800123)))
	m.mapIdentity()
	m.put32(tDirectory+8, 0x83|pteU) // 4 MiB at 8 MiB, mapped to 0
	m.put32(0x123, 0xCAFE)
	m.cpu.SetCR(4, CR4PSE)
	m.cpu.SetCR(3, tDirectory)
	m.cpu.SetCR(0, CR0PE|CR0PG)
	vec, _ := m.run(t)
	assert.Equal(t, vecOut, vec)
	assert.Equal(t, uint32(0xCAFE), m.cpu.Reg(EAX))
	assert.Equal(t, uint32(0x83|pteU|pteA), m.get32(tDirectory+8))
}

func TestFPUEnvironment(t *testing.T) {
	const at = 0x20000
	// fld1; fldz; fld dword [30000]; fnsave [20000]; frstor [20000]
	code := asm(0xDB, 0xE3, 0xD9, 0xE8, 0xD9, 0xEE, 0xD9, 0x05, uint32(0x30000), 0xDD, 0x35, uint32(at), 0xDD, 0x25, uint32(at))
	m := runTo(t, "486", 0, func(m *pmMachine) { m.put32(0x30000, 0x40490FDB) }, code)
	for i, want := range []uint32{0xFFFF037F, 0xFFFF2800, 0xFFFF13FF, tCode + 6, sCode0 | 0x105<<16, 0x30000, 0xFFFF0000 | sData0} {
		assert.Equal(t, want, m.get32(at+uint32(i)*4), "word %d", i)
	}
	assert.Equal(t, uint32(0xC90FDB00), m.get32(at+28+4), "ST(0)")
	assert.Equal(t, uint32(0x4000), m.get32(at+28+8)&0xFFFF)
	cw, sw, tw, st := m.cpu.FPU()
	assert.Equal(t, uint16(0x37F), cw)
	assert.Equal(t, uint16(0x2800), sw)
	assert.Equal(t, uint16(0x13FF), tw)
	assert.Equal(t, uint64(0xC90FDB0000000000), st[0].Significand)
	assert.Equal(t, uint64(1<<63), st[2].Significand)

	// The 16-bit layout in protected mode.
	code = asm(0xDB, 0xE3, 0xD9, 0xE8, 0x66, 0xD9, 0x35, uint32(at))
	m = runTo(t, "486", 0, nil, code)
	assert.Equal(t, uint32(0x3800<<16|0x037F), m.get32(at))
	assert.Equal(t, uint32(0x3FFF), m.get32(at+4)&0xFFFF)
	assert.Equal(t, uint32(sCode0), m.get32(at+8)&0xFFFF)
}

func TestSystemTables(t *testing.T) {
	const at = 0x20000
	m := runTo(t, "486", 0, nil, asm(0x0F, 0x01, 0x05, uint32(at), 0x0F, 0x01, 0x0D, uint32(at+8), // sgdt, sidt
		0x0F, 0x00, 0xC0, 0x0F, 0x00, 0xCB, 0x0F, 0x01, 0xE1, // sldt eax, str ebx, smsw ecx
		0x0F, 0x01, 0x15, uint32(at))) // lgdt
	c := m.cpu
	assert.Equal(t, uint32(tGDT<<16|gdtLimit), m.get32(at))
	assert.Equal(t, uint32(tIDT<<16|0x7FF), m.get32(at+8))
	assert.Equal(t, uint32(sLDT), c.Reg(EAX))
	assert.Equal(t, uint32(sTSS), c.Reg(EBX))
	assert.Equal(t, uint32(CR0PE|CR0ET), c.Reg(ECX))
	assert.Equal(t, table{tGDT, gdtLimit}, c.gdt)
}

func TestLock(t *testing.T) {
	mem := func(b ...any) []byte { return asm(append([]any{0xF0}, b...)...) }
	for _, tc := range []struct {
		name string
		code []byte
		ud   bool
	}{
		{"add mem,reg", mem(0x01, 0x05, uint32(0x20000)), false}, {"add reg,mem", mem(0x03, 0x05, uint32(0x20000)), true},
		{"add reg,reg", mem(0x01, 0xC0), true}, {"cmp", mem(0x39, 0x05, uint32(0x20000)), true}, {"inc", mem(0xFF, 0x05, uint32(0x20000)), false},
		{"not", mem(0xF6, 0x15, uint32(0x20000)), false}, {"test", mem(0xF6, 0x05, uint32(0x20000), 1), true}, {"mov", mem(0x89, 0x05, uint32(0x20000)), true},
		{"xchg", mem(0x87, 0x05, uint32(0x20000)), false}, {"bts", mem(0x0F, 0xAB, 0x05, uint32(0x20000)), false}, {"bt", mem(0x0F, 0xA3, 0x05, uint32(0x20000)), true},
		{"bts imm", mem(0x0F, 0xBA, 0x2D, uint32(0x20000), 3), false}, {"bt imm", mem(0x0F, 0xBA, 0x25, uint32(0x20000), 3), true},
		{"cmpxchg", mem(0x0F, 0xB1, 0x05, uint32(0x20000)), false}, {"xadd", mem(0x0F, 0xC1, 0x05, uint32(0x20000)), false}, {"nop", mem(0x90), true},
		{"shl", mem(0xD1, 0x25, uint32(0x20000)), true}, {"push", mem(0x50), true}, {"movs", mem(0xA5), true},
	} {
		m := newPM("486")
		m.setup(0, tc.code)
		vec, _ := m.run(t)
		want := vecOut
		if tc.ud {
			want = excUD
		}
		assert.Equal(t, want, vec, tc.name)
	}
}

func TestLongInstructions(t *testing.T) {
	for n := range 20 {
		code := make([]byte, n)
		for i := range code {
			code[i] = 0x2E
		}
		m := newPM("486")
		m.setup(0, append(code, 0x90))
		vec, _ := m.run(t)
		want := vecOut
		if n+1 > 15 {
			want = excGP
		}
		assert.Equal(t, want, vec, "%d bytes", n+1)
	}
}

func TestStopAndReset(t *testing.T) {
	m := newPM("486")
	m.setup(0, asm(0xE6, 0x10, 0x90, 0x90))
	c := m.cpu
	bus := &hookBus{}
	c.bus = bus
	bus.out = c.Stop
	assert.Equal(t, ReasonStop, c.Run(100))
	assert.Equal(t, uint32(tCode+2), c.EIP())
	assert.Equal(t, "stop", ReasonStop.String())

	m.setup(0, asm(0xE6, 0x10, 0x90, 0x90))
	bus.out = c.Reset
	c.Run(1)
	c.Run(0)
	assert.Equal(t, uint32(0xFFF0), c.EIP())
}

// hookBus calls a function at each write to a port.
type hookBus struct {
	floatingBus
	out func()
}

func (b *hookBus) Out(uint16, int, uint32) { b.out() }

func TestROMAndOpenBus(t *testing.T) {
	mem, rom := NewMemory(), NewRAM(PageSize)
	rom.Write(0, []byte{1, 2, 3, 4})
	mem.MapROM(0x1000, rom, 0, PageSize)
	mem.Write(0x1000, []byte{9})
	mem.write(0x1000, 1, 9)
	p := make([]byte, 6)
	mem.Read(0xFFE, p)
	assert.Equal(t, []byte{0xFF, 0xFF, 1, 2, 3, 4}, p)
	mem.Unmap(0x1000, PageSize)
	mem.Read(0xFFE, p)
	assert.Equal(t, []byte{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}, p)
}

// PRM 26, LDS: interrupt 13 if any part of the operand would lie outside of
// the effective address space from 0 to 0FFFFH.
func TestMemoryOperandDoesNotWrapAtOffsetFFFF(t *testing.T) {
	for name, code := range map[string]string{
		"les ax,[bx]":          "C407",
		"lss ax,[bx]":          "0FB207",
		"bound ax,[bx]":        "6207",
		"jmp far [bx]":         "FF2F",
		"call far [bx]":        "FF1F",
		"lgdt [bx]":            "0F0117",
		"fld tbyte [bx-6]":     "DB6FFA",
		"fstp tbyte [bx-6]":    "DB7FFA",
		"fbstp [bx-6]":         "DF77FA",
		"fstenv [bx-11]":       "D977F5",
		"fldenv [bx-11]":       "D967F5",
		"sidt [bx]":            "0F010F",
		"les eax,[bx-2]":       "66C447FE",
		"bound eax,[bx-2]":     "666247FE",
		"jmp far dword [bx-2]": "66FF6FFE",
	} {
		t.Run(name, func(t *testing.T) {
			m := newVecMachine("486")
			h := &vecHeader{Mode: "real"}
			v := &vecTest{Code: code, Mem: []vecRun{{A: 0x100, H: code}},
				Regs: map[string]uint32{"ip": 0x100, "sp": 0x8000, "bx": 0xFFFE, "ds": 0x2000}}
			m.load(h, v)
			assert.Equal(t, excGP, m.run(h, v))
			assert.Equal(t, uint32(0x100), m.cpu.EIP())
			assert.Equal(t, uint32(0x8000), m.cpu.Reg(ESP))
		})
	}
}

// TestAlignmentOfCmpxchg8b: its operand is one of eight bytes (SDM 3, 6.15).
func TestAlignmentOfCmpxchg8b(t *testing.T) {
	m := newPM("686")
	for at, want := range map[uint32]int{0x20000: vecOut, 0x20004: excAC, 0x20008: vecOut, 0x20001: excAC} {
		m.setup(3, asm(0x0F, 0xC7, 0x0D, at))
		m.cpu.SetCR(0, CR0PE|CR0AM)
		m.cpu.SetEFlags(2 | FlagAC)
		vec, _ := m.run(t)
		assert.Equal(t, want, vec, "operand at %X", at)
	}
}
