package cpu

import (
	"encoding/binary"
	"fmt"
	"testing"
)

// The tests of this file run a few instructions in protected mode and look at
// the exception they end with. INT 40h is the way out without one.

// Selectors of the test GDT.
const (
	sCode0    = 0x08
	sData0    = 0x10
	sCode3    = 0x18
	sData3    = 0x20
	sTSS      = 0x28
	sConform0 = 0x30
	sSmall    = 0x38 // data, DPL 3, limit FFF
	sDown     = 0x40 // expand-down data, DPL 3, limit FFF
	sDataNP   = 0x48
	sCodeNP   = 0x50
	sReadOnly = 0x58
	sExecOnly = 0x60
	sLDT      = 0x68
	sTSS2     = 0x70
	sGate     = 0x78 // call gate, DPL 3, to code0
	sGateNP   = 0x80
	sGate0    = 0x88 // call gate, DPL 0
	sConform3 = 0x90
	sCode1    = 0x98
	sData1    = 0xA0
	sTaskGate = 0xA8
	sInvalid  = 0xB0 // system type 0
	sGateBad  = 0xB8 // call gate to a data segment
	sBusy     = 0xC0 // busy TSS
	sGate16   = 0xC8 // 16-bit call gate, DPL 3
	sDown16   = 0xD0
	sLDTNP    = 0xD8
	sTSSNP    = 0xE0
	sBeyond   = 0xF0 // outside the GDT
	gdtLimit  = 0xE7

	tGDT, tIDT, tTSS, tTSS2, tLDT = 0x1000, 0x2000, 0x3000, 0x3100, 0x3800
	tCode                         = 0x8000
	tHandlers                     = 0x9000 // 16 bytes each
	tGateTarget                   = 0xA800
	tStack0, tStack3              = 0x7000, 0x6000
	tDirectory, tTable            = 0x10000, 0x11000
	vecOut                        = 0x40
)

func gateDesc(sel uint16, off uint32, typ uint32) uint64 {
	return uint64(off&0xFFFF|uint32(sel)<<16) | uint64(off&0xFFFF0000|typ<<8)<<32
}

func segDesc(base, limit, typ, flags uint32) uint64 {
	return uint64(limit&0xFFFF|base<<16) | uint64(base>>16&0xFF|typ<<8|limit&0xF0000|flags<<20|base&0xFF000000)<<32
}

type pmMachine struct {
	mem *Memory
	ram *RAM
	cpu *CPU
}

func newPM(model string) *pmMachine {
	m := &pmMachine{mem: NewMemory(), ram: NewRAM(1 << 20)}
	m.mem.MapRAM(0, m.ram, 0, 1<<20)
	m.cpu = New(model, m.mem, floatingBus{})
	return m
}

func (m *pmMachine) put32(a, v uint32) {
	var b [4]byte
	binary.LittleEndian.PutUint32(b[:], v)
	m.mem.Write(a, b[:])
}

func (m *pmMachine) put64(a uint32, v uint64) {
	m.put32(a, uint32(v))
	m.put32(a+4, uint32(v>>32))
}

func (m *pmMachine) get32(a uint32) uint32 { return m.mem.read(a, 4) }

