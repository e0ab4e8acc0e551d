package vmstate

// A Description says how the state of a T travels: its name and versions, its
// fields in wire order, its optional subsections, and the hooks around them.
// It is plain data, normally one package variable beside the device, and safe
// for concurrent use because nothing ever writes to it.
type Description[T any] struct {
	// Name identifies the description in the stream. A subsection's name must
	// begin with its parent's, by convention followed by a slash.
	Name string

	// Version is what Save writes; Load accepts MinVersion to Version.
	Version    int
	MinVersion int

	// LoadOld reads streams from MinVersionOld up to just below MinVersion. It
	// replaces everything else: no hook, field or subsection is looked at.
	LoadOld       func(t *T, d *Decoder, version int) error
	MinVersionOld int

	// PreLoad runs before the first field is read, to set what an absent field
	// or subsection stands for; PostLoad after the last subsection, to check
	// the values and derive the rest.
	PreLoad  func(t *T) error
	PostLoad func(t *T, version int) error

	// PreSave runs before the first byte is written. PostSave runs after it
	// succeeded, whether or not the rest did.
	PreSave  func(t *T) error
	PostSave func(t *T) error

	// Needed tells whether a subsection, or a whole section, is sent at all;
	// nil means always. It is not asked for a struct inside another.
	Needed func(t *T) bool

	Fields      Fields[T]
	Subsections []*Description[T]
}

// Fields lists the fields of a T in wire order.
type Fields[T any] []Field[T]

func (d *Description[T]) needed(t *T) bool { return d.Needed == nil || d.Needed(t) }

// compressible tells whether one entry of the JSON description can stand for
// every element of an array of this struct: all elements look alike only if
// nothing in them is optional.
func (d *Description[T]) compressible() bool {
	for i := range d.Fields {
		if !d.Fields[i].alike() {
			return false
		}
	}
	return d.Subsections == nil
}

// least is a lower bound of the bytes that d at version v takes on the wire.
func (d *Description[T]) least(v int) int {
	n := 0
	for i := range d.Fields {
		if f := &d.Fields[i]; f.elem.one && f.when == nil && f.since <= v {
			n += f.codec.least()
		}
	}
	return n
}

// Memory shows a pointer to, or a slice of, every piece of memory that the
// fields of d read and write in t, whether or not they would be sent now, and a
// MapEntry for everything that is in a map. It is for tests that look for
// forgotten fields.
func (d *Description[T]) Memory(t *T, see func(pointerOrSlice any)) {
	for i := range d.Fields {
		if codec := d.Fields[i].codec; codec != nil {
			codec.touch(t, see)
		}
	}
	for _, sub := range d.Subsections {
		sub.Memory(t, see)
	}
}

// A MapEntry stands for an entry of a map, which has no address: Key and Value
// point to copies, and Memory shows what of these is read and written.
type MapEntry struct {
	Map        any // pointer to the map
	Key, Value any
}

// fieldName is the name under which field i is described: a name that several
// fields share gets its occurrence as a suffix, sent or not.
func (d *Description[T]) fieldName(i int) string {
	name, before, total := d.Fields[i].name, 0, 0
	for k := range d.Fields {
		if d.Fields[k].name == name {
			if k < i {
				before++
			}
			total++
		}
	}
	if total == 1 {
		return name
	}
	return name + indexSuffix(before)
}
