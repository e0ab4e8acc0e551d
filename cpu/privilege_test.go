package cpu

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestFlagsThatLoadsMayChange: POPF and IRET at every CPL and IOPL.
func TestFlagsThatLoadsMayChange(t *testing.T) {
	const image = FlagIF | FlagNT | FlagDF | FlagIOPL | FlagAC | FlagID | 0xD5 | FlagOF | 2
	for _, cpl := range []int{0, 3} {
		for iopl := range uint32(4) {
			for _, up := range []bool{true, false} {
				old, v := uint32(2|iopl<<12), uint32(image)
				if !up {
					old, v = image&^(FlagNT|FlagIOPL)|iopl<<12, 2
				}
				fixed := uint32(0)
				if cpl > 0 {
					fixed |= FlagIOPL
				}
				if cpl > int(iopl) {
					fixed |= FlagIF
				}
				cs := uint32(sCode0)
				if cpl == 3 {
					cs = sCode3 | 3
				}
				for name, tc := range map[string]struct {
					code []byte
					size uint32
				}{
					"popfd":         {asm(0x68, v, 0x9D), 4},
					"popf":          {asm(0x66, 0x68, uint16(v), 0x66, 0x9D), 2},
					"iretd":         {asm(0x68, v, 0x68, cs, 0x68, uint32(tCode+16), 0xCF), 4},
					"iret, 16 bits": {asm(0x66, 0x68, uint16(v), 0x66, 0x68, uint16(cs), 0x66, 0x68, uint16(tCode+14), 0x66, 0xCF), 2},
				} {
					m := newPM("486")
					m.setup(cpl, tc.code)
					m.cpu.SetEFlags(old)
					vec, _ := m.run(t)
					mask := sizeMask(uint8(tc.size)) &^ fixed
					where := fmt.Sprintf("%s of %X over %X, CPL %d", name, v, old, cpl)
					assert.Equal(t, vecOut, vec, where)
					assert.Equal(t, old&^mask|v&mask, m.frame(vec).eflags, where)
				}
			}
		}
	}
}

func TestFlagsKeptByIretOutwards(t *testing.T) {
	// The rights are those of the level that executes IRET.
	code := asm(0x68, uint32(sData3|3), 0x68, uint32(tStack3), 0x68, uint32(FlagIF|FlagIOPL|2), 0x68, uint32(sCode3|3), 0x68, uint32(tGateTarget), 0xCF)
	runScenarios(t, "486", []scenario{{name: "iret", code: code, vec: vecOut, check: func(t *testing.T, m *pmMachine) {
		assert.Equal(t, uint32(FlagIF|FlagIOPL|2), m.frame(vecOut).eflags)
	}}})
}

