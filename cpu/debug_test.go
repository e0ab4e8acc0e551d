package cpu

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const dr6Bits = dr6BT | dr6BS | dr6BD | 15

// TestDebugTraps is a table of what a debug exception pushes and reports.
func TestDebugTraps(t *testing.T) {
	const at = 0x20000
	exec := func(off uint32) [2]uint32 { return [2]uint32{tCode + off, 1} }
	data := func(rw uint32) [2]uint32 { return [2]uint32{at, 1 | rw<<16 | 3<<18} }
	for _, tc := range []struct {
		name  string
		code  []byte
		flags uint32
		dr    [2]uint32 // DR0 and DR7
		vec   int
		eip   uint32 // offset pushed
		dr6   uint32
		rf    bool // in the flags pushed
	}{
		{"step over nop", asm(0x90, 0x90), FlagTF, [2]uint32{}, excDB, 1, dr6BS, false},
		{"step over a jump", asm(0xEB, 1, 0x90, 0x90), FlagTF, [2]uint32{}, excDB, 3, dr6BS, false},
		{"step over a string instruction", asm(0xB9, uint32(3), 0x68, uint32(0x102), 0x9D, 0xF3, 0x90), 0, [2]uint32{}, excDB, 13, dr6BS, false},
		{"step stops after an iteration", asm(0xF3, 0xAC), FlagTF, [2]uint32{}, excDB, 0, dr6BS, true},
		{"popf sets TF", asm(0x68, uint32(0x102), 0x9D, 0x90, 0x90), 0, [2]uint32{}, excDB, 7, dr6BS, false},
		{"popf clears TF", asm(0x6A, 2, 0x9D, 0x90), FlagTF, [2]uint32{}, excDB, 2, dr6BS, false},
		{"step over mov ss", asm(0x8E, 0xD0, 0x90, 0x90), FlagTF, [2]uint32{}, excDB, 3, dr6BS, false},
		{"step over pop ss", asm(0x17, 0x90, 0x90), FlagTF, [2]uint32{}, excDB, 2, dr6BS, false},
		{"step over sti", asm(0xFB, 0x90, 0x90), FlagTF, [2]uint32{}, excDB, 1, dr6BS, false},
		{"a fault comes before the step", asm(0x0F, 0xFF), FlagTF, [2]uint32{}, excUD, 0, 0, true},
		{"a fault in the second instruction", asm(0x68, uint32(0x102), 0x9D, 0x0F, 0xFF), 0, [2]uint32{}, excUD, 6, 0, true},
		{"int n is not stepped", asm(0xCD, 0x42), FlagTF, [2]uint32{}, 0x42, 2, 0, false},
		{"int3 is not stepped", asm(0xCC), FlagTF, [2]uint32{}, 3, 1, 0, false},
		{"into not taken is stepped", asm(0xCE, 0x90), FlagTF, [2]uint32{}, excDB, 1, dr6BS, false},
		{"icebp", asm(0xF1), 0, [2]uint32{}, excDB, 1, 0, false},
		{"instruction breakpoint", asm(0x90, 0x90), 0, exec(1), excDB, 1, 1, false},
		{"instruction breakpoint in the middle", asm(0xB8, uint32(0), 0x90), 0, exec(2), vecOut, 8, 0, false},
		{"instruction breakpoint before its fault", asm(0x0F, 0xFF), 0, exec(0), excDB, 0, 1, false},
		{"instruction breakpoint with RF", asm(0x90, 0x90), FlagRF, exec(0), vecOut, 4, 0, false},
		{"RF holds for one instruction", asm(0x90, 0x90), FlagRF, exec(1), excDB, 1, 1, false},
		{"fault with RF set", asm(0x0F, 0xFF), FlagRF, exec(0), excUD, 0, 0, true},
		{"instruction breakpoint behind mov ss", asm(0x8E, 0xD0, 0x90, 0x90), 0, exec(2), vecOut, 6, 0, false},
		{"instruction breakpoint two behind mov ss", asm(0x8E, 0xD0, 0x90, 0x90), 0, exec(3), excDB, 3, 1, false},
		{"instruction breakpoint behind sti", asm(0xFB, 0x90, 0x90), 0, exec(1), excDB, 1, 1, false},
		{"the step comes before the breakpoint", asm(0x90, 0x90), FlagTF, exec(1), excDB, 1, dr6BS, false},
		{"data write", asm(0xA3, uint32(at), 0x90), 0, data(1), excDB, 5, 1, false},
		{"data write and step", asm(0xA3, uint32(at), 0x90), FlagTF, data(1), excDB, 5, dr6BS | 1, false},
		{"data read by a read breakpoint", asm(0xA1, uint32(at), 0x90), 0, data(3), excDB, 5, 1, false},
		{"data read by a write breakpoint", asm(0xA1, uint32(at), 0x90), 0, data(1), vecOut, 8, 0, false},
		{"read, modify, write", asm(0xFF, 0x05, uint32(at), 0x90), 0, data(1), excDB, 6, 1, false},
		{"compare only reads", asm(0x39, 0x05, uint32(at), 0x90), 0, data(1), vecOut, 9, 0, false},
		{"fetch is no data access", asm(0x90), 0, [2]uint32{tCode, 1 | 3<<16}, vecOut, 3, 0, false},
		{"byte below", asm(0xA2, uint32(at-1), 0x90), 0, data(1), vecOut, 8, 0, false},
		{"byte above", asm(0xA2, uint32(at+4), 0x90), 0, data(1), vecOut, 8, 0, false},
		{"dword that reaches in", asm(0xA3, uint32(at-3), 0x90), 0, data(1), excDB, 5, 1, false},
		{"dword that ends before", asm(0xA3, uint32(at-4), 0x90), 0, data(1), vecOut, 8, 0, false},
		{"mov ss from watched memory", asm(0xC7, 0x05, uint32(at+8), uint32(sData0), 0x8E, 0x15, uint32(at+8), 0x90, 0x90), 0,
			[2]uint32{at + 8, 1 | 3<<16 | 1<<18}, excDB, 10, 1, false},
		{"a faulting access does not trap", asm(moveSeg(FS, 0), 0x64, 0xA3, uint32(at)), 0, data(1), excGP, 7, 0, true},
		{"no breakpoint is enabled", asm(0xA3, uint32(at), 0x90), 0, [2]uint32{at, 1 << 16}, vecOut, 8, 0, false},
		{"general detect", asm(0x0F, 0x21, 0xC0), 0, [2]uint32{0, dr7GD}, excDB, 0, dr6BD, false},
		{"general detect on a write", asm(0x0F, 0x23, 0xF8), 0, [2]uint32{0, dr7GD}, excDB, 0, dr6BD, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m := newPM("486")
			m.setup(0, tc.code)
			c := m.cpu
			c.SetReg(EAX, sData0)
			c.SetReg(ECX, 4)
			m.put32(tStack0, sData0)
			c.writeDR(0, tc.dr[0])
			c.writeDR(7, tc.dr[1])
			c.SetEFlags(2 | tc.flags)
			vec, _ := m.run(t)
			require.Equal(t, tc.vec, vec)
			f := m.frame(vec)
			assert.Equal(t, tCode+tc.eip, f.eip, "EIP pushed")
			assert.Equal(t, tc.rf, f.eflags&FlagRF != 0, "RF pushed")
			assert.Equal(t, tc.dr6, c.dr[6]&dr6Bits, "DR6")
			assert.Zero(t, c.EFlags()&(FlagTF|FlagRF), "in the handler")
			if vec == excDB {
				assert.Zero(t, c.dr[7]&dr7GD)
			}
		})
	}
}

