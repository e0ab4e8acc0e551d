package cpu

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
)

var modelFamilies = map[string]int{"386": 3, "486": 4, "pentium": 5, "686": 6}

// TestInstructionsOfModels: what a model does not know is undefined there.
func TestInstructionsOfModels(t *testing.T) {
	const never = 9
	at := uint32(0x20000)
	for _, d := range []struct {
		name        string
		code        []byte
		first, last int // families that know it
	}{
		{"bswap", asm(0x0F, 0xC8), 4, 6}, {"cmpxchg", asm(0x0F, 0xB1, 0x0D, at), 4, 6}, {"cmpxchg bytes", asm(0x0F, 0xB0, 0xC8), 4, 6}, {"xadd", asm(0x0F, 0xC1, 0x0D, at), 4, 6},
		{"invd", asm(0x0F, 0x08), 4, 6}, {"wbinvd", asm(0x0F, 0x09), 4, 6}, {"invlpg", asm(0x0F, 0x01, 0x3D, at), 4, 6}, {"cpuid", asm(0x0F, 0xA2), 4, 6},
		{"rdtsc", asm(0x0F, 0x31), 5, 6}, {"rdmsr", asm(0xB9, uint32(msrTSC), 0x0F, 0x32), 5, 6}, {"wrmsr", asm(0xB9, uint32(msrTSC), 0x0F, 0x30), 5, 6},
		{"cmpxchg8b", asm(0x0F, 0xC7, 0x0D, at), 5, 6}, {"mov eax,cr4", asm(0x0F, 0x20, 0xE0), 5, 6}, {"mov cr4,eax", asm(0x0F, 0x22, 0xE0), 5, 6},
		{"mov eax,tr6", asm(0x0F, 0x24, 0xF0), 3, 4}, {"mov tr7,eax", asm(0x0F, 0x26, 0xF8), 3, 4},
		{"cmov", asm(0x0F, 0x44, 0xC1), 6, 6}, {"fcmov", asm(0xDA, 0xC1), 6, 6}, {"fucomi", asm(0xDB, 0xE9), 6, 6}, {"fcomip", asm(0xDF, 0xF1), 6, 6},
		{"sysexit", asm(0xBA, uint32(tCode+16), 0xB9, uint32(tStack3), 0x0F, 0x35, 0x90, 0x90, 0x90, 0x90), 6, 6},
		{"long nop", asm(0x0F, 0x1F, 0x05, at), 6, 6}, {"prefetch hint", asm(0x0F, 0x18, 0x05, at), 6, 6},
		{"ud2", asm(0x0F, 0x0B), never, never}, {"rsm", asm(0x0F, 0xAA), never, never}, {"syscall", asm(0x0F, 0x05), never, never},
		{"emms", asm(0x0F, 0x77), never, never}, {"fxsave", asm(0x0F, 0xAE, 0x05, at), never, never}, {"movups", asm(0x0F, 0x10, 0x05, at), never, never},
		{"sgdt of a register", asm(0x0F, 0x01, 0xC0), never, never}, {"group 7, /5", asm(0x0F, 0x01, 0x2D, at), never, never}, {"group 6, /6", asm(0x0F, 0x00, 0xF0), never, never},
		{"group 8, /0", asm(0x0F, 0xBA, 0xC0, 1), never, never}, {"cmpxchg8b of a register", asm(0x0F, 0xC7, 0xC8), never, never}, {"group 9, /0", asm(0x0F, 0xC7, 0x05, at), never, never},
		{"mov /1", asm(0xC7, 0x0D, at, at), never, never}, {"pop /1", asm(0x8F, 0x0D, at), never, never}, {"group 4, /2", asm(0xFE, 0x15, at), never, never}, {"group 5, /7", asm(0xFF, 0x3D, at), never, never},
		{"lea of a register", asm(0x8D, 0xC0), never, never}, {"bound of a register", asm(0x62, 0xC0), never, never}, {"jmp far of a register", asm(0xFF, 0xE8), never, never},
	} {
		for model, family := range modelFamilies {
			m := newPM(model)
			m.setup(0, d.code)
			m.cpu.msr.sysenterCS = sCode0
			want := vecOut
			if family < d.first || family > d.last {
				want = excUD
			}
			vec, err := m.run(t)
			assert.Equal(t, want, vec, "%s on a %s, code %X", d.name, model, err)
		}
	}
}

