package main

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"toyvm/cmd/toyvm/internal/keeper"
	"toyvm/snapshot/store"
)

func snapshotTreeCommand() *cobra.Command {
	return storeCommand{
		use:   "tree {DISK | --store DIR}",
		short: "Show which snapshot comes from which",
		long: `Show the history of snapshots as a graph, the newest first: below each one is the
one that the machine had run on from. Where that is gone, or was replaced by one
with the same tag, the line says so.`,
		example: `  toyvm snapshot tree disk.img`,
		run: func(c *cobra.Command, s *snapshots, _ []string) error {
			list, err := s.store.List()
			if err != nil {
				return err
			}
			return printGraph(c.OutOrStdout(), list)
		},
	}.command()
}

// printGraph prints snapshots with lines from each to the one that it comes from.
func printGraph(w io.Writer, list []store.Entry) error {
	list = slices.Clone(list)
	for i := range list {
		if list[i].ID == "" { // of a damaged one it is not known
			list[i].ID = "of " + list[i].Tag
		}
	}
	b := bufio.NewWriter(w)
	g := graph{ended: -1}
	for _, e := range newestFirst(list) {
		for _, row := range g.add(e) {
			fmt.Fprintln(b, row)
		}
		fmt.Fprintf(b, "%s%s  %s  %s%s\n", g.draw(e), e.Tag, e.Created.Local().Format(time.DateTime), keeper.VMClock(e.Clock), remarks(e, list))
		g.follow(e, list)
	}
	return b.Flush()
}

// newestFirst sorts snapshots by time, but each ahead of what it comes from.
func newestFirst(list []store.Entry) (sorted []*store.Entry) {
	children := map[string]int{} // not in sorted yet
	for _, e := range list {
		children[e.ParentID]++
	}
	left := make([]*store.Entry, len(list)) // the newest last
	for i := range list {
		left[i] = &list[i]
	}
	for len(left) > 0 {
		next := len(left) - 1
		for next > 0 && children[left[next].ID] > 0 {
			next--
		}
		e := left[next]
		children[e.ParentID]--
		sorted, left = append(sorted, e), slices.Delete(left, next, next+1)
	}
	return sorted
}

// parentOf is the snapshot that one comes from, or nil if that is not there.
func parentOf(e *store.Entry, list []store.Entry) *store.Entry {
	i := slices.IndexFunc(list, func(p store.Entry) bool { return e.ParentID != "" && p.ID == e.ParentID })
	if i < 0 {
		return nil
	}
	return &list[i]
}

// origin says what a snapshot comes from.
func origin(e *store.Entry, list []store.Entry) string {
	sameTag := func(p store.Entry) bool { return p.Tag == e.Parent }
	switch {
	case e.Parent == "":
		return "none"
	case parentOf(e, list) != nil:
		return e.Parent
	case slices.ContainsFunc(list, sameTag):
		return "an earlier " + e.Parent
	default:
		return e.Parent + ", which is gone"
	}
}

// remarks is what else a line of the graph says.
func remarks(e *store.Entry, list []store.Entry) string {
	var s string
	if e.Note != "" {
		s += "  " + e.Note
	}
	if e.Parent != "" && parentOf(e, list) == nil {
		s += "  (from " + origin(e, list) + ")"
	}
	if e.Err != nil {
		s += "  (" + keeper.Trouble(e) + ")"
	}
	return s
}

// A graph is the lanes that run down the page.
type graph struct {
	// waits is the ID of the snapshot that a lane waits for; "" if it is free.
	waits []string
	// ended is the lane that has just ended with a snapshot that comes from
	// none; -1 if none has.
	ended int
}

// add gives a snapshot its lane. The rows are those in which other lanes that
// wait for it join that one, or one that keeps it apart from what is above.
func (g *graph) add(e *store.Entry) (rows []string) {
	lane := slices.Index(g.waits, e.ID)
	if lane < 0 {
		if lane = slices.Index(g.waits, ""); lane < 0 {
			lane = len(g.waits)
			g.waits = append(g.waits, "")
		}
		if lane == g.ended {
			rows = append(rows, strings.TrimRight(g.draw(e), " "))
		}
		g.waits[lane] = e.ID
		return rows
	}
	for from := lane + 1; from < len(g.waits); from++ {
		if g.waits[from] == e.ID {
			rows = append(rows, g.join(lane, from))
			g.waits[from] = ""
		}
	}
	g.trim()
	return rows
}

// join is the row in which a lane goes over into another one on its left.
func (g *graph) join(to, from int) string {
	row := []byte(g.draw(nil))
	row[2*from] = ' '
	for at := 2*to + 1; at < 2*from-1; at++ {
		if row[at] == ' ' {
			row[at] = '_'
		}
	}
	row[2*from-1] = '/'
	return strings.TrimRight(string(row), " ")
}

// draw is what stands in a row: a star in the lane of the snapshot that is in
// it, if there is one.
func (g *graph) draw(e *store.Entry) string {
	var b strings.Builder
	for _, id := range g.waits {
		switch {
		case id == "":
			b.WriteString("  ")
		case e != nil && id == e.ID:
			b.WriteString("* ")
		default:
			b.WriteString("| ")
		}
	}
	return b.String()
}

// follow makes the lane of a snapshot wait for what that comes from.
func (g *graph) follow(e *store.Entry, list []store.Entry) {
	lane := slices.Index(g.waits, e.ID)
	g.ended = -1
	if parentOf(e, list) != nil {
		g.waits[lane] = e.ParentID
		return
	}
	g.waits[lane], g.ended = "", lane
	g.trim()
}

// trim gives up free lanes on the right.
func (g *graph) trim() {
	for n := len(g.waits); n > 0 && g.waits[n-1] == ""; n-- {
		g.waits = g.waits[:n-1]
	}
}