// TestBreakpointLengths tries every byte around a breakpoint of each length.
func TestBreakpointLengths(t *testing.T) {
	for _, n := range []uint32{1, 2, 4} {
		for reg := range uint32(4) {
			for off := range uint32(12) {
				m := newPM("486")
				m.setup(0, asm(0xA2, uint32(0x20000+off), 0x90))
				at := uint32(0x20004)
				m.cpu.writeDR(uint8(reg), at)
				m.cpu.writeDR(7, 2<<(2*reg)|(1|(n-1)<<2)<<(16+4*reg))
				vec, _ := m.run(t)
				want := vecOut
				if 0x20000+off >= at && 0x20000+off < at+n {
					want = excDB
					assert.Equal(t, uint32(1)<<reg, m.cpu.dr[6]&15)
				}
				assert.Equal(t, want, vec, "DR%d, %d bytes, store at +%d", reg, n, off)
			}
		}
	}
}

func TestRepeatedStringsAtBreakpoints(t *testing.T) {
	m := newPM("486")
	m.setup(0, asm(0xF3, 0xAB))
	c := m.cpu
	c.SetReg(ECX, 10)
	c.SetReg(EDI, 0x20000)
	c.writeDR(0, 0x2000C)
	c.writeDR(7, 1|1<<16|3<<18)
	vec, _ := m.run(t)
	require.Equal(t, excDB, vec)
	assert.Equal(t, uint32(tCode), m.frame(vec).eip, "between two iterations")
	assert.Equal(t, uint32(6), c.Reg(ECX))
	assert.Equal(t, uint32(0x20010), c.Reg(EDI))
}

