package vga

import (
	"math/bits"

	"toyvm/devices"
)

// I/O ports. The CRT controller, input status 1 and feature control answer at
// 3Dxh or at 3Bxh, as the monochrome adapter did, by bit 0 of miscellaneous
// output.
const (
	portAttribute      = 0x3c0 // index and data in turn
	portAttributeRead  = 0x3c1
	portMiscOutput     = 0x3c2 // read: input status 0
	portSequencerIndex = 0x3c4
	portSequencerData  = 0x3c5
	portPELMask        = 0x3c6
	portDACReadIndex   = 0x3c7 // read: DAC state
	portDACWriteIndex  = 0x3c8
	portDACData        = 0x3c9
	portFeatureRead    = 0x3ca
	portMiscOutputRead = 0x3cc
	portGraphicsIndex  = 0x3ce
	portGraphicsData   = 0x3cf
	portCRTCIndex      = 0x3d4
	portCRTCData       = 0x3d5
	portStatus1        = 0x3da // write: feature control

	monochrome = 0x20 // what the 3Bxh addresses lack
)

// Miscellaneous output register.
const (
	miscColourAddress = 0b0000_0001 // CRTC at 3Dxh instead of 3Bxh
	miscClockSelect   = 0b0000_1100 // 0: 25.175 MHz, 4: 28.322 MHz
)

// Input status 0.
const switchSense = 0b0001_0000 // a monitor loads the DAC's outputs

// Input status 1.
const (
	statusBlank    = 0b0000_0001 // the beam is outside the displayed area
	statusVRetrace = 0b0000_1000
)

// floating is what an address without a register reads as.
const floating = 0xff

// Ports are the ranges of I/O ports that a VGA is wired for with bytes, first
// and last.
var Ports = [][2]uint16{{0x3b4, 0x3b5}, {0x3ba, 0x3ba}, {0x3c0, 0x3cf}, {0x3d4, 0x3d5}, {0x3da, 0x3da}}

// VBEPorts is the range of I/O ports that it is wired for with words: each
// access of two bytes is one of a register.
var VBEPorts = [2]uint16{0x1ce, 0x1d0}

// A VGA is one adapter. Its methods must not be called at the same time.
type VGA struct {
	msr  uint8 // miscellaneous output
	fcr  uint8 // feature control
	st00 uint8 // input status 0
	st01 uint8 // input status 1 as it was last read

	seq  sequencer
	crtc crtController
	gc   graphicsController
	attr attributeController
	dac  dac
	vbe  vbe

	clock   devices.Clock `vmstate:"transient"`
	vram    []byte        `vmstate:"transient"` // a RAM block of the board, as much as is a power of two
	onRemap func()        `vmstate:"transient"`

	access  access  `vmstate:"derived"`
	changes changes `vmstate:"transient"`
	frame   Frame   `vmstate:"transient"`
	text    Text    `vmstate:"transient"`
}

// New returns a VGA with all registers at reset over vram, of which the first
// 256 KiB are display memory and the rest is for the VBE extension. It panics
// if there is less.
func New(clock devices.Clock, vram []byte) *VGA {
	if len(vram) < vramSize {
		panic("vga: less than 256 KiB of video memory")
	}
	size := 1 << (bits.Len(uint(len(vram))) - 1)
	v := &VGA{clock: clock, vram: vram[:size:size]}
	v.changes.init(size)
	v.frame.reset()
	v.Reset()
	return v
}

// Reset clears all registers, as power-on does: there is no picture until the
// video BIOS has set a mode. Display memory stays as it is.
func (v *VGA) Reset() {
	v.msr, v.fcr, v.st00, v.st01 = 0, 0, switchSense, 0
	v.seq = sequencer{}
	v.crtc = crtController{}
	v.gc = graphicsController{}
	v.attr = attributeController{}
	v.dac = dac{pelMask: pelMaskReset}
	v.resetVBE()
	v.remap()
}

// In implements devices.PortDevice, for bytes and in VBEPorts for words.
func (v *VGA) In(port uint16, size int) uint32 {
	switch port {
	case portVBEIndex:
		return uint32(v.vbe.index) & (1<<(8*size) - 1)
	case portVBEData, portVBEData + 1:
		return uint32(v.vbeIn()) & (1<<(8*size) - 1)
	}
	return uint32(v.in(port))
}

func (v *VGA) in(port uint16) uint8 {
	switch v.colourPort(port) {
	case portAttribute:
		return v.attr.index
	case portAttributeRead:
		return v.attr.read()
	case portMiscOutput:
		return v.st00
	case portSequencerIndex:
		return v.seq.index
	case portSequencerData:
		return v.seq.read()
	case portPELMask:
		return v.dac.pelMask
	case portDACReadIndex:
		return v.dac.state
	case portDACWriteIndex:
		return v.dac.writeIndex
	case portDACData:
		return v.dac.read()
	case portFeatureRead:
		return v.fcr
	case portMiscOutputRead:
		return v.msr
	case portGraphicsIndex:
		return v.gc.index
	case portGraphicsData:
		return v.gc.read()
	case portCRTCIndex:
		return v.crtc.index
	case portCRTCData:
		return v.crtc.read()
	case portStatus1:
		v.attr.flipFlop = 0
		v.st01 = v.inputStatus1()
		return v.st01
	}
	return floating
}

// Out implements devices.PortDevice, for bytes and in VBEPorts for words.
func (v *VGA) Out(port uint16, _ int, value uint32) {
	b := uint8(value)
	switch v.colourPort(port) {
	case portVBEIndex:
		v.vbe.index = uint16(value)
	case portVBEData, portVBEData + 1:
		v.vbeOut(uint16(value))
	case portAttribute:
		v.attr.write(b)
	case portMiscOutput:
		v.msr = b
	case portSequencerIndex:
		v.seq.index = b & sequencerIndexMask
	case portSequencerData:
		v.seq.write(b)
		v.remap()
	case portPELMask:
		v.dac.pelMask = b
	case portDACReadIndex:
		v.dac.startRead(b)
	case portDACWriteIndex:
		v.dac.startWrite(b)
	case portDACData:
		v.dac.write(b, v.vbe.wideDAC())
	case portGraphicsIndex:
		v.gc.index = b & graphicsIndexMask
	case portGraphicsData:
		v.gc.write(b)
		v.remap()
	case portCRTCIndex:
		v.crtc.index = b
	case portCRTCData:
		v.crtc.write(b)
	case portStatus1:
		v.fcr = b & featureMask
	}
}

// featureMask is the bits of feature control: two lines to a connector that
// is not there, and the vertical sync select.
const featureMask = 0b0000_1011

// colourPort gives the 3Dxh name of a port that answers, and 0 for one whose
// address is not selected.
func (v *VGA) colourPort(port uint16) uint16 {
	colour := v.msr&miscColourAddress != 0
	switch port {
	case portCRTCIndex, portCRTCData, portStatus1:
		if !colour {
			return 0
		}
	case portCRTCIndex - monochrome, portCRTCData - monochrome, portStatus1 - monochrome:
		if colour {
			return 0
		}
		return port + monochrome
	}
	return port
}
