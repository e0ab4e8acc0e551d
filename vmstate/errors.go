package vmstate

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// An Error says where in a stream a save or a load stopped. Err is the reason,
// one of the types below or what a hook returned.
//
// Path is spelled as in a tree, so that [Node.Lookup] takes it. Offset is where
// the value begins that the error is about: the field, mark or version number
// that is refused, the struct whose hook failed; for a Validate field, the end
// of the fields before it. If the stream ends too early it is the end of the
// stream.
type Error struct {
	Section  string // name of the section; empty outside one
	Instance int    // of the section
	Path     string // field within the section: "channels[1].count"; empty for the section as a whole
	Offset   int64  // in the stream, in bytes
	Err      error
}

func (e *Error) Error() string {
	var b strings.Builder
	if e.Section != "" {
		fmt.Fprintf(&b, "section %s (instance %d): ", e.Section, e.Instance)
	}
	if e.Path != "" {
		fmt.Fprintf(&b, "field %s: ", e.Path)
	}
	fmt.Fprint(&b, e.Err)
	var inner *Error
	if !errors.As(e.Err, &inner) || inner.Offset != e.Offset { // else the text has it already
		fmt.Fprintf(&b, " at offset %#x", e.Offset)
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.Err }

// errorAt says where err happened, unless it knows better itself.
func errorAt(offset int64, err error) error {
	if _, located := err.(*Error); located {
		return err
	}
	return &Error{Offset: offset, Err: err}
}

// within puts the name of an enclosing field, subsection or element in front
// of the path of err.
func within(name string, err error) error {
	var e *Error
	if !errors.As(err, &e) {
		return err
	}
	c := *e
	if c.Path != "" && !strings.HasPrefix(c.Path, "[") {
		name += "."
	}
	c.Path = name + c.Path
	return &c
}

// inSection names the section in which err happened.
func inSection(name string, instance int, err error) error {
	var e *Error
	if !errors.As(err, &e) {
		return err
	}
	c := *e
	c.Section, c.Instance = name, instance
	return &c
}

// An EndError reports that the stream ended too early. It is an
// io.ErrUnexpectedEOF.
type EndError struct {
	Want, Have int // bytes
}

func (e *EndError) Error() string {
	return "unexpected end of stream"
}

func (e *EndError) Unwrap() error { return io.ErrUnexpectedEOF }

// A VersionError reports a version that the description cannot load.
type VersionError struct {
	Name          string // of the description
	Got, Min, Max int
}

func (e *VersionError) Error() string {
	if e.Got > e.Max {
		return fmt.Sprintf("%s version %d is too new (this program reads up to version %d): load it with a newer program", e.Name, e.Got, e.Max)
	}
	return fmt.Sprintf("%s version %d is too old (this program reads from version %d on)", e.Name, e.Got, e.Min)
}

// A MismatchError reports a value that must equal, or must not exceed, the
// one that the machine was built with. Both are the bits of the field, without
// a sign.
type MismatchError struct {
	Local, Incoming uint64
	Rule            string // "equal to" or "from 0 to"
	Hint            string // what to do about it; may be empty
}

func (e *MismatchError) Error() string {
	s := fmt.Sprintf("incoming value %#x must be %s the local %#x", e.Incoming, e.Rule, e.Local)
	if e.Hint != "" {
		s += ": " + e.Hint
	}
	return s
}

// A ValidationError reports a Validate field whose check does not hold.
type ValidationError struct {
	Name string // of the Validate field; also the end of the Error's Path
}

func (e *ValidationError) Error() string { return "validation does not hold" }

// A SubsectionError reports a subsection that its parent does not know.
type SubsectionError struct {
	Parent, Name string
}

func (e *SubsectionError) Error() string {
	return fmt.Sprintf("unknown subsection %q of %q: the stream uses a feature this program lacks", e.Name, e.Parent)
}

// A LimitError reports a count or a size that exceeds the memory it is for.
type LimitError struct {
	What       string // "elements", "bytes", …
	Got, Limit int
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("%d %s where at most %d fit", e.Got, e.What, e.Limit)
}

// A CountError reports a Tree that has fewer entries than it announces, or at
// least one more.
type CountError struct {
	Announced, Got int64
}

func (e *CountError) Error() string {
	return fmt.Sprintf("%d entries were announced, and %d came", e.Announced, e.Got)
}

// A MarkerError reports a byte that should have announced an element, a
// missing one or the end of a collection.
type MarkerError struct {
	Want string
	Got  byte
}

func (e *MarkerError) Error() string { return fmt.Sprintf("byte %#02x instead of %s", e.Got, e.Want) }

// A HookError carries what a hook of a description returned.
type HookError struct {
	Hook string // "pre-load", "post-load", "pre-save", "post-save" or "old-version load"
	Name string // of the description
	Err  error
}

func (e *HookError) Error() string { return fmt.Sprintf("%s of %s: %v", e.Hook, e.Name, e.Err) }

func (e *HookError) Unwrap() error { return e.Err }

// A TrailingError reports bytes behind the end of a section body.
type TrailingError struct {
	Bytes int
}

func (e *TrailingError) Error() string {
	return fmt.Sprintf("%d bytes left over: the sender's description of this section differs from ours", e.Bytes)
}

var errNil = errors.New("pointer is nil")