// TestFlagsOfModels: which flags POPF and IRET can set tells programs what
// processor they run on.
func TestFlagsOfModels(t *testing.T) {
	const all = 0xFFFFFFFF &^ (FlagTF | FlagVM | FlagRF)
	upTo386 := uint32(0xD5 | FlagIF | FlagDF | FlagOF | FlagIOPL | FlagNT | 2)
	for model, want := range map[string]uint32{
		"386": upTo386, "486": upTo386 | FlagAC | FlagID, "pentium": upTo386 | FlagAC | FlagID, "686": upTo386 | FlagAC | FlagID,
	} {
		m := newPM(model)
		m.setup(0, asm(0x68, uint32(all), 0x9D, 0x9C, 0x58, 0x6A, 2, 0x9D, 0x9C, 0x5B)) // popf; pushf; pop eax; 2, popf; pushf; pop ebx
		vec, _ := m.run(t)
		assert.Equal(t, vecOut, vec)
		assert.Equal(t, want, m.cpu.Reg(EAX), "%s, POPF sets", model)
		assert.Equal(t, uint32(2), m.cpu.Reg(EBX), "%s, POPF clears", model)

		m.setup(0, asm(0x68, uint32(all&^FlagNT), 0x68, uint32(sCode0), 0x68, uint32(tCode+16), 0xCF, 0x9C, 0x58))
		vec, _ = m.run(t)
		assert.Equal(t, vecOut, vec)
		assert.Equal(t, want&^FlagNT, m.cpu.Reg(EAX), "%s, IRET", model)
	}
}

func TestControlRegistersOfModels(t *testing.T) {
	for model, want := range map[string][2]uint32{
		"386":     {CR0PE | CR0MP | CR0EM | CR0TS | CR0ET, 0},
		"486":     {cr0All &^ CR0PG, 0},
		"pentium": {cr0All &^ CR0PG, CR4TSD | CR4DE | CR4PSE},
		"686":     {cr0All &^ CR0PG, CR4TSD | CR4DE | CR4PSE | CR4PGE},
	} {
		m := newPM(model)
		m.setup(0, asm(0xB8, uint32(0xFFFFFFFF&^CR0PG), 0x0F, 0x22, 0xC0, 0x0F, 0x20, 0xC0))
		m.run(t)
		assert.Equal(t, want[0], m.cpu.Reg(EAX), "%s, CR0", model)
		for bit := range 32 {
			if want[1] == 0 {
				break
			}
			v := uint32(1) << bit
			m.setup(0, asm(0xB8, v, 0x0F, 0x22, 0xE0, 0x0F, 0x20, 0xE3))
			vec, err := m.run(t)
			if v&want[1] == 0 {
				assert.Equal(t, excGP, vec, "%s, bit %d of CR4", model, bit)
				assert.Zero(t, err)
				continue
			}
			assert.Equal(t, vecOut, vec, "%s, bit %d of CR4", model, bit)
			assert.Equal(t, v, m.cpu.Reg(EBX))
		}
	}
}

func TestCPUID(t *testing.T) {
	for model, want := range map[string]struct{ leaves, signature, features uint32 }{
		"486":     {1, 0x480, 0x1},
		"pentium": {1, 0x543, 0x13D},
		"686":     {2, 0x633, 0xA93D},
	} {
		query := func(leaf uint32) [4]uint32 {
			m := runTo(t, model, 3, nil, asm(0xB8, leaf, 0x0F, 0xA2))
			return [4]uint32{m.cpu.Reg(EAX), m.cpu.Reg(EBX), m.cpu.Reg(ECX), m.cpu.Reg(EDX)}
		}
		assert.Equal(t, [4]uint32{want.leaves, 0x756E6547, 0x6C65746E, 0x49656E69}, query(0), "%s: GenuineIntel", model)
		assert.Equal(t, [4]uint32{want.signature, 0, 0, want.features}, query(1), model)
		assert.Equal(t, query(want.leaves), query(want.leaves+1), "%s: the last leaf stands for those behind it", model)
		assert.Equal(t, query(want.leaves), query(0x80000000), "%s: no extended leaves", model)
	}
	for model, signature := range map[string]uint32{"386": 0x308, "486": 0x480, "pentium": 0x543, "686": 0x633} {
		m := newPM(model)
		m.cpu.Reset()
		assert.Equal(t, signature, m.cpu.Reg(EDX), "%s after reset", model)
	}
}

