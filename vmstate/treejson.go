package vmstate

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
)

// MarshalJSON gives the tree below n: structs as objects in the order of their
// fields, arrays as arrays, integers as numbers, bytes as a string of
// hexadecimal digits.
func (n *Node) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	err := n.appendJSON(&b)
	return b.Bytes(), err
}

func (n *Node) appendJSON(b *bytes.Buffer) error {
	switch n.Kind {
	case KindNull:
		b.WriteString("null")
		return nil
	case KindLeaf:
		v := n.Value()
		if raw, ok := v.([]byte); ok {
			v = hex.EncodeToString(raw)
		}
		text, err := json.Marshal(v)
		if err != nil { // an infinity or not a number
			text, err = json.Marshal(n.String())
		}
		b.Write(text)
		return err
	}
	list := n.Kind == KindArray || n.Kind == KindQueue || n.Kind == KindTree
	opening, closing := byte('{'), byte('}')
	if list {
		opening, closing = '[', ']'
	}
	b.WriteByte(opening)
	for i, c := range n.Children {
		if i > 0 {
			b.WriteByte(',')
		}
		if !list {
			name, err := json.Marshal(c.Name)
			if err != nil {
				return err
			}
			b.Write(name)
			b.WriteByte(':')
		}
		if err := c.appendJSON(b); err != nil {
			return err
		}
	}
	b.WriteByte(closing)
	return nil
}
