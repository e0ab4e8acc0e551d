package store

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"toyvm/snapshot"
)

// Damage is something in a store that is not what was written.
type Damage struct {
	File string
	Err  error // what is wrong with it
	Hits []Hit // what cannot be loaded because of it
}

// A Hit is a place in a snapshot that damage hits.
type Hit struct {
	Tag   string
	Where string // such as "pc.ram 0x11000"; empty for all of the snapshot
	More  int64  // further pages of the same thing, such as pc.ram
}

func (h Hit) String() string {
	s := fmt.Sprintf("snapshot %q", h.Tag)
	if h.Where != "" {
		s += ": " + h.Where
	}
	if h.More > 0 {
		s += fmt.Sprintf(" and %d more pages", h.More)
	}
	return s
}

func (d *Damage) String() string {
	hits := "nothing that a snapshot needs"
	if len(d.Hits) > 0 {
		var list []string
		for _, h := range d.Hits {
			list = append(list, h.String())
		}
		hits = strings.Join(list, "; ")
	}
	return fmt.Sprintf("%s: %v (hits %s)", d.File, d.Err, hits)
}

// Verify reads all files and computes all hashes anew. It returns what is
// damaged; the error is about what kept it from looking.
func (s *Store) Verify(ctx context.Context, progress Progress) ([]Damage, error) {
	v, err := s.newVerifier()
	for try := 0; err == nil && v.stale && try < rereads; try++ {
		v.close()
		v, err = s.newVerifier()
	}
	if err != nil {
		return nil, err
	}
	defer v.close()
	v.relate()
	for _, m := range v.manifests {
		v.contents(m)
	}
	if err := v.pages(ctx, progress); err != nil {
		return nil, err
	}
	return v.damages, nil
}

// newVerifier reads all manifests and opens all segments.
func (s *Store) newVerifier() (*verifier, error) {
	l, err := s.list()
	if err != nil {
		return nil, err
	}
	v := &verifier{store: s, segments: map[id]*segment{}, failed: map[id]bool{}, based: map[ref][]ref{}}
	for _, name := range slices.Concat(l.manifests, l.journals) {
		v.manifest(name)
	}
	for _, i := range v.wanted(l.segments) {
		v.open(i)
	}
	return v, nil
}

type verifier struct {
	store     *Store
	manifests []*verified
	segments  map[id]*segment // that could be opened
	order     []*segment
	failed    map[id]bool   // that could not
	stale     bool          // a process changes the store meanwhile
	based     map[ref][]ref // differences, by what they differ from

	mu      sync.Mutex
	damages []Damage
}

// verified is a manifest that is whole.
type verified struct {
	name string
	*manifest
}

func (v *verifier) close() {
	for _, g := range v.order {
		g.file.Close()
	}
}

func (v *verifier) damage(file string, err error, hits ...Hit) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.damages = append(v.damages, Damage{file, err, hits})
}

func (v *verifier) manifest(name string) {
	data, err := readFile(v.store.files, name)
	if missing(err) {
		return // deleted since
	}
	tag := tagOf(name)
	var m *manifest
	if err == nil {
		m, err = parseManifest(data)
	}
	if err == nil && !isJournal(name) && manifestName(m.Tag) != name {
		err = damaged("this is the file of snapshot %q", m.Tag)
	}
	if err != nil {
		v.damage(name, err, Hit{Tag: tag})
		return
	}
	v.manifests = append(v.manifests, &verified{name, m})
}

// wanted is the segments that are there and those that should be.
func (v *verifier) wanted(there []id) []id {
	for _, m := range v.manifests {
		for _, i := range m.segments {
			if !slices.Contains(there, i) {
				there = append(there, i)
			}
		}
	}
	return there
}

// open reads a segment's index anew.
func (v *verifier) open(i id) {
	g, err := openSegment(v.store.files, i)
	if err == nil {
		err = g.hold(v.store.files)
	}
	if err == nil {
		v.segments[i] = g
		v.order = append(v.order, g)
		return
	}
	var hits []Hit
	for _, m := range v.manifests {
		if slices.Contains(m.segments, i) {
			hits = append(hits, Hit{Tag: m.Tag})
		}
	}
	if missing(err) && !v.stillNeeded(i) {
		v.stale = true
		return
	}
	v.failed[i] = true
	v.damage(i.file(), err, hits...)
}

// stillNeeded tells whether a segment that is missing was not removed by a
// process that changed the manifests, too.
func (v *verifier) stillNeeded(i id) bool {
	return slices.ContainsFunc(v.manifests, func(m *verified) bool {
		data, err := readFile(v.store.files, m.name)
		if err != nil {
			return false
		}
		now, err := parseManifest(data)
		return err == nil && slices.Contains(now.segments, i)
	})
}

