package window

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/devices/i8042"
	"toyvm/machine"
)

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
	letters := map[i8042.Key]bool{}
	for _, c := range commands {
		assert.True(t, b.reads(strings.ToUpper(c.letter.String())+"  "+c.name), c.name)
		assert.False(t, letters[c.letter], "two commands have %s", c.letter)
		letters[c.letter] = true
	}
	assert.False(t, b.reads("Monitor:"))
}

func TestSaveAndGoBack(t *testing.T) {
	var list []Snapshot
	b := newBenchWith(t, Options{Snapshots: func() ([]Snapshot, error) { return list, nil }})
	b.run(3e9)
	b.tap(i8042.KeyF12)
	b.tap(i8042.KeyRet) // on the first item
	assert.True(t, b.reads("Its name: 1994-05-31-120000"))
	for range len("1994-05-31-120000") {
		b.tap(i8042.KeyBackspace)
	}
	b.tap(i8042.KeyRet)
	b.write("a \"name\"")
	b.tap(i8042.KeyRet)
	b.eventually(func() bool { return b.reads("saved a \"name\"") })
	b.now = b.now.Add(5 * time.Second)
	b.hold()
	assert.Nil(t, b.window.Overlay().Image, "the message goes away")

	b.typeKeys("after")
	require.Contains(t, b.machine.Text().String(), "> after")
	list = []Snapshot{{Tag: "a \"name\""}}
	b.tap(i8042.KeyCtrl, i8042.KeyAlt, i8042.KeyL)
	b.tap(i8042.KeyRet)
	b.eventually(func() bool { return b.reads("went back to a \"name\"") })
	assert.NotContains(t, b.machine.Text().String(), "> after")
}

func TestTheListOfSnapshots(t *testing.T) {
	red := image.NewRGBA(image.Rect(0, 0, 4, 2))
	for i := range 8 {
		red.SetRGBA(i%4, i/4, color.RGBA{R: 0xff, A: 0xff})
	}
	list := []Snapshot{
		{Tag: "first", Date: time.Date(1994, 5, 30, 8, 15, 0, 0, time.UTC), Note: "clean"},
		{Tag: "second", Date: time.Date(1994, 5, 31, 9, 30, 0, 0, time.UTC), Thumbnail: red},
	}
	var mistake error
	b := newBenchWith(t, Options{Snapshots: func() ([]Snapshot, error) { return list, mistake }})
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
	b.eventually(func() bool { return b.reads("snapshot \"second\": ") }) // there is none in the store

	list = nil
	b.tap(i8042.KeyCtrl, i8042.KeyAlt, i8042.KeyL)
	assert.True(t, b.reads("there are no snapshots yet"))
	mistake = errors.New("the directory cannot be read")
	b.tap(i8042.KeyCtrl, i8042.KeyAlt, i8042.KeyL)
	assert.True(t, b.reads("the directory cannot be read"))
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

// parrot is a monitor that repeats what it is told.
type parrot struct {
	told   []string
	window *Window
}

func (p *parrot) enter(line []byte) {
	p.told = append(p.told, string(line))
	fmt.Fprintf(p.window, "%sagain %s(parrot) ", line, line)
}

func newParrot(t *testing.T) (*parrot, *bench) {
	p := &parrot{}
	b := newBenchWith(t, Options{Enter: p.enter})
	p.window = b.window
	fmt.Fprint(p.window, "Hello\n(parrot) ")
	return p, b
}

func TestMonitorInTheWindow(t *testing.T) {
	p, b := newParrot(t)
	b.tap(i8042.KeyF12)
	b.input(Input{Focused: true, Keys: []i8042.Key{i8042.KeyM}, Text: "m"})
	b.hold()
	assert.True(t, b.reads("Hello"))
	b.write("info pix")
	b.tap(i8042.KeyBackspace)
	b.write("c")
	assert.True(t, b.reads("(parrot) info pic"), "the m that opened it is not in it")
	b.tap(i8042.KeyRet)
	assert.Equal(t, []string{"info pic\n"}, p.told)
	assert.True(t, b.reads("again info pic"))
	b.write("x")
	b.tap(i8042.KeyRet)
	b.tap(i8042.KeyUp)
	b.tap(i8042.KeyUp)
	b.tap(i8042.KeyRet)
	assert.Equal(t, []string{"info pic\n", "x\n", "info pic\n"}, p.told)
	for range 10 {
		b.tap(i8042.KeyRet)
	}
	assert.False(t, b.reads("Hello"), "it scrolls")
	for range 3 {
		b.tap(i8042.KeyPgup)
	}
	assert.True(t, b.reads("Hello"))
	b.tap(i8042.KeyPgdn)
	b.tap(i8042.KeyEsc)
	assert.Empty(t, b.given())

	b.tap(i8042.KeyCtrl, i8042.KeyAlt, i8042.KeyM)
	assert.True(t, b.reads("(parrot) "), "it remembers")
}

func TestTheMonitorForgetsInTheEnd(t *testing.T) {
	c := console{}
	for range 5000 {
		c.print("a line\n")
	}
	assert.Len(t, c.output, kept)
}

func TestAHeldKeyRepeatsInAPanel(t *testing.T) {
	_, b := newParrot(t)
	b.tap(i8042.KeyCtrl, i8042.KeyAlt, i8042.KeyM)
	b.write("abcdefgh")
	for range 50 { // a hundredth of a second each
		b.hold(i8042.KeyBackspace)
	}
	assert.Equal(t, "abcd", b.window.console.String())
}

func TestScreenshot(t *testing.T) {
	t.Chdir(t.TempDir())
	b := newBench(t)
	b.run(3e9)
	b.tap(i8042.KeyCtrl, i8042.KeyAlt, i8042.KeyC)
	const name = "toyvm-1994-05-31-120000.png"
	b.eventually(func() bool { return b.reads("the screen is in " + name) })
	file, err := os.Open(name)
	require.NoError(t, err)
	defer file.Close()
	picture, err := png.Decode(file)
	require.NoError(t, err)
	assert.Equal(t, image.Pt(720, 400), picture.Bounds().Size())
}

// TestWhatIsTypedAfterACommand does not get into a snapshot that was asked for
// before.
func TestWhatIsTypedAfterACommand(t *testing.T) {
	b := newBench(t)
	b.window.execute("info status", "")
	b.window.do(down(i8042.KeyA))
	b.window.Refresh(b.now)
	assert.Empty(t, b.given())
	b.run(1e6)
	assert.Equal(t, []machine.Action{down(i8042.KeyA)}, b.given())
}

func TestWhatTheSessionTells(t *testing.T) {
	b := newBench(t)
	b.window.Tell("The emulator crashed." + strings.Repeat("-", 60) + "What is too long goes on in the next line.")
	b.hold()
	assert.Equal(t, 2*cellHeight, b.window.Overlay().Image.Rect.Dy())
	assert.True(t, b.reads("The emulator crashed."))
	assert.True(t, b.reads("goes on in the next line."))
	b.tap(i8042.KeyF12)
	assert.True(t, b.reads("goes on in the next line."), "in the menu, too")
}

func TestTheDocumentationHasAllOfTheMenu(t *testing.T) {
	text, err := os.ReadFile("../../../../docs/window.md")
	require.NoError(t, err)
	for _, c := range commands {
		assert.Contains(t, string(text), "\n| "+strings.ToUpper(c.letter.String())+" | ", c.name)
	}
}
