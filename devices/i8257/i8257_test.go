package i8257

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"toyvm/devices"
	"toyvm/devices/devicetest"
)

// ram is 16 MB of which only what was written is there.
type ram map[uint32]byte

func (r ram) ReadPhysical(addr uint32, p []byte) {
	for i := range p {
		p[i] = r[addr+uint32(i)]
	}
}

func (r ram) WritePhysical(addr uint32, p []byte) {
	for i, b := range p {
		r[addr+uint32(i)] = b
	}
}

func (r ram) at(addr uint32, n int) string {
	p := make([]byte, n)
	r.ReadPhysical(addr, p)
	return string(p)
}

// A card is a peripheral with some bytes to give, and a place for those it
// gets. It lowers its request when it has given all.
type card struct {
	line     devices.Line
	give     string
	got      string
	room     int
	terminal int // how often it was told
}

func (c *card) DMARead(p []byte, terminal bool) int {
	n := copy(p, c.give)
	c.give = c.give[n:]
	c.done(n == len(p) && terminal, c.give == "")
	return n
}

func (c *card) DMAWrite(p []byte, terminal bool) int {
	n := min(len(p), c.room)
	c.got += string(p[:n])
	c.room -= n
	c.done(n == len(p) && terminal, c.room == 0)
	return n
}

func (c *card) done(terminal, empty bool) {
	if terminal {
		c.terminal++
	}
	if terminal || empty {
		c.line.Set(false)
	}
}

// A bench is a controller with a card at channel 2, or at channel 6.
type bench struct {
	*Controller
	t    *testing.T
	ram  ram
	card *card
}

func newBench(t *testing.T, instance int) *bench {
	b := &bench{t: t, ram: ram{}, card: &card{}}
	b.Controller = New(instance, b.ram)
	b.Connect(2, b.card)
	b.card.line = b.Request(2)
	return b
}

func (b *bench) run(script string) {
	b.t.Helper()
	devicetest.Run(b.t, b, &devicetest.Clock{}, script)
}

// program sets channel 2 up for four bytes at 340FFEh.
const program = `
	out 0ch, 0
	out 4, 0feh
	out 4, 0fh
	out 5, 3
	out 5, 0
	out 81h, 34h
	out 0ah, 2
`

func TestReset(t *testing.T) {
	b := newBench(t, 0)
	b.run(`
		in 0fh = 0ffh  ; everything masked
		in 9   = 0ffh
		in 8   = 0
		in 0   = 0
		in 81h = 0`)
	b.run(program + `
		out 0bh, 46h
		out 8, 10h
		out 9, 6
		in 8 = 40h     ; nobody is ready for it
		out 0dh, 0     ; master clear
		in 8 = 0
		in 0fh = 0ffh
		in 4 = 0feh    ; address and page remain
		in 4 = 0fh
		in 81h = 34h`)
}

func TestCounters(t *testing.T) {
	for name, script := range map[string]string{
		"bytes in turn, for all channels one flip-flop": `
			out 0ch, 0
			out 0, 34h
			out 2, 12h     ; the high byte of another channel
			in  0 = 0
			in  2 = 12h`,
		"high byte loads": `
			out 0ch, 0
			out 6, 34h
			out 0ch, 0
			in  6 = 0      ; only the base has it
			out 6, 12h
			out 0ch, 0
			in  6 = 34h
			in  6 = 12h`,
		"count": `
			out 0ch, 0
			out 7, 0ffh
			out 7, 01h
			in  7 = 0ffh
			in  7 = 01h`,
	} {
		t.Run(name, func(t *testing.T) { newBench(t, 0).run(script) })
	}
}

