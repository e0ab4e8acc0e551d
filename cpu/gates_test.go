package cpu

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
)

// lAny is a free entry of the GDT for the descriptor of a row.
const lAny = sInvalid

func putGDT(sel uint32, d uint64) func(m *pmMachine) {
	return func(m *pmMachine) { m.put64(tGDT+sel, d) }
}

func far(op int, sel, off uint32) []byte { return asm(op, off, uint16(sel)) }

// stackHas checks the values from the top of the stack on.
func stackHas(size uint32, want ...uint32) func(t *testing.T, m *pmMachine) {
	return func(t *testing.T, m *pmMachine) {
		at := m.cpu.Reg(ESP) + 12 // the frame of INT 40h
		for i, w := range want {
			assert.Equal(t, w, m.mem.read(at+uint32(i)*size, size), "slot %d", i)
		}
	}
}

func TestFarCallFrames(t *testing.T) {
	const after = tCode + 7
	outer := asm(0x68, uint32(0x33333333), 0x68, uint32(0x22222222), 0x68, uint32(0x11111111)) // parameters, 15 bytes
	gate := func(count, typ uint32) func(m *pmMachine) {
		return putGDT(lAny, gateDesc(sCode0, tGateTarget, typ)|uint64(count)<<32)
	}
	runScenarios(t, "486", []scenario{
		{name: "direct", code: far(0x9A, sCode0, tGateTarget), vec: vecOut, check: stackHas(4, after, sCode0)},
		{name: "direct, 16-bit operands", code: asm(0x66, 0x9A, uint16(tGateTarget), uint16(sCode0)), vec: vecOut, check: stackHas(2, tCode+6, sCode0)},
		{name: "conforming from CPL 3", cpl: 3, code: far(0x9A, sConform0, tGateTarget), vec: vecOut, check: func(t *testing.T, m *pmMachine) {
			assert.Equal(t, uint32(sConform0|3), m.get32(m.cpu.Reg(ESP)+4), "the RPL of CS is the CPL")
		}},
		{name: "gate to the same level", code: far(0x9A, sGate, 0), vec: vecOut, check: stackHas(4, after, sCode0)},
		{name: "gate to the same level, 16-bit", code: far(0x9A, sGate16, 0), vec: vecOut, check: stackHas(2, after, sCode0)},
		{name: "gate inwards", cpl: 3, code: far(0x9A, sGate, 0), vec: vecOut, check: stackHas(4, after, sCode3|3, tStack3, sData3|3)},
		{name: "gate inwards, 16-bit", cpl: 3, code: far(0x9A, sGate16, 0), vec: vecOut, check: stackHas(2, after, sCode3|3, tStack3, sData3|3)},
		{name: "three parameters", cpl: 3, prep: gate(3, 0xEC), code: asm(outer, far(0x9A, lAny, 0)), vec: vecOut,
			check: stackHas(4, after+15, sCode3|3, 0x11111111, 0x22222222, 0x33333333, tStack3-12, sData3|3)},
		{name: "three words", cpl: 3, prep: gate(3, 0xE4), code: asm(outer, far(0x9A, lAny, 0)), vec: vecOut,
			check: stackHas(2, after+15, sCode3|3, 0x1111, 0x1111, 0x2222, tStack3-12, sData3|3)},
		{name: "31 parameters", cpl: 3, prep: gate(31, 0xEC), code: asm(outer, far(0x9A, lAny, 0)), vec: vecOut, check: func(t *testing.T, m *pmMachine) {
			assert.Equal(t, uint32(tStack0-4*(4+31+3)), m.cpu.Reg(ESP))
		}},
		{name: "no parameters at the same level", prep: gate(3, 0xEC), code: asm(outer, far(0x9A, lAny, 0)), vec: vecOut,
			check: stackHas(4, after+15, sCode0, 0x11111111)},
		{name: "gate to conforming code stays outside", cpl: 3, prep: putGDT(lAny, gateDesc(sConform0, tGateTarget, 0xEC)), code: far(0x9A, lAny, 0), vec: vecOut,
			check: func(t *testing.T, m *pmMachine) {
				assert.Equal(t, uint32(tStack0-20), m.cpu.Reg(ESP), "INT 40h came from CPL 3")
			}},
		{name: "gate to level 1", cpl: 3, prep: putGDT(lAny, gateDesc(sCode1, tGateTarget, 0xEC)), code: far(0x9A, lAny, 0), vec: vecOut,
			check: func(t *testing.T, m *pmMachine) {
				f := m.frame(vecOut)
				assert.Equal(t, uint32(sCode1|1), f.cs)
				assert.Equal(t, uint32(sData1|1), f.ss)
				assert.Equal(t, uint32(tStack0-0x400-16), f.esp)
			}},
		{name: "the offset of a 16-bit gate has 16 bits", prep: putGDT(lAny, gateDesc(sCode0, 0x10000|tGateTarget, 0xE4)), code: far(0x9A, lAny, 0), vec: vecOut},
	})
}

