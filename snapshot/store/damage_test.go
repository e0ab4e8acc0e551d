package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/snapshot"
)

// put makes data all there is in a file.
func (d *simulated) put(name string, data []byte) { d.names[name] = &inode{seen: data, synced: data} }

// twoSnapshots is a small store with the snapshots "a" and "b", which share
// most pages. Some of "b" are differences from those of "a".
func twoSnapshots(t testing.TB) (*simulated, map[string]*snapshot.Image) {
	d := newSimulated()
	s := open("sim", d)
	a := imageOf(t, shape{ram: 4 * pageSize, disk: pageSize + 512, random: 30, text: 50, seed: 8})
	b := touched(changed(a, 1, 1), 2, 2)
	save(t, s, "a", a)
	save(t, s, "b", b)
	return d, map[string]*snapshot.Image{"a": a, "b": b}
}

// tryDamaged loads both snapshots from a store in which something is wrong. Each
// must be refused or be what it was. It tells how many were refused.
func tryDamaged(t *testing.T, d *simulated, images map[string]*snapshot.Image) (refused int) {
	t.Helper()
	for tag, image := range images {
		s := open("sim", d)
		sn, err := s.Load(t.Context(), tag, nil)
		if err == nil {
			requireEqual(t, image, sn.Image)
			continue
		}
		refused++
		var newer *VersionError
		require.True(t, errors.Is(err, ErrDamaged) || errors.As(err, &newer) || errors.Is(err, ErrNotFound), "%v", err)
		require.Contains(t, err.Error(), fmt.Sprintf("snapshot %q: ", tag))
	}
	return refused
}

func TestNoFlippedBitGetsIntoAMachine(t *testing.T) {
	d, images := twoSnapshots(t)
	cases, harmless := 0, 0
	for name, i := range d.names {
		for at := range i.seen {
			broken := d.clone()
			data := slices.Clone(i.seen)
			data[at] ^= 1 << (at % 8)
			broken.put(name, data)
			refused := tryDamaged(t, broken, images)
			if cases++; cases%8 == 0 {
				damages, err := open("sim", broken).Verify(t.Context(), nil)
				require.NoError(t, err)
				require.Equal(t, refused > 0, len(damages) > 0, "%s: byte %d: %v", name, at, damages)
			}
			if refused == 0 {
				harmless++
			}
		}
	}
	t.Logf("%d bits flipped, %d of them in the lock file or between pages", cases, harmless)
	assert.Greater(t, cases, 10_000)
	assert.Less(t, harmless, cases/50)
}

func TestNoTruncatedFileGetsIntoAMachine(t *testing.T) {
	d, images := twoSnapshots(t)
	cases := 0
	for name, i := range d.names {
		if name == lockFile {
			continue
		}
		for n := 0; n < len(i.seen); n += 1 + n%13 {
			for _, data := range [][]byte{i.seen[:n], append(slices.Clone(i.seen), make([]byte, n+1)...)} {
				broken := d.clone()
				broken.put(name, data)
				require.NotZero(t, tryDamaged(t, broken, images), "%s with %d bytes", name, len(data))
				damages, err := open("sim", broken).Verify(t.Context(), nil)
				require.NoError(t, err)
				require.NotEmpty(t, damages)
				cases++
			}
		}
	}
	t.Logf("%d truncated and lengthened files", cases)
	assert.Greater(t, cases, 2000)
}

func TestNoSwappedOrForeignFileGetsIntoAMachine(t *testing.T) {
	d, images := twoSnapshots(t)
	foreign := map[string][]byte{"empty": nil, "text": []byte(strings.Repeat("text\n", 1000)), "zeros": make([]byte, 9999)}
	for name, i := range d.names {
		foreign[name] = i.seen
	}
	cases := 0
	for name := range d.names {
		if name == lockFile {
			continue
		}
		for other, data := range foreign {
			if other == name {
				continue
			}
			broken := d.clone()
			broken.put(name, data)
			require.NotZero(t, tryDamaged(t, broken, images), "%s in place of %s", other, name)
			cases++
		}
		broken := d.clone()
		delete(broken.names, name)
		require.NotZero(t, tryDamaged(t, broken, images), "%s missing", name)
		cases++
	}
	t.Logf("%d swapped, foreign and missing files", cases)
	assert.Greater(t, cases, 25)
}

func TestErrorsSayWhatIsDamagedAndWhere(t *testing.T) {
	d, _ := twoSnapshots(t)
	manifest := d.names["tag-a.snap"].seen
	segment := ""
	m, err := parseManifest(manifest)
	require.NoError(t, err)
	segment = m.segments[0].file()

	find := func(data []byte, what string) int {
		at := strings.Index(string(data), what)
		require.Positive(t, at)
		return at
	}
	flipped := func(name string, at int) error {
		broken := d.clone()
		data := slices.Clone(d.names[name].seen)
		data[at] ^= 0xff
		broken.put(name, data)
		_, err := open("sim", broken).Load(t.Context(), "a", nil)
		require.ErrorIs(t, err, ErrDamaged)
		return err
	}
	assert.Regexp(t, `^snapshot "a": tag-a.snap: section i8254 \(instance 0\): checksum [0-9a-f]{8} instead of [0-9a-f]{8}$`,
		flipped("tag-a.snap", find(manifest, "i8254")+20))
	assert.Regexp(t, `^snapshot "a": tag-a.snap: part "meta": checksum`, flipped("tag-a.snap", headerSize+partHeaderSize+5))
	assert.Regexp(t, `^snapshot "a": tag-a.snap: it is no manifest of a snapshot: ".*" stands where "TVMSNAP\\n" is due$`, flipped("tag-a.snap", 0))
	assert.Regexp(t, `^snapshot "a": segment `+segment+`: page 0 \(pc.ram 0x[0-9a-f]+\): checksum [0-9a-f]{8} instead of [0-9a-f]{8}$`, flipped(segment, 5))
	assert.Regexp(t, `^snapshot "a": segment `+segment+`: its index has the SHA-256 [0-9a-f]{64}: this is another segment's file, or a damaged one$`,
		flipped(segment, len(d.names[segment].seen)-headerSize-1))
}

