package store

import (
	"bytes"
	"crypto/sha256"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/snapshot"
	"toyvm/snapshot/disk"
)

func TestADifferencePatchesItsBaseAndIsSmallerThanTheLimit(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	var base snapshot.Page
	for i := range base {
		base[i] = byte(random.Uint32())
	}
	check := func(page snapshot.Page) int {
		stored, ok := difference(nil, &page, &base, 3*pageSize)
		require.True(t, ok)
		got := base
		require.NoError(t, patch(stored, &got))
		require.True(t, got == page)
		_, ok = difference(nil, &page, &base, len(stored))
		require.False(t, ok, "not smaller")
		_, ok = difference(nil, &page, &base, len(stored)+1)
		require.True(t, ok)
		return len(stored)
	}
	_, ok := difference(nil, &base, &base, pageSize)
	assert.False(t, ok, "nothing differs")
	for _, at := range []int{0, 1, 1000, pageSize - 1} {
		page := base
		page[at]++
		assert.LessOrEqual(t, check(page), 4)
	}
	for n := range 300 {
		page := base
		for range n {
			page[random.IntN(pageSize)]++
		}
		if page != base {
			check(page)
		}
	}
	assert.Less(t, check(snapshot.Page{}), pageSize+20)
}

func TestABadDifferenceIsRefused(t *testing.T) {
	for _, stored := range [][]byte{
		{0x80}, {1}, {1, 2, 3}, {0x80, 0x20, 1, 0}, {0, 0x81, 0x20},
		{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 1, 1},
	} {
		require.ErrorIs(t, patch(stored, &snapshot.Page{}), ErrDamaged, "%x", stored)
	}
}

// differences counts those that a snapshot needs, and finds the segments that
// hold their bases.
func differences(t *testing.T, s *Store, tag string) (count int, bases map[string]bool) {
	t.Helper()
	m, err := readManifest(s.files, manifestName(tag), tag)
	require.NoError(t, err)
	tables, err := s.resolve(m)
	require.NoError(t, err)
	all, err := s.bases(tables...)
	require.NoError(t, err)
	bases = map[string]bool{}
	for r, b := range all {
		require.True(t, r.differs())
		require.False(t, b.differs())
		require.Contains(t, m.segments, b.segment.id)
		bases[b.segment.id.file()] = true
	}
	return len(all), bases
}

func TestAPageThatChangedALittleIsStoredAsADifferenceFromAWholeOne(t *testing.T) {
	s := Open(t.TempDir() + "/s")
	images := []*snapshot.Image{imageOf(t, small)}
	save(t, s, tagNumber(0), images[0])
	count, _ := differences(t, s, tagNumber(0))
	assert.Zero(t, count, "there was nothing before")
	first := sizeOf(t, s.dir)
	for i := 1; i < 6; i++ {
		images = append(images, touched(images[i-1], 1, 40)) // the same pages
		save(t, s, tagNumber(i), images[i])
		count, bases := differences(t, s, tagNumber(i))
		assert.Equal(t, 40, count)
		assert.Len(t, bases, 1, "all differ from the first one")
	}
	assert.Less(t, sizeOf(t, s.dir)-first, int64(5*(40*150+1500)))

	save(t, s, "much", changed(images[5], 1, 1000))
	for i, image := range images {
		requireEqual(t, image, load(t, s, tagNumber(i)))
		requireEqual(t, image, load(t, Open(s.dir), tagNumber(i)))
	}
	other := Open(s.dir)
	load(t, other, tagNumber(5))
	next := touched(images[5], 7, 3)
	save(t, other, "next", next)
	requireEqual(t, next, load(t, Open(s.dir), "next"))
	count, _ = differences(t, other, "next")
	assert.Greater(t, count, 40)
}

func TestADiskIsReadFromDifferencesAlsoWhenTheirFilesAreGone(t *testing.T) {
	dir := t.TempDir() + "/s"
	s := Open(dir)
	image := imageOf(t, shape{ram: 64 << 10, disk: 640 << 10, random: 100, seed: 1})
	save(t, s, "a", image)
	d := disk.New(nil, disk.Config{Name: "disk.img", Size: 640 << 10, Ephemeral: true})
	require.NoError(t, d.Restore(image.Disks[0].Contents))
	_, err := d.WriteAt([]byte("changed"), 5*disk.ClusterSize+1000)
	require.NoError(t, err)
	next := *image
	next.Disks = slices.Clone(image.Disks)
	next.Disks[0].Contents = d.Capture()
	save(t, s, "b", &next)
	count, _ := differences(t, s, "b")
	assert.Equal(t, 1, count)

	want := diskBytes(t, next.Disks[0])
	assert.True(t, bytes.Contains(want, []byte("changed")))
	loaded := load(t, Open(dir), "b")
	require.NoError(t, s.Delete(t.Context(), "a"))
	require.NoError(t, s.Delete(t.Context(), "b"))
	assert.True(t, bytes.Equal(want, diskBytes(t, loaded.Disks[0])))
}

