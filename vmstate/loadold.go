package vmstate

// old tells whether LoadOld reads version.
func (d *Description[T]) old(version int) bool {
	return d.LoadOld != nil && d.MinVersionOld <= version && version < d.MinVersion
}

// loadOld leaves everything to LoadOld. An observer sees a struct with one
// buffer: the bytes that were read.
func (d *Description[T]) loadOld(dec *Decoder, t *T, version int) error {
	start := dec.Offset()
	ev := Event{Kind: StructStart, Name: d.Name, Version: version}
	dec.observe(start, ev)
	observer := dec.mute()
	load := func() error { return d.LoadOld(t, dec, version) }
	var data []byte
	var err error
	if observer == nil {
		err = load()
	} else {
		data, err = dec.record(load)
	}
	dec.observer = observer
	if _, located := err.(*Error); err != nil && !located {
		err = &HookError{Hook: "old-version load", Name: d.Name, Err: err}
	}
	if err := dec.reason(start, err); err != nil {
		return err
	}
	dec.observe(start, Event{Kind: Leaf, Name: "data", Type: typeBuffer, Count: 1, Alike: true, Data: data})
	ev.Kind = StructEnd
	dec.observe(start, ev)
	return nil
}
