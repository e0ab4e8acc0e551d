package vmstate

// An Alarm is a timer of the machine as a Timer field sees it. The expiry is
// in nanoseconds of the virtual clock, -1 if the timer is not armed.
type Alarm interface {
	Expiry() int64
	SetExpiry(ns int64)
}

// Timer is an Alarm: its expiry in eight bytes, all ones if it is not armed.
// Loading arms or disarms it.
func Timer[T any](name string, at func(*T) Alarm) Field[T] {
	return Field[T]{name: name, elem: element{typ: typeTimer, size: 8, one: true}, codec: &timer[T]{at}}
}

// A Deadline is the simplest Alarm: nothing but its expiry.
type Deadline int64

// NotArmed is the Deadline of an Alarm that will not fire.
const NotArmed Deadline = -1

// Expiry implements Alarm.
func (d *Deadline) Expiry() int64 { return int64(*d) }

// SetExpiry implements Alarm.
func (d *Deadline) SetExpiry(ns int64) { *d = Deadline(ns) }

type timer[T any] struct {
	at func(*T) Alarm
}

func (c *timer[T]) save(e *Encoder, t *T, _ *Field[T], _, _ int) error {
	alarm := c.at(t)
	if alarm == nil {
		return e.error(errNil)
	}
	e.Uint64(uint64(alarm.Expiry()))
	return nil
}

func (c *timer[T]) load(d *Decoder, t *T, _ *Field[T], _, _ int) error {
	alarm := c.at(t)
	if alarm == nil {
		return d.error(errNil)
	}
	ns := int64(d.Uint64())
	if d.err == nil {
		alarm.SetExpiry(ns)
	}
	return nil
}

func (c *timer[T]) room(*T) int                 { return 1 }
func (c *timer[T]) least() int                  { return 8 }
func (c *timer[T]) touch(t *T, see func(any))   { see(c.at(t)) }
func (c *timer[T]) schema(_ *T, _ *SchemaField) {}
