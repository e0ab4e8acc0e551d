package vmstate

import (
	"bytes"
	"fmt"
	"io"
	"strings"
)

// printedBytes is how much of a buffer or an array Print shows.
const printedBytes = 64

// Print writes the tree below n for people, a line a node.
func (n *Node) Print(w io.Writer) error {
	var b bytes.Buffer
	n.print(&b, 0)
	_, err := w.Write(b.Bytes())
	return err
}

func (n *Node) print(b *bytes.Buffer, depth int) {
	fmt.Fprintf(b, "%s%s", strings.Repeat("  ", depth), n.Name)
	switch {
	case n.Kind == KindLeaf && n.Type == typeUnused:
		fmt.Fprintf(b, ": %d bytes unused", len(n.Data))
	case n.Kind == KindLeaf && n.Type == typeTimer && n.Count == 1 && n.scalar() == int64(NotArmed):
		b.WriteString(": not armed")
	case n.Kind == KindLeaf && len(n.Data) > printedBytes:
		per := max(len(n.Data)/max(n.Count, 1), 1)
		shown := *n
		if n.class() == classBytes {
			shown.Data = n.Data[:printedBytes]
		} else {
			shown.Count = max(printedBytes/per, 1)
			shown.Data = n.Data[:shown.Count*per]
		}
		fmt.Fprintf(b, ": %v … (%d bytes)", &shown, len(n.Data))
	case n.Kind == KindLeaf || n.Kind == KindNull:
		fmt.Fprintf(b, ": %v", n)
	case n.Kind == KindArray || n.Kind == KindQueue || n.Kind == KindTree:
		fmt.Fprintf(b, " (%d)", len(n.Children))
	case depth == 0 || n.Kind == KindSubsection:
		fmt.Fprintf(b, " (version %d)", n.Version)
	}
	b.WriteByte('\n')
	for _, c := range n.Children {
		c.print(b, depth+1)
	}
}
