package vmstatetest

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"toyvm/vmstate"
)

// failures is a TB that collects what a test complains about.
type failures []string

func (f *failures) Helper() {}

func (f *failures) Errorf(format string, args ...any) { *f = append(*f, fmt.Sprintf(format, args...)) }

// chip is a device with one of everything that the tests look into.
type chip struct {
	mode     uint8
	regs     [4]uint16
	channels [2]channel
	ring     []uint32
	count    int32
	port     *channel
	spare    *channel
	slots    []*channel
	timer    vmstate.Alarm
	jobs     []channel
	_        int32
	line     func(bool) `vmstate:"transient"`
	cached   int        `vmstate:"derived"`
}

type channel struct {
	value uint8
	gate  bool
}

var channelState = vmstate.Description[channel]{
	Name: "channel",
	Fields: vmstate.Fields[channel]{
		vmstate.Uint8("value", func(c *channel) *uint8 { return &c.value }),
		vmstate.Bool("gate", func(c *channel) *bool { return &c.gate }),
	},
}

// chipFields are the fields by name, so that tests can leave one out.
var chipFields = []vmstate.Field[chip]{
	vmstate.Uint8("mode", func(c *chip) *uint8 { return &c.mode }),
	vmstate.Array("regs", func(c *chip) []uint16 { return c.regs[:] }, vmstate.Uint16),
	vmstate.Array("channels", func(c *chip) []channel { return c.channels[:] }, vmstate.StructOf(&channelState)),
	vmstate.Int32("count", func(c *chip) *int32 { return &c.count }),
	vmstate.Slice("ring", func(c *chip) *[]uint32 { return &c.ring }, func(c *chip) int { return int(c.count) }, vmstate.Uint32),
	vmstate.Struct("port", func(c *chip) *channel { return c.port }, &channelState),
	vmstate.Pointers("slots", func(c *chip) []*channel { return c.slots }, vmstate.StructOf(&channelState)),
	vmstate.Pointers("spare", func(c *chip) []*channel { return []*channel{c.spare} }, vmstate.StructOf(&channelState)),
	vmstate.Timer("timer", func(c *chip) vmstate.Alarm { return c.timer }),
	vmstate.Queue("jobs", func(c *chip) *[]channel { return &c.jobs }, &channelState),
}

func newChip() *chip {
	timer := vmstate.NotArmed
	return &chip{port: &channel{}, spare: &channel{}, slots: []*channel{{}, nil}, timer: &timer, line: func(bool) {}}
}

func busy(c *chip) {
	*c = chip{mode: 1, regs: [4]uint16{2, 3, 4, 5}, channels: [2]channel{{6, true}, {7, false}}, ring: []uint32{8, 9},
		count: 2, port: &channel{10, true}, spare: &channel{11, false}, slots: []*channel{{12, true}, nil}, timer: c.timer,
		jobs: []channel{{13, true}}, line: c.line, cached: 14}
	c.timer.SetExpiry(1000)
}

func describe(fields ...vmstate.Field[chip]) *vmstate.Description[chip] {
	return &vmstate.Description[chip]{Name: "chip", Version: 1, Fields: fields,
		PostLoad: func(c *chip, _ int) error { c.cached = 14 * int(c.count) / 2; return nil }}
}

func subjectOf(d *vmstate.Description[chip]) Subject[chip] {
	return Subject[chip]{Description: d, New: newChip, States: map[string]func(*chip){"busy": busy}}
}

func TestRunAcceptsACompleteDescription(t *testing.T) { Run(t, subjectOf(describe(chipFields...))) }

func FuzzChip(f *testing.F) { Fuzz(f, subjectOf(describe(chipFields...))) }

func TestCoverageNamesTheForgottenField(t *testing.T) {
	want := []string{"mode", "regs", "channels[0].value", "count", "ring", "port", "slots[0]", "spare", "timer", "jobs"}
	for i, name := range want {
		t.Run(name, func(t *testing.T) {
			var got failures
			rest := append(append([]vmstate.Field[chip]{}, chipFields[:i]...), chipFields[i+1:]...)
			Coverage(&got, subjectOf(describe(rest...)))
			if assert.NotEmpty(t, got) {
				assert.Contains(t, got[0], "field "+name+" is neither declared nor marked")
			}
		})
	}
}

