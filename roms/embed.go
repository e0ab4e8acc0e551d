// Package roms holds the firmware of the machine: our system BIOS and VGA
// BIOS, written in assembly for nasm and committed as binaries. README.md says
// what they provide and how they are rebuilt.
package roms

import _ "embed"

// BIOS is the system BIOS, 64 KiB, to be mapped at F0000h and again at the top
// of the address space.
//
//go:embed bios.bin
var BIOS []byte

// VGABIOS is the VGA BIOS, a 32 KiB option ROM for C0000h.
//
//go:embed vgabios.bin
var VGABIOS []byte

// Font is the character set of the VGA BIOS: 8 by 16 dots, a byte to a line of
// a character, in the order of code page 437.
//
//go:embed font/8x16.bin
var Font []byte
