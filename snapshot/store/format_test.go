package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"flag"
	"hash/crc32"
	"os"
	"path/filepath"
	"testing"

	"github.com/klauspost/compress/snappy"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/snapshot"
	"toyvm/snapshot/migration"
)

var update = flag.Bool("update", false, "write the golden store anew")

// golden is a store that was written by the first program that had format 1,
// goldenDifferences by the first that made differences.
const (
	golden            = "testdata/format-1"
	goldenDifferences = "testdata/differences"
)

var goldenShape = shape{ram: 64 << 10, vram: 16 << 10, disk: 20<<10 + 512, random: 10, text: 40, seed: 42}

// goldenImages are what is in both golden stores. In the one with differences
// "Boot" is not any more: its deletion moved bases beside their differences.
func goldenImages(t *testing.T) map[string]map[string]*snapshot.Image {
	image := imageOf(t, goldenShape)
	boot := changed(imageOf(t, shape{ram: 32 << 10, vram: 16 << 10, disk: 4<<10 + 512, random: 10, text: 40, seed: 43}), 9, 20)
	later := touched(changed(boot, 1, 16), 1, 8)
	return map[string]map[string]*snapshot.Image{
		golden:            {"Boot": image, "later": changed(image, 1, 2)},
		goldenDifferences: {"Boot": boot, "later": later, "last": touched(changed(later, 3, 2), 2, 4)},
	}
}

func TestGoldenStoresAreStillRead(t *testing.T) {
	for dir, images := range goldenImages(t) {
		if *update {
			require.NoError(t, os.RemoveAll(dir))
			s := Open(dir)
			for _, tag := range []string{"Boot", "later", "last"} {
				if images[tag] != nil {
					save(t, s, tag, images[tag])
				}
				if dir == goldenDifferences && tag == "later" {
					require.NoError(t, s.Delete(t.Context(), "Boot"))
					load(t, s, tag)
				}
			}
			require.NoError(t, os.Remove(filepath.Join(dir, lockFile)))
		}
		s := Open(dir)
		entries, err := s.List()
		require.NoError(t, err)
		require.Len(t, entries, 2)
		for _, e := range entries {
			requireEqual(t, images[e.Tag], load(t, s, e.Tag))
		}
		damages, err := s.Verify(t.Context(), nil)
		require.NoError(t, err)
		assert.Empty(t, damages)
	}
}

// bookReader reads a store by what docs/snapshot-format.md says, and nothing
// else.
type bookReader struct {
	t   *testing.T
	dir string

	differences, own int // that were read; those whose base is in the same segment
}

func (r *bookReader) crc(p []byte) uint32 {
	return crc32.Checksum(p, crc32.MakeTable(crc32.Castagnoli))
}

func (r *bookReader) header(h []byte, magic string, size int, format uint32) {
	require.Equal(r.t, magic, string(h[:8]))
	require.Equal(r.t, format, binary.LittleEndian.Uint32(h[8:]))
	cleared := bytes.Clone(h)
	clear(cleared[12:16])
	require.Equal(r.t, r.crc(cleared), binary.LittleEndian.Uint32(h[12:]))
	require.EqualValues(r.t, size, binary.LittleEndian.Uint64(h[16:]))
	require.Equal(r.t, make([]byte, 8), h[56:])
}

func (r *bookReader) unpack(stored []byte, encoding, size uint64) []byte {
	if encoding == 0 {
		require.EqualValues(r.t, size, len(stored))
		return stored
	}
	require.EqualValues(r.t, 1, encoding)
	data, err := snappy.Decode(nil, stored)
	require.NoError(r.t, err)
	require.EqualValues(r.t, size, len(data))
	return data
}

// segment returns the pages of a segment.
func (r *bookReader) segment(name string) (pages [][]byte) {
	data, err := os.ReadFile(filepath.Join(r.dir, name+".seg"))
	require.NoError(r.t, err)
	header := data[len(data)-64:]
	count, others, differences := int(binary.LittleEndian.Uint64(header[24:])), 0, 0
	if header[8] == 1 {
		require.Equal(r.t, make([]byte, 24), header[32:56])
		r.header(header, "TVMSEGM\n", len(data), 1)
	} else {
		others, differences = int(binary.LittleEndian.Uint64(header[32:])), int(binary.LittleEndian.Uint64(header[40:]))
		require.Positive(r.t, differences)
		r.differences += differences
		r.header(header, "TVMSEGM\n", len(data), 2)
	}
	start := len(data) - 64 - 40*count - 8*differences - 32*others
	names, references, index := data[start:], data[start+32*others:], data[start+32*others+8*differences:]
	sum := sha256.Sum256(data[start : len(data)-64])
	require.Equal(r.t, name, hex.EncodeToString(sum[:]))
	at := 0
	var patches []func()
	for i := range count {
		e := index[40*i:]
		length, encoding := int(binary.LittleEndian.Uint16(e[36:])), uint64(e[38])
		if encoding == 0 {
			at = (at + 63) / 64 * 64
		}
		stored := data[at : at+length]
		at += length
		require.Equal(r.t, r.crc(stored), binary.LittleEndian.Uint32(e[32:]))
		if encoding != 2 {
			pages = append(pages, r.unpack(stored, encoding, 4096))
			continue
		}
		segment, base := binary.LittleEndian.Uint32(references), binary.LittleEndian.Uint32(references[4:])
		references = references[8:]
		pages = append(pages, nil)
		patches = append(patches, func() {
			from := pages
			if segment > 0 {
				from = r.segment(hex.EncodeToString(names[32*(segment-1):][:32]))
			} else {
				r.own++
			}
			pages[i] = r.patch(bytes.Clone(from[base]), stored)
		})
	}
	for _, patch := range patches {
		patch()
	}
	for i, page := range pages {
		sum := sha256.Sum256(page)
		require.Equal(r.t, sum[:], index[40*i:][:32])
	}
	require.Equal(r.t, start, (at+63)/64*64)
	return pages
}

