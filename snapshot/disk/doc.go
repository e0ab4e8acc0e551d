// Package disk is the contents of a disk as a value: a [Disk] is what a drive
// of the machine reads and writes, [Contents] is how one was at an instant.
//
// A disk is a table of cells, one for each cluster of 64 KiB. A cell is in the
// image file, in memory, or in a [Source] such as a stored snapshot. To capture
// a disk is to copy its table; from then on the cells are shared. When the guest
// writes to a shared one, its content is moved from the file to memory first,
// and the disk gets a new cell in the file. So the file always has what the
// guest wrote, and each content keeps what it had; cells that nobody refers to
// are left to the garbage collector. Where two tables have the same cell, the
// content is known to be the same: saving reads and restoring writes only the
// other clusters. Tables have two levels, for the cells of a large disk are many
// and mostly alike: groups of cells are shared in the same way.
//
// What other programs do to the file is not noticed. Whoever opens it has to
// keep them away by a lock.
package disk
