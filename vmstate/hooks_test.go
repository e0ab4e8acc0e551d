package vmstate_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/vmstate"
)

// A diary is an object whose hooks write down that they ran. Those listed in
// fail return an error that says their name.
type diary struct {
	a, b, c, d, e uint8
	entries       []string
	fail          []string
	skip          []string // subsections that are not needed
}

func (d *diary) note(entry string) error {
	d.entries = append(d.entries, entry)
	if slices.Contains(d.fail, entry) {
		return errors.New(entry + " failed")
	}
	return nil
}

// hooked describes a diary with all hooks under the given short name.
func hooked(short, name string, version int) *vmstate.Description[diary] {
	return &vmstate.Description[diary]{
		Name: name, Version: version, MinVersion: version,
		PreLoad:  func(d *diary) error { return d.note(short + ".pre_load") },
		PostLoad: func(d *diary, version int) error { return d.note(fmt.Sprintf("%s.post_load(%d)", short, version)) },
		PreSave:  func(d *diary) error { return d.note(short + ".pre_save") },
		PostSave: func(d *diary) error { return d.note(short + ".post_save") },
	}
}

// needed makes d a subsection that writes down when it is asked for.
func needed(short string, d *vmstate.Description[diary]) *vmstate.Description[diary] {
	d.Needed = func(diary *diary) bool {
		_ = diary.note(short + ".needed")
		return !slices.Contains(diary.skip, short)
	}
	return d
}

// field is one byte of a diary. It writes down that it was sent or read, and
// fails if asked to.
func field(name string, at func(*diary) *uint8) vmstate.Field[diary] {
	return vmstate.Custom(name, "byte", 1, func(d *diary) *diary { return d },
		func(e *vmstate.Encoder, d *diary) error { e.Uint8(*at(d)); return d.note(name) },
		func(dec *vmstate.Decoder, d *diary) error { *at(d) = dec.Uint8(); return d.note(name) })
}

// top is {a, struct inner {b}, c} with the subsections one {d}, which has the
// subsection deep {e}, and two.
func top() *vmstate.Description[diary] {
	top, inner := hooked("top", "top", 3), hooked("inner", "inner", 4)
	one, deep, two := hooked("one", "top/one", 5), hooked("deep", "top/one/deep", 6), hooked("two", "top/two", 7)
	inner.Fields = vmstate.Fields[diary]{field("b", func(d *diary) *uint8 { return &d.b })}
	one.Fields = vmstate.Fields[diary]{field("d", func(d *diary) *uint8 { return &d.d })}
	deep.Fields = vmstate.Fields[diary]{field("e", func(d *diary) *uint8 { return &d.e })}
	top.Fields = vmstate.Fields[diary]{
		field("a", func(d *diary) *uint8 { return &d.a }),
		vmstate.Struct("inner", func(d *diary) *diary { return d }, inner),
		field("c", func(d *diary) *uint8 { return &d.c }),
	}
	one.Subsections = []*vmstate.Description[diary]{needed("deep", deep)}
	top.Subsections = []*vmstate.Description[diary]{needed("one", one), needed("two", two)}
	return top
}

var diaryWire = slices.Concat(
	[]byte{ /* a */ 1 /* inner.b */, 2 /* c */, 3},
	[]byte("\x05\x07top/one\x00\x00\x00\x05"), []byte{ /* d */ 4},
	[]byte("\x05\x0ctop/one/deep\x00\x00\x00\x06"), []byte{ /* e */ 5})

func TestHooksRunInTheOrderOfTheSpecification(t *testing.T) {
	d := top()
	d.Fields = vmstate.Fields[diary]{
		vmstate.Uint8("a", func(d *diary) *uint8 { return &d.a }),
		vmstate.Struct("inner", func(d *diary) *diary { return d }, hooked("inner", "inner", 4)),
		vmstate.Uint8("c", func(d *diary) *uint8 { return &d.c }),
	}
	one := hooked("one", "top/one", 5)
	one.Subsections = []*vmstate.Description[diary]{{Name: "top/one/deep"}}
	d.Subsections[0] = needed("one", one)

	saved := diary{skip: []string{"two"}}
	wire, err := d.Marshal(&saved)
	require.NoError(t, err)
	assert.Equal(t, []string{"top.pre_save", "inner.pre_save", "inner.post_save", "one.needed", "one.pre_save",
		"one.post_save", "two.needed", "top.post_save"}, saved.entries)

	var loaded diary
	require.NoError(t, d.Unmarshal(wire, &loaded, 3))
	assert.Equal(t, []string{"top.pre_load", "inner.pre_load", "inner.post_load(4)", "one.pre_load", "one.post_load(5)",
		"top.post_load(3)"}, loaded.entries)
}

