package devicetest

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestClockFiresInOrder(t *testing.T) {
	var c Clock
	var got []string
	at := map[string]int64{}
	note := func(name string) func() {
		return func() { got = append(got, name); at[name] = c.Now() }
	}
	b := c.NewTimer("b", note("b"))
	a := c.NewTimer("a", note("a"))
	again := c.NewTimer("again", nil)
	a.SetExpiry(10)
	b.SetExpiry(20)
	again.SetExpiry(30)
	again.SetExpiry(-1)

	c.Advance(15)
	assert.Equal(t, []string{"a"}, got)
	assert.EqualValues(t, -1, a.Expiry(), "firing disarms")
	c.Advance(100)
	assert.Equal(t, []string{"a", "b"}, got)
	assert.Equal(t, map[string]int64{"a": 10, "b": 20}, at, "the clock shows the expiry while a timer fires")
	assert.EqualValues(t, 115, c.Now())
}

func TestLineCountsEdges(t *testing.T) {
	var l Line
	for _, level := range []bool{false, true, true, false, true} {
		l.Set(level)
	}
	assert.Equal(t, Line{Level: true, Rises: 2, Falls: 1}, l)
}
