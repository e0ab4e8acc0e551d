package devicetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"toyvm/vmstate"
)

// FuzzLoaded drives chips that came from anywhere: whatever a stream makes of
// one, nothing that happens to it afterwards ends in a panic or a hang. Build
// makes a chip, with its sections and a function that does one thing to it.
// The input is which section is loaded, what it holds, and the steps.
func FuzzLoaded(f *testing.F, build func() (sections []*vmstate.Section, step func(what, value uint8))) {
	var steps []byte
	for what := range uint8(24) {
		steps = append(steps, what, 0xff, what, what)
	}
	sections, _ := build()
	for i, s := range sections {
		var e vmstate.Encoder
		require.NoError(f, s.Save(&e))
		body := e.Bytes()
		f.Add(uint8(i), body, steps)
		ones := make([]byte, len(body))
		for k := range ones {
			ones[k] = 0xff
		}
		f.Add(uint8(i), ones, steps)
	}
	f.Fuzz(func(_ *testing.T, which uint8, body, steps []byte) {
		sections, step := build()
		s := sections[int(which)%len(sections)]
		if s.Unmarshal(body, s.Version()) != nil {
			return
		}
		for ; len(steps) > 1; steps = steps[2:] {
			step(steps[0], steps[1])
		}
	})
}
