// Package migration reads the migration stream of QEMU: a header, the name of
// the machine, the guest's memory, one section for each device and a JSON
// description of them all. It takes the framing apart; what is inside a
// device's section is package vmstate's business.
package migration

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"toyvm/vmstate"
)

// What stands at the beginning of a stream, and the types of what follows.
const (
	magic   = 0x5145564d // "QEVM"
	version = 3

	typeEOF           = 0x00
	typeStart         = 0x01 // first part of a section that comes in parts
	typePart          = 0x02
	typeEnd           = 0x03
	typeFull          = 0x04 // a whole section
	typeDescription   = 0x06 // behind the EOF
	typeConfiguration = 0x07 // behind the header
	footer            = 0x7e // ends every section
)

// A Stream is a migration stream taken apart.
type Stream struct {
	Machine string          // "isapc"
	Pages   []Page          // their contents, in the order of the stream
	Blocks  []Block         // guest memory
	Devices []*vmstate.Node // the sections of devices in order, name by name and value by value
	Bodies  []Body          // the same sections as bytes
	JSON    []byte          // the description of all sections
}

// A Block is a piece of guest memory.
type Block struct {
	Name string `json:"name"` // "pc.ram"
	Size int64  `json:"size"` // bytes
}

// A Body is the content of a device's section.
type Body struct {
	ID          uint32 // number that the sender gave to the section
	Name        string
	Instance    int
	Version     int
	Offset      int64 // of Data in the stream
	Data        []byte
	Description *vmstate.SectionDescription
}

// Device returns the first section with the given name and instance, or nil.
func (s *Stream) Device(name string, instance int) *vmstate.Node {
	for _, d := range s.Devices {
		if d.Name == name && d.Instance == instance {
			return d
		}
	}
	return nil
}

// Parse takes a stream apart. It reads the devices by the description in the
// stream itself, so it understands also those that this program lacks.
func Parse(data []byte) (*Stream, error) {
	r := &reader{Decoder: vmstate.NewDecoder(bytes.NewReader(data), nil), data: data}
	if err := r.stream(); err != nil {
		return nil, fmt.Errorf("migration stream: %w", err)
	}
	return &r.Stream, nil
}

type reader struct {
	*vmstate.Decoder
	Stream
	data        []byte
	description *vmstate.StreamDescription
	ramID       uint32
	block       string // of the last page
}

func (r *reader) errorf(format string, args ...any) error {
	if err := r.Err(); err != nil {
		return err
	}
	return &vmstate.Error{Offset: r.Offset(), Err: fmt.Errorf(format, args...)}
}

func (r *reader) stream() error {
	if got := r.Uint32(); got != magic {
		return r.errorf("not a migration stream: it begins with %08x, not with \"QEVM\"", got)
	}
	if got := r.Uint32(); got != version {
		return r.errorf("version %d of the stream format is not supported, only %d is", got, version)
	}
	r.JSON = findDescription(r.data)
	if r.JSON == nil {
		return r.errorf("no JSON description in the stream, so what its sections hold is unknown")
	}
	var err error
	if r.description, err = vmstate.ParseDescription(r.JSON); err != nil {
		return err
	}
	if r.Uint8() != typeConfiguration {
		return r.errorf("the configuration section is missing")
	}
	name := make([]byte, min(r.Uint32(), 255))
	r.Raw(name)
	r.Machine = string(name)
	for {
		switch typ := r.Uint8(); {
		case r.Err() != nil:
			return r.Err()
		case typ == typeEOF:
			return nil
		case typ == typeStart || typ == typeFull:
			err = r.section(typ)
		case typ == typePart || typ == typeEnd:
			err = r.part()
		default:
			err = r.errorf("unknown section type %#02x", typ)
		}
		if err != nil {
			return err
		}
	}
}

// findDescription looks for the JSON description, which is at the end of the
// stream behind its length. It returns nil if there is none.
func findDescription(data []byte) []byte {
	for end := len(data); ; {
		i := bytes.LastIndexByte(data[:end], '{')
		if i < 5 {
			return nil
		}
		if data[i-5] == typeDescription {
			if size := int(binary.BigEndian.Uint32(data[i-4:])); size <= len(data)-i {
				return data[i : i+size]
			}
		}
		end = i
	}
}

func (r *reader) string() string {
	b := make([]byte, r.Uint8())
	r.Raw(b)
	return string(b)
}

// section reads a section from behind its type to its footer.
func (r *reader) section(typ uint8) error {
	id := r.Uint32()
	body := Body{ID: id, Name: r.string(), Instance: int(r.Uint32()), Version: int(r.Uint32()), Offset: r.Offset()}
	if body.Name == "ram" {
		r.ramID = id
		if err := r.ram(); err != nil {
			return fmt.Errorf("section ram: %w", err)
		}
		return r.footer(id)
	}
	if typ != typeFull {
		return r.errorf("section %s (instance %d) comes in parts, which only ram may", body.Name, body.Instance)
	}
	if err := r.device(body); err != nil {
		return err
	}
	return r.footer(id)
}

// part reads a further part of the guest's memory.
func (r *reader) part() error {
	id := r.Uint32()
	if id != r.ramID || r.Blocks == nil {
		return r.errorf("part of a section %d that has not begun", id)
	}
	if err := r.ram(); err != nil {
		return fmt.Errorf("section ram: %w", err)
	}
	return r.footer(id)
}

func (r *reader) footer(id uint32) error {
	if got := r.Uint8(); got != footer {
		return r.errorf("byte %#02x where a section's footer is due", got)
	}
	if got := r.Uint32(); got != id {
		return r.errorf("footer of section %d behind section %d", got, id)
	}
	return r.Err()
}

// device reads the section with the description that stands for it: they are
// in the same order.
func (r *reader) device(body Body) error {
	i := len(r.Devices)
	if i >= len(r.description.Sections) {
		return r.errorf("section %s (instance %d) is not described", body.Name, body.Instance)
	}
	body.Description = r.description.Sections[i]
	if d := body.Description; d.Name != body.Name || d.Instance != body.Instance {
		return r.errorf("section %s (instance %d) is described as %s (instance %d)", body.Name, body.Instance, d.Name, d.Instance)
	}
	tree, err := body.Description.Tree(r.Decoder)
	if err != nil {
		return err
	}
	body.Data = r.data[body.Offset:r.Offset()]
	r.Devices, r.Bodies = append(r.Devices, tree), append(r.Bodies, body)
	return nil
}
