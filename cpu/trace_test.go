package cpu

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
)

// traced runs code and lists the instructions and interrupts in their order.
func traced(m *pmMachine, n uint64) (list []string) {
	c := m.cpu
	c.SetTrace(Trace{
		Instruction: func() {
			code := make([]byte, 15)
			code = code[:c.ReadLinear(c.seg[CS].base+c.EIP(), code)]
			text, _ := c.Disassemble(c.EIP(), code)
			list = append(list, fmt.Sprintf("%d %s", c.Instructions(), text))
		},
		Interrupt: func(i Interrupt) {
			list = append(list, fmt.Sprintf("%d %v %d %t %x at %x", c.Instructions(), i.Kind, i.Vector, i.HasCode, i.Code, c.EIP()-tCode))
		},
	})
	c.Run(n)
	return list
}

func TestTraceShowsEveryInstruction(t *testing.T) {
	m := newPM("486")
	m.setup(0, asm(
		0xB9, uint32(2), // mov ecx,2
		0xBF, uint32(0x20000), // mov edi,20000h
		0xF3, 0xAA, // rep stosb
		0x39, 0xC0, // cmp eax,eax
		0x74, 0x00, // jz +0: these two run as one when nobody looks
		0xCD, 0x50, // int 50h, whose handler is at 500h
	))
	m.mem.Write(tHandlers+0x50*16, []byte{0x0F, 0x0B}) // ud2
	m.mem.Write(tHandlers+6*16, []byte{0xF4})          // hlt
	assert.Equal(t, []string{
		"0 mov ecx, 0x2",
		"1 mov edi, 0x20000",
		"2 rep stosb byte ptr [edi]",
		"3 rep stosb byte ptr [edi]",
		"4 cmp eax, eax",
		"5 jz 0x8010",
		"6 int 0x50",
		"6 software 80 false 0 at 12",
		"7 ud2",
		"8 exception 6 false 0 at 1500",
		"8 hlt",
	}, traced(m, 100))
}

func TestTraceShowsErrorCodes(t *testing.T) {
	m := newPM("486")
	m.setup(0, []byte{0x66, 0xB8, 0xFC, 0xFF, 0x8E, 0xD8}) // mov ax,0FFFCh; mov ds,ax
	m.mem.Write(tHandlers+13*16, []byte{0xF4})
	list := traced(m, 100)
	assert.Contains(t, list, "2 exception 13 true fffc at 4")
}

func TestReadLinear(t *testing.T) {
	m := newPM("486")
	c := m.cpu
	const directory, pages = 0x40000, 0x41000
	m.put32(directory, pages|pteP)
	m.put32(pages+4*5, 0x30000|pteP)
	m.mem.Write(0x30FFE, []byte{0x12, 0x34})
	p := make([]byte, 4)
	assert.Equal(t, 4, c.ReadLinear(0x30FFE, p), "without paging")
	assert.Equal(t, []byte{0x12, 0x34, 0, 0}, p)
	c.SetCR(3, directory)
	c.SetCR(0, c.CR(0)|CR0PG)
	assert.Equal(t, 2, c.ReadLinear(0x5FFE, p), "the page behind is not present")
	assert.Equal(t, []byte{0x12, 0x34}, p[:2])
	assert.Zero(t, c.ReadLinear(0x400000, p), "nor is its directory entry")
	assert.Zero(t, m.mem.read(pages+4*5, 4)&pteA, "looking is no access")
}
