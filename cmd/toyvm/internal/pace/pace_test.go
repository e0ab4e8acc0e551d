package pace

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

const ms = int64(time.Millisecond)

func TestGuestTimeFollows(t *testing.T) {
	start := time.Unix(1000, 0)
	p := Start(start, 500*ms)
	assert.Equal(t, 500*ms, p.Due(start, 500*ms))
	assert.Equal(t, 520*ms, p.Due(start.Add(20*time.Millisecond), 500*ms))
	assert.Equal(t, 540*ms, p.Due(start.Add(40*time.Millisecond), 520*ms))
}

func TestASlowHostLags(t *testing.T) {
	start := time.Unix(1000, 0)
	p := Start(start, 0)
	assert.Equal(t, 100*ms, p.Due(start.Add(time.Second), 0))
	assert.Equal(t, 101*ms, p.Due(start.Add(1001*time.Millisecond), 50*ms), "the lag stays")
}

func TestRest(t *testing.T) {
	start := time.Unix(1000, 0)
	p := Start(start, 0)
	assert.Equal(t, Step, p.Rest(start, 0, 0, Step), "a busy machine")
	assert.Equal(t, 50*time.Millisecond, p.Rest(start, 0, 50*ms, Step), "one that waits for a timer")
	assert.Equal(t, Step, p.Rest(start, 0, 1*ms, Step), "timers that come fast are taken together")
	assert.Equal(t, DozeStep, p.Rest(start, 0, 50*ms, DozeStep))
	assert.Negative(t, p.Rest(start.Add(time.Second), 0, 0, Step))
}
