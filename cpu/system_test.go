package cpu

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// steps runs n instructions or deliveries.
func (m *pmMachine) steps(n int) {
	for range n {
		m.cpu.Step()
	}
}

func TestTaskSwitchSavesAndLoadsEverything(t *testing.T) {
	m := newPM("486")
	m.setup(0, asm(0xEA, uint32(0), uint16(sTSS2)))
	c := m.cpu
	for i := range 8 {
		if i != ESP {
			c.SetReg(i, 0x1000+uint32(i))
		}
		m.put32(tTSS2+0x28+uint32(i)*4, 0x2000+uint32(i))
	}
	m.put32(tTSS2+0x24, 0x4D7) // flags with DF
	m.put32(tTSS2+0x60, sLDT)
	m.steps(1)
	for i := range 8 {
		assert.Equal(t, 0x2000+uint32(i), c.Reg(i), vecNames[i])
		if i != ESP {
			assert.Equal(t, 0x1000+uint32(i), m.get32(tTSS+0x28+uint32(i)*4), vecNames[i])
		}
	}
	assert.Equal(t, uint32(tGateTarget), c.EIP())
	assert.Equal(t, uint32(0x4D7), c.EFlags())
	assert.Equal(t, uint32(tCode+7), m.get32(tTSS+0x20), "EIP of the old task")
	assert.Equal(t, uint32(sData0), m.get32(tTSS+0x50)&0xFFFF, "SS of the old task")
	assert.Equal(t, uint32(sTSS2), uint32(c.tr.selector))
	assert.Equal(t, uint32(sLDT), uint32(c.ldt.selector))
	assert.NotZero(t, c.cr0&CR0TS)
	assert.Equal(t, uint32(9), m.get32(tGDT+sTSS+4)>>8&15, "a jump leaves the old task available")
	assert.Equal(t, uint32(11), m.get32(tGDT+sTSS2+4)>>8&15, "the new one is busy")
}

func TestNestedTaskReturns(t *testing.T) {
	m := newPM("486")
	m.setup(0, asm(0x9A, uint32(0), uint16(sTSS2), 0x90))
	c := m.cpu
	m.put32(tGDT+sTSS+4, m.get32(tGDT+sTSS+4)|2<<8)
	m.mem.Write(tGateTarget, []byte{0xCF})
	m.steps(1)
	assert.NotZero(t, c.EFlags()&FlagNT)
	assert.Equal(t, uint32(sTSS), m.get32(tTSS2)&0xFFFF, "back link")
	assert.Equal(t, uint32(11), m.get32(tGDT+sTSS+4)>>8&15, "a call leaves the old task busy")
	m.steps(1)
	assert.Equal(t, uint32(tCode+7), c.EIP())
	assert.Zero(t, c.EFlags()&FlagNT)
	assert.Equal(t, uint32(sTSS), uint32(c.tr.selector))
	assert.Equal(t, uint32(9), m.get32(tGDT+sTSS2+4)>>8&15)
}

func TestFaultInTheNewTask(t *testing.T) {
	m := newPM("486")
	m.setup(0, asm(0xEA, uint32(0), uint16(sTSS2)))
	m.put32(tTSS2+0x54, sBeyond) // DS
	vec, code := m.run(t)
	assert.Equal(t, excTS, vec)
	assert.Equal(t, uint32(sBeyond), code)
	assert.Equal(t, uint32(tGateTarget), m.get32(m.cpu.Reg(ESP)+4), "the fault belongs to the new task's first instruction")
}

func TestVirtual8086RoundTrip(t *testing.T) {
	m := newPM("486")
	frame := asm(0x68, uint32(0x44), 0x68, uint32(0x33), 0x68, uint32(0x22), 0x68, uint32(0x11), 0x68, uint32(0x500),
		0x68, uint32(0x1000), 0x68, uint32(FlagVM|2), 0x68, uint32(0x900), 0x68, uint32(0x10), 0xCF)
	m.setup(0, frame)
	c := m.cpu
	m.mem.Write(0x9010, []byte{0xF4}) // HLT in virtual-8086 mode
	m.steps(10)
	require.NotZero(t, c.EFlags()&FlagVM)
	assert.Equal(t, 3, c.CPL())
	for i, want := range map[int]uint16{CS: 0x900, SS: 0x500, ES: 0x11, DS: 0x22, FS: 0x33, GS: 0x44} {
		sel, base, limit, _ := c.Segment(i)
		assert.Equal(t, want, sel, vecSegs[i])
		assert.Equal(t, uint32(want)<<4, base, vecSegs[i])
		assert.Equal(t, uint32(0xFFFF), limit, vecSegs[i])
	}
	assert.Equal(t, uint32(0x10), c.EIP())
	m.steps(1)
	assert.Zero(t, c.EFlags()&FlagVM)
	assert.Equal(t, uint32(tHandlers+excGP*16), c.EIP())
	sp := c.Reg(ESP)
	assert.Equal(t, uint32(tStack0-40), sp, "GS FS DS ES SS ESP EFLAGS CS EIP and the error code")
	for i, want := range []uint32{0, 0x10, 0x900, FlagVM | FlagRF | 2, 0x1000, 0x500, 0x11, 0x22, 0x33, 0x44} {
		assert.Equal(t, want, m.get32(sp+uint32(i)*4), "slot %d", i)
	}
	assert.Zero(t, c.seg[DS].selector)
}

