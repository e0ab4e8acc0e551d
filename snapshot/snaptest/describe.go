package snaptest

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"toyvm/snapshot"
	"toyvm/vmstate"
)

const (
	mostLines = 40 // of each kind of difference
	mostBytes = 16 // of a run
)

// describe says how an image is not what was wanted, a line for each difference.
func describe(d *snapshot.Difference, want, is *snapshot.Image) string {
	var b strings.Builder
	for _, c := range d.Settings {
		fmt.Fprintf(&b, "%s%s: %s -> %s\n", settings, c.Name, orNone(c.Old), orNone(c.New))
	}
	few(&b, len(d.Devices), "fields", func(i int) {
		b.WriteString(change(d.Devices[i]))
	})
	for _, c := range d.Memory {
		few(&b, len(c.Runs), "runs of "+c.Name, func(i int) {
			r := c.Runs[i]
			fmt.Fprintf(&b, "%s[%#x:%#x]: %s -> %s\n", c.Name, r.At, r.At+r.Length, bytesAt(want, c.Name, r), bytesAt(is, c.Name, r))
		})
	}
	for _, c := range d.Disks {
		if c.Other != "" {
			fmt.Fprintf(&b, "%s: %s\n", c.Drive, c.Other)
		}
		few(&b, len(c.Runs), "runs of "+c.Drive, func(i int) {
			fmt.Fprintf(&b, "%s: sectors %d to %d\n", c.Drive, c.Runs[i].At, c.Runs[i].At+c.Runs[i].Length-1)
		})
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// few prints the first of n lines, and how many there would be.
func few(b *strings.Builder, n int, what string, line func(i int)) {
	for i := range min(n, mostLines) {
		line(i)
	}
	if n > mostLines {
		fmt.Fprintf(b, "… and %d more %s\n", n-mostLines, what)
	}
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// change is a field that differs. Of a long buffer it shows the part in which it
// does.
func change(c vmstate.Change) string {
	var x, y []byte
	if c.Old != nil && c.New != nil {
		x, y = c.Old.Data, c.New.Data
	}
	if len(x) <= mostBytes || len(x) != len(y) || bytes.Equal(x, y) {
		return fmt.Sprintf("%s: %s -> %s\n", c.Path, value(c.Old), value(c.New))
	}
	from, to := 0, len(x)
	for x[from] == y[from] {
		from++
	}
	for x[to-1] == y[to-1] {
		to--
	}
	return fmt.Sprintf("%s[%#x:%#x]: %s -> %s\n", c.Path, from, to, beginning(x[from:to]), beginning(y[from:to]))
}

// value is what is at a path: none, a value, or a struct.
func value(n *vmstate.Node) string {
	switch {
	case n == nil:
		return "none"
	case n.Kind == vmstate.KindLeaf:
		return n.String()
	default:
		return fmt.Sprintf("%s (version %d)", n.Description, n.Version)
	}
}

// bytesAt is the beginning of a run of memory.
func bytesAt(i *snapshot.Image, block string, r snapshot.Run) string {
	at := slices.IndexFunc(i.Memory, func(m snapshot.Memory) bool { return m.Name == block })
	if at < 0 {
		return "none"
	}
	var p []byte
	for off := r.At; off < r.At+min(r.Length, mostBytes+1); off++ {
		p = append(p, i.Memory[at].Page(int(off / snapshot.PageSize))[off%snapshot.PageSize])
	}
	return beginning(p)
}

// beginning is the first of some bytes.
func beginning(p []byte) string {
	if len(p) > mostBytes {
		return fmt.Sprintf("% x …", p[:mostBytes])
	}
	return fmt.Sprintf("% x", p)
}
