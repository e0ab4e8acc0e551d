package vmstate

import (
	"cmp"
	"errors"
	"strings"
)

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
	if version > d.Version || version < d.MinVersion {
		if version < d.MinVersion && d.LoadOld != nil && version >= d.MinVersionOld {
			err := d.LoadOld(t, dec, version)
			return d.hooked(dec, "old-version load", cmp.Or(err, dec.err))
		}
		return dec.error(&VersionError{Name: d.Name, Got: version, Min: d.MinVersion, Max: d.Version})
	}
	if d.PreLoad != nil {
		if err := d.hooked(dec, "pre-load", d.PreLoad(t)); err != nil {
			return err
		}
	}
	start := dec.Offset()
	dec.observe(start, Event{Kind: StructStart, Name: d.Name, Version: version})
	if err := d.loadFields(dec, t, version); err != nil {
		return err
	}
	if err := d.loadSubsections(dec, t); err != nil {
		return err
	}
	dec.observe(start, Event{Kind: StructEnd, Name: d.Name, Version: version})
	if d.PostLoad != nil {
		return d.hooked(dec, "post-load", d.PostLoad(t, version))
	}
	return nil
}

// hooked says which hook err comes from. If the stream is bad already, that is
// the reason: the hook stumbled over the zeros behind its end.
func (d *Description[T]) hooked(dec *Decoder, hook string, err error) error {
	switch {
	case err == nil:
		return nil
	case dec.err == nil:
		return dec.error(&HookError{Hook: hook, Name: d.Name, Err: err})
	case errors.As(err, new(*Error)):
		return err
	default:
		return dec.err
	}
}

func (d *Description[T]) loadFields(dec *Decoder, t *T, version int) error {
	for i := range d.Fields {
		f := &d.Fields[i]
		if !f.exists(t, version) {
			if f.codec == nil {
				return dec.error(&ValidationError{Name: f.name})
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

// makeRoom sees to it that n elements can be loaded. What is allocated never
// exceeds what the bytes that are really there can fill.
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
	a.alloc(t, n)
	return nil
}

// loadElement reads element i of n, or all of them if they are plain values.
func (f *Field[T]) loadElement(dec *Decoder, t *T, name string, i, n int) error {
	start := dec.Offset()
	if f.isNull(t, i) {
		if got := dec.Uint8(); dec.err == nil && got != nullMarker {
			return dec.error(&MarkerError{Want: "the mark of a nil pointer", Got: got})
		}
		dec.observe(start, f.event(Null, name, i, n))
		return nil
	}
	if dec.observer == nil {
		return f.codec.load(dec, t, f, i, f.step(n))
	}
	if f.elem.composite {
		dec.observe(start, f.event(ElementStart, name, i, n))
	}
	_, outer := dec.hold()
	err := f.codec.load(dec, t, f, i, f.step(n))
	data := dec.release(start, outer)
	if err == nil && dec.err == nil {
		ev := f.event(f.endKind(), name, i, n)
		if !f.elem.composite {
			ev.Data = data
		}
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
		version := int(uint8(dec.Uint32())) // QEMU keeps 8 bits of it
		if dec.err != nil {
			return within(name, dec.err)
		}
		dec.observe(start, Event{Kind: SubsectionStart, Name: name, Version: version})
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
