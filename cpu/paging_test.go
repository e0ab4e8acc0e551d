package cpu

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The page pair of these tests: what lies below tEdge is always writable.
const tEdge = 0x41000

// paged turns paging on with the entry of the page at tEdge.
func paged(pte uint32) func(m *pmMachine) {
	return func(m *pmMachine) {
		m.mapIdentity()
		m.put32(tTable+tEdge>>12*4, pte)
		m.cpu.SetCR(3, tDirectory)
		m.cpu.SetCR(0, CR0PE|CR0PG|CR0WP)
	}
}

func cr2(want uint32) func(t *testing.T, m *pmMachine) {
	return func(t *testing.T, m *pmMachine) { assert.Equal(t, want, m.cpu.cr2, "CR2") }
}

// TestAccessesAcrossPages: CR2 is the first byte that cannot be accessed, and
// neither page changes.
func TestAccessesAcrossPages(t *testing.T) {
	accesses := []struct {
		name  string
		size  uint32
		write bool
		code  func(at uint32) []byte
	}{
		{"load word", 2, false, func(at uint32) []byte { return asm(0x66, 0xA1, at) }},
		{"load dword", 4, false, func(at uint32) []byte { return asm(0xA1, at) }},
		{"store word", 2, true, func(at uint32) []byte { return asm(0x66, 0xA3, at) }},
		{"store dword", 4, true, func(at uint32) []byte { return asm(0xA3, at) }},
		{"add", 4, true, func(at uint32) []byte { return asm(0x01, 0x05, at) }},
		{"inc", 4, true, func(at uint32) []byte { return asm(0xFF, 0x05, at) }},
		{"not", 4, true, func(at uint32) []byte { return asm(0xF7, 0x15, at) }},
		{"shl", 4, true, func(at uint32) []byte { return asm(0xD1, 0x25, at) }},
		{"shld", 4, true, func(at uint32) []byte { return asm(0x0F, 0xA4, 0x05, at, 3) }},
		{"xchg", 4, true, func(at uint32) []byte { return asm(0x87, 0x05, at) }},
		{"xadd", 4, true, func(at uint32) []byte { return asm(0x0F, 0xC1, 0x05, at) }},
		{"bts", 4, true, func(at uint32) []byte { return asm(0x0F, 0xBA, 0x2D, at, 3) }},
		{"cmp", 4, false, func(at uint32) []byte { return asm(0x39, 0x05, at) }},
		{"push from memory", 4, false, func(at uint32) []byte { return asm(0xFF, 0x35, at) }},
		{"pop to memory", 4, true, func(at uint32) []byte { return asm(0x8F, 0x05, at) }},
		{"fild", 4, false, func(at uint32) []byte { return asm(0xDB, 0x05, at) }},
		{"fist", 4, true, func(at uint32) []byte { return asm(0xDB, 0x15, at) }},
		{"fst m64", 8, true, func(at uint32) []byte { return asm(0xDD, 0x15, at) }},
		{"sgdt", 6, true, func(at uint32) []byte { return asm(0x0F, 0x01, 0x05, at) }},
	}
	var rows []scenario
	for _, a := range accesses {
		for _, cpl := range []int{0, 3} {
			for _, entry := range []struct {
				name string
				pte  uint32
			}{{"absent", tEdge}, {"read-only", tEdge | pteP | pteU}, {"supervisor", tEdge | pteP | pteW}} {
				at := uint32(tEdge - 1)
				row := scenario{name: fmt.Sprintf("%s, %s, CPL %d", a.name, entry.name, cpl), cpl: cpl, prep: func(m *pmMachine) {
					for i := uint32(tEdge - 16); i < tEdge+16; i += 4 {
						m.put32(i, 0xA5A5A5A5)
					}
					paged(entry.pte)(m)
				}, code: a.code(at), vec: vecOut}
				if a.write {
					row.err |= 2
				}
				if cpl == 3 {
					row.err |= 4
				}
				fault := entry.pte&pteP == 0
				if !fault {
					row.err |= 1
					fault = a.write && entry.pte&pteW == 0 || cpl == 3 && entry.pte&pteU == 0
				}
				if fault {
					row.vec = excPF
					row.check = func(t *testing.T, m *pmMachine) {
						assert.Equal(t, uint32(tEdge), m.cpu.cr2, "CR2")
						for i := uint32(tEdge - 16); i < tEdge+16; i += 4 {
							assert.Equal(t, uint32(0xA5A5A5A5), m.get32(i), "memory at %X", i)
						}
						assert.Zero(t, m.get32(tTable+tEdge>>12*4)&(pteA|pteD), "the page was not accessed")
					}
				}
				rows = append(rows, row)
			}
		}
	}
	runScenarios(t, "486", rows)
}