// TestPrivilegedInstructions: everything that CPL 0 alone may execute, whatever
// IOPL says.
func TestPrivilegedInstructions(t *testing.T) {
	at := uint32(0x20000)
	var rows []scenario
	for name, code := range map[string][]byte{
		"hlt": asm(0xF4), "clts": asm(0x0F, 0x06), "invd": asm(0x0F, 0x08), "wbinvd": asm(0x0F, 0x09),
		"lgdt": asm(0x0F, 0x01, 0x15, at), "lidt": asm(0x0F, 0x01, 0x1D, at), "lmsw": asm(0x0F, 0x01, 0xF0), "lmsw m16": asm(0x0F, 0x01, 0x35, at),
		"invlpg": asm(0x0F, 0x01, 0x3D, at), "lldt": asm(0x0F, 0x00, 0xD0), "ltr": asm(0x0F, 0x00, 0xD8), "lldt m16": asm(0x0F, 0x00, 0x15, at),
		"mov eax,cr0": asm(0x0F, 0x20, 0xC0), "mov eax,cr2": asm(0x0F, 0x20, 0xD0), "mov eax,cr3": asm(0x0F, 0x20, 0xD8), "mov eax,cr4": asm(0x0F, 0x20, 0xE0),
		"mov cr0,eax": asm(0x0F, 0x22, 0xC0), "mov cr2,eax": asm(0x0F, 0x22, 0xD0), "mov cr3,eax": asm(0x0F, 0x22, 0xD8), "mov cr4,eax": asm(0x0F, 0x22, 0xE0),
		"mov eax,dr0": asm(0x0F, 0x21, 0xC0), "mov eax,dr6": asm(0x0F, 0x21, 0xF0), "mov eax,dr7": asm(0x0F, 0x21, 0xF8),
		"mov dr0,eax": asm(0x0F, 0x23, 0xC0), "mov dr6,eax": asm(0x0F, 0x23, 0xF0), "mov dr7,eax": asm(0x0F, 0x23, 0xF8),
		"rdmsr": asm(0x0F, 0x32), "wrmsr": asm(0x0F, 0x30),
	} {
		for _, iopl := range []uint32{0, 3} {
			rows = append(rows, scenario{name: fmt.Sprintf("%s, IOPL %d", name, iopl), cpl: 3,
				prep: func(m *pmMachine) { m.cpu.SetEFlags(2 | iopl<<12) }, code: code, vec: excGP})
		}
	}
	for name, code := range map[string][]byte{
		"sgdt": asm(0x0F, 0x01, 0x05, at), "sidt": asm(0x0F, 0x01, 0x0D, at), "smsw": asm(0x0F, 0x01, 0xE0), "sldt": asm(0x0F, 0x00, 0xC0), "str": asm(0x0F, 0x00, 0xC8),
		"lar": asm(0x0F, 0x02, 0xC0), "lsl": asm(0x0F, 0x03, 0xC0), "verr": asm(0x0F, 0x00, 0xE0), "verw": asm(0x0F, 0x00, 0xE8), "arpl": asm(0x63, 0xC0),
		"pushf": asm(0x9C, 0x58), "rdtsc": asm(0x0F, 0x31), "cpuid": asm(0x0F, 0xA2),
	} {
		rows = append(rows, scenario{name: name, cpl: 3, code: code, vec: vecOut})
	}
	rows = append(rows,
		scenario{name: "rdtsc with CR4.TSD", cpl: 3, prep: func(m *pmMachine) { m.cpu.SetCR(4, CR4TSD) }, code: asm(0x0F, 0x31), vec: excGP},
		scenario{name: "rdtsc with CR4.TSD at CPL 0", prep: func(m *pmMachine) { m.cpu.SetCR(4, CR4TSD) }, code: asm(0x0F, 0x31), vec: vecOut},
		scenario{name: "general detect at CPL 3", cpl: 3, prep: func(m *pmMachine) { m.cpu.writeDR(7, dr7GD) }, code: asm(0x0F, 0x21, 0xC0), vec: excGP})
	runScenarios(t, "pentium", rows)
}

func TestControlRegisterRules(t *testing.T) {
	mov := func(cr int, v uint32) []byte { return asm(0xB8, v, 0x0F, 0x22, 0xC0|cr<<3) }
	runScenarios(t, "pentium", []scenario{
		{name: "PG without PE", code: mov(0, CR0PG), at: 5, vec: excGP},
		{name: "NW without CD", code: mov(0, CR0PE|CR0NW), at: 5, vec: excGP},
		{name: "NW and CD", code: mov(0, CR0PE|CR0NW|CR0CD), vec: vecOut},
		{name: "reserved bits of CR4", code: mov(4, 1<<31), at: 5, vec: excGP},
		{name: "mov cr1", code: mov(1, 0), at: 5, vec: excUD},
		{name: "mov cr5", code: mov(5, 0), at: 5, vec: excUD},
		{name: "mov cr7", code: mov(7, 0), at: 5, vec: excUD},
		{name: "mov eax,cr1", code: asm(0x0F, 0x20, 0xC8), vec: excUD},
		{name: "mov eax,cr6", code: asm(0x0F, 0x20, 0xF0), vec: excUD},
		{name: "mov eax,dr4", code: asm(0x0F, 0x21, 0xE0), vec: vecOut},
		{name: "mov eax,dr4 with CR4.DE", prep: func(m *pmMachine) { m.cpu.SetCR(4, CR4DE) }, code: asm(0x0F, 0x21, 0xE0), vec: excUD},
		{name: "mov dr5,eax with CR4.DE", prep: func(m *pmMachine) { m.cpu.SetCR(4, CR4DE) }, code: asm(0x0F, 0x23, 0xE8), vec: excUD},
		{name: "lmsw does not clear PE", code: asm(0x31, 0xC0, 0x0F, 0x01, 0xF0), vec: vecOut, check: func(t *testing.T, m *pmMachine) {
			assert.NotZero(t, m.cpu.cr0&CR0PE)
		}},
		{name: "ET cannot be cleared", code: mov(0, CR0PE), vec: vecOut, check: func(t *testing.T, m *pmMachine) { assert.NotZero(t, m.cpu.cr0&CR0ET) }},
	})
}
