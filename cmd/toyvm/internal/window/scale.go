package window

import "image"

// fit is where a picture goes in a window: in the middle, each dot as the same
// whole number of pixels. Only a picture that is larger than the window is
// shrunk to fit.
func fit(window, picture image.Point) image.Rectangle {
	if picture.X <= 0 || picture.Y <= 0 || window.X <= 0 || window.Y <= 0 {
		return image.Rectangle{}
	}
	size := picture.Mul(min(window.X/picture.X, window.Y/picture.Y))
	switch {
	case size.X != 0:
	case window.X*picture.Y < window.Y*picture.X:
		size = image.Pt(window.X, max(picture.Y*window.X/picture.X, 1))
	default:
		size = image.Pt(max(picture.X*window.Y/picture.Y, 1), window.Y)
	}
	corner := window.Sub(size).Div(2)
	return image.Rectangle{corner, corner.Add(size)}
}

// What is smaller is no picture: it shows while the guest sets a mode.
const (
	leastWidth  = 320
	leastHeight = 200
)

// sizeFor is how large a window becomes when the picture in it gets another
// size. It keeps the magnification that the user gave it, if the desktop has
// room for that. The first window, for which there was no picture before, is
// large, but leaves some of the desktop to see. Zero is to leave the window.
func sizeFor(picture, before, window, desktop image.Point) image.Point {
	if picture.X < leastWidth || picture.Y < leastHeight {
		return image.Point{}
	}
	most := min(desktop.X/picture.X, desktop.Y/picture.Y)
	times := min(desktop.X*9/10/picture.X, desktop.Y*9/10/picture.Y)
	if before != (image.Point{}) {
		times = fit(window, before).Dx() / before.X
	}
	return picture.Mul(max(1, min(times, most)))
}
