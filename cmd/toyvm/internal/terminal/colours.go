package terminal

import (
	"image/color"
	"strconv"
	"strings"
)

// Colours is how a terminal is told colours.
type Colours uint8

// The ways, each with more colours than the last.
const (
	Colours16  Colours = iota // those of the terminal's palette
	Colours256                // the cube and the greys of xterm
	ColoursRGB                // all there are
)

// DetectColours finds out what the terminal can do, from its environment.
func DetectColours(getenv func(string) string) Colours {
	term := getenv("TERM")
	// GNU screen hands on the COLORTERM of the terminal it runs in, but not
	// the colours; tmux does both.
	screen := strings.HasPrefix(term, "screen") && getenv("TMUX") == ""
	rgb := getenv("COLORTERM") == "truecolor" || getenv("COLORTERM") == "24bit" || strings.HasSuffix(term, "-direct")
	switch {
	case rgb && !screen:
		return ColoursRGB
	case rgb, strings.Contains(term, "256color"), strings.Contains(term, "kitty"), strings.Contains(term, "alacritty"):
		return Colours256
	}
	return Colours16
}

// An ink is a colour as the terminal is told it: 0xRRGGBB, or an index.
type ink uint32

// ink is the nearest that the terminal has of a colour.
func (c Colours) ink(rgb color.RGBA) ink {
	switch c {
	case ColoursRGB:
		return ink(rgb.R)<<16 | ink(rgb.G)<<8 | ink(rgb.B)
	case Colours256:
		return cubeInk(rgb)
	}
	return namedInk(rgb)
}

// sgr adds the parameters that choose a colour: as foreground with base 30, as
// background with 40.
func (c Colours) sgr(b []byte, base int64, k ink) []byte {
	switch {
	case c == ColoursRGB:
		b = append(strconv.AppendInt(b, base+8, 10), ";2;"...)
		b = append(strconv.AppendInt(b, int64(k>>16), 10), ';')
		b = append(strconv.AppendInt(b, int64(k>>8&0xff), 10), ';')
		return strconv.AppendInt(b, int64(k&0xff), 10)
	case c == Colours256:
		b = append(strconv.AppendInt(b, base+8, 10), ";5;"...)
		return strconv.AppendInt(b, int64(k), 10)
	case k >= 8:
		return strconv.AppendInt(b, base+60+int64(k-8), 10)
	}
	return strconv.AppendInt(b, base+int64(k), 10)
}

// The levels of the cube, and the ramp of greys. The sixteen colours before
// the cube are of the user's choice, so they are not used.
var cubeLevels = [6]uint8{0, 95, 135, 175, 215, 255}

const (
	cubeStart = 16
	greyStart = 232
	greys     = 24
)

func cubeInk(rgb color.RGBA) ink {
	r, g, b := cubeLevel(rgb.R), cubeLevel(rgb.G), cubeLevel(rgb.B)
	inCube := color.RGBA{R: cubeLevels[r], G: cubeLevels[g], B: cubeLevels[b]}
	mean := (int(rgb.R) + int(rgb.G) + int(rgb.B)) / 3
	i := max(0, min((mean-3)/10, greys-1))
	level := uint8(8 + 10*i)
	if distance(rgb, color.RGBA{R: level, G: level, B: level}) < distance(rgb, inCube) {
		return ink(greyStart + i)
	}
	return ink(cubeStart + 36*r + 6*g + b)
}

func cubeLevel(v uint8) int {
	best := 0
	for i, level := range cubeLevels {
		if abs(int(level)-int(v)) < abs(int(cubeLevels[best])-int(v)) {
			best = i
		}
	}
	return best
}

// vgaColours are the colours of the VGA's text modes in the order of the
// terminals' palettes, where red and blue have changed places.
var vgaColours = func() (t [16]color.RGBA) {
	for i := range t {
		low := uint8(i >> 3 * 0x55)
		level := func(bit int) uint8 { return low + uint8(i>>bit&1)*0xaa }
		t[i] = color.RGBA{R: level(0), G: level(1), B: level(2)}
	}
	t[3].G = 0x55 // brown
	return t
}()

func namedInk(rgb color.RGBA) ink {
	best := 0
	for i, c := range vgaColours {
		if distance(rgb, c) < distance(rgb, vgaColours[best]) {
			best = i
		}
	}
	return ink(best)
}

func distance(a, b color.RGBA) int {
	r, g, bl := int(a.R)-int(b.R), int(a.G)-int(b.G), int(a.B)-int(b.B)
	return r*r + g*g + bl*bl
}

func abs(n int) int { return max(n, -n) }
