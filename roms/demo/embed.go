// Package demo holds the guest that a machine without disks starts: a floppy
// that shows the machine, with a monitor to look around in it. It is written in
// assembly for nasm and committed as a binary; demo.asm is where to begin.
package demo

import _ "embed"

// Image is the beginning of a floppy: as far as there is something on it.
//
//go:embed demo.img
var Image []byte
