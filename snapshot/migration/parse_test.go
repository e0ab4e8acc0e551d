package migration

import (
	"encoding/binary"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// describedAs is what stands behind the sections.
func describedAs(text string) []byte {
	return append(binary.BigEndian.AppendUint32([]byte{typeDescription}, uint32(len(text))), text...)
}

func TestParseNeedsNoDescriptionWithoutDevices(t *testing.T) {
	s, err := Parse(smallest)
	require.NoError(t, err)
	assert.Equal(t, "isapc", s.Machine)
	assert.Nil(t, s.JSON)
}

func TestDescriptionStandsBehindTheSections(t *testing.T) {
	good, other := capture(t, "min-halt"), capture(t, "irq")
	want, err := Parse(good)
	require.NoError(t, err)
	const empty = `{"page_size": 4096, "devices": []}`
	for name, behind := range map[string][]byte{
		"a description":         append([]byte{0}, describedAs(empty)...),
		"what looks like one":   append([]byte{0}, describedAs("{}{}")...),
		"another machine":       other,
		"the same machine":      good,
		"more than there are":   []byte("\x00\x06\xff\xff\xff\xff{"),
		"an EOF and a bracket":  []byte("\x00{"),
		"bytes without meaning": []byte("\x06\x00\x00\x00\x02{}"),
	} {
		t.Run(name, func(t *testing.T) {
			s, err := Parse(slices.Concat(good, behind))
			require.NoError(t, err)
			assert.Equal(t, want.JSON, s.JSON)
			assert.Equal(t, want.Bodies, s.Bodies)
		})
	}
	t.Run("and not further on", func(t *testing.T) {
		data := slices.Concat(smallest, []byte("\x01\x00"), describedAs(empty))
		s, err := Parse(data)
		require.NoError(t, err, "there are no devices")
		assert.Nil(t, s.JSON)

		i := len(good) - len(want.JSON) - 6
		_, err = Parse(slices.Concat(good[:i], []byte("\x00\x00"), good[i+1:]))
		assert.ErrorContains(t, err, "migration stream: the sections end here, but their description is at offset")
	})
}
