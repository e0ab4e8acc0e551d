package window

import (
	"strings"

	"toyvm/devices/i8042"
)

const (
	monitorKeys = "Enter: execute  ↑ ↓: earlier  PgUp PgDn: scroll  Esc: back to the machine"

	// kept is how many lines the monitor remembers.
	kept = 1000
	// visible is how many there is room for.
	visible = panelRows - 2
)

// A console is the panel with the monitor: what that prints, with the line that
// is typed behind it.
type console struct {
	enter func(line []byte)
	close func()

	line
	output  []string // lines, the last of which is not complete
	up      int      // lines scrolled back
	history []string
	recall  int // which of the history is in the line; len(history) for none
}

func (c *console) key(key i8042.Key) {
	switch key {
	case i8042.KeyEsc:
		c.close()
	case i8042.KeyRet, i8042.KeyKPEnter:
		c.execute()
	case i8042.KeyBackspace:
		c.erase()
	case i8042.KeyUp:
		c.earlier(-1)
	case i8042.KeyDown:
		c.earlier(+1)
	case i8042.KeyPgup:
		c.up = max(0, min(c.up+visible, len(c.output)-visible))
	case i8042.KeyPgdn:
		c.up = max(0, c.up-visible)
	}
}

func (c *console) text(text string) { c.insert(text) }

func (c *console) execute() {
	line := c.String()
	c.set("")
	if strings.TrimSpace(line) != "" {
		c.history = append(c.history, line)
	}
	c.recall = len(c.history)
	c.print(line + "\n")
	c.enter([]byte(line + "\n"))
}

// print adds to the output.
func (c *console) print(text string) {
	if len(c.output) == 0 {
		c.output = []string{""}
	}
	last := len(c.output) - 1
	c.output = append(c.output[:last], wrap(c.output[last]+text)...)
	c.output = c.output[max(0, len(c.output)-kept):]
	c.up = 0
}

// earlier puts the command before or behind the recalled one into the line.
func (c *console) earlier(step int) {
	c.recall = max(0, min(c.recall+step, len(c.history)))
	c.set("")
	if c.recall < len(c.history) {
		c.set(c.history[c.recall])
	}
}

func (c *console) draw(to *canvas) {
	frame(to, "Monitor: help lists its commands", monitorKeys)
	end := len(c.output) - c.up
	lines := c.output[max(0, end-visible):end]
	for i, l := range lines {
		to.print(1, 1+i, faint, l)
	}
	if c.up == 0 && len(lines) > 0 {
		c.line.draw(to, len(lines), lines[len(lines)-1])
	}
}
