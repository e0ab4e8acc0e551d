package vga

import (
	"image"
	"image/color"
)

// A Frame is the picture as dots, in text modes as well. It belongs to the VGA
// and is valid until the next picture is pulled.
//
// A front end redraws what has changed since the last Generation it saw: all
// of it if PaletteGeneration or the size is another, else the lines whose
// entry in Lines is newer.
type Frame struct {
	Width, Height int
	// ScaleX and ScaleY are how many dots of the monitor's full resolution a
	// dot of the picture takes: 2 and 2 in 320x200, which is drawn as 640x400.
	ScaleX, ScaleY int

	Pix     []uint8      // indices into Palette, line by line; nil if there is
	RGBA    []color.RGBA // this, in modes of the VBE extension with more than 256 colours
	Palette [256]color.RGBA
	Border  color.RGBA
	// Blank tells that the screen is switched off. Palette is of one colour.
	Blank bool

	Generation        uint64
	PaletteGeneration uint64
	Lines             []uint64

	raster raster
	epoch  uint64
	line   [maxWidth + 32]uint8 // the line being drawn, before panning
	mixed  [maxWidth]color.RGBA // the same in RGBA
	ink    inks
}

func (f *Frame) reset() { *f = Frame{Generation: 1, ScaleX: 1, ScaleY: 1} }

// Frame draws what has changed and returns the picture.
func (v *VGA) Frame() *Frame {
	f, r, before := &v.frame, v.raster(), v.frame.raster
	since := f.epoch
	if !r.sameButCursor(before) || !r.graphics && v.changes.font >= since {
		since = 0
	}
	f.epoch = v.changes.pull()
	f.raster = r

	next := f.Generation + 1
	resized := f.resize(&r, next)
	if v.draw(&r, before.cursor, since, next) || resized {
		f.Generation = next
	}
	f.ScaleY = r.repeat
	f.ScaleX = v.dotScale(&r)
	if p, border, blank := v.colours(&r); p != f.Palette || border != f.Border || blank != f.Blank {
		f.Palette, f.Border, f.Blank = p, border, blank
		f.Generation, f.PaletteGeneration = next, next
	}
	return f
}

// dotScale is how many dots of the full resolution one of the picture takes.
func (v *VGA) dotScale(r *raster) int {
	n := 1
	if r.linear.depth != 0 {
		return n
	}
	if r.pairs {
		n = 2
	}
	if v.seq.regs[srClockingMode]&clockHalf != 0 {
		n *= 2
	}
	return n
}

// resize makes the frame as large as the picture, forgetting what it had if
// it was not.
func (f *Frame) resize(r *raster, next uint64) bool {
	w, h, mixed := r.width(), r.height(), r.linear.depth > 8
	if w == f.Width && h == f.Height && mixed == (f.RGBA != nil) {
		return false
	}
	f.Width, f.Height = w, h
	f.Lines = fit(f.Lines, h)
	if mixed {
		f.Pix, f.RGBA = nil, make([]color.RGBA, w*h)
	} else {
		f.Pix, f.RGBA = fit(f.Pix, w*h), nil
		clear(f.Pix)
	}
	for i := range f.Lines {
		f.Lines[i] = next
	}
	return true
}

// fit makes s n long, reusing its memory if that is enough.
func fit[E any](s []E, n int) []E {
	if n > cap(s) {
		return make([]E, n)
	}
	return s[:n]
}

// draw draws the lines whose memory was written since an epoch, and those
// where the cursor was or is. It tells whether any looks different.
func (v *VGA) draw(r *raster, before cursor, since, next uint64) bool {
	if r.linear.depth != 0 {
		return v.drawLinear(&r.linear, since, next)
	}
	f := &v.frame
	f.ink.mix(r)
	moved, changed := r.cursor != before, false
	for y, l := range r.scan {
		if !v.lineSince(since, r, &l) && !(moved && (r.has(before, &l) || r.has(r.cursor, &l))) {
			continue
		}
		if r.graphics {
			v.graphicsLine(f.line[:], r, &l)
		} else {
			v.textLine(f.line[:], r, &l, &f.ink)
		}
		if replace(f.Pix[y*f.Width:][:f.Width], f.line[l.panning:][:f.Width]) {
			f.Lines[y] = next
			changed = true
		}
	}
	return changed
}

// lineSince tells whether the memory behind a line was, or may have been,
// written in an epoch or later.
func (v *VGA) lineSince(epoch uint64, r *raster, l *scanLine) bool {
	n := r.columns + 1
	from, plain := r.span(l, n)
	return !plain || v.changes.since(epoch, from*4, n*4)
}

// Image copies the picture, for image/png or other encoders.
func (f *Frame) Image() image.Image {
	if f.RGBA != nil {
		m := image.NewRGBA(image.Rect(0, 0, f.Width, f.Height))
		for i, c := range f.RGBA {
			m.SetRGBA(i%f.Width, i/f.Width, c)
		}
		return m
	}
	p := make(color.Palette, len(f.Palette))
	for i := range p {
		p[i] = f.Palette[i]
	}
	m := image.NewPaletted(image.Rect(0, 0, f.Width, f.Height), p)
	copy(m.Pix, f.Pix)
	return m
}
