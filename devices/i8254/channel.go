package i8254

import (
	"math"

	"toyvm/devices"
)

// The modes. 6 and 7 are 2 and 3.
const (
	interruptOnTerminalCount uint8 = iota // low, high when the count is over
	oneShot                               // low for one count after a trigger
	rateGenerator                         // low for one clock each count
	squareWave                            // high for one half of the count
	softwareStrobe                        // low for one clock after the count
	hardwareStrobe                        // the same after a trigger
)

// Which byte of a count is read or written next, and, but for the last, which
// bytes the control word asked for.
const (
	lowByte    uint8 = 1
	highByte   uint8 = 2
	word       uint8 = 3 // the low byte, then the high one
	wordSecond uint8 = 4 // the high one
)

// wholeCount is what a count of 0 stands for in binary.
const wholeCount = 0x10000

// Values of Channel.start beside the time that counting began.
const (
	// noCount says that the control word was not followed by a count yet.
	noCount = math.MinInt64
	// stopped, minus the clocks that were counted, says that the counter
	// stands still. Stopped before the first of them in modes 1 and 5 it waits
	// for its trigger.
	stopped = -1
)

// onTrigger as a time says that only the gate makes it happen.
const onTrigger = -1

// A Channel is one counter.
type Channel struct {
	count         int32 // what is counted down from, 1 to 10000h
	latchedCount  uint16
	countLatched  uint8 // what is left of it to be read: lowByte, highByte, word or 0
	statusLatched bool
	status        uint8
	readState     uint8 // lowByte to wordSecond
	writeState    uint8 // lowByte to wordSecond
	writeLatch    uint8 // low byte that waits for the high one
	access        uint8 // lowByte, highByte or word
	mode          uint8
	bcd           bool
	gate          bool
	start         int64 // when counting began, in ns, or noCount, or stopped
	next          int64 // when the output changes, in ns, or -1; kept where there is a timer

	reload   int32 // count that replaces the current one when that is over; 0: none
	reloadAt int64 // when that is, in ns, or onTrigger

	clock  devices.Clock `vmstate:"transient"`
	output devices.Line  `vmstate:"transient"` // nil if nobody listens
	timer  devices.Timer `vmstate:"derived"`   // for output, expires at next
}

func (c *Channel) reset(gate bool) {
	*c = Channel{
		count:  wholeCount,
		mode:   squareWave,
		gate:   gate,
		start:  c.clock.Now(),
		clock:  c.clock,
		output: c.output,
		timer:  c.timer,
	}
	if c.output != nil {
		// A square wave begins high, but power-on is no request.
		c.output.Set(false)
		c.schedule(c.start)
	}
}

// Gate is the level of the gate input.
func (c *Channel) Gate() bool { return c.gate }

// Out is the level of the output.
func (c *Channel) Out() bool { return c.out(c.now()) }

// Tone is the frequency of the square wave on the output in Hz, 0 if there is
// none.
func (c *Channel) Tone() float64 {
	if c.now(); c.kind() != squareWave || !c.gate || c.start < 0 || c.count < 2 {
		return 0
	}
	return Frequency / float64(c.count)
}

// SetGate puts the gate input to the given level. A rising edge is what the
// data sheet calls a trigger.
func (c *Channel) SetGate(level bool) {
	if level == c.gate {
		return
	}
	now := c.now()
	c.gate = level
	switch {
	case c.start == noCount:
	case level:
		c.gateRises(now)
	default:
		c.gateFalls(now)
	}
	c.drive(now)
}

func (c *Channel) gateRises(now int64) {
	switch c.kind() {
	case interruptOnTerminalCount, softwareStrobe:
		if c.start < 0 {
			c.start = max(now-nanoseconds(stopped-c.start), 0)
		}
	default:
		if c.reload != 0 {
			c.count, c.reload, c.reloadAt = c.reload, 0, 0
		}
		c.start = now
	}
}

func (c *Channel) gateFalls(now int64) {
	if c.start < 0 {
		return
	}
	switch d := c.elapsed(now); c.kind() {
	case interruptOnTerminalCount, softwareStrobe:
		c.start = stopped - max(d, 0)
	case rateGenerator, squareWave:
		c.start = stopped - floorMod(d, int64(c.count))
		if c.reload != 0 {
			c.reloadAt = onTrigger
		}
	}
}

// kind is the mode without its don't-care bit.
func (c *Channel) kind() uint8 {
	if m := c.mode & 7; m <= hardwareStrobe {
		return m
	}
	return c.mode & 3
}

