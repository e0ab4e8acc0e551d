package cpu

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
)

// firstFaults are instructions that raise an exception whose delivery then fails.
var firstFaults = []struct {
	name         string
	vec          uint32
	code         []byte
	contributory bool
	page         bool
}{
	{"#DE", excDE, asm(0x31, 0xC9, 0xF7, 0xF1), true, false},
	{"#DB", excDB, asm(0xF1), false, false},
	{"#BR", excBR, asm(0xB8, uint32(9), 0x62, 0x05, uint32(0x20000)), false, false},
	{"#UD", excUD, asm(0x0F, 0xFF), false, false},
	{"#NM", excNM, asm(0x0F, 0x20, 0xC0, 0x83, 0xC8, CR0TS, 0x0F, 0x22, 0xC0, 0xD9, 0xE8), false, false},
	{"#TS", excTS, asm(0x68, uint32(FlagNT|2), 0x9D, 0xCF), true, false},
	{"#NP", excNP, moveSeg(DS, sDataNP), true, false},
	{"#SS", excSS, asm(0x36, 0xA1, uint32(0x30000)), true, false},
	{"#GP", excGP, moveSeg(DS, sBeyond), true, false},
	{"#PF", excPF, asm(0xA1, uint32(tEdge)), false, true},
}

// TestPairsOfFaults: which second exception makes a double fault (386 PRM
// table 9-4), which is handled on its own.
func TestPairsOfFaults(t *testing.T) {
	for _, first := range firstFaults {
		for _, second := range []struct {
			name string
			vec  int
			err  uint32
			prep func(m *pmMachine)
		}{
			{"#NP", excNP, first.vec*8 + 3, func(m *pmMachine) { m.put64(tIDT+first.vec*8, gateDesc(sCode0, tHandlers, 0x0E)) }},
			{"#GP", excGP, sData0 | 1, func(m *pmMachine) { m.put64(tIDT+first.vec*8, gateDesc(sData0, tHandlers, 0x8E)) }},
		} {
			t.Run(fmt.Sprintf("%s, then %s", first.name, second.name), func(t *testing.T) {
				m := newPM("486")
				m.setup(0, first.code)
				paged(0)(m)
				if first.vec == excSS {
					m.cpu.SetSegment(SS, sData0, 0, 0x2FFFF, segP|segS|segB|3<<8)
				}
				second.prep(m)
				vec, err := m.run(t)
				want, wantErr := second.vec, second.err
				if first.contributory || first.page {
					want, wantErr = excDF, 0
				}
				assert.Equal(t, want, vec)
				assert.Equal(t, wantErr, err)
			})
		}
	}
}

// TestPageFaultsDuringDelivery: after a contributory exception a page fault is
// handled, after a page fault it is a double fault.
func TestPageFaultsDuringDelivery(t *testing.T) {
	for _, first := range firstFaults {
		m := newPM("486")
		m.setup(0, first.code)
		paged(0)(m)
		if first.vec == excSS {
			m.cpu.SetSegment(SS, sData0, 0, 0x2FFFF, segP|segS|segB|3<<8)
		}
		// The handler's code descriptor lies in an absent page.
		m.cpu.ldt.base = tEdge + 0x800
		m.put64(tIDT+first.vec*8, gateDesc(0x0C, tHandlers, 0x8E))
		vec, err := m.run(t)
		want := excPF
		if first.page {
			want = excDF
		}
		assert.Equal(t, want, vec, first.name)
		assert.Zero(t, err, first.name)
		assert.Equal(t, uint32(tEdge+0x808), m.cpu.cr2, first.name)
	}
}

func TestShutdown(t *testing.T) {
	broken := func(vecs ...uint32) func(m *pmMachine) {
		return func(m *pmMachine) {
			for _, v := range vecs {
				m.put64(tIDT+v*8, 0)
			}
		}
	}
	for _, tc := range []struct {
		name string
		code []byte
		prep func(m *pmMachine)
		shut bool
	}{
		{"#UD, #GP and #DF cannot be delivered", asm(0x0F, 0xFF), broken(excUD, excGP, excDF), true},
		{"#GP and #DF cannot be delivered", moveSeg(DS, sBeyond), broken(excGP, excDF), true},
		{"#DF can be delivered", moveSeg(DS, sBeyond), broken(excGP), false},
		{"no IDT", asm(0x0F, 0xFF), func(m *pmMachine) { m.cpu.idt.limit = 0 }, true},
		{"real mode without an IDT", asm(0x0F, 0xFF), func(m *pmMachine) { m.cpu.SetCR(0, 0); m.cpu.idt.limit = 0 }, true},
		{"no stack", asm(0x0F, 0xFF), func(m *pmMachine) {
			m.cpu.SetSegment(SS, sData0, 0, 0xFFF, segP|segS|segB|3<<8)
			m.cpu.SetReg(ESP, 4)
		}, true},
		{"a debug trap that cannot be delivered is #GP", asm(0x68, uint32(FlagTF|2), 0x9D, 0x90, 0x90), broken(excDB), false},
	} {
		m := newPM("486")
		m.setup(0, tc.code)
		tc.prep(m)
		want := ReasonHalt
		if tc.shut {
			want = ReasonShutdown
		}
		assert.Equal(t, want, m.cpu.Run(100), tc.name)
	}
}

func TestShutdownIgnoresINTR(t *testing.T) {
	m := newPM("486")
	m.setup(0, asm(0x0F, 0xFF))
	m.cpu.SetEFlags(FlagIF)
	m.cpu.idt.limit = 0
	m.cpu.Run(100)
	m.cpu.SetINTR(true)
	assert.Equal(t, ReasonShutdown, m.cpu.Run(100))
}