// setup prepares tables and starts at code with the given privilege level.
func (m *pmMachine) setup(cpl int, code []byte) {
	m.ram.clear()
	c := m.cpu
	c.Reset()
	for sel, d := range map[uint32]uint64{
		sCode0: segDesc(0, 0xFFFFF, 0x9A, 0xC), sData0: segDesc(0, 0xFFFFF, 0x92, 0xC),
		sCode3: segDesc(0, 0xFFFFF, 0xFA, 0xC), sData3: segDesc(0, 0xFFFFF, 0xF2, 0xC),
		sTSS: segDesc(tTSS, 0x67, 0x89, 0), sConform0: segDesc(0, 0xFFFFF, 0x9E, 0xC),
		sSmall: segDesc(0x20000, 0xFFF, 0xF2, 4), sDown: segDesc(0x20000, 0xFFF, 0xF6, 4),
		sDataNP: segDesc(0, 0xFFFFF, 0x72, 0xC), sCodeNP: segDesc(0, 0xFFFFF, 0x1A, 0xC),
		sReadOnly: segDesc(0, 0xFFFFF, 0xF0, 0xC), sExecOnly: segDesc(0, 0xFFFFF, 0xF8, 0xC),
		sLDT: segDesc(tLDT, 0x1F, 0x82, 0), sTSS2: segDesc(tTSS2, 0x67, 0x89, 0),
		sGate: gateDesc(sCode0, tGateTarget, 0xEC), sGateNP: gateDesc(sCode0, tGateTarget, 0x6C),
		sGate0: gateDesc(sCode0, tGateTarget, 0x8C), sConform3: segDesc(0, 0xFFFFF, 0xFE, 0xC),
		sCode1: segDesc(0, 0xFFFFF, 0xBA, 0xC), sData1: segDesc(0, 0xFFFFF, 0xB2, 0xC),
		sTaskGate: gateDesc(sTSS2, 0, 0xE5), sGateBad: gateDesc(sData0, tGateTarget, 0xEC),
		sBusy: segDesc(tTSS2, 0x67, 0x8B, 0), sGate16: gateDesc(sCode0, tGateTarget, 0xE4),
		sDown16: segDesc(0x20000, 0xFFF, 0xF6, 0), sLDTNP: segDesc(tLDT, 0x1F, 0x02, 0),
		sTSSNP: segDesc(tTSS2, 0x67, 0x09, 0),
	} {
		m.put64(tGDT+sel, d)
	}
	m.put64(tLDT+8, segDesc(0, 0xFFFFF, 0xF2, 0xC))
	for v := range uint32(256) {
		typ := uint32(0x8E)
		switch v {
		case vecOut, 3, 4, 0x41:
			typ = 0xEE
		case 0x42:
			typ = 0xEF // trap gate
		case 0x43:
			typ = 0x6E // not present
		case 0x44:
			typ = 0xE6 // 16-bit
		case 0x45:
			typ = 0xE1 // not a gate
		}
		m.put64(tIDT+v*8, gateDesc(sCode0, tHandlers+v*16, typ))
		m.mem.Write(tHandlers+v*16, []byte{0xF4})
	}
	m.put64(tIDT+0x46*8, gateDesc(sTSS2, 0, 0xE5))
	m.put64(tIDT+0x47*8, gateDesc(sCodeNP, tHandlers, 0xEE))
	m.put64(tIDT+0x48*8, gateDesc(sData0, tHandlers, 0xEE))
	m.put64(tIDT+0x49*8, gateDesc(0, tHandlers, 0xEE))
	m.put64(tIDT+0x4A*8, gateDesc(sConform0, tHandlers+vecOut*16, 0xEE))
	m.mem.Write(tGateTarget, []byte{0xCD, vecOut})
	m.put32(tTSS+4, tStack0)
	m.put32(tTSS+8, sData0)
	m.put32(tTSS+0x0C, tStack0-0x400)
	m.put32(tTSS+0x10, sData1|1)
	m.put32(tTSS+0x64, 0x00680000)
	// The second task: ring 0, leaves at once.
	m.put32(tTSS2+0x20, tGateTarget)
	m.put32(tTSS2+0x24, 2)
	m.put32(tTSS2+0x38, tStack0-0x800)
	for i, s := range []uint32{sData0, sCode0, sData0, sData0, sData0, sData0} {
		m.put32(tTSS2+0x48+uint32(i)*4, s)
	}
	m.put32(tTSS2+0x64, 0x00680000)
	c.gdt, c.idt = table{tGDT, gdtLimit}, table{tIDT, 0x7FF}
	c.SetCR(0, CR0PE)
	c.ldt = segment{selector: sLDT, base: tLDT, limit: 0x1F, flags: segP | 2<<8}
	c.tr = segment{selector: sTSS, base: tTSS, limit: 0x67, flags: segP | 0xB<<8}
	cs, ds, sp := uint16(sCode0), uint16(sData0), uint32(tStack0)
	dpl := uint32(0)
	if cpl == 3 {
		cs, ds, sp, dpl = sCode3|3, sData3|3, tStack3, 3<<13
	}
	const flat = segP | segS | segB | segG
	for i := range 6 {
		c.SetSegment(i, ds, 0, 0xFFFFFFFF, flat|3<<8|dpl)
	}
	c.SetSegment(CS, cs, 0, 0xFFFFFFFF, flat|0xB<<8|dpl)
	c.SetReg(ESP, sp)
	c.SetEFlags(2)
	m.mem.Write(tCode, append(append([]byte{}, code...), 0xCD, vecOut))
	c.SetEIP(tCode)
}

// run executes until a handler's HLT and returns its vector and error code.
func (m *pmMachine) run(t *testing.T) (vector int, code uint32) {
	t.Helper()
	c := m.cpu
	if r := c.Run(1000); r != ReasonHalt {
		t.Fatalf("stopped by %v: %s", r, dumpState(c))
	}
	vector = int(c.eip-1-tHandlers) / 16
	code = m.mem.read(c.seg[SS].base+c.r[ESP]&c.spMask, 4)
	return vector, code
}

