// Package cpu is the processor of the PC: an Intel 486 with its x87 unit, and
// on request a 386, a Pentium or a P6-class integer core.
//
// Emulated: real, protected and virtual-8086 mode; segmentation with limit,
// type and privilege checks; paging with accessed and dirty bits, CR0.WP and,
// on models that have them, 4 MiB and global pages; all gates, privilege
// changes and hardware task switches; the I/O permission bitmap; single step,
// debug registers, NMI, the interrupt shadow, HLT, shutdown after a triple
// fault; the x87 with 80-bit results.
//
// Not emulated: caches (WBINVD, INVD and the test registers only exist),
// system management mode, MMX and SSE, instruction timing (every instruction
// and every REP iteration counts as one), the prefetch queue (a store into the
// next instruction takes effect at once).
//
// An instruction is decoded once into an [op]; ops form basic blocks that are
// kept by physical address and run by one loop (exec_gen.go). [CPU.Step] runs
// the same operations one at a time and is the reference for that loop.
//
// Source: Intel486 Processor Family Programmer's Reference Manual (1995) and
// Intel Architecture Software Developer's Manual volumes 2 and 3; sections are
// quoted as PRM and SDM.
package cpu
