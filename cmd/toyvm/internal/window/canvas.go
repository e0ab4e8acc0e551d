package window

import (
	"image"
	"image/color"
	"image/draw"

	"toyvm/devices/vga"
	"toyvm/roms"
)

// The size of a character in pixels.
const (
	cellWidth  = 8
	cellHeight = 16
)

// A style is how text is drawn.
type style struct{ fore, back color.RGBA }

var (
	white  = color.RGBA{0xff, 0xff, 0xff, 0xff}
	grey   = color.RGBA{0xaa, 0xaa, 0xaa, 0xff}
	navy   = color.RGBA{0x00, 0x00, 0x40, 0xff}
	blue   = color.RGBA{0x00, 0x50, 0xa0, 0xff}
	normal = style{white, navy}
	faint  = style{grey, navy}
	chosen = style{white, blue}
)

// A canvas is text in the characters of the VGA BIOS.
type canvas struct {
	columns, rows int
	pixels        *image.RGBA
}

func newCanvas(columns, rows int) *canvas {
	c := &canvas{columns, rows, image.NewRGBA(image.Rect(0, 0, columns*cellWidth, rows*cellHeight))}
	for row := range rows {
		c.fill(row, normal)
	}
	return c
}

// fill makes a row empty.
func (c *canvas) fill(row int, s style) {
	area := image.Rect(0, row*cellHeight, c.columns*cellWidth, (row+1)*cellHeight)
	draw.Draw(c.pixels, area, image.NewUniform(s.back), image.Point{}, draw.Src)
}

// print writes a text, as much of it as there is room for, and returns the
// column behind it.
func (c *canvas) print(column, row int, s style, text string) int {
	for _, r := range text {
		if column < c.columns {
			c.glyph(column, row, s, r)
		}
		column++
	}
	return column
}

func (c *canvas) glyph(column, row int, s style, r rune) {
	char, known := charOf[r]
	if !known {
		char = '?'
	}
	for y, bits := range roms.Font[int(char)*cellHeight:][:cellHeight] {
		for x := range cellWidth {
			dot := s.back
			if bits&(0x80>>x) != 0 {
				dot = s.fore
			}
			c.pixels.SetRGBA(column*cellWidth+x, row*cellHeight+y, dot)
		}
	}
}

// picture draws a picture as large as the area allows.
func (c *canvas) picture(area image.Rectangle, m image.Image) {
	size := m.Bounds().Size()
	if size.X == 0 || size.Y == 0 {
		return
	}
	to := image.Pt(area.Dx(), size.Y*area.Dx()/size.X)
	if to.Y > area.Dy() {
		to = image.Pt(size.X*area.Dy()/size.Y, area.Dy())
	}
	for y := range to.Y {
		for x := range to.X {
			from := m.Bounds().Min.Add(image.Pt(x*size.X/to.X, y*size.Y/to.Y))
			c.pixels.Set(area.Min.X+x, area.Min.Y+y, m.At(from.X, from.Y))
		}
	}
}

// charOf finds characters in code page 437.
var charOf = func() map[rune]uint8 {
	m := map[rune]uint8{}
	for i, r := range vga.CP437 {
		m[r] = uint8(i)
	}
	m[' '] = ' '
	return m
}()
