package cpu

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestRealModeFaults: the vectors of real mode have no error code, and the
// frame is three words.
func TestRealModeFaults(t *testing.T) {
	const sp = 0x7000
	for _, tc := range []struct {
		name string
		code []byte
		prep func(c *CPU)
		vec  int
		eip  uint32 // offset pushed
	}{
		{"word at FFFF", asm(0xA1, uint16(0xFFFF)), nil, excGP, 0},
		{"store word at FFFF", asm(0xA3, uint16(0xFFFF)), nil, excGP, 0},
		{"byte at FFFF", asm(0xA0, uint16(0xFFFF)), nil, vecOut, 5},
		{"dword at FFFD", asm(0x66, 0xA1, uint16(0xFFFD)), nil, excGP, 0},
		{"dword at FFFC", asm(0x66, 0xA1, uint16(0xFFFC)), nil, vecOut, 6},
		{"above 64K", asm(0x67, 0xA0, uint32(0x10000)), nil, excGP, 0},
		{"word at FFFF by the stack", asm(0x36, 0xA1, uint16(0xFFFF)), nil, excSS, 0},
		{"store in the code", asm(0x2E, 0xA2, uint16(0x5000)), nil, vecOut, 6},
		{"divide", asm(0xF6, 0xF1), nil, excDE, 0},
		{"into", asm(0xB0, 0x7F, 0x04, 1, 0xCE), nil, excOF, 5},
		{"int3", asm(0xCC), nil, excBP, 1},
		{"bound", asm(0x62, 0x36, uint16(0x5000)), func(c *CPU) { c.SetReg(ESI, 1) }, excBR, 0},
		{"undefined", asm(0x0F, 0xFF), nil, excUD, 0},
		{"lock nop", asm(0xF0, 0x90), nil, excUD, 0},
		{"fpu emulated", asm(0xD9, 0xE8), func(c *CPU) { c.cr0 |= CR0EM }, excNM, 0},
		{"arpl", asm(0x63, 0xC0), nil, excUD, 0}, {"lar", asm(0x0F, 0x02, 0xC0), nil, excUD, 0}, {"lsl", asm(0x0F, 0x03, 0xC0), nil, excUD, 0},
		{"sldt", asm(0x0F, 0x00, 0xC0), nil, excUD, 0}, {"lldt", asm(0x0F, 0x00, 0xD0), nil, excUD, 0}, {"verr", asm(0x0F, 0x00, 0xE0), nil, excUD, 0},
		{"sixteen bytes", asm(0x2E, 0x2E, 0x2E, 0x2E, 0x2E, 0x2E, 0x2E, 0x2E, 0x2E, 0x2E, 0x2E, 0x2E, 0x2E, 0x2E, 0x2E, 0x90), nil, excGP, 0},
		{"jump beyond 64K", asm(0x66, 0xE9, uint32(0x10000)), nil, excGP, 0},
		{"in needs no rights", asm(0xE4, 0x10), nil, vecOut, 4}, {"cli needs no rights", asm(0xFA), nil, vecOut, 3},
		{"beyond the table", asm(0xCD, 0x80), func(c *CPU) { c.idt.limit = 0x80*4 + 2 }, excGP, 0},
		{"single step", asm(0x90, 0x90), func(c *CPU) { c.SetEFlags(FlagTF) }, excDB, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m := newPM("486")
			c := m.cpu
			for i := range 6 {
				c.SetSegment(i, 0, 0, 0xFFFF, segP|segS|3<<8)
			}
			c.SetTables(0, 0, 0, 0x3FF)
			c.SetCR(0, 0)
			for v := range uint32(256) {
				m.put32(v*4, tHandlers+v*16)
				m.mem.Write(tHandlers+v*16, []byte{0xF4})
			}
			m.mem.Write(tCode, asm(tc.code, 0xCD, vecOut))
			c.SetReg(ESP, sp)
			c.SetEIP(tCode)
			if tc.prep != nil {
				tc.prep(c)
			}
			require.Equal(t, ReasonHalt, c.Run(100))
			assert.Equal(t, uint32(tHandlers+tc.vec*16+1), c.EIP())
			assert.Equal(t, uint32(sp-6), c.Reg(ESP))
			assert.Equal(t, tCode+tc.eip, m.get32(sp-6)&0xFFFF, "IP pushed")
			assert.Zero(t, c.EFlags()&(FlagIF|FlagTF))
		})
	}
}