type pmCase struct {
	name string
	cpl  int
	code []byte
	vec  int
	err  uint32
	prep func(m *pmMachine)
}

func hasErrorCode(v int) bool { return v == excDF || v >= excTS && v <= excPF || v == excAC }

func runPM(t *testing.T, cases []pmCase) {
	t.Helper()
	m := newPM("486")
	for _, tc := range cases {
		m.setup(tc.cpl, tc.code)
		if tc.prep != nil {
			tc.prep(m)
		}
		vec, code := m.run(t)
		if vec != tc.vec || hasErrorCode(vec) && code != tc.err {
			t.Errorf("%s (CPL %d): vector %d code %X, want %d code %X", tc.name, tc.cpl, vec, code, tc.vec, tc.err)
		}
	}
	t.Logf("%d cases", len(cases))
}

// Code fragments.

func asm(parts ...any) []byte {
	var b []byte
	for _, p := range parts {
		switch v := p.(type) {
		case int:
			b = append(b, byte(v))
		case uint16:
			b = binary.LittleEndian.AppendUint16(b, v)
		case uint32:
			b = binary.LittleEndian.AppendUint32(b, v)
		case []byte:
			b = append(b, v...)
		}
	}
	return b
}

// moveSeg is MOV EAX,sel; MOV seg,AX.
func moveSeg(seg int, sel uint32) []byte { return asm(0xB8, sel, 0x8E, 0xC0|seg<<3) }

func TestSegmentLoads(t *testing.T) {
	type result struct {
		vec int
		err uint32
	}
	ok := result{vec: vecOut}
	gp := func(sel uint32) result { return result{excGP, sel &^ 3} }
	np := func(sel uint32) result { return result{excNP, sel &^ 3} }
	// Selector, result of loading a data segment register at CPL 0 and at CPL 3.
	data := []struct {
		sel    uint32
		c0, c3 result
	}{
		{0, ok, ok}, {3, ok, ok},
		{sData0, ok, gp(sData0)}, {sData0 | 3, gp(sData0), gp(sData0)},
		{sData3, ok, ok}, {sData3 | 3, ok, ok},
		{sData1, ok, gp(sData1)}, {sData1 | 1, ok, gp(sData1)}, {sData1 | 2, gp(sData1), gp(sData1)},
		{sCode0, ok, gp(sCode0)}, {sCode3, ok, ok}, {sConform0 | 3, ok, ok}, {sConform0, ok, ok},
		{sReadOnly, ok, ok}, {sExecOnly, gp(sExecOnly), gp(sExecOnly)},
		{sDataNP, np(sDataNP), np(sDataNP)}, {sDataNP | 3, np(sDataNP), np(sDataNP)},
		{sLDT, gp(sLDT), gp(sLDT)}, {sTSS, gp(sTSS), gp(sTSS)}, {sGate, gp(sGate), gp(sGate)}, {sInvalid, gp(sInvalid), gp(sInvalid)},
		{sBeyond, gp(sBeyond), gp(sBeyond)}, {0xFFF8, gp(0xFFF8), gp(0xFFF8)},
		{0x0C, ok, ok}, {0x0F, ok, ok}, {0x24, gp(0x24), gp(0x24)},
		{sDown, ok, ok}, {sSmall, ok, ok},
	}
	var cases []pmCase
	for _, d := range data {
		for _, seg := range []int{ES, DS, FS, GS} {
			for cpl, want := range map[int]result{0: d.c0, 3: d.c3} {
				cases = append(cases, pmCase{name: fmt.Sprintf("mov %s,%X", vecSegs[seg], d.sel), cpl: cpl,
					code: moveSeg(seg, d.sel), vec: want.vec, err: want.err})
			}
		}
	}
	stack := []struct {
		sel    uint32
		c0, c3 result
	}{
		{0, gp(0), gp(0)}, {sData0, ok, gp(sData0)}, {sData0 | 3, gp(sData0), gp(sData0)},
		{sData3 | 3, gp(sData3), ok}, {sData3, gp(sData3), gp(sData3)}, {sData1, gp(sData1), gp(sData1)},
		{sReadOnly | 3, gp(sReadOnly), gp(sReadOnly)}, {sCode0, gp(sCode0), gp(sCode0)},
		{sDataNP, gp(sDataNP), gp(sDataNP)}, {sDataNP | 3, gp(sDataNP), result{excSS, sDataNP}}, {sBeyond, gp(sBeyond), gp(sBeyond)}, {sTSS, gp(sTSS), gp(sTSS)},
	}
	for _, d := range stack {
		for cpl, want := range map[int]result{0: d.c0, 3: d.c3} {
			cases = append(cases, pmCase{name: fmt.Sprintf("mov ss,%X", d.sel), cpl: cpl,
				code: moveSeg(SS, d.sel), vec: want.vec, err: want.err})
		}
	}
	runPM(t, cases)
}

