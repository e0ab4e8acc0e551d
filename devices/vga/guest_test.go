package vga

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"toyvm/devices/devicetest"
)

// A guest is a program at the keyboard of the bus: it talks to the adapter in
// instructions, one a line.
//
//	out 3c4h, 02h          ; write a byte to a port
//	outw 3c4h, 0f02h       ; index and data at once
//	vbe 0bh, 01h           ; index and word of the VBE extension
//	invbe 0bh = 01h        ; read and compare
//	in 3c5h = 0fh          ; read and compare
//	in 3dah                ; read and forget
//	write 0b8000h, 41h     ; write a byte of memory; writew, writed: 2, 4 bytes
//	read 0b8000h = 41h     ; read and compare; readw, readd
//	wait 1000              ; let nanoseconds pass
type guest struct {
	t     testing.TB
	clock *devicetest.Clock
	vram  []byte
	*VGA
}

func newGuest(t testing.TB) *guest {
	clock, vram := &devicetest.Clock{}, make([]byte, 1<<20)
	return &guest{t, clock, vram, New(clock, vram)}
}

func (g *guest) run(script string) {
	g.t.Helper()
	for i, line := range strings.Split(script, "\n") {
		line, _, _ = strings.Cut(line, ";")
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if err := g.step(line); err != nil {
			g.t.Errorf("line %d: %s: %v", i+1, line, err)
		}
	}
}

func (g *guest) step(line string) error {
	verb, rest, _ := strings.Cut(line, " ")
	left, right, _ := strings.Cut(strings.ReplaceAll(rest, "=", ","), ",")
	a, err := number(left)
	if err != nil {
		return err
	}
	if verb == "wait" {
		g.clock.Advance(int64(a))
		return nil
	}
	if verb == "in" && right == "" {
		g.In(uint16(a), 1)
		return nil
	}
	b, err := number(right)
	if err != nil {
		return err
	}
	got := b
	switch verb {
	case "out":
		g.Out(uint16(a), 1, uint32(b))
	case "outw":
		g.Out(uint16(a), 1, uint32(b&0xff))
		g.Out(uint16(a)+1, 1, uint32(b>>8))
	case "vbe":
		g.Out(portVBEIndex, 2, uint32(a))
		g.Out(portVBEData, 2, uint32(b))
	case "invbe":
		g.Out(portVBEIndex, 2, uint32(a))
		got = uint64(g.In(portVBEData, 2))
	case "in":
		got = uint64(g.In(uint16(a), 1))
	case "write", "writew", "writed":
		g.WriteMem(uint32(a)-WindowStart, sizes[verb], uint32(b))
	case "read", "readw", "readd":
		got = uint64(g.ReadMem(uint32(a)-WindowStart, sizes[verb]))
	default:
		return fmt.Errorf("unknown instruction")
	}
	if got != b {
		return fmt.Errorf("got %02xh", got)
	}
	return nil
}

var sizes = map[string]int{"write": 1, "writew": 2, "writed": 4, "read": 1, "readw": 2, "readd": 4}

func number(text string) (uint64, error) {
	text = strings.TrimSpace(text)
	if digits, hex := strings.CutSuffix(text, "h"); hex {
		return strconv.ParseUint(digits, 16, 64)
	}
	return strconv.ParseUint(text, 10, 64)
}

// A mode is the registers that the video BIOS sets for it.
type mode struct {
	msr                  uint8
	sr, crtc, attr, grap string // hexadecimal
}

// set programs a mode and its colours as the BIOS does.
func (g *guest) set(m mode) {
	g.t.Helper()
	g.Out(portMiscOutput, 1, uint32(m.msr))
	base := uint16(0x3b0)
	if m.msr&miscColourAddress != 0 {
		base = 0x3d0
	}
	g.table(portSequencerIndex, m.sr)
	g.index(base+4, crVerticalRetraceEnd, 0)
	g.table(base+4, m.crtc)
	g.In(base+0xa, 1)
	for i, b := range unhex(g.t, m.attr) {
		g.Out(portAttribute, 1, uint32(i))
		g.Out(portAttribute, 1, uint32(b))
	}
	g.Out(portAttribute, 1, paletteAddressAtCRT)
	g.table(portGraphicsIndex, m.grap)
	g.Out(portPELMask, 1, 0xff)
}

func (g *guest) table(port uint16, values string) {
	g.t.Helper()
	for i, b := range unhex(g.t, values) {
		g.index(port, i, b)
	}
}