func TestVerifySaysWhatDamageHits(t *testing.T) {
	d, _ := twoSnapshots(t)
	m, err := parseManifest(d.names["tag-a.snap"].seen)
	require.NoError(t, err)
	name := m.segments[0].file()
	g, err := openSegment(d, m.segments[0])
	require.NoError(t, err)
	data := slices.Clone(d.names[name].seen)
	for _, at := range g.offsets {
		data[at] ^= 1
	}
	d.put(name, data)
	damages, err := open("sim", d).Verify(t.Context(), nil)
	require.NoError(t, err)
	require.Len(t, damages, len(g.entries))
	hits := map[string]bool{}
	for _, damage := range damages {
		assert.Equal(t, name, damage.File)
		require.ErrorIs(t, damage.Err, ErrDamaged)
		for _, h := range damage.Hits {
			hits[h.String()] = true
		}
	}
	assert.Contains(t, hits, `snapshot "a": description of the devices`)
	assert.Contains(t, hits, `snapshot "b": description of the devices`)
	sectors, memory := 0, 0
	for h := range hits {
		if strings.HasPrefix(h, `snapshot "a": ide0-hd0 sector `) {
			sectors++
		}
		if strings.HasPrefix(h, `snapshot "a": pc.ram 0x`) {
			memory++
		}
	}
	assert.Positive(t, sectors)
	assert.Positive(t, memory)
}

// newer makes a manifest one of a later format, whose header is the same.
func newer(data []byte) []byte {
	data = slices.Clone(data)
	little.PutUint32(data[8:], formatVersion+1)
	seal(data[:headerSize])
	return append(data, "something new"...)
}

func TestASnapshotOfANewerFormatIsNamedAndLeftAlone(t *testing.T) {
	d, images := twoSnapshots(t)
	d.put("tag-a.snap", newer(d.names["tag-a.snap"].seen))
	s := open("sim", d)
	refusal := `snapshot "a": tag-a.snap: format 2, this program reads format 1: use a newer toyvm`
	_, err := s.Load(t.Context(), "a", nil)
	require.EqualError(t, err, refusal)
	_, err = s.Save(t.Context(), "a", images["a"], Meta{}, nil)
	require.EqualError(t, err, refusal)
	require.EqualError(t, s.Delete(t.Context(), "a"), refusal)
	requireEqual(t, images["b"], load(t, s, "b"))

	entries, err := s.List()
	require.NoError(t, err)
	require.Len(t, entries, 2)
	assert.Equal(t, "a", entries[0].Tag)
	require.EqualError(t, entries[0].Err, "tag-a.snap: format 2, this program reads format 1: use a newer toyvm")
	require.NoError(t, entries[1].Err)

	before, err := s.list()
	require.NoError(t, err)
	err = s.Delete(t.Context(), "b")
	require.EqualError(t, err, `snapshot "b": it is deleted, but its space is not given back yet: `+refusal)
	after, err := s.list()
	require.NoError(t, err)
	assert.Equal(t, before.segments, after.segments, "who knows what the newer one needs")
	_, err = s.Load(t.Context(), "b", nil)
	require.ErrorIs(t, err, ErrNotFound)
	save(t, s, "c", images["b"])
}

func TestADamagedSnapshotCanBeDeletedOrReplaced(t *testing.T) {
	for _, name := range []string{"tag-a.snap", "segment"} {
		d, images := twoSnapshots(t)
		if name == "segment" {
			m, err := parseManifest(d.names["tag-b.snap"].seen)
			require.NoError(t, err)
			name = m.segments[len(m.segments)-1].file()
		}
		d.put(name, []byte("gone"))
		s := open("sim", d)
		save(t, s, "a", images["a"])
		requireEqual(t, images["a"], load(t, open("sim", d), "a"))
		_ = s.Delete(t.Context(), "b")
		require.NoError(t, s.Delete(t.Context(), "a"))
		l, err := s.list()
		require.NoError(t, err)
		assert.Equal(t, &listing{}, l)
	}
}

func TestANewSnapshotDoesNotRelyOnDamagedPages(t *testing.T) {
	d, images := twoSnapshots(t)
	for name, i := range d.names {
		if strings.HasSuffix(name, segmentSuffix) {
			i.seen[100] ^= 1
		}
	}
	s := open("sim", d)
	save(t, s, "c", images["a"])
	requireEqual(t, images["a"], load(t, open("sim", d), "c"))
}

func TestASegmentThatIsCutWhileItIsMappedIsAnError(t *testing.T) {
	s := Open(t.TempDir() + "/s")
	save(t, s, "a", imageOf(t, small))
	load(t, s, "a")
	l, err := s.list()
	require.NoError(t, err)
	require.NoError(t, os.Truncate(filepath.Join(s.dir, l.segments[0].file()), pageSize))
	other := imageOf(t, shape{ram: 64 << 10, random: 100, seed: 99})
	save(t, s, "b", other)
	_, err = s.Load(t.Context(), "a", nil)
	if runtime.GOOS == "linux" { // elsewhere it was read into memory
		require.ErrorIs(t, err, ErrDamaged)
		assert.Regexp(t, `: page [0-9]+ \(.*\): it cannot be read$`, err.Error())
	}
	requireEqual(t, other, load(t, s, "b"))
}
