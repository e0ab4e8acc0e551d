package vmstate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
)

// A Schema lists what every type of device of a program can send, in the
// format of QEMU's -dump-vmstate. Two of them tell whether one program can
// load what another one saved.
type Schema struct {
	Machine string
	Types   map[string]*SchemaType
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
	Name        string         `json:"name"`
	Version     int            `json:"version_id"`
	MinVersion  int            `json:"minimum_version_id"`
	Fields      []SchemaField  `json:"Fields,omitempty"`
	Subsections []SchemaStruct `json:"Subsections,omitempty"`
}

// A SchemaField is a Field as plain data. Size is that of one element: on the
// wire for our own dumps, 0 where it varies; in memory for QEMU's. What
// follows Size is missing from QEMU's dumps.
type SchemaField struct {
	Name          string        `json:"field"`
	Version       int           `json:"version_id"`
	Exists        bool          `json:"field_exists"` // a predicate decides
	Size          int           `json:"size"`
	Type          string        `json:"type,omitempty"`
	ArrayLen      int           `json:"array_len,omitempty"`
	StructVersion *int          `json:"struct_version,omitempty"` // of a "vstruct"
	Key           *SchemaStruct `json:"Key,omitempty"`            // of a tree
	Description   *SchemaStruct `json:"Description,omitempty"`
}

// Schema describes what d sends. The lengths of arrays and buffers are those
// of t.
func (d *Description[T]) Schema(t *T) *SchemaStruct { return d.schema(t) }

func (d *Description[T]) schema(t *T) *SchemaStruct {
	s := &SchemaStruct{Name: d.Name, Version: d.Version, MinVersion: d.MinVersion}
	for i := range d.Fields {
		f := &d.Fields[i]
		if f.codec == nil {
			continue
		}
		field := SchemaField{Name: f.name, Version: f.since, Exists: f.when != nil, Size: f.elem.size, Type: f.elem.typ}
		f.codec.schema(t, &field)
		if field.Description != nil && (f.elem.typ == "struct" || f.elem.typ == "vstruct" || f.elem.typ == "tmp") {
			field.Size = field.Description.size(field.handledAt())
		}
		s.Fields = append(s.Fields, field)
	}
	for _, sub := range d.Subsections {
		s.Subsections = append(s.Subsections, *sub.schema(t))
	}
	return s
}

// handledAt is the version that a struct field is handled at.
func (f *SchemaField) handledAt() int {
	if f.StructVersion != nil {
		return *f.StructVersion
	}
	return f.Description.Version
}

// size is what the fields that are always there take.
func (s *SchemaStruct) size(version int) int {
	n := 0
	for _, f := range s.Fields {
		if !f.Exists && f.Version <= version {
			n += f.Size * max(f.ArrayLen, 1)
		}
	}
	return n
}

// NewSchema lists the types of the given sections under their names; sections
// of one name count once.
func NewSchema(machine string, sections ...*Section) *Schema {
	s := &Schema{Machine: machine, Types: map[string]*SchemaType{}}
	for _, section := range sections {
		d := section.Schema()
		s.Types[section.Name] = &SchemaType{Name: section.Name, Version: d.Version, MinVersion: d.MinVersion, Description: d}
	}
	return s
}

// machineKey is the entry of a dump that names the machine.
const machineKey = "vmschkmachine"

type schemaMachine struct {
	Name string `json:"Name"`
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
	if err := entry(machineKey, schemaMachine{s.Machine}); err != nil {
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
	s.Machine = machine.Name
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
