package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// segmentFile makes a file of pages, references and an index, with all checksums
// right that do not depend on what is in them. References may be to otherSegment.
func segmentFile(stored, references, index []byte) (i id, data []byte) {
	count, differences := len(index)/entrySize, len(references)/referenceSize
	index = index[:count*entrySize]
	version := uint32(formatVersion)
	if differences > 0 {
		other, _ := otherSegment()
		index = slices.Concat(other[:], references[:differences*referenceSize], index)
		version = differencesVersion
	}
	data = append(data, stored...)
	data = append(data, padding[:align(int64(len(data)))-int64(len(data))]...)
	data = append(data, index...)
	footer := newHeader(segmentMagic, version)
	little.PutUint64(footer[16:], uint64(len(data)+headerSize))
	little.PutUint64(footer[24:], uint64(count))
	little.PutUint64(footer[32:], uint64(min(differences, 1)))
	little.PutUint64(footer[40:], uint64(differences))
	seal(footer)
	return sha256.Sum256(index), append(data, footer...)
}

// otherSegment is one that is well and has one page.
func otherSegment() (i id, data []byte) {
	page := bytes.Repeat([]byte{7}, pageSize)
	e := entry{sum: sha256.Sum256(page), crc: checksum(page), length: pageSize}
	return segmentFile(page, nil, e.put(nil))
}

// manifestFile makes a file of parts, with all checksums right.
func manifestFile(parts map[string][]byte) []byte {
	var body []byte
	for _, kind := range allParts {
		if data, ok := parts[kind]; ok {
			body = putPart(body, kind, data, encodingRaw, len(data))
		}
	}
	return sealManifest(body)
}

// allocated is how many bytes f allocates, freed ones included.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// partsOf is what "b" in the store of twoSnapshots consists of when it is in one
// segment: the segment's pages, references and index, then the metadata, devices
// and tables of the manifest.
func partsOf(t testing.TB) [6][]byte {
	d, _ := twoSnapshots(t)
	s := open("sim", d)
	require.NoError(t, s.Delete(t.Context(), "a"))
	c, err := s.scan()
	require.NoError(t, err)
	_, moved, err := s.rewrite(t.Context(), slices.Collect(maps.Values(c.segments)), newIntact(s))
	require.NoError(t, err)
	require.NoError(t, s.move(c.manifests[0], moved))

	body, err := openManifest(d.names["tag-b.snap"].seen)
	require.NoError(t, err)
	parts, err := readParts(body)
	require.NoError(t, err)
	i := id(parts[partSegments])
	g, err := openSegment(d, i)
	require.NoError(t, err)
	require.Positive(t, g.differences)
	data := d.names[i.file()].seen
	index := len(data) - headerSize - len(g.entries)*entrySize
	references := index - g.differences*referenceSize
	return [6][]byte{
		data[:references], data[references:index], data[index : len(data)-headerSize],
		parts[partMeta], parts[partDevices], parts[partTables],
	}
}

// FuzzManifest reads files as manifests.
func FuzzManifest(f *testing.F) {
	d, _ := twoSnapshots(f)
	for _, name := range []string{"tag-a.snap", "tag-b.snap"} {
		f.Add(d.names[name].seen)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if m, err := parseManifest(data); err == nil {
			require.NotNil(t, m)
		}
	})
}

// FuzzSegment reads segments in which all checksums are right.
func FuzzSegment(f *testing.F) {
	p := partsOf(f)
	f.Add(p[0], p[1], p[2])
	f.Fuzz(trySegment)
}

func trySegment(t *testing.T, stored, references, index []byte) {
	id, data := segmentFile(stored, references, index)
	d := newSimulated()
	d.put(id.file(), data)
	other, data := otherSegment()
	d.put(other.file(), data)
	g, err := openSegment(d, id)
	if err != nil {
		return
	}
	require.NoError(t, g.load(d))
	require.NoError(t, g.hold(d))
	var page [pageSize]byte
	for n := range g.entries {
		_ = g.checkPage(n)
		_ = g.read(n, &page)
	}
	_, err = open("sim", d).Verify(t.Context(), nil)
	require.NoError(t, err)
}

// FuzzStore does everything with a store of a manifest and a segment in which
// all checksums are right.
func FuzzStore(f *testing.F) {
	p := partsOf(f)
	f.Add(p[0], p[1], p[2], p[3], p[4], p[5])
	f.Fuzz(func(t *testing.T, stored, references, index, meta, devices, tables []byte) {
		tryStore(t, [6][]byte{stored, references, index, meta, devices, tables})
	})
}

// tryStore tells whether there was something to load.
func tryStore(t *testing.T, parts [6][]byte) (loaded bool) {
	d := newSimulated()
	id, data := segmentFile(parts[0], parts[1], parts[2])
	d.put(id.file(), data)
	other, data := otherSegment()
	d.put(other.file(), data)
	d.put("tag-b.snap", manifestFile(map[string][]byte{
		partMeta: parts[3], partSegments: id[:], partDevices: parts[4], partTables: parts[5],
	}))
	s := open("sim", d)
	size := 0
	for _, p := range parts {
		size += len(p)
	}
	assert.Less(t, allocated(func() {
		sn, err := s.Load(t.Context(), "b", nil)
		if err != nil {
			return
		}
		loaded = true
		for _, d := range sn.Image.Disks {
			if d.Contents != nil {
				_, _ = d.Contents.ReadAt(make([]byte, 10_000), max(d.Size-5000, 0))
			}
		}
	}), uint64(200<<20+200*size))
	_, err := s.List()
	require.NoError(t, err)
	_, err = s.Verify(t.Context(), nil)
	require.NoError(t, err)

	image := imageOf(t, tiny)
	save(t, s, "c", image)
	_ = s.Delete(t.Context(), "b")
	requireEqual(t, image, load(t, open("sim", d), "c"))
	return loaded
}

// mutated is p with something wrong in it.
func mutated(random *rand.Rand, p []byte) []byte {
	p = slices.Clone(p)
	for range 1 + random.IntN(3) {
		at := random.IntN(len(p) + 1)
		switch random.IntN(5) {
		case 0:
			p = p[:at]
		case 1:
			p = slices.Insert(p, at, byte(random.IntN(256)))
		case 2:
			p = slices.Insert(p, at, binary.AppendUvarint(nil, 1<<random.IntN(64))...)
		default:
			if at < len(p) {
				p[at] ^= byte(1 << random.IntN(8))
			}
		}
	}
	return p
}

func TestMutatedFilesWithRightChecksumsAreRefusedOrHarmless(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	whole := partsOf(t)
	require.True(t, tryStore(t, whole), "as it was it is loaded")
	refused := 0
	for range 500 {
		parts := whole
		which := random.IntN(6)
		parts[which] = mutated(random, parts[which])
		if !tryStore(t, parts) {
			refused++
		}
		trySegment(t, parts[0], parts[1], parts[2])
	}
	t.Logf("%d of 500 refused", refused)
	assert.Greater(t, refused, 250)
}
