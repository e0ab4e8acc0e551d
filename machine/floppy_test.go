package machine

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Registers of the floppy controller.
const (
	fdcDOR  = 0x3f2
	fdcMSR  = 0x3f4
	fdcFIFO = 0x3f5
	fdcDIR  = 0x3f7
)

const irq6 = 1 << 6

// floppyReady is a machine whose guest has started drive A and its controller.
func floppyReady(t *testing.T, c Config) *guest {
	t.Helper()
	g := idle(t, c)
	g.initPIC(0)
	g.out(fdcDOR, 0x00, 0x1c) // reset, then motor A with interrupts
	g.pass(10)
	for range 4 {
		g.command(0x08) // SENSE INTERRUPT STATUS of each drive after the reset
		require.Len(t, g.result(), 2)
	}
	g.command(0x07, 0) // RECALIBRATE
	g.seeks()
	return g
}

func (g *guest) command(bytes ...byte) {
	g.t.Helper()
	for _, b := range bytes {
		require.EqualValues(g.t, 0x80, g.in(fdcMSR)&0xc0, "the controller takes nothing")
		g.out(fdcFIFO, b)
	}
}

// result takes the bytes of the result phase.
func (g *guest) result() (bytes []byte) {
	for g.in(fdcMSR)&0xd0 == 0xd0 {
		bytes = append(bytes, g.in(fdcFIFO))
	}
	return bytes
}

// seeks waits for the end of a seek.
func (g *guest) seeks() {
	g.t.Helper()
	g.until(2000, "end of the seek", func() bool { return g.requests()&irq6 != 0 })
	g.command(0x08)
	require.EqualValues(g.t, 0x20, g.result()[0]&0xf8, "ST0")
}

// programDMA sets up channel 2 for single transfers to or from memory.
func (g *guest) programDMA(mode byte, addr uint32, count int) {
	g.out(0x0a, 0x06) // mask
	g.out(0x0c, 0)    // low bytes first
	g.out(0x0b, mode|0x42)
	g.out(0x04, byte(addr), byte(addr>>8))
	g.out(0x81, byte(addr>>16))
	g.out(0x05, byte(count-1), byte((count-1)>>8))
	g.out(0x0a, 0x02)
}

func numberedFloppy() *image {
	disk := &image{data: make([]byte, floppySize)}
	for i := range disk.data {
		disk.data[i] = byte(i/512 + 1)
	}
	return disk
}

func TestFloppySectorGoesToMemory(t *testing.T) {
	g := floppyReady(t, Config{Floppies: [2]Floppy{{Medium: numberedFloppy()}}})
	const to = 0x21234
	g.programDMA(0x04, to, 512)
	require.Zero(t, g.requests()&irq6)
	g.command(0xe6, 0, 0, 0, 2, 2, 18, 0x1b, 0xff) // READ DATA of sector 2
	g.until(1000, "IRQ 6", func() bool { return g.requests()&irq6 != 0 })

	assert.Equal(t, bytes.Repeat([]byte{2}, 512), g.read(to, 512))
	assert.Equal(t, []byte{0}, g.read(to-1, 1))
	assert.Equal(t, []byte{0}, g.read(to+512, 1))
	assert.NotZero(t, g.in(0x08)&0x04, "terminal count of channel 2")
	assert.Equal(t, []byte{0x00, 0x00, 0x00, 0, 0, 3, 2}, g.result())
	assert.Zero(t, g.requests()&irq6, "the line falls with the result")
}

func TestFloppySectorComesFromMemory(t *testing.T) {
	disk := numberedFloppy()
	g := floppyReady(t, Config{Floppies: [2]Floppy{{Medium: disk}}})
	const from = 0x30000
	g.write(from, bytes.Repeat([]byte{0xaa}, 513)...)
	g.programDMA(0x08, from, 512)
	g.command(0xc5, 0, 0, 0, 3, 2, 18, 0x1b, 0xff) // WRITE DATA of sector 3
	g.until(1000, "IRQ 6", func() bool { return g.requests()&irq6 != 0 })
	assert.Equal(t, bytes.Repeat([]byte{0xaa}, 512), disk.data[2*512:3*512])
	assert.Equal(t, byte(2), disk.data[2*512-1])
	assert.Equal(t, byte(4), disk.data[3*512])
}

func TestGuestSeesAnotherFloppy(t *testing.T) {
	const changed = 0x80
	g := floppyReady(t, Config{Floppies: [2]Floppy{{Medium: numberedFloppy()}}})
	seek := func(cylinder byte) {
		g.command(0x0f, 0, cylinder)
		g.seeks()
	}
	seek(1)
	assert.Zero(t, g.in(fdcDIR)&changed)

	require.NoError(t, g.InsertFloppy(0, &image{data: make([]byte, floppySize)}))
	assert.NotZero(t, g.in(fdcDIR)&changed)
	seek(0)
	assert.Zero(t, g.in(fdcDIR)&changed, "a step clears it")

	require.NoError(t, g.InsertFloppy(0, nil))
	seek(1)
	assert.NotZero(t, g.in(fdcDIR)&changed, "but not without a floppy")
}
