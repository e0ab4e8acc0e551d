// Package font makes the ROM fonts from text files of drawn glyphs.
//
// Letters and symbols are drawn at 8x16. The shades, lines and blocks
// (B0h-DFh) follow rules, so that they join at every height. 8x14 and 8x8
// leave out rows that repeat their neighbours; an override file replaces the
// glyphs for which that looks bad.
package font

import (
	"bufio"
	"fmt"
	"io"
	"math/bits"
	"strconv"
	"strings"
)

// Glyph is a character cell: one byte for each scan line, bit 7 leftmost.
type Glyph []byte

// Font is a set of 256 glyphs of one height.
type Font [256]Glyph

// Bytes returns the font as the ROM holds it.
func (f *Font) Bytes() []byte {
	var out []byte
	for _, g := range f {
		out = append(out, g...)
	}
	return out
}

// Parse reads glyphs of the given height into f: a line with the character
// code in hex, which a mark may follow, then one line for each row. A line
// that starts with "# " is a comment.
func (f *Font) Parse(r io.Reader, height int) error {
	scanner := bufio.NewScanner(r)
	var glyph *Glyph
	for line := 1; scanner.Scan(); line++ {
		text := scanner.Text()
		if text == "" || strings.HasPrefix(text, "# ") {
			continue
		}
		if glyph == nil {
			code, err := strconv.ParseUint(strings.Fields(text)[0], 16, 8)
			if err != nil {
				return fmt.Errorf("line %d: character code: %w", line, err)
			}
			f[code] = make(Glyph, 0, height)
			glyph = &f[code]
			continue
		}
		row, err := parseRow(text)
		if err != nil {
			return fmt.Errorf("line %d: %w", line, err)
		}
		*glyph = append(*glyph, row)
		if len(*glyph) == height {
			glyph = nil
		}
	}
	if glyph != nil {
		return fmt.Errorf("the last glyph has %d of %d rows", len(*glyph), height)
	}
	return scanner.Err()
}

func parseRow(text string) (byte, error) {
	if len(text) != 8 {
		return 0, fmt.Errorf("row %q is not 8 pixels wide", text)
	}
	var row byte
	for _, pixel := range text {
		row <<= 1
		switch pixel {
		case '#':
			row |= 1
		case '.':
		default:
			return 0, fmt.Errorf("row %q: pixel %q", text, pixel)
		}
	}
	return row, nil
}

// AddGraphics fills in B0h-DFh for the given height.
func (f *Font) AddGraphics(height int) {
	for code := 0xb0; code <= 0xdf; code++ {
		f[code] = graphic(code, height)
	}
}

func graphic(code, height int) Glyph {
	if arms, ok := boxes[code]; ok {
		return box(arms, height)
	}
	g := make(Glyph, height)
	for y := range g {
		switch code {
		case 0xb0:
			g[y] = []byte{0x22, 0x88}[y&1]
		case 0xb1:
			g[y] = []byte{0x55, 0xaa}[y&1]
		case 0xb2:
			g[y] = []byte{0xdd, 0x77}[y&1]
		case 0xdb:
			g[y] = 0xff
		case 0xdc:
			if y >= height/2 {
				g[y] = 0xff
			}
		case 0xdd:
			g[y] = 0xf0
		case 0xde:
			g[y] = 0x0f
		case 0xdf:
			if y < height/2 {
				g[y] = 0xff
			}
		}
	}
	return g
}

// shrink returns g without the rows that differ least from a neighbour, until
// n are left.
func shrink(g Glyph, n int) Glyph {
	g = append(Glyph(nil), g...)
	for len(g) > n {
		best, least := 0, 1000
		for y := range g {
			cost := rowCost(g, y)
			if cost < least {
				best, least = y, cost
			}
		}
		g = append(g[:best], g[best+1:]...)
	}
	return g
}

// rowCost is the number of pixels that go when row y is taken out and one of
// its neighbours stands for it. A blank row counts as a little more than a
// repeated one: it may separate an accent from its letter.
func rowCost(g Glyph, y int) int {
	cost := 100
	for _, other := range []int{y - 1, y + 1} {
		if other >= 0 && other < len(g) {
			cost = min(cost, 4*bits.OnesCount8(g[y]^g[other]))
		}
	}
	if g[y] == 0 {
		cost++
	}
	// Among equals take the row nearest the middle, which keeps corners.
	return cost*16 + abs(2*y-len(g)+1)/2
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}

// To14 derives an 8x14 glyph: the blank rows at the edges go first.
func To14(g Glyph) Glyph {
	if g[15] == 0 {
		g = g[:15]
	}
	if g[0] == 0 {
		g = g[1:]
	}
	return shrink(g, 14)
}

// Zones of an 8x16 letter, and the rows that each gets at 8x8.
const (
	ascender  = 2  // top of capitals
	xHeight   = 5  // top of small letters
	descender = 12 // below the baseline
	bottom    = 15
)

// To8 derives an 8x8 glyph. Letters keep their zones, so that x-height and
// baseline agree: two rows above the small letters, five for them, one below.
func To8(g Glyph) Glyph {
	if g[0]|g[1] == 0 && g[bottom] == 0 {
		var out Glyph
		out = append(out, shrink(g[ascender:xHeight], 2)...)
		out = append(out, shrink(g[xHeight:descender], 5)...)
		return append(out, lowest(g[descender:bottom]))
	}
	return shrink(g, 8)
}

// lowest returns the last row with pixels: the foot of a descender.
func lowest(g Glyph) byte {
	for y := len(g) - 1; y >= 0; y-- {
		if g[y] != 0 {
			return g[y]
		}
	}
	return 0
}