func TestFetchFaults(t *testing.T) {
	jump := func(to uint32) []byte { return asm(0xB8, to, 0xFF, 0xE0) }
	for _, tc := range []struct {
		name     string
		cpl      int
		at       uint32 // where the instruction starts
		bytes    []byte // put there
		pte      uint32
		vec      int
		err, cr2 uint32
	}{
		{"into an absent page", 3, tEdge + 4, nil, 0, excPF, 4, tEdge + 4},
		{"into an absent page", 0, tEdge + 4, nil, 0, excPF, 0, tEdge + 4},
		{"into a supervisor page", 3, tEdge + 4, nil, tEdge | 3, excPF, 5, tEdge + 4},
		{"the second byte is absent", 3, tEdge - 1, []byte{0xB0}, 0, excPF, 4, tEdge},
		{"the immediate is absent", 0, tEdge - 3, []byte{0xB8, 1, 2}, 0, excPF, 0, tEdge},
		{"the last byte in the page", 3, tEdge - 2, []byte{0xCD, vecOut}, 0, vecOut, 0, 0},
		{"prefixes up to the end", 0, tEdge - 3, []byte{0x66, 0x2E, 0x67}, 0, excPF, 0, tEdge},
	} {
		t.Run(fmt.Sprintf("%s, CPL %d", tc.name, tc.cpl), func(t *testing.T) {
			m := newPM("486")
			m.setup(tc.cpl, jump(tc.at))
			m.mem.Write(tc.at, tc.bytes)
			paged(tc.pte)(m)
			vec, err := m.run(t)
			require.Equal(t, tc.vec, vec)
			if vec == excPF {
				assert.Equal(t, tc.err, err)
				assert.Equal(t, tc.cr2, m.cpu.cr2)
				assert.Equal(t, tc.at, m.frame(vec).eip)
			}
		})
	}
}

// TestTablesBehindPages: the processor reads and writes descriptor tables and
// the TSS with supervisor rights, whatever the CPL.
func TestTablesBehindPages(t *testing.T) {
	ldt := func(pte, wp uint32, desc uint64) func(m *pmMachine) {
		return func(m *pmMachine) {
			m.cpu.ldt.base = tEdge
			m.put64(tEdge+8, desc)
			paged(pte)(m)
			m.cpu.SetCR(0, CR0PE|CR0PG|wp)
		}
	}
	// The TSS of these rows lies before the edge, its I/O bitmap across it.
	tss := func(pte uint32) func(m *pmMachine) {
		return func(m *pmMachine) {
			m.ram.Write(tEdge-0x80, m.ram.contents()[tTSS:tTSS+0x68])
			m.cpu.tr.base, m.cpu.tr.limit = tEdge-0x80, 0xFFF
			paged(pte)(m)
		}
	}
	const fresh, used = 0xF2, 0xF3
	data := func(typ uint32) uint64 { return segDesc(0, 0xFFFFF, typ, 0xC) }
	load := moveSeg(DS, lData3)
	runScenarios(t, "486", []scenario{
		{name: "LDT in a supervisor page", cpl: 3, prep: ldt(tEdge|pteP|pteW, CR0WP, data(fresh)), code: load, vec: vecOut},
		{name: "LDT in an absent page", cpl: 3, prep: ldt(tEdge, CR0WP, data(fresh)), code: load, at: 5, vec: excPF, err: 0, check: cr2(tEdge + 8)},
		{name: "accessed bit in a read-only page", cpl: 3, prep: ldt(tEdge|pteP, CR0WP, data(fresh)), code: load, at: 5, vec: excPF, err: 3, check: cr2(tEdge + 13)},
		{name: "accessed bit in a read-only page without WP", cpl: 3, prep: ldt(tEdge|pteP, 0, data(fresh)), code: load, vec: vecOut},
		{name: "accessed bit set before", cpl: 3, prep: ldt(tEdge|pteP, CR0WP, data(used)), code: load, vec: vecOut},
		{name: "bitmap before the edge", cpl: 3, prep: tss(0), code: asm(0xE4, 0xB0), vec: vecOut},
		{name: "bitmap behind the edge", cpl: 3, prep: tss(0), code: asm(0xE4, 0xC0), vec: excPF, check: cr2(tEdge)},
		{name: "bitmap across the edge", cpl: 3, prep: tss(0), code: asm(0xE4, 0xB8), vec: excPF, check: cr2(tEdge)},
		{name: "bitmap in a supervisor page", cpl: 3, prep: tss(tEdge | pteP), code: asm(0xE4, 0xC0), vec: vecOut},
	})
}

