package cpu

import (
	"fmt"
	"testing"
)

// TestIOPermission goes through IOPL, the place of the bitmap in the TSS and
// its bits, for ports of 1, 2 and 4 bytes, at CPL 3 and in virtual-8086 mode.
func TestIOPermission(t *testing.T) {
	const all = 0x88 // the bitmap of ports 0 to FF and the byte behind it
	var rows []scenario
	for _, d := range []struct {
		name  string
		port  int
		size  int
		base  uint32 // of the bitmap
		limit uint32 // of the TSS
		deny  []int  // ports whose bit is set
		ok    bool
	}{
		{"clear", 0x10, 1, 0x68, all, nil, true}, {"set", 0x10, 1, 0x68, all, []int{0x10}, false},
		{"set below", 0x10, 1, 0x68, all, []int{0x0F}, true}, {"set above", 0x10, 1, 0x68, all, []int{0x11}, true},
		{"clear", 0x10, 2, 0x68, all, nil, true}, {"first", 0x10, 2, 0x68, all, []int{0x10}, false}, {"second", 0x10, 2, 0x68, all, []int{0x11}, false}, {"behind", 0x10, 2, 0x68, all, []int{0x12}, true},
		{"across bytes, clear", 0x17, 2, 0x68, all, []int{0x16, 0x19}, true}, {"across bytes", 0x17, 2, 0x68, all, []int{0x18}, false},
		{"clear", 0x14, 4, 0x68, all, []int{0x13, 0x18}, true}, {"last", 0x14, 4, 0x68, all, []int{0x17}, false},
		{"across bytes, clear", 0x16, 4, 0x68, all, []int{0x15, 0x1A}, true}, {"across bytes, first", 0x16, 4, 0x68, all, []int{0x16}, false}, {"across bytes, last", 0x16, 4, 0x68, all, []int{0x19}, false},
		{"two bytes within the limit", 0x10, 1, 0x68, 0x6B, nil, true}, {"the second byte beyond the limit", 0x10, 1, 0x68, 0x6A, nil, false},
		{"the first byte beyond the limit", 0x10, 1, 0x68, 0x69, nil, false}, {"the map starts at the limit", 0, 1, 0x88, all, nil, false},
		{"the map starts beyond the limit", 0, 1, 0xFFFF, all, nil, false}, {"the last port of the map", 0xFF, 1, 0x68, all, nil, true}, {"behind the map", 0x100, 1, 0x68, all, nil, false},
		{"the map elsewhere", 0x10, 1, 0x70, all, nil, true}, {"TSS too short for the offset", 0x10, 1, 0x40, 0x66, nil, false},
	} {
		load := asm(0x66, 0xBA, uint16(d.port)) // mov dx
		v86Load := asm(0xBA, uint16(d.port))
		prefix := func(code32 bool) []byte {
			if d.size == 2 && code32 || d.size == 4 && !code32 {
				return []byte{0x66}
			}
			return nil
		}
		w := 1
		if d.size == 1 {
			w = 0
		}
		prep := func(m *pmMachine) {
			m.cpu.tr.limit = d.limit
			m.put32(tTSS+0x64, d.base<<16)
			for _, p := range d.deny {
				at := tTSS + d.base + uint32(p)/8
				m.mem.Write(at, []byte{m.ram.at(at) | 1<<(p&7)})
			}
			m.cpu.SetReg(EDI, 0x5800)
			m.cpu.SetReg(ESI, 0x5800)
		}
		vec, vec86 := excGP, excGP
		if d.ok {
			vec, vec86 = vecOut, 3
		}
		for name, op := range map[string]int{"in": 0xEC, "out": 0xEE, "ins": 0x6C, "outs": 0x6E} {
			name = fmt.Sprintf("%s %d at %X, %s, map %X, limit %X", name, d.size, d.port, d.name, d.base, d.limit)
			rows = append(rows,
				scenario{name: name, cpl: 3, prep: prep, code: asm(load, prefix(true), op|w), at: 4, vec: vec},
				scenario{name: name + ", V86", cpl: 3, prep: inV86(FlagIOPL, prep), code: asm(v86Load, prefix(false), op|w, 0xCC), at: 3, vec: vec86})
		}
	}
	for iopl := range uint32(4) {
		for _, cpl := range []int{0, 3} {
			vec := vecOut
			if cpl > int(iopl) {
				vec = excGP
			}
			for name, code := range map[string][]byte{"in": asm(0xE4, 0x10), "out": asm(0xE6, 0x10), "cli": asm(0xFA), "sti": asm(0xFB)} {
				rows = append(rows, scenario{name: fmt.Sprintf("%s, CPL %d, IOPL %d", name, cpl, iopl), cpl: cpl,
					prep: func(m *pmMachine) { m.cpu.SetEFlags(2 | iopl<<12) }, code: code, vec: vec})
			}
		}
	}
	rows = append(rows, scenario{name: "a 16-bit TSS has no map", cpl: 3, prep: func(m *pmMachine) {
		m.cpu.tr.flags = segP | 3<<8
		m.cpu.tr.limit = all
		m.put32(tTSS+2, tStack0|sData0<<16)
	}, code: asm(0xE4, 0x10), vec: excGP})
	runScenarios(t, "486", rows)
}
