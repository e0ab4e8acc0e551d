package terminal

import (
	"fmt"
	"io"
	"strconv"

	"toyvm/devices/vga"
)

// A Renderer draws the guest's screen in a terminal.
type Renderer struct {
	w      io.Writer
	canvas canvas
	status string
	hidden bool // the status line

	left, top int // of the part of the screen that is seen

	cursor cursor // as the terminal has it

	// What the canvas shows of a Frame, to draw the same only once.
	frame      *vga.Frame
	generation uint64
	frameRows  int
}

// A cursor is the terminal's.
type cursor struct {
	column, row int
	visible     bool
	block       bool // instead of an underline
}

// NewRenderer makes a renderer for a terminal of a size.
func NewRenderer(w io.Writer, colours Colours, columns, rows int) *Renderer {
	r := &Renderer{w: w}
	r.canvas.colours = colours
	r.Resize(columns, rows)
	return r
}

// Resize tells that the terminal has another size, or that it lost what it
// showed. The next drawing draws all.
func (r *Renderer) Resize(columns, rows int) {
	r.canvas.resize(max(columns, 1), max(rows, 1))
	r.left, r.top, r.frame = 0, 0, nil
}

// SetStatus sets the text of the status line, the last of the terminal. It is
// left out where the screen needs all rows.
func (r *Renderer) SetStatus(text string) { r.status = text }

// HideStatus hides the status line, or shows it again.
func (r *Renderer) HideStatus(hidden bool) { r.hidden = hidden }

// draw writes what has changed, and the cursor, in one go.
func (r *Renderer) draw(to cursor) error {
	c := &r.canvas
	c.out = c.out[:0]
	fresh := !c.known
	c.update()
	if to.visible {
		c.moveTo(to.column, to.row)
	}
	if to.visible && (fresh || !r.cursor.visible || to.block != r.cursor.block) {
		c.out = append(c.out, cursorShape(to.block)...)
	}
	if fresh || to.visible != r.cursor.visible {
		c.out = append(c.out, cursorVisibility(to.visible)...)
	}
	r.cursor = to
	if len(c.out) == 0 {
		return nil
	}
	_, err := r.w.Write(c.out)
	return err
}

// The cursor blinks as the terminal has it: its phase takes no drawing.
func cursorShape(block bool) string {
	if block {
		return "\x1b[1 q"
	}
	return "\x1b[3 q"
}

func cursorVisibility(visible bool) string {
	if visible {
		return "\x1b[?25h"
	}
	return "\x1b[?25l"
}

// drawStatus puts the status line in the last row.
func (r *Renderer) drawStatus(hint string) {
	c := &r.canvas
	row := c.want[(c.rows-1)*c.columns:]
	for i := range row {
		row[i] = glyph{' ', style{reverse: true}}
	}
	i := 0
	for _, char := range hint + r.status {
		if i == len(row) {
			return
		}
		if !strconv.IsPrint(char) {
			char = ' '
		}
		row[i].char = char
		i++
	}
}

// clipHint tells which part of a screen is seen if that is not all.
func clipHint(columns, rows, left, top, seenColumns, seenRows int) string {
	if seenColumns >= columns && seenRows >= rows {
		return ""
	}
	return fmt.Sprintf("[%dx%d, seen: columns %d-%d, rows %d-%d] ", columns, rows,
		left+1, min(left+seenColumns, columns), top+1, min(top+seenRows, rows))
}