// whole requires that a store is whole and that its segments are all needed.
func whole(t *testing.T, s *Store) {
	t.Helper()
	damages, err := Open(s.dir).Verify(t.Context(), nil)
	require.NoError(t, err)
	require.Empty(t, damages)
	scanned, err := s.scan()
	require.NoError(t, err)
	l, err := s.list()
	require.NoError(t, err)
	require.Len(t, l.segments, len(scanned.segments))
}

func TestWhatADifferenceDiffersFromIsNeeded(t *testing.T) {
	s := Open(t.TempDir() + "/s")
	a := imageOf(t, shape{ram: 1 << 20, random: 100, seed: 3})
	b := touched(a, 1, 200)
	save(t, s, "a", a)
	save(t, s, "b", b)
	entries, err := s.List()
	require.NoError(t, err)
	assert.Less(t, entries[0].Own, int64(80*pageSize), "most pages of a are bases for b")
	assert.Greater(t, entries[1].Size, int64(1<<20), "bases count")

	require.NoError(t, s.Delete(t.Context(), "a"))
	requireEqual(t, b, load(t, s, "b"))
	requireEqual(t, b, load(t, Open(s.dir), "b"))
	whole(t, s)
	entries, err = s.List()
	require.NoError(t, err)
	assert.Equal(t, entries[0].Size, entries[0].Own)
	require.NoError(t, s.Delete(t.Context(), "b"))
	assert.Less(t, sizeOf(t, s.dir), int64(100))
}

func TestBasesAreMovedTogetherWithTheirDifferences(t *testing.T) {
	s := Open(t.TempDir() + "/s")
	a := imageOf(t, shape{ram: 1 << 20, random: 100, seed: 3})
	b := touched(changed(a, 1, 500), 2, 60) // most of a is gone
	c := touched(b, 3, 90)
	save(t, s, "a", a)
	save(t, s, "b", b)
	save(t, s, "c", c)
	_, before := differences(t, s, "c")
	sn, err := s.Load(t.Context(), "c", nil)
	require.NoError(t, err)
	r, err := s.Begin(t.Context(), sn, nil)
	require.NoError(t, err)
	require.NoError(t, s.Delete(t.Context(), "a"))
	_, pinned := differences(t, s, "c")
	assert.Equal(t, before, pinned, "a journal needs them where they are")
	whole(t, s)
	require.NoError(t, r.End())

	save(t, s, "x", a)
	require.NoError(t, s.Delete(t.Context(), "x"))
	count, after := differences(t, s, "c")
	assert.Greater(t, count, 90)
	for name := range after {
		assert.NotContains(t, before, name)
	}
	whole(t, s)
	for tag, image := range map[string]*snapshot.Image{"b": b, "c": c} {
		requireEqual(t, image, load(t, s, tag))
		requireEqual(t, image, load(t, Open(s.dir), tag))
	}
	assert.Less(t, sizeOf(t, s.dir), int64(1<<20+400<<10))
}

// A difference that nobody needs stays in a segment of which other pages are
// needed when its base is removed.
func TestADifferenceWithoutItsBaseIsNotUsedAgain(t *testing.T) {
	s := Open(t.TempDir() + "/s")
	a := imageOf(t, shape{ram: 1 << 20, random: 100, seed: 3})
	b := changed(touched(a, 1, 20), 2, 300)
	save(t, s, "a", a)
	save(t, s, "b", b)
	count, _ := differences(t, s, "b")
	require.Positive(t, count)

	other := Open(s.dir)
	c := *load(t, other, "b")
	c.Memory = slices.Clone(c.Memory)
	c.Memory[0].Pages = slices.Clone(c.Memory[0].Pages)
	for n, page := range c.Memory[0].Pages {
		if *page == *a.Memory[0].Pages[n] || alike(page, a.Memory[0].Pages[n]) {
			c.Memory[0].Pages[n] = nil
		}
	}
	save(t, other, "c", &c)
	require.NoError(t, other.Delete(t.Context(), "b"))
	require.NoError(t, other.Delete(t.Context(), "a"))
	count, _ = differences(t, other, "c")
	require.Zero(t, count)
	l, err := s.list()
	require.NoError(t, err)
	dead := 0
	for _, i := range l.segments {
		g, err := openSegment(s.files, i)
		require.NoError(t, err)
		dead += g.differences
	}
	require.Positive(t, dead)
	whole(t, s)

	// The first one still knows where the pages of b were.
	save(t, s, "b", b)
	requireEqual(t, b, load(t, Open(s.dir), "b"))
	save(t, other, "d", b)
	requireEqual(t, b, load(t, Open(s.dir), "d"))
	whole(t, s)
}

