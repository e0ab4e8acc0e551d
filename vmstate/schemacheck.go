package vmstate

import (
	"fmt"
	"maps"
	"slices"
)

// A Finding is a reason why a program with the newer schema cannot load, or
// would misread, what one with the older schema saved.
type Finding struct {
	Path    string // "serial.state.serial/tsr.thr"
	Problem string
}

func (f Finding) String() string { return f.Path + ": " + f.Problem }

// Check compares the schemas of two releases and returns what stands between
// a snapshot of the older one and the newer one, in the older one's order. Two
// schemas of one program are compatible if it can load what it saves.
//
// QEMU's dumps are compared as far as they go: they hold neither types nor
// lengths of arrays. Between one of them and one of ours, a section is compared
// with whatever type of device has a description of that name and suits it
// best. What only QEMU has is not looked at, as its dumps list devices that
// the machine at hand lacks.
func Check(before, after *Schema) []Finding {
	switch {
	case before.BySection && !after.BySection:
		return checkOursWithTheirs(before, after)
	case after.BySection && !before.BySection:
		return checkTheirsWithOurs(before, after)
	}
	c := checker{}
	keys := maps.Clone(before.Types)
	maps.Copy(keys, after.Types)
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		a, b := before.of(key), after.of(key)
		switch {
		case a == nil:
		case b == nil:
			c.find(key, "the type is gone: its sections will be refused")
		default:
			c.types(key, a, b)
		}
	}
	return c.findings
}

func checkOursWithTheirs(before, after *Schema) []Finding {
	c := checker{}
	for _, key := range before.names() {
		a := before.Types[key]
		candidates := after.described(a.description())
		if len(candidates) == 0 {
			c.find(key, "no type of device has a description called %q: QEMU's dumps leave some out, such as the processor's", a.description())
		}
		c.closest(candidates, func(c *checker, b *SchemaType) { c.types(key, a, b) })
	}
	return c.findings
}

func checkTheirsWithOurs(before, after *Schema) []Finding {
	c := checker{}
	for _, key := range after.names() {
		b := after.Types[key]
		c.closest(before.described(b.description()), func(c *checker, a *SchemaType) { c.types(key, a, b) })
	}
	return c.findings
}

// described lists the types whose description has the given name.
func (s *Schema) described(name string) []*SchemaType {
	var found []*SchemaType
	for _, key := range s.names() {
		if t := s.Types[key]; t.description() == name {
			found = append(found, t)
		}
	}
	return found
}

// description is the name of the type's description.
func (t *SchemaType) description() string {
	if t.Description == nil {
		return ""
	}
	return t.Description.Name
}

type checker struct {
	findings []Finding
}

func (c *checker) find(path, problem string, args ...any) {
	c.findings = append(c.findings, Finding{path, fmt.Sprintf(problem, args...)})
}

// closest keeps the findings about that candidate which has the fewest.
func (c *checker) closest(candidates []*SchemaType, compare func(*checker, *SchemaType)) {
	var best checker
	for i, candidate := range candidates {
		var one checker
		if compare(&one, candidate); i == 0 || len(one.findings) < len(best.findings) {
			best = one
		}
	}
	c.findings = append(c.findings, best.findings...)
}

// types compares what is known of both.
func (c *checker) types(path string, a, b *SchemaType) {
	if a.Description != nil && b.Description != nil {
		c.versioned(path, a.Description, b.Description)
		return
	}
	c.versions(path, &SchemaStruct{Version: a.Version, MinVersion: a.MinVersion}, &SchemaStruct{Version: b.Version, MinVersion: b.MinVersion})
}

// versions compares version numbers and tells whether the fields of b read
// what a writes: they do not if b refuses it or has a LoadOld for it.
func (c *checker) versions(path string, a, b *SchemaStruct) bool {
	if b.Version < a.Version {
		c.find(path, "version_id went back from %d to %d: snapshots of the older release are too new", a.Version, b.Version)
	}
	c.minimum(path, a, b, ": versions that were given up cannot return")
	if !b.loads(a.Version) && b.Version >= a.Version && a.loads(a.Version) { // else nobody could load it before
		c.find(path, "minimum_version_id %d is above the older version_id %d: snapshots of the older release are refused", b.lowest(), a.Version)
	}
	return b.MinVersion <= a.Version && a.Version <= b.Version
}

func (c *checker) minimum(path string, a, b *SchemaStruct, why string) {
	if b.MinVersion < a.lowest() {
		c.find(path, "minimum_version_id went back from %d to %d%s", a.lowest(), b.MinVersion, why)
	}
}

// lowest is the lowest version that the description loads.
func (s *SchemaStruct) lowest() int {
	if s.MinVersionOld != nil {
		return min(*s.MinVersionOld, s.MinVersion)
	}
	return s.MinVersion
}

func (s *SchemaStruct) loads(version int) bool { return s.lowest() <= version && version <= s.Version }

// versioned compares descriptions whose version travels in the stream:
// sections and subsections. The newer one reads the older one's stream at the
// older version.
func (c *checker) versioned(path string, a, b *SchemaStruct) {
	if a.Name != b.Name {
		c.find(path, "description %q is now called %q", a.Name, b.Name)
	}
	if c.versions(path, a, b) {
		c.body(path, a, b, a.Version, a.Version)
	}
}

// inside compares structs that travel without a version: each side handles
// them at a version of its own, a as it saves and b as it loads.
func (c *checker) inside(path string, a, b *SchemaStruct, version, newVersion int) {
	if b.Version < a.Version {
		c.find(path, "version_id went back from %d to %d", a.Version, b.Version)
	}
	c.minimum(path, a, b, "")
	switch {
	case !b.loads(newVersion):
		c.find(path, "it is loaded at version %d, and %q loads %d to %d: give the field a Since that fits", newVersion, b.Name, b.lowest(), b.Version)
	case newVersion >= b.MinVersion:
		c.body(path, a, b, version, newVersion)
	}
}

func (c *checker) body(path string, a, b *SchemaStruct, version, newVersion int) {
	c.fields(path, a, b, version, newVersion)
	c.subsections(path, a, b)
}

func (c *checker) subsections(path string, a, b *SchemaStruct) {
	newer := map[string]*SchemaStruct{}
	for i := range b.Subsections {
		newer[b.Subsections[i].Name] = &b.Subsections[i]
	}
	for i := range a.Subsections {
		sub := &a.Subsections[i]
		below := joinPath(path, sub.Name)
		if other := newer[sub.Name]; other != nil {
			c.versioned(below, sub, other)
		} else {
			c.find(below, "the subsection is gone: snapshots that hold it are refused")
		}
	}
}
