package cpu

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// descType is the type of a descriptor in the GDT.
func (m *pmMachine) descType(sel uint32) uint32 { return m.get32(tGDT+sel+4) >> 8 & 15 }

// busyNow marks the current task busy, as LTR does.
func busyNow(m *pmMachine) { m.put32(tGDT+sTSS+4, m.get32(tGDT+sTSS+4)|2<<8) }

// entrance is a way into the second task.
type entrance struct {
	name   string
	code   []byte
	nested bool // the old task stays busy and is linked
	gate   bool // the TSS selector comes from a task gate
}

var entrances = []entrance{
	{"jmp TSS", far(0xEA, sTSS2, 0), false, false},
	{"call TSS", far(0x9A, sTSS2, 0), true, false},
	{"jmp gate", far(0xEA, sTaskGate, 0), false, true},
	{"call gate", far(0x9A, sTaskGate, 0), true, true},
	{"int", asm(0xCD, 0x46), true, true},
}

func TestTaskSwitchBookkeeping(t *testing.T) {
	for _, e := range entrances {
		for _, flags := range []uint32{2, FlagNT | 2} {
			t.Run(fmt.Sprintf("%s, EFLAGS %X", e.name, flags), func(t *testing.T) {
				m := newPM("486")
				m.setup(0, e.code)
				busyNow(m)
				m.put32(tTSS2, 0x5555)
				m.cpu.SetEFlags(flags)
				m.steps(1)
				c := m.cpu
				require.Equal(t, uint16(sTSS2), c.tr.selector)
				old, link := uint32(9), uint32(0x5555)
				if e.nested {
					old, link = 11, sTSS
				}
				assert.Equal(t, old, m.descType(sTSS), "type of the old TSS")
				assert.Equal(t, uint32(11), m.descType(sTSS2), "type of the new TSS")
				assert.Equal(t, link, m.get32(tTSS2)&0xFFFF, "back link")
				assert.Equal(t, e.nested, c.EFlags()&FlagNT != 0, "NT")
				assert.Equal(t, flags, m.get32(tTSS+0x24), "EFLAGS saved")
				assert.Equal(t, uint32(tCode+len(e.code)), m.get32(tTSS+0x20), "EIP saved")
				assert.Equal(t, uint32(tStack0), m.get32(tTSS+0x38), "ESP saved")
				assert.NotZero(t, c.cr0&CR0TS)
			})
		}
	}
}

// taskFault is a flaw of the second task's descriptor or state.
type taskFault struct {
	name    string
	prep    func(m *pmMachine)
	vec     int
	err     uint32
	entered bool // found after the switch: the fault belongs to the new task
}

var taskFaults = []taskFault{
	{"not present", putGDT(sTSS2, segDesc(tTSS2, 0x67, 0x09, 0)), excNP, sTSS2, false},
	{"limit below 67h", putGDT(sTSS2, segDesc(tTSS2, 0x66, 0x89, 0)), excTS, sTSS2, false},
	{"16-bit, limit below 2Bh", putGDT(sTSS2, segDesc(tTSS2, 0x2A, 0x81, 0)), excTS, sTSS2, false},
	{"busy", putGDT(sTSS2, segDesc(tTSS2, 0x67, 0x8B, 0)), excGP, sTSS2, false},
	{"LDT selector to the LDT", putTSS2(0x60, 0x0C), excTS, 0x0C, true},
	{"LDT outside the GDT", putTSS2(0x60, sBeyond), excTS, sBeyond, true},
	{"LDT is data", putTSS2(0x60, sData0), excTS, sData0, true},
	{"LDT not present", putTSS2(0x60, sLDTNP), excTS, sLDTNP, true},
	{"CS null", putTSS2(0x4C, 0), excTS, 0, true},
	{"CS outside the GDT", putTSS2(0x4C, sBeyond), excTS, sBeyond, true},
	{"CS is data", putTSS2(0x4C, sData0), excTS, sData0, true},
	{"CS is a gate", putTSS2(0x4C, sGate), excTS, sGate, true},
	{"CS of another level", putTSS2(0x4C, sCode3), excTS, sCode3, true},
	{"CS not present", putTSS2(0x4C, sCodeNP), excNP, sCodeNP, true},
	{"SS null", putTSS2(0x50, 0), excTS, 0, true},
	{"SS outside the GDT", putTSS2(0x50, sBeyond), excTS, sBeyond, true},
	{"SS of another level", putTSS2(0x50, sData3), excTS, sData3, true},
	{"SS of another RPL", putTSS2(0x50, sData0|3), excTS, sData0, true},
	{"SS is code", putTSS2(0x50, sCode0), excTS, sCode0, true},
	{"SS not present", func(m *pmMachine) {
		putTSS2(0x50, sSmall)(m)
		m.put64(tGDT+sSmall, segDesc(0, 0xFFFFF, 0x12, 0xC))
	}, excSS, sSmall, true},
	{"DS outside the GDT", putTSS2(0x54, sBeyond), excTS, sBeyond, true},
	{"ES with too great an RPL", putTSS2(0x48, sData0|3), excTS, sData0, true},
	{"FS execute-only", putTSS2(0x58, sExecOnly), excTS, sExecOnly, true},
	{"GS is a TSS", putTSS2(0x5C, sTSS), excTS, sTSS, true},
	{"DS not present", putTSS2(0x54, sDataNP), excNP, sDataNP, true},
	{"EIP beyond the limit", func(m *pmMachine) {
		putTSS2(0x4C, lAny)(m)
		m.put64(tGDT+lAny, segDesc(0, 0xFFF, 0x9A, 4))
	}, excGP, 0, true},
}

