package main

import (
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/png"
	"os"
	"path/filepath"

	"toyvm/roms"
)

// A character is 8 by 16 dots. Two lines of them are below the screen.
const (
	charWidth, charHeight = 8, 16
	margin                = 8
	captionHeight         = 2*charHeight + 3*margin
)

// palette has the sixteen colours of the text screen; those of the caption are
// among them.
var palette = func() (p color.Palette) {
	for i := range 16 {
		level := func(bit int) uint8 { return uint8(0xaa*(i>>bit&1) + 0x55*(i>>3)) }
		p = append(p, color.RGBA{level(2), level(1), level(0), 0xff})
	}
	p[6] = color.RGBA{0xaa, 0x55, 0x00, 0xff} // brown
	return append(p, color.Transparent)
}()

const (
	grey   = 7
	white  = 15
	before = 16 // what was there before shows through
)

// animate makes one picture of many. Each frame holds only what has changed
// since the one before.
func animate(dir string, frames []frame) (*gif.GIF, error) {
	g := &gif.GIF{}
	var last *image.Paletted
	for _, f := range frames {
		whole, err := f.draw(dir)
		if err != nil {
			return nil, err
		}
		part := whole
		if last != nil {
			part = changes(last, whole)
		}
		if part.Rect.Empty() {
			g.Delay[len(g.Delay)-1] += f.delay
			continue
		}
		g.Image = append(g.Image, part)
		g.Delay = append(g.Delay, f.delay)
		g.Disposal = append(g.Disposal, gif.DisposalNone)
		last = whole
	}
	return g, nil
}

// draw is the screen of a frame, and what stands below it.
func (f *frame) draw(dir string) (*image.Paletted, error) {
	file, err := os.Open(filepath.Join(dir, f.shot))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	decoded, err := png.Decode(file)
	if err != nil {
		return nil, err
	}
	screen, ok := decoded.(*image.Paletted)
	if !ok {
		return nil, fmt.Errorf("%s: it has no palette, and the session is to stay in text mode", f.shot)
	}
	m := image.NewPaletted(image.Rect(0, 0, screen.Rect.Dx(), screen.Rect.Dy()+captionHeight), palette)
	var index [256]uint8
	for i, c := range screen.Palette {
		index[i] = uint8(palette.Index(c))
	}
	for i, dot := range screen.Pix {
		m.Pix[i] = index[dot]
	}
	write(m, image.Pt(margin, screen.Rect.Dy()+margin), white, f.command)
	write(m, image.Pt(margin, screen.Rect.Dy()+2*margin+charHeight), grey, f.note)
	return m, nil
}

// write writes a text in ASCII.
func write(m *image.Paletted, at image.Point, colour uint8, text string) {
	for i, char := range []byte(text) {
		for y, row := range roms.Font[int(char)*charHeight:][:charHeight] {
			for x := range charWidth {
				if row&(0x80>>x) != 0 {
					m.SetColorIndex(at.X+i*charWidth+x, at.Y+y, colour)
				}
			}
		}
	}
}

// changes is the part of b that is not as in a.
func changes(a, b *image.Paletted) *image.Paletted {
	left, top, right, bottom := b.Rect.Dx(), b.Rect.Dy(), 0, 0
	m := image.NewPaletted(b.Rect, palette)
	for i, dot := range b.Pix {
		if a.Pix[i] == dot {
			m.Pix[i] = before
			continue
		}
		m.Pix[i] = dot
		x, y := i%b.Stride, i/b.Stride
		left, top, right, bottom = min(left, x), min(top, y), max(right, x+1), max(bottom, y+1)
	}
	if left >= right {
		return &image.Paletted{}
	}
	return m.SubImage(image.Rect(left, top, right, bottom)).(*image.Paletted)
}
