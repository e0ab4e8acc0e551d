package main

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"toyvm/cmd/toyvm/internal/keeper"
	"toyvm/snapshot/store"
)

// maxChoices is how many snapshots the menu shows: one for each letter.
const maxChoices = 'z' - 'a' + 1

// A loadMenu is a list of snapshots in place of the machine's screen. A letter
// chooses one.
type loadMenu struct{ list []store.Entry }

// newLoadMenu shows the latest snapshots, the latest first.
func newLoadMenu(list []store.Entry) *loadMenu {
	list = slices.Clone(list)
	slices.Reverse(list)
	return &loadMenu{list[:min(len(list), maxChoices)]}
}

// text is the menu for a terminal of a size.
func (m *loadMenu) text(columns, rows int) string {
	var b bytes.Buffer
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprint(w, "Which snapshot? A letter loads it, any other key goes back.\n\n")
	for i, e := range m.list[:max(0, min(len(m.list), rows-2))] {
		fmt.Fprintf(w, "%c\t%s\t%s\t%s\t%s\n", 'a'+i, e.Tag, e.Created.Local().Format(time.DateTime), keeper.VMClock(e.Clock), e.Note)
	}
	w.Flush()
	text := "\x1b[0m\x1b[2J\x1b[H\x1b[?25l"
	for i, line := range strings.Split(strings.TrimRight(b.String(), "\n"), "\n") {
		if i > 0 {
			text += "\r\n"
		}
		text += printable(line, columns)
	}
	return text
}

// printable is a line as far as there is room, without what would move the
// cursor.
func printable(line string, columns int) string {
	var b strings.Builder
	for _, r := range line {
		if columns--; columns < 0 {
			break
		}
		if !strconv.IsPrint(r) {
			r = '?'
		}
		b.WriteRune(r)
	}
	return b.String()
}

// choice is the tag behind a key.
func (m *loadMenu) choice(key byte) (tag string, ok bool) {
	if i := int(key|0x20) - 'a'; 0 <= i && i < len(m.list) {
		return m.list[i].Tag, true
	}
	return "", false
}

// openMenu shows the menu, if there is something to choose.
func (d *terminalDisplay) openMenu() error {
	list, err := d.snapshots()
	switch {
	case err != nil:
		d.Tell(err.Error())
		return nil
	case len(list) == 0:
		d.Tell("There is no snapshot to load; Ctrl-A s takes one.")
		return nil
	}
	if d.atPrompt {
		if err := d.switchSides(); err != nil {
			return err
		}
	}
	d.menu = newLoadMenu(list)
	return d.drawMenu()
}

func (d *terminalDisplay) drawMenu() error {
	columns, rows, err := d.terminal.Size()
	if err != nil {
		return err
	}
	_, err = d.terminal.Write([]byte(d.menu.text(columns, rows)))
	return err
}

// choose does what the user wants of the menu, and closes it.
func (d *terminalDisplay) choose(key byte) error {
	if tag, ok := d.menu.choice(key); ok {
		d.run("loadvm "+strconv.Quote(tag), func(string) string { return "This is " + tag + "." })
	}
	d.menu = nil
	return d.resize()
}

// run has a monitor's command carried out, and tells the user what came of it.
func (d *terminalDisplay) run(line string, success func(output string) string) {
	var output bytes.Buffer
	d.command(line, &output, func(err error) {
		if err != nil {
			d.Tell("Error: " + err.Error())
			return
		}
		d.Tell(success(strings.TrimSpace(output.String())))
	})
}
