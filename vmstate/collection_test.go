package vmstate_test

import (
	"cmp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/vmstate"
)

// An item is what the specification's queue has two of.
type item struct {
	on bool
	n  uint8
}

var items = &vmstate.Description[item]{Name: "item", Version: 2, MinVersion: 0, Fields: vmstate.Fields[item]{
	vmstate.Bool("on", func(i *item) *bool { return &i.on }),
	vmstate.Uint8("n", func(i *item) *uint8 { return &i.n }),
}}

type queued struct{ q []item }

func queueOf(q *queued) *[]item { return &q.q }

type newQueue func(string, func(*queued) *[]item, *vmstate.Description[item]) vmstate.Field[queued]

// queues runs a test for both kinds of queue: they only differ in their type.
func queues(t *testing.T, test func(t *testing.T, field newQueue)) {
	for name, field := range map[string]newQueue{"queue": vmstate.Queue[queued, item], "list": vmstate.List[queued, item]} {
		t.Run(name, func(t *testing.T) { test(t, field) })
	}
}

func TestQueueIsItemsBehindMarks(t *testing.T) {
	queues(t, func(t *testing.T, field newQueue) {
		d := describe(field("q", queueOf, items))
		travels(t, d, queued{[]item{{true, 130}, {false, 65}}}, nil, []byte{
			/* item */ 0x01 /* on */, 0x01 /* n */, 0x82,
			/* item */ 0x01 /* on */, 0x00 /* n */, 0x41,
			/* end */ 0x00,
		}, span{"q", 1}, span{"q[0].on", 1}, span{"q[0].n", 1}, span{"q", 1}, span{"q[1].on", 1}, span{"q[1].n", 1}, span{"q", 1})
		travels(t, d, queued{}, nil, []byte{ /* end */ 0}, span{"q", 1})
	})
}

func TestQueueIsReplacedInOrder(t *testing.T) {
	queues(t, func(t *testing.T, field newQueue) {
		d := describe(field("q", queueOf, items))
		got := queued{[]item{{false, 9}}}
		require.NoError(t, d.Unmarshal([]byte{1, 1, 2 /* any other byte is a mark, too */, 0x80, 0, 3, 0}, &got, 1))
		assert.Equal(t, []item{{true, 2}, {false, 3}}, got.q)

		got = queued{}
		loadFails(t, d, &got, []byte{1, 1, 2, 1, 1})
		assert.Equal(t, []item{{true, 2}}, got.q, "an item that is not complete is left out")
	})
}

func TestQueueIsLoadedAtTheVersionOfTheField(t *testing.T) {
	inner := &vmstate.Description[item]{Name: "item", Version: 3, MinVersion: 2,
		LoadOld: func(*item, *vmstate.Decoder, int) error { panic("not asked") },
		Fields: vmstate.Fields[item]{
			vmstate.Bool("on", func(i *item) *bool { return &i.on }),
			vmstate.Uint8("n", func(i *item) *uint8 { return &i.n }).Since(3),
		}}
	at := func(field newQueue, since int) *vmstate.Description[queued] {
		d := describe(field("q", queueOf, inner).Since(since))
		d.Version = 9
		return d
	}
	queues(t, func(t *testing.T, field newQueue) {
		for _, c := range []struct {
			name  string
			since int
			wire  []byte
			want  item
		}{
			{"minimum", 2, []byte{1, 1, 0}, item{true, 0}},
			{"maximum", 3, []byte{1, 1, 5, 0}, item{true, 5}},
		} {
			t.Run(c.name, func(t *testing.T) {
				d, got := at(field, c.since), queued{}
				require.NoError(t, d.Unmarshal(c.wire, &got, 9))
				assert.Equal(t, []item{c.want}, got.q)
				body, err := d.Marshal(&queued{[]item{{true, 5}}})
				require.NoError(t, err)
				assert.Equal(t, []byte{1, 1, 5, 0}, body, "saved at its own version")
			})
		}
		for _, c := range []struct {
			name  string
			since int
		}{{"too old", 1}, {"too new", 4}} {
			t.Run(c.name, func(t *testing.T) {
				err := loadFails(t, at(field, c.since), &queued{}, []byte{0})
				var version *vmstate.VersionError
				require.ErrorAs(t, err, &version)
				assert.Equal(t, vmstate.VersionError{Name: "item", Got: c.since, Min: 2, Max: 3}, *version)
				fails(t, err, "q", 0)
			})
		}
	})
}

