package window

import (
	"image"
	"image/color"

	"toyvm/devices/vga"
)

// A Picture is the machine's screen as pixels.
type Picture struct {
	Size  image.Point // dots
	Scale image.Point // pixels of the full resolution that a dot takes
	Pix   []byte      // red, green, blue and 255 for each dot, line by line
	// Version is another one whenever the picture is.
	Version int

	seen uint64 // generation of the frame
}

// FullSize is how large the picture is in the full resolution.
func (p *Picture) FullSize() image.Point {
	return image.Pt(p.Size.X*p.Scale.X, p.Size.Y*p.Scale.Y)
}

// update brings the picture up to date. Of a frame that was seen before only
// lines that have changed are converted.
func (p *Picture) update(f *vga.Frame) {
	size, scale := image.Pt(f.Width, f.Height), image.Pt(f.ScaleX, f.ScaleY)
	if f.Generation == p.seen && scale == p.Scale {
		return
	}
	all := size != p.Size || f.PaletteGeneration > p.seen || f.Generation < p.seen
	if size != p.Size {
		p.Pix = make([]byte, 4*size.X*size.Y)
	}
	p.Size, p.Scale = size, scale
	for y := range f.Height {
		if all || f.Lines[y] > p.seen {
			p.convert(f, y)
		}
	}
	p.seen = f.Generation
	p.Version++
}

// convert draws a line.
func (p *Picture) convert(f *vga.Frame, y int) {
	line := p.Pix[4*y*f.Width:][:4*f.Width]
	for x := range f.Width {
		var c color.RGBA
		switch i := y*f.Width + x; {
		case f.RGBA == nil:
			c = f.Palette[f.Pix[i]]
		case !f.Blank:
			c = f.RGBA[i]
		}
		line[4*x], line[4*x+1], line[4*x+2], line[4*x+3] = c.R, c.G, c.B, 0xff
	}
}