// TestInstructionBreakpointOnRestart: the handler's IRET with RF passes the
// breakpoint.
func TestInstructionBreakpointOnRestart(t *testing.T) {
	m := newPM("486")
	m.setup(0, asm(0x90, 0x90))
	m.mem.Write(tHandlers+excDB*16, asm(0x40, 0x81, 0x4C, 0x24, 8, uint32(FlagRF), 0xCF)) // inc eax; or [esp+8],RF; iret
	c := m.cpu
	c.writeDR(0, tCode+1)
	c.writeDR(7, 1)
	vec, _ := m.run(t)
	assert.Equal(t, vecOut, vec)
	assert.Equal(t, uint32(1), c.Reg(EAX), "once")
}

// TestIOBreakpoints: type 2 of DR7, which CR4.DE defines.
func TestIOBreakpoints(t *testing.T) {
	in := func(port int) []byte { return asm(0xE4, port, 0x90) }
	const one, two, four = 2 << 16, 2<<16 | 1<<18, 2<<16 | 3<<18
	for _, tc := range []struct {
		name string
		code []byte
		dr7  uint32 // of port 44h in DR0
		eip  uint32 // offset pushed by the trap, or 0
	}{
		{"in", in(0x44), 1 | one, 2}, {"out", asm(0xE6, 0x44, 0x90), 1 | one, 2}, {"enabled globally", in(0x44), 2 | one, 2}, {"not enabled", in(0x44), one, 0},
		{"the port below", in(0x43), 1 | one, 0}, {"the port above", in(0x45), 1 | one, 0},
		{"a word that reaches it", asm(0x66, 0xE5, 0x43, 0x90), 1 | one, 3}, {"a dword that reaches it", asm(0xE5, 0x41, 0x90), 1 | one, 2}, {"a dword that ends before it", asm(0xE5, 0x40, 0x90), 1 | one, 0},
		{"the second of two ports", in(0x45), 1 | two, 2}, {"behind two ports", in(0x46), 1 | two, 0}, {"the fourth of four ports", in(0x47), 1 | four, 2}, {"behind four ports", in(0x48), 1 | four, 0},
		{"in dx", asm(0x66, 0xBA, uint16(0x44), 0xEC, 0x90), 1 | one, 5}, {"out dx", asm(0x66, 0xBA, uint16(0x44), 0xEF, 0x90), 1 | one, 5},
		{"ins", asm(0x66, 0xBA, uint16(0x44), 0xBF, uint32(0x20000), 0x6C, 0x90), 1 | one, 10}, {"outs", asm(0x66, 0xBA, uint16(0x44), 0x6E, 0x90), 1 | one, 5},
		{"a port of 16 bits is another", asm(0x66, 0xBA, uint16(0x144), 0xEC, 0x90), 1 | one, 0},
		{"memory at the same address", asm(0xA0, uint32(0x44), 0x90), 1 | four, 0}, {"a type for memory", in(0x44), 1 | 3<<16, 0},
	} {
		for _, model := range []string{"486", "pentium", "686"} {
			for _, de := range []uint32{0, CR4DE} {
				if model == "486" && de != 0 {
					continue
				}
				t.Run(fmt.Sprintf("%s, %s, DE %v", tc.name, model, de != 0), func(t *testing.T) {
					m := newPM(model)
					m.setup(0, tc.code)
					c := m.cpu
					c.SetCR(4, de)
					c.writeDR(0, 0x44)
					c.writeDR(7, tc.dr7)
					vec, _ := m.run(t)
					if tc.eip == 0 || de == 0 {
						assert.Equal(t, vecOut, vec)
						assert.Zero(t, c.dr[6]&dr6Bits)
						return
					}
					require.Equal(t, excDB, vec)
					assert.Equal(t, tCode+tc.eip, m.frame(vec).eip)
					assert.Equal(t, uint32(1), c.dr[6]&dr6Bits)
				})
			}
		}
	}
}

// TestIOBreakpointInTheMiddle: a trap follows the iteration, and a port that may
// not be accessed is no access.
func TestIOBreakpointInTheMiddle(t *testing.T) {
	m := newPM("pentium")
	start := func(cpl int) {
		m.setup(cpl, asm(0xF3, 0x6C))
		c := m.cpu
		c.SetCR(4, CR4DE)
		c.SetReg(ECX, 5)
		c.SetReg(EDX, 0x44)
		c.SetReg(EDI, 0x20000)
		c.writeDR(0, 0x44)
		c.writeDR(7, 1|2<<16)
	}
	start(0)
	vec, _ := m.run(t)
	require.Equal(t, excDB, vec)
	f := m.frame(vec)
	assert.Equal(t, uint32(tCode), f.eip)
	assert.NotZero(t, f.eflags&FlagRF)
	assert.Equal(t, uint32(4), m.cpu.Reg(ECX))
	start(3)
	vec, _ = m.run(t)
	assert.Equal(t, excGP, vec)
	assert.Zero(t, m.cpu.dr[6]&dr6Bits)
	assert.Zero(t, m.cpu.trapPending)
}