func TestCoverageLooksIntoElements(t *testing.T) {
	half := vmstate.Description[channel]{Name: "channel", Fields: channelState.Fields[:1]}
	type lists struct {
		fixed  [1]channel
		grown  []channel
		listed []*channel
		words  [3]uint16
	}
	d := vmstate.Description[lists]{Name: "lists", Fields: vmstate.Fields[lists]{
		vmstate.Array("fixed", func(l *lists) []channel { return l.fixed[:] }, vmstate.StructOf(&half)),
		vmstate.Queue("grown", func(l *lists) *[]channel { return &l.grown }, &half),
		vmstate.Pointers("listed", func(l *lists) []*channel { return l.listed }, vmstate.StructOf(&half)),
		vmstate.Array("words", func(l *lists) []uint16 { return l.words[:2] }, vmstate.Uint16),
	}}
	var got failures
	Coverage(&got, Subject[lists]{Description: &d, New: func() *lists {
		return &lists{grown: []channel{{}}, listed: []*channel{{}}}
	}})
	var fields []string
	for _, f := range got {
		fields = append(fields, strings.Fields(f)[3])
	}
	assert.Equal(t, []string{"fixed[0].gate", "grown[0].gate", "listed[0].gate", "words[2]"}, fields)
}

func TestCoverageLooksIntoMaps(t *testing.T) {
	half := vmstate.Description[channel]{Name: "channel", Fields: channelState.Fields[:1]}
	type maps struct {
		direct map[uint64]channel
		keyed  map[channel]channel
		loose  map[uint64]channel
	}
	fields := vmstate.Fields[maps]{
		vmstate.Tree("direct", func(m *maps) *map[uint64]channel { return &m.direct }, &half),
		vmstate.KeyedTree("keyed", func(m *maps) *map[channel]channel { return &m.keyed },
			func(a, b channel) int { return int(a.value) - int(b.value) }, &half, &channelState),
	}
	d := vmstate.Description[maps]{Name: "maps", Fields: fields}
	s := Subject[maps]{Description: &d, New: func() *maps { return &maps{loose: map[uint64]channel{1: {}}} }, States: map[string]func(*maps){
		"filled": func(m *maps) {
			m.direct = map[uint64]channel{7: {}, 3: {}}
			m.keyed = map[channel]channel{{value: 2}: {}, {value: 1}: {}}
		},
	}}
	var got failures
	Coverage(&got, s)
	assert.Equal(t, failures{
		`state "new": field loose ` + undeclared,
		`state "filled": field direct[3].gate ` + undeclared,
		`state "filled": field direct[7].gate ` + undeclared,
		`state "filled": field keyed[{1 false}].key.gate ` + undeclared,
		`state "filled": field keyed[{2 false}].key.gate ` + undeclared,
	}, got)
}

func TestCoverageChecksTheMarks(t *testing.T) {
	type marked struct {
		both  uint8 `vmstate:"transient"`
		typo  uint8 `vmstate:"trasient"`
		iface any
		wires func()
	}
	d := vmstate.Description[marked]{Name: "marked", Fields: vmstate.Fields[marked]{
		vmstate.Uint8("both", func(m *marked) *uint8 { return &m.both }),
	}}
	var got failures
	Coverage(&got, Subject[marked]{Description: &d, New: func() *marked { return &marked{iface: 1, typo: 0, wires: nil} }})
	assert.Len(t, got, 4)
	assert.Contains(t, got[0], "field both is marked `vmstate:\"transient\"` although it is declared")
	assert.Contains(t, got[1], "field typo has the tag `vmstate:\"trasient\"`")
	assert.Contains(t, got[2], "field iface is neither")
	assert.Contains(t, got[3], "field wires is neither")
}

func TestRoundTripNamesWhatDidNotComeBack(t *testing.T) {
	for i, name := range []string{"mode", "regs[0]", "channels[0].value"} {
		var got failures
		fields := append(append([]vmstate.Field[chip]{}, chipFields[:i]...), chipFields[i+1:]...)
		RoundTrip(&got, subjectOf(describe(fields...)))
		if assert.NotEmpty(t, got, name) {
			assert.Contains(t, got[0], `state "busy": field `+name+" was ")
		}
	}
}

