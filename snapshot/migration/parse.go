package migration

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"toyvm/snapshot"
	"toyvm/vmstate"
)

// Parse takes a stream apart. It reads the devices by the description in the
// stream itself, so it understands also those that this program lacks. What is
// behind the description does not matter.
func Parse(data []byte) (*Stream, error) {
	s, err := parse(data)
	if err != nil {
		return nil, fmt.Errorf("migration stream: %w", err)
	}
	return s, nil
}

func parse(data []byte) (*Stream, error) {
	var failure error
	farthest := int64(-1)
	for _, at := range descriptions(data) {
		r := &reader{Decoder: vmstate.NewDecoder(bytes.NewReader(data), nil), data: data, described: at}
		err := r.stream()
		if err == nil {
			return &r.Stream, nil
		}
		if r.Offset() > farthest && (failure == nil || at != nowhere) {
			farthest, failure = r.Offset(), err
		}
	}
	return nil, failure
}

const (
	nowhere = -1 // place of a description that is missing
	most    = 16 // places that are tried
)

// descriptions lists where the JSON description may be: behind the byte that
// ends the sections, its own type and its length. Only who reads the sections
// knows where they end, but they are read by the description: so one place
// after the other is tried. The last is the first, as the guest's memory may
// hold whole streams.
func descriptions(data []byte) []int {
	var places []int
	for end := len(data); len(places) < most; {
		i := bytes.LastIndexByte(data[:end], '{')
		if i < 6 {
			break
		}
		size := int64(binary.BigEndian.Uint32(data[i-4:]))
		if data[i-6] == typeEOF && data[i-5] == typeDescription && size <= int64(len(data)-i) {
			places = append(places, i)
		}
		end = i
	}
	return append(places, nowhere)
}

type reader struct {
	*vmstate.Decoder
	Stream
	data         []byte
	described    int // where JSON is in data, or nowhere
	description  *vmstate.StreamDescription
	ignoreShared bool // blocks are listed with their addresses
	ramID        uint32
	block        string           // of the last page
	sizes        map[string]int64 // of the blocks
}

// errorf is an error about what begins at stream offset at; but if the stream
// has ended, that is what is wrong.
func (r *reader) errorf(at int64, format string, args ...any) error {
	if err := r.Err(); err != nil {
		return err
	}
	return &vmstate.Error{Offset: at, Err: fmt.Errorf(format, args...)}
}

// inSection names the section in which err happened.
func inSection(name string, instance int, err error) error {
	var e *vmstate.Error
	if !errors.As(err, &e) {
		return err
	}
	c := *e
	c.Section, c.Instance = name, instance
	return &c
}

func (r *reader) stream() error {
	if got := r.Uint32(); got != magic {
		return r.errorf(0, "not a migration stream: it begins with %08x, not with \"QEVM\"", got)
	}
	if got := r.Uint32(); got != version {
		return r.errorf(4, "version %d of the stream format is not supported, only %d is", got, version)
	}
	if err := r.readDescription(); err != nil {
		return err
	}
	if err := r.configuration(); err != nil {
		return err
	}
	for {
		at := r.Offset()
		var err error
		switch typ := r.Uint8(); {
		case r.Err() != nil:
			return r.Err()
		case typ == typeEOF:
			return r.end(at)
		case typ == typeStart || typ == typeFull:
			err = r.section(at, typ)
		case typ == typePart || typ == typeEnd:
			err = r.part(at)
		default:
			err = r.errorf(at, "unknown section type %#02x", typ)
		}
		if err != nil {
			return err
		}
	}
}

// readDescription reads the description ahead of all that it describes.
func (r *reader) readDescription() (err error) {
	r.description = &vmstate.StreamDescription{}
	if r.described != nowhere {
		size := int(binary.BigEndian.Uint32(r.data[r.described-4:]))
		r.JSON = r.data[r.described : r.described+size]
		if r.description, err = vmstate.ParseDescription(r.JSON); err == nil {
			err = r.readPrivate()
		}
	}
	return err
}

// readPrivate reads what toyvm put into the description: settings, and a stream
// of its own.
func (r *reader) readPrivate() error {
	var holder struct {
		Toyvm    []byte            `json:"toyvm"`
		Settings map[string]string `json:"toyvm-settings"`
	}
	if err := json.Unmarshal(r.JSON, &holder); err != nil {
		return nil // somebody else's keys
	}
	for _, name := range slices.Sorted(maps.Keys(holder.Settings)) {
		r.Settings = append(r.Settings, snapshot.Setting{Name: name, Value: holder.Settings[name]})
	}
	if holder.Toyvm == nil {
		return nil
	}
	inner, err := parse(holder.Toyvm)
	if err != nil {
		return fmt.Errorf("stream of toyvm's own within the description: %w", err)
	}
	r.Private = inner.Bodies
	return nil
}

// end checks that the description stands behind the sections, which end at at,
// and describes no more than these.
func (r *reader) end(at int64) error {
	if r.described != nowhere && at != int64(r.described-6) {
		return r.errorf(at, "the sections end here, but their description is at offset %#x", r.described)
	}
	if n := len(r.Devices); n < len(r.description.Sections) {
		next := r.description.Sections[n]
		return r.errorf(at, "the sections end here, but the description goes on with section %s (instance %d)", next.Name, next.Instance)
	}
	return nil
}

func (r *reader) string() string {
	b := make([]byte, r.Uint8())
	r.Raw(b)
	return string(b)
}

// section reads the section at offset at from behind its type to its footer.
func (r *reader) section(at int64, typ uint8) error {
	id := r.Uint32()
	body := Body{ID: id, Name: r.string(), Instance: int(r.Uint32()), Version: int(r.Uint32()), Offset: r.Offset()}
	var err error
	switch {
	case body.Name == "ram":
		r.ramID = id
		err = r.ram()
	case typ == typeFull:
		err = r.device(at, body)
	default:
		err = r.errorf(at, "the section comes in parts, which only ram may")
	}
	if err != nil {
		return inSection(body.Name, body.Instance, err)
	}
	return r.footer(id)
}

// part reads a further part of the guest's memory.
func (r *reader) part(at int64) error {
	id := r.Uint32()
	if id != r.ramID || r.Blocks == nil {
		return r.errorf(at, "part of a section %d that has not begun", id)
	}
	if err := r.ram(); err != nil {
		return inSection("ram", 0, err)
	}
	return r.footer(id)
}

func (r *reader) footer(id uint32) error {
	at := r.Offset()
	if got := r.Uint8(); got != footer {
		return r.errorf(at, "byte %#02x where a section's footer is due", got)
	}
	if got := r.Uint32(); got != id {
		return r.errorf(at, "footer of section %d behind section %d", got, id)
	}
	return r.Err()
}

// device reads the section at offset at with the description that stands for
// it: they are in the same order.
func (r *reader) device(at int64, body Body) error {
	i := len(r.Devices)
	switch {
	case r.described == nowhere:
		return r.errorf(at, "no JSON description in the stream, so what the section holds is unknown")
	case i >= len(r.description.Sections):
		return r.errorf(at, "the section is not described")
	}
	body.Description = r.description.Sections[i]
	if d := body.Description; d.Name != body.Name || d.Instance != body.Instance {
		return r.errorf(at, "the section is described as %s (instance %d)", d.Name, d.Instance)
	}
	tree, err := body.Description.Tree(r.Decoder)
	if err != nil {
		return err
	}
	body.Data = r.data[body.Offset:r.Offset()]
	r.Devices, r.Bodies = append(r.Devices, tree), append(r.Bodies, body)
	return nil
}