func TestFarCallAndJumpFaults(t *testing.T) {
	toGate := func(sel uint16, typ uint32) func(m *pmMachine) { return putGDT(lAny, gateDesc(sel, tGateTarget, typ)) }
	both := func(f ...func(m *pmMachine)) func(m *pmMachine) {
		return func(m *pmMachine) {
			for _, g := range f {
				g(m)
			}
		}
	}
	call, jmp := far(0x9A, lAny, 0), far(0xEA, lAny, 0)
	tss := func(off, v uint32) func(m *pmMachine) { return func(m *pmMachine) { m.put32(tTSS+off, v) } }
	small := segDesc(0, tGateTarget-1, 0x9A, 4)
	var rows []scenario
	for _, d := range []struct {
		name     string
		cpl      int
		prep     func(m *pmMachine)
		vec      int
		err      uint32
		callOnly bool
	}{
		{name: "gate with a null selector", prep: toGate(0, 0xEC), vec: excGP},
		{name: "gate with a null selector, RPL 3", prep: toGate(3, 0xEC), vec: excGP},
		{name: "gate to a selector outside the GDT", prep: toGate(sBeyond, 0xEC), vec: excGP, err: sBeyond},
		{name: "gate to data", prep: toGate(sData0, 0xEC), vec: excGP, err: sData0},
		{name: "gate to a gate", prep: toGate(sGate, 0xEC), vec: excGP, err: sGate},
		{name: "gate to a TSS", prep: toGate(sTSS2, 0xEC), vec: excGP, err: sTSS2},
		{name: "gate to outer code", prep: toGate(sCode3|3, 0xEC), vec: excGP, err: sCode3},
		{name: "gate to code that is not present", prep: toGate(sCodeNP, 0xEC), vec: excNP, err: sCodeNP},
		{name: "gate not present", prep: toGate(sCode0, 0x6C), vec: excNP, err: lAny},
		{name: "gate not present and DPL 0", cpl: 3, prep: toGate(sCode0, 0x0C), vec: excGP, err: lAny},
		{name: "gate with DPL 0", cpl: 3, prep: toGate(sCode0, 0x8C), vec: excGP, err: lAny},
		{name: "gate with DPL 1", cpl: 3, prep: toGate(sCode0, 0xAC), vec: excGP, err: lAny},
		{name: "offset beyond the limit", prep: both(toGate(sSmall, 0xEC), putGDT(sSmall, small)), vec: excGP},
		{name: "interrupt gate", prep: toGate(sCode0, 0xEE), vec: excGP, err: lAny},
		{name: "trap gate", prep: toGate(sCode0, 0xEF), vec: excGP, err: lAny},
		{name: "LDT descriptor", prep: putGDT(lAny, segDesc(tLDT, 0x1F, 0xE2, 0)), vec: excGP, err: lAny},
		{name: "busy TSS", prep: putGDT(lAny, segDesc(tTSS2, 0x67, 0xEB, 0)), vec: excGP, err: lAny},
		{name: "TSS with DPL 0", cpl: 3, prep: putGDT(lAny, segDesc(tTSS2, 0x67, 0x89, 0)), vec: excGP, err: lAny},
		{name: "TSS not present", prep: putGDT(lAny, segDesc(tTSS2, 0x67, 0x69, 0)), vec: excNP, err: lAny},
		{name: "code not present", prep: putGDT(lAny, segDesc(0, 0xFFFFF, 0x1A, 0xC)), vec: excNP, err: lAny},
		{name: "code not present of another level", cpl: 3, prep: putGDT(lAny, segDesc(0, 0xFFFFF, 0x1A, 0xC)), vec: excGP, err: lAny},
		{name: "conforming code of an outer level", prep: putGDT(lAny, segDesc(0, 0xFFFFF, 0xFE, 0xC)), vec: excGP, err: lAny},
		{name: "data", prep: putGDT(lAny, segDesc(0, 0xFFFFF, 0x92, 0xC)), vec: excGP, err: lAny},
		{name: "selector of type 8", prep: putGDT(lAny, gateDesc(sCode0, 0, 0x88)), vec: excGP, err: lAny},
		{name: "inner stack null", cpl: 3, prep: both(toGate(sCode1, 0xEC), tss(0x10, 0)), vec: excTS, callOnly: true},
		{name: "inner stack outside the GDT", cpl: 3, prep: both(toGate(sCode1, 0xEC), tss(0x10, sBeyond|1)), vec: excTS, err: sBeyond, callOnly: true},
		{name: "inner stack with another RPL", cpl: 3, prep: both(toGate(sCode1, 0xEC), tss(0x10, sData1)), vec: excTS, err: sData1, callOnly: true},
		{name: "inner stack with another DPL", cpl: 3, prep: both(toGate(sCode1, 0xEC), tss(0x10, sData0|1)), vec: excTS, err: sData0, callOnly: true},
		{name: "inner stack read-only", cpl: 3, prep: both(toGate(sCode1, 0xEC), tss(0x10, sSmall|1), putGDT(sSmall, segDesc(0, 0xFFFFF, 0xB0, 0xC))), vec: excTS, err: sSmall, callOnly: true},
		{name: "inner stack is code", cpl: 3, prep: both(toGate(sCode1, 0xEC), tss(0x10, sCode1|1)), vec: excTS, err: sCode1, callOnly: true},
		{name: "inner stack not present", cpl: 3, prep: both(toGate(sCode1, 0xEC), tss(0x10, sSmall|1), putGDT(sSmall, segDesc(0, 0xFFFFF, 0x32, 0xC))), vec: excSS, err: sSmall, callOnly: true},
		{name: "inner stack full", cpl: 3, prep: both(toGate(sCode1, 0xEC), tss(0x0C, 12), tss(0x10, sSmall|1), putGDT(sSmall, segDesc(0, 0xFFF, 0xB2, 4))), vec: excSS, err: sSmall, callOnly: true},
		{name: "inner stack beyond its limit", cpl: 3, prep: both(toGate(sCode1, 0xEC), tss(0x10, sSmall|1), putGDT(sSmall, segDesc(0, 0xFFF, 0xB2, 4))), vec: excSS, err: sSmall, callOnly: true},
		{name: "offset beyond the limit of the inner code", cpl: 3, prep: both(toGate(sSmall, 0xEC), putGDT(sSmall, small)), vec: excGP, callOnly: true},
	} {
		rows = append(rows, scenario{name: "call, " + d.name, cpl: d.cpl, prep: d.prep, code: call, vec: d.vec, err: d.err})
		if !d.callOnly {
			rows = append(rows, scenario{name: "jmp, " + d.name, cpl: d.cpl, prep: d.prep, code: jmp, vec: d.vec, err: d.err})
		}
	}
	// The stack of the caller.
	inSmall := asm(moveSeg(SS, sSmall|3), 0xBC, uint32(4))
	rows = append(rows,
		scenario{name: "call to the same level without room", cpl: 3, code: asm(inSmall, far(0x9A, sCode3|3, tGateTarget)), at: 12, vec: excSS},
		scenario{name: "parameters beyond the caller's stack", cpl: 3, prep: putGDT(lAny, gateDesc(sCode0, tGateTarget, 0xEC)|2<<32),
			code: asm(moveSeg(SS, sSmall|3), 0xBC, uint32(0xFFC), call), at: 12, vec: excSS},
		scenario{name: "the TSS ends before the inner stack", cpl: 3, prep: both(toGate(sCode1, 0xEC), func(m *pmMachine) { m.cpu.tr.limit = 0x10 }), code: call, vec: excTS, err: sTSS})
	runScenarios(t, "486", rows)
}

