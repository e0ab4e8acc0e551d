package vmstate

// A Section is one object of the machine under the name and instance number
// that it has in a stream. It hides the type of the object, so that a machine
// can list all it has.
type Section struct {
	Name     string // as in the stream; normally that of the description
	Instance int
	state    bound
}

// NewSection makes t a section named like its description.
func NewSection[T any](d *Description[T], t *T, instance int) *Section {
	return &Section{Name: d.Name, Instance: instance, state: &binding[T]{d, t}}
}

// bound is an object together with its description.
type bound interface {
	version() int
	needed() bool
	save(e *Encoder) error
	load(d *Decoder, version int) error
	schema() *SchemaStruct
}

type binding[T any] struct {
	description *Description[T]
	object      *T
}

func (b *binding[T]) version() int          { return b.description.Version }
func (b *binding[T]) needed() bool          { return b.description.needed(b.object) }
func (b *binding[T]) save(e *Encoder) error { return b.description.Save(e, b.object) }
func (b *binding[T]) schema() *SchemaStruct { return b.description.Schema(b.object) }

func (b *binding[T]) load(d *Decoder, version int) error {
	return b.description.Load(d, b.object, version)
}

// Version is the version that Save writes.
func (s *Section) Version() int { return s.state.version() }

// Needed tells whether the section is part of a stream now.
func (s *Section) Needed() bool { return s.state.needed() }

// Save writes the body of the section.
func (s *Section) Save(e *Encoder) error {
	start := e.Offset()
	e.observe(start, s.event(SectionStart, s.Version()))
	if err := s.state.save(e); err != nil {
		return inSection(s.Name, s.Instance, err)
	}
	e.observe(start, s.event(SectionEnd, s.Version()))
	return nil
}

// Load reads the body of the section as version wrote it. After an error the
// object should not be used any more.
func (s *Section) Load(d *Decoder, version int) error {
	start := d.Offset()
	d.observe(start, s.event(SectionStart, version))
	if err := s.state.load(d, version); err != nil {
		return inSection(s.Name, s.Instance, err)
	}
	d.observe(start, s.event(SectionEnd, version))
	return nil
}

// Unmarshal loads the section from body, which must be used up exactly.
func (s *Section) Unmarshal(body []byte, version int) error {
	d := newBodyDecoder(body, nil)
	if err := s.Load(d, version); err != nil {
		return err
	}
	if err := d.finish(); err != nil {
		return inSection(s.Name, s.Instance, err)
	}
	return nil
}

// Schema describes what the section consists of.
func (s *Section) Schema() *SchemaStruct { return s.state.schema() }

func (s *Section) event(kind EventKind, version int) Event {
	return Event{Kind: kind, Name: s.Name, Instance: s.Instance, Version: version}
}
