package cpu

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
)

// Descriptors of the LDT of these tests, by selector.
const (
	lData3    = 0x0C // writable data, DPL 3 (prepared by setup)
	lReadOnly = 0x14
	lNP       = 0x1C // beyond what setup prepares
	lBeyond   = 0x24
)

func withLDT(m *pmMachine) {
	m.put64(tLDT+0x10, segDesc(0, 0xFFFFF, 0xF0, 0xC))
	m.put64(tLDT+0x18, segDesc(0, 0xFFFFF, 0x72, 0xC))
}

// selectorCase is a selector and the exception of loading it at CPL 0 and 3.
type selectorCase struct {
	name       string
	sel        uint32
	vec0, vec3 int
}

// dataSelectors are the rules for DS, ES, FS and GS.
var dataSelectors = []selectorCase{
	{"null", 0, vecOut, vecOut},
	{"null with RPL", 2, vecOut, vecOut},
	{"inner data", sData0, vecOut, excGP},
	{"RPL greater than DPL", sData0 | 1, excGP, excGP},
	{"outer data", sData3 | 3, vecOut, vecOut},
	{"DPL 1, RPL 1", sData1 | 1, vecOut, excGP},
	{"DPL 1, RPL 2", sData1 | 2, excGP, excGP},
	{"readable code of level 0", sCode0, vecOut, excGP},
	{"readable code of level 0, RPL 3", sCode0 | 3, excGP, excGP},
	{"conforming code, RPL 3", sConform0 | 3, vecOut, vecOut},
	{"execute-only code", sExecOnly | 3, excGP, excGP},
	{"not present", sDataNP | 3, excNP, excNP},
	{"LDT descriptor", sLDT, excGP, excGP},
	{"TSS descriptor", sTSS, excGP, excGP},
	{"call gate", sGate | 3, excGP, excGP},
	{"outside the GDT", sBeyond, excGP, excGP},
	{"in the LDT", lData3 | 3, vecOut, vecOut},
	{"not present in the LDT", lNP | 3, excNP, excNP},
	{"outside the LDT", lBeyond, excGP, excGP},
}

var stackSelectors = []selectorCase{
	{"null", 0, excGP, excGP},
	{"null with RPL", 3, excGP, excGP},
	{"data of level 0", sData0, vecOut, excGP},
	{"RPL 3, DPL 0", sData0 | 3, excGP, excGP},
	{"data of level 3", sData3 | 3, excGP, vecOut},
	{"RPL 0, DPL 3", sData3, excGP, excGP},
	{"read-only", sReadOnly | 3, excGP, excGP},
	{"code", sCode3 | 3, excGP, excGP},
	{"not present", sDataNP | 3, excGP, excSS},
	{"TSS descriptor", sTSS, excGP, excGP},
	{"outside the GDT", sBeyond, excGP, excGP},
	{"in the LDT", lData3 | 3, excGP, vecOut},
	{"read-only in the LDT", lReadOnly | 3, excGP, excGP},
	{"not present in the LDT", lNP | 3, excGP, excSS},
}

// segmentLoad gives the code that loads a segment register with a selector, by
// one of the three kinds of instruction, and the offset of that instruction.
func segmentLoad(kind string, seg int, sel uint32) (code []byte, at uint32) {
	push := asm(0x68, sel)
	switch kind {
	case "mov":
		return asm(0xB8, sel, 0x8E, 0xC0|seg<<3), 5
	case "pop":
		return asm(push, map[int][]byte{ES: {0x07}, SS: {0x17}, DS: {0x1F}, FS: {0x0F, 0xA1}, GS: {0x0F, 0xA9}}[seg]), 5
	}
	// A far pointer to offset 0x1234 on the stack, into EBX.
	opcode := map[int][]byte{ES: {0xC4}, SS: {0x0F, 0xB2}, DS: {0xC5}, FS: {0x0F, 0xB4}, GS: {0x0F, 0xB5}}[seg]
	return asm(push, 0x68, uint32(0x1234), opcode, 0x1C, 0x24), 10
}