// contents checks what a manifest says about segments, and its devices.
func (v *verifier) contents(m *verified) {
	var segments []*segment
	for _, i := range m.segments {
		if v.segments[i] == nil {
			return // that is known already
		}
		segments = append(segments, v.segments[i])
	}
	for _, w := range m.tables {
		t, err := resolve(w.wire, segments)
		if err != nil {
			v.damage(m.name, fmt.Errorf("%v: %w", &w, err), Hit{Tag: m.Tag})
			return
		}
		if w.kind != tableDescription {
			continue
		}
		description, err := v.read(&t, w.size)
		if err != nil {
			return // pages tells about it
		}
		if _, err := putTogether(m.devices, description); err != nil {
			v.damage(m.name, err, Hit{Tag: m.Tag})
		}
	}
}

// read reads what a table is about.
func (v *verifier) read(t *table, size int64) ([]byte, error) {
	var data []byte
	for n := range t.pages {
		var page snapshot.Page
		if r := t.at(n); r.segment != nil {
			if err := v.load(r, &page); err != nil {
				return nil, err
			}
		}
		data = append(data, page[:]...)
	}
	return data[:size], nil
}

// pages computes the hashes of all pages.
func (v *verifier) pages(ctx context.Context, progress Progress) error {
	var groups []verifyGroup
	for _, g := range v.order {
		for first := 0; first < len(g.entries); first += groupPages {
			groups = append(groups, verifyGroup{g, first, min(first+groupPages, len(g.entries))})
		}
	}
	var (
		next    atomic.Int64
		done    int64
		workers sync.WaitGroup
	)
	for range v.store.workers {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(groups) && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				for page := groups[i].first; page < groups[i].end; page++ {
					v.page(ref{groups[i].segment, page})
				}
				v.mu.Lock()
				if done++; progress != nil {
					progress(done*groupPages*pageSize, int64(len(groups))*groupPages*pageSize)
				}
				v.mu.Unlock()
			}
		})
	}
	workers.Wait()
	slices.SortStableFunc(v.damages, func(a, b Damage) int { return strings.Compare(a.File, b.File) })
	return ctx.Err()
}

type verifyGroup struct {
	*segment
	first, end int
}

// errTold is why a base cannot be found that is in a segment that was told about.
var errTold = errors.New("its base is in a segment that is damaged")

// find is how differences find the segments of their bases.
func (v *verifier) find(i id) (*segment, error) {
	if v.failed[i] {
		return nil, errTold
	}
	if g := v.segments[i]; g != nil {
		return g, nil
	}
	return nil, inSegment(i, fs.ErrNotExist)
}

// relate finds out what differs from what.
func (v *verifier) relate() {
	for _, g := range v.order {
		for n := range g.entries {
			if r := (ref{g, n}); r.differs() {
				if base, err := r.base(v.find); err == nil { // else pages tells
					v.based[base] = append(v.based[base], r)
				}
			}
		}
	}
}

// load reads a page.
func (v *verifier) load(r ref, to *snapshot.Page) (err error) {
	var base ref
	if r.differs() {
		if base, err = r.base(v.find); err != nil {
			return err
		}
	}
	return r.read(base, to)
}

func (v *verifier) page(r ref) {
	var page snapshot.Page
	var err error
	if r.differs() {
		var base ref
		if base, err = r.base(v.find); err == nil && base.segment.read(base.page, &page) != nil {
			return // that is told about the base
		}
	}
	if err == nil {
		err = r.segment.read(r.page, &page)
	}
	if err == nil {
		if sum, want := sha256.Sum256(page[:]), r.segment.entries[r.page].sum; sum != want {
			err = damaged("SHA-256 %x instead of %x", sum, want)
		}
	}
	if err == nil || errors.Is(err, errTold) {
		return
	}
	hits := v.hits(r)
	if missing(err) && len(hits) == 0 {
		return // nobody needs the difference, and so its base was removed
	}
	v.damage(r.segment.id.file(), fmt.Errorf("page %d: %w", r.page, err), hits...)
}

// hits finds where snapshots use a page, also for what differs from it.
func (v *verifier) hits(r ref) (hits []Hit) {
	for _, m := range v.manifests {
		number := slices.Index(m.segments, r.segment.id)
		for _, t := range m.tables {
			h := Hit{Tag: m.Tag}
			first := int64(0)
			for _, w := range t.wire {
				run := run{first: first, count: w.count, kind: w.kind, ref: ref{nil, w.page}}
				first += w.count
				if w.segment != number || w.kind == runZero {
					continue
				}
				n, ok := run.find(ref{nil, r.page})
				if !ok {
					continue
				}
				if h.Where == "" {
					h.Where = t.where(n)
				} else {
					h.More++
				}
				if w.kind == runRepeated {
					h.More += w.count - 1
				}
			}
			if h.Where != "" {
				hits = append(hits, h)
			}
		}
	}
	for _, d := range v.based[r] {
		hits = append(hits, v.hits(d)...)
	}
	return hits
}
