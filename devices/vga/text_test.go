package vga

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestText(t *testing.T) {
	g := newGuest(t)
	g.set(text80)
	g.run(`
		writew 0b8000h, 1e48h
		writew 0b8002h, 8169h ; blinks
		writew 0b80a0h, 07c9h
		outw 3d4h, 000eh
		outw 3d4h, 520fh`)
	text := g.Text()
	assert.Equal(t, [2]int{80, 25}, [2]int{text.Columns, text.Rows})
	assert.Equal(t, "Hi\n╔\n"+strings.Repeat("\n", 23), text.String())
	assert.Equal(t, Cell{Char: 'H', Fore: 14, Back: 1}, text.Cells[0])
	assert.Equal(t, Cell{Char: 'i', Fore: 1, Back: 0, Blink: true}, text.Cells[1])
	assert.Equal(t, Cursor{Column: 2, Row: 1, Visible: true, First: 13, Last: 14, Height: 16, Lit: true}, text.Cursor)
	assert.True(t, text.BlinkLit)

	g.run("in 3dah \n out 3c0h, 30h \n out 3c0h, 04h")
	assert.Equal(t, Cell{Char: 'i', Fore: 1, Back: 8}, g.Text().Cells[1], "bright instead of blinking")

	g.set(chained320x200)
	assert.Nil(t, g.Text())
}

func TestTextSizes(t *testing.T) {
	for _, test := range []struct {
		mode          mode
		columns, rows int
	}{{text40, 40, 25}, {text80, 80, 25}, {text80x50, 80, 50}, {textMono, 80, 25}} {
		g := newGuest(t)
		g.set(test.mode)
		text := g.Text()
		assert.Equal(t, [2]int{test.columns, test.rows}, [2]int{text.Columns, text.Rows})
		assert.Len(t, text.Cells, text.Columns*text.Rows)
		assert.Len(t, text.Lines, text.Rows)
	}
}

func TestMonochromeUnderline(t *testing.T) {
	g := newGuest(t)
	g.set(textMono)
	g.run("writew 0b0000h, 0141h \n writew 0b0002h, 0742h")
	assert.True(t, g.Text().Cells[0].Underline)
	assert.False(t, g.Text().Cells[1].Underline)
	g.run("outw 3b4h, 1f14h ; below the character")
	assert.False(t, g.Text().Cells[0].Underline)
}

func TestCursor(t *testing.T) {
	for _, test := range []struct {
		name, script string
		want         Cursor
	}{
		{"as the BIOS leaves it", "", Cursor{Visible: true, First: 13, Last: 14, Lit: true}},
		{"off", "outw 3d4h, 2d0ah", Cursor{First: 13, Last: 14}},
		{"first row below the last", "outw 3d4h, 0f0ah", Cursor{First: 15, Last: 14}},
		{"below the character", "outw 3d4h, 110ah \n outw 3d4h, 120bh", Cursor{First: 17, Last: 18, Lit: true}},
		{"block", "outw 3d4h, 000ah \n outw 3d4h, 0f0bh", Cursor{Visible: true, First: 0, Last: 15, Lit: true}},
		{"elsewhere", "outw 3d4h, 070eh \n outw 3d4h, 0cfh", Cursor{First: 13, Last: 14, Lit: true}},
		{"not on the screen", "outw 3d4h, 0ff0eh", Cursor{First: 13, Last: 14, Lit: true}},
		{"skewed by two characters", "outw 3d4h, 4e0bh", Cursor{Visible: true, Column: 2, First: 13, Last: 14, Lit: true}},
		{"dark", "wait 120000000", Cursor{Visible: true, First: 13, Last: 14}},
		{"lit again", "wait 240000000", Cursor{Visible: true, First: 13, Last: 14, Lit: true}},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := newGuest(t)
			g.set(text80)
			g.run(test.script)
			test.want.Height = 16
			if test.name == "elsewhere" {
				test.want.Row, test.want.Column, test.want.Visible = 22, 32, true
			}
			assert.Equal(t, test.want, g.Text().Cursor)
		})
	}
}

func TestSplitScreenText(t *testing.T) {
	g := newGuest(t)
	g.set(text80)
	g.run(`
		writew 0b8000h, 0753h  ; a status line at address 0
		writew 0b80a0h, 0754h  ; the text behind it
		outw 3d4h, 000ch
		outw 3d4h, 500dh       ; which is where the screen starts
		outw 3d4h, 0e11h
		outw 3d4h, 0f07h
		outw 3d4h, 0f09h
		outw 3d4h, 7f18h       ; for 128 lines`)
	lines := strings.Split(g.Text().String(), "\n")
	assert.Equal(t, "T", lines[0])
	assert.Equal(t, "S", lines[8])
	assert.Equal(t, "T", lines[9])
}

func TestTextTellsWhatChanged(t *testing.T) {
	g := newGuest(t)
	g.textScreen(text80, 16)
	seen := g.Text().Generation
	changed := func() (rows []int) {
		text := g.Text()
		for row, generation := range text.Lines {
			if generation > seen {
				rows = append(rows, row)
			}
		}
		seen = text.Generation
		return rows
	}
	assert.Empty(t, changed())
	assert.Equal(t, seen, g.Text().Generation)

	g.run("write 0b8000h, 99h \n writew 0b80a2h, 0099h")
	assert.Equal(t, []int{0, 1}, changed())
	g.run("write 0b8000h, 99h")
	assert.Empty(t, changed(), "the same again")

	before := seen
	g.clock.Advance(120_000_000)
	assert.Empty(t, changed())
	assert.Equal(t, before, seen, "blinking is the front end's")

	g.run("outw 3d4h, 170fh")
	assert.Empty(t, changed())
	assert.Greater(t, seen, before, "the cursor moved")

	palette := g.Text().PaletteGeneration
	g.run("out 3c8h, 00h \n out 3c9h, 3fh \n out 3c9h, 00h \n out 3c9h, 00h")
	assert.Empty(t, changed())
	assert.Greater(t, g.Text().PaletteGeneration, palette)

	g.set(text40)
	assert.Len(t, changed(), 25)
}

func TestCP437IsCompleteAndUnique(t *testing.T) {
	seen := map[rune]int{}
	for i, r := range CP437 {
		if i == 0 {
			continue
		}
		require.NotContains(t, seen, r, "%02x", i)
		seen[r] = i
	}
	assert.Equal(t, "A~⌂Ç░│└█αß■", string([]rune{CP437['A'], CP437['~'], CP437[0x7f], CP437[0x80],
		CP437[0xb0], CP437[0xb3], CP437[0xc0], CP437[0xdb], CP437[0xe0], CP437[0xe1], CP437[0xfe]}))
}