// TestDR4AndDR5: they are DR6 and DR7, unless CR4.DE reserves them; only models
// that have it do so.
func TestDR4AndDR5(t *testing.T) {
	for _, model := range []string{"386", "486", "pentium", "686"} {
		for _, de := range []uint32{0, CR4DE} {
			if modelFamilies[model] < 5 && de != 0 {
				continue
			}
			for i, code := range [][]byte{asm(0x0F, 0x21, 0xE0), asm(0x0F, 0x21, 0xE8), asm(0x0F, 0x23, 0xE0), asm(0x0F, 0x23, 0xE8)} {
				m := newPM(model)
				m.setup(0, code)
				m.cpu.SetCR(4, de)
				m.cpu.SetReg(EAX, 0xE00F)
				vec, _ := m.run(t)
				if de != 0 {
					assert.Equal(t, excUD, vec)
					continue
				}
				require.Equal(t, vecOut, vec)
				switch i {
				case 0, 1:
					assert.Equal(t, m.cpu.dr[6+i], m.cpu.Reg(EAX))
				case 2:
					assert.Equal(t, uint32(0xFFFFEFFF), m.cpu.dr[6])
				case 3:
					assert.Equal(t, uint32(0x240F), m.cpu.dr[7])
				}
			}
		}
	}
}

// TestRFBetweenIterations: what comes between two iterations of a string
// instruction saves RF, what comes behind the last does not (SDM 3, 17.3.1.1).
func TestRFBetweenIterations(t *testing.T) {
	intr := func(c *CPU) { c.SetINTR(true) }
	for _, tc := range []struct {
		name  string
		done  int // iterations of ten
		event func(c *CPU)
		vec   int
		rf    bool
	}{
		{"interrupt before the first", 0, intr, 8, false},
		{"interrupt behind the first", 1, intr, 8, true},
		{"interrupt before the last", 9, intr, 8, true},
		{"interrupt behind the last", 10, intr, 8, false},
		{"interrupt behind the next instruction", 11, intr, 8, false},
		{"NMI", 3, (*CPU).RaiseNMI, vecNMI, true},
		{"NMI behind the last", 10, (*CPU).RaiseNMI, vecNMI, false},
	} {
		for name, run := range map[string]func(c *CPU){
			"blocks": func(c *CPU) { c.Run(uint64(tc.done)) },
			"steps": func(c *CPU) {
				for range tc.done {
					c.Step()
				}
			},
		} {
			t.Run(tc.name+", "+name, func(t *testing.T) {
				m := newPM("486")
				m.setup(0, asm(0xF3, 0xAA, 0x90, 0x90))
				c := m.cpu
				c.SetReg(ECX, 10)
				c.SetReg(EDI, 0x20000)
				c.SetEFlags(FlagIF | 2)
				run(c)
				tc.event(c)
				vec, _ := m.run(t)
				require.Equal(t, tc.vec, vec)
				assert.Equal(t, tc.rf, m.get32(c.Reg(ESP)+8)&FlagRF != 0, "RF pushed")
				assert.Zero(t, c.EFlags()&FlagRF, "in the handler")
			})
		}
	}
}

// TestBreakpointAtAStringInstruction: it is hit once, however often the
// instruction is interrupted.
func TestBreakpointAtAStringInstruction(t *testing.T) {
	m := newPM("486")
	m.setup(0, asm(0xFB, 0x90, 0xF3, 0xAA))
	m.mem.Write(tHandlers+excDB*16, asm(0x43, 0x81, 0x4C, 0x24, 8, uint32(FlagRF), 0xCF)) // inc ebx; or [esp+8],RF; iret
	m.mem.Write(tHandlers+8*16, asm(0x45, 0xCF))                                          // inc ebp; iret
	c := m.cpu
	c.SetReg(ECX, 10)
	c.SetReg(EDI, 0x20000)
	c.writeDR(0, tCode+2)
	c.writeDR(7, 1)
	for c.Reg(ECX) > 0 {
		before := c.Reg(ECX)
		for c.Reg(ECX) == before {
			c.Run(1)
		}
		c.SetINTR(true)
		c.Run(1)
		c.SetINTR(false)
	}
	vec, _ := m.run(t)
	assert.Equal(t, vecOut, vec)
	assert.Equal(t, uint32(1), c.Reg(EBX), "breakpoints")
	assert.Equal(t, uint32(10), c.Reg(EBP), "interrupts")
}

