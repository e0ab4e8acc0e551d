package terminal

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestOpenNeedsATerminal(t *testing.T) {
	name := filepath.Join(t.TempDir(), "input")
	f, err := os.Create(name)
	require.NoError(t, err)
	defer f.Close()
	_, err = Open(f, f)
	assert.EqualError(t, err, name+" is not a terminal")
}
