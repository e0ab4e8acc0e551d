package terminal

import (
	"fmt"
	"image/color"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/devices/vga"
)

// textScreen is a screen with lines of light grey text on black.
func textScreen(columns, rows int, lines ...string) *vga.Text {
	t := &vga.Text{Columns: columns, Rows: rows, Cells: make([]vga.Cell, columns*rows), BlinkLit: true}
	for i := range t.Palette {
		t.Palette[i] = vgaColours[i&^5|i>>2&1|i&1<<2]
	}
	for i := range t.Cells {
		t.Cells[i] = vga.Cell{Char: ' ', Fore: 7}
	}
	for row, line := range lines {
		for i := range len(line) {
			t.Cells[row*columns+i].Char = line[i]
		}
	}
	t.Cursor = vga.Cursor{Visible: true, First: 13, Last: 14, Height: 16, Lit: true}
	return t
}

// randomScreen has characters and attributes of all kinds.
func randomScreen(columns, rows int) *vga.Text {
	t := textScreen(columns, rows)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range t.Cells {
		t.Cells[i] = vga.Cell{
			Char: uint8(random.Uint32()), Fore: uint8(random.Uint32() & 15), Back: uint8(random.Uint32() & 15),
			Blink: random.Uint32()&7 == 0, Underline: random.Uint32()&7 == 0,
		}
	}
	return t
}

func rgbSGR(base int, c color.RGBA) string {
	return fmt.Sprintf("%d;2;%d;%d;%d", base+8, c.R, c.G, c.B)
}

func assertShows(t *testing.T, v *vt, text *vga.Text) {
	t.Helper()
	for row := range text.Rows {
		for column := range text.Columns {
			want, got := text.Cells[row*text.Columns+column], v.cells[row*v.columns+column]
			char := vga.CP437[want.Char]
			if char == '\u00a0' {
				char = ' '
			}
			require.Equal(t, string(char), string(got.char), "row %d, column %d", row, column)
			require.Equal(t, rgbSGR(40, text.Palette[want.Back]), got.back, "row %d, column %d", row, column)
			if char != ' ' || want.Underline {
				require.Equal(t, rgbSGR(30, text.Palette[want.Fore]), got.fore, "row %d, column %d", row, column)
				require.Equal(t, want.Blink, got.blink, "row %d, column %d", row, column)
				require.Equal(t, want.Underline, got.underline, "row %d, column %d", row, column)
			}
		}
	}
}

func TestTextOfAllSizes(t *testing.T) {
	for _, size := range [][2]int{{40, 25}, {80, 25}, {80, 50}, {132, 25}, {132, 60}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			text := randomScreen(size[0], size[1])
			for _, more := range []int{0, 1, 20} {
				v := newVT(t, text.Columns+more, text.Rows+more)
				r := NewRenderer(v, ColoursRGB, v.columns, v.rows)
				r.SetStatus("running")
				require.NoError(t, r.DrawText(text))
				assertShows(t, v, text)
				assert.Equal(t, 1, v.writes)
				if more > 0 {
					assert.Equal(t, "running", v.lines()[v.rows-1])
				}
			}
		})
	}
}

func TestOnlyChangesAreWritten(t *testing.T) {
	text := textScreen(80, 25, "C:\\>")
	text.Cursor.Column = 4
	v := newVT(t, 80, 26)
	r := NewRenderer(v, ColoursRGB, 80, 26)
	require.NoError(t, r.DrawText(text))

	draw := func() (cells, bytes int) {
		v.drawn, v.bytes, v.writes = 0, 0, 0
		require.NoError(t, r.DrawText(text))
		assertShows(t, v, text)
		assert.LessOrEqual(t, v.writes, 1)
		return v.drawn, v.bytes
	}
	cells, bytes := draw()
	assert.Zero(t, cells+bytes, "nothing changed")

	text.Cells[4].Char, text.Cursor.Column = 'd', 5
	cells, bytes = draw()
	assert.Equal(t, 1, cells)
	assert.LessOrEqual(t, bytes, len("\x1b[1;5H"+"\x1b[27;38;2;170;170;170;48;2;0;0;0m"+"d"), "a typed character")

	text.Cursor.Lit, text.BlinkLit = false, false
	cells, bytes = draw()
	assert.Zero(t, cells+bytes, "blinking is the terminal's")

	text.Cursor.Column = 6
	cells, bytes = draw()
	assert.Zero(t, cells)
	assert.LessOrEqual(t, bytes, len("\x1b[1;7H"), "the cursor moved")
	assert.Equal(t, 6, v.column)

	text.Cells[80].Fore = 3
	cells, _ = draw()
	assert.Zero(t, cells, "the colour of a space is not seen")

	text.Cells[10*80+3].Char, text.Cells[10*80+40].Char, text.Cells[11*80+79].Char = 'a', 'b', 'c'
	cells, bytes = draw()
	assert.Equal(t, 3, cells)
	assert.Less(t, bytes, 40)

	r.Resize(80, 26)
	cells, _ = draw()
	assert.GreaterOrEqual(t, cells, 80*25, "all of it anew")
}

