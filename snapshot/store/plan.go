package store

import (
	"slices"

	"toyvm/snapshot"
	"toyvm/snapshot/disk"
)

const (
	stripPages   = 64 // of memory, in one strip
	clusterPages = disk.ClusterSize / pageSize
)

// A placed image is one whose pages are in segments, all or most of them.
type placed struct {
	image  *snapshot.Image
	tables map[tableKey]*table
}

type tableKey struct {
	kind uint8
	name string
}

// A layout is a table in the making: what is not known yet stands in strips.
type layout struct {
	fullTable
	refs []ref // of all pages
}

// A strip is some pages of a layout that must be looked at.
type strip struct {
	to      *layout
	numbers []int // of the pages in the layout
	pages   []*snapshot.Page
	before  []ref // where the pages in the same places are that were placed before; nil if there are none
	// Of a disk, pages are read by the worker: those of one cluster.
	contents *disk.Contents

	found []found
	done  chan struct{}
	err   error
	buf   *stripBuffer
}

// A plan is all that is to be done to store an image.
type plan struct {
	layouts []*layout
	strips  []*strip
	total   int64 // bytes in strips
}

// planImage finds what may have changed since the image that was placed before,
// which may be nil. usable tells whether a page is still there.
func planImage(image *snapshot.Image, description []byte, before *placed, usable func(ref) bool) *plan {
	p := &plan{}
	if before == nil {
		before = &placed{image: &snapshot.Image{}}
	}
	for i := range image.Memory {
		m := &image.Memory[i]
		var old []*snapshot.Page
		for _, b := range before.image.Memory {
			if b.Name == m.Name {
				old = b.Pages
			}
		}
		p.memory(wireTable{kind: tableMemory, name: m.Name, size: m.Size()}, m.Pages, old, before, usable)
	}
	for i := range image.Disks {
		d := &image.Disks[i]
		var old *disk.Contents
		for _, b := range before.image.Disks {
			if b.Drive == d.Drive {
				old = b.Contents
			}
		}
		p.disk(d, old, before, usable)
	}
	for _, f := range image.Firmware {
		p.memory(wireTable{kind: tableFirmware, name: f.Name, size: int64(len(f.Data))}, cut(f.Data), nil, before, usable)
	}
	p.memory(wireTable{kind: tableDescription, size: int64(len(description))}, cut(description), nil, before, usable)
	return p
}

// cut makes pages of bytes, the last one filled up with zeros.
func cut(data []byte) (pages []*snapshot.Page) {
	for page := range slices.Chunk(data, pageSize) {
		p := new(snapshot.Page)
		copy(p[:], page)
		pages = append(pages, p)
	}
	return pages
}

// known is a table of an image that was placed before, read from front to back.
// there is false if there was none.
type known struct {
	there  bool
	runs   []run
	usable func(ref) bool
}

func (b *placed) known(t *wireTable, usable func(ref) bool) *known {
	if old := b.tables[tableKey{t.kind, t.name}]; old != nil {
		return &known{true, old.runs, usable}
	}
	return &known{}
}

// at is where page n is, unless that is gone: then it is nowhere. The numbers
// must rise.
func (k *known) at(n int64) (ref, bool) {
	for len(k.runs) > 0 && n >= k.runs[0].first+k.runs[0].count {
		k.runs = k.runs[1:]
	}
	if len(k.runs) == 0 {
		return ref{}, false
	}
	if r := k.runs[0].at(n); r.segment == nil || k.usable(r) {
		return r, true
	}
	return ref{}, false
}

// from finds out where the pages from first on are, and whether all are still
// there.
func (k *known) from(first int, refs []ref) (all bool) {
	all = true
	for i := range refs {
		var ok bool
		refs[i], ok = k.at(int64(first + i))
		all = all && ok
	}
	return all
}

func (p *plan) memory(t wireTable, pages, old []*snapshot.Page, before *placed, usable func(ref) bool) {
	l := &layout{fullTable: fullTable{wireTable: t}, refs: make([]ref, len(pages))}
	p.layouts = append(p.layouts, l)
	known := before.known(&t, usable)
	var s *strip
	for i, page := range pages {
		if page == nil {
			continue
		}
		r, ok := known.at(int64(i))
		if ok && i < len(old) && page == old[i] {
			l.refs[i] = r
			continue
		}
		if s == nil || len(s.pages) == stripPages {
			s = &strip{to: l}
			p.strips = append(p.strips, s)
		}
		s.numbers, s.pages = append(s.numbers, i), append(s.pages, page)
		if known.there {
			s.before = append(s.before, r)
		}
		p.total += pageSize
	}
}

func (p *plan) disk(d *snapshot.Disk, old *disk.Contents, before *placed, usable func(ref) bool) {
	t := wireTable{kind: tableDisk, name: d.Drive, size: d.Size, path: d.Path, readOnly: d.ReadOnly}
	l := &layout{}
	p.layouts = append(p.layouts, l)
	if d.Contents == nil {
		l.wireTable = t
		return
	}
	t.contents, t.size = true, d.Contents.Size()
	l.wireTable = t
	l.refs = make([]ref, pagesOf(t.size))
	known := before.known(&t, usable)
	var room [clusterPages]ref
	for c := d.Contents.NextData(0); c < d.Contents.Clusters(); c = d.Contents.NextData(c + 1) {
		first := c * clusterPages
		count := min(clusterPages, len(l.refs)-first)
		before := room[:count]
		if known.from(first, before) && old != nil && d.Contents.Same(old, c) {
			copy(l.refs[first:], before)
			continue
		}
		s := &strip{to: l, contents: d.Contents}
		if known.there {
			s.before = slices.Clone(before)
		}
		for i := range count {
			s.numbers = append(s.numbers, first+i)
		}
		p.strips = append(p.strips, s)
		p.total += int64(count) * pageSize
	}
}

// tables are the layouts when all is known.
func (p *plan) tables() (tables []*fullTable) {
	for _, l := range p.layouts {
		l.table = table{}
		for _, r := range l.refs {
			l.add(r)
		}
		l.refs = nil
		tables = append(tables, &l.fullTable)
	}
	return tables
}

// place makes an image one that was placed.
func place(image *snapshot.Image, tables []*fullTable) *placed {
	p := &placed{image, map[tableKey]*table{}}
	for _, t := range tables {
		p.tables[tableKey{t.kind, t.name}] = &t.table
	}
	return p
}
