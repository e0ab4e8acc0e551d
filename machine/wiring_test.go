package machine

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPortsAreAtTheStandardPlaces(t *testing.T) {
	m, err := New(Config{Serial: make([]func(byte), 4), DebugConsoles: []DebugConsole{{0xe9, func(byte) {}}}})
	require.NoError(t, err)
	var list []string
	for _, r := range m.Bus().Ports() {
		list = append(list, r.String())
	}
	slices.Sort(list)
	assert.Equal(t, []string{
		"0000-000f dma",
		"0020-0021 i8259",
		"0040-0043 i8254",
		"0060-0060 i8042",
		"0061-0061 pcspk",
		"0064-0064 i8042",
		"0070-0071 mc146818rtc",
		"0080-0080 post",
		"0081-0087 dma pages",
		"0088-008f dma pages",
		"0092-0092 port92",
		"00a0-00a1 i8259",
		"00c0-00df dma",
		"00e9-00e9 debugcon",
		"00f0-00f0 ferr",
		"00f4-00f4 debugexit",
		"0170-0177 ide",
		"01ce-01d0 vbe",
		"01f0-01f7 ide",
		"02e8-02ef serial",
		"02f8-02ff serial",
		"0376-0376 ide",
		"03b4-03b5 vga",
		"03ba-03ba vga",
		"03c0-03cf vga",
		"03d4-03d5 vga",
		"03da-03da vga",
		"03e8-03ef serial",
		"03f0-03f5 fdc",
		"03f6-03f6 ide",
		"03f7-03f7 fdc",
		"03f8-03ff serial",
		"04d0-04d1 i8259 elcr",
		"0501-0502 debugexit",
		"0510-0511 fw_cfg",
		"0514-051b fw_cfg dma",
	}, list)
}

func TestNoPortHasTwoDevices(t *testing.T) {
	m, err := New(Config{Serial: make([]func(byte), 4)})
	require.NoError(t, err)
	owner := map[int]string{}
	for _, r := range m.Bus().Ports() {
		for p := int(r.First); p <= int(r.Last); p++ {
			require.NotContains(t, owner, p, r)
			owner[p] = r.Name
		}
	}
	for p := range 1 << 16 {
		if _, taken := owner[p]; !taken {
			require.EqualValues(t, 0xff, m.Bus().In(uint16(p), 1), "port %x", p)
		}
	}
}

func TestPortIsGivenOnlyOnce(t *testing.T) {
	b := newBus()
	b.connect("one", nobody{}, 1, 0x100, 0x107)
	assert.PanicsWithValue(t, "port 107h of two belongs to one", func() { b.connect("two", nobody{}, 1, 0x107, 0x108) })
}

func TestInterruptsAreAtTheStandardPlaces(t *testing.T) {
	m, err := New(Config{Serial: make([]func(byte), 4)})
	require.NoError(t, err)
	want := [16][]string{
		0:  {"i8254"},
		1:  {"ps2kbd"},
		3:  {"serial", "serial"},
		4:  {"serial", "serial"},
		6:  {"fdc"},
		8:  {"mc146818rtc"},
		12: {"ps2mouse"},
		13: {"ferr"},
		14: {"isa-ide"},
		15: {"isa-ide"},
	}
	for n, irq := range m.IRQs() {
		assert.Equal(t, want[n], irq.Devices, n)
		assert.Zero(t, irq.Raised)
	}
}

func TestInterruptsAreCounted(t *testing.T) {
	m, err := New(Config{})
	require.NoError(t, err)
	m.Run(Budget{Until: 1e9})
	ticks := m.IRQs()[0].Raised
	assert.Greater(t, ticks, uint64(10))
	m.Run(Budget{Until: 2e9})
	assert.InDelta(t, 18.2, float64(m.IRQs()[0].Raised-ticks), 1)
}

// TestWideAccessesReachEachPort uses words and double words on devices that are
// eight bits wide.
func TestWideAccessesReachEachPort(t *testing.T) {
	g := idle(t, Config{})
	const cmosByte = 0x50
	g.Bus().Out(0x70, 2, 0x5a<<8|cmosByte)
	assert.EqualValues(t, 0x5a, g.in(0x71))
	assert.EqualValues(t, 0x5aff, g.Bus().In(0x70, 2), "the index cannot be read")

	g.Bus().Out(0x3fc, 4, 0x77000000)
	assert.EqualValues(t, 0x77, g.in(0x3ff), "scratch register of COM1")
	assert.EqualValues(t, 0x77, g.Bus().In(0x3fc, 4)>>24)

	assert.EqualValues(t, 0xffff, g.Bus().In(0x300, 2))
	assert.EqualValues(t, uint32(0xffffffff), g.Bus().In(0x300, 4))
}

func TestClockShowsTheConfiguredTime(t *testing.T) {
	g := bare(t, Config{Time: 769182306}, sleep) // Tuesday, 17 May 1994, 13:45:06
	g.initPIC(0)
	cmos := func(index uint8) uint8 {
		g.out(0x70, index)
		return g.in(0x71)
	}
	shown := func() (bytes []uint8) {
		for _, index := range []uint8{0x32, 9, 8, 7, 6, 4, 2, 0} {
			bytes = append(bytes, cmos(index))
		}
		return bytes
	}
	assert.Equal(t, []uint8{0x19, 0x94, 0x05, 0x17, 3, 0x13, 0x45, 0x06}, shown())
	g.pass(60_000)
	assert.Equal(t, []uint8{0x19, 0x94, 0x05, 0x17, 3, 0x13, 0x46, 0x06}, shown())
}

// TestCoprocessorErrorIsIRQ13 makes an x87 error that waits, and takes it back
// through port F0h.
func TestCoprocessorErrorIsIRQ13(t *testing.T) {
	g := bare(t, Config{}, `
		db e3           FNINIT
		d9 2e 00 05     FLDCW [0500h]
		d9 ee           FLDZ
		d9 e8           FLD1
		de f1           FDIVRP: 1/0
		d9 e8           FLD1, which sees that the error waits
		fa f4           CLI; HLT`)
	g.write(0x500, 0x7b, 0x03) // division by zero is not masked
	g.initPIC(0)
	g.Run(Budget{Until: second})
	const irq13 = 1 << 13
	assert.NotZero(t, g.requests()&irq13)
	g.out(0xf0, 0)
	assert.Zero(t, g.requests()&irq13)
}