func TestCursor(t *testing.T) {
	text := textScreen(80, 25)
	v := newVT(t, 80, 25)
	r := NewRenderer(v, Colours16, 80, 25)
	draw := func() {
		require.NoError(t, r.DrawText(text))
	}
	text.Cursor.Column, text.Cursor.Row = 79, 24
	draw()
	assert.Equal(t, [2]int{79, 24}, [2]int{v.column, v.row})
	assert.True(t, v.visible)
	assert.Equal(t, "3 ", v.shape)
	text.Cursor.First = 0
	draw()
	assert.Equal(t, "1 ", v.shape)
	text.Cursor.Visible = false
	draw()
	assert.False(t, v.visible)
	text.Cursor.Visible = true
	draw()
	assert.True(t, v.visible)
	text.Blank = true
	text.Palette = [16]color.RGBA{}
	text.Cells[0].Char = 'x'
	draw()
	assert.False(t, v.visible)
	assert.Equal(t, ' ', v.cells[0].char)
	assert.Equal(t, "40", v.cells[0].back)
}

func TestColours(t *testing.T) {
	text := textScreen(16, 1)
	for i := range text.Cells {
		text.Cells[i] = vga.Cell{Char: 'x', Fore: uint8(i), Back: uint8(15 - i)}
	}
	v := newVT(t, 16, 1)
	require.NoError(t, NewRenderer(v, Colours16, 16, 1).DrawText(text))
	terminal := []int{0, 4, 2, 6, 1, 5, 3, 7} // the order of the terminal's colours
	for i, cell := range v.cells {
		name := func(base, c int) string { return fmt.Sprint(base + c>>3*60 + terminal[c&7]) }
		assert.Equal(t, name(30, i), cell.fore)
		assert.Equal(t, name(40, 15-i), cell.back)
	}

	require.NoError(t, NewRenderer(v, Colours256, 16, 1).DrawText(text))
	seen := map[string]bool{}
	for _, cell := range v.cells {
		seen[cell.fore] = true
	}
	assert.Len(t, seen, 16, "all are told apart")
	assert.Equal(t, "38;5;16", v.cells[0].fore)
	assert.Equal(t, "38;5;19", v.cells[1].fore)
	assert.Equal(t, "38;5;231", v.cells[15].fore)
	assert.Equal(t, ink(248), Colours256.ink(color.RGBA{R: 168, G: 168, B: 168}), "a grey")
}

func TestDetectColours(t *testing.T) {
	for _, c := range []struct {
		name string
		env  map[string]string
		want Colours
	}{
		{"nothing", nil, Colours16},
		{"linux", map[string]string{"TERM": "linux"}, Colours16},
		{"xterm", map[string]string{"TERM": "xterm-256color"}, Colours256},
		{"gnome", map[string]string{"TERM": "xterm-256color", "COLORTERM": "truecolor"}, ColoursRGB},
		{"direct", map[string]string{"TERM": "xterm-direct"}, ColoursRGB},
		{"screen", map[string]string{"TERM": "screen", "COLORTERM": "24bit"}, Colours256},
		{"tmux", map[string]string{"TERM": "screen-256color", "TMUX": "x", "COLORTERM": "24bit"}, ColoursRGB},
	} {
		t.Run(c.name, func(t *testing.T) {
			assert.Equal(t, c.want, DetectColours(func(name string) string { return c.env[name] }))
		})
	}
}

func TestClipping(t *testing.T) {
	lines := make([]string, 25)
	for i := range lines {
		lines[i] = fmt.Sprintf("row %-2d", i+1) + strings.Repeat(".", 73) + "|"
	}
	text := textScreen(80, 25, lines...)
	v := newVT(t, 60, 20)
	r := NewRenderer(v, Colours16, 60, 20)
	r.SetStatus("running")
	require.NoError(t, r.DrawText(text))
	assert.Equal(t, "[80x25, seen: columns 1-60, rows 1-19] running", v.lines()[19])
	assert.Equal(t, lines[0][:60], v.lines()[0])

	text.Cursor.Column, text.Cursor.Row = 79, 24
	require.NoError(t, r.DrawText(text))
	assert.Equal(t, "[80x25, seen: columns 21-80, rows 7-25] running", v.lines()[19])
	assert.Equal(t, lines[24][20:], v.lines()[18])
	assert.Equal(t, [2]int{59, 18}, [2]int{v.column, v.row})

	r.HideStatus(true)
	require.NoError(t, r.DrawText(text))
	assert.Equal(t, lines[24][20:], v.lines()[19])

	for _, size := range [][2]int{{1, 1}, {1, 2}, {2, 1}, {79, 25}, {80, 24}, {0, 0}} {
		for _, hidden := range []bool{false, true} {
			v.resize(max(size[0], 1), max(size[1], 1))
			r.Resize(size[0], size[1])
			r.HideStatus(hidden)
			require.NoError(t, r.DrawText(text))
			assert.NotContains(t, strings.Join(v.lines(), ""), "?")
		}
	}
}