func TestPages(t *testing.T) {
	b := newBench(t, 0)
	b.run(`
		out 81h, 2
		out 82h, 3
		out 83h, 1
		out 87h, 4
		out 84h, 55h
		in 81h = 2
		in 82h = 3
		in 83h = 1
		in 87h = 4
		in 84h = 0ffh`)
	var pages []uint8
	for _, ch := range b.channels {
		pages = append(pages, ch.page)
	}
	assert.Equal(t, []uint8{4, 1, 2, 3}, pages)

	newBench(t, 1).run(`
		out 8bh, 5
		out 8fh, 4
		in 8bh = 5
		in 8fh = 4
		in 88h = 0ffh`)
}

func TestMask(t *testing.T) {
	newBench(t, 0).run(`
		out 0eh, 0
		in 0fh = 0
		out 0ah, 6
		in 0fh = 4
		out 0ah, 5
		in 0fh = 6
		out 0ah, 2
		in 0fh = 2
		out 0fh, 9
		in 0fh = 9
		in 0dh = 0     ; the temporary register`)
}

func TestWriteToMemory(t *testing.T) {
	b := newBench(t, 0)
	b.card.give = "abcdef"
	b.run(program + "out 0bh, 46h")
	b.card.line.Set(true)
	assert.Equal(t, "abcd", b.ram.at(0x340ffe, 4))
	assert.Equal(t, "ef", b.card.give)
	assert.Equal(t, 1, b.card.terminal)
	b.run(`
		in 8 = 4       ; terminal count
		in 8 = 0       ; once
		in 0fh = 0ffh  ; and the channel masked
		in 4 = 2
		in 4 = 10h
		in 5 = 0ffh    ; one below zero
		in 5 = 0ffh`)
}

func TestAddressWrapsWithoutCarryIntoThePage(t *testing.T) {
	b := newBench(t, 0)
	b.card.give = "abcd"
	b.run(program + `
		out 4, 0feh
		out 4, 0ffh
		out 0bh, 46h`)
	b.card.line.Set(true)
	assert.Equal(t, "ab", b.ram.at(0x34fffe, 2))
	assert.Equal(t, "cd", b.ram.at(0x340000, 2))
}

func TestReadFromMemory(t *testing.T) {
	b := newBench(t, 0)
	b.ram.WritePhysical(0x340ffe, []byte("wxyz"))
	b.card.room = 3
	b.run(program + "out 0bh, 4ah")
	b.card.line.Set(true)
	assert.Equal(t, "wxy", b.card.got)
	b.run(`
		in 8 = 0
		in 4 = 1
		in 4 = 10h
		in 5 = 0
		in 5 = 0
		in 0fh = 0fbh`)
	b.card.room = 9
	b.card.line.Set(true)
	assert.Equal(t, "wxyz", b.card.got)
	assert.Equal(t, 1, b.card.terminal)
}

func TestVerifyLeavesMemoryAlone(t *testing.T) {
	b := newBench(t, 0)
	b.card.give = "abcd"
	b.run(program + "out 0bh, 42h")
	b.card.line.Set(true)
	assert.Empty(t, b.ram)
	assert.Equal(t, 1, b.card.terminal)
	b.run("in 8 = 4")
}

func TestDownwards(t *testing.T) {
	b := newBench(t, 0)
	b.card.give = "abcd"
	b.run(program + "out 0bh, 66h")
	b.card.line.Set(true)
	assert.Equal(t, "dcba", b.ram.at(0x340ffb, 4))
	b.run(`
		in 4 = 0fah
		in 4 = 0fh`)
	b.card.room = 2
	b.run(program + "out 0bh, 6ah")
	b.card.line.Set(true)
	assert.Equal(t, "ab", b.card.got)
}

func TestAutoInitialize(t *testing.T) {
	b := newBench(t, 0)
	b.card.give = "abcdefgh"
	b.run(program + "out 0bh, 56h")
	b.card.line.Set(true)
	b.run(`
		in 8 = 4
		in 0fh = 0fbh  ; not masked
		in 4 = 0feh
		in 4 = 0fh
		in 5 = 3
		in 5 = 0`)
	b.card.line.Set(true)
	assert.Equal(t, "efgh", b.ram.at(0x340ffe, 4))
}

