package vga

import "image/color"

var black = color.RGBA{A: 0xff}

// colours are what the attribute controller and the DAC make of the values in
// a picture, and of the border. The way of a colour is the same for all dots,
// so it is gone once for each colour instead of once for each dot.
func (v *VGA) colours(r *raster) (p [256]color.RGBA, border color.RGBA, blank bool) {
	wide := v.vbe.wideDAC()
	border = v.dac.colour(v.attr.regs[arOverscan], wide)
	switch {
	case v.dark():
		for i := range p {
			p[i] = black
		}
		return p, black, true
	case !v.paletteServesScreen():
		for i := range p {
			p[i] = border
		}
		return p, border, true
	}
	indices := v.indices(r)
	for i := range p {
		p[i] = v.dac.colour(indices[i], wide)
	}
	return p, border, false
}

// dark tells whether the monitor shows nothing.
func (v *VGA) dark() bool {
	return v.seq.regs[srClockingMode]&clockBlankOff != 0 || !v.crtc.mode(crtcSync)
}

// paletteServesScreen tells whether there is more to see than the border.
func (v *VGA) paletteServesScreen() bool { return v.attr.index&paletteAddressAtCRT != 0 }

// indices are the DAC's for the values in the picture. Bytes of 256-colour
// modes go past the palette; where there are 16 colours, the upper bits of a
// value are none.
func (v *VGA) indices(r *raster) (t [256]uint8) {
	for i := range t {
		t[i] = uint8(i)
	}
	if r.pairs || r.linear.depth > 4 {
		return t
	}
	enabled, lit := v.attr.regs[arPlaneEnable], blinkLit(v.frames())
	for i := range t[:16] {
		if c := uint8(i) & enabled; r.graphics {
			t[i] = v.attr.graphicsColour(c, lit)
		} else {
			t[i] = v.attr.colour(c)
		}
	}
	for i := 16; i < len(t); i += 16 {
		copy(t[i:], t[:16])
	}
	return t
}
