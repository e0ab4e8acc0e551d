package disk

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/machine"
)

var _ machine.Forker = (*Disk)(nil)

func TestForkedDisksDoNotSeeEachOther(t *testing.T) {
	d := Over(FromBytes(1<<20, []byte("first")))
	fork := d.Fork()
	_, err := d.WriteAt([]byte("disk"), 0)
	require.NoError(t, err)
	_, err = fork.WriteAt([]byte("fork"), 1<<19)
	require.NoError(t, err)
	p := make([]byte, 5)
	for _, want := range []struct {
		medium machine.Medium
		at     int64
		text   string
	}{{d, 0, "diskt"}, {fork, 0, "first"}, {d, 1 << 19, "\x00\x00\x00\x00\x00"}, {fork, 1 << 19, "fork\x00"}} {
		_, err := want.medium.ReadAt(p, want.at)
		require.NoError(t, err)
		assert.Equal(t, want.text, string(p))
	}
}