func TestFarTransfers(t *testing.T) {
	type result struct {
		vec int
		err uint32
	}
	ok := result{vec: vecOut}
	gp := func(sel uint32) result { return result{excGP, sel &^ 3} }
	np := func(sel uint32) result { return result{excNP, sel &^ 3} }
	table := []struct {
		sel        uint32
		jmp0, jmp3 result
		callDiff   bool // calls through a gate may go inwards
	}{
		{0, gp(0), gp(0), false}, {sCode0, ok, gp(sCode0), false}, {sCode0 | 3, gp(sCode0), gp(sCode0), false},
		{sCode3 | 3, gp(sCode3), ok, false}, {sCode3, gp(sCode3), ok, false}, {sConform0, ok, ok, false}, {sConform0 | 3, ok, ok, false},
		{sConform3, gp(sConform3), ok, false}, {sCode1, gp(sCode1), gp(sCode1), false},
		{sData0, gp(sData0), gp(sData0), false}, {sCodeNP, np(sCodeNP), gp(sCodeNP), false}, {sBeyond, gp(sBeyond), gp(sBeyond), false},
		{sLDT, gp(sLDT), gp(sLDT), false}, {sInvalid, gp(sInvalid), gp(sInvalid), false}, {sBusy, gp(sBusy), gp(sBusy), false},
		{sGate, ok, gp(sCode0), true}, {sGate | 3, ok, gp(sCode0), true}, {sGateNP, np(sGateNP), np(sGateNP), false},
		{sGate0, ok, gp(sGate0), false}, {sGate16, ok, gp(sCode0), true}, {sGateBad, gp(sData0), gp(sData0), false},
		{sTaskGate, ok, ok, false}, {sTSS2, ok, gp(sTSS2), false}, {sTSSNP, np(sTSSNP), gp(sTSSNP), false},
	}
	var cases []pmCase
	for _, d := range table {
		for cpl, want := range map[int]result{0: d.jmp0, 3: d.jmp3} {
			cases = append(cases, pmCase{name: fmt.Sprintf("jmp far %X", d.sel), cpl: cpl,
				code: asm(0xEA, uint32(tGateTarget), uint16(d.sel)), vec: want.vec, err: want.err})
			if d.callDiff && cpl == 3 {
				want = ok
			}
			cases = append(cases, pmCase{name: fmt.Sprintf("call far %X", d.sel), cpl: cpl,
				code: asm(0x9A, uint32(tGateTarget), uint16(d.sel)), vec: want.vec, err: want.err})
		}
	}
	// RETF and IRET to a selector: pushes CS:EIP (and SS:ESP).
	returns := []struct {
		sel    uint32
		c0, c3 result
	}{
		{sCode0, ok, gp(sCode0)}, {sCode3 | 3, ok, ok}, {sCode3, gp(sCode3), gp(sCode3)}, {sCode1 | 1, ok, gp(sCode1)},
		{sConform0, ok, gp(sConform0)}, {sConform3 | 3, ok, ok}, {sData0, gp(sData0), gp(sData0)}, {0, gp(0), gp(0)},
		{sCodeNP, np(sCodeNP), gp(sCodeNP)}, {sBeyond, gp(sBeyond), gp(sBeyond)}, {sGate | 3, gp(sGate), gp(sGate)},
	}
	for _, d := range returns {
		for cpl, want := range map[int]result{0: d.c0, 3: d.c3} {
			ss := uint32(sData3 | 3)
			if d.sel&3 == 1 {
				ss = sData1 | 1
			}
			outer := asm(0x68, ss, 0x68, uint32(tStack3))
			ret := asm(outer, 0x68, d.sel, 0x68, uint32(tGateTarget), 0xCB)
			iret := asm(outer, 0x9C, 0x68, d.sel, 0x68, uint32(tGateTarget), 0xCF)
			cases = append(cases,
				pmCase{name: fmt.Sprintf("retf to %X", d.sel), cpl: cpl, code: ret, vec: want.vec, err: want.err},
				pmCase{name: fmt.Sprintf("iret to %X", d.sel), cpl: cpl, code: iret, vec: want.vec, err: want.err})
		}
	}
	// The stack of an outward return.
	for _, d := range []struct {
		ss   uint32
		want result
	}{{0, gp(0)}, {sData0, gp(sData0)}, {sData3, gp(sData3)}, {sReadOnly | 3, gp(sReadOnly)}, {sCode3 | 3, gp(sCode3)}, {sBeyond | 3, gp(sBeyond)}} {
		cases = append(cases, pmCase{name: fmt.Sprintf("retf outwards with ss %X", d.ss),
			code: asm(0x68, d.ss, 0x68, uint32(tStack3), 0x68, uint32(sCode3|3), 0x68, uint32(tGateTarget), 0xCB), vec: d.want.vec, err: d.want.err})
	}
	runPM(t, cases)
}

