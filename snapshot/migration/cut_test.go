package migration

import (
	"bytes"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/vmstate"
)

// A stream that ends where a section does, with the description behind it,
// looks whole until the byte that should begin the next section.
func TestStreamCutBetweenSectionsIsAnError(t *testing.T) {
	good := capture(t, "min-halt")
	whole, err := Parse(good)
	require.NoError(t, err)
	description := good[bytes.LastIndex(good, []byte(`{"page_size"`))-6:] // from the EOF byte on
	const footer = 5
	for _, d := range whole.Devices[:len(whole.Devices)-1] {
		for _, cut := range []int{int(d.Offset) + d.Size, int(d.Offset) + d.Size + footer} {
			_, err := Parse(slices.Concat(good[:cut], description))
			var at *vmstate.Error
			if assert.ErrorAs(t, err, &at, "cut off behind %s, after %d bytes", d.Name, cut) {
				assert.GreaterOrEqual(t, at.Offset, int64(cut), "what is before is good")
				assert.LessOrEqual(t, at.Offset, int64(cut+footer), "%v", err)
			}
		}
	}
}