func TestVirtual8086Sensitive(t *testing.T) {
	for _, tc := range []struct {
		name string
		code []byte
		iopl uint32
		vec  int
	}{
		{"cli", asm(0xFA), 0, excGP}, {"cli, IOPL 3", asm(0xFA), 3, vecOut}, {"sti", asm(0xFB), 0, excGP},
		{"pushf", asm(0x9C), 0, excGP}, {"pushf, IOPL 3", asm(0x9C), 3, vecOut}, {"popf", asm(0x9D), 0, excGP},
		{"int", asm(0xCD, 0x41), 0, excGP}, {"int, IOPL 3", asm(0xCD, 0x41), 3, 0x41}, {"int3", asm(0xCC), 0, 3},
		{"iret", asm(0xCF), 0, excGP}, {"hlt, IOPL 3", asm(0xF4), 3, excGP}, {"in, IOPL 3", asm(0xE4, 1), 3, excGP},
		{"mov ds", asm(0x8E, 0xD8), 0, vecOut}, {"lldt", asm(0x0F, 0x00, 0xD0), 3, excUD}, {"arpl", asm(0x63, 0xC0), 3, excUD},
		{"mov cr0", asm(0x0F, 0x20, 0xC0), 3, excGP}, {"lgdt", asm(0x0F, 0x01, 0x16, 0, 0), 3, excGP},
		{"word at FFFF", asm(0xA1, 0xFF, 0xFF), 0, excGP}, {"push at 1", asm(0xBC, 1, 0, 0x50), 0, excSS},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m := newPM("486")
			m.setup(3, nil)
			m.mem.Write(tCode, append(tc.code, 0xCC))
			c := m.cpu
			c.SetEFlags(FlagVM | tc.iopl<<12)
			for i := range 6 {
				c.SetSegment(i, 0x800, 0x8000, 0xFFFF, segP|segS|3<<8|3<<13)
			}
			c.cpl = 3
			c.modeChanged()
			c.SetEIP(0)
			c.SetReg(ESP, 0x800)
			vec, _ := m.run(t)
			want := tc.vec
			if want == vecOut {
				want = 3 // the INT3 after it
			}
			assert.Equal(t, want, vec)
		})
	}
}

func TestSingleStep(t *testing.T) {
	m := newPM("486")
	m.setup(0, asm(0x90, 0x90))
	c := m.cpu
	c.SetEFlags(FlagTF)
	m.steps(1)
	assert.Equal(t, uint32(tCode+1), c.EIP())
	vec, _ := m.run(t)
	assert.Equal(t, excDB, vec)
	assert.Equal(t, uint32(tCode+1), m.get32(c.Reg(ESP)))
	assert.NotZero(t, c.dr[6]&dr6BS)
	assert.NotZero(t, m.get32(c.Reg(ESP)+8)&FlagTF)
}

func TestMovSSHoldsTheTrap(t *testing.T) {
	m := newPM("486")
	m.setup(0, asm(0x8E, 0xD0, 0x90, 0x90))
	m.cpu.SetReg(EAX, sData0)
	m.cpu.SetEFlags(FlagTF)
	m.run(t)
	assert.Equal(t, uint32(tCode+3), m.get32(m.cpu.Reg(ESP)), "the trap comes after the instruction behind MOV SS")
}