func TestRoundTripNamesWhatIsMissing(t *testing.T) {
	d := describe(chipFields...)
	d.PostLoad = func(c *chip, _ int) error {
		c.cached = 7 * int(c.count)
		c.ring, c.spare = c.ring[:0], nil
		return nil
	}
	var got failures
	RoundTrip(&got, subjectOf(d))
	assert.Contains(t, got, `state "busy": field ring was 2 elements when saved and is 0 elements when loaded`)
	assert.Contains(t, got, `state "busy": field spare was not nil when saved and is nil when loaded`)
}

func TestRoundTripComparesMaps(t *testing.T) {
	type device struct {
		entries map[uint64]channel
		level   float64
		name    string    `vmstate:"derived"`
		phase   complex64 `vmstate:"derived"`
	}
	d := vmstate.Description[device]{Name: "device", Fields: vmstate.Fields[device]{
		vmstate.Tree("entries", func(d *device) *map[uint64]channel { return &d.entries }, &channelState),
		vmstate.Float64("level", func(d *device) *float64 { return &d.level }),
	}}
	s := Subject[device]{Description: &d, New: func() *device { return &device{name: "", phase: 0} }, States: map[string]func(*device){
		"busy": func(d *device) { d.entries = map[uint64]channel{1: {1, true}, 2: {}}; d.level = 0.5 },
	}}
	Run(t, s)

	d.PostLoad = func(d *device, _ int) error { delete(d.entries, 1); d.level = 1; return nil }
	var got failures
	RoundTrip(&got, s)
	assert.Contains(t, got, `state "busy": field entries was 2 entries when saved and is 1 entries when loaded`)

	d.PostLoad = func(d *device, _ int) error {
		if len(d.entries) > 0 {
			delete(d.entries, 1)
			d.entries[3] = channel{}
		}
		return nil
	}
	got = nil
	RoundTrip(&got, s)
	assert.Contains(t, got, `state "busy": field entries[1] was there when saved and is missing when loaded`)
}

func TestSecondGenerationNamesWhatChanged(t *testing.T) {
	d := describe(chipFields...)
	d.PostLoad = func(c *chip, _ int) error { c.mode *= 2; return nil }
	var got failures
	SecondGeneration(&got, subjectOf(d))
	if assert.Len(t, got, 1) {
		assert.Contains(t, got[0], `state "busy": saved, loaded and saved again it is different:`)
		assert.Contains(t, got[0], "mode: 0x01, then 0x02")
	}
}

// Reset forgets some of the state, and cached unless it is 13.
func (c *chip) Reset() {
	c.regs, c.count, c.ring = [4]uint16{}, 0, nil
	if c.cached != 13 {
		c.cached = 0
	}
}

func TestResetAfterLoadNamesWhatIsNotReset(t *testing.T) {
	d := describe(chipFields...)
	d.PostLoad = func(c *chip, _ int) error { c.cached = 13; return nil }
	var got failures
	ResetAfterLoad(&got, subjectOf(d))
	assert.ElementsMatch(t, failures{
		`state "busy": after a reset, field cached is 0, and 13 if the state was loaded before`,
		`state "new": after a reset, field cached is 0, and 13 if the state was loaded before`,
	}, got)
}

func TestUnsaveableStatesAreReported(t *testing.T) {
	d := describe(chipFields...)
	d.PreSave = func(*chip) error { return errors.New("no paper") }
	for _, test := range []func(TB, Subject[chip]){RoundTrip[chip], SecondGeneration[chip], ResetAfterLoad[chip], Truncation[chip]} {
		var got failures
		test(&got, subjectOf(d))
		assert.Contains(t, got[0], "no paper")
	}
	d.PreSave = nil
	d.PostLoad = func(*chip, int) error { return errors.New("no light") }
	for _, test := range []func(TB, Subject[chip]){RoundTrip[chip], SecondGeneration[chip], ResetAfterLoad[chip]} {
		var got failures
		test(&got, subjectOf(d))
		assert.Contains(t, got[0], "no light")
	}
}

