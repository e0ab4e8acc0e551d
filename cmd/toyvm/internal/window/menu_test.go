package window

import (
	"errors"
	"image"
	"image/color"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/devices/i8042"
)

// shelf is a store that remembers what it was asked.
type shelf struct {
	list  []Snapshot
	asked []string
	err   error
}

func (s *shelf) List() ([]Snapshot, error) { return s.list, s.err }
func (s *shelf) Save(tag string) error     { s.asked = append(s.asked, "save "+tag); return s.err }
func (s *shelf) Load(tag string) error     { s.asked = append(s.asked, "load "+tag); return s.err }

// parrot is a monitor that repeats what it is told.
type parrot struct{ told []string }

var errEnd = errors.New("the end")

func (p *parrot) Execute(line string) (string, error) {
	p.told = append(p.told, line)
	if line == "quit" {
		return "", errEnd
	}
	return strings.Repeat(line+"\n", 2), nil
}

// reads tells whether the text is somewhere in the overlay.
func (b *bench) reads(text string) bool {
	m := b.window.Overlay().Image
	if m == nil {
		return false
	}
	want := newCanvas(len([]rune(text)), 1)
	for row := range m.Rect.Dy() / cellHeight {
		for column := range m.Rect.Dx()/cellWidth - want.columns + 1 {
			if equalInk(m.SubImage(want.pixels.Rect.Add(image.Pt(column*cellWidth, row*cellHeight))).(*image.RGBA), text) {
				return true
			}
		}
	}
	return false
}

// equalInk tells whether an image is the text in any colours.
func equalInk(m *image.RGBA, text string) bool {
	for i, r := range []rune(text) {
		glyph := newCanvas(1, 1)
		glyph.print(0, 0, normal, string(r))
		corner := m.Rect.Min.Add(image.Pt(i*cellWidth, 0))
		back := m.RGBAAt(corner.X, corner.Y+cellHeight-1)
		for y := range cellHeight {
			for x := range cellWidth {
				ink := glyph.pixels.RGBAAt(x, y) == normal.fore
				if ink != (m.RGBAAt(corner.X+x, corner.Y+y) != back) {
					return false
				}
			}
		}
	}
	return true
}

func TestTheMenuShowsWhatThereIs(t *testing.T) {
	b := newBench(t)
	b.tap(i8042.KeyF12)
	assert.True(t, b.reads("Full screen"))
	assert.False(t, b.reads("snapshot"), "there is no store")
	assert.False(t, b.reads("Monitor"))

	b = newBenchWith(t, Options{Store: &shelf{}, Monitor: &parrot{}})
	b.tap(i8042.KeyF12)
	for _, want := range []string{"Save a snapshot...", "Go back to a snapshot...", "Monitor...", "Screenshot to a file", "Quit"} {
		assert.True(t, b.reads(want), want)
	}
	letters := map[i8042.Key]bool{}
	for _, c := range b.window.commands() {
		assert.False(t, letters[c.letter], "two commands have %s", c.letter)
		letters[c.letter] = true
	}
}

func TestSaveFromTheMenu(t *testing.T) {
	s := &shelf{}
	b := newBenchWith(t, Options{Store: s})
	b.tap(i8042.KeyF12)
	b.tap(i8042.KeyRet) // on the first item
	assert.True(t, b.reads("Its name: 1994-05-31-120000"))
	for range len("1994-05-31-120000") {
		b.tap(i8042.KeyBackspace)
	}
	b.tap(i8042.KeyRet)
	assert.Empty(t, s.asked, "without a name")
	b.write("before")
	b.tap(i8042.KeyRet)
	assert.Equal(t, []string{"save before"}, s.asked)
	assert.True(t, b.reads("saved before"))
	b.now = b.now.Add(5 * time.Second)
	b.hold()
	assert.Nil(t, b.window.Overlay().Image, "the message goes away")
	assert.Empty(t, b.given())
}

