package vmstate

import "fmt"

// A Finding is a reason why a program with the newer schema cannot load, or
// would misread, what one with the older schema saved.
type Finding struct {
	Path    string // "serial.state.serial/tsr.thr"
	Problem string
}

func (f Finding) String() string { return f.Path + ": " + f.Problem }

// Check compares the schemas of two releases and returns what stands between
// a snapshot of the older one and the newer one, in the older one's order. Two
// schemas of the same program are always compatible. QEMU's dumps are
// compared as far as they go: they hold neither types nor lengths of arrays.
func Check(before, after *Schema) []Finding {
	c := checker{}
	for _, name := range before.names() {
		a, b := before.Types[name], after.Types[name]
		switch {
		case b == nil:
			c.find(name, "the type is gone: its sections will be refused")
		case a.Description == nil || b.Description == nil:
			c.versions(name, a.Version, b.Version, a.MinVersion, b.MinVersion)
		default:
			c.versioned(name, a.Description, b.Description)
		}
	}
	return c.findings
}

type checker struct {
	findings []Finding
}

func (c *checker) find(path, problem string, args ...any) {
	c.findings = append(c.findings, Finding{path, fmt.Sprintf(problem, args...)})
}

// versions compares version numbers and tells whether b still accepts what a
// writes.
func (c *checker) versions(path string, version, newVersion, minVersion, newMinVersion int) bool {
	if newVersion < version {
		c.find(path, "version_id went back from %d to %d: snapshots of the older release are too new", version, newVersion)
	}
	if newMinVersion < minVersion {
		c.find(path, "minimum_version_id went back from %d to %d: versions that were given up cannot return", minVersion, newMinVersion)
	}
	if newMinVersion > version && minVersion <= version { // else nobody could load it before
		c.find(path, "minimum_version_id %d is above the older version_id %d: snapshots of the older release are refused", newMinVersion, version)
		return false
	}
	return newVersion >= version
}

// versioned compares descriptions whose version travels in the stream:
// sections and subsections. The newer one reads the older one's stream at the
// older version.
func (c *checker) versioned(path string, a, b *SchemaStruct) {
	if a.Name != b.Name {
		c.find(path, "description %q is now called %q", a.Name, b.Name)
	}
	if c.versions(path, a.Version, b.Version, a.MinVersion, b.MinVersion) {
		c.fields(path, a, b, a.Version, a.Version)
	}
	c.subsections(path, a, b)
}

// fixed compares structs that travel without a version: each side handles
// them at a version of its own.
func (c *checker) fixed(path string, a, b *SchemaStruct, version, newVersion int) {
	if b.Version < a.Version {
		c.find(path, "version_id went back from %d to %d", a.Version, b.Version)
	}
	if b.MinVersion < a.MinVersion {
		c.find(path, "minimum_version_id went back from %d to %d", a.MinVersion, b.MinVersion)
	}
	c.fields(path, a, b, version, newVersion)
	c.subsections(path, a, b)
}

func (c *checker) subsections(path string, a, b *SchemaStruct) {
	for i := range a.Subsections {
		sub := &a.Subsections[i]
		below := joinPath(path, sub.Name)
		if other := b.subsection(sub.Name); other != nil {
			c.versioned(below, sub, other)
		} else {
			c.find(below, "the subsection is gone: snapshots that hold it are refused")
		}
	}
}

func (s *SchemaStruct) subsection(name string) *SchemaStruct {
	for i := range s.Subsections {
		if s.Subsections[i].Name == name {
			return &s.Subsections[i]
		}
	}
	return nil
}

// fields compares what a sends at version with what b expects at newVersion,
// place by place: names do not travel, so a field under a new name is fine.
func (c *checker) fields(path string, a, b *SchemaStruct, version, newVersion int) {
	sent, due := a.at(version), b.at(newVersion)
	i, k := 0, 0
	for i < len(sent) && k < len(due) {
		x, y := sent[i], due[k]
		switch {
		case x.Name == y.Name || x.sameWire(y) && !named(due[k:], x.Name) && !named(sent[i:], y.Name):
			if x.padding() == y.padding() {
				c.field(joinPath(path, x.Name), x, y)
			}
			i, k = i+1, k+1
		case !named(due[k:], x.Name):
			c.removed(path, x)
			i++
		case !named(sent[i:], y.Name):
			c.added(path, y, newVersion)
			k++
		default:
			c.find(joinPath(path, x.Name), "field %s now stands before it: the order of fields is the order of bytes", y.Name)
			return
		}
	}
	for _, x := range sent[i:] {
		c.removed(path, x)
	}
	for _, y := range due[k:] {
		c.added(path, y, newVersion)
	}
}

func (c *checker) removed(path string, f *SchemaField) {
	c.find(joinPath(path, f.Name), "the field was removed: keep its place with Unused")
}

func (c *checker) added(path string, f *SchemaField, version int) {
	c.find(joinPath(path, f.Name), "the field was added to version %d, which older snapshots have without it: use Since with a new version, or a subsection", version)
}

// at lists the fields that a stream of the given version may hold.
func (s *SchemaStruct) at(version int) []*SchemaField {
	var fields []*SchemaField
	for i := range s.Fields {
		if f := &s.Fields[i]; f.Exists || f.Version <= version {
			fields = append(fields, f)
		}
	}
	return fields
}

func named(fields []*SchemaField, name string) bool {
	for _, f := range fields {
		if f.Name == name {
			return true
		}
	}
	return false
}

// sameWire tells whether a field under another name takes the same bytes;
// padding may take the place of any.
func (f *SchemaField) sameWire(g *SchemaField) bool {
	if f.Exists != g.Exists {
		return false
	}
	if f.padding() || g.padding() {
		return f.Size*max(f.ArrayLen, 1) == g.Size*max(g.ArrayLen, 1)
	}
	return f.Type == g.Type && f.Size == g.Size && f.ArrayLen == g.ArrayLen && (f.Description == nil) == (g.Description == nil)
}

func (f *SchemaField) padding() bool { return f.Type == "unused_buffer" }

func (c *checker) field(path string, a, b *SchemaField) {
	typed := a.Type != "" && b.Type != "" // and counted: QEMU's dumps are not
	if typed && a.Type != b.Type {
		c.find(path, "type changed from %s to %s", a.Type, b.Type)
		return
	}
	if a.Exists != b.Exists {
		c.find(path, "a predicate now decides whether the field exists, or no longer does")
	}
	if typed && a.ArrayLen != b.ArrayLen {
		c.find(path, "number of elements changed from %d to %d", a.ArrayLen, b.ArrayLen)
	}
	sized := typed || a.Size > 0 && b.Size > 0 // QEMU does not size what is behind a pointer
	switch {
	case a.Description != nil && b.Description != nil:
		c.fixed(path, a.Description, b.Description, a.handledAt(), b.handledAt())
	case a.Description != nil || b.Description != nil:
		c.find(path, "a struct became a plain value, or the other way round")
	case sized && a.Size != b.Size:
		c.find(path, "size changed from %d to %d bytes", a.Size, b.Size)
	}
	if a.Key != nil && b.Key != nil {
		c.fixed(path+".key", a.Key, b.Key, a.Key.Version, b.Key.Version)
	}
}