// alike tells whether pages differ only a little.
func alike(a, b *snapshot.Page) bool {
	_, ok := difference(nil, a, b, 100)
	return ok
}

func TestDamageOfABaseIsToldWithTheDifferencesThatItHits(t *testing.T) {
	d := newSimulated()
	s := open("sim", d)
	a := imageOf(t, shape{ram: pageSize, random: 100, seed: 3})
	save(t, s, "a", a)
	save(t, s, "b", touched(a, 1, 1))
	m, err := readManifest(d, "tag-a.snap", "a")
	require.NoError(t, err)
	name := m.segments[0].file()
	d.names[name].seen[100] ^= 1

	damages, err := s.Verify(t.Context(), nil)
	require.NoError(t, err)
	require.Len(t, damages, 1)
	assert.Equal(t, name, damages[0].File)
	assert.Equal(t, []Hit{{Tag: "a", Where: "pc.ram 0x0"}, {Tag: "b", Where: "pc.ram 0x0"}}, damages[0].Hits)
	_, err = open("sim", d).Load(t.Context(), "b", nil)
	assert.Regexp(t, `^snapshot "b": segment [0-9a-f]+\.seg: page 0 \(pc\.ram 0x0\): base: segment `+name+`: page 0: checksum`, err.Error())

	delete(d.names, name)
	damages, err = s.Verify(t.Context(), nil)
	require.NoError(t, err)
	require.Len(t, damages, 1)
	assert.Equal(t, []Hit{{Tag: "a"}, {Tag: "b"}}, damages[0].Hits)
}

func TestHostileReferencesAreRefused(t *testing.T) {
	d, images := twoSnapshots(t)
	m, err := parseManifest(d.names["tag-b.snap"].seen)
	require.NoError(t, err)
	var g *segment
	for _, i := range m.segments {
		if g, err = openSegment(d, i); g.differences > 0 {
			break
		}
	}
	require.NoError(t, err)
	require.Equal(t, 2, g.differences)
	require.Len(t, g.bases, 1)
	first := slices.IndexFunc(g.entries, func(e entry) bool { return e.encoding == encodingDifference })
	foreign := g.bases[0]

	for _, c := range []struct {
		name    string
		base    reference
		other   id
		refusal string
	}{
		{"itself", reference{0, uint32(first)}, foreign, "is a difference, too"},
		{"out of range", reference{1, 1 << 31}, foreign, `its base is page 2147483648 of segment [0-9a-f]+.seg, which has`},
		{"out of range in itself", reference{0, 1000}, foreign, "its base is page 1000 of segment"},
		{"no such segment in the list", reference{2, 0}, foreign, "its base is in segment 2 of 1"},
		{"a segment that is not there", reference{1, 0}, id{1}, "a segment is missing: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			broken := d.clone()
			data := broken.names[g.id.file()].seen
			head := len(data) - headerSize - len(g.entries)*entrySize - 2*referenceSize - len(foreign)
			index := data[head : len(data)-headerSize]
			copy(index, c.other[:])
			copy(index[len(foreign):], c.base.put(nil))
			name := id(sha256.Sum256(index))
			broken.put(name.file(), data)
			body, err := openManifest(broken.names["tag-b.snap"].seen)
			require.NoError(t, err)
			parts, err := readParts(body)
			require.NoError(t, err)
			parts[partSegments] = bytes.Replace(parts[partSegments], g.id[:], name[:], 1)
			broken.put("tag-b.snap", manifestFile(parts))

			s := open("sim", broken)
			_, err = s.Load(t.Context(), "b", nil)
			require.ErrorIs(t, err, ErrDamaged)
			assert.Regexp(t, c.refusal, err.Error())
			requireEqual(t, images["a"], load(t, s, "a"))
			damages, err := s.Verify(t.Context(), nil)
			require.NoError(t, err)
			assert.NotEmpty(t, damages)
			entries, err := s.List()
			require.NoError(t, err)
			require.Error(t, entries[1].Err)
			before, err := s.list()
			require.NoError(t, err)
			require.Error(t, s.Delete(t.Context(), "a"), "who knows what b needs")
			after, err := s.list()
			require.NoError(t, err)
			assert.Equal(t, before.segments, after.segments)
			require.NoError(t, s.Delete(t.Context(), "b"))
		})
	}
}
