package vmstate

import (
	"bytes"
	"slices"
)

// A Change is a difference between two trees: a leaf with another value, a
// struct of another description or version, or something that only one of them
// has, the other being nil.
type Change struct {
	Path     string
	Old, New *Node
}

// Diff compares two trees by path and returns what differs, in the order of
// the older one. Where an array has the same length in both, each differing
// element is a Change of its own. A tree that is nil has nothing.
func Diff(before, after *Node) []Change {
	switch {
	case before == nil && after == nil:
		return nil
	case before == nil || after == nil:
		return []Change{{"", before, after}}
	}
	return diff(nil, "", before, after)
}

func diff(changes []Change, path string, a, b *Node) []Change {
	if a.Kind != b.Kind || a.Kind == KindLeaf && (a.Type != b.Type || a.Count != b.Count || len(a.Data) != len(b.Data)) {
		return append(changes, Change{path, a, b})
	}
	if a.Kind == KindLeaf {
		return diffLeaf(changes, path, a, b)
	}
	if a.Description != b.Description || a.Version != b.Version {
		changes = append(changes, Change{path, a, b})
	}
	left := map[string][]*Node{} // children of b by name, in case several have the same
	for _, c := range b.Children {
		left[c.Name] = append(left[c.Name], c)
	}
	for _, c := range a.Children {
		below := joinPath(path, c.Name)
		if others := left[c.Name]; len(others) > 0 {
			changes = diff(changes, below, c, others[0])
			left[c.Name] = others[1:]
		} else {
			changes = append(changes, Change{below, c, nil})
		}
	}
	for _, c := range b.Children {
		if slices.Contains(left[c.Name], c) {
			changes = append(changes, Change{joinPath(path, c.Name), nil, c})
		}
	}
	return changes
}

func diffLeaf(changes []Change, path string, a, b *Node) []Change {
	if bytes.Equal(a.Data, b.Data) {
		return changes
	}
	if a.Count == 1 {
		return append(changes, Change{path, a, b})
	}
	for i := range a.Count {
		if x, y := a.element(i), b.element(i); !bytes.Equal(x.Data, y.Data) {
			changes = append(changes, Change{path + x.Name, x, y})
		}
	}
	return changes
}
