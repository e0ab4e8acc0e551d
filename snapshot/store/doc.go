// Package store keeps images of machines in a directory, normally beside the
// disk image they belong to. docs/snapshot-format.md describes the files.
//
// Pages, 4 KiB of memory or of a disk, are known by their SHA-256 and stored
// once, in segments: files that are written by one save and never changed. One
// that changed only a little is stored as its difference from the older one. A
// manifest for each snapshot says which pages make up its memory and disks,
// and holds its devices and what is known about it. Files appear by a rename
// after they are on the disk, manifests after the segments they refer to, so a
// process may be killed at any moment.
//
// One process at a time may change a store; any number may read it meanwhile.
//
// Pages of a loaded image that are stored as they are lie in the mapped file.
// That is safe because the file does not change: deleting it is no harm, but who
// cuts it with another program kills the machines that use it.
package store
