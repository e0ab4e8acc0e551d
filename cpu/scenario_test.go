package cpu

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// scenario is a row of a table from the programmer's reference: what is
// prepared, what runs, and the exception that follows. A vector of vecOut says
// that there is none.
type scenario struct {
	name  string
	cpl   int
	prep  func(m *pmMachine)
	code  []byte
	at    uint32 // offset of the instruction that faults; those before it are setup
	vec   int
	err   uint32
	check func(t *testing.T, m *pmMachine) // looks at the state in the handler
}

// isFault tells the exceptions that leave everything as it was before the
// instruction.
func isFault(v int) bool {
	switch v {
	case excDE, excBR, excUD, excNM, excDF, excTS, excNP, excSS, excGP, excPF, excAC:
		return true
	}
	return false
}

// frame is what a 32-bit gate pushed.
type frame struct{ code, eip, cs, eflags, esp, ss uint32 }

func (m *pmMachine) frame(vec int) (f frame) {
	at := m.cpu.seg[SS].base + m.cpu.r[ESP]
	if hasErrorCode(vec) {
		f.code = m.get32(at)
		at += 4
	}
	f.eip, f.cs, f.eflags, f.esp, f.ss = m.get32(at), m.get32(at+4)&0xFFFF, m.get32(at+8), m.get32(at+12), m.get32(at+16)&0xFFFF
	return f
}

// runScenarios runs every row twice: in blocks to the handler, and one
// instruction at a time. A fault must push the address of its instruction and
// the flags with RF, and change no register.
func runScenarios(t *testing.T, model string, rows []scenario) {
	t.Helper()
	m := newPM(model)
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			start := func() {
				m.setup(row.cpl, row.code)
				if row.prep != nil {
					row.prep(m)
				}
			}
			start()
			vec, err := m.run(t)
			require.Equal(t, row.vec, vec, "vector; error code %X", err)
			if hasErrorCode(vec) {
				assert.Equal(t, row.err, err, "error code")
			}
			if row.check != nil {
				row.check(t, m)
			}
			if !isFault(vec) {
				return
			}
			blocks := *m.cpu
			start()
			c := m.cpu
			for c.eip != tCode+row.at {
				require.Zero(t, c.Step())
				require.Less(t, c.eip-tCode, uint32(len(row.code)), "an instruction before the one that matters faulted")
			}
			r, seg, flags, cpl := c.r, c.seg, c.flags(), c.cpl
			c.Step()
			require.Equal(t, uint32(tHandlers+vec*16), c.eip, "the same exception in single steps")
			f := m.frame(vec)
			assert.Equal(t, tCode+row.at, f.eip, "EIP pushed")
			assert.Equal(t, uint32(seg[CS].selector), f.cs, "CS pushed")
			assert.Equal(t, flags|FlagRF, f.eflags, "EFLAGS pushed")
			assert.Equal(t, blocks.r, c.r, "registers after blocks and after steps")
			sp := r[ESP]
			if c.cpl != cpl {
				assert.Equal(t, sp, f.esp, "ESP pushed")
				assert.Equal(t, uint32(seg[SS].selector), f.ss, "SS pushed")
				sp = tStack0 - 8
				if flags&FlagVM != 0 {
					sp -= 16 // ES, DS, FS and GS
				}
			}
			sp -= 12
			if hasErrorCode(vec) {
				sp -= 4
			}
			r[ESP] = sp
			assert.Equal(t, r, c.r, "registers")
			for i := range 6 {
				if i != CS && i != SS && flags&FlagVM == 0 {
					assert.Equal(t, seg[i], c.seg[i], vecSegs[i])
				}
			}
		})
	}
}
