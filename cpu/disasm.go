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
	known := func(code []byte) (inst x86asm.Inst, ok bool) {
		inst, err := x86asm.Decode(code, bits)
		return inst, err == nil && inst.Len == length && !d.short
	}
	if inst, ok := known(code[:n]); ok {
		return instText(inst, eip), length
	}
	opcode := withoutPrefixes(d.buf[:length])
	if name := unlisted[string(opcode)]; name != "" {
		return name, length
	}
	firstEncoding(opcode)
	if inst, ok := known(d.buf[:n]); ok {
		return instText(inst, eip), length
	}
	return bytesText(code[:length]), length
}

// unlisted are instructions that the library lacks.
var unlisted = map[string]string{
	"\xD6":     "salc",
	"\xDB\xE0": "fneni",
	"\xDB\xE1": "fndisi",
	"\xDB\xE4": "fnsetpm",
}

func withoutPrefixes(code []byte) []byte {
	for len(code) > 0 {
		switch code[0] {
		case 0x26, 0x2E, 0x36, 0x3E, 0x64, 0x65, 0x66, 0x67, 0xF0, 0xF2, 0xF3:
			code = code[1:]
			continue
		}
		break
	}
	return code
}

// firstEncoding replaces the second encoding of an instruction, which the
// library lacks, by its first.
func firstEncoding(code []byte) {
	if len(code) < 2 {
		return
	}
	const reg, mod = 7 << 3, 3 << 6
	switch code[0] {
	case 0x0F:
		switch {
		case len(code) < 3:
		case code[1] >= 0x20 && code[1] <= 0x26:
			// Control and debug registers move to and from registers alone.
			code[2] |= mod
		case code[1] >= 0x18 && code[1] <= 0x1F:
			code[1], code[2] = 0x1F, code[2]&^reg
		}
	case 0x82:
		code[0] = 0x80
	case 0xC0, 0xC1, 0xD0, 0xD1, 0xD2, 0xD3: // SAL
		if code[1]&reg == 6<<3 {
			code[1] = code[1]&^reg | 4<<3
		}
	case 0xF6, 0xF7: // TEST
		if code[1]&reg == 1<<3 {
			code[1] &^= reg
		}
	case 0xD9, 0xDC, 0xDD, 0xDE, 0xDF:
		i := code[1] & 7
		switch uint16(code[0])<<8 | uint16(code[1]&^7) {
		case 0xD9D8, 0xDFD0, 0xDFD8:
			code[0], code[1] = 0xDD, 0xD8|i // FSTP
		case 0xDCD0:
			code[0] = 0xD8 // FCOM
		case 0xDCD8, 0xDED0:
			code[0], code[1] = 0xD8, 0xD8|i // FCOMP
		case 0xDDC8, 0xDFC8:
			code[0] = 0xD9 // FXCH
		}
	}
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
	text := tidy.Replace(x86asm.IntelSyntax(inst, uint64(eip), nil))
	if inst.Op == x86asm.NOP {
		// The library adds an accumulator to the operand.
		text, _, _ = strings.Cut(text, ", ")
	}
	return text
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
