package disk

import (
	"bytes"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A watched backing does something before and after the next read or instead,
// or instead of the next sync.
type watched struct {
	ram
	before, after func()
	instead       func(p []byte)
	sync          func() error
}

func (w *watched) ReadAt(p []byte, at int64) (n int, err error) {
	before, instead, after := w.before, w.instead, w.after
	w.before, w.instead, w.after = nil, nil, nil
	if before != nil {
		before()
	}
	if instead != nil {
		instead(p)
		return len(p), nil
	}
	n, err = w.ram.ReadAt(p, at)
	if after != nil {
		after()
	}
	return n, err
}

func (w *watched) Sync() error {
	sync := w.sync
	w.sync = nil
	if sync != nil {
		return sync()
	}
	return nil
}

// Seek says that there are holes from the start to the end.
func (w *watched) Seek(int64, int) (int64, error) {
	if w.before != nil {
		w.before()
	}
	return int64(len(w.content)), nil
}

func fill(t *testing.T, w io.WriterAt, at int64, n int, b byte) {
	t.Helper()
	_, err := w.WriteAt(bytes.Repeat([]byte{b}, n), at)
	require.NoError(t, err)
}

// The guest may write at any moment while contents are read from its image.
func TestReadDuringWrite(t *testing.T) {
	const size = 3 * ClusterSize
	for _, filled := range []bool{false, true} {
		w := &watched{ram: ram{content: make([]byte, size)}}
		d := New(w, Config{Size: size})
		fill(t, d, 0, size, 1)
		if filled {
			d.Capture()
			fill(t, d, ClusterSize, 1, 1)
		}
		c := d.Capture()
		w.before = func() { fill(t, d, 0, 100, 2) }
		p := make([]byte, 200)
		n, err := c.ReadAt(p, 0)
		require.NoError(t, err)
		assert.Equal(t, bytes.Repeat([]byte{1}, n), p)

		// Written before and restored after, so that it is where it was.
		w.before = func() { fill(t, d, 2*ClusterSize, 100, 2) }
		w.after = func() { require.NoError(t, d.Restore(c)) }
		_, err = c.ReadAt(p, 2*ClusterSize)
		require.NoError(t, err)
		assert.Equal(t, bytes.Repeat([]byte{1}, n), p)

		// Read while a restore is on its way that fails.
		w.instead = func(p []byte) {
			w.sync = func() error { copy(p, w.content); return errFault }
			err := RestoreAll([]Change{{d, FromBytes(size, []byte{5})}}, "", &note{fault: &fault{}})
			require.ErrorIs(t, err, errFault)
			require.Equal(t, byte(5), p[0])
		}
		_, err = d.Capture().ReadAt(p, 0)
		require.NoError(t, err)
		assert.Equal(t, bytes.Repeat([]byte{1}, n), p)
	}
}

// Several goroutines read what was captured while the guest goes on.
func TestReadersBehindTheGuest(t *testing.T) {
	const size = 6*ClusterSize + 512
	path := filepath.Join(t.TempDir(), "disk.img")
	f, err := os.Create(path)
	require.NoError(t, err)
	require.NoError(t, f.Truncate(size))
	d := New(f, Config{Name: path, Size: size})
	defer d.Close()

	var readers sync.WaitGroup
	moments := make(chan moment)
	for range 2 {
		readers.Go(func() {
			for m := range moments {
				assert.True(t, bytes.Equal(m.want, all(t, m.contents)))
				m.contents.StoredIn(stored(m.want))
				assert.True(t, bytes.Equal(m.want, all(t, m.contents)))
			}
		})
	}
	random := rand.New(rand.NewPCG(1, 1))
	h := &history{t: t, disk: d, now: make([]byte, size)}
	for i := range 400 {
		h.capture()
		select {
		case moments <- h.kept[len(h.kept)-1]:
		default: // the readers are busy
		}
		for range 5 {
			h.write(random.Int64N(size), 1+random.IntN(4096), byte(random.Uint32()))
		}
		if i%3 == 0 {
			h.restore(h.kept[random.IntN(len(h.kept))])
		}
		h.kept = h.kept[max(0, len(h.kept)-4):]
	}
	close(moments)
	readers.Wait()
	h.check()
}

func TestChanged(t *testing.T) {
	const size = (groupSize + 10) * ClusterSize
	d := New(&ram{content: make([]byte, size)}, Config{Size: size})
	changed := func(c, before *Contents) []int { return slices.Collect(c.Changed(before)) }
	first := d.Capture()
	assert.Equal(t, groupSize+10, first.Clusters())
	assert.Empty(t, changed(d.Capture(), first))

	fill(t, d, 5*ClusterSize-1, 2, 1)
	fill(t, d, size-1, 1, 1)
	second := d.Capture()
	assert.Equal(t, []int{4, 5, groupSize + 9}, changed(second, first))
	assert.Equal(t, []int{4, 5, groupSize + 9}, changed(first, second))
	assert.False(t, second.Same(first, 4))
	assert.True(t, second.Same(first, 6))

	fill(t, d, 0, 1, 1)
	third := d.Capture()
	assert.Equal(t, []int{0}, changed(third, second))
	require.NoError(t, d.Restore(first))
	assert.Empty(t, changed(d.Capture(), first))

	assert.Len(t, changed(FromBytes(size, nil), first), groupSize+10, "another origin")
	assert.Len(t, changed(FromBytes(512, nil), first), 1, "another size")
	assert.False(t, FromBytes(512, nil).Same(first, 0))

	// What is loaded is known afterwards, and so is what was saved.
	loaded := FromBytes(size, []byte{7})
	require.NoError(t, d.Restore(loaded))
	assert.Empty(t, changed(d.Capture(), loaded))
	fill(t, d, ClusterSize, 1, 1)
	fourth := d.Capture()
	assert.Equal(t, []int{1}, changed(fourth, loaded))
	with := loaded.With(stored(make([]byte, size)), slices.Values([]int{0, 9}))
	assert.Equal(t, []int{0, 9}, changed(with, loaded))
	require.NoError(t, d.Restore(with))
	assert.Empty(t, changed(d.Capture(), with))
	assert.Equal(t, []int{0, 1}, changed(d.Capture(), fourth), "9 was found to be equal")
}

// Contents that a store has do not take memory, nor does the guest's writing
// make them take any.
func TestStoredIn(t *testing.T) {
	const size = 4 * ClusterSize
	b := &faulty{ram: ram{content: make([]byte, size)}, fault: &fault{}}
	d := New(b, Config{Size: size})
	fill(t, d, 0, size, 1)
	c := d.Capture()
	fill(t, d, 0, 1, 2)
	require.Equal(t, byte(1), all(t, c)[0])
	c.StoredIn(stored(bytes.Repeat([]byte{1}, size)))
	for k := range c.Clusters() {
		assert.True(t, c.place(k).stored())
	}
	reads := b.done
	fill(t, d, 0, size, 3)
	assert.Equal(t, reads+1, b.done, "one write, nothing is read")
	assert.Equal(t, bytes.Repeat([]byte{1}, size), all(t, c))
}

// What is known to be the same is neither read nor written again.
func TestRestoreAgain(t *testing.T) {
	const size = (groupSize + 2) * ClusterSize
	content := bytes.Repeat([]byte{1}, size)
	b := &faulty{ram: ram{content: bytes.Clone(content)}, fault: &fault{}}
	c := FromSource(size, faultySource{content, b.fault})
	d := New(b, Config{Name: "disk.img", Size: size})
	require.NoError(t, d.Restore(c))
	assert.Equal(t, 2*c.Clusters(), b.done, "compared")
	b.done = 0
	require.NoError(t, d.Restore(c))
	assert.Zero(t, b.done)

	fill(t, d, ClusterSize, 1, 2)
	require.NoError(t, d.Restore(c))
	assert.Equal(t, 1+4, b.done, "a write, a comparison, and from the source to the image")
	assert.Equal(t, content, b.content)

	assert.EqualError(t, d.Restore(FromBytes(512, nil)), "disk.img has 16908288 bytes, but the contents for it have 512")
}

type sparse struct {
	bytesSource
	data []int64
}

func (s sparse) NextData(index int64) int64 {
	for _, k := range s.data {
		if k >= index {
			return k
		}
	}
	return 1 << 40
}

func dataClusters(c *Contents) (list []int) {
	for k := c.NextData(0); k < c.Clusters(); k = c.NextData(k + 1) {
		list = append(list, k)
	}
	return list
}

// Some file systems make holes of what is written as zeros.
func TestHoleMadeDuringNextData(t *testing.T) {
	w := &watched{ram: ram{content: bytes.Repeat([]byte{1}, ClusterSize)}}
	d := New(w, Config{Size: ClusterSize})
	c := d.Capture()
	w.before = func() {
		w.before = nil
		fill(t, d, 0, ClusterSize, 0)
	}
	assert.Zero(t, c.NextData(0))
}

func TestOutside(t *testing.T) {
	for _, d := range []*Disk{New(&ram{content: make([]byte, 1024)}, Config{Size: 1024}), Over(FromBytes(1024, nil))} {
		for _, at := range []int64{-1, 1020, 1 << 40, math.MaxInt64} {
			n, err := d.WriteAt(make([]byte, 8), at)
			assert.ErrorIs(t, err, io.ErrShortWrite)
			assert.Zero(t, n)
			for _, r := range []io.ReaderAt{d, d.Capture()} {
				n, err = r.ReadAt(make([]byte, 8), at)
				assert.Error(t, err)
				assert.Equal(t, at == 1020, n == 4)
			}
		}
	}
}

func TestNextData(t *testing.T) {
	const size = 20 * ClusterSize
	assert.Equal(t, []int{3, 7}, dataClusters(FromSource(size, sparse{data: []int64{3, 7}})))
	assert.Len(t, dataClusters(FromBytes(size, nil)), 20, "it does not tell")

	d := New(&ram{content: make([]byte, size)}, Config{Size: size})
	c := d.Capture()
	assert.Len(t, dataClusters(c), 20, "it does not tell")
	fill(t, d, 0, size, 1)
	assert.Empty(t, dataClusters(c), "now it is known")
	assert.Len(t, dataClusters(d.Capture()), 20)
}

// Holes of an image are not read, and a large image with little in it costs
// little.
func TestSparseImage(t *testing.T) {
	const size = 16 << 30
	path := filepath.Join(t.TempDir(), "disk.img")
	f, err := os.Create(path)
	require.NoError(t, err)
	require.NoError(t, f.Truncate(8<<30))
	fill(t, f, 5<<30, 512, 1)
	if (&image{"", f}).nextData(0) == 0 {
		t.Skip("the file system does not tell where files have holes")
	}
	require.NoError(t, f.Truncate(size))
	d := New(f, Config{Name: path, Size: size})
	defer d.Close()
	c := d.Capture()
	assert.Equal(t, []int{5 << 30 / ClusterSize}, dataClusters(c))
	fill(t, d, 9<<30, 512, 2)
	fill(t, d, 5<<30, 512, 2)
	assert.Equal(t, []int{5 << 30 / ClusterSize, 9 << 30 / ClusterSize}, dataClusters(d.Capture()))
	assert.Equal(t, []int{5 << 30 / ClusterSize}, dataClusters(c))

	empty := FromSource(size, sparse{})
	require.NoError(t, d.Restore(empty))
	assert.Empty(t, slices.Collect(d.Capture().Changed(empty)))
	p := make([]byte, 512)
	for _, at := range []int64{5 << 30, 9 << 30} {
		_, err := f.ReadAt(p, at)
		require.NoError(t, err)
		assert.Equal(t, make([]byte, 512), p)
	}
}