func TestInterruptGates(t *testing.T) {
	idt := func(v uint32) uint32 { return v*8 + 2 }
	runPM(t, []pmCase{
		{"int 40h", 0, asm(0xCD, 0x40), 0x40, 0, nil}, {"int 40h", 3, asm(0xCD, 0x40), 0x40, 0, nil},
		{"int 41h", 3, asm(0xCD, 0x41), 0x41, 0, nil}, {"trap gate", 3, asm(0xCD, 0x42), 0x42, 0, nil},
		{"not present", 3, asm(0xCD, 0x43), excNP, idt(0x43), nil}, {"not present", 0, asm(0xCD, 0x43), excNP, idt(0x43), nil},
		{"16-bit gate", 3, asm(0xCD, 0x44), 0x44, 0, nil}, {"not a gate", 3, asm(0xCD, 0x45), excGP, idt(0x45), nil},
		{"gate DPL 0", 3, asm(0xCD, 0x50), excGP, idt(0x50), nil}, {"gate DPL 0", 0, asm(0xCD, 0x50), 0x50, 0, nil},
		{"task gate", 3, asm(0xCD, 0x46), vecOut, 0, nil}, {"task gate", 0, asm(0xCD, 0x46), vecOut, 0, nil},
		{"code not present", 0, asm(0xCD, 0x47), excNP, sCodeNP, nil}, {"to data", 0, asm(0xCD, 0x48), excGP, sData0, nil},
		{"null code", 0, asm(0xCD, 0x49), excGP, 0, nil}, {"conforming", 0, asm(0xCD, 0x4A), vecOut, 0, nil},
		{"conforming handler stays at CPL 3", 3, asm(0xCD, 0x4A), excGP, 0, nil},
		{"int3", 3, asm(0xCC), 3, 0, nil}, {"into without overflow", 3, asm(0xCE), vecOut, 0, nil},
		{"into", 3, asm(0xB0, 0x7F, 0x04, 1, 0xCE), 4, 0, nil}, {"bound", 3, asm(0xB8, uint32(9), 0x62, 0x05, uint32(0x20000)), 5, 0, nil},
		{"ud", 3, asm(0x0F, 0xFF), 6, 0, nil}, {"div", 3, asm(0x31, 0xC9, 0xF7, 0xF1), 0, 0, nil},
		{"beyond the IDT", 0, asm(0xCD, 0x50), excGP, idt(0x50), func(m *pmMachine) { m.cpu.idt.limit = 0x50*8 - 1 }},
		{"fpu not available", 3, asm(0xD9, 0xE8), excNM, 0, func(m *pmMachine) { m.cpu.cr0 |= CR0TS }},
		{"fpu emulated", 3, asm(0xD9, 0xE8), excNM, 0, func(m *pmMachine) { m.cpu.cr0 |= CR0EM }},
		{"wait with ts, mp", 3, asm(0x9B), excNM, 0, func(m *pmMachine) { m.cpu.cr0 |= CR0TS | CR0MP }},
		{"wait with ts", 3, asm(0x9B), vecOut, 0, func(m *pmMachine) { m.cpu.cr0 |= CR0TS }},
		{"fpu error", 3, asm(0xDB, 0xE3, 0x68, uint32(0x37B), 0xD9, 0x2C, 0x24, 0xD9, 0xE8, 0xD9, 0xEE, 0xDE, 0xF9, 0x9B), excMF, 0,
			func(m *pmMachine) { m.cpu.cr0 |= CR0NE }},
		{"alignment", 3, asm(0xA1, uint32(0x20001)), excAC, 0, func(m *pmMachine) { m.cpu.SetCR(0, CR0PE|CR0AM); m.cpu.SetEFlags(FlagAC) }},
		{"alignment at CPL 0", 0, asm(0xA1, uint32(0x20001)), vecOut, 0, func(m *pmMachine) { m.cpu.SetCR(0, CR0PE|CR0AM); m.cpu.SetEFlags(FlagAC) }},
		{"inner stack of another level", 3, asm(0xCD, 0x40), excDF, 0, func(m *pmMachine) {
			// The handlers of level 1 find a stack that does not fit; those of
			// #TS and #DF run on level 0.
			m.put64(tIDT+vecOut*8, gateDesc(sCode1, tHandlers, 0xEE))
			m.put32(tTSS+0x10, sData0)
			m.put64(tIDT+excTS*8, gateDesc(sCode1, tHandlers, 0x8E))
		}},
		{"handler without a frame", 0, asm(0xCD, 0x51), 0x51, 0, nil},
		{"hlt", 3, asm(0xF4), excGP, 0, nil}, {"cli", 3, asm(0xFA), excGP, 0, nil}, {"sti", 3, asm(0xFB), excGP, 0, nil},
		{"cli with IOPL 3", 3, asm(0xFA), vecOut, 0, func(m *pmMachine) { m.cpu.SetEFlags(FlagIOPL) }},
		{"in", 3, asm(0xE4, 0x10), excGP, 0, nil}, {"out", 3, asm(0xE6, 0x10), excGP, 0, nil},
		{"in with IOPL 3", 3, asm(0xE4, 0x10), vecOut, 0, func(m *pmMachine) { m.cpu.SetEFlags(FlagIOPL) }},
		{"in with the bitmap", 3, asm(0xE4, 0x10), vecOut, 0, func(m *pmMachine) { m.cpu.tr.limit = 0x7F }},
		{"in denied by the bitmap", 3, asm(0xE4, 0x10), excGP, 0, func(m *pmMachine) { m.cpu.tr.limit = 0x7F; m.put32(tTSS+0x68, 0x00010000) }},
		{"word port needs both bits", 3, asm(0x66, 0xE5, 0x0F), excGP, 0, func(m *pmMachine) { m.cpu.tr.limit = 0x7F; m.put32(tTSS+0x68, 0x00010000) }},
		{"bitmap ends before the second byte", 3, asm(0xE4, 0x10), excGP, 0, func(m *pmMachine) { m.cpu.tr.limit = 0x6A }},
		{"lgdt", 3, asm(0x0F, 0x01, 0x15, uint32(0x20000)), excGP, 0, nil}, {"lidt", 3, asm(0x0F, 0x01, 0x1D, uint32(0x20000)), excGP, 0, nil},
		{"sgdt", 3, asm(0x0F, 0x01, 0x05, uint32(0x20000)), vecOut, 0, nil}, {"smsw", 3, asm(0x0F, 0x01, 0xE0), vecOut, 0, nil},
		{"lmsw", 3, asm(0x0F, 0x01, 0xF0), excGP, 0, nil}, {"clts", 3, asm(0x0F, 0x06), excGP, 0, nil},
		{"mov cr0", 3, asm(0x0F, 0x20, 0xC0), excGP, 0, nil}, {"mov dr0", 3, asm(0x0F, 0x21, 0xC0), excGP, 0, nil},
		{"mov cr1", 0, asm(0x0F, 0x20, 0xC8), excUD, 0, nil}, {"invlpg", 3, asm(0x0F, 0x01, 0x3D, uint32(0)), excGP, 0, nil},
		{"wbinvd", 3, asm(0x0F, 0x09), excGP, 0, nil}, {"lldt", 3, asm(0x31, 0xC0, 0x0F, 0x00, 0xD0), excGP, 0, nil},
		{"PG without PE", 0, asm(0xB8, uint32(CR0PG), 0x0F, 0x22, 0xC0), excGP, 0, nil},
		{"NW without CD", 0, asm(0xB8, uint32(CR0PE|CR0NW), 0x0F, 0x22, 0xC0), excGP, 0, nil},
		{"ltr busy", 0, asm(0xB8, uint32(sBusy), 0x0F, 0x00, 0xD8), excGP, sBusy, nil},
		{"ltr not present", 0, asm(0xB8, uint32(sTSSNP), 0x0F, 0x00, 0xD8), excNP, sTSSNP, nil},
		{"ltr null", 0, asm(0x31, 0xC0, 0x0F, 0x00, 0xD8), excGP, 0, nil}, {"ltr data", 0, asm(0xB8, uint32(sData0), 0x0F, 0x00, 0xD8), excGP, sData0, nil},
		{"ltr", 0, asm(0xB8, uint32(sTSS2), 0x0F, 0x00, 0xD8), vecOut, 0, nil},
		{"lldt not an LDT", 0, asm(0xB8, uint32(sTSS), 0x0F, 0x00, 0xD0), excGP, sTSS, nil},
		{"lldt not present", 0, asm(0xB8, uint32(sLDTNP), 0x0F, 0x00, 0xD0), excNP, sLDTNP, nil},
		{"rdmsr on a 486", 0, asm(0x0F, 0x32), excUD, 0, nil}, {"cmov on a 486", 0, asm(0x0F, 0x40, 0xC0), excUD, 0, nil},
		{"iret with a null back link", 0, asm(0x68, uint32(0x4002), 0x9D, 0xCF), excTS, 0, nil},
		{"single step", 0, asm(0x68, uint32(0x102), 0x9D, 0x90), 1, 0, nil},
	})
}

