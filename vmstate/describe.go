package vmstate

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
)

// A Describer writes the JSON description of what is saved, in the words and
// the exact layout of QEMU. Give its Observe to NewEncoder.
type Describer struct {
	json  jsonWriter
	stack []describing
	skip  int // depth below an array element that looks like the first
}

// describing is what the innermost open object of the description is.
type describing uint8

const (
	describingFields      describing = iota // a BODY within its "fields"
	describingSubsections                   // a BODY within its "subsections"
)

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
		d.stack = append(d.stack, describingFields)
	case StructEnd:
		d.json.close(']')
		d.stack = d.stack[:len(d.stack)-1]
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
	if top := &d.stack[len(d.stack)-1]; *top == describingFields {
		*top = describingSubsections
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
	if ev.Type == "struct" {
		d.json.open('{', "struct")
	}
}

func (d *Describer) elementEnd(ev Event) {
	if ev.Type == "struct" {
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

// A jsonWriter writes JSON on one line, with a space behind each comma and
// colon.
type jsonWriter struct {
	buf []byte
}

// next separates what follows from what precedes, and names it.
func (w *jsonWriter) next(key string) {
	if n := len(w.buf); n > 0 && w.buf[n-1] != '{' && w.buf[n-1] != '[' {
		w.buf = append(w.buf, ", "...)
	}
	if key != "" {
		w.quote(key)
		w.buf = append(w.buf, ": "...)
	}
}

func (w *jsonWriter) open(bracket byte, key string) {
	w.next(key)
	w.buf = append(w.buf, bracket)
}

func (w *jsonWriter) close(bracket byte) { w.buf = append(w.buf, bracket) }

func (w *jsonWriter) int(key string, v int) {
	w.next(key)
	w.buf = strconv.AppendInt(w.buf, int64(v), 10)
}

func (w *jsonWriter) string(key, v string) {
	w.next(key)
	w.quote(v)
}

func (w *jsonWriter) quote(s string) {
	w.buf = append(w.buf, '"')
	for _, r := range s {
		short := strings.IndexRune("\"\\\b\f\n\r\t", r)
		switch {
		case short >= 0:
			w.buf = append(w.buf, '\\', `"\bfnrt`[short])
		case r < ' ' || r > '~':
			for _, unit := range utf16.AppendRune(nil, r) {
				w.buf = fmt.Appendf(w.buf, "\\u%04X", unit)
			}
		default:
			w.buf = append(w.buf, byte(r))
		}
	}
	w.buf = append(w.buf, '"')
}
