package disk

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var errFault = errors.New("injected fault")

// A fault strikes at some of the operations that everything around a restore
// makes together.
type fault struct {
	strikes func(operation int) bool // counted from 0
	half    bool

	done   int      // operations until now
	struck []string // those that failed
}

// next counts an operation and tells whether it is to fail.
func (f *fault) next(operation string) bool {
	f.done++
	if f.strikes == nil || !f.strikes(f.done-1) {
		return false
	}
	f.struck = append(f.struck, operation)
	return true
}

func (f *fault) heal() { f.strikes = nil }

func strikeAt(n ...int) func(int) bool {
	return func(operation int) bool { return slices.Contains(n, operation) }
}

func strikeFrom(n int) func(int) bool { return func(operation int) bool { return operation >= n } }

// A faulty backing does half of a write that is to fail, or nothing of it.
type faulty struct {
	ram
	*fault
	durable []byte // what was synced
}

func (f *faulty) ReadAt(p []byte, at int64) (int, error) {
	if f.next("read") {
		return 0, errFault
	}
	return f.ram.ReadAt(p, at)
}

func (f *faulty) WriteAt(p []byte, at int64) (int, error) {
	if !f.next("write") {
		return f.ram.WriteAt(p, at)
	}
	if !f.half {
		return 0, errFault
	}
	n, _ := f.ram.WriteAt(p[:len(p)/2], at)
	return n, nil // some only tell by the count
}

func (f *faulty) Sync() error {
	if f.next("sync") {
		return errFault
	}
	f.durable = bytes.Clone(f.content)
	return nil
}

type faultySource struct {
	stored
	*fault
}

func (f faultySource) ReadCluster(index int64, p []byte) error {
	if f.next("source") {
		return errFault
	}
	return f.stored.ReadCluster(index, p)
}

// A note is a journal that a crash leaves behind if it was begun.
type note struct {
	*fault
	exists bool
}

func (n *note) Begin() error {
	if n.next("begin") {
		return errFault
	}
	n.exists = true
	return nil
}

func (n *note) End() error {
	if n.next("end") {
		return errFault
	}
	n.exists = false
	return nil
}

// A rig is two disks on faulty backings that are to become what a snapshot has.
// Some of that is in a source and some in memory.
type rig struct {
	fault    *fault
	backings [2]*faulty
	disks    [2]*Disk
	before   [2][]byte
	captured [2]*Contents // shares cells with the disk
	after    [2][]byte
	changes  []Change
	journal  *note
}

func newRig() *rig {
	f := &fault{}
	r := &rig{fault: f, journal: &note{fault: f}}
	for i := range r.disks {
		size := 3*ClusterSize + 512
		content := bytes.Repeat([]byte{1}, size)
		r.backings[i] = &faulty{ram: ram{content: content}, fault: f}
		d := New(r.backings[i], Config{Name: fmt.Sprintf("disk%d.img", i), Size: int64(size)})
		r.disks[i] = d
		set := func(k int, fill byte) {
			at := int64(k) * ClusterSize
			d.WriteAt(bytes.Repeat([]byte{fill}, d.length(k)), at)
		}
		r.after[i] = bytes.Clone(content)
		to := d.Capture()
		for _, k := range []int{0, 1, 3} {
			set(k, 2)
		}
		r.captured[i] = d.Capture()
		set(1, 3)
		set(2, 2)
		d.WriteAt([]byte{2, 2, 2}, ClusterSize*2-2)
		r.after[i][3*ClusterSize] = 5
		to = to.With(faultySource{r.after[i], f}, func(yield func(int) bool) { yield(3) })
		r.changes = append(r.changes, Change{d, to})
		r.before[i] = bytes.Clone(content)
		r.backings[i].durable = bytes.Clone(content)
	}
	f.done = 0
	return r
}

// holds tells which of the two some disks hold: old, new, or neither.
func (r *rig) holds(read func(i int) []byte) string {
	is := func(want [2][]byte) bool { return bytes.Equal(read(0), want[0]) && bytes.Equal(read(1), want[1]) }
	switch {
	case is(r.before):
		return "old"
	case is(r.after):
		return "new"
	}
	return "neither"
}

// images tells what the images hold, now and after a crash.
func (r *rig) images() string {
	now := r.holds(func(i int) []byte { return r.backings[i].content })
	if durable := r.holds(func(i int) []byte { return r.backings[i].durable }); durable != now {
		return now + ", but " + durable + " after a crash"
	}
	return now
}

