package monitor

import (
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"

	"toyvm/cpu"
)

// A format says how x and xp show memory: so many values of size bytes.
type format struct {
	count, size int
	letter      byte // x, d, u, o or c; i for instructions
}

var formatPattern = regexp.MustCompile(`^/(\d*)([xduoci]?)([bhwg]?)$`)

// maxExamined bounds how many values are shown at once.
const maxExamined = 1 << 16

// A space is a kind of addresses.
type space struct {
	// read returns how many bytes there are.
	read   func(c *Console, at uint32, p []byte) int
	digits int // of an address
}

var (
	linear   = space{func(c *Console, at uint32, p []byte) int { return c.Machine.CPU.ReadLinear(at, p) }, 8}
	physical = space{func(c *Console, at uint32, p []byte) int {
		c.Machine.Memory().ReadPhysical(at, p)
		return len(p)
	}, 16}
)

// parseExamine parses a command with an address, before which there may be a
// format.
func parseExamine(s space) func([]string) (Action, error) {
	return func(args []string) (Action, error) {
		f := format{1, 4, 'x'}
		if strings.HasPrefix(args[0], "/") {
			var err error
			if f, err = parseFormat(args[0]); err != nil {
				return nil, err
			}
			args = args[1:]
		}
		if len(args) == 0 {
			return nil, fmt.Errorf("an address is due, such as 0x7c00 or $pc")
		}
		address, err := parseNumber(strings.Join(args, " "))
		return func(c *Console) error {
			at, err := address(c)
			if err != nil {
				return err
			}
			if f.letter == 'i' {
				return f.instructions(c, at, s)
			}
			return f.values(c, at, s)
		}, err
	}
}

func parseFormat(text string) (format, error) {
	f := format{1, 4, 'x'}
	m := formatPattern.FindStringSubmatch(text)
	if m == nil {
		return f, fmt.Errorf("format %q: it is /, a count, one of x d u o c i, and one of b h w g for 1, 2, 4, 8 bytes; as in /8xb", text)
	}
	if m[1] != "" {
		n, err := strconv.Atoi(m[1])
		if err != nil || n < 1 || n > maxExamined {
			return f, fmt.Errorf("format %q: the count must be from 1 to %d", text, maxExamined)
		}
		f.count = n
	}
	if m[2] != "" {
		f.letter = m[2][0]
	}
	if f.letter == 'c' {
		f.size = 1
	}
	if m[3] != "" {
		f.size = map[string]int{"b": 1, "h": 2, "w": 4, "g": 8}[m[3]]
	}
	return f, nil
}

// values prints the address in front of every 16 bytes, or 8 if there is a
// value in each.
func (f format) values(c *Console, at uint32, s space) error {
	line := 16
	if f.size == 1 {
		line = 8
	}
	for left := f.count * f.size; left > 0; {
		p := make([]byte, min(left, line))
		n := s.read(c, at, p)
		if n < f.size {
			return cannotAccess(c, at, s)
		}
		fmt.Fprintf(c.Out, "%0*x:", s.digits, at)
		for i := 0; i+f.size <= n; i += f.size {
			fmt.Fprintf(c.Out, " %s", f.value(p[i:i+f.size]))
		}
		fmt.Fprintln(c.Out)
		left -= n
		at += uint32(n)
	}
	return nil
}

// cannotAccess prints that no page is present.
func cannotAccess(c *Console, at uint32, s space) error {
	_, err := fmt.Fprintf(c.Out, "%0*x: Cannot access memory\n", s.digits, at)
	return err
}

// value is one value, as wide as the largest of its kind.
func (f format) value(p []byte) string {
	var wide [8]byte
	copy(wide[:], p)
	v := binary.LittleEndian.Uint64(wide[:])
	bits := 8 * f.size
	signed := int64(v<<(64-bits)) >> (64 - bits)
	digits := (bits*10 + 32) / 33
	switch f.letter {
	case 'd':
		return fmt.Sprintf("%*d", digits, signed)
	case 'u':
		return fmt.Sprintf("%*d", digits, v)
	case 'o':
		return fmt.Sprintf("%#*o", (bits+2)/3, v)
	case 'c':
		return character(v)
	default:
		return fmt.Sprintf("0x%0*x", bits/4, v)
	}
}

func character(v uint64) string {
	if v >= ' ' && v <= '~' {
		return "'" + string(rune(v)) + "'"
	}
	return fmt.Sprintf(`'\x%02x'`, v)
}

// instructions disassembles in the mode of the code segment.
func (f format) instructions(c *Console, at uint32, s space) error {
	_, base, _, _ := c.Machine.CPU.Segment(cpu.CS)
	for range f.count {
		var code [15]byte
		n := s.read(c, at, code[:])
		if n == 0 {
			return cannotAccess(c, at, s)
		}
		text, length := c.Machine.CPU.Disassemble(at-base, code[:n])
		fmt.Fprintf(c.Out, "0x%08x:  % -24x %s\n", at, code[:length], text)
		at += uint32(length)
	}
	return nil
}

// parseSave parses the commands that write memory to a file: the address, the
// size and the name.
func parseSave(s space) func([]string) (Action, error) {
	return func(args []string) (Action, error) {
		area, err := parseArea(args)
		return func(c *Console) error {
			at, size, err := area(c)
			if err != nil {
				return err
			}
			file, err := os.Create(args[2])
			if err != nil {
				return err
			}
			if err := copyMemory(file, c, at, size, s); err != nil {
				file.Close()
				return err
			}
			return file.Close()
		}, err
	}
}

// parseArea parses an address and a size.
func parseArea(args []string) (area func(*Console) (at, size uint32, err error), err error) {
	address, err := parseNumber(args[0])
	if err != nil {
		return nil, err
	}
	length, err := parseNumber(args[1])
	return func(c *Console) (at, size uint32, err error) {
		if at, err = address(c); err == nil {
			size, err = length(c)
		}
		return at, size, err
	}, err
}

// parseSum parses sum: the checksum of the BSD command, of physical memory.
func parseSum(args []string) (Action, error) {
	area, err := parseArea(args)
	return func(c *Console) error {
		at, size, err := area(c)
		if err != nil {
			return err
		}
		sum := checksum(0)
		if err := copyMemory(&sum, c, at, size, physical); err != nil {
			return err
		}
		_, err = fmt.Fprintf(c.Out, "%05d\n", sum)
		return err
	}, err
}

// A checksum is rotated before each byte that is added to it.
type checksum uint16

func (s *checksum) Write(p []byte) (int, error) {
	for _, b := range p {
		*s = *s>>1 | *s<<15
		*s += checksum(b)
	}
	return len(p), nil
}

func copyMemory(w io.Writer, c *Console, at, size uint32, s space) error {
	for size > 0 {
		p := make([]byte, min(size, cpu.PageSize-at%cpu.PageSize))
		if n := s.read(c, at, p); n < len(p) {
			return fmt.Errorf("no page is present at %#x", at+uint32(n))
		}
		if _, err := w.Write(p); err != nil {
			return err
		}
		at += uint32(len(p))
		size -= uint32(len(p))
	}
	return nil
}
