package vga

// regionShift makes regions of 256 bytes of vram: 64 characters, or most of a
// scan line.
const regionShift = 8

// changes remembers when each region of video memory was last written, in
// epochs that end whenever a picture is pulled. So the readers of pictures,
// each with the epoch of its last one, need not know of each other.
type changes struct {
	epoch   uint64
	regions []uint64
	font    uint64 // when plane 2 was written

	written []bool // the pages that the adapter itself wrote; see TakeWritten
}

// init makes room for size bytes of vram.
func (c *changes) init(size int) {
	c.regions = make([]uint64, size>>regionShift)
	c.written = make([]bool, size>>writtenShift)
}

// mark notes a write of the adapter.
func (c *changes) mark(i uint32) {
	c.regions[i>>regionShift] = c.epoch
	c.written[i>>writtenShift] = true
}

func (c *changes) markFont() { c.font = c.epoch }

// pull ends an epoch. What is marked from now on has the new one, or a later.
func (c *changes) pull() uint64 {
	c.epoch++
	return c.epoch
}

// since tells whether any of the n bytes of vram from i on were written in
// epoch or later.
func (c *changes) since(epoch uint64, i, n int) bool {
	for r := i >> regionShift; r <= (i+n-1)>>regionShift; r++ {
		if c.regions[r] >= epoch {
			return true
		}
	}
	return false
}

// MarkDirty tells that n bytes of video memory from start on were written by
// others: through a Mapping, through the linear frame buffer, or by loading
// the RAM block.
func (v *VGA) MarkDirty(start, n int) {
	for i := max(start, 0) >> regionShift; i < len(v.changes.regions) && i<<regionShift < start+n; i++ {
		v.changes.regions[i] = v.changes.epoch
	}
	v.changes.markFont()
}