func TestBreakpoints(t *testing.T) {
	for _, tc := range []struct {
		name     string
		dr0, dr7 uint32
		code     []byte
		hit      bool
		eip      uint32
	}{
		{"execute", tCode + 1, 1, asm(0x90, 0x90, 0x90), true, tCode + 1},
		{"execute, global", tCode + 1, 2, asm(0x90, 0x90, 0x90), true, tCode + 1},
		{"execute, off", tCode + 1, 4, asm(0x90, 0x90), false, 0},
		{"write", 0x20000, 1 | 1<<16, asm(0xA2, uint32(0x20000), 0x90), true, tCode + 5},
		{"write, elsewhere", 0x20000, 1 | 1<<16, asm(0xA2, uint32(0x20001), 0x90), false, 0},
		{"write, in the dword", 0x20000, 1 | 0xD<<16, asm(0xA2, uint32(0x20003), 0x90), true, tCode + 5},
		{"write dword over it", 0x20003, 1 | 1<<16, asm(0xA3, uint32(0x20000), 0x90), true, tCode + 5},
		{"read is no write", 0x20000, 1 | 1<<16, asm(0xA0, uint32(0x20000), 0x90), false, 0},
		{"read or write", 0x20000, 1 | 3<<16, asm(0xA0, uint32(0x20000), 0x90), true, tCode + 5},
		{"stack", tStack0 - 4, 1 | 0xD<<16, asm(0x50, 0x90), true, tCode + 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m := newPM("486")
			m.setup(0, tc.code)
			c := m.cpu
			c.writeDR(0, tc.dr0)
			c.writeDR(7, tc.dr7)
			vec, _ := m.run(t)
			if !tc.hit {
				assert.Equal(t, vecOut, vec)
				return
			}
			assert.Equal(t, excDB, vec)
			assert.Equal(t, tc.eip, m.get32(c.Reg(ESP)))
			assert.Equal(t, uint32(1), c.dr[6]&15)
		})
	}
}

func TestRepeatedStringStopsAtTheFault(t *testing.T) {
	m := newPM("486")
	m.setup(3, asm(0xF3, 0xA5))
	m.mapIdentity()
	m.put32(tTable+0x41*4, 0)
	c := m.cpu
	c.SetCR(3, tDirectory)
	c.SetCR(0, CR0PE|CR0PG)
	c.SetReg(ESI, 0x30000)
	c.SetReg(EDI, 0x40FF6)
	c.SetReg(ECX, 100)
	vec, code := m.run(t)
	assert.Equal(t, excPF, vec)
	assert.Equal(t, uint32(6), code)
	assert.Equal(t, uint32(98), c.Reg(ECX))
	assert.Equal(t, uint32(0x40FFE), c.Reg(EDI))
	assert.Equal(t, uint32(0x41000), c.CR(2))
	assert.Equal(t, uint32(tCode), m.get32(c.Reg(ESP)+4))
}

func TestFaultsChangeNothing(t *testing.T) {
	for name, code := range map[string][]byte{
		"store across pages": asm(0xA3, uint32(0x40FFE)),
		"pusha":              asm(0x60),
		"push":               asm(0x50),
		"enter":              asm(0xC8, uint16(0x10), 3),
		"call":               asm(0xE8, uint32(0)),
		"pop to memory":      asm(0x8F, 0x05, uint32(0x40FFE)),
		"xchg":               asm(0x87, 0x05, uint32(0x40FFE)),
		"cmpxchg":            asm(0x0F, 0xB1, 0x1D, uint32(0x40FFE)),
		"fst m64":            asm(0xDD, 0x15, uint32(0x40FFC)),
		"fsave":              asm(0xDD, 0x35, uint32(0x40FFC)),
	} {
		t.Run(name, func(t *testing.T) {
			m := newPM("486")
			m.setup(3, code)
			m.mapIdentity()
			m.put32(tTable+0x41*4, 0x41<<12|5)
			m.put32(tTable+0x42*4, 0)
			c := m.cpu
			c.SetCR(3, tDirectory)
			c.SetCR(0, CR0PE|CR0PG)
			for i := range 8 {
				c.SetReg(i, 0x11111111*uint32(i+1))
			}
			c.SetReg(ESP, 0x41002) // the next page down is writable, this one is not
			c.SetReg(EBP, 0x30000)
			before := c.r
			memory := m.ram.contents()[0x40000:0x42000]
			vec, _ := m.run(t)
			require.Equal(t, excPF, vec)
			sp := m.get32(c.Reg(ESP) + 16)
			assert.Equal(t, before[ESP], sp)
			after := c.r
			after[ESP] = before[ESP]
			assert.Equal(t, before, after)
			assert.Equal(t, memory, m.ram.contents()[0x40000:0x42000])
		})
	}
}

