package keeper

import (
	"bytes"
	"image"
	"image/png"

	"toyvm/snapshot"
	"toyvm/snapshot/spawn"
)

// preview is what the machine in an image shows: the text on its screen, and
// its picture as a PNG. They are for looking at lists: where the picture cannot
// be had, there is none.
func preview(i *snapshot.Image) (text string, picture []byte) {
	m, err := spawn.Machine(i, nil)
	if err != nil {
		return "", nil
	}
	if t := m.Text(); t != nil {
		text = t.String()
	}
	frame := m.Frame().Image()
	if p, ok := frame.(*image.Paletted); ok {
		frame = compact(p)
	}
	var b bytes.Buffer
	e := png.Encoder{CompressionLevel: png.BestSpeed} // the snapshot waits for it (BenchmarkPreview)
	if e.Encode(&b, frame) == nil {
		picture = b.Bytes()
	}
	return text, picture
}

// compact leaves out the colours that a picture does not have. With no more than
// 16 of them a dot of a PNG is half a byte or less.
func compact(p *image.Paletted) *image.Paletted {
	small := &image.Paletted{Pix: make([]uint8, len(p.Pix)), Stride: p.Stride, Rect: p.Rect}
	var numbers [256]int // in the small palette, plus 1
	for i, colour := range p.Pix {
		if numbers[colour] == 0 {
			small.Palette = append(small.Palette, p.Palette[colour])
			numbers[colour] = len(small.Palette)
		}
		small.Pix[i] = uint8(numbers[colour] - 1)
	}
	return small
}