func TestModelSpecificRegisters(t *testing.T) {
	access := func(n uint32, op int) []byte { return asm(0xB9, n, 0x0F, op) }
	for _, d := range []struct {
		name  string
		n     uint32
		first int // family
	}{
		{"machine check address", 0, 5}, {"machine check type", 1, 5}, {"time stamp", 0x10, 5}, {"microcode", 0x8B, 6},
		{"SYSENTER CS", 0x174, 6}, {"SYSENTER ESP", 0x175, 6}, {"SYSENTER EIP", 0x176, 6}, {"none", 0x177, 9}, {"none", 0xFFFFFFFF, 9},
	} {
		for _, model := range []string{"pentium", "686"} {
			vec := vecOut
			if modelFamilies[model] < d.first {
				vec = excGP
			}
			runScenarios(t, model, []scenario{
				{name: fmt.Sprintf("rdmsr %X, %s, %s", d.n, d.name, model), code: access(d.n, 0x32), at: 5, vec: vec},
				{name: fmt.Sprintf("wrmsr %X, %s, %s", d.n, d.name, model), code: access(d.n, 0x30), at: 5, vec: vec},
			})
		}
	}
}

// TestRDTSCInEveryMode: TSD keeps it for CPL 0, which is also that of real mode.
func TestRDTSCInEveryMode(t *testing.T) {
	tsd := func(m *pmMachine) { m.cpu.SetCR(4, CR4TSD) }
	rdtsc := asm(0x0F, 0x31)
	v86 := asm(rdtsc, 0xCC)
	runScenarios(t, "pentium", []scenario{
		{name: "CPL 0", code: rdtsc, vec: vecOut}, {name: "CPL 3", cpl: 3, code: rdtsc, vec: vecOut}, {name: "V86", cpl: 3, prep: inV86(0), code: v86, vec: 3},
		{name: "CPL 0 with TSD", prep: tsd, code: rdtsc, vec: vecOut}, {name: "CPL 3 with TSD", cpl: 3, prep: tsd, code: rdtsc, vec: excGP},
		{name: "V86 with TSD", cpl: 3, prep: inV86(FlagIOPL, tsd), code: v86, vec: excGP},
		{name: "CPL 3 with TSD cleared again", cpl: 3, prep: func(m *pmMachine) { tsd(m); m.cpu.SetCR(4, 0) }, code: rdtsc, vec: vecOut},
	})
	m := newPM("pentium")
	m.mem.Write(tCode, rdtsc)
	c := m.cpu
	c.SetSegment(CS, 0, 0, 0xFFFF, segP|segS|0xB<<8)
	c.SetCR(4, CR4TSD)
	c.SetEIP(tCode)
	c.SetReg(EDX, 0xFFFFFFFF)
	m.steps(1)
	assert.Equal(t, uint32(tCode+2), c.EIP(), "real mode")
	assert.Zero(t, c.Reg(EDX))
}

