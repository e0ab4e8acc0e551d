package font

// arms says which lines meet in a box drawing character and whether they are
// single (1) or double (2).
type arms struct{ up, down, left, right int }

var boxes = map[int]arms{
	0xb3: {1, 1, 0, 0}, 0xb4: {1, 1, 1, 0}, 0xb5: {1, 1, 2, 0}, 0xb6: {2, 2, 1, 0},
	0xb7: {0, 2, 1, 0}, 0xb8: {0, 1, 2, 0}, 0xb9: {2, 2, 2, 0}, 0xba: {2, 2, 0, 0},
	0xbb: {0, 2, 2, 0}, 0xbc: {2, 0, 2, 0}, 0xbd: {2, 0, 1, 0}, 0xbe: {1, 0, 2, 0},
	0xbf: {0, 1, 1, 0}, 0xc0: {1, 0, 0, 1}, 0xc1: {1, 0, 1, 1}, 0xc2: {0, 1, 1, 1},
	0xc3: {1, 1, 0, 1}, 0xc4: {0, 0, 1, 1}, 0xc5: {1, 1, 1, 1}, 0xc6: {1, 1, 0, 2},
	0xc7: {2, 2, 0, 1}, 0xc8: {2, 0, 0, 2}, 0xc9: {0, 2, 0, 2}, 0xca: {2, 0, 2, 2},
	0xcb: {0, 2, 2, 2}, 0xcc: {2, 2, 0, 2}, 0xcd: {0, 0, 2, 2}, 0xce: {2, 2, 2, 2},
	0xcf: {1, 0, 2, 2}, 0xd0: {2, 0, 1, 1}, 0xd1: {0, 1, 2, 2}, 0xd2: {0, 2, 1, 1},
	0xd3: {2, 0, 0, 1}, 0xd4: {1, 0, 0, 2}, 0xd5: {0, 1, 0, 2}, 0xd6: {0, 2, 0, 1},
	0xd7: {2, 2, 1, 1}, 0xd8: {1, 1, 2, 2}, 0xd9: {1, 0, 1, 0}, 0xda: {0, 1, 0, 1},
}

// Columns of vertical strokes, two pixels wide.
const (
	outerLeft  = 1
	middle     = 3
	outerRight = 5
)

// canvas is a glyph being drawn; the centre line is at row mid, the rows of a
// double line at mid-1 and mid+1.
type canvas struct {
	glyph Glyph
	mid   int
}

func (c *canvas) fill(left, top, right, bottom int) {
	for y := max(top, 0); y <= min(bottom, len(c.glyph)-1); y++ {
		for x := left; x <= right; x++ {
			c.glyph[y] |= 0x80 >> x
		}
	}
}

func (c *canvas) stroke(x, top, bottom int) { c.fill(x, top, x+1, bottom) }

// reach returns how far an arm goes past the centre, as -1, 0 or +1: a stroke
// of a double line stops at the near line of a crossing arm on its own side,
// runs on to the far one around the outside of a corner, and meets the centre
// otherwise.
func reach(near, opposite, far int) int {
	switch {
	case near == 2:
		return -1
	case opposite == 2:
		return 1
	case far == 2:
		return 1
	}
	return 0
}

// single is reach for the stroke of a single line, between two crossing arms.
func single(opposite, one, other int) int {
	switch {
	case opposite != 0:
		return 0
	case one == 2 && other == 2:
		return -1
	case one == 2 || other == 2:
		return 1
	}
	return 0
}

func box(a arms, height int) Glyph {
	c := canvas{make(Glyph, height), (height - 1) / 2}
	last := height - 1

	if a.up == 1 {
		c.stroke(middle, 0, c.mid+single(a.down, a.left, a.right))
	}
	if a.down == 1 {
		c.stroke(middle, c.mid-single(a.up, a.left, a.right), last)
	}
	if a.up == 2 {
		c.stroke(outerLeft, 0, c.mid+reach(a.left, a.down, a.right))
		c.stroke(outerRight, 0, c.mid+reach(a.right, a.down, a.left))
	}
	if a.down == 2 {
		c.stroke(outerLeft, c.mid-reach(a.left, a.up, a.right), last)
		c.stroke(outerRight, c.mid-reach(a.right, a.up, a.left), last)
	}

	// Right edge of an arm from the left, and left edge of one from the
	// right, for the three reaches.
	rightEdge := func(reach int) int { return []int{outerLeft + 1, middle + 1, outerRight + 1}[reach+1] }
	leftEdge := func(reach int) int { return []int{outerRight, middle, outerLeft}[reach+1] }
	horizontal := func(y, leftReach, rightReach int, left, right bool) {
		if left {
			c.fill(0, y, rightEdge(leftReach), y)
		}
		if right {
			c.fill(leftEdge(rightReach), y, 7, y)
		}
	}
	horizontal(c.mid, single(a.right, a.up, a.down), single(a.left, a.up, a.down), a.left == 1, a.right == 1)
	horizontal(c.mid-1, reach(a.up, a.right, a.down), reach(a.up, a.left, a.down), a.left == 2, a.right == 2)
	horizontal(c.mid+1, reach(a.down, a.right, a.up), reach(a.down, a.left, a.up), a.left == 2, a.right == 2)
	return c.glyph
}
