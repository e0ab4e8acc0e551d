package vmstate

import "strings"

// Load reads t as version wrote it. After an error t holds what was read
// before, and nothing of it should be used.
func (d *Description[T]) Load(dec *Decoder, t *T, version int) error {
	if err := d.load(dec, t, version); err != nil {
		return err
	}
	return dec.Err()
}

// Unmarshal loads t from body, which must be used up exactly.
func (d *Description[T]) Unmarshal(body []byte, t *T, version int) error {
	dec := newBodyDecoder(body, nil)
	if err := d.Load(dec, t, version); err != nil {
		return err
	}
	return dec.finish()
}

func (d *Description[T]) load(dec *Decoder, t *T, version int) error {
	start := dec.Offset()
	switch {
	case d.old(version):
		return d.loadOld(dec, t, version)
	case !d.current(version):
		return errorAt(start, d.versionError(version))
	}
	if d.PreLoad != nil {
		if err := d.hooked(dec, start, "pre-load", d.PreLoad(t)); err != nil {
			return err
		}
	}
	dec.observe(start, Event{Kind: StructStart, Name: d.Name, Version: version})
	if err := d.loadFields(dec, t, version); err != nil {
		return err
	}
	if err := d.loadSubsections(dec, t); err != nil {
		return err
	}
	dec.observe(start, Event{Kind: StructEnd, Name: d.Name, Version: version})
	if d.PostLoad != nil {
		return d.hooked(dec, start, "post-load", d.PostLoad(t, version))
	}
	return nil
}

// current tells whether the fields of d read version.
func (d *Description[T]) current(version int) bool {
	return d.MinVersion <= version && version <= d.Version
}

func (d *Description[T]) versionError(version int) error {
	return &VersionError{Name: d.Name, Got: version, Min: d.MinVersion, Max: d.Version}
}

// hooked says which hook of the struct at start err comes from. If the stream
// is bad already, that is the reason: the hook stumbled over the zeros behind
// its end.
func (d *Description[T]) hooked(dec *Decoder, start int64, hook string, err error) error {
	if err == nil {
		return nil
	}
	if dec.err != nil {
		return dec.err
	}
	return errorAt(start, &HookError{Hook: hook, Name: d.Name, Err: err})
}

func (d *Description[T]) loadFields(dec *Decoder, t *T, version int) error {
	for i := range d.Fields {
		f := &d.Fields[i]
		if !f.exists(t, version) {
			if f.codec == nil {
				return within(d.fieldName(i), dec.error(&ValidationError{Name: f.name}))
			}
			continue
		}
		if f.codec == nil {
			continue
		}
		var err error
		if dec.observer == nil && f.elem.one {
			if err = f.codec.load(dec, t, f, 0, 1); err == nil {
				err = dec.err
			}
		} else {
			err = d.loadElements(dec, t, i)
		}
		if err != nil {
			// Whatever goes wrong in a field spoils the stream for good.
			dec.fail(err)
			return within(d.fieldName(i), err)
		}
	}
	return nil
}

func (d *Description[T]) loadElements(dec *Decoder, t *T, field int) error {
	f := &d.Fields[field]
	n := f.elements(t)
	if err := f.makeRoom(dec, t, n); err != nil {
		return err
	}
	var name string
	if dec.observer != nil {
		name = d.fieldName(field)
	}
	for i := 0; i < n; i += f.step(n) {
		err := f.loadElement(dec, t, name, i, n)
		if err == nil {
			err = dec.err
		}
		if err != nil {
			return f.atElement(i, n, err)
		}
	}
	return nil
}

// makeRoom sees to it that n elements can be loaded. Where memory is allocated
// for them there must be a byte for each at least.
func (f *Field[T]) makeRoom(dec *Decoder, t *T, n int) error {
	a, allocates := f.codec.(allocator[T])
	if !allocates {
		if room := f.codec.room(t); n > room {
			return dec.error(&LimitError{What: "elements", Got: n, Limit: room})
		}
		return nil
	}
	if !dec.holds(n, max(f.codec.least(), 1)) {
		return dec.err
	}
	a.reset(t)
	return nil
}

// loadElement reads element i of n, or all of them if they are plain values.
func (f *Field[T]) loadElement(dec *Decoder, t *T, name string, i, n int) error {
	start := dec.Offset()
	if f.isNull(t, i) {
		if got := dec.Uint8(); dec.err == nil && got != nullMarker {
			return errorAt(start, &MarkerError{Want: "the mark of a nil pointer", Got: got})
		}
		dec.observe(start, f.event(Null, name, i, n))
		return nil
	}
	load := func() error { return f.codec.load(dec, t, f, i, f.step(n)) }
	if dec.observer == nil {
		return load()
	}
	ev := f.event(f.endKind(), name, i, n)
	var err error
	if f.elem.composite {
		dec.observe(start, f.event(ElementStart, name, i, n))
		err = load()
	} else {
		ev.Data, err = dec.record(load)
	}
	if err == nil && dec.err == nil {
		dec.observe(start, ev)
	}
	return err
}

// loadSubsections reads the subsections that follow, in whatever order. It
// looks before it reads: bytes that turn out to be no subsection of d are
// left to whoever encloses it.
func (d *Description[T]) loadSubsections(dec *Decoder, t *T) error {
	for dec.err == nil && dec.look(0) == subsectionMark {
		start := dec.Offset()
		length := int(dec.look(1))
		if length < len(d.Name)+1 {
			return nil // too short to be below d: "(short)"
		}
		header := dec.Peek(2 + length)
		if len(header) < 2+length {
			// In a body that stands alone, bytes that cannot begin our name are data.
			rest := string(header[min(2, len(header)):])
			if !dec.sealed || rest != "" && (strings.HasPrefix(d.Name, rest) || strings.HasPrefix(rest, d.Name)) {
				dec.ended(2+length, len(header))
			}
			return nil // "(peek fail)"
		}
		name := string(header[2:])
		if !strings.HasPrefix(name, d.Name) {
			return nil // somebody else's: "(prefix)"
		}
		sub := d.subsection(name)
		if sub == nil {
			return dec.error(&SubsectionError{Parent: d.Name, Name: name}) // "(lookup)"
		}
		dec.Skip(2 + length)
		at := dec.Offset()
		wire := dec.Uint32()
		if dec.err != nil {
			return within(name, dec.err)
		}
		version := int(uint8(wire)) // QEMU keeps 8 bits of it
		if !sub.current(version) && !sub.old(version) {
			return within(name, errorAt(at, sub.versionError(version)))
		}
		dec.observe(start, Event{Kind: SubsectionStart, Name: name, Version: version, Wire: wire})
		if err := sub.load(dec, t, version); err != nil {
			return within(name, err) // "(child)"
		}
		dec.observe(start, Event{Kind: SubsectionEnd, Name: name, Version: version})
	}
	return nil
}

func (d *Description[T]) subsection(name string) *Description[T] {
	for _, sub := range d.Subsections {
		if sub.Name == name {
			return sub
		}
	}
	return nil
}
