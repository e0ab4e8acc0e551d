package terminal

import (
	"io"
	"unicode/utf8"

	"toyvm/devices/vga"
)

// WriteText writes the screen of a text mode as a text with the sequences for
// its colours, for a terminal to show later.
func WriteText(w io.Writer, t *vga.Text) error {
	c := canvas{colours: ColoursRGB}
	inks := c.colours.inks(t)
	for i, cell := range t.Cells {
		g := textGlyph(cell, &inks, t.Blank)
		c.use(g.style)
		c.out = utf8.AppendRune(c.out, g.char)
		if (i+1)%t.Columns == 0 {
			c.out = append(c.out, "\x1b[0m\n"...)
			c.pen = style{}
		}
	}
	_, err := w.Write(c.out)
	return err
}
