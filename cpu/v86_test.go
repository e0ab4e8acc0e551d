package cpu

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
)

// inV86 makes the code at tCode run in virtual-8086 mode, in segments at 0.
func inV86(flags uint32, more ...func(m *pmMachine)) func(m *pmMachine) {
	return func(m *pmMachine) {
		c := m.cpu
		c.SetEFlags(FlagVM | 2 | flags)
		for i := range 6 {
			c.SetSegment(i, 0, 0, 0xFFFF, segP|segS|3<<8|3<<13)
		}
		for _, f := range more {
			f(m)
		}
	}
}

// TestVirtual8086Instructions: 386 PRM 15.3 to 15.4, which instruction is
// sensitive to IOPL, which is refused always and which is not recognised.
func TestVirtual8086Instructions(t *testing.T) {
	const ok = 3 // the INT3 behind the instruction
	m16 := uint16(0x5000)
	var rows []scenario
	for _, d := range []struct {
		name       string
		code       []byte
		vec0, vec3 int // at IOPL 0 and 3
	}{
		{"cli", asm(0xFA), excGP, ok}, {"sti", asm(0xFB), excGP, ok}, {"pushf", asm(0x9C), excGP, ok}, {"popf", asm(0x9D), excGP, ok},
		{"pushfd", asm(0x66, 0x9C), excGP, ok}, {"popfd", asm(0x66, 0x9D), excGP, ok},
		{"int n", asm(0xCD, 0x41), excGP, 0x41}, {"int 3 in two bytes", asm(0xCD, 3), excGP, 3}, {"int3", asm(0xCC), ok, ok}, {"into", asm(0xB0, 0x7F, 0x04, 1, 0xCE), 4, 4},
		{"iret", asm(0xCF), excGP, ok}, {"hlt", asm(0xF4), excGP, excGP}, {"clts", asm(0x0F, 0x06), excGP, excGP},
		{"lgdt", asm(0x0F, 0x01, 0x16, m16), excGP, excGP}, {"lidt", asm(0x0F, 0x01, 0x1E, m16), excGP, excGP}, {"lmsw", asm(0x0F, 0x01, 0xF0), excGP, excGP},
		{"sgdt", asm(0x0F, 0x01, 0x06, m16), ok, ok}, {"sidt", asm(0x0F, 0x01, 0x0E, m16), ok, ok}, {"smsw", asm(0x0F, 0x01, 0xE0), ok, ok},
		{"mov eax,cr0", asm(0x0F, 0x20, 0xC0), excGP, excGP}, {"mov cr3,eax", asm(0x0F, 0x22, 0xD8), excGP, excGP},
		{"mov eax,dr0", asm(0x0F, 0x21, 0xC0), excGP, excGP}, {"mov dr7,eax", asm(0x0F, 0x23, 0xF8), excGP, excGP}, {"mov eax,tr6", asm(0x0F, 0x24, 0xF0), excGP, excGP},
		{"invd", asm(0x0F, 0x08), excGP, excGP}, {"wbinvd", asm(0x0F, 0x09), excGP, excGP}, {"invlpg", asm(0x0F, 0x01, 0x3E, m16), excGP, excGP},
		{"sldt", asm(0x0F, 0x00, 0xC0), excUD, excUD}, {"str", asm(0x0F, 0x00, 0xC8), excUD, excUD}, {"lldt", asm(0x0F, 0x00, 0xD0), excUD, excUD}, {"ltr", asm(0x0F, 0x00, 0xD8), excUD, excUD},
		{"verr", asm(0x0F, 0x00, 0xE0), excUD, excUD}, {"verw", asm(0x0F, 0x00, 0xE8), excUD, excUD}, {"lar", asm(0x0F, 0x02, 0xC0), excUD, excUD}, {"lsl", asm(0x0F, 0x03, 0xC0), excUD, excUD}, {"arpl", asm(0x63, 0xC0), excUD, excUD},
		{"mov ds", asm(0x8E, 0xD8), ok, ok}, {"push ss, pop ss", asm(0x16, 0x17), ok, ok}, {"lahf, sahf", asm(0x9F, 0x9E), ok, ok},
		{"load at the limit", asm(0xA1, uint16(0xFFFF)), excGP, excGP}, {"load above 64K", asm(0x67, 0xA1, uint32(0x10000)), excGP, excGP},
		{"store in the code segment", asm(0x2E, 0xA3, m16), ok, ok},
		{"div by zero", asm(0xF6, 0x36, m16), excDE, excDE}, {"bound", asm(0x62, 0x36, m16), excBR, excBR},
	} {
		for _, iopl := range []uint32{0, 1, 2, 3} {
			vec := d.vec0
			if iopl == 3 {
				vec = d.vec3
			}
			row := scenario{name: fmt.Sprintf("%s, IOPL %d", d.name, iopl), cpl: 3, code: asm(d.code, 0xCC), vec: vec, prep: inV86(iopl<<12, func(m *pmMachine) {
				m.cpu.SetReg(ESI, 1)
				// What IRET and POPF find.
				m.mem.Write(tStack3, asm(uint16(tCode+1), uint16(0), uint16(2)))
			})}
			rows = append(rows, row)
		}
	}
	runScenarios(t, "486", rows)
}

