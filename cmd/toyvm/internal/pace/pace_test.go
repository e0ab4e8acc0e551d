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
	assert.Equal(t, step, p.Rest(start, 0, false, 50*ms))
	assert.Equal(t, 50*time.Millisecond, p.Rest(start, 0, true, 50*ms))
	assert.Equal(t, step, p.Rest(start, 0, true, 1*ms), "timers that come fast are taken together")
	assert.Negative(t, p.Rest(start.Add(time.Second), 0, false, 0))
}
