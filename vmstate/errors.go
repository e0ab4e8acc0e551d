package vmstate

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// An Error says where in a stream a save or a load stopped. Err is the reason,
// one of the types below or what a hook returned.
type Error struct {
	Section  string // name of the section; empty outside one
	Instance int    // of the section
	Path     string // field within the section: "channels[1].count"; empty for the section as a whole
	Offset   int64  // position in the stream, in bytes
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
	fmt.Fprintf(&b, "%v at offset %#x", e.Err, e.Offset)
	return b.String()
}

func (e *Error) Unwrap() error { return e.Err }

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
// one that the machine was built with.
type MismatchError struct {
	Local, Incoming int64
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
	Name string // of the Validate field
}

func (e *ValidationError) Error() string { return fmt.Sprintf("validation %q does not hold", e.Name) }

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
	Announced, Got int
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
