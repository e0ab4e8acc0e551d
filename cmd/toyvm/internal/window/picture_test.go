package window

import (
	"image/color"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/devices/vga"
)

// equalPicture compares with what the machine draws for image encoders.
func equalPicture(t *testing.T, f *vga.Frame, p *Picture) {
	t.Helper()
	want := f.Image()
	require.Equal(t, want.Bounds().Max, p.Size)
	for i := range f.Width * f.Height {
		r, g, b, _ := want.At(i%f.Width, i/f.Width).RGBA()
		if p.Pix[4*i] != uint8(r>>8) || p.Pix[4*i+1] != uint8(g>>8) || p.Pix[4*i+2] != uint8(b>>8) || p.Pix[4*i+3] != 0xff {
			t.Fatalf("dot %d,%d is %x, want %x", i%f.Width, i/f.Width, p.Pix[4*i:4*i+4], []uint32{r >> 8, g >> 8, b >> 8})
		}
	}
}

func TestPictureIsTheMachines(t *testing.T) {
	b := newBench(t)
	var p Picture
	b.run(3e9)
	for range 20 { // the cursor blinks, the clock goes on
		f := b.machine.Frame()
		p.update(f)
		equalPicture(t, f, &p)
		b.run(170e6)
	}
	version := p.Version
	p.update(b.machine.Frame())
	p.update(b.machine.Frame())
	assert.LessOrEqual(t, p.Version, version+1, "nothing has changed since")

	b.typeKeys("mode 13\n")
	f := b.machine.Frame()
	p.update(f)
	assert.Equal(t, [2]int{320, 200}, [2]int{p.Size.X, p.Size.Y})
	assert.Equal(t, [2]int{640, 400}, [2]int{p.FullSize().X, p.FullSize().Y})
	equalPicture(t, f, &p)
}

func TestPictureInTrueColour(t *testing.T) {
	f := &vga.Frame{
		Width: 2, Height: 2, ScaleX: 1, ScaleY: 1, Generation: 5, PaletteGeneration: 1, Lines: []uint64{5, 5},
		RGBA: []color.RGBA{{1, 2, 3, 255}, {4, 5, 6, 255}, {7, 8, 9, 255}, {10, 11, 12, 255}},
	}
	var p Picture
	p.update(f)
	equalPicture(t, f, &p)

	f.RGBA[0], f.RGBA[3] = color.RGBA{9, 9, 9, 255}, color.RGBA{8, 8, 8, 255}
	f.Generation, f.Lines[1] = 6, 6
	p.update(f)
	assert.Equal(t, []byte{1, 2, 3, 255}, p.Pix[:4], "the first line has not changed, as the frame says")
	assert.Equal(t, []byte{8, 8, 8, 255}, p.Pix[12:])

	f.Generation, f.PaletteGeneration, f.Blank = 7, 7, true
	p.update(f)
	assert.Equal(t, []byte{0, 0, 0, 255, 0, 0, 0, 255}, p.Pix[:8], "the screen is off")
}
