package cpu

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// wideOperand is an x87 instruction whose operand is moved in several parts.
type wideOperand struct {
	name     string
	esc, reg int
	word     bool // with the prefix for 16-bit operands
	size     uint32
	align    uint32 // what #AC wants (SDM 3, 6.15 and 22.18.6.9)
	write    bool
}

var wideOperands = []wideOperand{
	{"fld m64", 0xDD, 0, false, 8, 8, false},
	{"fadd m64", 0xDC, 0, false, 8, 8, false},
	{"fild m64", 0xDF, 5, false, 8, 8, false},
	{"fld m80", 0xDB, 5, false, 10, 8, false},
	{"fbld", 0xDF, 4, false, 10, 8, false},
	{"fldenv", 0xD9, 4, false, 28, 4, false},
	{"fldenv, words", 0xD9, 4, true, 14, 2, false},
	{"frstor", 0xDD, 4, false, 108, 4, false},
	{"frstor, words", 0xDD, 4, true, 94, 2, false},
	{"fst m64", 0xDD, 2, false, 8, 8, true},
	{"fstp m64", 0xDD, 3, false, 8, 8, true},
	{"fistp m64", 0xDF, 7, false, 8, 8, true},
	{"fstp m80", 0xDB, 7, false, 10, 8, true},
	{"fbstp", 0xDF, 6, false, 10, 8, true},
	{"fnstenv", 0xD9, 6, false, 28, 4, true},
	{"fnstenv, words", 0xD9, 6, true, 14, 2, true},
	{"fnsave", 0xDD, 6, false, 108, 4, true},
	{"fnsave, words", 0xDD, 6, true, 94, 2, true},
}

// prepare makes ready to execute the instruction with an operand at an offset.
func (w wideOperand) prepare(m *pmMachine, at uint32) {
	code := asm(w.esc, 5|w.reg<<3, at)
	if w.word {
		code = asm(0x66, code)
	}
	m.setup(3, code)
	f := &m.cpu.fpu
	f.reset()
	f.sw = swC0 | swC1
	for i := range f.r {
		f.r[i] = f80{intBit | uint64(i)<<40, bias + uint16(i)}
	}
	f.used = 0x7F
	f.fip, f.fdp, f.fcs, f.fds, f.fop = 1, 2, 3, 4, 5
}

// TestX87OperandsAreAllOrNothing: a fault in the last byte of an operand leaves
// memory and the whole unit, its pointers included, as they were.
func TestX87OperandsAreAllOrNothing(t *testing.T) {
	m := newPM("486")
	for _, w := range wideOperands {
		for _, tc := range []struct {
			name string
			at   uint32
			prep func(m *pmMachine)
			vec  int
			err  uint32
		}{
			{"absent page", tEdge + 1 - w.size, paged(tEdge), excPF, 4 | b2u(w.write)<<1},
			{"supervisor page", tEdge - w.size/2, paged(tEdge | pteP | pteW), excPF, 5 | b2u(w.write)<<1},
			{"limit", 0x1001 - w.size, func(m *pmMachine) {
				m.cpu.SetSegment(DS, sSmall|3, tEdge-0x1000, 0xFFF, segP|segS|segB|3<<8|3<<13)
			}, excGP, 0},
			{"end of the address space", -w.size + 1, nil, excGP, 0},
			{"end of the address space, whole parts", -(w.size / 2) &^ 3, nil, excGP, 0},
		} {
			t.Run(w.name+", "+tc.name, func(t *testing.T) {
				w.prepare(m, tc.at)
				if tc.prep != nil {
					tc.prep(m)
				}
				for a := uint32(tEdge - 128); a < tEdge+128; a += 4 {
					m.put32(a, 0xA5A5A5A5)
				}
				before := m.cpu.fpu
				vec, err := m.run(t)
				require.Equal(t, tc.vec, vec)
				assert.Equal(t, tc.err, err)
				assert.Equal(t, before, m.cpu.fpu)
				for a := uint32(tEdge - 128); a < tEdge+128; a += 4 {
					require.Equal(t, uint32(0xA5A5A5A5), m.get32(a), "memory at %X", a)
				}
				if vec == excPF {
					assert.Equal(t, uint32(tEdge), m.cpu.cr2)
				}
			})
		}
	}
}

func TestX87OperandAlignment(t *testing.T) {
	m := newPM("486")
	for _, w := range wideOperands {
		for _, off := range []uint32{0, 1, 2, 4, 6, 8} {
			t.Run(fmt.Sprintf("%s at %d", w.name, off), func(t *testing.T) {
				w.prepare(m, 0x20000+off)
				m.cpu.SetCR(0, CR0PE|CR0AM)
				m.cpu.SetEFlags(2 | FlagAC)
				m.put32(0x20000+off, 0x37F) // a control word, for FLDENV and FRSTOR
				before := m.cpu.fpu
				vec, _ := m.run(t)
				if off%w.align != 0 {
					assert.Equal(t, excAC, vec)
					assert.Equal(t, before, m.cpu.fpu)
					return
				}
				assert.Equal(t, vecOut, vec)
			})
		}
	}
}
