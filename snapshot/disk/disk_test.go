package disk

import (
	"bytes"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A ram is a backing that several goroutines may use, as they may a file.
type ram struct {
	mu      sync.Mutex
	content []byte
}

func (r *ram) ReadAt(p []byte, at int64) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return bytes.NewReader(r.content).ReadAt(p, at)
}

func (r *ram) WriteAt(p []byte, at int64) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return copy(r.content[at:], p), nil
}

func (r *ram) Sync() error  { return nil }
func (r *ram) Close() error { return nil }

// A stored is a source of some bytes.
type stored []byte

func (s stored) ReadCluster(index int64, p []byte) error {
	copy(p, s[index*ClusterSize:])
	return nil
}

// A reader is a disk or contents.
type reader interface {
	io.ReaderAt
	Size() int64
}

func all(t testing.TB, r reader) []byte {
	t.Helper()
	p := make([]byte, r.Size())
	n, err := r.ReadAt(p, 0)
	require.NoError(t, err)
	require.Len(t, p, n)
	return p
}

// A history is a disk, and what it and its captures must hold.
type history struct {
	t       testing.TB
	disk    *Disk
	backing *ram // nil if the disk leaves it alone
	now     []byte
	kept    []moment
}

type moment struct {
	contents *Contents
	want     []byte
}

// Sizes of the disks: a few clusters, the last one short, and some groups.
const (
	small = 5*ClusterSize + 1536
	large = (groupSize+3)*ClusterSize + 512
)

func newHistory(t testing.TB, size int64, kind byte) *history {
	content := make([]byte, size)
	for i := int64(0); i < size; i += 3 * ClusterSize / 2 {
		content[i] = byte(i>>15) | 1
	}
	h := &history{t: t, now: bytes.Clone(content)}
	backing := &ram{content: content}
	config := Config{Name: "disk.img", Size: size}
	switch kind % 3 {
	case 0:
		h.backing = backing
	case 1:
		config.Ephemeral = true
	case 2:
		h.disk = Over(FromSource(size, stored(content)))
		return h
	}
	h.disk = New(backing, config)
	return h
}

func (h *history) write(at int64, n int, fill byte) {
	at %= h.disk.Size()
	n = int(min(int64(n), h.disk.Size()-at))
	p := bytes.Repeat([]byte{fill}, n)
	written, err := h.disk.WriteAt(p, at)
	require.NoError(h.t, err)
	require.Equal(h.t, n, written)
	copy(h.now[at:], p)
}

func (h *history) capture() {
	h.kept = append(h.kept, moment{h.disk.Capture(), bytes.Clone(h.now)})
}

func (h *history) restore(m moment) {
	require.NoError(h.t, h.disk.Restore(m.contents))
	h.now = bytes.Clone(m.want)
}

// stored is a moment that only a store has.
func (h *history) stored(m moment) moment {
	return moment{FromSource(h.disk.Size(), stored(m.want)), m.want}
}

// check compares everything with what it must be.
func (h *history) check() {
	h.t.Helper()
	assert.True(h.t, bytes.Equal(h.now, all(h.t, h.disk)), "the disk")
	if h.backing != nil {
		h.disk.requireNoMemory(h.t)
		assert.True(h.t, bytes.Equal(h.now, h.backing.content), "the image")
	}
	for i, m := range h.kept {
		assert.True(h.t, bytes.Equal(m.want, all(h.t, m.contents)), "captured at %d", i)
		for j, o := range h.kept {
			for k := range m.contents.Clusters() {
				if m.contents.Same(o.contents, k) {
					from, to := k*ClusterSize, min((k+1)*ClusterSize, len(m.want))
					require.True(h.t, bytes.Equal(m.want[from:to], o.want[from:to]), "cluster %d of %d and %d", k, i, j)
				}
			}
		}
	}
}

// requireNoMemory requires that nothing is in memory that the image has.
func (d *Disk) requireNoMemory(t testing.TB) {
	t.Helper()
	for k := range d.clusters() {
		require.Zero(t, len(d.place(k).data), "cluster %d", k)
		require.Nil(t, d.place(k).home, "cluster %d", k)
	}
}

