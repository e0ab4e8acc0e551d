package fwcfg

import (
	"encoding/binary"
	"math"
	"math/bits"
)

// A transfer is described in memory by 16 bytes, big endian: control, length
// and address. When it is done control is zero, or has the error bit.
const (
	dmaError  = 0x01
	dmaRead   = 0x02
	dmaSkip   = 0x04
	dmaSelect = 0x08 // the item in the upper half of control
	dmaWrite  = 0x10

	dmaSize = 16
)

// Out implements devices.PortDevice.
func (d *Device) Out(port uint16, size int, value uint32) {
	switch {
	case port == PortSelector && size == 2:
		d.choose(uint16(value))
	case port == PortDMA && size == 4:
		d.dma = uint64(bits.ReverseBytes32(value)) << 32
	case port == PortDMALow && size == 4:
		at := d.dma | uint64(bits.ReverseBytes32(value))
		d.dma = 0
		if at <= math.MaxUint32-dmaSize {
			d.transfer(uint32(at))
		}
	}
}

// transfer does what the description at the given address says.
func (d *Device) transfer(at uint32) {
	var request [dmaSize]byte
	d.memory.ReadPhysical(at, request[:])
	control := binary.BigEndian.Uint32(request[0:])
	length := binary.BigEndian.Uint32(request[4:])
	address := binary.BigEndian.Uint64(request[8:])

	if control&dmaSelect != 0 {
		d.choose(uint16(control >> 16))
	}
	var status uint32
	switch {
	case control&dmaRead != 0:
		status = d.copyTo(address, length)
	case control&dmaWrite != 0:
		status = dmaError
	case control&dmaSkip != 0:
		d.offset += min(length, uint32(len(d.rest())))
	}
	d.memory.WritePhysical(at, binary.BigEndian.AppendUint32(nil, status))
}

// copyTo copies the rest of the selected item to memory, with zeros behind its
// end.
func (d *Device) copyTo(address uint64, length uint32) (status uint32) {
	if address+uint64(length) > math.MaxUint32 || address > math.MaxUint32 {
		return dmaError
	}
	at := uint32(address)
	p := d.rest()
	p = p[:min(uint64(length), uint64(len(p)))]
	d.memory.WritePhysical(at, p)
	d.offset += uint32(len(p))
	at, length = at+uint32(len(p)), length-uint32(len(p))

	for zeros := make([]byte, min(length, 64<<10)); length > 0; {
		n := min(length, uint32(len(zeros)))
		d.memory.WritePhysical(at, zeros[:n])
		at, length = at+n, length-n
	}
	return 0
}
