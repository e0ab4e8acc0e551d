package window

import (
	"encoding/binary"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"

	"toyvm/machine"
)

const ms = int64(1e6)

// heard lets the machine make a tone for a time, 10 ms after 10 ms, and returns
// what is heard meanwhile.
func (s *speaker) heard(frequency float64, time int64) (samples []float64) {
	for range time / (10 * ms) {
		s.tell(s.now+10*ms, frequency)
		samples = append(samples, s.samples(10*ms)...)
	}
	return samples
}

func (s *speaker) samples(time int64) (samples []float64) {
	p := make([]byte, time/sampleTime*sampleSize)
	s.Read(p)
	for i := 0; i < len(p); i += sampleSize {
		samples = append(samples, float64(math.Float32frombits(binary.LittleEndian.Uint32(p[i:]))))
	}
	return samples
}

func loudest(samples []float64) (most float64) {
	for _, v := range samples {
		most = max(most, math.Abs(v))
	}
	return most
}

// crossings is how often the samples come from below zero to above.
func crossings(samples []float64) (n int) {
	for i, v := range samples[1:] {
		if samples[i] <= 0 && v > 0 {
			n++
		}
	}
	return n
}

func TestSilenceIsSilent(t *testing.T) {
	var s speaker
	assert.Zero(t, loudest(s.heard(0, 1000*ms)))
}

func TestToneHasItsFrequency(t *testing.T) {
	for _, hz := range []float64{37, 440, 896, 5000} {
		var s speaker
		s.heard(hz, 500*ms)
		second := s.heard(hz, 1000*ms)
		assert.InDelta(t, hz, crossings(second), 1)
		assert.InDelta(t, loudness, loudest(second), 0.001)
	}
}

func TestToneLastsAsLongAsInTheGuest(t *testing.T) {
	var s speaker
	all := s.heard(0, 300*ms)
	all = append(all, s.heard(1000, 200*ms)...)
	all = append(all, s.heard(0, 500*ms)...)
	var audible int
	for _, v := range all {
		if v != 0 {
			audible++
		}
	}
	assert.InDelta(t, 0.2*sampleRate, audible, 2*fade)
	assert.Zero(t, loudest(all[len(all)-sampleRate/10:]))
}

// TestNothingClicks: the sound comes and goes by little steps. A wave of so low
// a frequency stays where it is for long.
func TestNothingClicks(t *testing.T) {
	var s speaker
	all := s.heard(0, 300*ms)
	all = append(all, s.heard(20, 20*ms)...)
	all = append(all, s.heard(0, 300*ms)...)
	for i, v := range all[1:] {
		assert.Less(t, math.Abs(v-all[i]), 2*loudness/fade, i)
	}
	assert.Positive(t, loudest(all))
}

func TestAVeryHighToneIsNotHeard(t *testing.T) {
	var s speaker
	assert.Less(t, loudest(s.heard(596591, 500*ms)), loudness/10)
}

func TestAMachineThatStopsFallsSilent(t *testing.T) {
	var s speaker
	s.heard(440, 500*ms)
	s.samples(300 * ms)
	assert.Zero(t, loudest(s.samples(100*ms)))
	s.heard(440, 200*ms)
	assert.NotZero(t, loudest(s.heard(440, 100*ms)), "it goes on")
}

func TestAMachineThatRunsAheadIsFollowed(t *testing.T) {
	var s speaker
	s.heard(440, 500*ms)
	s.tell(s.now+5000*ms, 880)
	s.samples(200 * ms)
	second := s.heard(880, 1000*ms)
	assert.InDelta(t, 880, crossings(second), 1)
}

func TestAnEarlierStateOfTheMachine(t *testing.T) {
	var s speaker
	s.heard(440, 500*ms)
	s.tell(s.now+10*ms, 880)
	s.tell(7*ms, 0)
	s.heard(0, 200*ms)
	assert.Zero(t, loudest(s.heard(0, 100*ms)))
	s.heard(1000, 200*ms)
	assert.InDelta(t, 100, crossings(s.heard(1000, 100*ms)), 1)
}

func TestBeepOfTheGuest(t *testing.T) {
	b := newBench(t)
	b.run(3e9)
	hear := func() (all []float64) {
		for range 40 {
			b.run(10e6)
			all = append(all, b.window.speaker.samples(10*ms)...)
		}
		return all
	}
	assert.Zero(t, loudest(hear()))
	b.machine.Do(machine.OutAction{Port: 0x43, Size: 1, Value: 0xb6})
	b.machine.Do(machine.OutAction{Port: 0x42, Size: 1, Value: 0x33}) // 1331: 896 Hz
	b.machine.Do(machine.OutAction{Port: 0x42, Size: 1, Value: 0x05})
	b.machine.Do(machine.OutAction{Port: 0x61, Size: 1, Value: 0x03})
	hear()
	assert.InDelta(t, 0.4*896, crossings(hear()), 2)
	b.session.Turbo = true
	hear()
	assert.Zero(t, loudest(hear()), "in turbo there is no sound")
	b.session.Turbo = false
	hear()
	assert.NotZero(t, loudest(hear()))
}