func putTSS2(off, v uint32) func(m *pmMachine) { return func(m *pmMachine) { m.put32(tTSS2+off, v) } }

// A third task takes the exceptions, so that the state at the
// fault does not have to be able to run a handler.
const (
	sFaultTask = sBusy
	tTSS3      = 0x3200
)

func takeFaultsInATask(m *pmMachine) {
	m.put64(tGDT+sFaultTask, segDesc(tTSS3, 0x67, 0x89, 0))
	m.put32(tTSS3+0x20, tHandlers+0x60*16)
	m.put32(tTSS3+0x24, 2)
	m.put32(tTSS3+0x38, tStack0-0xC00)
	for i, s := range []uint32{sData0, sCode0, sData0, sData0, sData0, sData0} {
		m.put32(tTSS3+0x48+uint32(i)*4, s)
	}
	for v := uint32(excTS); v <= excGP; v++ {
		m.put64(tIDT+v*8, gateDesc(sFaultTask, 0, 0x85))
	}
}

func TestTaskSwitchFaults(t *testing.T) {
	for _, e := range entrances {
		for _, f := range taskFaults {
			t.Run(e.name+", "+f.name, func(t *testing.T) {
				m := newPM("486")
				m.setup(0, e.code)
				busyNow(m)
				f.prep(m)
				// Any exception but the one of the row ends in a double fault.
				takeFaultsInATask(m)
				for v := uint32(excTS); v <= excGP; v++ {
					if int(v) != f.vec {
						m.put64(tIDT+v*8, 0)
					}
				}
				m.steps(1)
				c := m.cpu
				require.Equal(t, uint16(sFaultTask), c.tr.selector, "the exception of the row")
				assert.Equal(t, f.err, m.get32(c.Reg(ESP)), "error code on the new stack")
				assert.Equal(t, uint32(tStack0-0xC00-4), c.Reg(ESP))
				if f.entered {
					assert.Equal(t, uint32(sTSS2), m.get32(tTSS3)&0xFFFF, "the fault is one of the new task")
					assert.Equal(t, uint32(tGateTarget), m.get32(tTSS2+0x20), "before its first instruction")
					assert.Equal(t, uint32(11), m.descType(sTSS2))
				} else {
					assert.Equal(t, uint32(sTSS), m.get32(tTSS3)&0xFFFF, "the fault is one of the old task")
					assert.Equal(t, uint32(tCode), m.get32(tTSS+0x20), "of the instruction that switches")
					assert.Equal(t, uint32(11), m.descType(sTSS), "the old task stays busy")
				}
			})
		}
	}
}

func TestTaskGateSelectors(t *testing.T) {
	for _, d := range []struct {
		name string
		sel  uint16
		vec  int
		err  uint32
	}{
		{"null", 0, excGP, 0}, {"in the LDT", 0x0C, excGP, 0x0C}, {"outside the GDT", sBeyond, excGP, sBeyond},
		{"data", sData0, excGP, sData0}, {"LDT", sLDT, excGP, sLDT}, {"busy", sBusy, excGP, sBusy}, {"not present", sTSSNP, excNP, sTSSNP},
	} {
		prep := func(m *pmMachine) {
			m.put64(tGDT+sTaskGate, gateDesc(d.sel, 0, 0xE5))
			m.put64(tIDT+0x46*8, gateDesc(d.sel, 0, 0xE5))
		}
		var rows []scenario
		for _, e := range entrances {
			if !e.gate {
				continue
			}
			for _, cpl := range []int{0, 3} {
				rows = append(rows, scenario{name: fmt.Sprintf("%s, %s, CPL %d", e.name, d.name, cpl), cpl: cpl, prep: prep, code: e.code, vec: d.vec, err: d.err})
			}
		}
		runScenarios(t, "486", rows)
	}
}

