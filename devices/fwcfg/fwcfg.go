// Package fwcfg is the channel through which QEMU tells its firmware about the
// machine: numbered items and a directory of named files, read byte by byte or
// by DMA. SeaBIOS finds its memory map, its boot order and the VGA BIOS there.
//
// Not emulated: writing to items, which nothing on this board asks for.
//
// Source: QEMU, docs/specs/fw_cfg.txt.
package fwcfg

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"toyvm/devices"
)

// Ports. The selector is 16 bits wide and shares its second byte with the
// data; the DMA address is big endian.
const (
	PortSelector = 0x510 // 16-bit writes only
	PortData     = 0x511
	PortDMA      = 0x514 // upper half of the address
	PortDMALow   = 0x518 // lower half; writing it starts the transfer
)

// Items by their key.
const (
	KeySignature = 0x00 // "QEMU"
	KeyID        = 0x01 // 32 bits: idTraditional, idDMA
	KeyUUID      = 0x02
	KeyRAMSize   = 0x03 // 64 bits
	KeyCPUs      = 0x05 // 16 bits
	KeyMaxCPUs   = 0x0f // 16 bits
	KeyDirectory = 0x19
	keyFirstFile = 0x20
	keyEnd       = 0x40 // behind the last file
	keyNone      = 0xffff
	keyArch      = 0x8000 // a space of its own for the architecture
	keyWrite     = 0x4000 // once asked for write access; no part of the key
)

const (
	idTraditional = 1
	idDMA         = 2
)

// Files that SeaBIOS knows.
const (
	FileBootOrder    = "bootorder"
	FileBootFailWait = "etc/boot-fail-wait" // 32 bits: ms until the next try, -1 for none
	FileE820         = "etc/e820"
	FileVGABIOS      = "vgaroms/vgabios.bin"
)

const maxName = 55 // bytes in the name of a file, a zero behind it

// A Device is the channel.
type Device struct {
	memory devices.Memory    `vmstate:"transient"`
	items  map[uint16][]byte `vmstate:"transient"` // configuration, the same after a load
	files  []string          `vmstate:"transient"` // sorted; the first has keyFirstFile

	selected uint16
	offset   uint32 // of the next byte
	dma      uint64 // address as far as written
}

// New makes a device that tells of a machine with one processor and ram bytes
// of memory from address 0.
func New(memory devices.Memory, ram uint64) *Device {
	le := binary.LittleEndian
	d := &Device{memory: memory, items: map[uint16][]byte{
		KeySignature: []byte("QEMU"),
		KeyID:        le.AppendUint32(nil, idTraditional|idDMA),
		KeyUUID:      make([]byte, 16),
		KeyRAMSize:   le.AppendUint64(nil, ram),
		KeyCPUs:      {1, 0},
		KeyMaxCPUs:   {1, 0},
	}}
	entry := le.AppendUint64(nil, 0)
	entry = le.AppendUint64(entry, ram)
	entry = le.AppendUint32(entry, 1) // memory
	d.insert(0, FileE820, entry)
	return d
}

// SetFile adds a named file, or gives one other contents. The firmware sees all
// files in the order of their names, so they must be complete before the
// machine runs.
func (d *Device) SetFile(name string, data []byte) error {
	i, found := slices.BinarySearch(d.files, name)
	switch {
	case found:
		d.items[keyFirstFile+uint16(i)] = data
		d.direct()
		return nil
	case len(name) > maxName:
		return fmt.Errorf("name of fw_cfg file %q is longer than %d bytes", name, maxName)
	case len(d.files) == keyEnd-keyFirstFile:
		return fmt.Errorf("no room for fw_cfg file %q: there are %d others", name, len(d.files))
	}
	d.insert(i, name, data)
	return nil
}

// insert makes a file the i-th one.
func (d *Device) insert(i int, name string, data []byte) {
	for k := len(d.files); k > i; k-- {
		d.items[keyFirstFile+uint16(k)] = d.items[keyFirstFile+uint16(k)-1]
	}
	d.files = slices.Insert(d.files, i, name)
	d.items[keyFirstFile+uint16(i)] = data
	d.direct()
}

// direct makes the directory: the number of files, then for each its size,
// key, two bytes of nothing and name. It is big endian, unlike other items.
func (d *Device) direct() {
	be := binary.BigEndian
	dir := be.AppendUint32(nil, uint32(len(d.files)))
	for i, name := range d.files {
		key := keyFirstFile + uint16(i)
		dir = be.AppendUint32(dir, uint32(len(d.items[key])))
		dir = be.AppendUint16(dir, key)
		dir = be.AppendUint16(dir, 0)
		dir = append(dir, name...)
		dir = append(dir, make([]byte, maxName+1-len(name))...)
	}
	d.items[KeyDirectory] = dir
}

// BootOrder is the content of FileBootOrder: Open Firmware paths of devices,
// the first one first.
func BootOrder(paths ...string) []byte { return append([]byte(strings.Join(paths, "\n")), 0) }

// Reset is the reset line.
func (d *Device) Reset() {
	d.choose(KeySignature)
	d.dma = 0
}

// choose makes key the item to read.
func (d *Device) choose(key uint16) {
	d.selected, d.offset = key, 0
	if key&^(keyArch|keyWrite) >= keyEnd {
		d.selected = keyNone
	}
}

// rest is what remains of the selected item.
func (d *Device) rest() []byte {
	item := d.items[d.selected&^keyWrite]
	if d.selected == keyNone || uint64(d.offset) >= uint64(len(item)) {
		return nil
	}
	return item[d.offset:]
}

// read is the next byte of the selected item, zero behind its end.
func (d *Device) read() uint8 {
	rest := d.rest()
	if len(rest) == 0 {
		return 0
	}
	d.offset++
	return rest[0]
}

// In implements devices.PortDevice. Any byte of the first two ports is data,
// and the DMA port shows that it is there.
func (d *Device) In(port uint16, size int) uint32 {
	var v uint32
	for i := range size {
		v |= uint32(d.inByte(port+uint16(i))) << (8 * i)
	}
	return v
}

func (d *Device) inByte(port uint16) uint8 {
	const signature = "QEMU CFG"
	switch {
	case port == PortSelector || port == PortData:
		return d.read()
	case port >= PortDMA && port < PortDMA+uint16(len(signature)):
		return signature[port-PortDMA]
	default:
		return 0xff
	}
}
