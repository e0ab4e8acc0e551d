package vmstate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// A Schema lists what the devices of a program can send, in the format of
// QEMU's -dump-vmstate. Two of them tell whether one program can load what
// another one saved.
type Schema struct {
	Machine string

	// BySection tells that Types has the names of sections, as our own dumps
	// have; those of QEMU have the names of its types of devices.
	BySection bool

	Types map[string]*SchemaType
}

// A SchemaType is one type of device.
type SchemaType struct {
	Name        string        `json:"Name"`
	Version     int           `json:"version_id"`
	MinVersion  int           `json:"minimum_version_id"`
	Description *SchemaStruct `json:"Description,omitempty"`
}

// A SchemaStruct is a Description as plain data.
type SchemaStruct struct {
	Name          string         `json:"name"`
	Version       int            `json:"version_id"`
	MinVersion    int            `json:"minimum_version_id"`
	MinVersionOld *int           `json:"minimum_version_id_old,omitempty"` // if there is a LoadOld
	Fields        []SchemaField  `json:"Fields,omitempty"`
	Subsections   []SchemaStruct `json:"Subsections,omitempty"`
}

// A SchemaField is a Field as plain data. Size is that of one element: on the
// wire for our own dumps, 0 where it varies; in memory for QEMU's. What
// follows Size is missing from QEMU's dumps, but for Description.
type SchemaField struct {
	Name          string        `json:"field"`
	Version       int           `json:"version_id"`
	Exists        bool          `json:"field_exists"` // a predicate decides
	Size          int           `json:"size"`
	Type          string        `json:"type,omitempty"`
	ArrayLen      int           `json:"array_len,omitempty"`
	Counted       bool          `json:"counted,omitempty"`        // the state says how many elements or bytes there are
	Limit         int           `json:"limit,omitempty"`          // the most that fit; 0 if memory is allocated
	Pointers      bool          `json:"pointers,omitempty"`       // a nil one is a mark
	StructVersion *int          `json:"struct_version,omitempty"` // of a "vstruct"
	Key           *SchemaStruct `json:"Key,omitempty"`            // of a tree
	Description   *SchemaStruct `json:"Description,omitempty"`
}

// Schema describes what d sends. The lengths of arrays and buffers are those
// of t.
func (d *Description[T]) Schema(t *T) *SchemaStruct { return d.schema(t) }

func (d *Description[T]) schema(t *T) *SchemaStruct {
	s := &SchemaStruct{Name: d.Name, Version: d.Version, MinVersion: d.MinVersion}
	if d.LoadOld != nil {
		s.MinVersionOld = &d.MinVersionOld
	}
	for i := range d.Fields {
		if f := &d.Fields[i]; f.codec != nil {
			s.Fields = append(s.Fields, f.schema(t))
		}
	}
	for _, sub := range d.Subsections {
		s.Subsections = append(s.Subsections, *sub.schema(t))
	}
	return s
}

func (f *Field[T]) schema(t *T) SchemaField {
	s := SchemaField{Name: f.name, Version: f.since, Exists: f.when != nil, Size: f.elem.size, Type: f.elem.typ, Pointers: f.elem.pointers}
	f.codec.schema(t, &s)
	switch {
	case f.elem.one && f.count != nil:
		s.Counted, s.Limit, s.Size = true, s.Size, 0
	case f.count != nil || !f.elem.one && s.ArrayLen == 0:
		s.Counted, s.Limit, s.ArrayLen = true, s.ArrayLen, 0
	}
	switch f.elem.typ {
	case "struct", "vstruct", "tmp":
		s.Size = s.Description.size(s.sentAt())
	}
	return s
}

// sentAt is the version that the struct inside the field is saved at.
func (f *SchemaField) sentAt() int {
	if f.StructVersion != nil {
		return *f.StructVersion
	}
	return f.Description.Version
}

// size is what the fields that are always there take.
func (s *SchemaStruct) size(version int) int {
	n := 0
	for _, f := range s.Fields {
		if !f.Exists && !f.Counted && f.Version <= version {
			n += f.Size * f.elements()
		}
	}
	return n
}

// elements is how many elements there are: a field that is no array has one.
func (f *SchemaField) elements() int { return max(f.ArrayLen, 1) }

// NewSchema lists the types of the given sections under their names. Sections
// of one name count once if they are alike; those that differ from the first are
// listed as "name[1]", "name[2]", ….
func NewSchema(machine string, sections ...*Section) *Schema {
	s := &Schema{Machine: machine, BySection: true, Types: map[string]*SchemaType{}}
	for _, section := range sections {
		d := section.Schema()
		key := section.Name
		for i := 1; s.Types[key] != nil && !reflect.DeepEqual(s.Types[key].Description, d); i++ {
			key = section.Name + indexSuffix(i)
		}
		s.Types[key] = &SchemaType{Name: section.Name, Version: d.Version, MinVersion: d.MinVersion, Description: d}
	}
	return s
}

// of returns the type listed under key or, for a section that is like the
// first one of its name, under that name. It is nil if there is none.
func (s *Schema) of(key string) *SchemaType {
	if t := s.Types[key]; t != nil {
		return t
	}
	name, _, _ := strings.Cut(key, "[")
	return s.Types[name]
}

// machineKey is the entry of a dump that names the machine.
const machineKey = "vmschkmachine"

type schemaMachine struct {
	Name      string `json:"Name"`
	BySection bool   `json:"by_section,omitempty"`
}

// Write writes the dump: the machine first, then the types by name.
func (s *Schema) Write(w io.Writer) error {
	var b bytes.Buffer
	entry := func(name string, v any) error {
		key, err := json.Marshal(name)
		if err != nil {
			return err
		}
		text, err := json.MarshalIndent(v, "  ", "  ")
		fmt.Fprintf(&b, "  %s: %s", key, text)
		return err
	}
	b.WriteString("{\n")
	if err := entry(machineKey, schemaMachine{s.Machine, s.BySection}); err != nil {
		return err
	}
	for _, name := range s.names() {
		b.WriteString(",\n")
		if err := entry(name, s.Types[name]); err != nil {
			return err
		}
	}
	b.WriteString("\n}\n")
	_, err := w.Write(b.Bytes())
	return err
}

// ReadSchema reads a dump, our own or QEMU's.
func ReadSchema(text []byte) (*Schema, error) {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(text, &raw); err != nil {
		return nil, fmt.Errorf("no dump of vmstate descriptions: %w", err)
	}
	s := &Schema{Types: map[string]*SchemaType{}}
	var machine schemaMachine
	if raw[machineKey] == nil {
		return nil, errors.New("no dump of vmstate descriptions: the entry " + machineKey + " is missing")
	}
	if err := json.Unmarshal(raw[machineKey], &machine); err != nil {
		return nil, fmt.Errorf("%s: %w", machineKey, err)
	}
	s.Machine, s.BySection = machine.Name, machine.BySection
	delete(raw, machineKey)
	for name, text := range raw {
		t := &SchemaType{}
		if err := json.Unmarshal(text, t); err != nil {
			return nil, fmt.Errorf("type %s: %w", name, err)
		}
		s.Types[name] = t
	}
	return s, nil
}

// names lists the types in alphabetical order.
func (s *Schema) names() []string { return slices.Sorted(maps.Keys(s.Types)) }
