package fdc

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestFormatOf(t *testing.T) {
	for _, c := range []struct {
		kb    int64
		want  Format
		drive uint8
	}{
		{160, Format{40, 1, 8}, 1},
		{180, Format{40, 1, 9}, 1},
		{320, Format{40, 2, 8}, 1},
		{360, Format{40, 2, 9}, 1},
		{720, Format{80, 2, 9}, 3},
		{1200, Format{80, 2, 15}, 2},
		{1440, Format{80, 2, 18}, 4},
		{1680, Format{80, 2, 21}, 4},
		{1722, Format{82, 2, 21}, 4},
		{2880, Format{80, 2, 36}, 5},

		{800, Format{80, 2, 10}, 3},
		{1476, Format{82, 2, 18}, 4},
		{1743, Format{83, 2, 21}, 4},
		{1920, Format{80, 2, 24}, 5},

		{0, Format{40, 1, 8}, 1},
		{1, Format{40, 1, 8}, 1},
		{700, Format{80, 2, 9}, 3},
		{1441, Format{80, 2, 21}, 4},
		{100000, Format{80, 2, 36}, 5},
	} {
		got := FormatOf(c.kb * 1024)
		assert.Equal(t, c.want, got, "%d KB", c.kb)
		assert.Equal(t, c.drive, got.DriveType(), "%d KB", c.kb)
	}
}
