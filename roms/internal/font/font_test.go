package font

import (
	"strings"
	"testing"
)

// TestBoxesJoin checks that each arm of a line drawing character reaches the
// edge where its neighbour of the same kind goes on, at every height.
func TestBoxesJoin(t *testing.T) {
	for _, height := range []int{8, 14, 16} {
		mid := (height - 1) / 2
		for code, a := range boxes {
			g := graphic(code, height)
			vertical := map[int]byte{0: 0, 1: 0x18, 2: 0x66}
			if g[0] != vertical[a.up] {
				t.Errorf("%02X at height %d: top row %08b", code, height, g[0])
			}
			if g[height-1] != vertical[a.down] {
				t.Errorf("%02X at height %d: bottom row %08b", code, height, g[height-1])
			}
			for _, side := range []struct {
				name string
				arm  int
				edge byte
			}{{"left", a.left, 0x80}, {"right", a.right, 0x01}} {
				var rows []int
				for y, row := range g {
					if row&side.edge != 0 {
						rows = append(rows, y)
					}
				}
				want := map[int][]int{0: nil, 1: {mid}, 2: {mid - 1, mid + 1}}[side.arm]
				if len(rows) != len(want) || len(rows) > 0 && (rows[0] != want[0] || rows[len(rows)-1] != want[len(want)-1]) {
					t.Errorf("%02X at height %d: %s edge in rows %v, want %v", code, height, side.name, rows, want)
				}
			}
		}
	}
}

func TestParse(t *testing.T) {
	for _, test := range []struct {
		name, text, err string
	}{
		{"good", "# comment\n41 s\n#......#\n.#....#.\n", ""},
		{"no code", "xy\n", "line 1: character code"},
		{"wide row", "41\n.........\n", "line 2: row"},
		{"strange pixel", "41\n....x...\n", "pixel 'x'"},
		{"cut off", "41\n........\n", "1 of 2 rows"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var f Font
			err := f.Parse(strings.NewReader(test.text), 2)
			switch {
			case test.err == "" && err != nil:
				t.Error(err)
			case test.err != "" && (err == nil || !strings.Contains(err.Error(), test.err)):
				t.Errorf("%v, want %q", err, test.err)
			}
			if test.err == "" && (f[0x41][0] != 0x81 || f[0x41][1] != 0x42) {
				t.Errorf("% x", f[0x41])
			}
		})
	}
}

// TestDerived checks that the smaller fonts keep baseline and descender.
func TestDerived(t *testing.T) {
	letter := Glyph{0, 0, 0xc0, 0xc0, 0xc0, 0xfc, 0xc6, 0xc6, 0xc6, 0xc6, 0xc6, 0xfc, 0, 0, 0, 0}
	if got := To14(letter); len(got) != 14 || got[10] != 0xfc || got[11] != 0 {
		t.Errorf("8x14: % x", got)
	}
	small := To8(letter)
	if len(small) != 8 || small[2] != 0xfc || small[6] != 0xfc || small[7] != 0 {
		t.Errorf("8x8: % x", small)
	}
}
