// Package migration reads and writes the migration stream of QEMU: a header,
// the name of the machine, the guest's memory, one section for each device and
// a JSON description of them all. What is inside a device's section is package
// vmstate's business.
//
// A machine becomes a stream by [Capture], [QEMU.Adapt] and [Machine.Write]. A
// stream becomes a machine by [Parse] and [Stream.LoadInto]. What QEMU would
// refuse or misread travels as a second stream in the description, under the
// key "toyvm" in base64: QEMU does not read the description, and Parse does. So do
// the settings of the machine, under the key "toyvm-settings".
package migration

import (
	"toyvm/snapshot"
	"toyvm/vmstate"
)

// What stands at the beginning of a stream, and the types of what follows.
const (
	magic   = 0x5145564d // "QEVM"
	version = 3

	typeEOF           = 0x00
	typeStart         = 0x01 // first part of a section that comes in parts
	typePart          = 0x02
	typeEnd           = 0x03
	typeFull          = 0x04 // a whole section
	typeDescription   = 0x06 // behind the EOF
	typeConfiguration = 0x07 // behind the header
	footer            = 0x7e // ends every section
)

// A Stream is a migration stream taken apart.
type Stream struct {
	Machine string          // "isapc"
	Pages   []Page          // their contents, in the order of the stream
	Blocks  []Block         // guest memory
	Devices []*vmstate.Node // the sections of devices in order, name by name and value by value
	Bodies  []Body          // the same sections as bytes
	JSON    []byte          // the description of all sections

	// Private are sections that only toyvm has, in place of all Bodies of the
	// same name and instance.
	Private []Body
	// Settings say what kind of machine it is, if toyvm wrote the stream.
	Settings []snapshot.Setting
}

// A Block is a piece of guest memory.
type Block struct {
	Name string `json:"name"` // "pc.ram"
	Size int64  `json:"size"` // bytes
}

// A Body is the content of a device's section.
type Body struct {
	ID          uint32 // number that the sender gave to the section
	Name        string
	Instance    int
	Version     int
	Offset      int64 // of Data in the stream
	Data        []byte
	Description *vmstate.SectionDescription
}

// Device returns the first section with the given name and instance, or nil.
func (s *Stream) Device(name string, instance int) *vmstate.Node {
	for _, d := range s.Devices {
		if d.Name == name && d.Instance == instance {
			return d
		}
	}
	return nil
}
