package main

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestProgressShowsAfterASecond(t *testing.T) {
	var out bytes.Buffer
	now := time.Unix(0, 0)
	m := newMeter(&out, "saving base", func() time.Time { return now })
	m.show(1<<20, 64<<20)
	assert.Empty(t, out.String())
	now = now.Add(time.Second)
	m.show(16<<20, 64<<20)
	assert.Equal(t, "\rsaving base: 25% of 64 MiB", out.String())
	m.show(17<<20, 64<<20)
	assert.Equal(t, "\rsaving base: 25% of 64 MiB", out.String(), "not too often")
	out.Reset()
	now = now.Add(time.Second)
	m.show(64<<20, 64<<20)
	assert.Equal(t, "\rsaving base: 100% of 64 MiB", out.String())
	out.Reset()
	m.end()
	assert.Equal(t, "\r                           \r", out.String(), "the line is empty again")
}

func TestProgressOfWhatIsShortIsNotShown(t *testing.T) {
	var out bytes.Buffer
	m := newMeter(&out, "saving base", time.Now)
	m.show(1, 2)
	m.show(0, 0)
	m.end()
	assert.Empty(t, out.String())
}

func TestProgressThatIsNotKnown(t *testing.T) {
	var out bytes.Buffer
	m := newMeter(&out, "comparing", time.Now)
	m.busy()
	assert.Equal(t, "\rcomparing ...", out.String())
	m.end()
	out.Reset()
	m.busy()
	assert.Empty(t, out.String(), "it has ended")
}

func TestProgressIsForTerminals(t *testing.T) {
	var out bytes.Buffer
	progress, end := progressOn(&out)("saving base")
	assert.Nil(t, progress)
	end()
	assert.Empty(t, out.String())
}