func TestIretToTaskFaults(t *testing.T) {
	iret := func(name string, link uint32, prep func(m *pmMachine), vec int, err uint32) scenario {
		return scenario{name: name, prep: func(m *pmMachine) {
			m.put32(tTSS, link)
			m.cpu.SetEFlags(FlagNT | 2)
			if prep != nil {
				prep(m)
			}
		}, code: asm(0xCF), vec: vec, err: err}
	}
	runScenarios(t, "486", []scenario{
		iret("null link", 0, nil, excTS, 0), iret("link to the LDT", 0x0C, nil, excTS, 0x0C), iret("link outside the GDT", sBeyond, nil, excTS, sBeyond),
		iret("link to data", sData0, nil, excTS, sData0), iret("link to a task that is not busy", sTSS2, nil, excTS, sTSS2),
		iret("link to a gate", sGate, nil, excTS, sGate), iret("busy but not present", sBusy, putGDT(sBusy, segDesc(tTSS2, 0x67, 0x0B, 0)), excNP, sBusy),
		iret("busy but too short", sBusy, putGDT(sBusy, segDesc(tTSS2, 0x50, 0x8B, 0)), excTS, sBusy),
		iret("busy", sBusy, nil, vecOut, 0),
	})
}

func TestIretToTask(t *testing.T) {
	m := newPM("486")
	m.setup(0, asm(0xCF))
	busyNow(m)
	m.put32(tTSS, sBusy)
	m.cpu.SetEFlags(FlagNT | 2)
	m.steps(1)
	assert.Equal(t, uint16(sBusy), m.cpu.tr.selector)
	assert.Equal(t, uint32(9), m.descType(sTSS), "the task that returns is available")
	assert.Equal(t, uint32(11), m.descType(sBusy))
	assert.Equal(t, uint32(2), m.get32(tTSS+0x24), "NT is clear in the EFLAGS saved")
	assert.Equal(t, uint32(2), m.cpu.EFlags())
}

func TestSixteenBitTask(t *testing.T) {
	m := newPM("486")
	m.setup(0, far(0x9A, sTSS2, 0))
	busyNow(m)
	m.put64(tGDT+sTSS2, segDesc(tTSS2, 0x2B, 0x81, 0))
	m.mem.Write(tTSS2, make([]byte, 0x68))
	for i := range uint32(8) {
		m.mem.Write(tTSS2+0x12+i*2, asm(uint16(0x2000+i)))
	}
	m.mem.Write(tTSS2+0x0E, asm(uint16(tGateTarget), uint16(0x0097)))
	for i, s := range []uint16{sData0, sCode0, sData0, sData0, sLDT} {
		m.mem.Write(tTSS2+0x22+uint32(i)*2, asm(s))
	}
	c := m.cpu
	for i := range 8 {
		c.SetReg(i, 0x11110000*uint32(1+i&1)|uint32(i))
	}
	m.mem.Write(tGateTarget, []byte{0xCF})
	m.steps(1)
	assert.Equal(t, uint32(3), m.descType(sTSS2), "busy")
	assert.Equal(t, uint32(sTSS), m.get32(tTSS2)&0xFFFF)
	assert.Equal(t, uint32(tGateTarget), c.EIP())
	assert.Equal(t, uint32(FlagNT|0x97), c.EFlags())
	for i := range 8 {
		assert.Equal(t, uint32(0x2000+i), c.Reg(i)&0xFFFF, vecNames[i])
	}
	assert.Zero(t, c.seg[FS].selector)
	assert.Equal(t, uint16(sLDT), c.ldt.selector)
	m.steps(1)
	assert.Equal(t, uint32(tCode+7), c.EIP())
	assert.Equal(t, uint32(0x22220001), c.Reg(ECX), "the 32-bit task has its registers back")
	assert.Equal(t, uint32(1), m.descType(sTSS2))
	assert.Equal(t, uint32(0x0097), m.get32(tTSS2+0x10)&0xFFFF)
}

