package vmstate_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/vmstate"
)

// A part is a struct whose second field came with version 2 of its description.
type part struct{ a, b uint8 }

var parts = &vmstate.Description[part]{Name: "part", Version: 2, MinVersion: 2, Fields: vmstate.Fields[part]{
	vmstate.Uint8("a", func(p *part) *uint8 { return &p.a }),
	vmstate.Uint8("b", func(p *part) *uint8 { return &p.b }).Since(2),
	vmstate.Uint8("later", func(*part) *uint8 { panic("not asked for") }).Since(3),
}}

// A whole has a part in the middle.
type whole struct {
	x    uint8
	part part
	y    uint8
}

func wholes(inner vmstate.Field[whole]) *vmstate.Description[whole] {
	return &vmstate.Description[whole]{Name: "whole", Version: 7, MinVersion: 1, Fields: vmstate.Fields[whole]{
		vmstate.Uint8("x", func(w *whole) *uint8 { return &w.x }),
		inner,
		vmstate.Uint8("y", func(w *whole) *uint8 { return &w.y }),
	}}
}

func partOf(w *whole) *part { return &w.part }

func TestStructIsInlineAtItsOwnVersion(t *testing.T) {
	d := wholes(vmstate.Struct("part", partOf, parts).Since(1))
	obj := whole{1, part{2, 3}, 4}
	wire := []byte{ /* x */ 1 /* part.a */, 2 /* part.b */, 3 /* y */, 4}
	travels(t, d, obj, nil, wire, span{"x", 1}, span{"part.a", 1}, span{"part.b", 1}, span{"y", 1})

	t.Run("whatever the version of its parent", func(t *testing.T) {
		var got whole
		require.NoError(t, d.Unmarshal(wire, &got, 1))
		assert.Equal(t, obj, got)
	})
	t.Run("whatever its Needed says", func(t *testing.T) {
		unneeded := *parts
		unneeded.Needed = func(*part) bool { panic("not asked") }
		travels(t, wholes(vmstate.Struct("part", partOf, &unneeded)), obj, nil, wire,
			span{"x", 1}, span{"part.a", 1}, span{"part.b", 1}, span{"y", 1})
	})
	t.Run("behind a pointer", func(t *testing.T) {
		type dev struct{ p *part }
		d := describe(vmstate.Struct("p", func(d *dev) *part { return d.p }, parts))
		travels(t, d, dev{&part{1, 2}}, func() dev { return dev{&part{}} }, []byte{1, 2}, span{"p.a", 1}, span{"p.b", 1})
	})
	t.Run("behind a nil pointer it is an error", func(t *testing.T) {
		for _, f := range []vmstate.Field[whole]{
			vmstate.Struct("part", func(*whole) *part { return nil }, parts),
			vmstate.StructVersion("part", func(*whole) *part { return nil }, parts, 2),
		} {
			err := saveFails(t, wholes(f), obj)
			assert.ErrorContains(t, err, "pointer is nil")
			fails(t, err, "part", 1)
			err = loadFails(t, wholes(f), &whole{}, wire)
			assert.ErrorContains(t, err, "pointer is nil")
			fails(t, err, "part", 1)
		}
	})
	t.Run("to any depth", func(t *testing.T) {
		type outer struct{ w whole }
		d := describe(vmstate.Struct("w", func(o *outer) *whole { return &o.w }, d))
		travels(t, d, outer{obj}, nil, wire, span{"w.x", 1}, span{"w.part.a", 1}, span{"w.part.b", 1}, span{"w.y", 1})
	})
}

