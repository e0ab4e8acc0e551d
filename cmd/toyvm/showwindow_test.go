package main

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"toyvm/cmd/toyvm/internal/window"
)

func TestABuildWithoutAWindowSaysHowToGetOne(t *testing.T) {
	if window.Available {
		t.Skip("this build has a window")
	}
	t.Setenv("DISPLAY", ":0")
	_, errs, status := toyvm("", "run", "--display", "window")
	assert.Equal(t, exitFailed, status)
	assert.Contains(t, errs, "\n  go install -tags window ./cmd/toyvm\n")
	assert.Contains(t, errs, "\n  apt install libgl1-mesa-dev ")

	out, errs, status := toyvm("", "run", "--display", "auto")
	assert.Equal(t, 0, status, errs)
	assert.Contains(t, out, "whose whole state is a value", "nobody looks")
}