// TestPageFaultsBeforeTheTaskSwitch: whatever it is going to read and write is
// there before anything changes.
func TestPageFaultsBeforeTheTaskSwitch(t *testing.T) {
	// The new TSS, the old one or the descriptors lie at the edge of a page.
	newTSS := func(m *pmMachine) {
		m.ram.Write(tEdge-0x30, m.ram.contents()[tTSS2:tTSS2+0x68])
		m.put64(tGDT+sTSS2, segDesc(tEdge-0x30, 0x67, 0x89, 0))
	}
	oldTSS := func(m *pmMachine) {
		m.ram.Write(tEdge-0x30, m.ram.contents()[tTSS:tTSS+0x68])
		m.cpu.tr.base = tEdge - 0x30
	}
	table := func(sel uint32) func(m *pmMachine) {
		return func(m *pmMachine) {
			at := tEdge - sel
			m.ram.Write(int(at), m.ram.contents()[tGDT:tGDT+gdtLimit+1])
			m.cpu.gdt.base = at
		}
	}
	for _, e := range entrances {
		for _, d := range []struct {
			name string
			prep func(m *pmMachine)
			pte  uint32
			err  uint32
			cr2  uint32
		}{
			{"the new TSS is absent", newTSS, tEdge, 0, tEdge},
			{"the old TSS is absent", oldTSS, tEdge, 2, tEdge},
			{"the old TSS is read-only", oldTSS, tEdge | pteP, 3, tEdge},
			{"the new descriptor is read-only", table(sTSS2), tEdge | pteP, 3, tEdge + 5},
		} {
			t.Run(e.name+", "+d.name, func(t *testing.T) {
				m := newPM("486")
				m.setup(0, e.code)
				busyNow(m)
				putGDT(sCode0, segDesc(0, 0xFFFFF, 0x9B, 0xC))(m) // the handler's, accessed
				putTSS2(0x1C, tDirectory)(m)
				d.prep(m)
				paged(d.pte)(m)
				before := m.ram.contents()
				tr, r := m.cpu.tr, m.cpu.r
				vec, err := m.run(t)
				require.Equal(t, excPF, vec)
				assert.Equal(t, d.err, err)
				assert.Equal(t, d.cr2, m.cpu.cr2)
				f := m.frame(vec)
				assert.Equal(t, uint32(tCode), f.eip)
				assert.Equal(t, tr, m.cpu.tr)
				r[ESP] -= 16
				assert.Equal(t, r, m.cpu.r)
				// Page tables and the frame are what may have changed.
				for _, part := range [][2]uint32{{tGDT, tIDT}, {tTSS, tStack3}, {tEdge - 0x200, tEdge + 0x200}} {
					for at := part[0]; at < part[1]; at++ {
						require.Equal(t, before[at], m.ram.at(at), "memory at %X", at)
					}
				}
			})
		}
	}
}

func TestTaskTrapBit(t *testing.T) {
	for _, e := range entrances {
		m := newPM("486")
		m.setup(0, e.code)
		busyNow(m)
		putTSS2(0x64, 0x00680001)(m)
		vec, _ := m.run(t)
		assert.Equal(t, excDB, vec, e.name)
		assert.Equal(t, uint32(dr6BT), m.cpu.dr[6]&(dr6BT|dr6BS|15), e.name)
		assert.Equal(t, uint32(tGateTarget), m.frame(vec).eip, "%s: before the first instruction", e.name)
	}
}

func TestTaskSwitchClearsLocalBreakpoints(t *testing.T) {
	m := newPM("486")
	m.setup(0, far(0xEA, sTSS2, 0))
	m.cpu.writeDR(7, 0x3FF)
	m.steps(1)
	assert.Equal(t, uint32(0x400|0x2AA), m.cpu.dr[7])
}

func TestTaskSwitchLoadsCR3(t *testing.T) {
	m := newPM("486")
	m.setup(0, far(0xEA, sTSS2, 0))
	m.mapIdentity()
	m.put32(0x14000, tTable|7)
	putTSS2(0x1C, 0x14000)(m)
	m.cpu.SetCR(3, tDirectory)
	m.cpu.SetCR(0, CR0PE|CR0PG)
	vec, _ := m.run(t)
	assert.Equal(t, vecOut, vec)
	assert.Equal(t, uint32(0x14000), m.cpu.CR(3))
}
