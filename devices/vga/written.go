package vga

// writtenShift makes pages of 4 KiB, as the memory of a board has.
const writtenShift = 12

// TakeWritten calls visit for the parts of video memory that the adapter has
// written since the last call. What others wrote they know themselves.
func (v *VGA) TakeWritten(visit func(start, n int)) {
	for i, written := range v.changes.written {
		if written {
			v.changes.written[i] = false
			visit(i<<writtenShift, 1<<writtenShift)
		}
	}
}
