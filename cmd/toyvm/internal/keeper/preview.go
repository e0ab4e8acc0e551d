package keeper

import (
	"bytes"
	"image/png"

	"toyvm/snapshot"
	"toyvm/snapshot/spawn"
)

// preview is what the machine in an image shows: the text on its screen, and
// its picture as a PNG, which is smaller than one of less dots and more colours
// would be. They are for looking at lists: where the picture cannot be had,
// there is none.
func preview(i *snapshot.Image) (text string, picture []byte) {
	m, err := spawn.Machine(i, nil)
	if err != nil {
		return "", nil
	}
	if t := m.Text(); t != nil {
		text = t.String()
	}
	var b bytes.Buffer
	e := png.Encoder{CompressionLevel: png.BestCompression}
	if e.Encode(&b, m.Frame().Image()) == nil {
		picture = b.Bytes()
	}
	return text, picture
}
