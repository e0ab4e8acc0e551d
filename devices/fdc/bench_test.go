package fdc

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"toyvm/devices/devicetest"
	"toyvm/devices/i8257"
)

// A disk is a medium in memory. Sector n is full of n, low byte first.
type disk struct {
	data     []byte
	readOnly bool
	broken   int64 // offset from which on nothing works, if not 0
}

func newDisk(size int) *disk {
	return &disk{data: bytes.Clone(numbered()[:size])}
}

// numbered is the largest disk.
var numbered = sync.OnceValue(func() []byte {
	var data []byte
	for lba := range size2880 / sectorSize {
		data = append(data, filled(lba)...)
	}
	return data
})

var errBroken = errors.New("broken")

func (d *disk) ReadAt(p []byte, off int64) (int, error) {
	if d.broken != 0 && off >= d.broken {
		return 0, errBroken
	}
	return copy(p, d.data[off:]), nil
}

func (d *disk) WriteAt(p []byte, off int64) (int, error) {
	if d.broken != 0 && off >= d.broken {
		return 0, errBroken
	}
	return copy(d.data[off:], p), nil
}

func (d *disk) Size() int64    { return int64(len(d.data)) }
func (d *disk) ReadOnly() bool { return d.readOnly }

// sector is the content of sector lba.
func (d *disk) sector(lba int) string { return string(d.data[lba*sectorSize:][:sectorSize]) }

// filled is what a new disk has in sector lba.
func filled(lba int) string { return strings.Repeat(string([]byte{byte(lba), byte(lba >> 8)}), 256) }

type ram []byte

func (r ram) ReadPhysical(addr uint32, p []byte)  { copy(p, r[addr%uint32(len(r)):]) }
func (r ram) WritePhysical(addr uint32, p []byte) { copy(r[addr%uint32(len(r)):], p) }

// A bench is the controller with two drives, a DMA controller and 128 KB.
type bench struct {
	*FDC
	t     *testing.T
	clock devicetest.Clock
	irq   devicetest.Line
	dma   *i8257.Controller
	ram   ram
	a     *disk
}

const (
	size360  = 368640
	size720  = 737280
	size1440 = 1474560
	size2880 = 2949120
)

func newBench(t *testing.T) *bench {
	b := &bench{t: t, ram: make(ram, 1<<17)}
	b.dma = i8257.New(0, b.ram)
	b.FDC = New(&b.clock, &b.irq, b.dma.Request(DRQ), 2)
	b.dma.Connect(DRQ, b.FDC)
	return b
}

// ready is a bench with 1.44 MB in drive A and the controller set up for DMA.
func ready(t *testing.T) *bench {
	b := newBench(t)
	b.insert(size1440)
	b.run(`
		out 3f2h, 0
		out 3f2h, 1ch
		out 3f2h, 1ch  ; again, for the motor bit that the reset took`)
	for drive := range 4 {
		b.command("08")
		b.result(fmt.Sprintf("%02x 00", 0xc0|drive))
	}
	b.command("03 df 02")
	return b
}

// byHand is ready without DMA.
func byHand(t *testing.T) *bench {
	b := ready(t)
	b.command("03 df 03")
	return b
}

func (b *bench) insert(size int) *disk {
	b.a = newDisk(size)
	b.Insert(0, b.a)
	return b.a
}

// both is what the port scripts talk to.
type both struct{ b *bench }

func (p both) In(port uint16, size int) uint32 {
	if port >= Ports {
		return p.b.FDC.In(port, size)
	}
	return p.b.dma.In(port, size)
}

func (p both) Out(port uint16, size int, v uint32) {
	if port >= Ports {
		p.b.FDC.Out(port, size, v)
	} else {
		p.b.dma.Out(port, size, v)
	}
}

func (b *bench) run(script string) {
	b.t.Helper()
	devicetest.Run(b.t, both{b}, &b.clock, script)
}

// command gives a command, in hexadecimal, asking before each byte.
func (b *bench) command(bytes string) {
	b.t.Helper()
	var script strings.Builder
	for i, v := range strings.Fields(bytes) {
		msr := "80h"
		if i > 0 {
			msr = "90h"
		}
		fmt.Fprintf(&script, "in 3f4h = %s\nout 3f5h, 0%sh\n", msr, v)
	}
	b.run(script.String())
}

// result reads the result of a command, asking before each byte.
func (b *bench) result(bytes string) {
	b.t.Helper()
	var script strings.Builder
	for _, v := range strings.Fields(bytes) {
		fmt.Fprintf(&script, "in 3f4h = 0d0h\nin 3f5h = 0%sh\n", v)
	}
	b.run(script.String() + "in 3f4h = 80h")
}

// dmaTo programs channel 2 for n bytes at address 10000h: 46h from the disk to
// memory, 4Ah the other way, 42h to nowhere.
func (b *bench) dmaTo(mode uint8, n int) {
	b.t.Helper()
	b.run(fmt.Sprintf(`
		out 0ah, 6
		out 0bh, %d
		out 0ch, 0
		out 4, 0
		out 4, 0
		out 5, %d
		out 5, %d
		out 81h, 1
		out 0ah, 2`, mode, (n-1)&0xff, (n-1)>>8))
}

// memory is what the DMA controller transfers.
func (b *bench) memory(n int) string { return string(b.ram[0x10000:][:n]) }

func (b *bench) sectors(lbas ...int) string {
	var s strings.Builder
	for _, lba := range lbas {
		s.WriteString(filled(lba))
	}
	return s.String()
}

// interrupted says whether there was an interrupt since it was last asked, and
// no more than one.
func (b *bench) interrupted(want bool) {
	b.t.Helper()
	n := 0
	if want {
		n = 1
	}
	assert.Equal(b.t, n, b.irq.Rises, "interrupts")
	b.irq.Rises = 0
}
