package terminal

import "toyvm/devices/vga"

// DrawText draws the screen of a text mode. Of one that is larger than the
// terminal it draws the part around the cursor, and says so in the status
// line, for which there is a row then.
func (r *Renderer) DrawText(t *vga.Text) error {
	r.frame = nil
	c := &r.canvas
	rows := c.rows
	clipped := t.Columns > c.columns || t.Rows > c.rows
	status := !r.hidden && c.rows > 1 && (clipped || t.Rows < c.rows)
	if status {
		rows--
	}
	r.left = follow(r.left, t.Cursor.Column, c.columns, t.Columns, t.Cursor.Visible)
	r.top = follow(r.top, t.Cursor.Row, rows, t.Rows, t.Cursor.Visible)

	c.wipe(rows)
	inks := c.colours.inks(t)
	for y := range min(rows, t.Rows-r.top) {
		cells := t.Cells[(r.top+y)*t.Columns+r.left:][:min(c.columns, t.Columns-r.left)]
		for x, cell := range cells {
			c.want[y*c.columns+x] = textGlyph(cell, &inks, t.Blank)
		}
	}
	if status {
		r.drawStatus(clipHint(t.Columns, t.Rows, r.left, r.top, c.columns, rows))
	}
	return r.draw(r.textCursor(t, rows))
}

// inks are the colours of a screen.
func (c Colours) inks(t *vga.Text) (inks [16]ink) {
	for i, rgb := range t.Palette {
		inks[i] = c.ink(rgb)
	}
	return inks
}

// follow scrolls a part of a screen, in one direction, no further than needed
// to have the cursor in it.
func follow(from, cursor, seen, all int, visible bool) int {
	if visible {
		from = max(from, cursor-seen+1)
		from = min(from, cursor)
	}
	return max(0, min(from, all-seen))
}

// textGlyph is what a character looks like. Of a space the foreground is not
// seen, so it is always the same, and no reason to draw it again.
func textGlyph(cell vga.Cell, inks *[16]ink, blank bool) glyph {
	g := glyph{vga.CP437[cell.Char], style{
		fore: inks[cell.Fore&15], back: inks[cell.Back&15], coloured: true,
		blink: cell.Blink, underline: cell.Underline,
	}}
	if g.char == '\u00a0' || blank {
		g.char = ' '
	}
	if g.char == ' ' && (!g.underline || blank) {
		g.style = style{back: g.back, coloured: true}
	}
	return g
}

func (r *Renderer) textCursor(t *vga.Text, rows int) cursor {
	to := cursor{
		column: t.Cursor.Column - r.left, row: t.Cursor.Row - r.top,
		block: 2*(t.Cursor.Last-t.Cursor.First+1) > t.Cursor.Height,
	}
	to.visible = t.Cursor.Visible && !t.Blank && t.Cursor.First <= t.Cursor.Last &&
		0 <= to.column && to.column < r.canvas.columns && 0 <= to.row && to.row < rows
	return to
}
