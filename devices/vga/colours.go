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
	for i := range p {
		p[i] = v.dac.colour(v.index(r, uint8(i)), wide)
	}
	return p, border, false
}

// dark tells whether the monitor shows nothing.
func (v *VGA) dark() bool {
	return v.seq.regs[srClockingMode]&clockBlankOff != 0 || !v.crtc.mode(crtcSync)
}

// paletteServesScreen tells whether there is more to see than the border.
func (v *VGA) paletteServesScreen() bool { return v.attr.index&paletteAddressAtCRT != 0 }

// index is the DAC's index for a value in the picture. Bytes of 256-colour
// modes go past the palette.
func (v *VGA) index(r *raster, value uint8) uint8 {
	switch {
	case r.pairs || r.linear.depth > 4:
		return value
	case r.graphics:
		return v.attr.graphicsColour(value&v.planeEnable(), blinkLit(v.frames()))
	}
	return v.attr.colour(value & v.planeEnable())
}

func (v *VGA) planeEnable() uint8 { return v.attr.regs[arPlaneEnable] & 0x0f }