func TestInnerStackOf16BitTSS(t *testing.T) {
	prep := func(m *pmMachine) {
		m.cpu.tr.flags = segP | 3<<8
		m.put32(tTSS+2, tStack0|sData0<<16)
	}
	runScenarios(t, "486", []scenario{
		{name: "int", cpl: 3, prep: prep, code: asm(0xCD, 0x40), vec: vecOut, check: func(t *testing.T, m *pmMachine) {
			assert.Equal(t, uint32(tStack0-20), m.cpu.Reg(ESP))
		}},
		{name: "call", cpl: 3, prep: prep, code: far(0x9A, sGate, 0), vec: vecOut, check: stackHas(4, tCode+7, sCode3|3, tStack3, sData3|3)},
	})
}

func TestFarReturnFaults(t *testing.T) {
	// Pushes of CS and EIP, and of SS and ESP before them for an outward return.
	type ret struct {
		name   string
		cpl    int
		cs, ss uint32
		prep   func(m *pmMachine)
		vec    int
		err    uint32
	}
	var rows []scenario
	for _, d := range []ret{
		{name: "null", vec: excGP},
		{name: "null with RPL", cs: 3, vec: excGP},
		{name: "outside the GDT", cs: sBeyond, vec: excGP, err: sBeyond},
		{name: "data", cs: sData0, vec: excGP, err: sData0},
		{name: "gate", cs: sGate | 3, vec: excGP, err: sGate},
		{name: "TSS", cs: sTSS2, vec: excGP, err: sTSS2},
		{name: "to an inner level", cpl: 3, cs: sCode0, vec: excGP, err: sCode0},
		{name: "RPL less than DPL", cs: sCode3, vec: excGP, err: sCode3},
		{name: "RPL greater than DPL", cs: sCode0 | 1, vec: excGP, err: sCode0},
		{name: "conforming with DPL above RPL", cs: sConform3, vec: excGP, err: sConform3},
		{name: "not present", cs: sCodeNP, vec: excNP, err: sCodeNP},
		{name: "not present of another level", cs: sCodeNP | 3, vec: excGP, err: sCodeNP},
		{name: "beyond the limit", cs: lAny, prep: putGDT(lAny, segDesc(0, 0xFFF, 0x9A, 4)), vec: excGP},
		{name: "outwards beyond the limit", cs: lAny | 3, ss: sData3 | 3, prep: putGDT(lAny, segDesc(0, 0xFFF, 0xFA, 4)), vec: excGP},
		{name: "outwards, SS null", cs: sCode3 | 3, vec: excGP},
		{name: "outwards, SS of RPL 0", cs: sCode3 | 3, ss: sData3, vec: excGP, err: sData3},
		{name: "outwards, SS of DPL 0", cs: sCode3 | 3, ss: sData0 | 3, vec: excGP, err: sData0},
		{name: "outwards, SS of level 1", cs: sCode3 | 3, ss: sData1 | 1, vec: excGP, err: sData1},
		{name: "outwards, SS read-only", cs: sCode3 | 3, ss: sReadOnly | 3, vec: excGP, err: sReadOnly},
		{name: "outwards, SS is code", cs: sCode3 | 3, ss: sCode3 | 3, vec: excGP, err: sCode3},
		{name: "outwards, SS outside the GDT", cs: sCode3 | 3, ss: sBeyond | 3, vec: excGP, err: sBeyond},
		{name: "outwards, SS not present", cs: sCode3 | 3, ss: sDataNP | 3, vec: excSS, err: sDataNP},
	} {
		outer := asm(0x68, d.ss, 0x68, uint32(tStack3))
		rows = append(rows,
			scenario{name: "retf, " + d.name, cpl: d.cpl, prep: d.prep, code: asm(outer, 0x68, d.cs, 0x68, uint32(tGateTarget), 0xCB), at: 20, vec: d.vec, err: d.err},
			scenario{name: "iret, " + d.name, cpl: d.cpl, prep: d.prep, code: asm(outer, 0x6A, 2, 0x68, d.cs, 0x68, uint32(tGateTarget), 0xCF), at: 22, vec: d.vec, err: d.err})
	}
	edge := func(sp uint32) []byte { return asm(moveSeg(SS, sSmall|3), 0xBC, sp) }
	rows = append(rows,
		scenario{name: "retf beyond the stack", cpl: 3, code: asm(edge(0xFFC), 0xCB), at: 12, vec: excSS},
		scenario{name: "iret beyond the stack", cpl: 3, code: asm(edge(0xFF8), 0xCF), at: 12, vec: excSS})
	runScenarios(t, "486", rows)
}