func (r *rig) checkCaptured(t *testing.T) {
	t.Helper()
	for i, c := range r.captured {
		want := bytes.Repeat([]byte{1}, len(r.before[i]))
		for _, k := range []int{0, 1, 3} {
			copy(want[k*ClusterSize:], bytes.Repeat([]byte{2}, c.length(k)))
		}
		got := make([]byte, c.Size())
		_, err := c.ReadAt(got, 0)
		assert.NoError(t, err)
		assert.True(t, bytes.Equal(want, got), "captured disk %d", i)
	}
}

// Faults at any operation of a restore leave all disks as they were: at once if
// the images can be put back, as the guest sees them if not, and in the images
// as soon as they work again.
func TestFailedRestoreChangesNothing(t *testing.T) {
	cases, struck := 0, map[string]int{}
	// try tells whether all of the faults have struck.
	try := func(name string, faults int, f fault) bool {
		r := newRig()
		*r.fault = f
		err := RestoreAll(r.changes, "", r.journal)
		if len(r.fault.struck) == 0 {
			require.NoError(t, err)
			require.Equal(t, "new", r.images())
			require.False(t, r.journal.exists)
			return false
		}
		cases++
		struck[r.fault.struck[0]]++
		reached := len(r.fault.struck) >= faults
		name = fmt.Sprintf("%s: %v", name, r.fault.struck)
		if r.fault.struck[0] == "end" {
			require.NoError(t, err, name)
			r.checkNoteStays(t)
			return reached
		}
		require.Error(t, err, name)
		if len(r.fault.struck) == 1 {
			require.Equal(t, "old", r.images(), name)
			require.False(t, r.journal.exists, name)
		}
		r.fault.heal()
		disks := func(i int) []byte { return all(t, r.disks[i]) }
		require.Equal(t, "old", r.holds(disks), name)
		r.checkCaptured(t)

		// The guest goes on, and the disks get well.
		n, err := r.disks[0].WriteAt([]byte{9}, 7)
		require.NoError(t, err, name)
		require.Equal(t, 1, n, name)
		r.before[0][7] = 9
		if cases%2 == 0 {
			for _, d := range r.disks {
				require.NoError(t, d.Sync(), name)
			}
			require.Equal(t, "old", r.images(), name)
			require.False(t, r.journal.exists, name)
		}

		require.NoError(t, RestoreAll(r.changes, "", r.journal), name)
		require.Equal(t, "new", r.images(), name)
		require.Equal(t, "new", r.holds(disks), name)
		require.False(t, r.journal.exists, name)
		r.checkCaptured(t)
		return reached
	}
	for first := 0; ; first++ {
		if !try(fmt.Sprint("at ", first), 1, fault{strikes: strikeAt(first), half: first%2 == 0}) {
			break
		}
		try(fmt.Sprint("from ", first), 1, fault{strikes: strikeFrom(first), half: first%3 == 0})
		for second := first + 1; ; second++ {
			name := fmt.Sprintf("at %d and %d", first, second)
			if !try(name, 2, fault{strikes: strikeAt(first, second), half: second%2 == 0}) {
				break
			}
		}
	}
	t.Logf("%d cases: %v", cases, struck)
	assert.Len(t, struck, 6, "kinds of operations that failed")
	assert.Greater(t, cases, 200)
}

// checkNoteStays checks that the disks are new, and can only be synced when the
// journal is ended.
func (r *rig) checkNoteStays(t *testing.T) {
	t.Helper()
	require.Equal(t, "new", r.images())
	require.True(t, r.journal.exists)
	r.fault.strikes = func(int) bool { return true }
	for _, d := range r.disks {
		require.Error(t, d.Sync())
	}
	r.fault.heal()
	for _, d := range r.disks {
		require.NoError(t, d.Sync())
		require.False(t, r.journal.exists)
	}
	r.checkCaptured(t)
}

