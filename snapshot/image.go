// Package snapshot holds machines as values. An [Image] is a whole machine at
// one instant: its devices, its memory and the contents of its disks. Capture
// takes one from a running machine, Return makes the machine what it was.
// Images share the pages that did not change in between with each other and
// with the machine.
//
// The packages below keep images: [toyvm/snapshot/store] in files beside the
// disk, [toyvm/snapshot/migration] as the streams that QEMU speaks.
package snapshot

import (
	"toyvm/snapshot/disk"
	"toyvm/vmstate"
)

// PageSize is the unit in which memory is shared and stored, in bytes.
const PageSize = 4096

// A Page is one page of memory. Pages of an image are never written.
type Page = [PageSize]byte

// An Image is a machine at one instant. It does not change, and may be used by
// several goroutines.
type Image struct {
	// Settings say what kind of machine it is, such as cpu=486. A machine with
	// other settings cannot take the image.
	Settings []Setting
	// Sections are the devices, in the order in which they are to be loaded.
	Sections []Section
	// Memory is all blocks of memory, the largest first.
	Memory []Memory
	// Firmware is what a reset puts into memory.
	Firmware []File
	// Disks are the media in the drives.
	Disks []Disk

	Clock        int64  // virtual time, ns
	Instructions uint64 // executed since power-on, with those skipped in HLT
}

// A Setting is one property of a machine by name.
type Setting struct{ Name, Value string }

// A File is data by name.
type File struct {
	Name string
	Data []byte
}

// A Section is one device as the interpreter wrote it.
type Section struct {
	Name     string
	Instance int
	Version  int
	Body     []byte
	Tree     *vmstate.Node // the same with names and values
}

// Memory is a block of memory. A page that is nil is all zeros.
type Memory struct {
	Name  string
	Pages []*Page
}

// Size is the length of the block in bytes.
func (m Memory) Size() int64 { return int64(len(m.Pages)) * PageSize }

// Page is a page for reading; behind the end there are zeros.
func (m Memory) Page(i int) *Page {
	if i < len(m.Pages) && m.Pages[i] != nil {
		return m.Pages[i]
	}
	return &zeros
}

// Bytes is a copy of the contents.
func (m Memory) Bytes() []byte {
	p := make([]byte, 0, m.Size())
	for i := range m.Pages {
		p = append(p, m.Page(i)[:]...)
	}
	return p
}

var zeros Page

// A Disk is what is in a drive. An empty drive has no Contents.
type Disk struct {
	Drive    string // floppy0, ide0-hd0, …
	Path     string // of the image file; empty if it is none
	ReadOnly bool
	// Contents is the whole medium. Of one that is read-only it may be missing:
	// then Path and Size tell which it was.
	Contents *disk.Contents
	Size     int64
}