func TestFarReturns(t *testing.T) {
	push := func(v ...uint32) (b []byte) {
		for _, w := range v {
			b = asm(b, 0x68, w)
		}
		return b
	}
	spAt := func(want uint32) func(t *testing.T, m *pmMachine) {
		return func(t *testing.T, m *pmMachine) { assert.Equal(t, want, m.frame(vecOut).esp, "ESP outside") }
	}
	setSegs := func(m *pmMachine) {
		c := m.cpu
		c.seg[DS] = segment{selector: sData0, limit: 0xFFFFFFFF, flags: segP | segS | segB | segG | 3<<8}
		c.seg[ES] = segment{selector: sData3 | 3, limit: 0xFFFFFFFF, flags: segP | segS | segB | segG | 3<<8 | 3<<13}
		c.seg[FS] = segment{selector: sConform0, limit: 0xFFFFFFFF, flags: segP | segS | segB | segG | 0xE<<8}
		c.seg[GS] = segment{selector: sCode0, limit: 0xFFFFFFFF, flags: segP | segS | segB | segG | 0xA<<8}
		c.modeChanged()
	}
	nulled := func(t *testing.T, m *pmMachine) {
		for i, want := range map[int]uint16{DS: 0, ES: sData3 | 3, FS: sConform0, GS: 0} {
			assert.Equal(t, want, m.cpu.seg[i].selector, vecSegs[i])
		}
	}
	runScenarios(t, "486", []scenario{
		{name: "retf releases parameters", code: asm(push(1, 2, sCode0, tGateTarget), 0xCA, uint16(8)), vec: vecOut, check: func(t *testing.T, m *pmMachine) {
			assert.Equal(t, uint32(tStack0-12), m.cpu.Reg(ESP))
		}},
		{name: "retf outwards", code: asm(push(sData3|3, tStack3, sCode3|3, tGateTarget), 0xCB), vec: vecOut, check: spAt(tStack3)},
		{name: "retf outwards releases parameters on both stacks", code: asm(push(sData3|3, tStack3, 1, 2, sCode3|3, tGateTarget), 0xCA, uint16(8)), vec: vecOut, check: spAt(tStack3 + 8)},
		{name: "iret outwards", code: asm(push(sData3|3, tStack3, 2, sCode3|3, tGateTarget), 0xCF), vec: vecOut, check: spAt(tStack3)},
		{name: "retf outwards clears inner segments", prep: setSegs, code: asm(push(sData3|3, tStack3, sCode3|3, tGateTarget), 0xCB), vec: vecOut, check: nulled},
		{name: "iret outwards clears inner segments", prep: setSegs, code: asm(push(sData3|3, tStack3, 2, sCode3|3, tGateTarget), 0xCF), vec: vecOut, check: nulled},
		{name: "retf with 16-bit operands", code: asm(0x66, 0x68, uint16(sCode0), 0x66, 0x68, uint16(tGateTarget), 0x66, 0xCB), vec: vecOut, check: func(t *testing.T, m *pmMachine) {
			assert.Equal(t, uint32(tStack0-12), m.cpu.Reg(ESP))
		}},
		{name: "retf to conforming code of an inner level", cpl: 3, code: asm(push(sConform0|3, tGateTarget), 0xCB), vec: vecOut, check: func(t *testing.T, m *pmMachine) {
			assert.Equal(t, uint32(sConform0|3), m.frame(vecOut).cs)
		}},
	})
}