// A crash at any operation leaves the images wholly old or wholly new, once
// the next start has finished what the journal says.
func TestKilledRestoreIsOldOrNew(t *testing.T) {
	cases, ended := 0, map[string]int{}
	for _, half := range []bool{false, true} {
		for at := 0; ; at++ {
			r := newRig()
			*r.fault = fault{strikes: strikeFrom(at), half: half} // nothing works any more
			err := RestoreAll(r.changes, "", r.journal)
			if len(r.fault.struck) == 0 {
				require.NoError(t, err)
				break
			}
			cases++
			r.fault.heal()
			name := fmt.Sprintf("%s, operation %d, half %t", r.fault.struck[0], at, half)
			if !r.journal.exists {
				require.Equal(t, "old", r.images(), name)
				ended["old"]++
				continue
			}
			for i, b := range r.backings {
				require.NoError(t, Finish("", b, FromBytes(int64(len(r.after[i])), r.after[i])), name)
			}
			require.Equal(t, "new", r.images(), name)
			ended["new"]++
		}
	}
	t.Logf("%d cases: %v", cases, ended)
	assert.Len(t, ended, 2)
}

// The next start may be killed, too, and finds the journal again.
func TestFinishAfterFaults(t *testing.T) {
	want := bytes.Repeat([]byte{2}, 3*ClusterSize+512)
	c := FromBytes(int64(len(want)), want)
	at := 0
	for ; ; at++ {
		b := &faulty{ram: ram{content: bytes.Repeat([]byte{1}, len(want))}, fault: &fault{strikes: strikeAt(at), half: true}}
		err := Finish("disk.img", b, c)
		if len(b.struck) == 0 {
			require.NoError(t, err)
			break
		}
		var e *Error
		require.ErrorAs(t, err, &e)
		assert.Equal(t, "disk.img", e.Image)
		assert.Equal(t, b.struck[0], e.Op)
		require.NoError(t, Finish("disk.img", b, c))
		require.True(t, bytes.Equal(want, b.content))
	}
	assert.Equal(t, 4+4+1, at, "reads, writes and a sync")
}

// A full backing has holes, and no space for some of them.
type full struct {
	ram
	block     int64
	allocated map[int64]bool
	free      int // blocks
}

func (f *full) WriteAt(p []byte, at int64) (n int, err error) {
	for n < len(p) {
		block := (at + int64(n)) / f.block
		if !f.allocated[block] {
			if f.free == 0 {
				return n, syscall.ENOSPC
			}
			f.free--
			f.allocated[block] = true
		}
		n += copy(f.content[at+int64(n):(block+1)*f.block], p[n:])
	}
	return n, nil
}

// Putting back what was there takes no space.
func TestFullDiskChangesNothing(t *testing.T) {
	const size, block = 2 * ClusterSize, 1024
	to := FromBytes(size, bytes.Repeat([]byte{2}, size))
	for free := range size / block {
		f := &full{ram: ram{content: make([]byte, size)}, allocated: map[int64]bool{}, block: block, free: free}
		d := New(f, Config{Size: size})
		err := d.Restore(to)
		require.ErrorIs(t, err, syscall.ENOSPC)
		require.NotContains(t, err.Error(), "could not be put back")
		require.True(t, isZero(f.content[:ClusterSize]) && isZero(f.content[ClusterSize:]), "with %d blocks free", free)
		f.free = size / block
		require.NoError(t, d.Restore(to))
		require.Equal(t, -1, bytes.IndexByte(f.content, 0))
	}
}

// A write of the guest that fails has no effect on what was captured.
func TestFailedWriteKeepsCaptured(t *testing.T) {
	struck := map[string]int{}
	for _, half := range []bool{false, true} {
		for at := 0; ; at++ {
			r := newRig()
			d, kept := r.disks[0], r.disks[0].Capture()
			*r.fault = fault{strikes: strikeAt(at), half: half}
			n, err := d.WriteAt(bytes.Repeat([]byte{8}, 2*ClusterSize), 100)
			if len(r.fault.struck) == 0 {
				require.NoError(t, err)
				break
			}
			struck[r.fault.struck[0]]++
			var e *Error
			require.ErrorAs(t, err, &e)
			assert.Equal(t, r.fault.struck[0], e.Op)
			assert.True(t, errors.Is(err, errFault) || errors.Is(err, io.ErrShortWrite))
			want := bytes.Clone(r.before[0])
			copy(want[100:], bytes.Repeat([]byte{8}, n))
			assert.True(t, bytes.Equal(want, all(t, d)))
			assert.True(t, bytes.Equal(r.before[0], all(t, kept)))
			require.NoError(t, d.Restore(kept))
			assert.True(t, bytes.Equal(r.before[0], r.backings[0].content))
		}
	}
	assert.Equal(t, map[string]int{"read": 6, "write": 2}, struck)
}