func TestSysenterAndSysexitChecks(t *testing.T) {
	cs := func(v uint32, more ...func(m *pmMachine)) func(m *pmMachine) {
		return func(m *pmMachine) {
			m.cpu.msr = msrs{sysenterCS: v, sysenterESP: tStack0, sysenterEIP: tGateTarget}
			m.cpu.SetReg(EDX, tGateTarget)
			m.cpu.SetReg(ECX, tStack3-8)
			for _, f := range more {
				f(m)
			}
		}
	}
	inside := func(t *testing.T, m *pmMachine) { // INT 40h came from level 0
		assert.Equal(t, uint32(tStack0-12), m.cpu.Reg(ESP))
		f := m.frame(vecOut)
		assert.Equal(t, uint32(sCode0), f.cs)
		assert.Zero(t, f.eflags&(FlagIF|FlagVM))
		assert.Equal(t, uint16(sData0), m.cpu.seg[SS].selector)
	}
	outside := func(t *testing.T, m *pmMachine) {
		f := m.frame(vecOut)
		assert.Equal(t, [4]uint32{sCode3 | 3, sData3 | 3, tStack3 - 8, tGateTarget + 2}, [4]uint32{f.cs, f.ss, f.esp, f.eip})
		assert.NotZero(t, f.eflags&FlagIF, "the flags stay")
	}
	enter, exit := asm(0x0F, 0x34), asm(0x0F, 0x35)
	flags := func(v uint32) func(m *pmMachine) { return func(m *pmMachine) { m.cpu.SetEFlags(v | 2) } }
	runScenarios(t, "686", []scenario{
		{name: "sysenter", cpl: 3, prep: cs(sCode0, flags(FlagIF)), code: enter, vec: vecOut, check: inside},
		{name: "sysenter with RPL in the register", cpl: 3, prep: cs(sCode0 | 3), code: enter, vec: vecOut, check: inside},
		{name: "sysenter at CPL 0", prep: cs(sCode0), code: enter, vec: vecOut, check: inside},
		{name: "sysenter from virtual-8086 mode", cpl: 3, prep: inV86(FlagIF, cs(sCode0)), code: enter, vec: vecOut, check: inside},
		{name: "sysenter without a segment", cpl: 3, prep: cs(0), code: enter, vec: excGP},
		{name: "sysenter without a segment but RPL", cpl: 3, prep: cs(3), code: enter, vec: excGP},
		{name: "sysenter, a selector has 16 bits", cpl: 3, prep: cs(0x10000), code: enter, vec: excGP},
		{name: "sysexit", prep: cs(sCode0, flags(FlagIF)), code: exit, vec: vecOut, check: outside},
		{name: "sysexit at CPL 3", cpl: 3, prep: cs(sCode0), code: exit, vec: excGP},
		{name: "sysexit in virtual-8086 mode", cpl: 3, prep: inV86(FlagIOPL, cs(sCode0)), code: exit, vec: excGP},
		{name: "sysexit without a segment", prep: cs(3), code: exit, vec: excGP},
		{name: "lock sysenter", cpl: 3, prep: cs(sCode0), code: asm(0xF0, enter), vec: excUD},
	})
	for _, code := range [][]byte{enter, exit} {
		m := newPM("686")
		m.mem.Write(tCode, code)
		c := m.cpu
		c.SetSegment(CS, 0, 0, 0xFFFF, segP|segS|0xB<<8)
		c.msr.sysenterCS = sCode0
		c.SetTables(0, 0, 0, 0x3FF)
		m.put32(excGP*4, tHandlers)
		c.SetReg(ESP, tStack0)
		c.SetEIP(tCode)
		m.steps(1)
		assert.Equal(t, uint32(tHandlers), c.EIP(), "real mode, % X", code)
	}
}

