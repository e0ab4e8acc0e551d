package vmstate

import "fmt"

// A Describer writes the JSON description of what is saved, in the words and
// the exact layout of QEMU. Give its Observe to NewEncoder. After a save that
// failed it stands in the middle of a section, and is of no use any more.
type Describer struct {
	json jsonWriter
	// inSubsections tells for each open struct whether its subsections have
	// begun.
	inSubsections []bool
	skip          int // depth below an array element that looks like the first
}

// JSON returns the description of the sections saved so far, one object each
// with a comma and a space between.
func (d *Describer) JSON() []byte { return d.json.buf }

// Stream returns the description of a whole stream made of these sections.
func (d *Describer) Stream(pageSize int) []byte {
	return fmt.Appendf(nil, `{"page_size": %d, "devices": [%s]}`, pageSize, d.JSON())
}

// Observe is an Observer.
func (d *Describer) Observe(ev Event) {
	switch {
	case ev.Kind == ElementStart && (d.skip > 0 || repeats(ev)):
		d.skip++
		return
	case ev.Kind == ElementEnd && d.skip > 0:
		d.skip--
		return
	case d.skip > 0:
		return
	}
	switch ev.Kind {
	case SectionStart:
		d.json.open('{', "")
		d.json.string("name", ev.Name)
		d.json.int("instance_id", ev.Instance)
	case SectionEnd, SubsectionEnd:
		d.json.close('}')
	case SubsectionStart:
		d.subsection()
	case StructStart:
		d.json.string("vmsd_name", ev.Name)
		d.json.int("version", ev.Version)
		d.json.open('[', "fields")
		d.inSubsections = append(d.inSubsections, false)
	case StructEnd:
		d.json.close(']')
		d.inSubsections = d.inSubsections[:len(d.inSubsections)-1]
	case ElementStart:
		d.elementStart(ev)
	case ElementEnd:
		d.elementEnd(ev)
	case Null, Pointee:
		if !repeats(ev) {
			d.elementStart(ev)
			d.elementEnd(ev)
		}
	case Leaf:
		d.leaf(ev)
	}
}

// repeats tells whether the entry of element 0 stands for ev's, too.
func repeats(ev Event) bool { return ev.Alike && ev.Index > 0 }

// subsection opens the entry of a subsection, and before the first one turns
// from the fields of its parent to the subsections.
func (d *Describer) subsection() {
	if begun := &d.inSubsections[len(d.inSubsections)-1]; !*begun {
		*begun = true
		d.json.close(']')
		d.json.open('[', "subsections")
	}
	d.json.open('{', "")
}

func (d *Describer) elementStart(ev Event) {
	d.json.open('{', "")
	d.json.string("name", ev.Name)
	if ev.Count > 1 {
		if ev.Alike {
			d.json.int("array_len", ev.Count)
		} else {
			d.json.int("index", ev.Index)
		}
	}
	d.json.string("type", ev.Type)
	if ev.Type == typeStruct {
		d.json.open('{', "struct")
	}
}

func (d *Describer) elementEnd(ev Event) {
	if ev.Type == typeStruct {
		d.json.close('}')
	}
	d.json.int("size", ev.Size)
	d.json.close('}')
}

// leaf writes one entry for a field of plain values, or one for each of them
// where they may not be taken together.
func (d *Describer) leaf(ev Event) {
	ev.Size /= max(ev.Count, 1)
	for ev.Index = 0; ev.Index < ev.Count && !repeats(ev); ev.Index++ {
		d.elementStart(ev)
		d.elementEnd(ev)
	}
}
