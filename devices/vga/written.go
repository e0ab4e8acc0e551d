package vga

// Written calls visit for the parts of video memory that were written in epoch
// or later, by the guest or with MarkDirty, and returns the epoch to ask with
// the next time. The first one is 0.
func (v *VGA) Written(epoch uint64, visit func(start, n int)) (next uint64) {
	next = v.changes.pull()
	for i, e := range v.changes.regions {
		if e >= epoch && e < next {
			visit(i<<regionShift, 1<<regionShift)
		}
	}
	return next
}
