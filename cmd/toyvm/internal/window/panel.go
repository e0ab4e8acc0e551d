package window

import (
	"strings"

	"toyvm/devices/i8042"
)

// The size of panels in characters: as many columns as text modes have, and
// not more rows than fit on any mode's screen.
const (
	panelColumns = 80
	panelRows    = 20
)

// A panel lies over the machine's picture and has the keyboard.
type panel interface {
	// key is a key that went down, or repeats.
	key(key i8042.Key)
	// text is what it typed.
	text(text string)
	draw(c *canvas)
}

// frame draws what all panels have: a title, and which keys there are.
func frame(c *canvas, title, keys string) {
	c.fill(0, chosen)
	c.print(1, 0, chosen, title)
	c.print(1, c.rows-1, faint, keys)
}

// wrap makes lines of a text that fit into a panel.
func wrap(text string) (lines []string) {
	const width = panelColumns - 2
	for l := range strings.SplitSeq(text, "\n") {
		runes := []rune(l)
		for ; len(runes) > width; runes = runes[width:] {
			lines = append(lines, string(runes[:width]))
		}
		lines = append(lines, string(runes))
	}
	return lines
}

// A line is a line of text that is being typed.
type line struct{ typed []rune }

func (l *line) insert(text string) {
	for _, r := range text {
		if _, known := charOf[r]; known && r >= ' ' {
			l.typed = append(l.typed, r)
		}
	}
}

func (l *line) erase() {
	if n := len(l.typed); n > 0 {
		l.typed = l.typed[:n-1]
	}
}

func (l *line) set(text string) { l.typed = []rune(text) }

func (l *line) String() string { return string(l.typed) }

// draw draws the line behind a prompt, and its end if it is too long.
func (l *line) draw(c *canvas, row int, prompt string) {
	column := c.print(1, row, normal, prompt)
	shown := l.typed
	if room := c.columns - column - 1; len(shown) > room {
		shown = shown[len(shown)-room:]
	}
	c.print(c.print(column, row, normal, string(shown)), row, chosen, " ")
}
