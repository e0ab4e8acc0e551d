package window

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"toyvm/devices/i8042"
	"toyvm/machine"
)

// TestEveryKeyOfABoardIsThere: those of a board with 102 keys, and the three
// that one with a logo on them has more.
func TestEveryKeyOfABoardIsThere(t *testing.T) {
	var have []i8042.Key
	for _, key := range keysByName {
		have = append(have, key)
	}
	slices.Sort(have)
	for key := i8042.KeyEsc; key <= i8042.KeyKP9; key++ {
		assert.Contains(t, have, key, key.String())
	}
	assert.Len(t, slices.Compact(slices.Clone(have)), len(have), "no key is in two places")
}

func TestModifiersAreHeldAroundOtherKeys(t *testing.T) {
	var k keyboard
	assert.Equal(t, []machine.KeyAction{{Key: i8042.KeyShift, Pressed: true}, {Key: i8042.KeyA, Pressed: true}},
		k.hold([]i8042.Key{i8042.KeyA, i8042.KeyShift}))
	assert.Empty(t, k.hold([]i8042.Key{i8042.KeyShift, i8042.KeyA}))
	assert.Equal(t, []machine.KeyAction{{Key: i8042.KeyA}, {Key: i8042.KeyShift}}, k.hold(nil))
	assert.Empty(t, k.held)
}

func TestOneKeyAfterTheOther(t *testing.T) {
	var k keyboard
	k.hold([]i8042.Key{i8042.KeyA})
	assert.Equal(t, []machine.KeyAction{{Key: i8042.KeyA}, {Key: i8042.KeyB, Pressed: true}}, k.hold([]i8042.Key{i8042.KeyB}))
}