func segmentRows(kind string, seg int, cases []selectorCase) []scenario {
	var rows []scenario
	for _, d := range cases {
		for _, cpl := range []int{0, 3} {
			vec := d.vec0
			if cpl == 3 {
				vec = d.vec3
			}
			code, at := segmentLoad(kind, seg, d.sel)
			row := scenario{name: fmt.Sprintf("%s %s, %s, CPL %d", kind, vecSegs[seg], d.name, cpl), cpl: cpl,
				prep: withLDT, code: code, at: at, vec: vec, err: d.sel &^ 3}
			if vec == vecOut && seg != SS {
				row.check = func(t *testing.T, m *pmMachine) {
					assert.Equal(t, uint16(d.sel), m.cpu.seg[seg].selector)
					if kind == "far pointer" {
						assert.Equal(t, uint32(0x1234), m.cpu.Reg(EBX))
					}
					if d.sel&^7 != 0 && d.sel&4 == 0 {
						assert.NotZero(t, m.get32(tGDT+d.sel&^7+4)&segA, "accessed")
					}
				}
			}
			rows = append(rows, row)
		}
	}
	return rows
}

func TestSegmentRegisterLoadsByEveryInstruction(t *testing.T) {
	var rows []scenario
	for _, kind := range []string{"mov", "pop", "far pointer"} {
		for _, seg := range []int{ES, DS, FS, GS} {
			rows = append(rows, segmentRows(kind, seg, dataSelectors)...)
		}
		rows = append(rows, segmentRows(kind, SS, stackSelectors)...)
	}
	runScenarios(t, "486", rows)
}

func TestSegmentLoadsThatAreNoInstruction(t *testing.T) {
	runScenarios(t, "486", []scenario{
		{name: "mov cs", code: asm(0x8E, 0xC8), vec: excUD},
		{name: "mov to segment 6", code: asm(0x8E, 0xF0), vec: excUD},
		{name: "mov from segment 7", code: asm(0x8C, 0xF8), vec: excUD},
		{name: "les of a register", code: asm(0xC4, 0xC0), vec: excUD},
		{name: "lss of a register", code: asm(0x0F, 0xB2, 0xC0), vec: excUD},
		{name: "lfs of a register", code: asm(0x0F, 0xB4, 0xC0), vec: excUD},
	})
}

func TestNullAndForeignLDT(t *testing.T) {
	load := func(sel uint32) []byte { return asm(0xB8, sel, 0x8E, 0xD8) }
	runScenarios(t, "486", []scenario{
		{name: "no LDT", prep: func(m *pmMachine) { m.cpu.ldt = segment{} }, code: load(lData3), at: 5, vec: excGP, err: lData3},
		{name: "lldt of a null selector", code: asm(0x31, 0xC0, 0x0F, 0x00, 0xD0, load(lData3)), at: 10, vec: excGP, err: lData3},
		{name: "lldt of a selector of the LDT", code: asm(0xB8, uint32(lData3), 0x0F, 0x00, 0xD0), at: 5, vec: excGP, err: lData3},
		{name: "lldt outside the GDT", code: asm(0xB8, uint32(sBeyond), 0x0F, 0x00, 0xD0), at: 5, vec: excGP, err: sBeyond},
		{name: "ltr of a selector of the LDT", code: asm(0xB8, uint32(lData3), 0x0F, 0x00, 0xD8), at: 5, vec: excGP, err: lData3},
		{name: "ltr outside the GDT", code: asm(0xB8, uint32(sBeyond), 0x0F, 0x00, 0xD8), at: 5, vec: excGP, err: sBeyond},
		{name: "half a descriptor in the GDT", prep: func(m *pmMachine) { m.cpu.gdt.limit = sData3 + 6 }, code: load(sData3), at: 5, vec: excGP, err: sData3},
		{name: "the last descriptor of the GDT", prep: func(m *pmMachine) { m.cpu.gdt.limit = sCode0 + 7 }, code: load(sCode0), vec: vecOut},
	})
}