// TestLargePageProtection is the table of rights for 4 MiB pages.
func TestLargePageProtection(t *testing.T) {
	const lin = 0x00800000
	for i := range uint32(8 * 2 * 2 * 2) {
		rights, cpl, wp, write := i&7, int(i>>3&1)*3, (i>>4&1)*CR0WP, i>>5&1 != 0
		m := newPM("pentium")
		code := asm(0xA1, uint32(lin+0x30F00))
		if write {
			code = asm(0xA3, uint32(lin+0x30F00))
		}
		m.setup(cpl, code)
		m.mapIdentity()
		m.put32(tDirectory+8, rights|pteS)
		m.cpu.SetCR(4, CR4PSE)
		m.cpu.SetCR(3, tDirectory)
		m.cpu.SetCR(0, CR0PE|CR0PG|wp)
		want, err := vecOut, uint32(0)
		switch {
		case rights&pteP == 0:
			want = excPF
		case cpl == 3 && rights&pteU == 0, write && rights&pteW == 0 && (cpl == 3 || wp != 0):
			want, err = excPF, 1
		}
		err |= b2u(write)<<1 | b2u(cpl == 3)<<2
		name := fmt.Sprintf("rights %X, CPL %d, WP %v, write %v", rights, cpl, wp != 0, write)
		vec, code32 := m.run(t)
		assert.Equal(t, want, vec, name)
		entry := rights | pteS
		if vec == excPF {
			assert.Equal(t, err, code32, name)
			assert.Equal(t, uint32(lin+0x30F00), m.cpu.cr2, name)
		} else {
			entry |= pteA | b2u(write)<<6
		}
		assert.Equal(t, entry, m.get32(tDirectory+8), name)
	}
}

func TestCodeInALargePage(t *testing.T) {
	const lin = 0x00800000
	for _, tc := range []struct {
		name  string
		cpl   int
		entry uint32
		vec   int
		err   uint32
	}{
		{"for everybody, CPL 0", 0, pteP | pteW | pteU, vecOut, 0},
		{"for everybody, CPL 3", 3, pteP | pteW | pteU, vecOut, 0},
		{"read-only, CPL 3", 3, pteP | pteU, vecOut, 0},
		{"supervisor, CPL 0", 0, pteP | pteW, vecOut, 0},
		{"supervisor, CPL 3", 3, pteP | pteW, excPF, 5},
		{"absent, CPL 3", 3, pteU, excPF, 4},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m := newPM("pentium")
			m.setup(tc.cpl, asm(0xB8, uint32(lin+tGateTarget), 0xFF, 0xE0))
			m.mapIdentity()
			m.put32(tDirectory+8, tc.entry|pteS)
			m.cpu.SetCR(4, CR4PSE)
			m.cpu.SetCR(3, tDirectory)
			m.cpu.SetCR(0, CR0PE|CR0PG)
			vec, err := m.run(t)
			require.Equal(t, tc.vec, vec)
			entry := tc.entry | pteS
			if vec == excPF {
				assert.Equal(t, tc.err, err)
				assert.Equal(t, uint32(lin+tGateTarget), m.cpu.cr2)
			} else {
				entry |= pteA
			}
			assert.Equal(t, entry, m.get32(tDirectory+8), "accessed, not dirty")
		})
	}
}

// TestReservedBitsOfLargePages: bits 12 to 21 must be clear (SDM 3, 6.15).
func TestReservedBitsOfLargePages(t *testing.T) {
	const lin = 0x00800000
	for bit := range uint32(10) {
		for _, write := range []bool{false, true} {
			for _, cpl := range []int{0, 3} {
				code := asm(0xA1, uint32(lin))
				if write {
					code = asm(0xA3, uint32(lin))
				}
				m := newPM("pentium")
				m.setup(cpl, code)
				m.mapIdentity()
				entry := pteP | pteW | pteU | pteS | uint32(0x1000)<<bit
				m.put32(tDirectory+8, entry)
				m.cpu.SetCR(4, CR4PSE)
				m.cpu.SetCR(3, tDirectory)
				m.cpu.SetCR(0, CR0PE|CR0PG)
				vec, err := m.run(t)
				assert.Equal(t, excPF, vec)
				assert.Equal(t, 9|b2u(write)<<1|b2u(cpl == 3)<<2, err)
				assert.Equal(t, uint32(lin), m.cpu.cr2)
				assert.Equal(t, entry, m.get32(tDirectory+8))
			}
		}
	}
}