func TestErrorInAnItemNamesIt(t *testing.T) {
	refusing := &vmstate.Description[item]{Name: "item",
		PreSave:  func(i *item) error { return refuse(i.n) },
		PostLoad: func(i *item, _ int) error { return refuse(i.n) },
		Fields:   items.Fields}
	obj := queued{[]item{{true, 1}, {true, 4}}}
	queues(t, func(t *testing.T, field newQueue) {
		d := describe(field("q", queueOf, refusing))
		err := saveFails(t, d, obj)
		require.ErrorIs(t, err, errRefused)
		fails(t, err, "q[1]", 4)
		err = loadFails(t, d, &queued{}, []byte{1, 1, 1, 1, 1, 4, 0})
		require.ErrorIs(t, err, errRefused)
		fails(t, err, "q[1]", 4)
	})
}

func refuse(n uint8) error {
	if n == 4 {
		return errRefused
	}
	return nil
}

type forest struct{ m map[uint64]item }

func treeOf(f *forest) *map[uint64]item { return &f.m }

func TestTreeIsSentInTheOrderOfItsKeys(t *testing.T) {
	d := describe(vmstate.Tree("m", treeOf, items))
	obj := forest{map[uint64]item{1 << 40: {false, 65}, 3: {true, 130}, 1<<64 - 1: {}}}
	travels(t, d, obj, nil, []byte{
		/* count */ 0, 0, 0, 3,
		/* entry */ 1 /* key */, 0, 0, 0, 0, 0, 0, 0, 3 /* on */, 1 /* n */, 0x82,
		/* entry */ 1 /* key */, 0, 0, 1, 0, 0, 0, 0, 0 /* on */, 0 /* n */, 0x41,
		/* entry */ 1 /* key */, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff /* on */, 0 /* n */, 0,
		/* end */ 0,
	}, span{"m", 4},
		span{"m", 1}, span{"m[0].key", 8}, span{"m[0].value.on", 1}, span{"m[0].value.n", 1},
		span{"m", 1}, span{"m[1].key", 8}, span{"m[1].value.on", 1}, span{"m[1].value.n", 1},
		span{"m", 1}, span{"m[2].key", 8}, span{"m[2].value.on", 1}, span{"m[2].value.n", 1},
		span{"m", 1})
	travels(t, d, forest{map[uint64]item{}}, nil, []byte{ /* count */ 0, 0, 0, 0 /* end */, 0}, span{"m", 4}, span{"m", 1})

	t.Run("loading replaces what is there", func(t *testing.T) {
		got := forest{map[uint64]item{3: {true, 1}, 4: {true, 2}}}
		require.NoError(t, d.Unmarshal([]byte{0, 0, 0, 1, 0xff, 0, 0, 0, 0, 0, 0, 0, 3, 0, 9, 0}, &got, 1))
		assert.Equal(t, map[uint64]item{3: {false, 9}}, got.m)
	})
}

func TestTreeHasAsManyEntriesAsAnnounced(t *testing.T) {
	d := describe(vmstate.Tree("m", treeOf, items))
	entry := []byte{1, 0, 0, 0, 0, 0, 0, 0, 3, 1, 0x82}
	for _, c := range []struct {
		name   string
		count  []byte
		offset int
	}{
		{"more", []byte{0, 0, 0, 0}, 4},
		{"fewer", []byte{0, 0, 0, 2}, 15},
		{"hostile count", []byte{0x7f, 0xff, 0xff, 0xff}, 15},
		{"hostile negative count", []byte{0xff, 0xff, 0xff, 0xff}, 15},
	} {
		t.Run(c.name, func(t *testing.T) {
			wire := append(append(c.count, entry...), 0)
			var err error
			used := allocates(func() { err = loadFails(t, d, &forest{}, wire) })
			assert.Less(t, used, uint64(1<<20))
			assert.ErrorContains(t, err, "entries were announced, and 1 came")
			fails(t, err, "m", c.offset)
		})
	}
}

type named struct{ m map[[2]uint8]item }

