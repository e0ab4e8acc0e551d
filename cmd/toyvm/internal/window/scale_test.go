package window

import (
	"image"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestPicturesAreMagnifiedByWholeNumbers(t *testing.T) {
	for _, test := range []struct{ window, picture, size, corner image.Point }{
		{image.Pt(720, 400), image.Pt(720, 400), image.Pt(720, 400), image.Pt(0, 0)},
		{image.Pt(1439, 800), image.Pt(720, 400), image.Pt(720, 400), image.Pt(359, 200)},
		{image.Pt(1920, 1080), image.Pt(720, 400), image.Pt(1440, 800), image.Pt(240, 140)},
		{image.Pt(3840, 2160), image.Pt(640, 400), image.Pt(3200, 2000), image.Pt(320, 80)},
		{image.Pt(360, 400), image.Pt(720, 400), image.Pt(360, 200), image.Pt(0, 100)},
		{image.Pt(720, 100), image.Pt(720, 400), image.Pt(180, 100), image.Pt(270, 0)},
		{image.Pt(1, 1), image.Pt(720, 400), image.Pt(1, 1), image.Pt(0, 0)},
		{image.Pt(0, 300), image.Pt(720, 400), image.Pt(0, 0), image.Pt(0, 0)},
		{image.Pt(720, 400), image.Pt(0, 0), image.Pt(0, 0), image.Pt(0, 0)},
	} {
		at := fit(test.window, test.picture)
		assert.Equal(t, test.size, at.Size(), test)
		assert.Equal(t, test.corner, at.Min, test)
	}
}

func TestTheWindowFollowsTheMode(t *testing.T) {
	var (
		none  image.Point
		text  = image.Pt(720, 400)
		large = image.Pt(1920, 1080)
	)
	for _, test := range []struct {
		why                              string
		picture, before, window, desktop image.Point
		want                             image.Point
	}{
		{"small desktop", text, none, none, image.Pt(1024, 768), text},
		{"usual desktop", text, none, none, large, image.Pt(1440, 800)},
		{"desktop that it would fill", text, none, none, image.Pt(1440, 800), text},
		{"fine desktop", text, none, none, image.Pt(3840, 2160), image.Pt(2880, 1600)},
		{"tiny desktop", text, none, none, image.Pt(320, 200), text},
		{"magnified before", image.Pt(640, 480), text, image.Pt(1500, 900), large, image.Pt(1280, 960)},
		{"not magnified before", image.Pt(640, 480), text, image.Pt(1000, 799), large, image.Pt(640, 480)},
		{"too small before", image.Pt(640, 480), text, image.Pt(300, 200), large, image.Pt(640, 480)},
		{"no room for what was before", image.Pt(1024, 768), image.Pt(640, 400), image.Pt(1920, 1200), large, image.Pt(1024, 768)},
		{"before a mode is set", image.Pt(9, 1), text, image.Pt(1440, 800), large, none},
	} {
		assert.Equal(t, test.want, sizeFor(test.picture, test.before, test.window, test.desktop), test.why)
	}
}