func TestInterruptGateFaults(t *testing.T) {
	const vec = 0x50
	idt := uint32(vec*8 + 2)
	gate := func(d uint64) func(m *pmMachine) { return func(m *pmMachine) { m.put64(tIDT+vec*8, d) } }
	tss := func(g func(m *pmMachine), off, v uint32) func(m *pmMachine) {
		return func(m *pmMachine) { g(m); m.put32(tTSS+off, v) }
	}
	code := asm(0xCD, vec)
	one := gate(gateDesc(sCode1, tHandlers, 0xEE))
	smallOne := func(m *pmMachine) { one(m); m.put64(tGDT+sSmall, segDesc(0, 0xFFF, 0xB2, 4)) }
	rows := []scenario{
		{name: "beyond the limit of the IDT", prep: func(m *pmMachine) { m.cpu.idt.limit = vec*8 + 6 }, err: idt, vec: excGP},
		{name: "DPL before presence", cpl: 3, prep: gate(gateDesc(sCode0, 0, 0x0E)), vec: excGP, err: idt},
		{name: "not present", prep: gate(gateDesc(sCode0, 0, 0x6E)), vec: excNP, err: idt},
		{name: "task gate not present", prep: gate(gateDesc(sTSS2, 0, 0x65)), vec: excNP, err: idt},
		{name: "task gate of DPL 0", cpl: 3, prep: gate(gateDesc(sTSS2, 0, 0x85)), vec: excGP, err: idt},
		{name: "call gate", prep: gate(gateDesc(sCode0, 0, 0xEC)), vec: excGP, err: idt},
		{name: "code descriptor", prep: gate(segDesc(0, 0xFFFFF, 0xFA, 0xC)), vec: excGP, err: idt},
		{name: "zero", prep: gate(0), vec: excGP, err: idt},
		{name: "null code selector", prep: gate(gateDesc(0, 0, 0xEE)), vec: excGP},
		{name: "null code selector with RPL", prep: gate(gateDesc(2, 0, 0xEE)), vec: excGP},
		{name: "code outside the GDT", prep: gate(gateDesc(sBeyond, 0, 0xEE)), vec: excGP, err: sBeyond},
		{name: "data", prep: gate(gateDesc(sData0, 0, 0xEE)), vec: excGP, err: sData0},
		{name: "outer code", prep: gate(gateDesc(sCode3|3, 0, 0xEE)), vec: excGP, err: sCode3},
		{name: "code not present", prep: gate(gateDesc(sCodeNP, 0, 0xEE)), vec: excNP, err: sCodeNP},
		{name: "beyond the limit of the code", prep: func(m *pmMachine) {
			gate(gateDesc(lAny, 0x1000, 0xEE))(m)
			m.put64(tGDT+lAny, segDesc(0, 0xFFF, 0x9A, 4))
		}, vec: excGP},
		{name: "inner stack null", cpl: 3, prep: tss(one, 0x10, 0), vec: excTS},
		{name: "inner stack of another level", cpl: 3, prep: tss(one, 0x10, sData0|1), vec: excTS, err: sData0},
		{name: "inner stack of another RPL", cpl: 3, prep: tss(one, 0x10, sData1), vec: excTS, err: sData1},
		{name: "inner stack outside the GDT", cpl: 3, prep: tss(one, 0x10, sBeyond|1), vec: excTS, err: sBeyond},
		{name: "inner stack full", cpl: 3, prep: tss(tss(smallOne, 0x10, sSmall|1), 0x0C, 16), vec: excSS, err: sSmall},
		{name: "TSS without the inner stack", cpl: 3, prep: func(m *pmMachine) { one(m); m.cpu.tr.limit = 0x10 }, vec: excTS, err: sTSS},
		{name: "no room on the same stack", prep: func(m *pmMachine) {
			m.cpu.SetSegment(SS, sData0, 0, 0xFFF, segP|segS|segB|3<<8)
			m.cpu.SetReg(ESP, 8)
			m.put64(tIDT+excSS*8, gateDesc(sTSS2, 0, 0x85))
			m.mem.Write(tGateTarget, asm(0xB9, uint32(0x1234), 0xCD, vecOut))
		}, vec: vecOut, check: func(t *testing.T, m *pmMachine) {
			assert.Equal(t, uint32(tCode), m.get32(tTSS+0x20), "EIP of the old task")
			assert.Equal(t, uint32(0), m.get32(tStack0-0x800-4), "#SS(0)")
			assert.Equal(t, uint32(8), m.get32(tTSS+0x38), "ESP")
		}},
	}
	for i := range rows {
		rows[i].code = code
	}
	runScenarios(t, "486", rows)
}