// readSome compares parts of the disk and of what was captured.
func (h *history) readSome(at int64, n int) {
	moments := append(h.kept[:len(h.kept):len(h.kept)], moment{h.disk.Capture(), h.now})
	for _, m := range moments {
		p := make([]byte, min(int64(n), m.contents.Size()-at))
		_, err := m.contents.ReadAt(p, at)
		require.NoError(h.t, err)
		require.True(h.t, bytes.Equal(m.want[at:at+int64(len(p))], p))
	}
	p := make([]byte, min(int64(n), h.disk.Size()-at))
	_, err := h.disk.ReadAt(p, at)
	require.NoError(h.t, err)
	require.True(h.t, bytes.Equal(h.now[at:at+int64(len(p))], p))
}

// step does what four bytes say.
func (h *history) step(op, a, b, c byte) {
	position := int64(a)<<16 + int64(b)<<12 + int64(c)
	switch op % 9 {
	case 0, 1, 2:
		h.write(position, int(b)*64+1, c)
	case 3:
		h.write(position, 2*ClusterSize, c&1) // often zeros
	case 4:
		if len(h.kept) < 8 {
			h.capture()
		} else {
			h.kept[int(a)%len(h.kept)] = moment{h.disk.Capture(), bytes.Clone(h.now)}
		}
	case 5, 6:
		if len(h.kept) > 0 {
			h.restore(h.kept[int(a)%len(h.kept)])
		}
	case 7:
		h.readSome(position%h.disk.Size(), 1+int(c)*512)
	case 8:
		if len(h.kept) == 0 {
			return
		}
		m := &h.kept[int(a)%len(h.kept)]
		switch b % 5 {
		case 0:
			m.contents.StoredIn(stored(m.want))
		case 1:
			h.restore(h.stored(*m))
		case 2:
			*m = h.stored(*m)
		case 3: // another disk goes on from there
			o := &history{t: h.t, disk: Over(m.contents), now: bytes.Clone(m.want)}
			o.write(position, ClusterSize, c)
			h.kept = append(h.kept[:0:0], h.kept...)
			o.capture()
			o.check()
			h.kept[int(a)%len(h.kept)] = o.kept[0]
		case 4:
			k := int(c) % m.contents.Clusters()
			want := bytes.Clone(m.want)
			want[k*ClusterSize] ^= 0xff
			with := m.contents.With(stored(want), func(yield func(int) bool) { yield(k) })
			*m = moment{with, want}
		}
	}
}

func TestHistory(t *testing.T) {
	for kind := range byte(3) {
		for seed := range uint64(4) {
			random := rand.New(rand.NewPCG(seed, uint64(kind)))
			h, steps := newHistory(t, small, kind), 150
			if seed == 0 {
				h, steps = newHistory(t, large, kind), 50
			}
			for i := range steps {
				var b [4]byte
				binary.LittleEndian.PutUint32(b[:], random.Uint32())
				h.step(b[0], b[1], b[2], b[3])
				if h.disk.Size() == small && i%16 == 0 {
					h.check()
				}
			}
			h.check()
			if t.Failed() {
				t.Fatalf("kind %d, seed %d", kind, seed)
			}
		}
	}
}

func FuzzHistory(f *testing.F) {
	f.Add(byte(0), []byte{0, 0, 0, 1, 4, 0, 0, 0, 0, 0, 0, 2, 5, 0, 0, 0})
	f.Add(byte(0), []byte{4, 0, 0, 0, 0, 1, 0, 2, 8, 0, 0, 0, 8, 0, 1, 0, 0, 1, 0, 3, 5, 0, 0, 0})
	f.Add(byte(1), []byte{4, 0, 0, 0, 7, 0, 0, 1, 0, 1, 0, 2, 8, 0, 3, 0, 5, 0, 0, 0, 7, 0, 0, 1})
	f.Fuzz(func(t *testing.T, kind byte, steps []byte) {
		h := newHistory(t, small, kind)
		for ; len(steps) >= 4; steps = steps[4:] {
			h.step(steps[0], steps[1], steps[2], steps[3])
		}
		h.check()
	})
}