func TestSaveRunsHooksAroundWhatTheyAreFor(t *testing.T) {
	whole := []string{
		"top.pre_save", "a", "inner.pre_save", "b", "inner.post_save", "c",
		"one.needed", "one.pre_save", "d", "deep.needed", "deep.pre_save", "e", "deep.post_save", "one.post_save",
		"two.needed", "top.post_save"}
	for _, c := range []struct {
		name    string
		fail    []string
		entries []string
		wire    int    // bytes written
		err     string // empty: none
		hook    string // in the HookError; empty: none
	}{
		{"success", nil, whole, len(diaryWire), "", ""},
		{"top.pre_save", []string{"top.pre_save"}, whole[:1], 0,
			"pre-save of top: top.pre_save failed at offset 0x0", "pre-save"},
		{"a field", []string{"a"}, []string{"top.pre_save", "a", "top.post_save"}, 1,
			"field a: a failed at offset 0x0", ""},
		{"a field, then post_save", []string{"a", "top.post_save"}, []string{"top.pre_save", "a", "top.post_save"}, 1,
			"field a: a failed at offset 0x0", ""},
		{"inner.pre_save", []string{"inner.pre_save"}, []string{"top.pre_save", "a", "inner.pre_save", "top.post_save"}, 1,
			"field inner: pre-save of inner: inner.pre_save failed at offset 0x1", "pre-save"},
		{"inner field", []string{"b"}, []string{"top.pre_save", "a", "inner.pre_save", "b", "inner.post_save", "top.post_save"}, 2,
			"field inner.b: b failed at offset 0x1", ""},
		{"inner.post_save", []string{"inner.post_save"},
			[]string{"top.pre_save", "a", "inner.pre_save", "b", "inner.post_save", "top.post_save"}, 2,
			"field inner: post-save of inner: inner.post_save failed at offset 0x1", "post-save"},
		{"one.pre_save", []string{"one.pre_save"},
			[]string{"top.pre_save", "a", "inner.pre_save", "b", "inner.post_save", "c", "one.needed", "one.pre_save", "top.post_save"}, 16,
			"field top/one: pre-save of top/one: one.pre_save failed at offset 0x10", "pre-save"},
		{"deep field", []string{"e", "deep.post_save", "one.post_save", "top.post_save"},
			slices.Concat(whole[:14], whole[15:]), len(diaryWire),
			"field top/one.top/one/deep.e: e failed at offset 0x23", ""},
		{"top.post_save", []string{"top.post_save"}, whole, len(diaryWire),
			"post-save of top: top.post_save failed at offset 0x0", "post-save"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := diary{a: 1, b: 2, c: 3, d: 4, e: 5, fail: c.fail, skip: []string{"two"}}
			var e vmstate.Encoder
			err := top().Save(&e, &d)
			assert.Equal(t, c.entries, d.entries)
			assert.Equal(t, string(diaryWire[:c.wire]), string(e.Bytes()))
			checkHook(t, err, c.err, c.hook)
		})
	}
}

// checkHook checks that err, if there should be one, reads like text and
// comes from hook, if from one at all.
func checkHook(t *testing.T, err error, text, hook string) {
	t.Helper()
	if text == "" {
		assert.NoError(t, err)
		return
	}
	require.EqualError(t, err, text)
	var e *vmstate.HookError
	if errors.As(err, &e); hook == "" {
		assert.Nil(t, e)
	} else if assert.NotNil(t, e) {
		assert.Equal(t, hook, e.Hook)
	}
}

func TestLoadRunsHooksAroundWhatTheyAreFor(t *testing.T) {
	whole := []string{
		"top.pre_load", "a", "inner.pre_load", "b", "inner.post_load(4)", "c",
		"one.pre_load", "d", "deep.pre_load", "e", "deep.post_load(6)", "one.post_load(5)", "top.post_load(3)"}
	for _, c := range []struct {
		name    string
		fail    string
		entries []string
		err     string
		hook    string
		spoilt  bool // the stream is marked bad
	}{
		{"success", "", whole, "", "", false},
		{"top.pre_load", "top.pre_load", whole[:1], "pre-load of top: top.pre_load failed at offset 0x0", "pre-load", false},
		{"a field", "a", whole[:2], "field a: a failed at offset 0x0", "", true},
		{"inner.pre_load", "inner.pre_load", whole[:3],
			"field inner: pre-load of inner: inner.pre_load failed at offset 0x1", "pre-load", true},
		{"inner field", "b", whole[:4], "field inner.b: b failed at offset 0x1", "", true},
		{"inner.post_load", "inner.post_load(4)", whole[:5],
			"field inner: post-load of inner: inner.post_load(4) failed at offset 0x1", "post-load", true},
		{"one.pre_load", "one.pre_load", whole[:7],
			"field top/one: pre-load of top/one: one.pre_load failed at offset 0x10", "pre-load", false},
		{"subsection field", "d", whole[:8], "field top/one.d: d failed at offset 0x10", "", true},
		{"deep.post_load", "deep.post_load(6)", whole[:11],
			"field top/one.top/one/deep: post-load of top/one/deep: deep.post_load(6) failed at offset 0x23", "post-load", false},
		{"one.post_load", "one.post_load(5)", whole[:12],
			"field top/one: post-load of top/one: one.post_load(5) failed at offset 0x10", "post-load", false},
		{"top.post_load", "top.post_load(3)", whole, "post-load of top: top.post_load(3) failed at offset 0x0", "post-load", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := diary{fail: []string{c.fail}}
			dec := vmstate.NewDecoder(behind(diaryWire, 0), nil)
			err := top().Load(dec, &d, 3)
			assert.Equal(t, c.entries, d.entries)
			checkHook(t, err, c.err, c.hook)
			assert.Equal(t, c.spoilt, dec.Err() != nil)
		})
	}
}