func TestStatusLine(t *testing.T) {
	text := textScreen(40, 25)
	v := newVT(t, 80, 30)
	r := NewRenderer(v, Colours16, 80, 30)
	r.SetStatus("Ctrl-A h\thelp " + strings.Repeat("x", 100))
	require.NoError(t, r.DrawText(text))
	assert.Equal(t, "Ctrl-A h help "+strings.Repeat("x", 66), v.lines()[29])
	assert.True(t, v.cells[29*80].reverse)
	r.HideStatus(true)
	require.NoError(t, r.DrawText(text))
	assert.Empty(t, v.lines()[29])
	assert.False(t, v.cells[29*80].reverse)
	r.HideStatus(false)
	r.Resize(80, 25)
	v.resize(80, 25)
	require.NoError(t, r.DrawText(text))
	assert.Empty(t, v.lines()[24], "there is no row for it")
}

// picture has four quarters of different colours.
func picture(width, height int) *vga.Frame {
	f := &vga.Frame{Width: width, Height: height, Pix: make([]uint8, width*height), Generation: 1}
	f.Palette = [256]color.RGBA{{R: 10}, {G: 20}, {B: 30}, {R: 40, G: 40}}
	for i := range f.Pix {
		f.Pix[i] = uint8(i%width*2/width + i/width*2/height*2)
	}
	return f
}

func TestGraphics(t *testing.T) {
	f := picture(320, 200)
	v := newVT(t, 80, 31)
	r := NewRenderer(v, ColoursRGB, 80, 31)
	r.SetStatus("running")
	require.NoError(t, r.DrawFrame(f))
	assert.False(t, v.visible)
	assert.Equal(t, "running", v.lines()[30])
	for row := range 30 {
		for column := range 80 {
			want := rgbSGR(40, f.Palette[column/40+row/15*2])
			require.Equal(t, want, v.cells[row*80+column].back, "row %d, column %d", row, column)
		}
	}

	v.drawn, v.bytes = 0, 0
	require.NoError(t, r.DrawFrame(f))
	assert.Zero(t, v.bytes)

	for i := range 4 * 4 {
		f.Pix[i/4*320+i%4] = 3
	}
	f.Generation++
	require.NoError(t, r.DrawFrame(f))
	assert.Equal(t, 1, v.drawn)
	assert.Equal(t, '▀', v.cells[0].char)
	assert.NotEqual(t, v.cells[0].fore, "38;2;10;0;0")

	require.NoError(t, r.DrawText(textScreen(80, 25, "text")))
	assert.Equal(t, "text", v.lines()[0])
	require.NoError(t, r.DrawFrame(f))
	assert.Equal(t, '▀', v.cells[0].char, "back from text")
}

func TestGraphicsOfAllSizes(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {1, 2}, {2, 2}, {10, 3}, {3, 50}, {300, 10}, {200, 100}} {
		for _, f := range []*vga.Frame{picture(1, 1), picture(640, 480), picture(720, 400), {}} {
			v := newVT(t, size[0], size[1])
			require.NoError(t, NewRenderer(v, Colours256, size[0], size[1]).DrawFrame(f))
			assert.NotContains(t, strings.Join(v.lines(), ""), "?")
		}
	}
	f := &vga.Frame{Width: 1, Height: 1, RGBA: []color.RGBA{{R: 1, G: 2, B: 3}}, Generation: 1}
	v := newVT(t, 2, 2)
	require.NoError(t, NewRenderer(v, ColoursRGB, 2, 2).DrawFrame(f))
	assert.Equal(t, "48;2;1;2;3", v.cells[0].back)
}

func BenchmarkDrawUnchangedText(b *testing.B) {
	text := randomScreen(80, 25)
	r := NewRenderer(newVT(b, 80, 26), Colours256, 80, 26)
	for b.Loop() {
		if err := r.DrawText(text); err != nil {
			b.Fatal(err)
		}
	}
}
