// Package vmstate saves, loads and explains the state of devices.
//
// A device declares its state as data: a [Description] lists its fields, each
// with a name, an encoding and an accessor that says where in the device it
// lives. One interpreter walks descriptions to do everything else:
//
//	save      Description.Save, Marshal      the bytes
//	load      Description.Load, Unmarshal    the device as it was
//	describe  Describer                      JSON that tells what the bytes are
//	show      Section.Values, Section.Tree   a tree of names and values
//	compare   Diff                           two trees, field by field
//	check     Schema, Check                  whether a release loads an older one's state
//	trace     Observer                       every step of a save or a load
//
// The bytes and the JSON are those of QEMU's VMState, so that its snapshots
// can be read and ours can be handed to it.
//
// # Fields
//
// An accessor makes the type of a field part of the declaration: if the device
// has a uint16 where the wire has a Uint8, it does not compile.
//
//	var state = vmstate.Description[PIC]{
//		Name: "i8259", Version: 1, MinVersion: 1,
//		Fields: vmstate.Fields[PIC]{
//			vmstate.Uint8("irr", func(p *PIC) *uint8 { return &p.irr }),
//			vmstate.Uint8("imr", func(p *PIC) *uint8 { return &p.imr }),
//		},
//	}
//
// What there is:
//
//	Bool, Int8 … Uint64, Float64, Timer          a value
//	Uint8Equal … Uint64Equal, Int32Max, Validate a value that must fit the machine
//	Buffer, ByteSlice, Bitmap, Unused            bytes
//	Array, Slice, Pointers                       several elements, of any kind
//	Struct, StructVersion, StructOf, Temporary   what has a description itself
//	Queue, List, Tree, KeyedTree                 any number of structs
//	Custom                                       an encoding of your own
//
// Array uses memory that is there; Slice and ByteSlice allocate it on load. An
// accessor may follow a pointer. [Field.Since] and [Field.When] say from which
// version, or in which states, a field is there; [Field.Count] how many
// elements of an array are.
//
// # Compatibility
//
// A field, once released, keeps its place: bytes carry no names. There are
// three ways to add state later. A field with Since and a new Version of the
// description makes new state unreadable for older programs. A subsection with
// [Description].Needed travels only when it says something, so that older
// programs can read whatever does not use the new feature; this is the way to
// prefer. And [Description].PreLoad sets what either stands for when it is
// missing. A struct inside another has no version on the wire: it can only
// gain subsections. [Check] finds what breaks these rules, and package
// vmstatetest what a declaration forgets.
//
// # Errors
//
// A load fails with an [Error] that names the section, the field and the place
// in the stream. No input makes it panic, and it allocates no more than the
// bytes that are really there can fill, whatever their counts announce.
// Loading changes the device as it goes: after an error the device must be
// thrown away or loaded again.
//
// Where the interpreter is stricter than QEMU's, or differs: a Queue, List or
// Tree is emptied before it is loaded; a count that exceeds the memory it is
// for is an error instead of an overrun; a null pointer without a marker is an
// error, too.
package vmstate
