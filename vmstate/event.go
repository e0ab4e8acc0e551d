package vmstate

import "fmt"

// An Observer is shown every step of a save or a load as it happens. The
// JSON description, the value tree and traces are all made by observers. A
// nil Observer costs one comparison a field.
type Observer func(Event)

// An EventKind says what an Event reports.
type EventKind uint8

// The kinds of events, with the members of Event that each one sets beside
// Offset.
const (
	// SectionStart and SectionEnd enclose the body of a section: Name,
	// Instance, Version; at the end Size.
	SectionStart EventKind = iota
	SectionEnd
	// StructStart and StructEnd enclose a description at work, also a
	// section's outermost one: Name, Version; at the end Size.
	StructStart
	StructEnd
	// SubsectionStart and SubsectionEnd do so for a subsection. Its header is
	// part of Size; at the start Wire.
	SubsectionStart
	SubsectionEnd
	// ElementStart and ElementEnd enclose an element that is made of others:
	// Name, Type, Index, Count, Alike; at the end Size.
	ElementStart
	ElementEnd
	// Leaf is a field with plain values, Count of them: Name, Type, Alike,
	// Size and Data of all of them together.
	Leaf
	// Pointee is such a field's one value behind element Index of an array of
	// Count pointers.
	Pointee
	// Null is the marker byte that stands for a nil pointer: as ElementStart.
	Null
	// Item announces element Index of a queue or an entry of a tree: Wire.
	Item
	// Key is the number under which a tree holds the entry: Data.
	Key
)

// An Event is one step of a save or a load.
type Event struct {
	Kind     EventKind
	Name     string // of the section, description or field
	Instance int    // of the section
	Version  int    // that the description is handled at
	Type     string // of the field, as in the JSON description
	Index    int    // of the element
	Count    int    // of the field's elements
	Alike    bool   // one entry of the JSON description stands for all elements
	Offset   int64  // in the stream
	Size     int    // bytes
	Data     []byte // valid during the call only
	Wire     uint32 // as it stands in the stream: a subsection's version, an item's mark
}

func (ev Event) String() string {
	at := fmt.Sprintf("%06x", ev.Offset)
	switch ev.Kind {
	case SectionStart:
		return fmt.Sprintf("%s section %s (instance %d) version %d", at, ev.Name, ev.Instance, ev.Version)
	case SectionEnd:
		return fmt.Sprintf("%s end of section %s, %d bytes", at, ev.Name, ev.Size)
	case StructStart:
		return fmt.Sprintf("%s struct %s version %d", at, ev.Name, ev.Version)
	case StructEnd:
		return fmt.Sprintf("%s end of struct %s, %d bytes", at, ev.Name, ev.Size)
	case SubsectionStart:
		return fmt.Sprintf("%s subsection %s version %d", at, ev.Name, ev.Version)
	case SubsectionEnd:
		return fmt.Sprintf("%s end of subsection %s, %d bytes", at, ev.Name, ev.Size)
	case ElementStart:
		return fmt.Sprintf("%s element %s %s", at, ev.element(), ev.Type)
	case ElementEnd:
		return fmt.Sprintf("%s end of element %s, %d bytes", at, ev.element(), ev.Size)
	case Leaf:
		count := ""
		if ev.Count > 1 {
			count = indexSuffix(ev.Count)
		}
		return fmt.Sprintf("%s field %s %s%s, %d bytes", at, ev.Name, ev.Type, count, ev.Size)
	case Pointee:
		return fmt.Sprintf("%s field %s %s, %d bytes", at, ev.element(), ev.Type, ev.Size)
	case Null:
		return fmt.Sprintf("%s element %s is nil", at, ev.element())
	case Item:
		return fmt.Sprintf("%s item %d", at, ev.Index)
	default:
		return fmt.Sprintf("%s key %x", at, ev.Data)
	}
}

func (ev Event) element() string {
	if ev.Count > 1 {
		return ev.Name + indexSuffix(ev.Index)
	}
	return ev.Name
}
