package main

import (
	"bytes"
	"image/gif"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestTheSessionStillWorks makes the picture anew. It need not be that of the
// repository to the dot, as the firmware may have changed since.
func TestTheSessionStillWorks(t *testing.T) {
	picture, err := record(session)
	require.NoError(t, err)
	var file bytes.Buffer
	require.NoError(t, gif.EncodeAll(&file, picture))
	const most = 500_000
	assert.Less(t, file.Len(), most)
	committed, err := os.Open("../tour.gif")
	require.NoError(t, err)
	defer committed.Close()
	shown, err := gif.DecodeAll(committed)
	require.NoError(t, err)
	assert.Equal(t, picture.Image[0].Rect, shown.Image[0].Rect)
	assert.InDelta(t, len(picture.Image), len(shown.Image), 20, "go run ./docs/tour makes it anew")
}

func TestASessionThatDoesNotWorkIsAnError(t *testing.T) {
	_, err := record("wait screen \"> \"\nsavevm a\nloadvm b\nsleep 1\n")
	assert.ErrorContains(t, err, `"b"`)
	_, err = record("type hello\n")
	assert.ErrorContains(t, err, "type hello")
	_, err = record("wait screen \"> \"\ntype \"mode 13\\n\"\nsleep 1\n")
	assert.ErrorContains(t, err, "text mode")
}