func TestTruncationFindsWhatACutSpoils(t *testing.T) {
	greedy := vmstate.Custom("mode", "greedy", 1, func(c *chip) *uint8 { return &c.mode },
		func(e *vmstate.Encoder, v *uint8) error { e.Uint8(*v); return nil },
		func(d *vmstate.Decoder, v *uint8) error { *v = d.Peek(1)[0]; d.Skip(1); return nil })
	var got failures
	Truncation(&got, subjectOf(describe(greedy)))
	assert.Contains(t, got[0], "cut off after 0 of 1 bytes: panic: ")

	breaks := func(err error) *vmstate.Description[chip] {
		return describe(vmstate.Custom("mode", "broken", 1, func(c *chip) *uint8 { return &c.mode },
			func(e *vmstate.Encoder, v *uint8) error { e.Uint8(*v); return nil },
			func(d *vmstate.Decoder, v *uint8) error {
				if *v == 99 {
					return errors.New("spoilt")
				}
				if len(d.Peek(1)) == 0 {
					*v = 99
					return err
				}
				*v = d.Uint8()
				return nil
			}))
	}
	got = nil
	Truncation(&got, subjectOf(breaks(errors.New("empty"))))
	assert.Len(t, got, 2, "one for each state")
	assert.Contains(t, got[0], "error is field mode: empty at offset 0x0, not an unexpected end")

	got = nil
	Truncation(&got, subjectOf(breaks(io.ErrUnexpectedEOF)))
	assert.Len(t, got, 2, "one for each state")
	assert.Contains(t, got[0], "load after one that was cut off after 0 bytes: field mode: spoilt")
}

func TestTruncationOfAStateThatDoesNotLoadTellsThatAlone(t *testing.T) {
	d := describe(chipFields...)
	d.PostLoad = func(*chip, int) error { return errors.New("no light") }
	var got failures
	Truncation(&got, subjectOf(d))
	if assert.Len(t, got, 2) {
		assert.Contains(t, got[0], `state "new": load of what was saved: post-load of chip: no light`)
		assert.Contains(t, got[1], `state "busy": load of what was saved: post-load of chip: no light`)
	}
}

func TestVersionsNamesTheFieldThatLacksSince(t *testing.T) {
	versioned := vmstate.Description[channel]{Name: "channel", Version: 2, MinVersion: 1, Fields: vmstate.Fields[channel]{
		channelState.Fields[0], channelState.Fields[1].Since(2),
	}}
	type device struct {
		jobs []channel
		tree map[uint64]channel
		temp channel
	}
	complaints := func(version int) (got failures) {
		Versions(&got, Subject[device]{New: func() *device { return new(device) }, Description: &vmstate.Description[device]{
			Name: "device", Version: 3, Fields: vmstate.Fields[device]{
				vmstate.Queue("jobs", func(d *device) *[]channel { return &d.jobs }, &versioned).Since(version),
				vmstate.Tree("tree", func(d *device) *map[uint64]channel { return &d.tree }, &versioned).Since(version),
				vmstate.Temporary("temp", func(d *device) *channel { return &d.temp }, &versioned).Since(version),
			}}})
		return got
	}
	const lacks = `: it is loaded at version 0, and "channel" loads 1 to 2: give the field a Since that fits`
	assert.Equal(t, failures{
		"what is saved cannot be loaded: field device.jobs" + lacks,
		"what is saved cannot be loaded: field device.tree" + lacks,
		"what is saved cannot be loaded: field device.temp" + lacks,
	}, complaints(0))
	assert.Len(t, complaints(1), 3, "the gate is saved but not loaded")
	assert.Empty(t, complaints(2))
}

func TestTruncationOfALargeStateCutsNearTheEnds(t *testing.T) {
	got := cuts(131076)
	assert.Equal(t, 0, got[0])
	assert.Equal(t, 131075, got[len(got)-1])
	assert.Less(t, len(got), 5000)
	assert.Len(t, cuts(100), 100)
}

func TestFuzzFindsWhatIsNotSavedAsItWasLoaded(t *testing.T) {
	d := describe(chipFields[0])
	d.PostLoad = func(c *chip, _ int) error { c.mode ^= 1; return nil }
	var got failures
	subjectOf(d).fuzzed(&got, []byte{4})
	assert.Contains(t, got[0], "saved again it is different")

	got = nil
	d.PreSave = func(*chip) error { return errors.New("never again") }
	subjectOf(d).fuzzed(&got, []byte{4})
	assert.Contains(t, got[0], "save of what was loaded from 04: ")

	got = nil
	subjectOf(d).fuzzed(&got, nil)
	assert.Empty(t, got, "bytes that are refused are fine")
}