func TestStructVersionIsHandledAtTheGivenVersion(t *testing.T) {
	inner := *parts
	inner.MinVersion = 1
	d := wholes(vmstate.StructVersion("part", partOf, &inner, 1))
	travels(t, d, whole{1, part{2, 0}, 4}, nil, []byte{1, 2, 4}, span{"x", 1}, span{"part.a", 1}, span{"y", 1})

	for _, c := range []struct {
		name    string
		version int
	}{{"too old", 1}, {"too new", 3}} {
		t.Run(c.name, func(t *testing.T) {
			d := wholes(vmstate.StructVersion("part", partOf, &vmstate.Description[part]{Name: "part", Version: 2, MinVersion: 2}, c.version))
			err := loadFails(t, d, &whole{}, []byte{1, 2, 3, 4})
			var version *vmstate.VersionError
			require.ErrorAs(t, err, &version)
			assert.Equal(t, vmstate.VersionError{Name: "part", Got: c.version, Min: 2, Max: 2}, *version)
			fails(t, err, "part", 1)
		})
	}
}

// A year is sent as the two digits of a real-time clock.
type year struct {
	clock *clock
	tens  uint8
	units uint8
	extra uint8
}

type clock struct {
	year  int
	extra uint8
}

var years = &vmstate.Description[year]{
	Name: "year", Version: 3, MinVersion: 0,
	PreSave: func(y *year) error {
		y.tens, y.units, y.extra = uint8(y.clock.year/10%10), uint8(y.clock.year%10), y.clock.extra
		return nil
	},
	PostLoad: func(y *year, version int) error {
		if y.units > 9 {
			return errRefused
		}
		y.clock.year, y.clock.extra = 1900+10*int(y.tens)+int(y.units), y.extra
		return nil
	},
	Fields: vmstate.Fields[year]{
		vmstate.Uint8("tens", func(y *year) *uint8 { return &y.tens }),
		vmstate.Uint8("units", func(y *year) *uint8 { return &y.units }),
		vmstate.Uint8("extra", func(y *year) *uint8 { return &y.extra }).Since(2),
	},
}

func temporaryYear() vmstate.Field[clock] {
	return vmstate.Temporary("year", func(c *clock) *year { return &year{clock: c} }, years)
}

func TestTemporaryGivesStateAnotherShape(t *testing.T) {
	d := describe(temporaryYear().Since(3).When(func(*clock, int) bool { return true }))
	travels(t, d, clock{1994, 7}, nil, []byte{ /* tens */ 9 /* units */, 4 /* extra */, 7},
		span{"year.tens", 1}, span{"year.units", 1}, span{"year.extra", 1})

	t.Run("saved at its own version, loaded at that of Since", func(t *testing.T) {
		d := describe(temporaryYear())
		body, err := d.Marshal(&clock{1994, 7})
		require.NoError(t, err)
		assert.Equal(t, []byte{9, 4, 7}, body)
		var got clock
		require.NoError(t, d.Unmarshal([]byte{9, 4}, &got, 1))
		assert.Equal(t, clock{1994, 0}, got)
		var trailing *vmstate.TrailingError
		require.ErrorAs(t, d.Unmarshal(body, &got, 1), &trailing)
	})
	t.Run("too new", func(t *testing.T) {
		d := describe(temporaryYear().Since(4).When(func(*clock, int) bool { return true }))
		err := loadFails(t, d, &clock{}, []byte{9, 4, 5})
		var version *vmstate.VersionError
		require.ErrorAs(t, err, &version)
		fails(t, err, "year", 0)
	})
	t.Run("may refuse what it got", func(t *testing.T) {
		got := clock{1981, 0}
		err := loadFails(t, d, &got, []byte{9, 10, 0})
		require.ErrorIs(t, err, errRefused)
		fails(t, err, "year", 0)
		assert.Equal(t, clock{1981, 0}, got)
	})
}

func TestUnmarshalTakesTheWholeBody(t *testing.T) {
	err := loadFails(t, parts, &part{}, []byte{1, 2, 3, 4, 5})
	var trailing *vmstate.TrailingError
	require.ErrorAs(t, err, &trailing)
	assert.Equal(t, 3, trailing.Bytes)
	fails(t, err, "", 2)
}