func TestTripleFault(t *testing.T) {
	m := newPM("486")
	m.setup(0, asm(0x0F, 0xFF))
	m.cpu.idt.limit = 0
	assert.Equal(t, ReasonShutdown, m.cpu.Run(100))
	assert.True(t, m.cpu.Shutdown())
	assert.Equal(t, ReasonShutdown, m.cpu.Run(100))
	m.cpu.Reset()
	assert.False(t, m.cpu.Shutdown())
	assert.Equal(t, uint32(0xFFF0), m.cpu.EIP())
}

func TestA20(t *testing.T) {
	m := newVecMachine("486")
	c := m.cpu
	c.SetSegment(DS, 0xFFFF, 0xFFFF0, 0xFFFF, segP|segS|3<<8)
	for _, open := range []bool{true, false, true} {
		c.SetA20(open)
		c.st8(DS, 0x10, 0x55)
		want := uint32(0)
		if open {
			want = 0x100000
		}
		assert.Equal(t, byte(0x55), m.ram.at(want))
		m.ram.Write(0, []byte{0})
		m.ram.Write(0x100000, []byte{0})
	}
}

func TestSelfModifyingCode(t *testing.T) {
	m := newPM("486")
	// The store changes the immediate of the instruction that follows.
	m.setup(0, asm(0xC7, 0x05, uint32(tCode+11), uint32(0x12345678), 0xB8, uint32(0)))
	m.run(t)
	assert.Equal(t, uint32(0x12345678), m.cpu.Reg(EAX))
}

func TestCodeAcrossPages(t *testing.T) {
	m := newPM("486")
	m.setup(0, nil)
	c := m.cpu
	at := uint32(0x20FFE)
	m.mem.Write(at, asm(0xB8, uint32(0x11223344), 0xCD, vecOut))
	for _, v := range []uint32{0x11223344, 0x55223344} {
		c.SetEIP(at)
		c.halted = false
		m.run(t)
		assert.Equal(t, v, c.Reg(EAX))
		m.mem.Write(0x21002, []byte{0x55}) // a byte of the second page
	}
}

func TestDirtyPages(t *testing.T) {
	m := newPM("486")
	m.setup(0, asm(0xA2, uint32(0x20000), 0xA2, uint32(0x20001), 0xA2, uint32(0x20002)))
	dirty := func() (pages []int) {
		m.ram.TakeDirty(func(p int) { pages = append(pages, p) })
		return pages
	}
	dirty()
	m.steps(1)
	assert.Equal(t, []int{0x20}, dirty())
	assert.Empty(t, dirty())
	m.steps(1)
	assert.Equal(t, []int{0x20}, dirty(), "the page is armed again")
	m.ram.Freeze()
	m.steps(1)
	assert.Equal(t, []int{0x20}, dirty(), "a page that is shared is armed, too")
}

func TestInterruptShadow(t *testing.T) {
	m := newPM("486")
	m.setup(0, asm(0xFB, 0x90, 0x90))
	c := m.cpu
	c.SetINTR(true)
	m.steps(2)
	assert.Equal(t, uint32(tCode+2), c.EIP(), "no interrupt between STI and the next instruction")
	m.steps(1)
	assert.Equal(t, uint32(tHandlers+8*16), c.EIP())
}

func TestNMIMasking(t *testing.T) {
	m := newPM("486")
	m.setup(0, asm(0x90, 0x90))
	c := m.cpu
	m.mem.Write(tHandlers+vecNMI*16, []byte{0x90, 0xCF})
	c.RaiseNMI()
	m.steps(1)
	require.Equal(t, uint32(tHandlers+vecNMI*16), c.EIP())
	c.RaiseNMI()
	m.steps(1)
	assert.Equal(t, uint32(tHandlers+vecNMI*16+1), c.EIP(), "masked in the handler")
	m.steps(2)
	assert.Equal(t, uint32(tHandlers+vecNMI*16), c.EIP(), "taken after IRET")
}

