package monitor

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"toyvm/cpu"
)

// A number is worked out when a command is carried out: it may have registers
// in it.
type number func(*Console) (uint32, error)

var registerNames = []string{"eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"}

// segmentNames are in the order of the processor's numbers.
var segmentNames = []string{"es", "cs", "ss", "ds", "fs", "gs"}

// parseNumber reads an expression of numbers, decimal or 0x…, and registers, as
// in $esp+4. Operators bind as QEMU has them: * / % first, then & | ^, then + -.
func parseNumber(text string) (number, error) {
	e := expression{rest: text}
	n, err := e.operation(0)
	if err == nil && e.peek() != 0 {
		err = fmt.Errorf("%q is left over", e.rest)
	}
	if err != nil {
		return nil, fmt.Errorf("%q: %w", text, err)
	}
	return n, nil
}

// An expression is read from left to right.
type expression struct {
	rest  string
	depth int // of what encloses the rest
}

// maxDepth bounds how deep expressions are nested.
const maxDepth = 100

var errDivision = errors.New("division by zero")

// binding are the operators, those that bind weakest first.
var binding = []string{"+-", "&|^", "*/%"}

// peek is the next character that is not a blank, or 0.
func (e *expression) peek() byte {
	e.rest = strings.TrimLeft(e.rest, " \t")
	if e.rest == "" {
		return 0
	}
	return e.rest[0]
}

// operation reads operands with operators between them that bind at least as
// strong as a level.
func (e *expression) operation(level int) (number, error) {
	if level == len(binding) {
		return e.operand()
	}
	left, err := e.operation(level + 1)
	for err == nil {
		operator := e.peek()
		if operator == 0 || strings.IndexByte(binding[level], operator) < 0 {
			break
		}
		e.rest = e.rest[1:]
		var right number
		if right, err = e.operation(level + 1); err == nil {
			left = combine(left, right, operator)
		}
	}
	return left, err
}

func combine(left, right number, operator byte) number {
	return func(c *Console) (uint32, error) {
		a, err := left(c)
		if err != nil {
			return 0, err
		}
		b, err := right(c)
		if err != nil {
			return 0, err
		}
		switch operator {
		case '+':
			return a + b, nil
		case '-':
			return a - b, nil
		case '&':
			return a & b, nil
		case '|':
			return a | b, nil
		case '^':
			return a ^ b, nil
		case '*':
			return a * b, nil
		}
		if b == 0 {
			return 0, errDivision
		}
		if operator == '/' {
			return a / b, nil
		}
		return a % b, nil
	}
}

// operand reads a number, a register, or an expression in parentheses, with
// signs before it.
func (e *expression) operand() (number, error) {
	if e.depth++; e.depth > maxDepth {
		return nil, errors.New("it is nested too deep")
	}
	defer func() { e.depth-- }()
	switch sign := e.peek(); sign {
	case '+', '-', '~':
		e.rest = e.rest[1:]
		n, err := e.operand()
		return signed(n, sign), err
	case '(':
		e.rest = e.rest[1:]
		n, err := e.operation(0)
		if err == nil && e.peek() != ')' {
			err = errors.New("a closing parenthesis is missing")
		}
		if err != nil {
			return nil, err
		}
		e.rest = e.rest[1:]
		return n, nil
	}
	end := strings.IndexAny(e.rest+" ", " \t+-*/%&|^~()")
	text := e.rest[:end]
	e.rest = e.rest[end:]
	if name, ok := strings.CutPrefix(text, "$"); ok {
		return parseRegister(name)
	}
	n, err := strconv.ParseUint(text, 0, 32)
	if err != nil {
		return nil, fmt.Errorf("%q is neither a number of 32 bits, such as 0x7c00, nor a register, such as $eax", text)
	}
	return func(*Console) (uint32, error) { return uint32(n), nil }, nil
}

func signed(n number, sign byte) number {
	return func(c *Console) (uint32, error) {
		v, err := n(c)
		switch sign {
		case '-':
			v = -v
		case '~':
			v = ^v
		}
		return v, err
	}
}

// parseRegister finds a register by its name. $pc is the linear address of the
// next instruction, $ss.base where a segment begins.
func parseRegister(name string) (number, error) {
	register := func(get func(*cpu.CPU) uint32) (number, error) {
		return func(c *Console) (uint32, error) { return get(c.Machine.CPU), nil }, nil
	}
	if i := slices.Index(registerNames, name); i >= 0 {
		return register(func(c *cpu.CPU) uint32 { return c.Reg(i) })
	}
	segment, wantsBase := strings.CutSuffix(name, ".base")
	if i := slices.Index(segmentNames, segment); i >= 0 {
		return register(func(c *cpu.CPU) uint32 {
			selector, base, _, _ := c.Segment(i)
			if wantsBase {
				return base
			}
			return uint32(selector)
		})
	}
	switch name {
	case "eip":
		return register((*cpu.CPU).EIP)
	case "pc":
		return register(func(c *cpu.CPU) uint32 {
			_, base, _, _ := c.Segment(cpu.CS)
			return base + c.EIP()
		})
	case "eflags":
		return register((*cpu.CPU).EFlags)
	case "cr0", "cr2", "cr3", "cr4":
		return register(func(c *cpu.CPU) uint32 { return c.CR(int(name[2] - '0')) })
	}
	return nil, fmt.Errorf("there is no register %q", "$"+name)
}

// completeRegisters are all names, for completion.
func completeRegisters() []string {
	names := append([]string{"pc", "eip", "eflags", "cr0", "cr2", "cr3", "cr4"}, registerNames...)
	names = append(names, segmentNames...)
	for i := range names {
		names[i] = "$" + names[i]
	}
	return names
}

func parsePrint(args []string) (Action, error) {
	f := format{1, 4, 'x'}
	if strings.HasPrefix(args[0], "/") {
		var err error
		if f, err = parseFormat(args[0]); err != nil || f.letter == 'i' || f.count != 1 {
			return nil, fmt.Errorf("format %q: it is / and one of x d u o c", args[0])
		}
		f.size = 4
		args = args[1:]
	}
	value, err := parseNumber(strings.Join(args, " "))
	return func(c *Console) error {
		v, err := value(c)
		if err != nil {
			return err
		}
		text := strings.TrimSpace(f.value([]byte{byte(v), byte(v >> 8), byte(v >> 16), byte(v >> 24)}))
		if f.letter == 'x' {
			text = fmt.Sprintf("%#x", v)
		}
		_, err = fmt.Fprintln(c.Out, text)
		return err
	}, err
}
