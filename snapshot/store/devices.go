package store

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"

	"toyvm/snapshot"
	"toyvm/snapshot/migration"
	"toyvm/vmstate"
)

// A piece is a stretch of the device stream: a section, or what is around the
// sections.
type piece struct {
	name     string // of the section; empty around them
	instance int
	data     []byte
}

func (p *piece) String() string {
	if p.name == "" {
		return "frame of the device stream"
	}
	return fmt.Sprintf("section %s (instance %d)", p.name, p.instance)
}

const (
	streamMachine = "isapc" // the name of the machine in the stream

	// What surrounds a section in a stream: type, number, length of the name,
	// instance and version; a mark and the number again.
	sectionHeader = 1 + 4 + 1 + 4 + 4
	sectionFooter = 1 + 4
)

// takeApart writes the stream of an image's devices, without memory, and cuts
// it into pieces and the description at its end.
func takeApart(sections []snapshot.Section) (pieces []piece, description []byte, err error) {
	var trees []*vmstate.Node
	for _, s := range sections {
		trees = append(trees, s.Tree)
	}
	var b bytes.Buffer
	if err := (&migration.Machine{Name: streamMachine, Devices: trees}).Write(&b); err != nil {
		return nil, nil, err
	}
	stream, err := migration.Parse(b.Bytes())
	if err != nil {
		return nil, nil, fmt.Errorf("the stream of the devices cannot be read back: %w", err)
	}
	at := 0
	for i, body := range stream.Bodies {
		if !bytes.Equal(body.Data, sections[i].Body) {
			return nil, nil, fmt.Errorf("section %s (instance %d): the tree of values does not give its bytes", body.Name, body.Instance)
		}
		start := int(body.Offset) - sectionHeader - len(body.Name)
		end := int(body.Offset) + len(body.Data) + sectionFooter
		if start > at {
			pieces = append(pieces, piece{data: b.Bytes()[at:start]})
		}
		pieces = append(pieces, piece{body.Name, body.Instance, b.Bytes()[start:end]})
		at = end
	}
	end := b.Len() - len(stream.JSON)
	return append(pieces, piece{data: b.Bytes()[at:end]}), stream.JSON, nil
}

// putTogether is the reverse.
func putTogether(pieces []piece, description []byte) ([]snapshot.Section, error) {
	var b []byte
	for _, p := range pieces {
		b = append(b, p.data...)
	}
	stream, err := migration.Parse(append(b, description...))
	if err != nil {
		return nil, err
	}
	var sections []snapshot.Section
	for i, body := range stream.Bodies {
		sections = append(sections, snapshot.Section{
			Name: body.Name, Instance: body.Instance, Version: body.Version,
			Body: slices.Clip(body.Data), Tree: stream.Devices[i],
		})
	}
	return sections, nil
}

// putPieces encodes pieces, each with a checksum.
func putPieces(pieces []piece) (p []byte) {
	p = binary.AppendUvarint(p, uint64(len(pieces)))
	for _, c := range pieces {
		stored, encoding := squeeze(c.data)
		p = putString(p, c.name)
		p = binary.AppendUvarint(p, uint64(c.instance))
		p = append(p, encoding)
		p = binary.AppendUvarint(p, uint64(len(c.data)))
		p = binary.AppendUvarint(p, uint64(len(stored)))
		p = little.AppendUint32(p, checksum(stored))
		p = append(p, stored...)
	}
	return p
}

func readPieces(data []byte) ([]piece, error) {
	d := &parser{data: data}
	var pieces []piece
	for count := d.uvarint(); count > 0 && d.err == nil; count-- {
		p := piece{name: d.string(), instance: int(int32(d.uvarint()))}
		encoding, size, length, sum := d.byte(), d.uvarint(), d.uvarint(), d.uint32()
		stored := d.bytes(length)
		if d.err != nil {
			break
		}
		if got := checksum(stored); got != sum {
			return nil, fmt.Errorf("%v: %w", &p, damaged("checksum %08x instead of %08x", got, sum))
		}
		var err error
		if p.data, err = unsqueeze(stored, encoding, size); err != nil {
			return nil, fmt.Errorf("%v: %w", &p, err)
		}
		pieces = append(pieces, p)
	}
	if d.err != nil {
		return nil, fmt.Errorf("part %q: %w", partDevices, d.err)
	}
	return pieces, nil
}
