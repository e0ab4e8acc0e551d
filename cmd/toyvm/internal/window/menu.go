package window

import (
	"fmt"
	"image"
	"strings"

	"toyvm/devices/i8042"
)

// A menu is a panel with items of which one is chosen.
type menu struct {
	title    string
	items    []item
	selected int
	close    func()
}

// An item is a line of a menu.
type item struct {
	letter  string // the key that does it at once; "" for none
	label   string
	note    string
	picture image.Image // may be nil
	do      func()
}

// shown are the items that there is room for.
const shown = panelRows - 4

const menuKeys = "↑ ↓: choose   Enter: do it   Esc: back to the machine"

func (m *menu) key(key i8042.Key) {
	last := len(m.items) - 1
	switch key {
	case i8042.KeyEsc:
		m.close()
	case i8042.KeyUp, i8042.KeyKP8:
		m.selected = max(m.selected-1, 0)
	case i8042.KeyDown, i8042.KeyKP2:
		m.selected = min(m.selected+1, last)
	case i8042.KeyPgup, i8042.KeyKP9:
		m.selected = max(m.selected-shown, 0)
	case i8042.KeyPgdn, i8042.KeyKP3:
		m.selected = min(m.selected+shown, last)
	case i8042.KeyHome, i8042.KeyKP7:
		m.selected = 0
	case i8042.KeyEnd, i8042.KeyKP1:
		m.selected = last
	case i8042.KeyRet, i8042.KeyKPEnter:
		m.do(m.items[m.selected])
	default:
		for _, it := range m.items {
			if it.letter == key.String() {
				m.do(it)
				return
			}
		}
	}
}

func (m *menu) do(it item) {
	m.close()
	it.do()
}

func (*menu) text(string) {}

func (m *menu) draw(c *canvas) {
	frame(c, m.title, menuKeys)
	first := max(0, m.selected-shown+1)
	for i, it := range m.items[first:min(first+shown, len(m.items))] {
		row, s := 2+i, normal
		if first+i == m.selected {
			s = chosen
			c.fill(row, s)
		}
		c.print(2, row, style{grey, s.back}, strings.ToUpper(it.letter))
		c.print(5, row, s, it.label)
		c.print(34, row, style{grey, s.back}, it.note)
	}
	if p := m.items[m.selected].picture; p != nil {
		const width, height = 24, 12 // in characters
		left, top := (c.columns-width-1)*cellWidth, (c.rows-height-2)*cellHeight
		c.picture(image.Rect(left, top, left+width*cellWidth, top+height*cellHeight), p)
	}
}

// snapshotItems are the snapshots to go back to.
func snapshotItems(list []Snapshot, load func(tag string)) (items []item) {
	for _, s := range list {
		items = append(items, item{
			label:   s.Tag,
			note:    fmt.Sprintf("%s  %s", s.Date.Format("2006-01-02 15:04"), s.Note),
			picture: s.Thumbnail,
			do:      func() { load(s.Tag) },
		})
	}
	return items
}
