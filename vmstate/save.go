package vmstate

// Save writes t: its fields, then the subsections that are needed.
func (d *Description[T]) Save(e *Encoder, t *T) error { return d.save(e, t, d.Version) }

// Marshal returns the bytes that Save writes.
func (d *Description[T]) Marshal(t *T) ([]byte, error) {
	var e Encoder
	err := d.Save(&e, t)
	return e.Bytes(), err
}

func (d *Description[T]) save(e *Encoder, t *T, version int) error {
	start := e.Offset()
	if d.PreSave != nil {
		if err := d.PreSave(t); err != nil {
			return errorAt(start, &HookError{Hook: "pre-save", Name: d.Name, Err: err})
		}
	}
	e.observe(start, Event{Kind: StructStart, Name: d.Name, Version: version})
	err := d.saveFields(e, t, version)
	if err == nil {
		err = d.saveSubsections(e, t)
	}
	if d.PostSave != nil {
		if hookErr := d.PostSave(t); err == nil && hookErr != nil {
			err = errorAt(start, &HookError{Hook: "post-save", Name: d.Name, Err: hookErr})
		}
	}
	if err == nil {
		e.observe(start, Event{Kind: StructEnd, Name: d.Name, Version: version})
	}
	return err
}

func (d *Description[T]) saveFields(e *Encoder, t *T, version int) error {
	for i := range d.Fields {
		f := &d.Fields[i]
		if !f.exists(t, version) {
			if f.codec == nil {
				return within(d.fieldName(i), e.error(&ValidationError{Name: f.name}))
			}
			continue
		}
		if f.codec == nil {
			continue
		}
		var err error
		if e.observer == nil && f.elem.one {
			err = f.codec.save(e, t, f, 0, 1)
		} else {
			err = d.saveElements(e, t, i)
		}
		if err != nil {
			return within(d.fieldName(i), err)
		}
	}
	return nil
}

func (d *Description[T]) saveElements(e *Encoder, t *T, field int) error {
	f := &d.Fields[field]
	n := f.elements(t)
	if room := f.codec.room(t); n > room {
		return e.error(&LimitError{What: "elements", Got: n, Limit: room})
	}
	var name string
	if e.observer != nil {
		name = d.fieldName(field)
	}
	for i := 0; i < n; i += f.step(n) {
		if err := f.saveElement(e, t, name, i, n); err != nil {
			return f.atElement(i, n, err)
		}
	}
	return nil
}

// saveElement writes element i of n, or all of them if they are plain values.
func (f *Field[T]) saveElement(e *Encoder, t *T, name string, i, n int) error {
	start := e.Offset()
	if f.isNull(t, i) {
		e.Uint8(nullMarker)
		e.observe(start, f.event(Null, name, i, n))
		return nil
	}
	if f.elem.composite {
		e.observe(start, f.event(ElementStart, name, i, n))
	}
	if err := f.codec.save(e, t, f, i, f.step(n)); err != nil {
		return err
	}
	if e.observer != nil {
		ev := f.event(f.endKind(), name, i, n)
		if !f.elem.composite {
			ev.Data = e.buf[start-e.base:]
		}
		e.observe(start, ev)
	}
	return nil
}

// endKind is the event that follows an element of f.
func (f *Field[T]) endKind() EventKind {
	switch {
	case f.elem.composite:
		return ElementEnd
	case f.elem.pointers:
		return Pointee
	default:
		return Leaf
	}
}

func (d *Description[T]) saveSubsections(e *Encoder, t *T) error {
	for _, sub := range d.Subsections {
		if !sub.needed(t) {
			continue
		}
		start := e.Offset()
		e.observe(start, Event{Kind: SubsectionStart, Name: sub.Name, Version: sub.Version, Wire: uint32(sub.Version)})
		if err := e.subsection(sub.Name, sub.Version); err != nil {
			return err
		}
		if err := sub.save(e, t, sub.Version); err != nil {
			return within(sub.Name, err)
		}
		e.observe(start, Event{Kind: SubsectionEnd, Name: sub.Name, Version: sub.Version})
	}
	return nil
}

// subsection writes the header of a subsection: its mark, the length of its
// name, the name and the version.
func (e *Encoder) subsection(name string, version int) error {
	if len(name) > maxName {
		return e.error(&LimitError{What: "bytes in the name of a subsection", Got: len(name), Limit: maxName})
	}
	e.Uint8(subsectionMark)
	e.Uint8(uint8(len(name)))
	e.buf = append(e.buf, name...)
	e.Uint32(uint32(version))
	return nil
}

const (
	subsectionMark       = 5
	subsectionHeaderSize = 1 + 1 + 4 // without the name
	maxName              = 255       // its length travels in a byte
)