// now is the time, up to which a pending count has been taken over.
func (c *Channel) now() int64 {
	now := c.clock.Now()
	c.takeReload(now)
	return now
}

// takeReload replaces the count by the pending one if it is time.
func (c *Channel) takeReload(now int64) {
	if c.reload == 0 {
		return
	}
	switch c.kind() {
	case rateGenerator:
		if c.reloadAt == onTrigger || now < c.reloadAt {
			return
		}
		c.start = c.reloadAt
	case squareWave:
		if c.reloadAt == onTrigger || now < c.reloadAt {
			return
		}
		c.takeHalfWave()
	default:
		if c.elapsed(now) < int64(c.count) {
			return
		}
		c.start = stopped
	}
	c.count, c.reload, c.reloadAt = c.reload, 0, 0
}

// takeHalfWave begins the other half of the square wave with the new count.
func (c *Channel) takeHalfWave() {
	wasHigh := c.out(c.reloadAt - 1)
	c.start = c.reloadAt
	if wasHigh {
		// The low half comes first: the wave begins when that is over.
		c.start += nanoseconds(int64(c.reload / 2))
	}
}

// elapsed is the clocks counted. It is negative during a low half that comes
// before the first high one.
func (c *Channel) elapsed(now int64) int64 {
	switch {
	case c.start == noCount:
		return 0
	case c.start < 0:
		return stopped - c.start
	default:
		return clocks(now - c.start)
	}
}

// high is how many clocks of a square wave are high.
func (c *Channel) high() int64 { return (int64(c.count) + 1) / 2 }

// periodic tells whether the output keeps changing in modes 2 and 3.
func (c *Channel) periodic() bool { return c.gate && c.start != noCount && c.count > 1 }

// out is the level of the output at a time.
func (c *Channel) out(now int64) bool {
	n, d := int64(c.count), c.elapsed(now)
	switch c.kind() {
	case interruptOnTerminalCount:
		return c.start != noCount && d >= n
	case oneShot:
		return c.start < 0 || d >= n
	case rateGenerator:
		return !c.periodic() || floorMod(d, n) != n-1
	case squareWave:
		return !c.periodic() || floorMod(d, n) < c.high()
	default:
		return c.start == noCount || d != n
	}
}

// nextChange is when the output changes after a time, or -1.
func (c *Channel) nextChange(now int64) int64 {
	if c.start < 0 {
		return -1
	}
	n, d := int64(c.count), c.elapsed(now)
	switch c.kind() {
	case rateGenerator:
		if !c.periodic() {
			return c.pendingReload()
		}
		if phase := floorMod(d, n); phase < n-1 {
			d += n - 1 - phase
		} else {
			d++
		}
	case squareWave:
		if !c.periodic() {
			return c.pendingReload()
		}
		if phase := floorMod(d, n); phase < c.high() {
			d += c.high() - phase
		} else {
			d += n - phase
		}
	default:
		strobe := c.kind() == softwareStrobe || c.kind() == hardwareStrobe
		switch {
		case d < n:
			d = n
		case d == n && strobe:
			d++
		default:
			return -1
		}
	}
	return c.start + nanoseconds(d)
}

// pendingReload is when a count that makes the output change comes in.
func (c *Channel) pendingReload() int64 {
	if c.reload == 0 {
		return -1
	}
	return c.reloadAt
}

// drive puts the output to its level at a time and waits for its next change.
func (c *Channel) drive(now int64) {
	if c.output == nil {
		return
	}
	c.output.Set(c.out(now))
	c.schedule(now)
}

func (c *Channel) schedule(now int64) {
	c.next = c.nextChange(now)
	c.timer.SetExpiry(c.next)
}

// fire is the time of the next change, or a little later. Every change shows
// on the output, also if several have come at once, but nothing is made up for
// after a leap of the clock.
func (c *Channel) fire() {
	at := max(c.next, c.clock.Now()-nanoseconds(2*int64(c.count)))
	c.takeReload(at)
	c.drive(at)
}

// value is what the counter holds at a time.
func (c *Channel) value(now int64) uint16 {
	n, d := int64(c.count), c.elapsed(now)
	v := n - d
	switch c.kind() {
	case rateGenerator:
		v = n - floorMod(d, n)
	case squareWave:
		// It counts by two from an even number, twice.
		v = n&^1 - 2*floorMod(floorMod(d, n), c.high())
	}
	if c.bcd {
		return toBCD(floorMod(v, 10000))
	}
	return uint16(v)
}

