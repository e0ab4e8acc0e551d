package terminal

import (
	"image/color"

	"toyvm/devices/vga"
)

// DrawFrame draws a picture as large as the terminal allows, in the shape that
// it has on a monitor. Each character shows two dots, one above the other.
func (r *Renderer) DrawFrame(f *vga.Frame) error {
	c := &r.canvas
	rows := c.rows
	if !r.hidden && c.rows > 1 {
		rows--
		r.drawStatus("")
	}
	if f != r.frame || f.Generation != r.generation || rows != r.frameRows {
		r.frame, r.generation, r.frameRows = f, f.Generation, rows
		c.wipe(rows)
		c.drawDots(f, rows)
	}
	return r.draw(cursor{})
}

// drawDots draws a picture in the middle of the first rows. Half a character
// is about a square.
func (c *canvas) drawDots(f *vga.Frame, rows int) {
	if f.Width == 0 || f.Height == 0 {
		return
	}
	width, height := min(c.columns, rows*2*4/3), 0
	if height = min(rows*2, width*3/4) &^ 1; height == 0 {
		height = 2
	}
	left, top := (c.columns-width)/2, (rows-height/2)/2
	for y := 0; y < height; y += 2 {
		for x := range width {
			upper := c.colours.ink(mean(f, x, y, width, height))
			lower := c.colours.ink(mean(f, x, y+1, width, height))
			g := glyph{'▀', style{fore: upper, back: lower, coloured: true}}
			if upper == lower {
				g = glyph{' ', style{back: lower, coloured: true}}
			}
			c.want[(top+y/2)*c.columns+left+x] = g
		}
	}
}

// mean is the colour of all dots of a picture that a dot of a smaller one
// covers, or of the one that a dot of a larger one is in.
func mean(f *vga.Frame, x, y, width, height int) color.RGBA {
	fromX, toX := share(x, width, f.Width)
	fromY, toY := share(y, height, f.Height)
	var r, g, b, n int
	for y := fromY; y < toY; y++ {
		for i := y*f.Width + fromX; i < y*f.Width+toX; i++ {
			c := dot(f, i)
			r, g, b, n = r+int(c.R), g+int(c.G), b+int(c.B), n+1
		}
	}
	return color.RGBA{R: uint8(r / n), G: uint8(g / n), B: uint8(b / n), A: 0xff}
}

func dot(f *vga.Frame, i int) color.RGBA {
	if f.RGBA != nil {
		return f.RGBA[i]
	}
	return f.Palette[f.Pix[i]]
}

// share is the part of n dots that falls to the i-th of m.
func share(i, m, n int) (from, to int) {
	from = i * n / m
	return from, max((i+1)*n/m, from+1)
}