// TestSegmentLimits goes along the ends of segments with operands of every size
// and kind of access.
func TestSegmentLimits(t *testing.T) {
	type edge struct {
		name  string
		desc  uint64
		off   uint32
		size  int
		fault bool
	}
	const base = 0x20000
	up := segDesc(base, 0xFFF, 0xF2, 4)
	down := segDesc(base, 0xFFF, 0xF6, 4)
	down16 := segDesc(base, 0xFFF, 0xF6, 0)
	pages := segDesc(base, 0, 0xF2, 0xC) // granularity: limit FFF
	byteSeg := segDesc(base, 0, 0xF2, 4)
	full := segDesc(base, 0xFFFF, 0xF2, 4)
	edges := []edge{
		{"expand up", up, 0xFFC, 4, false}, {"expand up", up, 0xFFD, 4, true}, {"expand up", up, 0xFFE, 2, false}, {"expand up", up, 0xFFF, 2, true},
		{"expand up", up, 0xFFF, 1, false}, {"expand up", up, 0x1000, 1, true}, {"expand up, wrapping", up, 0xFFFFFFFF, 2, true}, {"expand up, wrapping", up, 0xFFFFFFFD, 4, true},
		{"one byte", byteSeg, 0, 1, false}, {"one byte", byteSeg, 0, 2, true}, {"one byte", byteSeg, 1, 1, true},
		{"one page", pages, 0xFFC, 4, false}, {"one page", pages, 0xFFE, 4, true},
		{"64K", full, 0xFFFE, 2, false}, {"64K", full, 0xFFFF, 2, true}, {"64K", full, 0xFFFD, 4, true}, {"64K", full, 0x10000, 1, true},
		{"expand down", down, 0x1000, 4, false}, {"expand down", down, 0xFFF, 1, true}, {"expand down", down, 0xFFF, 2, true}, {"expand down", down, 0, 4, true},
		{"expand down", down, 0x20000, 4, false}, {"expand down, wrapping", down, 0xFFFFFFFE, 4, true},
		{"expand down to 64K", down16, 0xFFFE, 2, false}, {"expand down to 64K", down16, 0xFFFF, 2, true}, {"expand down to 64K", down16, 0x10000, 1, true}, {"expand down to 64K", down16, 0xFFF, 1, true},
	}
	var rows []scenario
	for _, e := range edges {
		prefix := map[int][]byte{1: {}, 2: {0x66}, 4: {}}[e.size]
		w := 1
		if e.size == 1 {
			w = 0
		}
		for name, op := range map[string]int{"load": 0x8A | w, "store": 0x88 | w, "add": 0x00 | w, "compare": 0x38 | w, "exchange": 0x86 | w} {
			for _, seg := range []int{FS, SS} {
				fault, override := excGP, 0x64
				if seg == SS {
					fault, override = excSS, 0x36
				}
				load := moveSeg(seg, sSmall|3)
				row := scenario{name: fmt.Sprintf("%s %d at %X, %s, %s", name, e.size, e.off, e.name, vecSegs[seg]), cpl: 3,
					prep: func(m *pmMachine) { m.put64(tGDT+sSmall, e.desc) },
					code: asm(load, override, prefix, op, 0x0D, e.off), at: 7, vec: vecOut}
				if e.fault {
					row.vec = fault
				}
				rows = append(rows, row)
			}
		}
	}
	runScenarios(t, "486", rows)
}

func TestRightsOfSegmentsInUse(t *testing.T) {
	const at = 0x20000
	load := func(sel uint32, op ...any) []byte { return asm(moveSeg(FS, sel), 0x64, asm(op...)) }
	runScenarios(t, "486", []scenario{
		{name: "load through null", code: load(0, 0xA1, uint32(at)), at: 7, vec: excGP},
		{name: "store through null", code: load(3, 0xA3, uint32(at)), at: 7, vec: excGP},
		{name: "store to read-only data", code: load(sReadOnly, 0xA3, uint32(at)), at: 7, vec: excGP},
		{name: "add to read-only data", code: load(sReadOnly, 0x01, 0x05, uint32(at)), at: 7, vec: excGP},
		{name: "compare with read-only data", code: load(sReadOnly, 0x39, 0x05, uint32(at)), vec: vecOut},
		{name: "store to readable code", code: load(sConform0, 0xA3, uint32(at)), at: 7, vec: excGP},
		{name: "load from readable code", code: load(sConform0, 0xA1, uint32(at)), vec: vecOut},
		{name: "store through cs", code: asm(0x2E, 0xA3, uint32(at)), vec: excGP},
		{name: "load through cs", code: asm(0x2E, 0xA1, uint32(at)), vec: vecOut},
		{name: "load through execute-only cs", prep: func(m *pmMachine) {
			m.cpu.SetSegment(CS, sExecOnly, 0, 0xFFFFFFFF, segP|segS|segB|segG|8<<8)
		}, code: asm(0x2E, 0xA1, uint32(at)), vec: excGP},
		{name: "movs from null", code: asm(moveSeg(FS, 0), 0x64, 0xA5), at: 7, vec: excGP},
		{name: "movs to null", code: asm(moveSeg(ES, 0), 0xA5), at: 7, vec: excGP},
		{name: "stos to read-only", code: asm(moveSeg(ES, sReadOnly), 0xAB), at: 7, vec: excGP},
		{name: "rep stos without a count", code: asm(moveSeg(ES, 0), 0x31, 0xC9, 0xF3, 0xAB), vec: vecOut},
		{name: "lea of null", code: load(0, 0x8D, 0x05, uint32(at)), vec: vecOut},
		{name: "invlpg through null", code: load(0, 0x0F, 0x01, 0x3D, uint32(at)), vec: vecOut},
	})
}
