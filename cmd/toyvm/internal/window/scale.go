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

// roomy is by how much to magnify a picture at first, so that the window is
// large, but leaves a part of the desktop to see.
func roomy(desktop, picture image.Point) int {
	if picture.X <= 0 || picture.Y <= 0 {
		return 1
	}
	return max(1, min(desktop.X*4/5/picture.X, desktop.Y*4/5/picture.Y))
}