func TestPostLoadIsGivenTheVersionOfTheStream(t *testing.T) {
	d := hooked("dev", "dev", 5)
	d.MinVersion = 2
	for _, c := range []struct {
		version int
		entries []string
	}{
		{2, []string{"dev.pre_load", "dev.post_load(2)"}},
		{4, []string{"dev.pre_load", "dev.post_load(4)"}},
		{5, []string{"dev.pre_load", "dev.post_load(5)"}},
	} {
		var got diary
		require.NoError(t, d.Unmarshal(nil, &got, c.version))
		assert.Equal(t, c.entries, got.entries)
	}
}

func TestVersionOutOfBoundsRunsNoHook(t *testing.T) {
	d := hooked("dev", "dev", 5)
	d.MinVersion = 2
	d.Fields = vmstate.Fields[diary]{field("a", func(d *diary) *uint8 { return &d.a })}
	for _, version := range []int{-1, 0, 1, 6, math.MaxInt} {
		var got diary
		err := d.Unmarshal([]byte{1}, &got, version)
		var e *vmstate.VersionError
		require.ErrorAs(t, err, &e)
		assert.Equal(t, vmstate.VersionError{Name: "dev", Got: version, Min: 2, Max: 5}, *e)
		assert.Empty(t, got.entries)
	}
}

// aged is loaded by LoadOld from version 2 to 3, and by its fields from 4 on.
func aged() *vmstate.Description[diary] {
	d := top()
	d.Version, d.MinVersion, d.MinVersionOld = 5, 4, 2
	d.LoadOld = func(d *diary, dec *vmstate.Decoder, version int) error {
		d.e = dec.Uint8()
		return d.note(fmt.Sprintf("load_old(%d)", version))
	}
	return d
}

func TestLoadOldReplacesEverythingElse(t *testing.T) {
	for _, c := range []struct {
		name    string
		version int
		entries []string
	}{
		{"at its minimum", 2, []string{"load_old(2)"}},
		{"below the minimum", 3, []string{"load_old(3)"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got diary
			require.NoError(t, aged().Unmarshal([]byte{9}, &got, c.version))
			assert.Equal(t, c.entries, got.entries)
			assert.Equal(t, uint8(9), got.e)

			got = diary{}
			dec := vmstate.NewDecoder(behind([]byte{9}, diaryWire[3:]...), nil)
			require.NoError(t, aged().Load(dec, &got, c.version))
			assert.EqualValues(t, 1, dec.Offset(), "subsections are left alone")
		})
	}
	for _, version := range []int{1, 6} {
		t.Run(fmt.Sprintf("not for version %d", version), func(t *testing.T) {
			var got diary
			err := aged().Unmarshal([]byte{9}, &got, version)
			var e *vmstate.VersionError
			require.ErrorAs(t, err, &e)
			assert.Equal(t, vmstate.VersionError{Name: "top", Got: version, Min: 4, Max: 5}, *e)
			assert.Empty(t, got.entries)
		})
	}
	for _, version := range []int{4, 5} {
		t.Run(fmt.Sprintf("not needed for version %d", version), func(t *testing.T) {
			var got diary
			require.NoError(t, aged().Unmarshal(diaryWire[:3], &got, version))
			assert.Contains(t, got.entries, "top.pre_load")
		})
	}
	t.Run("of a subsection, too", func(t *testing.T) {
		d := top()
		old := aged()
		old.Name = "top/old"
		d.Subsections = []*vmstate.Description[diary]{old}
		var got diary
		wire := slices.Concat(diaryWire[:3], []byte("\x05\x07top/old\x00\x00\x01\x02"), []byte{9})
		require.NoError(t, d.Unmarshal(wire, &got, 3))
		assert.Equal(t, []string{"top.pre_load", "a", "inner.pre_load", "b", "inner.post_load(4)", "c",
			"load_old(2)", "top.post_load(3)"}, got.entries)
		assert.Equal(t, uint8(9), got.e)
		endsIn(t, d.Unmarshal(wire[:len(wire)-1], &diary{}, 3), "top/old", 16, 16)
	})
	t.Run("without it the old minimum means nothing", func(t *testing.T) {
		d := aged()
		d.LoadOld = nil
		require.ErrorAs(t, d.Unmarshal([]byte{9}, &diary{}, 3), new(*vmstate.VersionError))
	})
}

