package cpu

import (
	"fmt"
	"strings"

	"golang.org/x/arch/x86/x86asm"
)

// Disassemble gives the text of the instruction at the start of code, in Intel
// syntax, and its length. Code is what is at offset eip of the current code
// segment, whose mode counts. What is not known, or is cut off, is shown as
// bytes; its length is at least 1 unless there is no code.
func (c *CPU) Disassemble(eip uint32, code []byte) (text string, length int) {
	if len(code) == 0 {
		return "??", 0
	}
	var d decoder
	n := copy(d.buf[:15], code)
	d.decode(c, new(op), eip, n)
	length = max(d.pos, 1)

	bits := 16
	if c.mode&modeCode32 != 0 {
		bits = 32
	}
	inst, err := x86asm.Decode(code[:n], bits)
	if err != nil || inst.Len != length || d.short {
		return bytesText(code[:length]), length
	}
	return instText(inst, eip), length
}

// tidy puts right what the library's Intel syntax leaves odd.
var tidy = strings.NewReplacer("[]", "[0x0]", "*1+", "+", "*1-", "-", "*1]", "]")

func instText(inst x86asm.Inst, eip uint32) string {
	switch first := inst.Args[0].(type) {
	case x86asm.Rel:
		if next := eip + uint32(inst.Len); inst.DataSize == 16 {
			// IP wraps.
			target := (next + uint32(first)) & 0xFFFF
			inst.Args[0] = x86asm.Rel(target - next)
		}
	case x86asm.Imm:
		if offset, ok := inst.Args[1].(x86asm.Imm); ok && (inst.Op == x86asm.LJMP || inst.Op == x86asm.LCALL) {
			inst.Args[0], inst.Args[1] = nil, nil
			return fmt.Sprintf("%s %#x:%#x", x86asm.IntelSyntax(inst, 0, nil), uint16(first), uint32(offset))
		}
	}
	return tidy.Replace(x86asm.IntelSyntax(inst, uint64(eip), nil))
}

func bytesText(code []byte) string {
	text := "db"
	for i, b := range code {
		if i > 0 {
			text += ","
		}
		text += fmt.Sprintf(" 0x%02x", b)
	}
	return text
}
