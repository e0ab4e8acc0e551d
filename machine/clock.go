package machine

import (
	"container/heap"
	"math"
	"math/bits"

	"toyvm/cpu"
	"toyvm/devices"
)

const (
	second = 1_000_000_000 // in ns

	// Bounds of the rate, so that a tick is at least a nanosecond thousandth and
	// at most a tenth of a millisecond.
	minRate = 10_000
	maxRate = 1_000_000_000_000

	// shortTime is how many ticks stay far from overflow in ns.
	shortTime = 1 << 62 / (second / minRate)
)

// Clock is the machine's virtual time. Its tick is an instruction: time passes
// because the processor executes, or by the ticks that it skips in HLT. So it
// does not depend on the host.
type Clock struct {
	cpu     *cpu.CPU `vmstate:"transient"`
	rate    uint64   // ticks per second
	period  uint64   `vmstate:"derived"` // ns per tick, 0 if that is no whole number
	skipped uint64   // ticks without instructions
	offset  int64    // ns at tick 0; not 0 after loading a state made elsewhere
	tsc     uint64   // time-stamp counter at tick 0

	// Whoever has a timer saves when it is due.
	timers  []*timer                        `vmstate:"transient"` // in the order in which they were made
	armed   timerHeap                       `vmstate:"transient"`
	soonest func()                          `vmstate:"transient"` // called when the deadline has become an earlier one
	trace   func(name string, expiry int64) `vmstate:"transient"`
}

// ticks is the time since power-on in ticks.
func (c *Clock) ticks() uint64 { return c.cpu.Instructions() + c.skipped }

// Now implements devices.Clock.
func (c *Clock) Now() int64 { return c.at(c.ticks()) }

// setRate says how fast time passes. A whole number of ns per tick saves long
// divisions (BenchmarkPortIO).
func (c *Clock) setRate(rate uint64) {
	c.rate, c.period = rate, 0
	if second%rate == 0 {
		c.period = second / rate
	}
}

// at is the time of a tick in ns.
func (c *Clock) at(tick uint64) int64 {
	if c.period != 0 && tick < shortTime && c.offset < 1<<62 {
		return int64(tick*c.period) + c.offset
	}
	hi, lo := bits.Mul64(tick, second)
	if hi >= c.rate {
		return math.MaxInt64
	}
	ns, _ := bits.Div64(hi, lo, c.rate)
	if ns > math.MaxInt64-uint64(max(c.offset, 0)) {
		return math.MaxInt64
	}
	return int64(ns) + c.offset
}

// tickOf is the first tick that is not before a time.
func (c *Clock) tickOf(ns int64) uint64 {
	if ns <= c.offset {
		return 0
	}
	if passed := uint64(ns - c.offset); c.period != 0 {
		ticks := passed / c.period
		if ticks*c.period != passed {
			ticks++
		}
		return ticks
	}
	hi, lo := bits.Mul64(uint64(ns-c.offset), c.rate)
	lo, carry := bits.Add64(lo, second-1, 0)
	hi += carry
	if hi >= second {
		return math.MaxUint64
	}
	tick, _ := bits.Div64(hi, lo, second)
	return tick
}

// timeStamp is the time-stamp counter, which counts ticks.
func (c *Clock) timeStamp() uint64 { return c.ticks() + c.tsc }

// set makes it the given time now.
func (c *Clock) set(ns int64) {
	c.offset = 0
	c.offset = ns - c.at(c.ticks())
}

// skip lets time pass up to a tick without executing anything.
func (c *Clock) skip(to uint64) {
	if now := c.ticks(); to > now {
		c.skipped += to - now
	}
}

// deadline is the tick at which the next timer is due.
func (c *Clock) deadline() (tick uint64, any bool) {
	if len(c.armed) == 0 {
		return math.MaxUint64, false
	}
	return c.tickOf(c.armed[0].expiry), true
}

// fire fires what is due: by expiry, and in the order of making what expires
// together.
func (c *Clock) fire() {
	for now := c.Now(); len(c.armed) > 0 && c.armed[0].expiry <= now; {
		t := c.armed[0]
		if c.trace != nil {
			c.trace(t.name, t.expiry)
		}
		t.SetExpiry(-1)
		t.fire()
	}
}

// A Timer is what monitors show of a timer.
type Timer struct {
	Name   string
	Expiry int64 // ns, -1 if it is not armed
}

// Timers lists all timers in the order in which they were made.
func (c *Clock) Timers() []Timer {
	list := make([]Timer, len(c.timers))
	for i, t := range c.timers {
		list[i] = Timer{t.name, t.expiry}
	}
	return list
}

// NewTimer implements devices.Clock.
func (c *Clock) NewTimer(name string, fire func()) devices.Timer {
	t := &timer{clock: c, name: name, fire: fire, expiry: -1, order: len(c.timers), slot: -1}
	c.timers = append(c.timers, t)
	return t
}

type timer struct {
	clock  *Clock
	name   string
	fire   func()
	expiry int64
	order  int
	slot   int // in the heap, -1 if not armed
}

// Expiry implements devices.Timer.
func (t *timer) Expiry() int64 { return t.expiry }

// SetExpiry implements devices.Timer.
func (t *timer) SetExpiry(ns int64) {
	h := &t.clock.armed
	t.expiry = max(ns, -1)
	switch {
	case t.expiry < 0 && t.slot >= 0:
		heap.Remove(h, t.slot)
	case t.expiry >= 0 && t.slot >= 0:
		heap.Fix(h, t.slot)
	case t.expiry >= 0:
		heap.Push(h, t)
	}
	if t.slot == 0 && t.clock.soonest != nil {
		t.clock.soonest()
	}
}

// timerHeap has the timer that is due first in front.
type timerHeap []*timer

func (h timerHeap) Len() int { return len(h) }

func (h timerHeap) Less(i, j int) bool {
	if h[i].expiry != h[j].expiry {
		return h[i].expiry < h[j].expiry
	}
	return h[i].order < h[j].order
}

func (h timerHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].slot, h[j].slot = i, j
}

func (h *timerHeap) Push(x any) {
	t := x.(*timer)
	t.slot = len(*h)
	*h = append(*h, t)
}

func (h *timerHeap) Pop() any {
	old := *h
	t := old[len(old)-1]
	*h = old[:len(old)-1]
	t.slot = -1
	return t
}
