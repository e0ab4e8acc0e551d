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

func TestTheFirstWindowLeavesDesktopToSee(t *testing.T) {
	text := image.Pt(720, 400)
	assert.Equal(t, 1, roomy(image.Pt(1024, 768), text))
	assert.Equal(t, 2, roomy(image.Pt(1920, 1080), text))
	assert.Equal(t, 4, roomy(image.Pt(3840, 2160), text))
	assert.Equal(t, 1, roomy(image.Pt(320, 200), text))
}
