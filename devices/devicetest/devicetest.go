// Package devicetest is a board for testing one chip at a time: a clock that
// is advanced by hand and lines that remember what happened to them.
package devicetest

import "toyvm/devices"

// A Clock is a devices.Clock that stands still until it is advanced.
type Clock struct {
	now    int64
	timers []*timer
}

type timer struct {
	name   string
	fire   func()
	expiry int64
}

// Now implements devices.Clock.
func (c *Clock) Now() int64 { return c.now }

// NewTimer implements devices.Clock.
func (c *Clock) NewTimer(name string, fire func()) devices.Timer {
	t := &timer{name: name, fire: fire, expiry: -1}
	c.timers = append(c.timers, t)
	return t
}

// Expiry implements devices.Timer.
func (t *timer) Expiry() int64 { return t.expiry }

// SetExpiry implements devices.Timer.
func (t *timer) SetExpiry(ns int64) { t.expiry = ns }

// Advance moves the clock on by ns, firing the timers on the way in the order
// of their expiry; those that expire together, in the order they were made.
func (c *Clock) Advance(ns int64) {
	end := c.now + ns
	for {
		next := c.next()
		if next == nil || next.expiry > end {
			break
		}
		c.now = max(c.now, next.expiry)
		next.expiry = -1
		next.fire()
	}
	c.now = end
}

func (c *Clock) next() *timer {
	var next *timer
	for _, t := range c.timers {
		if t.expiry >= 0 && (next == nil || t.expiry < next.expiry) {
			next = t
		}
	}
	return next
}

// A Line is a devices.Line that remembers its level and counts its edges.
type Line struct {
	Level bool
	Rises int // changes from low to high
	Falls int // changes from high to low
}

// Set implements devices.Line.
func (l *Line) Set(level bool) {
	switch {
	case level && !l.Level:
		l.Rises++
	case !level && l.Level:
		l.Falls++
	}
	l.Level = level
}