// TestOrderOfTraps: what is due behind one instruction is taken in the order of
// SDM 3, 6.9: traps, NMI, interrupts; the handler of the last runs first.
func TestOrderOfTraps(t *testing.T) {
	for _, tc := range []struct {
		name  string
		code  []byte
		flags uint32
		dr    [2]uint32
		nmi   bool
		order []int // handlers in the order of their delivery
	}{
		{"step, interrupt", asm(0x90, 0x90), FlagTF | FlagIF, [2]uint32{}, false, []int{excDB}},
		{"step, NMI", asm(0x90, 0x90), FlagTF, [2]uint32{}, true, []int{excDB, vecNMI}},
		{"step, NMI, interrupt", asm(0x90, 0x90), FlagTF | FlagIF, [2]uint32{}, true, []int{excDB, vecNMI}},
		{"NMI, interrupt", asm(0x90, 0x90), FlagIF, [2]uint32{}, true, []int{vecNMI}},
		{"data breakpoint, NMI", asm(0xA3, uint32(0x20000), 0x90), 0, [2]uint32{0x20000, 1 | 1<<16}, true, []int{excDB, vecNMI}},
		{"NMI, instruction breakpoint", asm(0x90, 0x90), 0, [2]uint32{tCode + 1, 1}, true, []int{vecNMI}},
		{"NMI behind mov ss waits", asm(0x8E, 0xD0, 0x90, 0x90), 0, [2]uint32{}, true, []int{vecNMI}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m := newPM("486")
			m.setup(0, tc.code)
			c := m.cpu
			c.SetReg(EAX, sData0)
			c.writeDR(0, tc.dr[0])
			c.writeDR(7, tc.dr[1])
			c.SetEFlags(2 | tc.flags)
			m.steps(1)
			if tc.nmi {
				c.RaiseNMI()
			}
			c.SetINTR(true)
			for _, vec := range tc.order {
				from := c.EIP()
				if c.shadow {
					m.steps(1)
					from = tCode + 3
				}
				m.steps(1)
				require.Equal(t, uint32(tHandlers+vec*16), c.EIP())
				assert.Equal(t, from, m.frame(vec).eip)
			}
		})
	}
}

// TestInterruptShadows counts the instructions between the request and the
// handler.
func TestInterruptShadows(t *testing.T) {
	for _, tc := range []struct {
		name  string
		code  []byte
		flags uint32
		after uint32 // offset at which the interrupt is taken
	}{
		{"nothing", asm(0x90, 0x90), FlagIF, 0},
		{"sti", asm(0xFB, 0x90, 0x90), 0, 2},
		{"sti with IF set", asm(0xFB, 0x90, 0x90), FlagIF, 0},
		{"sti, cli", asm(0xFB, 0xFA, 0xFB, 0x90, 0x90), 0, 4},
		{"sti, hlt", asm(0xFB, 0xF4, 0x90), 0, 2},
		{"popf", asm(0x68, uint32(FlagIF|2), 0x9D, 0x90), 0, 6},
		{"iret", asm(0x68, uint32(FlagIF|2), 0x68, uint32(sCode0), 0x68, uint32(tCode+16), 0xCF, 0x90, 0x90), 0, 16},
		{"sti, mov ss", asm(0xFB, 0x8E, 0xD0, 0x90, 0x90), 0, 4},
		{"sti, pop ss", asm(0xFB, 0x17, 0x90, 0x90), 0, 3},
		{"sti, lss", asm(0xFB, 0x0F, 0xB2, 0x25, uint32(0x20000), 0x90, 0x90), 0, 8},
	} {
		t.Run(fmt.Sprintf("%s, IF %v", tc.name, tc.flags != 0), func(t *testing.T) {
			m := newPM("486")
			m.setup(0, tc.code)
			c := m.cpu
			c.SetReg(EAX, sData0)
			m.put32(tStack0, sData0)
			m.put64(0x20000, tStack0|sData0<<32)
			c.SetEFlags(2 | tc.flags)
			c.SetINTR(true)
			vec, _ := m.run(t)
			require.Equal(t, 8, vec, "the vector of the test bus")
			sp := c.Reg(ESP)
			assert.Equal(t, tCode+tc.after, m.get32(sp), "EIP pushed")
		})
	}
}
