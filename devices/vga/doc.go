// Package vga is the IBM Video Graphics Array: sequencer, CRT controller,
// graphics controller, attribute controller and DAC over 256 KiB of display
// memory in four planes.
//
// Emulated: every register that software can see an effect of. Text in cells
// of 8 or 9 dots with two character sets in plane 2, attributes with blink,
// intensity and underline, cursor shape and blink; graphics as 16 colours in
// planes, 256 colours chained or not, and the 2- and 4-colour layouts of the
// CGA; panning by dots and bytes, preset row scan, split screen, all read and
// write modes, and the retrace bits of the input status registers, which
// follow from the virtual clock and the programmed timing.
//
// A picture is what the registers say at the moment it is pulled, as dots by
// Frame or as characters by Text. Changes in the middle of a frame, as for
// more than 256 colours at a time, are not seen. Not emulated either: blanking
// inside the displayed area, the border (its colour is told), the feedback of
// colours in input status 1, the light pen, the vertical retrace interrupt
// (IRQ 2 is not wired on the board), interlace, the bits that switch the
// memory and the adapter off, the page bit of odd/even addressing, and the
// 64 KiB configuration of sequencer memory mode bit 1.
//
// The adapter also has the Bochs VBE extension, as QEMU's have: pictures of up
// to 32 bits a dot in all of the video memory, set through two word ports.
//
// Display memory keeps the four planes of one address side by side: plane p of
// address a is byte 4a+p. The chained modes drop the low address bits that
// select the plane, both where the CPU writes and where the CRT controller
// reads. IBM's chips leave gaps there instead; nothing but a program that
// switches chaining over a living picture could tell.
//
// Source: IBM PS/2 Hardware Interface Technical Reference, Video Subsystem
// (1992), and for the extension the VBE DISPI interface of the Bochs and QEMU
// projects.
package vga
