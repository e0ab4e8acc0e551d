package terminal

import (
	"strconv"
	"unicode/utf8"
)

// A style is what a character looks like beside its form.
type style struct {
	fore, back ink
	coloured   bool // with the colours above, instead of the terminal's own
	blink      bool
	underline  bool
	reverse    bool
}

// A glyph is what is in a place of the terminal.
type glyph struct {
	char rune
	style
}

// empty is where nothing is drawn.
var empty = glyph{char: ' '}

// A canvas is what the terminal shall show and what it shows.
type canvas struct {
	colours       Colours
	columns, rows int
	want, shown   []glyph
	known         bool // what the terminal shows is known
	out           []byte

	// Where the terminal's cursor is and how it writes, if column is not -1.
	column, row int
	pen         style
}

func (c *canvas) resize(columns, rows int) {
	c.columns, c.rows = columns, rows
	c.want, c.shown = make([]glyph, columns*rows), make([]glyph, columns*rows)
	c.known = false
}

func (c *canvas) wipe(toRow int) {
	for i := range c.want[:toRow*c.columns] {
		c.want[i] = empty
	}
}

// update writes what the terminal does not yet show to out.
func (c *canvas) update() {
	if !c.known {
		c.out = append(c.out, "\x1b[0m\x1b[2J"...)
		for i := range c.shown {
			c.shown[i] = empty
		}
		c.known, c.pen, c.column = true, style{}, -1
	}
	for i, g := range c.want {
		if g == c.shown[i] {
			continue
		}
		c.shown[i] = g
		c.moveTo(i%c.columns, i/c.columns)
		if g.char == ' ' && !g.underline && g.coloured && c.pen.coloured {
			g.fore = c.pen.fore // which is not seen
		}
		c.use(g.style)
		c.out = utf8.AppendRune(c.out, g.char)
		if c.column++; c.column == c.columns {
			c.column = -1 // terminals differ in where that is
		}
	}
}

func (c *canvas) moveTo(column, row int) {
	switch {
	case c.column == column && c.row == row:
		return
	case c.row == row && c.column >= 0 && column > c.column:
		c.out = append(c.out, "\x1b["...)
		if n := column - c.column; n > 1 {
			c.out = strconv.AppendInt(c.out, int64(n), 10)
		}
		c.out = append(c.out, 'C')
	default:
		c.out = append(c.out, "\x1b["...)
		c.out = append(strconv.AppendInt(c.out, int64(row)+1, 10), ';')
		c.out = append(strconv.AppendInt(c.out, int64(column)+1, 10), 'H')
	}
	c.column, c.row = column, row
}