func TestWhatHoldsATransferUp(t *testing.T) {
	for name, c := range map[string]struct{ before, after string }{
		"masked":     {"out 0ah, 6", "out 0ah, 2"},
		"all masked": {"out 0fh, 0fh", "out 0eh, 0"},
		"disabled":   {"out 8, 4", "out 8, 0"},
		"cascade":    {"out 0bh, 0c6h", "out 0bh, 46h"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, 0)
			b.card.give = "abcd"
			b.run(program + "out 0bh, 46h\n" + c.before)
			b.card.line.Set(true)
			b.run("in 8 = 40h")
			assert.Empty(t, b.ram)
			b.run(c.after + "\nin 8 = 4")
			assert.Equal(t, "abcd", b.ram.at(0x340ffe, 4))
		})
	}
}

func TestSoftwareRequest(t *testing.T) {
	b := newBench(t, 0)
	b.card.give = "abcd"
	b.run(program + `
		out 0ah, 6     ; does not hold it up
		out 0bh, 86h
		out 9, 6
		in 8 = 4`)
	assert.Equal(t, "abcd", b.ram.at(0x340ffe, 4))
	b.run(`
		out 9, 7       ; a channel with nobody there
		in 8 = 80h
		out 9, 3
		in 8 = 0`)
}

func TestFullCircle(t *testing.T) {
	b := newBench(t, 0)
	b.card.give = string(make([]byte, 0x20000))
	b.run(program + "out 0bh, 46h")
	b.card.line.Set(true)
	b.card.line.Set(true)
	b.run("out 0ah, 2") // the count is FFFFh by now
	assert.Len(t, b.card.give, 0x20000-4-0x10000)
	assert.Equal(t, 2, b.card.terminal)
}

const program2 = `
	out 0d8h, 0
	out 0c8h, 0feh
	out 0c9h, 0ffh ; odd ports repeat even ones
	out 0cah, 2
	out 0cah, 0
	out 89h, 35h   ; A16 comes from the address
	out 0d4h, 2
`

func TestWords(t *testing.T) {
	b := newBench(t, 1)
	b.card.give = "abcdef"
	b.run(program2 + "out 0d6h, 46h")
	b.card.line.Set(true)
	assert.Equal(t, "abcd", b.ram.at(0x35fffc, 4))
	assert.Equal(t, "ef", b.ram.at(0x340000, 2), "128 KB are a page")
	b.run(`
		in 0d0h = 4
		in 0c8h = 1
		in 0c8h = 0
		in 0cah = 0ffh
		in 0cah = 0ffh
		in 0deh = 0ffh`)

	b.card.give = "abcdef"
	b.run(program2 + "out 0d6h, 66h")
	b.card.line.Set(true)
	assert.Equal(t, "efcdab", b.ram.at(0x35fff8, 6))

	b.card.give = "abc"
	b.run(program2 + "out 0d6h, 46h")
	b.card.line.Set(true)
	b.run(`
		in 0cah = 1    ; half a word is none
		in 0cah = 0`)
}

// hungry raises a second request in the middle of serving a first.
type hungry struct {
	lines  []devices.Line
	served []bool
}

func (h *hungry) DMARead(p []byte, _ bool) int {
	if h.served = append(h.served, true); len(h.served) == 1 {
		h.lines[1].Set(true)
	} else {
		h.lines[1].Set(false)
	}
	h.lines[0].Set(false)
	return 0
}
func (h *hungry) DMAWrite([]byte, bool) int { return 0 }

func TestRequestWhileServing(t *testing.T) {
	c := New(0, ram{})
	h := &hungry{lines: []devices.Line{c.Request(3), c.Request(1)}}
	c.Connect(3, h)
	c.Connect(1, h)
	devicetest.Run(t, c, &devicetest.Clock{}, `
		out 0bh, 47h
		out 0bh, 45h
		out 0eh, 0`)
	h.lines[0].Set(true)
	assert.Len(t, h.served, 2, "the lower channel has its turn, too")
}
