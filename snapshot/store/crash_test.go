package store

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/snapshot"
)

// A scenario is something that changes a store, and what must hold whatever
// happens to it.
type scenario struct {
	name string
	// prepare fills a store and returns what must be in it ever after.
	prepare func(t *testing.T, s *Store) map[string]*snapshot.Image
	change  func(s *Store) error
	// tag is the one that change is about. It had the image before, or none,
	// and has after, or none.
	tag           string
	before, after *snapshot.Image
	least         int // steps at which trouble is tried
}

var tiny = shape{ram: 96 << 10, disk: 70 << 10, random: 50, text: 30, seed: 9}

func scenarios(t *testing.T) []scenario {
	ctx := context.Background()
	a := imageOf(t, tiny)
	b := touched(changed(a, 1, 8), 3, 5)
	c := touched(changed(a, 2, 20), 4, 5)
	large := imageOf(t, shape{ram: 128 << 10, disk: 20 << 10, random: 90, seed: 10})
	two := func(t *testing.T, s *Store) map[string]*snapshot.Image {
		save(t, s, "a", a)
		save(t, s, "b", b)
		return map[string]*snapshot.Image{"a": a, "b": b}
	}
	return []scenario{
		{
			name: "first save", tag: "c", after: c, least: 10,
			prepare: func(*testing.T, *Store) map[string]*snapshot.Image { return nil },
			change: func(s *Store) error {
				_, err := s.Save(ctx, "c", c, Meta{}, nil)
				return err
			},
		}, {
			name: "save", tag: "c", after: c, least: 10, prepare: two,
			change: func(s *Store) error {
				_, err := s.Save(ctx, "c", c, Meta{}, nil)
				return err
			},
		}, {
			name: "save of what is all known", tag: "c", after: a, least: 6, prepare: two,
			change: func(s *Store) error {
				_, err := s.Save(ctx, "c", a, Meta{}, nil)
				return err
			},
		}, {
			name: "replacing save", tag: "c", before: a, after: c, least: 10,
			prepare: func(t *testing.T, s *Store) map[string]*snapshot.Image {
				images := two(t, s)
				save(t, s, "c", a)
				return images
			},
			change: func(s *Store) error {
				_, err := s.Save(ctx, "c", c, Meta{}, nil)
				return err
			},
		}, {
			name: "delete", tag: "c", before: c, least: 5,
			prepare: func(t *testing.T, s *Store) map[string]*snapshot.Image {
				images := two(t, s)
				save(t, s, "c", c)
				return images
			},
			change: func(s *Store) error { return s.Delete(ctx, "c") },
		}, {
			name: "delete that compacts", tag: "c", before: large, least: 20,
			prepare: func(t *testing.T, s *Store) map[string]*snapshot.Image {
				save(t, s, "c", large)
				d := changed(large, 5, 50)
				e := touched(changed(d, 6, 3), 8, 10)
				f := touched(changed(e, 7, 3), 9, 10)
				save(t, s, "d", d)
				save(t, s, "e", e)
				save(t, s, "f", f)
				return map[string]*snapshot.Image{"d": d, "e": e, "f": f}
			},
			change: func(s *Store) error { return s.Delete(ctx, "c") },
		}, {
			name: "journal", tag: "c", before: c, after: c, least: 6,
			prepare: func(t *testing.T, s *Store) map[string]*snapshot.Image {
				images := two(t, s)
				save(t, s, "c", c)
				return images
			},
			change: func(s *Store) error {
				sn, err := s.Load(ctx, "c", nil)
				if err != nil {
					return err
				}
				r, err := s.Begin(ctx, sn, []Target{{"ide0-hd0", "disk.img"}})
				if err != nil {
					return err
				}
				return r.End()
			},
		},
	}
}

// steps is how many steps a scenario has.
func (c *scenario) steps(t *testing.T, base *simulated) int {
	d := base.clone()
	require.NoError(t, c.change(open("sim", d)))
	assert.GreaterOrEqual(t, d.step, c.least)
	return d.step
}

