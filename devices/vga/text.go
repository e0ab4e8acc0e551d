package vga

import (
	"image/color"
	"slices"
	"strings"
)

// A Text is the screen of a text mode as characters. It belongs to the VGA and
// is valid until the next one is pulled.
//
// A front end redraws what has changed since the last Generation it saw: all
// of it if PaletteGeneration or the size is another, else the rows whose entry
// in Lines is newer, and the cursor.
type Text struct {
	Columns, Rows int
	Cells         []Cell // row by row
	Cursor        Cursor
	Palette       [16]color.RGBA
	// Blank tells that the screen is switched off. Palette is of one colour.
	Blank bool
	// BlinkLit tells whether blinking characters are in the phase where they
	// are seen. It takes no part in Generation.
	BlinkLit bool

	Generation        uint64
	PaletteGeneration uint64
	Lines             []uint64
}

// A Cell is one character of the screen.
type Cell struct {
	Char       uint8 // in the font of the guest, normally code page 437
	Fore, Back uint8 // indices into Palette
	Blink      bool
	Underline  bool
}

// A Cursor is the text cursor. Its character is drawn in the foreground colour
// in dot rows First to Last, of Height.
type Cursor struct {
	Column, Row         int
	Visible             bool // it is on the screen and not switched off
	First, Last, Height int
	// Lit tells whether the cursor is in the phase where it is seen. It takes
	// no part in Generation.
	Lit bool
}

// Text returns the screen as characters; it is nil in graphics modes.
func (v *VGA) Text() *Text {
	r := v.raster()
	if r.graphics {
		return nil
	}
	t := &v.text
	next := t.Generation + 1
	columns := r.columns / (1 << r.countShift)
	rows, cursor := 0, Cursor{
		First: int(r.cursor.first), Last: int(r.cursor.last), Height: int(r.lastRow) + 1, Lit: r.cursor.lit,
	}
	changed := columns != t.Columns
	if changed {
		t.Columns, t.Cells, t.Lines = columns, nil, nil
	}
	for _, l := range r.scan {
		if !l.first {
			continue
		}
		if rows == len(t.Lines) {
			t.Cells = append(t.Cells, make([]Cell, columns)...)
			t.Lines = append(t.Lines, next)
			changed = true
		}
		if v.textRow(t.Cells[rows*columns:][:columns], &r, &l) {
			t.Lines[rows] = next
			changed = true
		}
		if d := int(r.cursor.address - l.counter); d < columns && r.cursor.enabled && r.cursor.first <= r.lastRow && !cursor.Visible {
			cursor.Column, cursor.Row, cursor.Visible = d, rows, true
		}
		rows++
	}
	changed = changed || rows != t.Rows || t.Cursor.moved(cursor)
	t.Rows, t.Cells, t.Lines, t.Cursor = rows, t.Cells[:rows*columns], t.Lines[:rows], cursor
	t.BlinkLit = r.blinkLit
	p, _, blank := v.colours(&r)
	if !slices.Equal(p[:16], t.Palette[:]) || blank != t.Blank {
		copy(t.Palette[:], p[:])
		t.Blank = blank
		t.PaletteGeneration = next
		changed = true
	}
	if changed {
		t.Generation = next
	}
	return t
}

// moved tells whether the cursor looks different, apart from blinking.
func (c Cursor) moved(to Cursor) bool {
	c.Lit = to.Lit
	return c != to
}

// textRow fills in the characters of a row and tells whether any is new.
func (v *VGA) textRow(cells []Cell, r *raster, l *scanLine) bool {
	changed := false
	for i := range cells {
		at := int(r.address(l, i<<r.countShift)) * 4
		attribute := v.vram[at+attributePlane]
		fore, back := attributeColours(attribute, r.blink)
		cell := Cell{
			Char: v.vram[at+charPlane], Fore: fore, Back: back,
			Blink:     r.blink && attribute&attributeBlink != 0,
			Underline: attribute&attributeUnderlineMask == attributeUnderline && r.underline <= r.lastRow,
		}
		if cells[i] != cell {
			cells[i] = cell
			changed = true
		}
	}
	return changed
}

// String is the text of the screen: a line for each row, without the spaces
// at its end.
func (t *Text) String() string {
	var b strings.Builder
	for row := range t.Rows {
		line := make([]rune, t.Columns)
		for i, c := range t.Cells[row*t.Columns:][:t.Columns] {
			line[i] = CP437[c.Char]
		}
		b.WriteString(strings.TrimRight(string(line), " "))
		b.WriteByte('\n')
	}
	return b.String()
}