func TestInterruptsFromVirtual8086(t *testing.T) {
	gate := func(sel uint16, typ uint32) func(m *pmMachine) {
		return func(m *pmMachine) { m.put64(tIDT+0x41*8, gateDesc(sel, tHandlers+0x41*16, typ)) }
	}
	iopl3 := uint32(FlagIOPL)
	runScenarios(t, "486", []scenario{
		{name: "to level 0", cpl: 3, prep: inV86(iopl3), code: asm(0xCD, 0x41), vec: 0x41, check: func(t *testing.T, m *pmMachine) {
			assert.Equal(t, uint32(tStack0-36), m.cpu.Reg(ESP), "nine doublewords")
			assert.Equal(t, uint32(FlagVM|FlagIOPL|2), m.frame(0x41).eflags)
			assert.Zero(t, m.cpu.EFlags()&FlagVM)
			assert.Equal(t, 0, m.cpu.CPL())
			for _, i := range []int{ES, DS, FS, GS} {
				assert.Equal(t, segment{}, m.cpu.seg[i], vecSegs[i])
			}
		}},
		{name: "to level 1", cpl: 3, prep: inV86(iopl3, gate(sCode1, 0xEE)), code: asm(0xCD, 0x41), vec: excGP, err: sCode1},
		{name: "to level 3", cpl: 3, prep: inV86(iopl3, gate(sCode3, 0xEE)), code: asm(0xCD, 0x41), vec: excGP, err: sCode3},
		{name: "to conforming code", cpl: 3, prep: inV86(iopl3, gate(sConform0, 0xEE)), code: asm(0xCD, 0x41), vec: excGP, err: sConform0},
		{name: "through a gate of DPL 0", cpl: 3, prep: inV86(iopl3, gate(sCode0, 0x8E)), code: asm(0xCD, 0x41), vec: excGP, err: 0x41*8 + 2},
		{name: "int3 through a gate of DPL 0", cpl: 3, prep: inV86(0, func(m *pmMachine) { m.put64(tIDT+3*8, gateDesc(sCode0, tHandlers, 0x8E)) }),
			code: asm(0xCC), vec: excGP, err: 3*8 + 2},
		{name: "through a task gate", cpl: 3, prep: inV86(iopl3), code: asm(0xCD, 0x46), vec: vecOut, check: func(t *testing.T, m *pmMachine) {
			assert.Equal(t, uint32(FlagVM|FlagIOPL|2), m.get32(tTSS+0x24), "EFLAGS of the old task")
		}},
		{name: "stack full at 1", cpl: 3, prep: inV86(0, func(m *pmMachine) { m.cpu.SetReg(ESP, 1) }), code: asm(0x50), vec: excSS},
		{name: "stack wraps at 0", cpl: 3, prep: inV86(0, func(m *pmMachine) { m.cpu.SetReg(ESP, 0) }), code: asm(0x50, 0xCC), vec: 3},
	})
}

// TestFlagsInVirtual8086: POPF and IRET change neither IOPL nor VM there.
func TestFlagsInVirtual8086(t *testing.T) {
	for name, code := range map[string][]byte{
		"popf":  asm(0x66, 0x68, uint32(0x257FD7&^FlagTF&^FlagIOPL), 0x66, 0x9D, 0xCC),
		"iretd": asm(0x66, 0x68, uint32(0x257FD7&^FlagTF&^FlagIOPL&^FlagRF), 0x66, 0x6A, 0, 0x66, 0x68, uint32(tCode+18), 0x66, 0xCF, 0x90, 0xCC),
	} {
		m := newPM("486")
		m.setup(3, code)
		inV86(FlagIOPL)(m)
		vec, _ := m.run(t)
		assert.Equal(t, 3, vec, name)
		assert.Equal(t, uint32(0x257FD7&^(FlagTF|FlagRF)|FlagVM|FlagIOPL)&m.cpu.model.flagMask|2, m.frame(3).eflags, name)
	}
}

func TestIretToVirtual8086(t *testing.T) {
	frame := func(flags, cs, eip uint32) []byte {
		var b []byte
		for _, v := range []uint32{4, 3, 2, 1, 0x600, 0x1000, flags, cs, eip} {
			b = asm(b, 0x68, v)
		}
		return asm(b, 0xCF)
	}
	runScenarios(t, "486", []scenario{
		{name: "EIP beyond 64K", code: frame(FlagVM|2, 0x800, 0x10000), at: 45, vec: excGP},
		{name: "VM is ignored at CPL 3", cpl: 3, code: frame(FlagVM|2, sCode3|3, tGateTarget), vec: vecOut, check: func(t *testing.T, m *pmMachine) {
			assert.Zero(t, m.frame(vecOut).eflags&FlagVM)
		}},
		{name: "VM is ignored by POPF", code: asm(0x68, uint32(FlagVM|2), 0x9D), vec: vecOut, check: func(t *testing.T, m *pmMachine) {
			assert.Zero(t, m.frame(vecOut).eflags&FlagVM)
		}},
	})
}
