// Package pace keeps a machine's time in step with that of the host: never
// ahead of it, and without racing to catch up on a host that was too slow.
package pace

import "time"

const (
	// Step is how long a machine rests at least, so that waking does not cost
	// more than running.
	Step = 4 * time.Millisecond
	// DozeStep is the same for a machine that hardly does anything when it
	// wakes: some ticks of the clock are taken together.
	DozeStep = 60 * time.Millisecond
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

// Rest is how long to wait until guest time may reach next, and a step has
// passed.
func (p *Pacer) Rest(wall time.Time, guest, next int64, step time.Duration) time.Duration {
	until := max(next, guest+int64(step))
	return p.wall.Add(time.Duration(until - p.guest)).Sub(wall)
}
