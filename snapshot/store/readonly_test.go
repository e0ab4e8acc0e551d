package store

import (
	"io/fs"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// readOnly is a directory in which nothing can be changed.
type readOnly struct{ *simulated }

func refuse(op, name string) error { return &fs.PathError{Op: op, Path: name, Err: fs.ErrPermission} }

func (d readOnly) Create(name string) (file, error)   { return nil, refuse("create", name) }
func (d readOnly) OpenLock(name string) (file, error) { return nil, refuse("open", name) }
func (d readOnly) Rename(from, _ string) error        { return refuse("rename", from) }
func (d readOnly) Remove(name string) error           { return refuse("remove", name) }
func (d readOnly) Sync() error                        { return refuse("sync", ".") }

func TestAStoreThatCannotBeChangedCanBeRead(t *testing.T) {
	d, images := twoSnapshots(t)
	steps := d.step
	s := open("sim", readOnly{d})
	requireEqual(t, images["a"], load(t, s, "a"))
	entries, err := s.List()
	require.NoError(t, err)
	assert.Len(t, entries, 2)
	damages, err := s.Verify(t.Context(), nil)
	require.NoError(t, err)
	assert.Empty(t, damages)
	pending, err := s.Pending()
	require.NoError(t, err)
	assert.Empty(t, pending)

	_, err = s.Save(t.Context(), "c", images["a"], Meta{}, nil)
	require.EqualError(t, err, `snapshot "c": open lock: permission denied`)
	require.ErrorIs(t, s.Delete(t.Context(), "a"), fs.ErrPermission)
	assert.Equal(t, steps, d.step, "nothing was changed")
}

// fullDisk is a directory on a disk with no space left.
type fullDisk struct{ *simulated }

func (d fullDisk) Create(string) (file, error) { return nil, errFull }

func (d fullDisk) OpenLock(name string) (file, error) {
	f, err := d.Open(name)
	return fullFile{f}, err
}

type fullFile struct{ file }

func (fullFile) Replace([]byte) error { return errFull }

func TestOnAFullDiskOneCanDelete(t *testing.T) {
	d, images := twoSnapshots(t)
	s := open("sim", fullDisk{d})
	_, err := s.Save(t.Context(), "c", images["a"], Meta{}, nil)
	require.ErrorIs(t, err, errFull)
	requireEqual(t, images["a"], load(t, s, "a"))
	require.NoError(t, s.Delete(t.Context(), "a"))
	require.NoError(t, s.Delete(t.Context(), "b"))
	l, err := s.list()
	require.NoError(t, err)
	assert.Empty(t, l.segments)
}