// holds checks a store in which the change happened, did not, or died.
func (c *scenario) holds(t *testing.T, d *simulated, images map[string]*snapshot.Image, done bool) {
	t.Helper()
	ctx := context.Background()
	s := open("sim", d)
	pending, err := s.Pending()
	require.NoError(t, err)
	for _, r := range pending {
		image, err := r.Load(ctx, nil)
		require.NoError(t, err)
		requireEqual(t, c.before, image)
		require.NoError(t, r.End())
	}
	for tag, image := range images {
		requireEqual(t, image, load(t, s, tag))
	}
	sn, err := s.Load(ctx, c.tag, nil)
	switch {
	case errors.Is(err, ErrNotFound):
		require.True(t, c.before == nil && !done || c.after == nil, "%s is lost", c.tag)
	case err != nil:
		require.NoError(t, err)
	case done:
		require.NotNil(t, c.after)
		requireEqual(t, c.after, sn.Image)
	default:
		is := c.after
		if c.before != nil && (is == nil || sn.Clock == c.before.Clock && equalMemory(sn.Image, c.before)) {
			is = c.before
		}
		requireEqual(t, is, sn.Image)
	}
	damages, err := s.Verify(ctx, nil)
	require.NoError(t, err)
	require.Empty(t, damages)

	// The store goes on to work, and what died leaves nothing behind.
	more := imageOf(t, shape{ram: 16 << 10, random: 100, seed: 77})
	save(t, s, "more", more)
	require.NoError(t, s.Delete(ctx, "more"))
	for tag, image := range images {
		requireEqual(t, image, load(t, open("sim", d), tag))
	}
	scanned, err := s.scan()
	require.NoError(t, err)
	l, err := s.list()
	require.NoError(t, err)
	require.Empty(t, l.temporary)
	require.Empty(t, l.journals)
	require.Len(t, l.segments, len(scanned.segments))
}

func equalMemory(a, b *snapshot.Image) bool {
	for i := range a.Memory {
		for n := range a.Memory[i].Pages {
			if orZeros(a.Memory[i].Pages[n]) != orZeros(b.Memory[i].Pages[n]) {
				return false
			}
		}
	}
	return true
}

func TestNoDeathAtAnyStepLosesASnapshot(t *testing.T) {
	cases := 0
	for _, c := range scenarios(t) {
		t.Run(c.name, func(t *testing.T) {
			base := newSimulated()
			images := c.prepare(t, open("sim", base))
			steps := c.steps(t, base)
			for trouble := 1; trouble <= steps+1; trouble++ {
				for _, survives := range survivals() {
					d := base.clone()
					d.trouble, d.how = trouble, errKilled
					err := c.change(open("sim", d))
					done := trouble > steps
					if done {
						require.NoError(t, err)
					}
					t.Run(fmt.Sprintf("%s at step %d", survives.name, trouble), func(t *testing.T) {
						c.holds(t, survives.keep(d), images, done)
					})
					cases++
				}
			}
		})
	}
	t.Logf("%d deaths survived", cases)
	assert.Greater(t, cases, 400)
}

func TestNoErrorAtAnyStepLosesASnapshot(t *testing.T) {
	cases := 0
	for _, c := range scenarios(t) {
		t.Run(c.name, func(t *testing.T) {
			base := newSimulated()
			images := c.prepare(t, open("sim", base))
			steps := c.steps(t, base)
			for trouble := 1; trouble <= steps; trouble++ {
				for _, how := range []error{errFull, errIO} {
					d := base.clone()
					d.trouble, d.how = trouble, how
					s := open("sim", d)
					err := c.change(s)
					if err != nil {
						require.ErrorIs(t, err, how)
					}
					t.Run(fmt.Sprintf("%v at step %d", how, trouble), func(t *testing.T) {
						d := d.clone() // without the locks of journals that were left
						c.holds(t, d, images, err == nil)
						require.NoError(t, c.change(open("sim", base.clone())))
					})
					cases++
				}
			}
		})
	}
	t.Logf("%d errors survived", cases)
	assert.Greater(t, cases, 100)
}
