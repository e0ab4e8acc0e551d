package vmstate

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// valueType is how the bytes of a leaf are read.
type valueType struct {
	size  int
	class valueClass
}

type valueClass uint8

const (
	classBytes valueClass = iota
	classBool
	classUnsigned
	classSigned
	classFloat
)

var valueTypes = map[string]valueType{
	typeBool:        {1, classBool},
	typeInt8:        {1, classSigned},
	typeInt16:       {2, classSigned},
	typeInt32:       {4, classSigned},
	typeInt64:       {8, classSigned},
	typeUint8:       {1, classUnsigned},
	typeUint16:      {2, classUnsigned},
	typeUint32:      {4, classUnsigned},
	typeUint64:      {8, classUnsigned},
	typeUint8Equal:  {1, classUnsigned},
	typeUint16Equal: {2, classUnsigned},
	typeInt32Equal:  {4, classSigned},
	typeUint32Equal: {4, classUnsigned},
	typeUint64Equal: {8, classUnsigned}, // unsigned for all its name
	typeInt32Max:    {4, classSigned},
	typeTimer:       {8, classSigned},
	typeFloat64:     {8, classFloat},
}

// class is how the values of a leaf are read: by its type, if its size is
// what that type has.
func (n *Node) class() valueClass {
	t := valueTypes[n.Type]
	if n.Count < 1 || len(n.Data) != n.Count*t.size {
		return classBytes
	}
	return t.class
}

// Value returns what a leaf holds: a bool, an int64, a uint64, a float64 or,
// for anything else, a []byte; for an array a []any of these. It is nil for
// other nodes.
func (n *Node) Value() any {
	if n.Kind != KindLeaf {
		return nil
	}
	if n.class() == classBytes {
		return n.Data
	}
	if n.Count == 1 {
		return n.scalar()
	}
	values := make([]any, n.Count)
	for i := range values {
		values[i] = n.element(i).scalar()
	}
	return values
}

// scalar is the value of a leaf that has just one.
func (n *Node) scalar() any {
	v := n.bits()
	switch shift := 64 - 8*len(n.Data); n.class() {
	case classBool:
		return v != 0
	case classSigned:
		return int64(v<<shift) >> shift
	case classFloat:
		return math.Float64frombits(v)
	default:
		return v
	}
}

func (n *Node) bits() uint64 {
	var b [8]byte
	copy(b[8-len(n.Data):], n.Data)
	return binary.BigEndian.Uint64(b[:])
}

// Set changes a leaf to a value given as text: a decimal, 0x…, 0b… or 0o…
// number, true or false, or for bytes two hexadecimal digits each, with or
// without spaces. The size of a leaf never changes.
func (n *Node) Set(value string) error {
	if n.Kind != KindLeaf {
		return fmt.Errorf("%s is not a plain value", n.Name)
	}
	if n.class() == classBytes {
		return n.setBytes(value)
	}
	if n.Count != 1 {
		return fmt.Errorf("%s has %d elements: name one, as in %s[0]", n.Name, n.Count, n.Name)
	}
	v, err := n.parse(value)
	if err != nil {
		return fmt.Errorf("%s: %q is no %s", n.Name, value, n.Type)
	}
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], v)
	copy(n.Data, b[8-len(n.Data):])
	return nil
}

func (n *Node) setBytes(value string) error {
	b, err := hex.DecodeString(strings.ReplaceAll(value, " ", ""))
	if err != nil {
		return fmt.Errorf("%s: %w", n.Name, err)
	}
	if len(b) != len(n.Data) {
		return fmt.Errorf("%s: %d bytes for a field of %d", n.Name, len(b), len(n.Data))
	}
	copy(n.Data, b)
	return nil
}

// parse returns the bits of a value given as text.
func (n *Node) parse(value string) (uint64, error) {
	bits := 8 * len(n.Data)
	switch n.class() {
	case classBool:
		v, err := strconv.ParseBool(value)
		if v {
			return 1, err
		}
		return 0, err
	case classSigned:
		v, err := strconv.ParseInt(value, 0, bits)
		return uint64(v), err
	case classFloat:
		v, err := strconv.ParseFloat(value, 64)
		return math.Float64bits(v), err
	default:
		return strconv.ParseUint(value, 0, bits)
	}
}

// String is the value of a leaf as text. A single value is in the form that
// Set takes, unsigned ones in hexadecimal; those of an array stand behind each
// other, hexadecimal without prefix. What has fields is called by its
// description.
func (n *Node) String() string {
	switch {
	case n.Kind == KindNull:
		return "nil"
	case n.Kind != KindLeaf && n.Description != "":
		return fmt.Sprintf("%s version %d", n.Description, n.Version)
	case n.Kind != KindLeaf:
		return fmt.Sprintf("%d children", len(n.Children))
	case n.class() == classBytes:
		return fmt.Sprintf("% x", n.Data)
	case n.Count == 1 && n.class() == classUnsigned:
		return fmt.Sprintf("0x%0*x", 2*len(n.Data), n.scalar())
	case n.Count == 1:
		return fmt.Sprint(n.scalar())
	}
	texts := make([]string, n.Count)
	for i := range texts {
		texts[i] = strings.TrimPrefix(n.element(i).String(), "0x")
	}
	return strings.Join(texts, " ")
}
