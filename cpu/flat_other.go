//go:build !unix

package cpu

// allocFlat gives a flat block its memory.
func (r *RAM) allocFlat(size int) { r.flat = make([]byte, size) }