// TestLargePagesNeedPSE: without it bit 7 of a directory entry is ignored.
func TestLargePagesNeedPSE(t *testing.T) {
	for _, model := range []string{"386", "486", "pentium", "686"} {
		m := newPM(model)
		m.setup(0, asm(0xA1, uint32(0x00800123)))
		m.mapIdentity()
		m.put32(tDirectory+8, tTable|pteP|pteS)
		m.put32(0x123, 0xCAFE)
		m.cpu.SetCR(3, tDirectory)
		m.cpu.SetCR(0, CR0PE|CR0PG)
		vec, _ := m.run(t)
		assert.Equal(t, vecOut, vec, model)
		assert.Equal(t, uint32(0xCAFE), m.cpu.Reg(EAX), model)
	}
}

// TestGlobalPages: a page that was looked up is changed in the table, then one
// of the ways to forget translations is gone.
func TestGlobalPages(t *testing.T) {
	const lin, old, new = 0x00C00000, 0x40000, 0x50000
	const pte = 0x12000
	writeCR := func(cr int, change ...any) []byte {
		return asm(0x0F, 0x20, 0xC0|cr<<3, asm(change...), 0x0F, 0x22, 0xC0|cr<<3)
	}
	for _, way := range []struct {
		name         string
		code         []byte
		local, whole bool // forgets pages that are not global, and all
	}{
		{"nothing", nil, false, false},
		{"mov cr3", writeCR(3), true, false},
		{"jump to a task with another CR3", far(0xEA, sTSS2, 0), true, false},
		{"mov cr0, another bit", writeCR(0, 0x83, 0xF0, CR0MP), false, false},
		{"mov cr0, PG off and on", asm(writeCR(0, 0x0F, 0xBA, 0xF8, 31), writeCR(0, 0x0F, 0xBA, 0xF8, 31)), true, true},
		{"mov cr4, PGE off and on", asm(writeCR(4, 0x34, CR4PGE), writeCR(4, 0x34, CR4PGE)), true, true},
		{"invlpg", asm(0x0F, 0x01, 0x3D, uint32(lin+0x123)), true, true},
		{"invlpg of another page", asm(0x0F, 0x01, 0x3D, uint32(lin+0x400000)), false, false},
	} {
		for _, bits := range []struct {
			name   string
			g, pge uint32
			large  bool
		}{
			{"local", 0, CR4PGE, false}, {"global", pteG, CR4PGE, false}, {"global without PGE", pteG, 0, false},
			{"large local", 0, CR4PGE, true}, {"large global", pteG, CR4PGE, true},
		} {
			t.Run(way.name+", "+bits.name, func(t *testing.T) {
				if bits.pge == 0 && way.name == "mov cr4, PGE off and on" {
					t.Skip("PGE is off")
				}
				entry, oldEntry, newEntry := uint32(pte), uint32(old|3), uint32(new|3)
				if bits.large {
					entry, oldEntry, newEntry = tDirectory+12, 3|pteS, 0x400003|pteS
				}
				at := uint32(lin)
				if bits.large {
					at += old
				}
				m := newPM("686")
				second := NewRAM(1 << 20)
				m.mem.MapRAM(0x400000, second, 0, 1<<20)
				rest := asm(0x8B, 0x1D, at, 0xCD, vecOut) // mov ebx,[at]
				m.setup(0, asm(0xA1, at, 0xC7, 0x05, entry, newEntry|bits.g, 0xA3, uint32(0x20000), way.code, rest))
				m.mem.Write(tGateTarget, rest)
				m.mapIdentity()
				m.put32(tDirectory+12, pte|3)
				m.put32(entry, oldEntry|bits.g)
				m.put32(0x14000, m.get32(tDirectory))
				m.put32(0x14000+12, m.get32(tDirectory+12))
				putTSS2(0x1C, 0x14000)(m)
				m.put32(old, 0x1111)
				m.put32(new, 0x2222)
				second.Write(old, asm(uint32(0x2222)))
				c := m.cpu
				c.SetCR(4, CR4PSE|bits.pge)
				c.SetCR(3, tDirectory)
				c.SetCR(0, CR0PE|CR0PG)
				if bits.large && way.name == "jump to a task with another CR3" {
					m.put32(0x14000+12, newEntry|bits.g)
				}
				vec, _ := m.run(t)
				require.Equal(t, vecOut, vec)
				want := uint32(0x1111)
				if way.whole || way.local && (bits.g == 0 || bits.pge == 0) {
					want = 0x2222
				}
				assert.Equal(t, uint32(0x1111), m.get32(0x20000), "before")
				assert.Equal(t, want, c.Reg(EBX), "behind")
			})
		}
	}
}