// patch makes a base the page that differs from it.
func (r *bookReader) patch(page, stored []byte) []byte {
	at := uint64(0)
	for b := (bytesReader{bytes.NewReader(stored)}); b.Len() > 0; {
		at += b.uvarint()
		at += uint64(copy(page[at:], b.bytes(b.uvarint())))
	}
	return page
}

// manifest returns the parts of a manifest.
func (r *bookReader) manifest(name string) map[string][]byte {
	data, err := os.ReadFile(filepath.Join(r.dir, name))
	require.NoError(r.t, err)
	r.header(data[:64], "TVMSNAP\n", len(data), 1)
	sum := sha256.Sum256(data[64:])
	require.Equal(r.t, sum[:], data[24:56])
	parts := map[string][]byte{}
	for data = data[64:]; len(data) > 0; {
		h := data[:28]
		require.Equal(r.t, r.crc(h[:24]), binary.LittleEndian.Uint32(h[24:]))
		stored := data[28:][:binary.LittleEndian.Uint32(h[8:])]
		require.Equal(r.t, r.crc(stored), binary.LittleEndian.Uint32(h[16:]))
		parts[string(h[:4])] = r.unpack(stored, uint64(binary.LittleEndian.Uint32(h[4:])), uint64(binary.LittleEndian.Uint32(h[12:])))
		data = data[28+len(stored):]
	}
	return parts
}

type bytesReader struct{ *bytes.Reader }

func (b bytesReader) uvarint() uint64 {
	v, _ := binary.ReadUvarint(b)
	return v
}

func (b bytesReader) bytes(n uint64) []byte {
	p := make([]byte, n)
	_, _ = b.Read(p)
	return p
}

func (b bytesReader) byte() uint64 { return uint64(b.bytes(1)[0]) }

// table is the pages of a table.
func (r *bookReader) table(b bytesReader, size uint64, segments [][][]byte) (content []byte) {
	next, last := make([]int64, len(segments)), uint64(0)
	for uint64(len(content)) < size {
		head := b.uvarint()
		count, kind := int64(head/4), head%4
		d := int64(0)
		if kind == 1 || kind == 2 {
			last = b.uvarint()
			d, _ = binary.ReadVarint(b)
		}
		for i := range count {
			switch kind {
			case 0:
				content = append(content, make([]byte, 4096)...)
			case 2:
				content = append(content, segments[last][next[last]+d]...)
			default:
				content = append(content, segments[last][next[last]+d+i]...)
			}
		}
		switch kind {
		case 0:
		case 2:
			next[last] += d + 1
		default:
			next[last] += d + count
		}
	}
	return content[:size]
}

func TestTheDocumentedFormatIsTheOneThatIsWritten(t *testing.T) {
	for dir, images := range goldenImages(t) {
		manifests, err := filepath.Glob(dir + "/*.snap")
		require.NoError(t, err)
		require.Len(t, manifests, 2)
		r := &bookReader{t: t, dir: dir}
		for _, name := range manifests {
			compareWithTheBook(t, r, filepath.Base(name), images)
		}
		assert.Equal(t, dir == goldenDifferences, r.differences > r.own && r.own > 0)
	}
}

func compareWithTheBook(t *testing.T, r *bookReader, name string, images map[string]*snapshot.Image) {
	parts := r.manifest(name)

	var meta struct {
		Tag   string `json:"tag"`
		Clock int64  `json:"clock_ns"`
	}
	require.NoError(t, json.Unmarshal(parts["meta"], &meta))
	want := images[meta.Tag]
	require.NotNil(t, want)
	assert.Equal(t, want.Clock, meta.Clock)

	var segments [][][]byte
	for at := 0; at < len(parts["segs"]); at += 32 {
		segments = append(segments, r.segment(hex.EncodeToString(parts["segs"][at:at+32])))
	}
	var stream []byte
	devices := bytesReader{bytes.NewReader(parts["devs"])}
	for range devices.uvarint() {
		devices.bytes(devices.uvarint())
		devices.uvarint()
		encoding, size, length := devices.byte(), devices.uvarint(), devices.uvarint()
		sum := binary.LittleEndian.Uint32(devices.bytes(4))
		stored := devices.bytes(length)
		require.Equal(t, r.crc(stored), sum)
		stream = append(stream, r.unpack(stored, encoding, size)...)
	}
	assert.Zero(t, devices.Len())

	contents := map[string][]byte{}
	tables := bytesReader{bytes.NewReader(parts["tabl"])}
	for range tables.uvarint() {
		kind := tables.byte()
		what := string(tables.bytes(tables.uvarint()))
		size := tables.uvarint()
		if kind == 1 {
			tables.bytes(tables.uvarint())
			if tables.byte()&2 == 0 {
				continue
			}
		}
		contents[what] = r.table(tables, size, segments)
	}
	assert.Zero(t, tables.Len())

	for _, m := range want.Memory {
		var memory []byte
		for _, p := range m.Pages {
			page := orZeros(p)
			memory = append(memory, page[:]...)
		}
		assert.True(t, bytes.Equal(memory, contents[m.Name]), m.Name)
	}
	assert.True(t, bytes.Equal(diskBytes(t, want.Disks[0]), contents["ide0-hd0"]))
	parsed, err := migration.Parse(append(stream, contents[""]...))
	require.NoError(t, err)
	assert.Len(t, parsed.Bodies, len(want.Sections))
}
