package window

import (
	"strings"

	"toyvm/devices/i8042"
)

// kept is how many lines the monitor remembers.
const kept = 1000

const monitorKeys = "Enter: execute  ↑ ↓: earlier  PgUp PgDn: scroll  Esc: back to the machine"

// A console is the panel with the monitor.
type console struct {
	execute func(line string) // its output comes through print
	close   func()

	line
	busy    bool     // a command is being carried out
	output  []string // lines
	up      int      // lines scrolled back
	history []string
	recall  int // which of the history is in the line; len(history) for none
}

func (c *console) key(key i8042.Key) {
	const page = panelRows - 4
	switch key {
	case i8042.KeyEsc:
		c.close()
	case i8042.KeyRet, i8042.KeyKPEnter:
		c.enter()
	case i8042.KeyBackspace:
		c.erase()
	case i8042.KeyUp:
		c.earlier(-1)
	case i8042.KeyDown:
		c.earlier(+1)
	case i8042.KeyPgup:
		c.up = max(0, min(c.up+page, len(c.output)-page))
	case i8042.KeyPgdn:
		c.up = max(0, c.up-page)
	}
}

func (c *console) text(text string) { c.insert(text) }

func (c *console) enter() {
	line := c.String()
	if c.busy || strings.TrimSpace(line) == "" {
		return
	}
	c.set("")
	c.print("> " + line)
	c.history = append(c.history, line)
	c.recall = len(c.history)
	c.busy = true
	c.execute(line)
}

// done takes what a command has printed.
func (c *console) done(output string) {
	c.busy = false
	if output != "" {
		c.print(strings.TrimRight(output, "\n"))
	}
}

func (c *console) print(text string) {
	for l := range strings.SplitSeq(text, "\n") {
		c.output = append(c.output, l)
	}
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
	room := to.rows - 4
	end := len(c.output) - c.up
	for i, l := range c.output[max(0, end-room):end] {
		to.print(1, 1+i, faint, l)
	}
	if c.busy {
		to.print(1, to.rows-2, faint, "...")
		return
	}
	c.line.draw(to, to.rows-2, "> ")
}