func TestCMPXCHG8B(t *testing.T) {
	const at = 0x20000
	code := func(off uint32) []byte { return asm(0x0F, 0xC7, 0x0D, off) }
	lock := func(off uint32) []byte { return asm(0xF0, code(off)) }
	with := func(eax, edx uint32, more ...func(m *pmMachine)) func(m *pmMachine) {
		return func(m *pmMachine) {
			m.put64(at, 0x22222222_11111111)
			for i, v := range map[int]uint32{EAX: eax, EDX: edx, EBX: 0x33333333, ECX: 0x44444444} {
				m.cpu.SetReg(i, v)
			}
			m.cpu.SetEFlags(0x8D7&^FlagZF | 2)
			for _, f := range more {
				f(m)
			}
		}
	}
	result := func(lo, hi, eax, edx uint32, zf bool) func(t *testing.T, m *pmMachine) {
		return func(t *testing.T, m *pmMachine) {
			assert.Equal(t, [4]uint32{lo, hi, eax, edx}, [4]uint32{m.get32(at), m.get32(at + 4), m.cpu.Reg(EAX), m.cpu.Reg(EDX)})
			assert.Equal(t, 0x8D7&^uint32(FlagZF)|b2u(zf)<<6, m.frame(vecOut).eflags, "only ZF changes")
		}
	}
	equal, other := with(0x11111111, 0x22222222), with(0x11111111, 0)
	page := func(pte uint32) func(m *pmMachine) { return with(1, 2, paged(pte)) }
	crosses := uint32(tEdge - 4)
	segment := func(sel uint32, off uint32) []byte { return asm(moveSeg(FS, sel), 0x64, code(off)) }
	runScenarios(t, "pentium", []scenario{
		{name: "equal", prep: equal, code: code(at), vec: vecOut, check: result(0x33333333, 0x44444444, 0x11111111, 0x22222222, true)},
		{name: "different", prep: other, code: code(at), vec: vecOut, check: result(0x11111111, 0x22222222, 0x11111111, 0x22222222, false)},
		{name: "equal, locked", prep: equal, code: lock(at), vec: vecOut, check: result(0x33333333, 0x44444444, 0x11111111, 0x22222222, true)},
		{name: "different, locked", prep: other, code: lock(at), vec: vecOut, check: result(0x11111111, 0x22222222, 0x11111111, 0x22222222, false)},
		{name: "with an operand size prefix", prep: equal, code: asm(0x66, code(at)), vec: vecOut, check: result(0x33333333, 0x44444444, 0x11111111, 0x22222222, true)},
		{name: "register", prep: equal, code: asm(0x0F, 0xC7, 0xC9), vec: excUD},
		{name: "register, locked", prep: equal, code: asm(0xF0, 0x0F, 0xC7, 0xC9), vec: excUD},
		{name: "read-only segment", cpl: 3, code: segment(sReadOnly, at), at: 7, vec: excGP},
		{name: "null segment", cpl: 3, code: segment(0, at), at: 7, vec: excGP},
		{name: "at the limit", cpl: 3, code: segment(sSmall|3, 0xFF8), vec: vecOut},
		{name: "beyond the limit", cpl: 3, code: segment(sSmall|3, 0xFF9), at: 7, vec: excGP},
		{name: "beyond the limit of the stack", cpl: 3, code: asm(moveSeg(SS, sSmall|3), 0x36, code(0xFF9)), at: 7, vec: excSS},
		{name: "absent page", prep: page(tEdge), code: code(tEdge), vec: excPF, err: 2, check: cr2(tEdge)},
		{name: "read-only page, whatever the comparison", cpl: 3, prep: page(tEdge | pteP | pteU), code: code(tEdge), vec: excPF, err: 7, check: cr2(tEdge)},
		{name: "the second half in an absent page", prep: page(tEdge), code: code(crosses), vec: excPF, err: 2, check: cr2(tEdge)},
		{name: "the second half in a read-only page", cpl: 3, prep: page(tEdge | pteP | pteU), code: lock(crosses), vec: excPF, err: 7, check: cr2(tEdge)},
	})
}

// conditions are those of SETcc and CMOVcc, by the flags.
var conditions = [8]func(f uint32) bool{
	func(f uint32) bool { return f&FlagOF != 0 },
	func(f uint32) bool { return f&FlagCF != 0 },
	func(f uint32) bool { return f&FlagZF != 0 },
	func(f uint32) bool { return f&(FlagCF|FlagZF) != 0 },
	func(f uint32) bool { return f&FlagSF != 0 },
	func(f uint32) bool { return f&FlagPF != 0 },
	func(f uint32) bool { return f&FlagSF != 0 != (f&FlagOF != 0) },
	func(f uint32) bool { return f&FlagZF != 0 || f&FlagSF != 0 != (f&FlagOF != 0) },
}

func TestConditionalMoves(t *testing.T) {
	const at = 0x20000
	m := newPM("686")
	for cc := range 16 {
		for bits := range uint32(32) {
			flags := bits&1*FlagCF | bits>>1&1*FlagPF | bits>>2&1*FlagZF | bits>>3&1*FlagSF | bits>>4*FlagOF
			m.setup(3, asm(0x0F, 0x40|cc, 0xC1, 0x0F, 0x40|cc, 0x15, uint32(at), 0x66, 0x0F, 0x40|cc, 0x1D, uint32(at)))
			c := m.cpu
			c.SetReg(EAX, 1)
			c.SetReg(ECX, 2)
			c.SetReg(EDX, 3)
			c.SetReg(EBX, 0x77777777)
			m.put32(at, 0x55555555)
			c.SetEFlags(flags | 2)
			vec, _ := m.run(t)
			assert.Equal(t, vecOut, vec)
			want := [3]uint32{1, 3, 0x77777777}
			if conditions[cc>>1](flags) == (cc&1 == 0) {
				want = [3]uint32{2, 0x55555555, 0x77775555}
			}
			assert.Equal(t, want, [3]uint32{c.Reg(EAX), c.Reg(EDX), c.Reg(EBX)}, "condition %X, flags %X", cc, flags)
			assert.Equal(t, flags|2, m.frame(vec).eflags)
		}
	}
	read := func(op int) []byte { return asm(0x0F, op, 0x05, uint32(tEdge)) }
	runScenarios(t, "686", []scenario{
		{name: "the operand is read in any case", cpl: 3, prep: paged(0), code: read(0x44), vec: excPF, err: 4, check: cr2(tEdge)},
		{name: "and in the other", cpl: 3, prep: paged(0), code: read(0x45), vec: excPF, err: 4, check: cr2(tEdge)},
		{name: "through a null segment", cpl: 3, code: asm(moveSeg(FS, 0), 0x64, read(0x44)), at: 7, vec: excGP},
	})
}

