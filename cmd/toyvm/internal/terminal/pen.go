package terminal

import "strconv"

// SGR parameters.
const (
	sgrReset       = 0
	sgrUnderline   = 4
	sgrBlink       = 5
	sgrReverse     = 7
	sgrNoUnderline = 24
	sgrNoBlink     = 25
	sgrNoReverse   = 27
	sgrForeground  = 30
	sgrBackground  = 40
)

// use makes the terminal write in a style, saying only what is new about it.
func (c *canvas) use(s style) {
	if s == c.pen {
		return
	}
	c.out = append(c.out, "\x1b["...)
	if c.pen.coloured && !s.coloured {
		c.parameter(sgrReset)
		c.pen = style{}
	}
	c.toggle(c.pen.underline, s.underline, sgrUnderline, sgrNoUnderline)
	c.toggle(c.pen.blink, s.blink, sgrBlink, sgrNoBlink)
	c.toggle(c.pen.reverse, s.reverse, sgrReverse, sgrNoReverse)
	if s.coloured && (!c.pen.coloured || s.fore != c.pen.fore) {
		c.out = append(c.colours.sgr(c.out, sgrForeground, s.fore), ';')
	}
	if s.coloured && (!c.pen.coloured || s.back != c.pen.back) {
		c.out = append(c.colours.sgr(c.out, sgrBackground, s.back), ';')
	}
	c.pen = s
	c.out[len(c.out)-1] = 'm'
}

func (c *canvas) toggle(was, is bool, on, off int64) {
	switch {
	case is && !was:
		c.parameter(on)
	case was && !is:
		c.parameter(off)
	}
}

func (c *canvas) parameter(n int64) {
	c.out = append(strconv.AppendInt(c.out, n, 10), ';')
}