func TestErrorOfLoadOld(t *testing.T) {
	t.Run("its own", func(t *testing.T) {
		err := aged().Unmarshal([]byte{9}, &diary{fail: []string{"load_old(3)"}}, 3)
		checkHook(t, err, "old-version load of top: load_old(3) failed at offset 0x0", "old-version load")
	})
	t.Run("the end of the stream, unnoticed", func(t *testing.T) {
		endsIn(t, aged().Unmarshal(nil, &diary{}, 3), "", 0, 0)
	})
	t.Run("the end of the stream, mistaken for wrong values", func(t *testing.T) {
		endsIn(t, aged().Unmarshal(nil, &diary{fail: []string{"load_old(3)"}}, 3), "", 0, 0)
	})
	t.Run("the end of the stream in what it loads", func(t *testing.T) {
		d := aged()
		d.LoadOld = func(d *diary, dec *vmstate.Decoder, _ int) error { return top().Load(dec, d, 3) }
		endsIn(t, d.Unmarshal([]byte{1}, &diary{}, 3), "inner.b", 1, 1)
	})
}

func TestWhatLoadOldReadsIsABufferToAnObserver(t *testing.T) {
	inner := aged()
	inner.LoadOld = func(d *diary, dec *vmstate.Decoder, _ int) error {
		dec.Skip(1)
		return top().Load(dec, d, 3)
	}
	outer := hooked("outer", "outer", 1)
	outer.Fields = vmstate.Fields[diary]{field("a", func(d *diary) *uint8 { return &d.a })}
	inner.Name = "outer/old"
	outer.Subsections = []*vmstate.Description[diary]{inner}
	old := slices.Concat([]byte{9}, diaryWire)
	for _, c := range []struct {
		name string
		d    *vmstate.Description[diary]
		at   int
		wire []byte
		tree string
		json string
	}{
		{"section", func() *vmstate.Description[diary] { d := *inner; d.Name = "top"; return &d }(), 3, old,
			fmt.Sprintf("top{data=% x}", old), `"vmsd_name": "top", "version": 3, "fields": [{"name": "data", "type": "buffer", "size": 37}]`},
		{"subsection", outer, 1, slices.Concat([]byte{1}, []byte("\x05\x09outer/old\x00\x00\x00\x02"), old),
			fmt.Sprintf("outer{a=01 outer/old{data=% x}}", old),
			`"subsections": [{"vmsd_name": "outer/old", "version": 2, "fields": [{"name": "data", "type": "buffer", "size": 37}]}]`},
	} {
		t.Run(c.name, func(t *testing.T) {
			var describer vmstate.Describer
			section := vmstate.NewSection(c.d, new(diary), 0)
			tree, err := section.Tree(vmstate.NewDecoder(behind(c.wire, 0x7e), describer.Observe), c.at)
			require.NoError(t, err)
			assert.Equal(t, c.tree, outlineOf(tree))
			assert.Contains(t, string(describer.JSON()), c.json)

			var e vmstate.Encoder
			require.NoError(t, tree.Save(&e))
			assert.Equal(t, string(c.wire), string(e.Bytes()), "written back")
			byJSON, err := readTree(parseOne(t, string(describer.Stream(4096))), c.wire...)
			require.NoError(t, err)
			assert.Empty(t, vmstate.Diff(tree, byJSON))
		})
	}
}

func TestErrorWithinWhatLoadOldLoadsHasOnePlace(t *testing.T) {
	d := aged()
	d.LoadOld = func(d *diary, dec *vmstate.Decoder, _ int) error { return top().Load(dec, d, 4) }
	assert.EqualError(t, d.Unmarshal([]byte{1}, &diary{}, 3),
		"top version 4 is too new (this program reads up to version 3): load it with a newer program at offset 0x0")

	d.LoadOld = func(d *diary, dec *vmstate.Decoder, _ int) error {
		return fmt.Errorf("as version 3: %w", top().Load(dec, d, 3))
	}
	err := d.Unmarshal([]byte{1}, &diary{}, 3)
	assert.EqualError(t, err, "old-version load of top: as version 3: field inner.b: unexpected end of stream at offset 0x1")
}
