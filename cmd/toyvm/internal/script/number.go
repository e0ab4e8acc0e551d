package script

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"toyvm/cpu"
)

// A number is worked out when a command is carried out: it may have registers
// in it.
type number func(*Console) uint32

var registerNames = []string{"eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"}

// segmentNames are in the order of the processor's numbers.
var segmentNames = []string{"es", "cs", "ss", "ds", "fs", "gs"}

// parseNumber reads a sum or difference of numbers, decimal or 0x…, and
// registers as in $esp+4. $pc is the linear address of the next instruction.
func parseNumber(text string) (number, error) {
	var terms []number
	rest := text
	for first := true; first || rest != ""; first = false {
		negative := strings.HasPrefix(rest, "-")
		if negative || !first && strings.HasPrefix(rest, "+") {
			rest = rest[1:]
		}
		end := strings.IndexAny(rest, "+-")
		if end < 0 {
			end = len(rest)
		}
		term, err := parseTerm(rest[:end])
		if err != nil {
			return nil, fmt.Errorf("%q: %w", text, err)
		}
		rest = rest[end:]
		if negative {
			positive := term
			term = func(c *Console) uint32 { return -positive(c) }
		}
		terms = append(terms, term)
	}
	return func(c *Console) (sum uint32) {
		for _, term := range terms {
			sum += term(c)
		}
		return sum
	}, nil
}

func parseTerm(text string) (number, error) {
	name, register := strings.CutPrefix(text, "$")
	if !register {
		n, err := strconv.ParseUint(text, 0, 32)
		if err != nil {
			return nil, fmt.Errorf("%q is neither a number of 32 bits, such as 0x7c00, nor a register, such as $eax", text)
		}
		return func(*Console) uint32 { return uint32(n) }, nil
	}
	if i := slices.Index(registerNames, name); i >= 0 {
		return func(c *Console) uint32 { return c.Machine.CPU.Reg(i) }, nil
	}
	if i := slices.Index(segmentNames, name); i >= 0 {
		return func(c *Console) uint32 {
			selector, _, _, _ := c.Machine.CPU.Segment(i)
			return uint32(selector)
		}, nil
	}
	switch name {
	case "eip":
		return func(c *Console) uint32 { return c.Machine.CPU.EIP() }, nil
	case "pc":
		return func(c *Console) uint32 {
			_, base, _, _ := c.Machine.CPU.Segment(cpu.CS)
			return base + c.Machine.CPU.EIP()
		}, nil
	case "eflags":
		return func(c *Console) uint32 { return c.Machine.CPU.EFlags() }, nil
	case "cr0", "cr2", "cr3", "cr4":
		return func(c *Console) uint32 { return c.Machine.CPU.CR(int(name[2] - '0')) }, nil
	}
	return nil, fmt.Errorf("there is no register %q", text)
}

func parsePrint(args []string) (Action, error) {
	f := format{1, 4, 'x'}
	if len(args) > 1 {
		var err error
		if f, err = parseFormat(args[0]); err != nil || f.letter == 'i' || f.count != 1 {
			return nil, fmt.Errorf("format %q: it is / and one of x d u o c", args[0])
		}
		f.size = 4
	}
	value, err := parseNumber(args[len(args)-1])
	return func(c *Console) error {
		v := value(c)
		text := strings.TrimSpace(f.value([]byte{byte(v), byte(v >> 8), byte(v >> 16), byte(v >> 24)}))
		if f.letter == 'x' {
			text = fmt.Sprintf("%#x", v)
		}
		_, err := fmt.Fprintln(c.Out, text)
		return err
	}, err
}
