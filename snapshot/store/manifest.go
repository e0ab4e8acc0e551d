package store

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// A manifest is a snapshot as its file tells it, before its pages are looked
// for.
type manifest struct {
	Info
	segments []id
	devices  []piece
	tables   []wireTable
	targets  []Target // of a journal
}

// What a table is about.
const (
	tableMemory      = 0 // a block of memory
	tableDisk        = 1 // the medium in a drive
	tableDescription = 2 // the JSON at the end of the device stream
	tableFirmware    = 3 // what a reset puts into memory
)

// A wireTable is a table before its segments are known, and what it is for.
type wireTable struct {
	kind uint8
	name string // of the block or of the drive
	size int64  // bytes
	wire []wireRun

	// Of disks:
	path     string
	readOnly bool
	contents bool // there are pages at all
}

// Flags of a disk.
const (
	diskReadOnly = 1 << 0
	diskContents = 1 << 1
)

// Limits of what a manifest may announce.
const (
	mostMemory = 4 << 30  // bytes, in all blocks
	mostOther  = 64 << 20 // bytes of firmware and description
	mostDisk   = 1 << 50  // bytes
)

// pagesOf is how many pages hold size bytes.
func pagesOf(size int64) int64 { return (size + pageSize - 1) / pageSize }

// A fullTable is a table with what it is for.
type fullTable struct {
	wireTable // but for the runs
	table
}

// encode makes the file of a snapshot. bases are those of the tables.
func (m *manifest) encode(tables []*fullTable, bases map[ref]ref) ([]byte, error) {
	meta, err := json.Marshal(m.json())
	if err != nil {
		return nil, err
	}
	segments, encoded := putTables(tables, bases)

	var body []byte
	stored, encoding := squeeze(meta)
	body = putPart(body, partMeta, stored, encoding, len(meta))
	if len(m.Thumbnail) > 0 {
		body = putPart(body, partThumbnail, m.Thumbnail, encodingRaw, len(m.Thumbnail))
	}
	body = putPart(body, partSegments, segments, encodingRaw, len(segments))
	devices := putPieces(m.devices)
	body = putPart(body, partDevices, devices, encodingRaw, len(devices))
	body = putPart(body, partTables, encoded, encodingRaw, len(encoded))
	if m.targets != nil {
		journal, err := json.Marshal(m.targets)
		if err != nil {
			return nil, err
		}
		body = putPart(body, partJournal, journal, encodingRaw, len(journal))
	}
	return sealManifest(body), nil
}

// putTables encodes tables, and the list of the segments that they need.
func putTables(tables []*fullTable, bases map[ref]ref) (segments, p []byte) {
	numbers := map[*segment]int{}
	number := func(s *segment) int {
		n, ok := numbers[s]
		if !ok {
			n = len(numbers)
			numbers[s] = n
			segments = append(segments, s.id[:]...)
		}
		return n
	}
	p = binary.AppendUvarint(p, uint64(len(tables)))
	for _, t := range tables {
		p = append(p, t.kind)
		p = putString(p, t.name)
		p = binary.AppendUvarint(p, uint64(t.size))
		if t.kind == tableDisk {
			p = putString(p, t.path)
			p = append(p, t.flags())
		}
		p = t.put(p, number)
	}
	for _, b := range slices.SortedFunc(maps.Values(bases), ref.compare) {
		number(b.segment)
	}
	return segments, p
}

func (t *wireTable) flags() (flags uint8) {
	if t.readOnly {
		flags |= diskReadOnly
	}
	if t.contents {
		flags |= diskContents
	}
	return flags
}

// parseManifest reads the file of a snapshot.
func parseManifest(data []byte) (*manifest, error) {
	body, whole := openManifest(data)
	if body == nil && whole != nil {
		return nil, whole
	}
	m, err := parseBody(body)
	if err == nil {
		err = whole
	}
	return m, err
}

func parseBody(body []byte) (*manifest, error) {
	parts, err := readParts(body)
	if err != nil {
		return nil, err
	}
	for _, kind := range []string{partMeta, partSegments, partDevices, partTables} {
		if _, ok := parts[kind]; !ok {
			return nil, damaged("part %q is missing", kind)
		}
	}
	var j metaJSON
	if err := json.Unmarshal(parts[partMeta], &j); err != nil {
		return nil, damaged("part %q: %v", partMeta, err)
	}
	m := &manifest{Info: j.info(parts[partThumbnail])}
	if m.segments, err = readSegments(parts[partSegments]); err != nil {
		return nil, err
	}
	if m.devices, err = readPieces(parts[partDevices]); err != nil {
		return nil, err
	}
	if journal, ok := parts[partJournal]; ok {
		if err := json.Unmarshal(journal, &m.targets); err != nil {
			return nil, damaged("part %q: %v", partJournal, err)
		}
	}
	d := &parser{data: parts[partTables]}
	m.tables = readTables(d, len(m.segments))
	if d.err == nil && d.at != len(d.data) {
		d.fail("something follows the last table")
	}
	if d.err != nil {
		return nil, fmt.Errorf("part %q: %w", partTables, d.err)
	}
	return m, nil
}

func readSegments(p []byte) (list []id, err error) {
	for len(p) >= len(id{}) {
		list = append(list, id(p))
		p = p[len(id{}):]
	}
	if len(p) > 0 {
		return nil, damaged("part %q: %d bytes too many", partSegments, len(p))
	}
	return list, nil
}

func readTables(d *parser, segments int) (tables []wireTable) {
	memory, other, descriptions := int64(0), int64(0), 0
	for count := d.uvarint(); count > 0 && d.err == nil; count-- {
		t := wireTable{kind: d.byte(), name: d.string()}
		size := d.uvarint()
		if size > mostDisk {
			d.fail("%q has %d bytes", t.name, size)
			return nil
		}
		t.size = int64(size)
		switch t.kind {
		case tableMemory:
			if memory += t.size; memory > mostMemory || t.size%pageSize != 0 {
				d.fail("memory block %q of %d bytes, %d with those before it", t.name, t.size, memory)
				return nil
			}
		case tableDisk:
			t.path = d.string()
			flags := d.byte()
			t.readOnly, t.contents = flags&diskReadOnly != 0, flags&diskContents != 0
		case tableDescription, tableFirmware:
			if other += t.size; other > mostOther {
				d.fail("%v of %d bytes, %d with what is before it", &t, t.size, other)
				return nil
			}
		default:
			d.fail("table of kind %d", t.kind)
			return nil
		}
		if t.kind != tableDisk || t.contents {
			t.wire = readRuns(d, pagesOf(t.size), segments)
		}
		if t.kind == tableDescription {
			descriptions++
		}
		tables = append(tables, t)
	}
	if descriptions != 1 {
		d.fail("%d descriptions of the devices instead of one", descriptions)
	}
	return tables
}

// checkManifest reads the content of a file, which must be that of a tag.
func checkManifest(data []byte, name, tag string) (*manifest, error) {
	m, err := parseManifest(data)
	if err == nil && m.Tag != tag {
		err = damaged("this is the file of snapshot %q", m.Tag)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return m, nil
}

// readManifest reads the file of a snapshot.
func readManifest(fs files, name, tag string) (*manifest, error) {
	data, err := readFile(fs, name)
	if err != nil {
		return nil, err
	}
	return checkManifest(data, name, tag)
}

func readFile(fs files, name string) ([]byte, error) {
	f, err := fs.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	size, err := f.Size()
	if err != nil {
		return nil, err
	}
	data := make([]byte, size)
	return data, readAt(f, data, 0)
}