// control is a control word or a counter latch command.
func (c *Channel) control(v uint8) {
	access := v >> ctlAccess & 3
	if access == 0 {
		c.latchCount()
		return
	}
	c.access, c.readState, c.writeState = access, access, access
	c.bcd = v&ctlBCD != 0
	c.mode = v >> ctlMode & 7
	c.mode = c.kind()
	c.countLatched, c.statusLatched = 0, false
	c.reload, c.reloadAt = 0, 0
	c.start = noCount
	c.drive(c.clock.Now())
}

func (c *Channel) readBack(v uint8) {
	if v&rbCount == 0 {
		c.latchCount()
	}
	if v&rbStatus == 0 {
		c.latchStatus()
	}
}

// latchCount keeps the count until it is read. Further commands are ignored
// until then.
func (c *Channel) latchCount() {
	if c.countLatched == 0 {
		c.latchedCount = c.value(c.now())
		c.countLatched = c.access
	}
}

func (c *Channel) latchStatus() {
	if c.statusLatched {
		return
	}
	c.status = c.access<<ctlAccess | c.mode<<ctlMode
	if c.Out() {
		c.status |= statusOut
	}
	if c.null() {
		c.status |= statusNull
	}
	if c.bcd {
		c.status |= ctlBCD
	}
	c.statusLatched = true
}

// null tells whether the count written last, if any, is not in the counter.
func (c *Channel) null() bool {
	waits := c.start < 0 && (c.kind() == oneShot || c.kind() == hardwareStrobe)
	return c.start == noCount || c.reload != 0 || waits
}

// read is a read of the counter's port: the latched status, a latched count,
// or the count as it is.
func (c *Channel) read() uint8 {
	if c.statusLatched {
		c.statusLatched = false
		return c.status
	}
	switch c.countLatched {
	case 0:
		return c.readCount()
	case highByte:
		c.countLatched = 0
		return uint8(c.latchedCount >> 8)
	case word:
		c.countLatched = highByte
	default:
		c.countLatched = 0
	}
	return uint8(c.latchedCount)
}

func (c *Channel) readCount() uint8 {
	v := c.value(c.now())
	switch c.readState {
	case highByte:
		return uint8(v >> 8)
	case word:
		c.readState = wordSecond
	case wordSecond:
		c.readState = word
		return uint8(v >> 8)
	}
	return uint8(v)
}

// write is a write of the counter's port.
func (c *Channel) write(v uint8) {
	switch c.writeState {
	case highByte:
		c.load(uint16(v) << 8)
	case word:
		c.writeLatch = v
		c.writeState = wordSecond
		if c.kind() == interruptOnTerminalCount {
			// The first byte ends counting and puts the output low.
			c.start = noCount
			c.drive(c.clock.Now())
		}
	case wordSecond:
		c.writeState = word
		c.load(uint16(v)<<8 | uint16(c.writeLatch))
	default:
		c.load(uint16(v))
	}
}

// load is a new count.
func (c *Channel) load(v uint16) {
	n := int32(v)
	if c.bcd {
		n = fromBCD(v)
	}
	switch {
	case n == 0 && c.bcd:
		n = 10000
	case n == 0:
		n = wholeCount
	}
	now := c.now()
	switch c.kind() {
	case interruptOnTerminalCount, softwareStrobe:
		c.begin(n, now, c.gate)
	case oneShot, hardwareStrobe:
		if c.start >= 0 && c.elapsed(now) < int64(c.count) {
			c.reload, c.reloadAt = n, onTrigger
		} else {
			c.begin(n, now, false)
		}
	default:
		if c.start >= 0 && c.gate {
			c.replace(n, now)
		} else {
			c.begin(n, now, c.gate)
		}
	}
	c.drive(now)
}

// begin takes a count over at once.
func (c *Channel) begin(n int32, now int64, counting bool) {
	c.count, c.start = n, stopped
	if counting {
		c.start = now
	}
}

// replace takes a count over when the current one is at its end, in mode 3 at
// the end of the half wave. A pending one is forgotten.
func (c *Channel) replace(n int32, now int64) {
	if c.reload == 0 {
		d := c.elapsed(now)
		phase, end := floorMod(d, int64(c.count)), int64(c.count)
		if c.kind() == squareWave && phase < c.high() {
			end = c.high()
		}
		c.reloadAt = c.start + nanoseconds(d-phase+end)
	}
	c.reload = n
}
