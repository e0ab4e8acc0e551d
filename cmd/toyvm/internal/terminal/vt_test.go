package terminal

import (
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// A vtCell is a place on the screen of a vt. Colours are as SGR tells them,
// such as 31 or 38;2;1;2;3, and empty for the terminal's own.
type vtCell struct {
	char                      rune
	fore, back                string
	blink, underline, reverse bool
}

// A vt is the little of a terminal that the renderer uses. It fails the test
// on everything else.
type vt struct {
	t             testing.TB
	columns, rows int
	cells         []vtCell
	column, row   int
	pen           vtCell
	visible       bool
	shape         string

	writes, bytes, drawn int
}

func newVT(t testing.TB, columns, rows int) *vt {
	v := &vt{t: t}
	v.resize(columns, rows)
	return v
}

func (v *vt) resize(columns, rows int) {
	v.columns, v.rows, v.cells = columns, rows, make([]vtCell, columns*rows)
	for i := range v.cells {
		v.cells[i].char = '?' // which the renderer has to wipe
	}
}

func (v *vt) Write(p []byte) (int, error) {
	v.writes++
	v.bytes += len(p)
	for b := p; len(b) > 0; {
		if rest, ok := strings.CutPrefix(string(b), "\x1b["); ok {
			end := strings.IndexFunc(rest, func(r rune) bool { return r >= 0x40 })
			require.GreaterOrEqual(v.t, end, 0, "a sequence goes over two writes")
			v.sequence(rest[:end], rest[end])
			b = []byte(rest[end+1:])
			continue
		}
		r, n := utf8.DecodeRune(b)
		require.GreaterOrEqual(v.t, r, ' ')
		require.Less(v.t, v.column, v.columns, "the cursor is beyond the end of the line")
		cell := v.pen
		cell.char = r
		v.cells[v.row*v.columns+v.column] = cell
		v.column++
		v.drawn++
		b = b[n:]
	}
	return len(p), nil
}

func (v *vt) sequence(params string, final byte) {
	number := func(s string) int {
		n, err := strconv.Atoi(s)
		require.NoError(v.t, err)
		return n
	}
	switch {
	case final == 'H':
		row, column, _ := strings.Cut(params, ";")
		v.row, v.column = number(row)-1, number(column)-1
		require.True(v.t, v.row < v.rows && v.column < v.columns, "the cursor is out of the screen")
	case final == 'C' && params == "":
		v.column++
	case final == 'C':
		v.column += number(params)
	case final == 'J' && params == "2":
		for i := range v.cells {
			v.cells[i] = vtCell{char: ' '}
		}
	case final == 'h' && params == "?25":
		v.visible = true
	case final == 'l' && params == "?25":
		v.visible = false
	case final == 'q':
		v.shape = params
	case final == 'm':
		v.sgr(strings.Split(params, ";"))
	default:
		require.Fail(v.t, "unknown sequence", "ESC [ %s %c", params, final)
	}
}

func (v *vt) sgr(params []string) {
	for i := 0; i < len(params); i++ {
		p := params[i]
		colour := p
		if p == "38" || p == "48" {
			n := map[string]int{"2": 5, "5": 3}[params[i+1]]
			require.NotZero(v.t, n)
			colour = strings.Join(params[i:i+n], ";")
			i += n - 1
		}
		switch {
		case p == "0":
			v.pen = vtCell{}
		case p == "4" || p == "24":
			v.pen.underline = p == "4"
		case p == "5" || p == "25":
			v.pen.blink = p == "5"
		case p == "7" || p == "27":
			v.pen.reverse = p == "7"
		case p[0] == '3' || p[0] == '9':
			v.pen.fore = colour
		case p[0] == '4' || strings.HasPrefix(p, "10"):
			v.pen.back = colour
		default:
			require.Fail(v.t, "unknown SGR", p)
		}
	}
}

// lines are the rows as text, without spaces at their ends.
func (v *vt) lines() []string {
	lines := make([]string, v.rows)
	for row := range lines {
		var b strings.Builder
		for _, c := range v.cells[row*v.columns:][:v.columns] {
			b.WriteRune(c.char)
		}
		lines[row] = strings.TrimRight(b.String(), " ")
	}
	return lines
}
