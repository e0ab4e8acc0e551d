package machine

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Times of ticks are what long divisions give, whatever is done to save them.
func TestClockArithmetic(t *testing.T) {
	m, err := New(Config{})
	require.NoError(t, err)
	for _, rate := range []uint64{minRate, 12_345, 1_000_000, 3_000_000, 100_000_000, 999_999_999, maxRate} {
		for _, offset := range []int64{0, 1, -1, 999, -second * 1000, 1 << 62, math.MaxInt64, math.MinInt64 + 1} {
			fast := &Clock{cpu: m.CPU, offset: offset}
			fast.setRate(rate)
			slow := &Clock{cpu: m.CPU, offset: offset, rate: rate}
			for _, tick := range []uint64{0, 1, 2, 99_999, 1 << 20, 1<<32 + 7, shortTime - 1, shortTime, 1 << 60, math.MaxUint64} {
				assert.Equal(t, slow.at(tick), fast.at(tick), "rate %d, offset %d, tick %d", rate, offset, tick)
			}
			for _, ns := range []int64{0, 1, 9, 10, 11, 12_345_678_901, 1 << 40, 1 << 62, math.MaxInt64} {
				assert.Equal(t, slow.tickOf(ns), fast.tickOf(ns), "rate %d, offset %d, %d ns", rate, offset, ns)
			}
		}
	}
}
