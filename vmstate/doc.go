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
// in the stream. No input makes it panic. Loading changes the device as it
// goes: after an error the device must be thrown away or loaded again.
//
// Whatever counts a stream announces, the memory that a load takes is bounded
// by a fixed multiple of the bytes that are really there: at worst one element
// of a Slice, Queue or Tree for each byte, at every level of a description that
// nests them. How much memory an element is, its Go type says. A tree of values
// has a node for each field of these elements; one that is read by JSON two for
// each byte, and one for each entry of the JSON.
//
// # Differences to QEMU
//
// What QEMU 7.2 saves, this package loads, and the other way round. In what
// neither of them saves there are differences. Stricter are:
//
//   - A count that exceeds the memory it is for is an error, not an overrun;
//     a nil pointer without a marker is one, too.
//   - A validation that does not hold at a save is an error, not the end of
//     the program.
//   - The elements of a Slice must take a byte each, so that the bytes bound
//     their number.
//   - The size of an array's element cannot be counted, as a JSON description
//     has only one size for all elements.
//
// Different are:
//
//   - A count of zero sets a Slice or ByteSlice to nil, where QEMU leaves what
//     is there.
//   - A Queue, List or Tree is emptied before it is loaded, where QEMU adds to
//     it.
//   - LoadOld is QEMU's load_state_old, which 7.2 has no more. An observer, and
//     so a description or a tree, knows what it read as one buffer.
//   - A body that stands alone (Unmarshal) may end behind a struct, where QEMU
//     marks a stream as bad that ends where it looks for a subsection. Bytes at
//     its end that only begin like the header of a subsection are data, unless
//     they begin to spell the struct's name.
//   - The Alarm decides what a negative expiry other than -1 means, where QEMU
//     takes it as 0.
//
// A tree that is read by JSON alone knows less than one that is read by the
// declarations: the one entry for an array of pointers is about the first
// element, so an array in which some are nil is misread, or refused; and items
// of a queue inside an array are all taken for the last one described.
package vmstate