func TestLimits(t *testing.T) {
	read := func(seg int, sel, off uint32, op ...int) []byte {
		b := asm(moveSeg(seg, sel), 0x3E)
		for _, o := range op {
			b = append(b, byte(o))
		}
		return asm(b, off)
	}
	var cases []pmCase
	add := func(name string, sel, off uint32, fault bool, op ...int) {
		vec := vecOut
		if fault {
			vec = excGP
		}
		cases = append(cases, pmCase{name: fmt.Sprintf("%s %X:%X", name, sel, off), cpl: 3, code: read(DS, sel, off, op...), vec: vec})
	}
	for _, d := range []struct {
		sel, off uint32
		n        uint32
		fault    bool
	}{
		{sSmall, 0xFFF, 1, false}, {sSmall, 0x1000, 1, true}, {sSmall, 0xFFE, 2, false}, {sSmall, 0xFFF, 2, true},
		{sSmall, 0xFFC, 4, false}, {sSmall, 0xFFD, 4, true}, {sSmall, 0xFFFFFFFF, 4, true},
		{sDown, 0xFFF, 1, true}, {sDown, 0x1000, 1, false}, {sDown, 0xFFF, 4, true}, {sDown, 0x1000, 4, false}, {sDown, 0xFFFFFFFE, 4, true},
		{sDown16, 0xFFFF, 1, false}, {sDown16, 0x10000, 1, true}, {sDown16, 0xFFFE, 2, false}, {sDown16, 0xFFFD, 4, true}, {sDown16, 0xFFF, 2, true},
		{0, 0, 1, true}, {0, 0, 4, true}, {sReadOnly, 0x20000, 4, false}, {sData3, 0xFFFFFFFF, 2, true}, {sData3, 0xFFFFFFFE, 4, true},
	} {
		switch d.n {
		case 1:
			add("load byte", d.sel, d.off, d.fault, 0x8A, 0x0D)
			add("store byte", d.sel, d.off, d.fault || d.sel == sReadOnly, 0x88, 0x0D)
			add("add byte", d.sel, d.off, d.fault || d.sel == sReadOnly, 0x00, 0x0D)
		case 2:
			add("load word", d.sel, d.off, d.fault, 0x66, 0x8B, 0x0D)
			add("store word", d.sel, d.off, d.fault || d.sel == sReadOnly, 0x66, 0x89, 0x0D)
			add("xchg word", d.sel, d.off, d.fault || d.sel == sReadOnly, 0x66, 0x87, 0x0D)
		case 4:
			add("load dword", d.sel, d.off, d.fault, 0x8B, 0x0D)
			add("store dword", d.sel, d.off, d.fault || d.sel == sReadOnly, 0x89, 0x0D)
			add("inc dword", d.sel, d.off, d.fault || d.sel == sReadOnly, 0xFF, 0x05)
		}
	}
	// The stack segment raises #SS.
	cases = append(cases,
		pmCase{name: "push beyond", cpl: 3, code: asm(moveSeg(SS, sSmall|3), 0xBC, uint32(0x1004), 0x50), vec: excSS},
		pmCase{name: "push at the top", cpl: 3, code: asm(moveSeg(SS, sSmall|3), 0xBC, uint32(0x1000), 0x50), vec: vecOut},
		pmCase{name: "push below 0", cpl: 3, code: asm(moveSeg(SS, sSmall|3), 0xBC, uint32(2), 0x50), vec: excSS},
		pmCase{name: "pop beyond", cpl: 3, code: asm(moveSeg(SS, sSmall|3), 0xBC, uint32(0xFFD), 0x58), vec: excSS},
		pmCase{name: "load through ebp", cpl: 3, code: asm(moveSeg(SS, sSmall|3), 0xBD, uint32(0x1000), 0x8B, 0x45, 0), vec: excSS},
		pmCase{name: "call beyond the limit of cs", cpl: 0, code: asm(0xE8, uint32(0x80000000)), vec: excGP,
			prep: func(m *pmMachine) { m.cpu.SetSegment(CS, sCode0, 0, 0xFFFF, segP|segS|segB|0xB<<8) }},
		pmCase{name: "jmp beyond the limit of cs", cpl: 0, code: asm(0xE9, uint32(0x80000000)), vec: excGP,
			prep: func(m *pmMachine) { m.cpu.SetSegment(CS, sCode0, 0, 0xFFFF, segP|segS|segB|0xB<<8) }},
		pmCase{name: "ret beyond the limit of cs", cpl: 0, code: asm(0x68, uint32(0x10000), 0xC3), vec: excGP,
			prep: func(m *pmMachine) { m.cpu.SetSegment(CS, sCode0, 0, 0xFFFF, segP|segS|segB|0xB<<8) }},
		pmCase{name: "running off the limit of cs", cpl: 0, code: asm(0x90, 0x90, 0x90), vec: excGP,
			prep: func(m *pmMachine) { m.cpu.SetSegment(CS, sCode0, 0, tCode+1, segP|segS|segB|0xB<<8) }},
	)
	runPM(t, cases)
}