func TestConditionalFPUMoves(t *testing.T) {
	m := newPM("686")
	for i, op := range [][2]int{{0xDA, 0xC1}, {0xDA, 0xC9}, {0xDA, 0xD1}, {0xDA, 0xD9}, {0xDB, 0xC1}, {0xDB, 0xC9}, {0xDB, 0xD1}, {0xDB, 0xD9}} {
		condition := conditions[[4]int{1, 2, 3, 5}[i&3]] // below, equal, both, unordered
		for bits := range uint32(8) {
			flags := bits&1*FlagCF | bits>>1&1*FlagPF | bits>>2*FlagZF
			m.setup(3, asm(0xDB, 0xE3, 0xD9, 0xE8, 0xD9, 0xEE, op[0], op[1])) // fninit; fld1; fldz; fcmov st0,st1
			m.cpu.SetEFlags(flags | 2)
			vec, _ := m.run(t)
			assert.Equal(t, vecOut, vec)
			_, _, _, st := m.cpu.FPU()
			moved := condition(flags) == (i < 4)
			assert.Equal(t, moved, st[0] == st[1], "% X, flags %X", op, flags)
		}
	}
	// An empty register makes ST(0) the indefinite number, or nothing if the exception is not masked.
	empty := runTo(t, "686", 3, nil, asm(0xDB, 0xE3, 0xD9, 0xE8, 0xDA, 0xC3))
	_, sw, _, st := empty.cpu.FPU()
	assert.Equal(t, uint16(0x41), sw&0x27F, "invalid operation, stack underflow")
	assert.Equal(t, f80{f80Indefinite.m, f80Indefinite.se}, f80{st[0].Significand, st[0].SignExp})
}

// TestFPUComparesToFlags: FCOMI and its relatives set ZF, PF and CF.
func TestFPUComparesToFlags(t *testing.T) {
	const one, zero, qnan = 0x3F800000, 0, 0x7FC00000
	const lower, same, unordered = FlagCF, FlagZF, FlagZF | FlagPF | FlagCF
	for _, op := range []struct {
		name    string
		code    []byte
		quiet   bool
		release bool
	}{
		{"fcomi", asm(0xDB, 0xF1), false, false}, {"fcomip", asm(0xDF, 0xF1), false, true}, {"fucomi", asm(0xDB, 0xE9), true, false}, {"fucomip", asm(0xDF, 0xE9), true, true},
	} {
		for _, d := range []struct{ st0, st1, flags uint32 }{
			{one, zero, 0}, {zero, one, lower}, {one, one, same}, {zero, 0x80000000, same}, {qnan, one, unordered}, {one, qnan, unordered},
			{0x7F800000, one, 0}, {0xFF800000, one, lower}, {0x7F800000, 0x7F800000, same},
		} {
			m := newPM("686")
			m.setup(3, asm(0xDB, 0xE3, 0xD9, 0x05, uint32(0x20000), 0xD9, 0x05, uint32(0x20004), op.code))
			m.put32(0x20000, d.st1)
			m.put32(0x20004, d.st0)
			m.cpu.SetEFlags(0x8D5 | 2)
			vec, _ := m.run(t)
			assert.Equal(t, vecOut, vec)
			flags := m.frame(vec).eflags
			where := fmt.Sprintf("%s of %X and %X", op.name, d.st0, d.st1)
			assert.Equal(t, d.flags, flags&arithFlags, where)
			_, sw, _, _ := m.cpu.FPU()
			assert.Equal(t, !op.quiet && d.flags == unordered, sw&1 != 0, "%s: invalid operation", where)
			top := uint16(6)
			if op.release {
				top = 7
			}
			assert.Equal(t, top, sw>>11&7, where)
		}
	}
}
