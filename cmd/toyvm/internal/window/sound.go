package window

import (
	"encoding/binary"
	"math"
	"sync"
	"time"
)

// The sound is one channel of 32-bit floating point numbers.
const (
	sampleRate = 48000
	sampleSize = 4
	sampleTime = int64(time.Second) / sampleRate
)

const (
	loudness = 0.15

	// fade is how many samples the sound takes to come or go: a step would
	// click.
	fade = sampleRate * 3 / 1000

	// lag is how far the ear is behind the machine, which tells of its time in
	// pieces. A machine that does not go on for longer than patience falls
	// silent, and one that is ahead of the ear by more than most is skipped to.
	lag      = int64(100 * time.Millisecond)
	patience = int64(100 * time.Millisecond)
	most     = int64(300 * time.Millisecond)
)

// A speaker makes sound of what the machine's loudspeaker does in guest time:
// square waves without clicks.
type speaker struct {
	mu      sync.Mutex
	tones   []tone // that the ear has not come to
	now     int64  // guest time of the machine
	ear     int64  // guest time that is heard
	playing bool   // the ear moves

	frequency float64 // at the ear's time
	pitch     float64 // the last frequency that was not 0, while it fades
	volume    int     // of fade
	phase     float64 // 0 to 1
}

// A tone is a frequency in Hz from a guest time on, 0 for silence.
type tone struct {
	from      int64
	frequency float64
}

// tell says what the loudspeaker does at a guest time.
func (s *speaker) tell(now int64, frequency float64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now < s.now { // another state of the machine was loaded
		s.tones, s.playing = nil, false
	}
	s.now = now
	last := s.frequency
	if n := len(s.tones); n > 0 {
		last = s.tones[n-1].frequency
	}
	if frequency != last {
		s.tones = append(s.tones, tone{now, frequency})
	}
}

// Read implements io.Reader: it has samples without end.
func (s *speaker) Read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(p) / sampleSize
	for i := range n {
		s.follow()
		binary.LittleEndian.PutUint32(p[i*sampleSize:], math.Float32bits(float32(s.sample())))
	}
	return n * sampleSize, nil
}

// follow moves the ear on, and keeps it where it hears the machine.
func (s *speaker) follow() {
	if s.playing {
		s.ear += sampleTime
	}
	switch ahead := s.now - s.ear; {
	case ahead < -patience:
		s.playing = false
	case !s.playing && ahead >= lag, ahead > most:
		s.ear, s.playing = s.now-lag, true
	}
	for len(s.tones) > 0 && s.tones[0].from <= s.ear {
		s.frequency = s.tones[0].frequency
		s.tones = s.tones[1:]
	}
}

// sample is the next sample: the mean of the square wave while it lasts, which
// has none of the false tones that its mere value at a moment has.
func (s *speaker) sample() float64 {
	if s.playing && s.frequency > 0 {
		s.pitch = s.frequency
		s.volume = min(s.volume+1, fade)
	} else {
		s.volume = max(s.volume-1, 0)
	}
	if s.volume == 0 {
		s.phase = 0
		return 0
	}
	step := s.pitch / sampleRate
	mean := (area(s.phase+step) - area(s.phase)) / step
	_, s.phase = math.Modf(s.phase + step)
	return loudness * mean * float64(s.volume) / fade
}

// area is the area under a square wave from 0 to x, which comes to nothing for
// each whole wave.
func area(x float64) float64 {
	_, x = math.Modf(x)
	return min(x, 1-x)
}
