package vmstate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// A StreamDescription is the JSON description at the end of a stream. It
// allows reading sections that the program has no code for.
type StreamDescription struct {
	PageSize int
	Sections []*SectionDescription
}

// A SectionDescription says what one section of a stream consists of.
type SectionDescription struct {
	Name     string
	Instance int
	body     bodyDescription
}

// bodyDescription is a description at work: "vmsd_name" and what follows it.
type bodyDescription struct {
	name        string
	version     int
	fields      []fieldDescription
	subsections []bodyDescription
}

type fieldDescription struct {
	name     string
	typ      string
	arrayLen int // elements that look alike; 0 for one that stands for itself
	index    int // of an element that stands for itself
	indexed  bool
	size     int               // of one element
	bodies   []bodyDescription // one for a struct, any number for a queue or tree
}

// ParseDescription reads the JSON description of a stream. Members that it
// does not know are ignored.
func ParseDescription(text []byte) (*StreamDescription, error) {
	r := &descriptionReader{Decoder: json.NewDecoder(bytes.NewReader(text))}
	r.UseNumber()
	s := &StreamDescription{}
	err := r.object(func(key string) (err error) {
		switch key {
		case "page_size":
			s.PageSize, err = r.int()
		case "devices":
			err = r.array(func() error {
				section := &SectionDescription{}
				s.Sections = append(s.Sections, section)
				return r.section(section)
			})
		default:
			err = r.skip()
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("JSON description: %w (at byte %d)", err, r.InputOffset())
	}
	return s, nil
}

// descriptionReader reads JSON token by token: objects may use a key several
// times, and then the order counts.
type descriptionReader struct {
	*json.Decoder
	depth int // of objects and arrays within each other
}

// maxDepth bounds depth: a machine's description has about ten levels.
const maxDepth = 100

func (r *descriptionReader) section(s *SectionDescription) error {
	return r.object(func(key string) (err error) {
		switch key {
		case "name":
			s.Name, err = r.string()
		case "instance_id":
			s.Instance, err = r.int()
		default:
			err = r.bodyMember(&s.body, key)
		}
		return err
	})
}

func (r *descriptionReader) bodyMember(b *bodyDescription, key string) (err error) {
	switch key {
	case "vmsd_name":
		b.name, err = r.string()
	case "version":
		b.version, err = r.int()
	case "fields":
		err = r.array(func() error {
			b.fields = append(b.fields, fieldDescription{})
			return r.field(&b.fields[len(b.fields)-1])
		})
	case "subsections":
		err = r.array(func() error {
			b.subsections = append(b.subsections, bodyDescription{})
			sub := &b.subsections[len(b.subsections)-1]
			return r.object(func(key string) error { return r.bodyMember(sub, key) })
		})
	default:
		err = r.skip()
	}
	return err
}

func (r *descriptionReader) field(f *fieldDescription) error {
	return r.object(func(key string) (err error) {
		switch key {
		case "name":
			f.name, err = r.string()
		case "type":
			f.typ, err = r.string()
		case "array_len":
			f.arrayLen, err = r.int()
		case "index":
			f.indexed = true
			f.index, err = r.int()
		case "size":
			f.size, err = r.int()
		case "struct":
			var b bodyDescription
			err = r.object(func(key string) error { return r.bodyMember(&b, key) })
			if b.name != "" { // the struct behind a nil pointer is empty
				f.bodies = append(f.bodies, b)
			}
		case "vmsd_name", "version", "fields", "subsections":
			if key == "vmsd_name" { // begins the next item of a queue
				f.bodies = append(f.bodies, bodyDescription{})
			}
			if len(f.bodies) == 0 {
				return errors.New("struct without a name")
			}
			err = r.bodyMember(&f.bodies[len(f.bodies)-1], key)
		default:
			err = r.skip()
		}
		return err
	})
}

// object reads an object; member reads the value of each key.
func (r *descriptionReader) object(member func(key string) error) error {
	return r.list('{', func() error {
		key, err := r.string()
		if err != nil {
			return err
		}
		return member(key)
	})
}

func (r *descriptionReader) array(element func() error) error { return r.list('[', element) }

func (r *descriptionReader) list(opening json.Delim, element func() error) error {
	if r.depth++; r.depth > maxDepth {
		return errors.New("nested too deeply")
	}
	defer func() { r.depth-- }()
	token, err := r.token()
	if err != nil {
		return err
	}
	if token != opening {
		return fmt.Errorf("%v where %v is due", token, opening)
	}
	for r.More() {
		if err := element(); err != nil {
			return err
		}
	}
	_, err = r.token()
	return err
}

func (r *descriptionReader) token() (json.Token, error) {
	token, err := r.Token()
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return token, err
}

func (r *descriptionReader) string() (string, error) {
	token, err := r.token()
	if err != nil {
		return "", err
	}
	s, ok := token.(string)
	if !ok {
		return "", fmt.Errorf("%v where a string is due", token)
	}
	return s, nil
}

// maxNumber bounds the numbers of a description: sizes, counts, versions.
const maxNumber = 1<<31 - 1

func (r *descriptionReader) int() (int, error) {
	token, err := r.token()
	if err != nil {
		return 0, err
	}
	number, _ := token.(json.Number)
	v, err := number.Int64()
	if err != nil || v < 0 || v > maxNumber {
		return 0, fmt.Errorf("%v where a number from 0 to %d is due", token, maxNumber)
	}
	return int(v), nil
}

func (r *descriptionReader) skip() error {
	var ignored json.RawMessage
	return r.Decode(&ignored)
}
