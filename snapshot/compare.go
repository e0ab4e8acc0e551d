package snapshot

import (
	"bytes"
	"fmt"
	"io"

	"toyvm/snapshot/disk"
	"toyvm/vmstate"
)

// A Difference is what two images do not have in common.
type Difference struct {
	Settings []SettingChange
	Devices  []vmstate.Change
	Memory   []MemoryChange
	Disks    []DiskChange
}

// Empty tells whether the images are equal.
func (d *Difference) Empty() bool {
	return len(d.Settings)+len(d.Devices)+len(d.Memory)+len(d.Disks) == 0
}

// A SettingChange is a setting with another value, or "" where there is none.
type SettingChange struct{ Name, Old, New string }

// A Run is a range of bytes.
type Run struct{ At, Length int64 }

// A MemoryChange is a block that differs. A block that only one image has is
// one Run.
type MemoryChange struct {
	Name string
	Runs []Run // of bytes; a few equal ones in between do not end a run
}

// A DiskChange is a disk that differs.
type DiskChange struct {
	Drive string
	Runs  []Run // of sectors
	// Other tells what the drives hold if it is not the same kind of medium.
	Other string
}

const (
	sectorSize = 512
	// gap is how many equal bytes end a run.
	gap = 16
)

// Compare finds out what two images do not have in common. It reads the disks
// where they are not known to be the same.
func Compare(before, after *Image) (*Difference, error) {
	d := &Difference{
		Settings: compareSettings(before.Settings, after.Settings),
		Devices:  vmstate.Diff(before.Tree(), after.Tree()),
		Memory:   compareMemory(before.Memory, after.Memory),
	}
	var err error
	d.Disks, err = compareDisks(before.Disks, after.Disks)
	return d, err
}

func compareSettings(before, after []Setting) (changes []SettingChange) {
	for _, p := range pairs(before, after, func(s *Setting) string { return s.Name }) {
		c := SettingChange{Name: p.name}
		if p.before != nil {
			c.Old = p.before.Value
		}
		if p.after != nil {
			c.New = p.after.Value
		}
		if c.Old != c.New {
			changes = append(changes, c)
		}
	}
	return changes
}

func compareMemory(before, after []Memory) (changes []MemoryChange) {
	for _, p := range pairs(before, after, func(m *Memory) string { return m.Name }) {
		switch {
		case p.before == nil:
			changes = append(changes, MemoryChange{p.name, []Run{{0, p.after.Size()}}})
		case p.after == nil:
			changes = append(changes, MemoryChange{p.name, []Run{{0, p.before.Size()}}})
		default:
			if runs := compareBlock(p.before, p.after); len(runs) > 0 {
				changes = append(changes, MemoryChange{p.name, runs})
			}
		}
	}
	return changes
}

func compareBlock(before, after *Memory) (runs []Run) {
	for i := range max(len(before.Pages), len(after.Pages)) {
		a, b := before.Page(i), after.Page(i)
		if a == b || *a == *b {
			continue
		}
		for at := range a {
			if a[at] != b[at] {
				runs = extend(runs, int64(i)*PageSize+int64(at), 1, gap)
			}
		}
	}
	return runs
}

// extend adds n units to runs, to the last one if only few are in between.
func extend(runs []Run, at, n, gap int64) []Run {
	if k := len(runs) - 1; k >= 0 && at-(runs[k].At+runs[k].Length) < gap {
		runs[k].Length = at + n - runs[k].At
		return runs
	}
	return append(runs, Run{at, n})
}

func compareDisks(before, after []Disk) (changes []DiskChange, err error) {
	for _, p := range pairs(before, after, func(d *Disk) string { return d.Drive }) {
		if was, is := p.before.medium(), p.after.medium(); was != is {
			changes = append(changes, DiskChange{Drive: p.name, Other: was + " -> " + is})
			continue
		}
		if p.before == nil || p.before.Contents == nil || p.after.Contents == nil {
			continue
		}
		runs, err := compareContents(p.before, p.after)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.name, err)
		}
		if len(runs) > 0 {
			changes = append(changes, DiskChange{Drive: p.name, Runs: runs})
		}
	}
	return changes, nil
}

// medium says what is in the drive, as far as it cannot be compared.
func (d *Disk) medium() string {
	switch {
	case d == nil || d.Size == 0:
		return "empty"
	case d.Contents == nil:
		return fmt.Sprintf("%s, %d bytes", d.Path, d.Size)
	default:
		return fmt.Sprintf("%d bytes", d.Size)
	}
}

func compareContents(before, after *Disk) (runs []Run, err error) {
	a, b := make([]byte, disk.ClusterSize), make([]byte, disk.ClusterSize)
	for i := range after.Contents.Changed(before.Contents) {
		if before.Contents.NextData(i) > i && after.Contents.NextData(i) > i {
			continue // both have zeros
		}
		at := int64(i) * disk.ClusterSize
		n, err := before.Contents.ReadAt(a, at)
		if err != nil && err != io.EOF {
			return nil, err
		}
		if _, err := after.Contents.ReadAt(b, at); err != nil && err != io.EOF {
			return nil, err
		}
		for k := 0; k < n; k += sectorSize {
			if end := min(k+sectorSize, n); !bytes.Equal(a[k:end], b[k:end]) {
				runs = extend(runs, (at+int64(k))/sectorSize, 1, 1)
			}
		}
	}
	return runs, nil
}

// A pair is what two lists have under one name.
type pair[T any] struct {
	name          string
	before, after *T
}

// pairs goes through two lists by name, in the order of the first.
func pairs[T any](before, after []T, name func(*T) string) (list []pair[T]) {
	index := map[string]int{}
	for i := range before {
		n := name(&before[i])
		index[n] = len(list)
		list = append(list, pair[T]{n, &before[i], nil})
	}
	for i := range after {
		n := name(&after[i])
		if k, ok := index[n]; ok {
			list[k].after = &after[i]
		} else {
			list = append(list, pair[T]{n, nil, &after[i]})
		}
	}
	return list
}