// TestEXT: a fault on the way to the handler of an exception or an external
// interrupt has bit 0 set in its code, one of INT n has not.
func TestEXT(t *testing.T) {
	idt := func(v uint32) uint32 { return v*8 + 2 }
	set := func(v uint32, d uint64) func(m *pmMachine) {
		return func(m *pmMachine) { m.put64(tIDT+v*8, d) }
	}
	external := func(v uint32, d uint64) func(m *pmMachine) {
		return func(m *pmMachine) {
			set(v, d)(m)
			m.cpu.SetEFlags(FlagIF)
			m.cpu.SetINTR(true)
		}
	}
	np, null, code := gateDesc(sCode0, 0, 0x0E), gateDesc(0, 0, 0x8E), gateDesc(sCodeNP, 0, 0x8E)
	runPM(t, []pmCase{
		{"#UD through a gate that is not present", 0, asm(0x0F, 0xFF), excNP, idt(6) | 1, set(6, np)},
		{"#UD through a null gate", 0, asm(0x0F, 0xFF), excGP, 1, set(6, null)},
		{"#UD to code that is not present", 0, asm(0x0F, 0xFF), excNP, sCodeNP | 1, set(6, code)},
		{"#UD to data", 0, asm(0x0F, 0xFF), excGP, sData0 | 1, set(6, gateDesc(sData0, 0, 0x8E))},
		{"INT n beyond the IDT", 0, asm(0xCD, 0x7F), excGP, idt(0x7F), func(m *pmMachine) { m.cpu.idt.limit = 0x70 * 8 }},
		{"INT n through a gate that is not present", 0, asm(0xCD, 6), excNP, idt(6), set(6, np)},
		{"INT3 through a gate that is not present", 0, asm(0xCC), excNP, idt(3), set(3, np)},
		{"INTO through a gate that is not present", 0, asm(0xB0, 0x7F, 0x04, 1, 0xCE), excNP, idt(4), set(4, np)},
		{"external, gate not present", 0, asm(0x90), excNP, idt(8) | 1, external(8, np)},
		{"external, null gate", 0, asm(0x90), excGP, 1, external(8, null)},
		{"external, code not present", 0, asm(0x90), excNP, sCodeNP | 1, external(8, code)},
		{"NMI, gate not present", 0, asm(0x90), excNP, idt(2) | 1, func(m *pmMachine) { set(2, np)(m); m.cpu.RaiseNMI() }},
		{"single step, gate not present", 0, asm(0x90), excNP, idt(1) | 1, func(m *pmMachine) { set(1, np)(m); m.cpu.SetEFlags(FlagTF) }},
		{"#UD with a bad inner stack", 3, asm(0x0F, 0xFF), excTS, sData0 | 1, func(m *pmMachine) {
			set(6, gateDesc(sCode1, 0, 0x8E))(m)
			m.put32(tTSS+0x10, sData0|1)
		}},
	})
}