// TestA20Wraps: with the gate closed an address from 1 MiB on is one from 0 on,
// for data, for code and for the page tables.
func TestA20Wraps(t *testing.T) {
	const mib = 0x100000
	machine := func(code []byte, open bool) *pmMachine {
		m := newPM("pentium")
		high := NewRAM(mib)
		m.mem.MapRAM(mib, high, 0, mib)
		m.setup(0, code)
		m.mapIdentity()
		high.Write(tGateTarget, []byte{0xCD, 0x41})
		high.Write(0x20000, asm(uint32(0x2222)))
		m.put32(0x20000, 0x1111)
		// What is at 4 MiB depends on where the directory and its table are.
		m.put32(0x30000, 0x1111)
		m.put32(0x31000, 0x2222)
		m.put32(0x12000, 0x30007)
		high.Write(0x12000, asm(uint32(0x31007)))
		m.put32(0x13000, 0x31007)
		m.put32(tDirectory+4, mib|0x12000|7)
		high.Write(tDirectory, m.ram.contents()[tDirectory:tDirectory+8])
		high.Write(tDirectory+4, asm(uint32(0x13007)))
		m.cpu.SetA20(open)
		return m
	}
	load := func(at uint32) []byte { return asm(0xA1, at) }
	paging := func(cr3 uint32) func(m *pmMachine) {
		return func(m *pmMachine) {
			m.cpu.SetCR(3, cr3)
			m.cpu.SetCR(0, CR0PE|CR0PG)
		}
	}
	alias := func(m *pmMachine) {
		m.put32(tTable+0x60*4, mib|0x20000|7)
		paging(tDirectory)(m)
	}
	for _, tc := range []struct {
		name         string
		code         []byte
		prep         func(m *pmMachine)
		open, closed uint32 // EAX at the end
	}{
		{"load", load(mib + 0x20000), nil, 0x2222, 0x1111},
		{"load below", load(0x20000), nil, 0x1111, 0x1111},
		{"store", asm(0xC7, 0x05, uint32(mib+0x20000), uint32(0x5555), load(0x20000)), nil, 0x1111, 0x5555},
		{"a page above", load(0x60000), alias, 0x2222, 0x1111},
		{"a page table above", load(0x400000), paging(tDirectory), 0x2222, 0x1111},
		{"a directory above", load(0x400000), paging(mib | tDirectory), 0x2222, 0x1111},
	} {
		for _, open := range []bool{true, false} {
			m := machine(tc.code, open)
			if tc.prep != nil {
				tc.prep(m)
			}
			vec, _ := m.run(t)
			assert.Equal(t, vecOut, vec, tc.name)
			want := tc.open
			if !open {
				want = tc.closed
			}
			assert.Equal(t, want, m.cpu.Reg(EAX), "%s, open %v", tc.name, open)
		}
	}
	for open, want := range map[bool]int{true: 0x41, false: vecOut} {
		m := machine(asm(0xB8, uint32(mib+tGateTarget), 0xFF, 0xE0), open)
		vec, _ := m.run(t)
		assert.Equal(t, want, vec, "code, open %v", open)
		// The gate moves between two runs of the same code.
		m.cpu.SetA20(!open)
		m.cpu.SetEIP(tCode)
		m.cpu.halted = false
		vec, _ = m.run(t)
		assert.Equal(t, vecOut+0x41-want, vec, "code, then open %v", !open)
	}
}

// TestPagingOfModels: the 386 has no WP.
func TestPagingOfModels(t *testing.T) {
	for _, tc := range []struct {
		model string
		write int // vector of a supervisor write to a read-only page with WP asked for
	}{{"386", vecOut}, {"486", excPF}, {"pentium", excPF}} {
		m := newPM(tc.model)
		m.setup(0, asm(0xB8, uint32(CR0PE|CR0PG|CR0WP), 0x0F, 0x22, 0xC0, 0xA3, uint32(tEdge)))
		m.mapIdentity()
		m.put32(tTable+tEdge>>12*4, tEdge|pteP)
		m.cpu.SetCR(3, tDirectory)
		vec, _ := m.run(t)
		assert.Equal(t, tc.write, vec, tc.model)
	}
}