// TestPageProtection goes through every combination of rights in directory and
// table, privilege, CR0.WP and kind of access.
func TestPageProtection(t *testing.T) {
	const lin, phys = 0x400000, 0x40000
	accesses := []struct {
		name  string
		code  []byte
		write bool
	}{
		{"read", asm(0xA1, uint32(lin+0xF00)), false},
		{"write", asm(0xA3, uint32(lin+0xF00)), true},
		{"modify", asm(0xFF, 0x05, uint32(lin+0xF00)), true},
		{"execute", asm(0xB8, uint32(lin), 0xFF, 0xE0), false},
		{"rep stos", asm(0xBF, uint32(lin+0xF00), 0xB9, uint32(8), 0xF3, 0xAB), true},
	}
	m := newPM("486")
	n := 0
	for i := range uint32(8 * 8 * 4) {
		pde, pte := i&7, i>>3&7
		cpl, wp := 0, (i>>7&1)*CR0WP
		if i>>6&1 != 0 {
			cpl = 3
		}
		for _, access := range accesses {
			m.setup(cpl, access.code)
			m.mem.Write(phys, []byte{0xCD, vecOut})
			m.mapIdentity()
			m.put32(tDirectory+4, 0x12000|pde)
			m.put32(0x12000, phys|pte)
			m.cpu.SetCR(3, tDirectory)
			m.cpu.SetCR(0, CR0PE|CR0PG|wp)
			vec, code := m.run(t)
			want, err := vecOut, uint32(0)
			if access.write {
				err |= 2
			}
			if cpl == 3 {
				err |= 4
			}
			rights := pde & pte
			switch {
			case rights&pteP == 0:
				want = excPF
			case cpl == 3 && rights&pteU == 0, access.write && rights&pteW == 0 && (cpl == 3 || wp != 0):
				want = excPF
				err |= 1
			}
			n++
			name := fmt.Sprintf("%s, PDE %X, PTE %X, CPL %d, WP %v", access.name, pde, pte, cpl, wp != 0)
			if vec != want || vec == excPF && code != err {
				t.Errorf("%s: vector %d code %X, want %d code %X", name, vec, code, want, err)
			}
			if vec == excPF {
				if m.cpu.cr2&^0xFFF != lin {
					t.Errorf("%s: CR2 %X", name, m.cpu.cr2)
				}
				continue
			}
			bits := uint32(pteA)
			if access.write {
				bits |= pteD
			}
			if got := m.get32(0x12000); got&(pteA|pteD) != bits {
				t.Errorf("%s: PTE after the access %X", name, got)
			}
			if got := m.get32(tDirectory + 4); got&(pteA|pteD) != pteA {
				t.Errorf("%s: PDE after the access %X", name, got)
			}
		}
	}
	t.Logf("%d cases", n)
}

// mapIdentity maps the first MiB for everybody.
func (m *pmMachine) mapIdentity() {
	m.put32(tDirectory, tTable|7)
	for i := range uint32(256) {
		m.put32(tTable+i*4, i<<12|7)
	}
}
