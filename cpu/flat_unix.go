//go:build unix

package cpu

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// allocFlat gives a flat block its memory. The system hands out zeroed pages as
// they are touched, where make would clear all of a large slice at once
// (BenchmarkFork of the machine).
func (r *RAM) allocFlat(size int) {
	memory, err := unix.Mmap(-1, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		r.flat = make([]byte, size)
		return
	}
	r.flat = memory
	runtime.AddCleanup(r, func(memory []byte) { _ = unix.Munmap(memory) }, memory)
}
