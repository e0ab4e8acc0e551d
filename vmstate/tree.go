package vmstate

import (
	"slices"
	"strconv"
	"strings"
)

// A Kind says what a Node is.
type Kind uint8

// The kinds of nodes.
const (
	KindStruct     Kind = iota // fields and subsections are the Children
	KindSubsection             // a struct that is sent only when needed
	KindLeaf                   // plain values
	KindArray                  // elements are the Children, called "[0]", "[1]", …
	KindQueue                  // likewise, any number of structs
	KindTree                   // likewise; each has the Children "key" and "value"
	KindNull                   // a nil pointer
)

// A Node is a piece of a section as a value: a field with its name, type,
// place in the stream and content. The Node of a whole section has the
// section's name.
type Node struct {
	Kind     Kind
	Name     string
	Type     string // of a field, as in the JSON description: "uint8", "struct", …
	Offset   int64  // in the stream it was read from
	Size     int    // bytes in that stream, headers and marks included
	Children []*Node

	// Of whatever has fields: the description and the version it is at.
	Description string
	Version     int

	// Instance of a section.
	Instance int

	// Data of a leaf: Count values of the same size, as they are on the wire.
	Data  []byte
	Count int

	alike bool   // one entry of the JSON description stands for all elements
	wire  uint32 // as it was read: the version of a subsection, the mark of an item
}

// Child returns the child with the given name, or nil.
func (n *Node) Child(name string) *Node {
	for _, c := range n.Children {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// Lookup finds a node below n by its path: names joined by dots, elements of
// arrays by their index in brackets, as in "channels[1].count". An element of
// an array of plain values is a leaf of its own that shares its Data with the
// array. Lookup returns nil if there is no such node.
//
// Names may contain dots and brackets themselves ("env.cr[0]"); the path is
// taken in whatever way leads to a node, a child's whole name first.
func (n *Node) Lookup(path string) *Node {
	if path == "" {
		return n
	}
	if n.Kind == KindLeaf {
		return n.lookupElement(path)
	}
	if c := n.Child(path); c != nil {
		return c
	}
	for _, c := range n.Children {
		rest, ok := strings.CutPrefix(path, c.Name)
		if !ok || rest != "" && rest[0] != '.' && rest[0] != '[' {
			continue
		}
		if found := c.Lookup(strings.TrimPrefix(rest, ".")); found != nil {
			return found
		}
	}
	return nil
}

func (n *Node) lookupElement(path string) *Node {
	text, ok := strings.CutSuffix(strings.TrimPrefix(path, "["), "]")
	i, err := strconv.Atoi(text)
	if !ok || err != nil || n.Count < 2 || i < 0 || i >= n.Count || indexSuffix(i) != path {
		return nil
	}
	return n.element(i)
}

// element is value i of a leaf as a leaf of its own.
func (n *Node) element(i int) *Node {
	size := len(n.Data) / n.Count
	return &Node{Kind: KindLeaf, Name: indexSuffix(i), Type: n.Type, Offset: n.Offset + int64(i*size), Size: size,
		Data: n.Data[i*size : (i+1)*size : (i+1)*size], Count: 1}
}

// Walk calls visit for n, with an empty path, and for every node below it.
// When visit returns false, what is below the node is left out.
func (n *Node) Walk(visit func(path string, n *Node) bool) { n.walk("", visit) }

func (n *Node) walk(path string, visit func(string, *Node) bool) {
	if !visit(path, n) {
		return
	}
	for _, c := range n.Children {
		c.walk(joinPath(path, c.Name), visit)
	}
}

func joinPath(path, name string) string {
	if path == "" || strings.HasPrefix(name, "[") {
		return path + name
	}
	return path + "." + name
}

// Remove takes a child out of n, normally a subsection that the receiver
// would refuse.
func (n *Node) Remove(child *Node) {
	n.Children = slices.DeleteFunc(n.Children, func(c *Node) bool { return c == child })
}