func TestFlagsThroughGates(t *testing.T) {
	const all = FlagIF | FlagTF | FlagNT | FlagIOPL | FlagAC | FlagDF | 1 | 2
	for _, tc := range []struct {
		name   string
		vector uint32
		typ    uint32
		size   uint32
		keep   uint32 // the flags the handler sees
	}{
		{"interrupt gate", 0x50, 0xEE, 4, all &^ (FlagIF | FlagTF | FlagNT)},
		{"trap gate", 0x50, 0xEF, 4, all &^ (FlagTF | FlagNT)},
		{"interrupt gate, 16-bit", 0x50, 0xE6, 2, all &^ (FlagIF | FlagTF | FlagNT)},
		{"trap gate, 16-bit", 0x50, 0xE7, 2, all &^ (FlagTF | FlagNT)},
	} {
		for _, cpl := range []int{0, 3} {
			t.Run(fmt.Sprintf("%s, CPL %d", tc.name, cpl), func(t *testing.T) {
				m := newPM("486")
				m.setup(cpl, asm(0xCD, int(tc.vector)))
				m.put64(tIDT+tc.vector*8, gateDesc(sCode0, tHandlers+tc.vector*16, tc.typ))
				m.cpu.SetEFlags(all)
				m.steps(1)
				c := m.cpu
				assert.Equal(t, uint32(tHandlers+tc.vector*16), c.EIP())
				assert.Equal(t, tc.keep, c.EFlags())
				n, cs := uint32(3), uint32(sCode0)
				if cpl == 3 {
					n, cs = 5, sCode3|3
				}
				assert.Equal(t, uint32(tStack0-n*tc.size), c.Reg(ESP))
				for i, want := range []uint32{tCode + 2, cs, all & sizeMask(uint8(tc.size)), tStack3, sData3 | 3}[:n] {
					assert.Equal(t, want, m.mem.read(c.Reg(ESP)+uint32(i)*tc.size, tc.size), "slot %d", i)
				}
			})
		}
	}
}
