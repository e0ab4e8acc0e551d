// Package pace keeps a machine's time in step with that of the host: never
// ahead of it, and without racing to catch up on a host that was too slow.
package pace

import "time"

const (
	// step is how far ahead of the last run the machine waits before it runs
	// again, while it is busy: a thousandth of a second would do for any guest,
	// but costs wake-ups.
	step = 4 * time.Millisecond
	// maxLag is how much is caught up on. More is lost: guest time lags.
	maxLag = 100 * time.Millisecond
)

// A Pacer relates guest time to the host's.
type Pacer struct {
	wall  time.Time
	guest int64
}

// Start begins at a moment of both times.
func Start(wall time.Time, guest int64) *Pacer { return &Pacer{wall, guest} }

// Due is how far guest time may be at a moment.
func (p *Pacer) Due(wall time.Time, guest int64) int64 {
	due := p.guest + int64(wall.Sub(p.wall))
	if lag := due - guest - int64(maxLag); lag > 0 {
		p.guest -= lag
		due -= lag
	}
	return due
}

// Rest is how long to wait before running on. A machine that idles has nothing
// to do before its next timer, at guest time next.
func (p *Pacer) Rest(wall time.Time, guest int64, idle bool, next int64) time.Duration {
	until := guest + int64(step)
	if idle {
		until = max(next, until)
	}
	return p.wall.Add(time.Duration(until - p.guest)).Sub(wall)
}
