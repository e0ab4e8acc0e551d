package vga

// Dot clocks in kHz. The two external clocks of the register are not there;
// the BIOS never selects them.
const (
	dotClock25 = 25175
	dotClock28 = 28322
)

// A beam is where the picture is being drawn, counting from the top left dot
// of the displayed area.
type beam struct {
	line int
	char int
}

// frameTime is the duration of a frame in nanoseconds, and lineDots the dots
// in each of its lines.
func (v *VGA) frameTime() (ns int64, lineDots, kHz int) {
	kHz = dotClock25
	if v.msr&miscClockSelect == 4 {
		kHz = dotClock28
	}
	clocking := v.seq.regs[srClockingMode]
	if clocking&clockHalf != 0 {
		kHz /= 2
	}
	lineDots = v.crtc.horizontalTotal() * charDots(clocking)
	return int64(v.scanLines(v.crtc.verticalTotal())*lineDots) * 1_000_000 / int64(kHz), lineDots, kHz
}

func charDots(clocking uint8) int {
	if clocking&clock8Dot != 0 {
		return 8
	}
	return 9
}

// scanLines is how many lines a count of the vertical counter stands for.
func (v *VGA) scanLines(n int) int {
	if v.crtc.mode(crtcHalveLines) {
		return 2 * n
	}
	return n
}

// frames counts the frames since power-on, at the timing of now.
func (v *VGA) frames() int64 {
	ns, _, _ := v.frameTime()
	return v.clock.Now() / ns
}

func (v *VGA) beam() beam {
	ns, lineDots, kHz := v.frameTime()
	dot := int(v.clock.Now() % ns * int64(kHz) / 1_000_000)
	return beam{line: dot / lineDots, char: dot % lineDots / charDots(v.seq.regs[srClockingMode])}
}

// inputStatus1 follows from the place of the beam. Programs wait for the
// retrace to change the picture unseen, and count lines to measure time.
func (v *VGA) inputStatus1() uint8 {
	b, c := v.beam(), &v.crtc
	var status uint8
	if b.line >= v.scanLines(c.verticalDisplay()) || b.char >= c.horizontalDisplay() {
		status |= statusBlank
	}
	start := v.scanLines(c.retraceStart())
	if b.line >= start && b.line < start+v.scanLines(c.retraceLines()) {
		status |= statusVRetrace
	}
	return status
}

// The cursor changes every 8 frames, blinking characters every 16.
func cursorLit(frames int64) bool { return frames&8 == 0 }
func blinkLit(frames int64) bool  { return frames&16 == 0 }
