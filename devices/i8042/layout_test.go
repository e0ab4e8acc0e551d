package i8042

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestKeyOfHasAllPrintableASCII(t *testing.T) {
	typed := map[layoutKey]rune{}
	for r := rune(0); r < 0x100; r++ {
		key, shift, ok := KeyOf(r)
		if assert.Equal(t, ' ' <= r && r <= '~', ok, "%q", r); ok {
			assert.Zero(t, typed[layoutKey{key, shift}], "%q", r)
			typed[layoutKey{key, shift}] = r
		}
	}
	for text, name := range map[rune]string{'a': "a", 'A': "a", '-': "minus", '/': "slash", '"': "apostrophe", ' ': "spc", '~': "grave_accent"} {
		key, _, _ := KeyOf(text)
		assert.Equal(t, name, key.String())
	}
}