// TestNMIIsMaskedUntilIRET: any IRET that returns, of whatever handler.
func TestNMIIsMaskedUntilIRET(t *testing.T) {
	const handler, inner = tHandlers + vecNMI*16, tHandlers + 0x41*16
	for _, tc := range []struct {
		name    string
		code    []byte // of the NMI's handler
		inner   []byte // of INT 41h
		after   int    // steps in handlers until the second NMI is taken
		pending uint32 // EIP it saves
	}{
		{"iret", asm(0x90, 0xCF), nil, 2, tCode},
		{"iret of an interrupt in the handler", asm(0xCD, 0x41, 0x90, 0xCF), asm(0x90, 0xCF), 3, handler + 2},
		{"a far return is none", asm(0x6A, sCode0, 0x68, uint32(handler+8), 0xCB, 0x90, 0x90, 0xCF), nil, 6, tCode},
		{"an iret that faults is none", asm(0x6A, 2, 0x68, uint32(sBeyond), 0x6A, 0, 0xCF), nil, 0, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m := newPM("486")
			m.setup(0, asm(0x90, 0x90))
			m.mem.Write(handler, tc.code)
			m.mem.Write(inner, tc.inner)
			c := m.cpu
			c.RaiseNMI()
			m.steps(1)
			require.Equal(t, uint32(handler), c.EIP())
			c.RaiseNMI()
			c.RaiseNMI() // edges are not counted
			if tc.after == 0 {
				vec, _ := m.run(t)
				assert.Equal(t, excGP, vec, "the second NMI waits")
				return
			}
			for range tc.after {
				m.steps(1)
				assert.True(t, c.nmi)
			}
			m.steps(1)
			require.Equal(t, uint32(handler), c.EIP())
			assert.Equal(t, tc.pending, m.frame(vecNMI).eip)
			assert.False(t, c.nmi)
		})
	}
}

// TestNMIThroughATaskGate: the handler's IRET, which switches back, lets the
// next one in.
func TestNMIThroughATaskGate(t *testing.T) {
	m := newPM("486")
	m.setup(0, asm(0x90, 0x90))
	busyNow(m)
	m.put64(tIDT+vecNMI*8, gateDesc(sTSS2, 0, 0x85))
	m.mem.Write(tGateTarget, asm(0x90, 0xCF, 0xEB, 0xFC))
	c := m.cpu
	c.RaiseNMI()
	m.steps(1)
	require.Equal(t, uint16(sTSS2), c.tr.selector)
	c.RaiseNMI()
	m.steps(2)
	assert.Equal(t, uint16(sTSS), c.tr.selector, "the second one waited for IRET")
	m.steps(1)
	assert.Equal(t, uint16(sTSS2), c.tr.selector)
	assert.Equal(t, uint32(tCode), m.get32(tTSS+0x20))
}

// TestHLTEnds: what wakes the processor returns behind HLT.
func TestHLTEnds(t *testing.T) {
	for _, tc := range []struct {
		name  string
		flags uint32
		event func(c *CPU)
		vec   int // or -1
	}{
		{"interrupt", FlagIF, func(c *CPU) { c.SetINTR(true) }, 8},
		{"interrupt without IF", 0, func(c *CPU) { c.SetINTR(true) }, -1},
		{"NMI", 0, (*CPU).RaiseNMI, vecNMI},
		{"step", FlagTF, func(*CPU) {}, excDB},
	} {
		m := newPM("486")
		m.setup(0, asm(0xF4, 0x90))
		c := m.cpu
		c.SetEFlags(2 | tc.flags)
		m.steps(1)
		if tc.flags&FlagTF == 0 {
			assert.Equal(t, ReasonHalt, c.Run(10), tc.name)
		}
		tc.event(c)
		if tc.vec < 0 {
			assert.Equal(t, ReasonHalt, c.Run(10), tc.name)
			continue
		}
		m.steps(1)
		assert.Equal(t, uint32(tHandlers+tc.vec*16), c.EIP(), tc.name)
		assert.Equal(t, uint32(tCode+1), m.get32(c.Reg(ESP)), tc.name)
	}
}

func TestInstructionCount(t *testing.T) {
	m := newPM("486")
	m.setup(0, asm(0x90, 0xB9, uint32(10), 0xBF, uint32(0x20000), 0xF3, 0xAA, 0x90))
	c := m.cpu
	base := c.Instructions()
	assert.Equal(t, ReasonCount, c.Run(3))
	assert.Equal(t, base+3, c.Instructions())
	assert.Equal(t, ReasonCount, c.Run(4))
	assert.Equal(t, uint32(6), c.Reg(ECX), "every iteration counts")
	assert.Equal(t, ReasonCount, c.Run(7))
	assert.Equal(t, base+14, c.Instructions())
	assert.Zero(t, c.Reg(ECX))
}