func keyedTree(key *vmstate.Description[[2]uint8], value *vmstate.Description[item]) vmstate.Field[named] {
	return vmstate.KeyedTree("m", func(n *named) *map[[2]uint8]item { return &n.m },
		func(a, b [2]uint8) int { return cmp.Compare(b[0], a[0]) }, key, value)
}

var keys = &vmstate.Description[[2]uint8]{Name: "key", Version: 1, Fields: vmstate.Fields[[2]uint8]{
	vmstate.Uint8("a", func(k *[2]uint8) *uint8 { return &k[0] }),
	vmstate.Uint8("b", func(k *[2]uint8) *uint8 { return &k[1] }),
}}

func TestKeyedTreeHasDescribedKeysInTheirOwnOrder(t *testing.T) {
	d := describe(keyedTree(keys, items))
	travels(t, d, named{map[[2]uint8]item{{1, 2}: {true, 3}, {5, 6}: {false, 7}}}, nil, []byte{
		/* count */ 0, 0, 0, 2,
		/* entry */ 1 /* a */, 5 /* b */, 6 /* on */, 0 /* n */, 7,
		/* entry */ 1 /* a */, 1 /* b */, 2 /* on */, 1 /* n */, 3,
		/* end */ 0,
	}, span{"m", 4},
		span{"m", 1}, span{"m[0].key.a", 1}, span{"m[0].key.b", 1}, span{"m[0].value.on", 1}, span{"m[0].value.n", 1},
		span{"m", 1}, span{"m[1].key.a", 1}, span{"m[1].key.b", 1}, span{"m[1].value.on", 1}, span{"m[1].value.n", 1},
		span{"m", 1})
}

func TestTreeIsLoadedAtTheVersionOfTheField(t *testing.T) {
	oldKeys, oldItems := *keys, *items
	oldKeys.MinVersion, oldItems.MinVersion = 1, 1
	for _, c := range []struct {
		name  string
		field vmstate.Field[named]
		want  vmstate.VersionError
	}{
		{"key too old", keyedTree(&oldKeys, items), vmstate.VersionError{Name: "key", Got: 0, Min: 1, Max: 1}},
		{"key too new", keyedTree(keys, items).Since(2), vmstate.VersionError{Name: "key", Got: 2, Min: 0, Max: 1}},
		{"value too old", keyedTree(keys, &oldItems), vmstate.VersionError{Name: "item", Got: 0, Min: 1, Max: 2}},
		{"value too new", keyedTree(keys, items).Since(3), vmstate.VersionError{Name: "item", Got: 3, Min: 0, Max: 2}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := describe(c.field)
			d.Version = 9
			err := loadFails(t, d, &named{}, make([]byte, 5))
			var version *vmstate.VersionError
			require.ErrorAs(t, err, &version)
			assert.Equal(t, c.want, *version)
			fails(t, err, "m", 0)
		})
	}
}

func TestErrorInATreeEntryNamesIt(t *testing.T) {
	badKeys := &vmstate.Description[[2]uint8]{Name: "key", Fields: keys.Fields,
		PreSave: func(k *[2]uint8) error { return refuse(k[0]) }, PostLoad: func(k *[2]uint8, _ int) error { return refuse(k[0]) }}
	badItems := &vmstate.Description[item]{Name: "item", Fields: items.Fields,
		PreSave: func(i *item) error { return refuse(i.n) }, PostLoad: func(i *item, _ int) error { return refuse(i.n) }}
	d := describe(keyedTree(badKeys, badItems))
	for _, c := range []struct {
		name   string
		obj    named
		path   string
		offset int
		wire   []byte
	}{
		{"key", named{map[[2]uint8]item{{9, 0}: {}, {4, 0}: {}}}, "m[1].key", 10, []byte{0, 0, 0, 2, 1, 9, 0, 0, 0, 1, 4, 0, 0, 0, 0}},
		{"value", named{map[[2]uint8]item{{1, 0}: {true, 4}}}, "m[0].value", 7, []byte{0, 0, 0, 1, 1, 1, 0, 1, 4, 0}},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := saveFails(t, d, c.obj)
			require.ErrorIs(t, err, errRefused)
			fails(t, err, c.path, c.offset)
			err = loadFails(t, d, &named{}, c.wire)
			require.ErrorIs(t, err, errRefused)
			fails(t, err, c.path, c.offset)
		})
	}
}