func (g *guest) index(port uint16, i int, b uint8) {
	g.Out(port, 1, uint32(i))
	g.Out(port+1, 1, uint32(b))
}

func unhex(t testing.TB, s string) []uint8 {
	t.Helper()
	var b []uint8
	for _, f := range strings.Fields(s) {
		n, err := strconv.ParseUint(f, 16, 8)
		require.NoError(t, err)
		b = append(b, uint8(n))
	}
	return b
}

// loadColours loads the DAC.
func (g *guest) loadColours(table func(i int) [3]uint8) {
	g.Out(portDACWriteIndex, 1, 0)
	for i := range 256 {
		for _, part := range table(i) {
			g.Out(portDACData, 1, uint32(part))
		}
	}
}

// dacEGA is the 64 colours of the EGA: bits rgbRGB, the small ones for a third
// of the intensity.
func dacEGA(i int) [3]uint8 {
	part := func(bit int) uint8 { return uint8(i>>bit&1*0x2a + i>>(bit+3)&1*0x15) }
	return [3]uint8{part(2), part(1), part(0)}
}

// dacCGA is the 16 colours of the modes of 200 lines, where bit 4 is the
// intensity and yellow without it is brown.
func dacCGA(i int) [3]uint8 {
	if i&0x17 == 6 {
		return dacEGA(0x14)
	}
	return dacEGA(i&7 | i>>4&1*0x38)
}

// dacMono is the three greys of the monochrome modes.
func dacMono(i int) [3]uint8 {
	grey := [4]uint8{0, 0x2a, 0, 0x3f}[i>>3&3]
	return [3]uint8{grey, grey, grey}
}

// dacRamp is 16 colours, and then a ramp of three bits of red, three of green
// and two of blue.
func dacRamp(i int) [3]uint8 {
	if i < 16 {
		return dacEGA(i&7 | i>>3&1*0x38)
	}
	return [3]uint8{uint8(i >> 5 & 7 * 9), uint8(i >> 2 & 7 * 9), uint8(i & 3 * 21)}
}

// loadFont puts a font of the given height into one of the eight character
// sets, the way that every program does: as plane 2 alone, unchained.
func (g *guest) loadFont(set, height int) {
	g.t.Helper()
	saved := [3]uint32{}
	for i, reg := range []int{grReadMapSelect, grMode, grMiscellaneous} {
		g.Out(portGraphicsIndex, 1, uint32(reg))
		saved[i] = g.In(portGraphicsData, 1)
	}
	g.run("outw 3c4h, 0402h \n outw 3c4h, 0704h \n outw 3ceh, 0204h \n outw 3ceh, 0005h \n outw 3ceh, 0006h")
	start := set&3<<14 | set>>2<<13
	for char := range 256 {
		for row, dots := range glyph(char, height) {
			g.WriteMem(uint32(start+char*fontRows+row), 1, uint32(dots))
		}
	}
	g.run("outw 3c4h, 0302h \n outw 3c4h, 0304h")
	for i, reg := range []int{grReadMapSelect, grMode, grMiscellaneous} {
		g.index(portGraphicsIndex, reg, uint8(saved[i]))
	}
}

// digits are hexadecimal digits of 3 x 5 dots.
var digits = [16][5]uint8{
	{7, 5, 5, 5, 7}, {2, 6, 2, 2, 7}, {7, 1, 7, 4, 7}, {7, 1, 3, 1, 7},
	{5, 5, 7, 1, 1}, {7, 4, 7, 1, 7}, {7, 4, 7, 5, 7}, {7, 1, 2, 2, 2},
	{7, 5, 7, 5, 7}, {7, 5, 7, 1, 7}, {7, 5, 7, 5, 5}, {6, 5, 6, 5, 6},
	{7, 4, 4, 4, 7}, {6, 5, 5, 5, 6}, {7, 4, 6, 4, 7}, {7, 4, 6, 4, 4},
}

// glyph is the character's code in digits, or for those that the adapter
// joins a bar in the middle with the low digit's bits below.
func glyph(char, height int) []uint8 {
	rows := make([]uint8, height)
	if char>>5 == 6 {
		rows[height/2] = 0xff
		rows[height-1] = uint8(char & 31)
		return rows
	}
	if char == 0 || char == ' ' {
		return rows
	}
	for i := range 5 {
		rows[height/2-3+i] = digits[char>>4][i]<<5 | digits[char&15][i]<<1
	}
	return rows
}
