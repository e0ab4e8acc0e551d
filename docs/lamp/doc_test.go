package lamp

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/devices/devicetest"
)

func TestFade(t *testing.T) {
	var clock devicetest.Clock
	var on devicetest.Line
	l := New(&clock, &on)
	l.Out(regTarget, 1, 3)
	clock.Advance(step)
	assert.EqualValues(t, 1, l.In(regLevel, 1))
	assert.True(t, on.Level)
	clock.Advance(5 * step)
	assert.EqualValues(t, 3, l.In(regLevel, 1))
	l.Out(regTarget, 1, 0)
	clock.Advance(10 * step)
	assert.EqualValues(t, 0, l.In(regLevel, 1))
	assert.False(t, on.Level)
}

func TestVersion1HasNoColour(t *testing.T) {
	l := subject.New()
	l.colour = 7
	require.NoError(t, State.Unmarshal([]byte{50, 50}, l, 1))
	assert.EqualValues(t, 50, l.level)
	assert.EqualValues(t, 0, l.colour)
}

func TestImpossibleStatesAreRefused(t *testing.T) {
	for _, body := range [][]byte{{101, 101, 0}, {1, 2, 0}} {
		assert.ErrorContains(t, State.Unmarshal(body, subject.New(), 2), "do not go together")
	}
}

// What the guide shows is the code in this folder.
func TestTheGuideShowsThisDevice(t *testing.T) {
	guide, err := os.ReadFile("../writing-a-device.md")
	require.NoError(t, err)
	for _, file := range []string{"lamp.go", "lamp_test.go"} {
		code, err := os.ReadFile(file)
		require.NoError(t, err)
		_, shown, _ := strings.Cut(string(code), "\n)\n\n") // without package and imports
		assert.Contains(t, string(guide), "```go\n"+shown+"```\n", file)
	}
}