func TestModels(t *testing.T) {
	for name, ud := range map[string][5]bool{
		// BSWAP, CPUID, RDTSC, CMPXCHG8B, CMOV
		"386":     {true, true, true, true, true},
		"486":     {false, false, true, true, true},
		"pentium": {false, false, false, false, true},
		"686":     {false, false, false, false, false},
	} {
		for i, code := range [][]byte{asm(0x0F, 0xC8), asm(0x0F, 0xA2), asm(0x0F, 0x31), asm(0x0F, 0xC7, 0x0D, uint32(0x20000)), asm(0x0F, 0x40, 0xC0)} {
			m := newPM(name)
			m.setup(0, code)
			vec, _ := m.run(t)
			want := vecOut
			if ud[i] {
				want = excUD
			}
			assert.Equal(t, want, vec, "%s % X", name, code)
		}
	}
	assert.Nil(t, New("8086", NewMemory(), floatingBus{}))
}

func TestNoAllocation(t *testing.T) {
	m := newPM("486")
	m.setup(0, loop(asm(0x50, 0x58, 0xA3, uint32(0x20000), 0x0F, 0xFF)))
	m.mem.Write(tHandlers+excUD*16, asm(0x83, 0x04, 0x24, 2, 0xCF)) // skip the instruction
	m.cpu.Run(1000)
	assert.Zero(t, testing.AllocsPerRun(10, func() { m.cpu.Run(10_000) }))
}

// ferrBus wires FERR# to INTR.
type ferrBus struct {
	floatingBus
	cpu    *CPU
	raised int
}

func (b *ferrBus) SetFERR(level bool) {
	if level {
		b.raised++
	}
	b.cpu.SetINTR(level)
}

func (b *ferrBus) Acknowledge() uint8 {
	b.cpu.SetINTR(false)
	return 0x75
}

func TestFERR(t *testing.T) {
	m := newPM("486")
	bus := &ferrBus{cpu: m.cpu}
	m.cpu.bus = bus
	// 1/0 with ZE unmasked, then an instruction that waits.
	code := asm(0xDB, 0xE3, 0x68, uint32(0x37B), 0xD9, 0x2C, 0x24, 0xD9, 0xE8, 0xD9, 0xEE, 0xDE, 0xF9)
	m.setup(0, asm(code, 0xD9, 0xE8))
	m.cpu.SetEFlags(FlagIF)
	vec, _ := m.run(t)
	assert.Equal(t, 0x75, vec)
	assert.Equal(t, 1, bus.raised)
	assert.Equal(t, uint32(tCode+len(code)), m.get32(m.cpu.Reg(ESP)), "the interrupt comes before the waiting instruction")
}

func TestINTDoesNotTrap(t *testing.T) {
	m := newPM("486")
	m.setup(0, asm(0xCD, 0x50))
	m.mem.Write(tHandlers+0x50*16, []byte{0x90, 0x90, 0xF4})
	m.cpu.SetEFlags(FlagTF)
	m.steps(3)
	assert.Equal(t, uint32(tHandlers+0x50*16+2), m.cpu.EIP())
	assert.NotZero(t, m.get32(m.cpu.Reg(ESP)+8)&FlagTF)
}

func TestEventsCountOne(t *testing.T) {
	m := newPM("486")
	m.setup(0, asm(0x90, 0x90))
	c := m.cpu
	c.SetEFlags(FlagIF)
	c.SetINTR(true)
	n := c.Instructions()
	assert.Equal(t, ReasonCount, c.Run(0))
	assert.Equal(t, n, c.Instructions())
	assert.Equal(t, uint32(tCode), c.EIP())
	assert.Equal(t, ReasonCount, c.Run(1))
	assert.Equal(t, n+1, c.Instructions())
	assert.Equal(t, uint32(tHandlers+8*16), c.EIP())
}

// TestBlockCacheOverflow makes more blocks than the cache holds.
func TestBlockCacheOverflow(t *testing.T) {
	m := newPM("486")
	// mov [next+1],edx; next: add eax,imm; add edx,9E37h; jmp
	m.setup(0, loop(asm(0x89, 0x15, uint32(tCode+7), 0x05, uint32(0), 0x81, 0xC2, uint32(0x9E37))))
	c := m.cpu
	c.SetReg(EAX, 0)
	c.SetReg(EDX, 0)
	const rounds = 3 * blockArena
	m.cpu.Run(4 * rounds)
	want := uint32(0)
	for i := range uint32(rounds) {
		want += i * 0x9E37
	}
	assert.Equal(t, want, c.Reg(EAX))
	assert.Equal(t, uint32(tCode), c.EIP())
}