func TestGoBackFromTheMenu(t *testing.T) {
	red := image.NewRGBA(image.Rect(0, 0, 4, 2))
	for i := range 8 {
		red.SetRGBA(i%4, i/4, color.RGBA{R: 0xff, A: 0xff})
	}
	s := &shelf{list: []Snapshot{
		{Tag: "first", Date: time.Date(1994, 5, 30, 8, 15, 0, 0, time.UTC), Note: "clean"},
		{Tag: "second", Date: time.Date(1994, 5, 31, 9, 30, 0, 0, time.UTC), Thumbnail: red},
	}}
	b := newBenchWith(t, Options{Store: s})
	isRed := func() (n int) {
		m := b.window.Overlay().Image
		for i := 0; i < len(m.Pix); i += 4 {
			if m.Pix[i] == 0xff && m.Pix[i+1] == 0 {
				n++
			}
		}
		return n
	}
	b.tap(i8042.KeyF12)
	b.tap(i8042.KeyL)
	assert.True(t, b.reads("1994-05-30 08:15  clean"))
	assert.Zero(t, isRed())
	b.tap(i8042.KeyDown)
	assert.Equal(t, 192*96, isRed(), "the thumbnail of the chosen one")
	b.tap(i8042.KeyDown)
	b.tap(i8042.KeyRet)
	assert.Equal(t, []string{"load second"}, s.asked)

	s.err = errors.New("second: section i8254 is missing")
	b.window.load("second")
	b.hold()
	assert.True(t, b.reads("second: section i8254 is missing"))

	s.list, s.err = nil, nil
	b.tap(i8042.KeyCtrl, i8042.KeyAlt, i8042.KeyL)
	assert.True(t, b.reads("there are no snapshots yet"))
}

func TestALongMenuScrolls(t *testing.T) {
	m := &menu{close: func() {}}
	for i := range 40 {
		m.items = append(m.items, item{label: string(rune('A' + i))})
	}
	for _, step := range []struct {
		key  i8042.Key
		want int
	}{
		{i8042.KeyUp, 0}, {i8042.KeyPgdn, 16}, {i8042.KeyDown, 17}, {i8042.KeyEnd, 39}, {i8042.KeyDown, 39},
		{i8042.KeyPgup, 23}, {i8042.KeyUp, 22}, {i8042.KeyHome, 0},
	} {
		m.key(step.key)
		assert.Equal(t, step.want, m.selected)
		m.draw(newCanvas(panelColumns, panelRows))
	}
}

func TestMonitorInTheWindow(t *testing.T) {
	p := &parrot{}
	b := newBenchWith(t, Options{Monitor: p})
	b.tap(i8042.KeyF12)
	b.input(Input{Focused: true, Keys: []i8042.Key{i8042.KeyM}, Text: "m"})
	b.hold()
	b.write("info pix")
	b.tap(i8042.KeyBackspace)
	b.write("c")
	b.tap(i8042.KeyRet)
	assert.Equal(t, []string{"info pic"}, p.told, "the m that opened it is not in it")
	assert.True(t, b.reads("> info pic"))
	b.write("x")
	b.tap(i8042.KeyRet)
	b.tap(i8042.KeyUp)
	b.tap(i8042.KeyUp)
	b.tap(i8042.KeyRet)
	assert.Equal(t, []string{"info pic", "x", "info pic"}, p.told)
	b.tap(i8042.KeyEsc)
	assert.Empty(t, b.given())

	b.tap(i8042.KeyCtrl, i8042.KeyAlt, i8042.KeyM)
	assert.True(t, b.reads("> info pic"), "it remembers")
	b.write("quit")
	b.now = b.now.Add(time.Second)
	b.window.Update(Input{Time: b.now, Focused: true, Keys: []i8042.Key{i8042.KeyRet}})
	_, err := b.window.Refresh(b.now)
	require.Equal(t, errEnd, err)
}

func TestAHeldKeyRepeatsInAPanel(t *testing.T) {
	b := newBenchWith(t, Options{Monitor: &parrot{}})
	b.tap(i8042.KeyCtrl, i8042.KeyAlt, i8042.KeyM)
	b.write("abcdefgh")
	for range 50 { // a hundredth of a second each
		b.hold(i8042.KeyBackspace)
	}
	assert.Equal(t, "abcd", b.window.console.String())
}

func TestScreenshot(t *testing.T) {
	p := &parrot{}
	b := newBenchWith(t, Options{Monitor: p})
	b.tap(i8042.KeyCtrl, i8042.KeyAlt, i8042.KeyC)
	assert.Equal(t, []string{"screendump toyvm-1994-05-31-120000.png"}, p.told)
}

func TestTheDocumentationHasAllOfTheMenu(t *testing.T) {
	text, err := os.ReadFile("../../../../docs/window.md")
	require.NoError(t, err)
	b := newBenchWith(t, Options{Store: &shelf{}, Monitor: &parrot{}})
	for _, c := range b.window.commands() {
		assert.Contains(t, string(text), "\n| "+strings.ToUpper(c.letter.String())+" | ", c.name)
	}
}
