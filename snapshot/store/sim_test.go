package store

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
)

// simulated is a directory in memory of a machine whose processes and whose
// power may die. It keeps apart what programs see and what is on the disk.
type simulated struct {
	mu      sync.Mutex
	names   map[string]*inode
	durable map[string]*inode
	pending []change // of the directory, since it was synced

	step int // of those that change something
	// What happens at step number trouble, counted from 1.
	trouble int
	how     error // errKilled: nothing works any more; others: this step fails
	killed  bool
}

var (
	errKilled = errors.New("killed")
	errFull   = errors.New("no space left on device")
	errIO     = errors.New("input/output error")
)

// An inode is a file.
type inode struct {
	seen, synced []byte
	locked       bool
}

// A change of the directory: a name gets a file, or loses it.
type change struct {
	from, to string // from loses its file; to gets it
	file     *inode
}

func newSimulated() *simulated {
	return &simulated{names: map[string]*inode{}, durable: map[string]*inode{}}
}

// next counts a step that changes something. It fails if it is the one.
func (d *simulated) next() error {
	if d.killed {
		return errKilled
	}
	if d.step++; d.step != d.trouble {
		return nil
	}
	d.killed = d.how == errKilled
	return d.how
}

func (d *simulated) alive() error {
	if d.killed {
		return errKilled
	}
	return nil
}

func (d *simulated) apply(names map[string]*inode, c change) {
	if c.from != "" {
		delete(names, c.from)
	}
	if c.to != "" {
		names[c.to] = c.file
	}
}

func (d *simulated) changed(c change) {
	d.apply(d.names, c)
	d.pending = append(d.pending, c)
}

func (d *simulated) Make() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.alive()
}

func (d *simulated) Names() ([]string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Sorted(maps.Keys(d.names)), d.alive()
}

func (d *simulated) Open(name string) (file, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.alive(); err != nil {
		return nil, err
	}
	i := d.names[name]
	if i == nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return &simFile{d: d, i: i}, nil
}

func (d *simulated) Create(name string) (file, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.next(); err != nil {
		return nil, err
	}
	if i := d.names[name]; i != nil {
		i.seen = nil
		return &simFile{d: d, i: i}, nil
	}
	i := &inode{}
	d.changed(change{to: name, file: i})
	return &simFile{d: d, i: i}, nil
}

func (d *simulated) OpenLock(name string) (file, error) {
	if f, err := d.Open(name); !errors.Is(err, fs.ErrNotExist) {
		return f, err
	}
	return d.Create(name)
}

func (d *simulated) Rename(from, to string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.next(); err != nil {
		return err
	}
	i := d.names[from]
	if i == nil {
		return &fs.PathError{Op: "rename", Path: from, Err: fs.ErrNotExist}
	}
	d.changed(change{from, to, i})
	return nil
}

func (d *simulated) Remove(name string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.next(); err != nil {
		return err
	}
	if d.names[name] == nil {
		return &fs.PathError{Op: "remove", Path: name, Err: fs.ErrNotExist}
	}
	d.changed(change{from: name})
	return nil
}

func (d *simulated) Sync() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.next(); err != nil {
		return err
	}
	d.durable, d.pending = maps.Clone(d.names), nil
	return nil
}

// A survival is what is left after a death.
type survival struct {
	name string
	keep func(d *simulated) *simulated
}

// survivals are the ways in which a directory may look when a process or the
// power died: what was not synced is there, is not, or is there in part.
func survivals() []survival {
	all := []survival{
		{"process killed", func(d *simulated) *simulated {
			return d.rebuilt(d.names, func(i *inode) []byte { return i.seen })
		}},
		{"power cut, nothing survives that was not synced", func(d *simulated) *simulated {
			return d.rebuilt(d.durable, func(i *inode) []byte { return i.synced })
		}},
		{"power cut, names survive and contents do not", func(d *simulated) *simulated {
			return d.rebuilt(d.names, func(i *inode) []byte { return i.synced })
		}},
	}
	for seed := range uint64(4) {
		all = append(all, survival{"power cut, some of all survives", func(d *simulated) *simulated {
			random := rand.New(rand.NewPCG(seed, uint64(d.step)))
			names := maps.Clone(d.durable)
			for _, c := range d.pending {
				if random.IntN(2) == 0 {
					d.apply(names, c)
				}
			}
			return d.rebuilt(names, func(i *inode) []byte {
				if bytes.Equal(i.seen, i.synced) {
					return i.seen
				}
				part := slices.Clone(i.seen[:random.IntN(len(i.seen)+1)])
				if len(part) > 0 {
					part[random.IntN(len(part))] ^= 0x55
				}
				return part
			})
		}})
	}
	return all
}

func (d *simulated) rebuilt(names map[string]*inode, content func(*inode) []byte) *simulated {
	r := newSimulated()
	for name, i := range names {
		p := slices.Clone(content(i))
		r.names[name] = &inode{seen: p, synced: p}
	}
	r.durable = maps.Clone(r.names)
	return r
}

// clone is the same directory, for one trial.
func (d *simulated) clone() *simulated {
	return d.rebuilt(d.names, func(i *inode) []byte { return i.seen })
}

// simFile is an open file.
type simFile struct {
	d    *simulated
	i    *inode
	lock bool
}

func (f *simFile) ReadAt(p []byte, at int64) (int, error) {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	if err := f.d.alive(); err != nil {
		return 0, err
	}
	n := copy(p, f.i.seen[min(at, int64(len(f.i.seen))):])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (f *simFile) Close() error {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	if f.lock {
		f.i.locked, f.lock = false, false
	}
	return nil
}

func (f *simFile) Size() (int64, error) {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	return int64(len(f.i.seen)), f.d.alive()
}

// Append writes half of it before it fails.
func (f *simFile) Append(parts [][]byte) error {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	p := bytes.Join(parts, nil)
	dead := f.d.killed
	err := f.d.next()
	if err != nil {
		p = p[:len(p)/2]
	}
	if !dead {
		f.i.seen = append(slices.Clone(f.i.seen), p...)
	}
	return err
}

func (f *simFile) Replace(p []byte) error {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	if err := f.d.next(); err != nil {
		return err
	}
	f.i.seen = slices.Clone(p)
	return nil
}

func (f *simFile) Sync() error {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	if err := f.d.next(); err != nil {
		return err
	}
	f.i.synced = f.i.seen
	return nil
}

func (f *simFile) Map() ([]byte, error) {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	return slices.Clone(f.i.seen), f.d.alive()
}

func (f *simFile) Lock() (bool, error) {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	if f.i.locked {
		return false, f.d.alive()
	}
	f.i.locked, f.lock = true, true
	return true, f.d.alive()
}
