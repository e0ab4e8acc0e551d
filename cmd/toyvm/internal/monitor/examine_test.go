package monitor

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/cpu"
	"toyvm/machine"
)

// still is a machine that stands at 0:7C00 before MOV AX, 1234h.
func still(t *testing.T) (*Console, *strings.Builder) {
	t.Helper()
	m, err := machine.New(machine.Config{Memory: 1 << 20})
	require.NoError(t, err)
	m.Memory().WritePhysical(0x7c00, []byte("\xb8\x34\x12\xeb\xfe\x0f\xffA\x80\x01"))
	m.CPU.SetSegment(cpu.CS, 0, 0, 0xffff, 0x9b00)
	m.CPU.SetEIP(0x7c00)
	m.CPU.SetReg(cpu.ESP, 0xfff0)
	out := new(strings.Builder)
	return &Console{Machine: m, Out: out}, out
}

func TestInspection(t *testing.T) {
	tests := []struct{ line, want string }{
		{"x 0x7c00", "00007c00: 0xeb1234b8\n"},
		{"x/10xb 0x7c00", "00007c00: 0xb8 0x34 0x12 0xeb 0xfe 0x0f 0xff 0x41\n00007c08: 0x80 0x01\n"},
		{"xp /2xh 0x7c00", "0000000000007c00: 0x34b8 0xeb12\n"},
		{"x/1xg 0x7c00", "00007c00: 0x41ff0ffeeb1234b8\n"},
		{"x/2db 0x7c06", "00007c06:  -1  65\n"},
		{"x/2ub 0x7c06", "00007c06: 255  65\n"},
		{"x/ob 0x7c07", "00007c07: 0101\n"},
		{"x/3c 0x7c06", "00007c06: '\\xff' 'A' '\\x80'\n"},
		{"x/2i $pc", "0x00007c00:  b8 34 12                 mov ax, 0x1234\n0x00007c03:  eb fe                    jmp 0x7c03\n"},
		{"p $esp+0x10-0xf0", "0xff10\n"},
		{"p (1+2)*3|8", "0x9\n"},
		{"p 1 + 2 * 3", "0x7\n"},
		{"p 7&3+1", "0x4\n"},
		{"p ~0/0x10%7^1", "0x0\n"},
		{"p $cs.base-$ds.base", "0x0\n"},
		{"sum 0x7c00 3", "00090\n"},
		{"print/d -1", "-1\n"},
		{"print/c 65", "'A'\n"},
		{"print $cs", "0x0\n"},
		{"print $cr0", "0x60000010\n"},
		{"info pic", "pic1: irr=00 imr=00 isr=00 hprio=0 irq_base=00 rr_sel=0 elcr=00 fnm=0\npic0: "},
		{"info vmstate i8254.channels[1].mode", "0x03\n"},
		{"info vmstate port92", "port92 (version 1)\n  outport: 0x"},
		{"info vmstate", "timer\ncpu_common\ncpu\n"},
		{"info irq", "IRQ statistics for isa-i8259:\n 0: 0 i8254\n 1: 0 ps2kbd\n"},
		{"info mtree", "address-space: I/O\n  0000000000000000-000000000000ffff (prio 0, i/o): io\n    0000000000000000-000000000000000f (prio 0, i/o): dma\n"},
		{"i/h 0x1234", "portw[0x1234] = 0xffff\n"},
	}
	for _, test := range tests {
		t.Run(test.line, func(t *testing.T) {
			c, out := still(t)
			do, err := Parse(test.line)
			require.NoError(t, err)
			require.NoError(t, do(c))
			assert.True(t, strings.HasPrefix(out.String(), test.want), "%q", out.String())
		})
	}
}

func TestInspectionErrors(t *testing.T) {
	tests := []struct{ line, want string }{
		{"x/4z 0", `format "/4z": it is /, a count`},
		{"x/0x 0", `the count must be from 1 to 65536`},
		{"x/99999999999x 0", `the count must be from 1 to 65536`},
		{"x/4x", "an address is due"},
		{"x $eex", `there is no register "$eex"`},
		{"x 1 2", `"1 2": "2" is left over`},
		{"x (1+2", "a closing parenthesis is missing"},
		{"x " + strings.Repeat("(", 1000), "it is nested too deep"},
		{"x 7c00h", `"7c00h" is neither a number of 32 bits`},
		{"x 1+", `"1+": "" is neither a number`},
		{"print/3x 1", `format "/3x": it is / and one of x d u o c`},
		{"i/q 0x60", `format "/q": it is /b, /h or /w`},
		{"o/b 0x60", "an argument is missing|a port and a value are due"},
		{"memsave 0 x y", `"x" is neither a number`},
	}
	for _, test := range tests {
		_, err := Parse(test.line)
		require.Error(t, err, test.line)
		assert.Regexp(t, strings.NewReplacer("$", `\$`, "+", `\+`, "(", `\(`, "[", `\[`).Replace(test.want), err.Error(), test.line)
	}
	c, _ := still(t)
	do, err := Parse("info vmstate i8255")
	require.NoError(t, err)
	assert.EqualError(t, do(c), "nothing is called i8255; info vmstate lists the sections")
}

func TestPortsAreWritten(t *testing.T) {
	c, out := still(t)
	var events []machine.Event
	c.Machine.SetTrace(machine.Trace{Input: func(e machine.Event) { events = append(events, e) }})
	for _, line := range []string{"o 0x21 0xa5", "i 0x21", "nmi", "system_reset"} {
		do, err := Parse(line)
		require.NoError(t, err)
		require.NoError(t, do(c))
	}
	assert.Equal(t, "portb[0x0021] = 0xa5\n", out.String())
	assert.Len(t, events, 4, "what comes from outside is on record")
}

func TestMemoryIsSaved(t *testing.T) {
	c, _ := still(t)
	path := filepath.Join(t.TempDir(), "memory")
	for _, command := range []string{"memsave", "pmemsave"} {
		do, err := Parse(command + " 0x7bfe 7000 " + path)
		require.NoError(t, err)
		require.NoError(t, do(c))
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.Len(t, data, 7000)
		assert.Equal(t, "\x00\x00\xb8\x34\x12", string(data[:5]))
	}
}

func TestMemoryThatIsNotThereIsSaid(t *testing.T) {
	c, out := still(t)
	c.Machine.CPU.SetCR(3, 0x8000) // an empty page directory
	c.Machine.CPU.SetCR(0, cpu.CR0PE|cpu.CR0PG)
	do, err := Parse("x/4x 0x7c00")
	require.NoError(t, err)
	require.NoError(t, do(c))
	assert.Equal(t, "00007c00: Cannot access memory\n", out.String())
	do, err = Parse("memsave 0x7c00 1 " + filepath.Join(t.TempDir(), "memory"))
	require.NoError(t, err)
	assert.EqualError(t, do(c), "no page is present at 0x7c00")
}

func TestTheHashIsOfTheWholeMachine(t *testing.T) {
	hash := func(change func(m *machine.Machine)) string {
		c, out := still(t)
		change(c.Machine)
		do, err := Parse("info hash")
		require.NoError(t, err)
		require.NoError(t, do(c))
		assert.Regexp(t, "^[0-9a-f]{64}\n$", out.String())
		return out.String()
	}
	same := hash(func(*machine.Machine) {})
	assert.Equal(t, same, hash(func(*machine.Machine) {}))
	assert.NotEqual(t, same, hash(func(m *machine.Machine) { m.Memory().WritePhysical(0x9000, []byte{1}) }))
}
