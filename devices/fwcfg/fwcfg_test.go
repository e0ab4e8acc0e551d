package fwcfg

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/devices/devicetest"
)

type ram []byte

func (r ram) ReadPhysical(addr uint32, p []byte) {
	if int(addr) < len(r) {
		copy(p, r[addr:])
	}
}

func (r ram) WritePhysical(addr uint32, p []byte) {
	if int(addr) < len(r) {
		copy(r[addr:], p)
	}
}

// A bench is a device with 64 KB of memory that tells of 16 MB.
type bench struct {
	*Device
	t   *testing.T
	ram ram
}

func newBench(t *testing.T) *bench {
	b := &bench{t: t, ram: make(ram, 64<<10)}
	b.Device = New(b.ram, 16<<20)
	return b
}

func (b *bench) run(script string) {
	b.t.Helper()
	devicetest.Run(b.t, b, &devicetest.Clock{}, script)
}

// item reads n bytes of an item as SeaBIOS does without DMA.
func (b *bench) item(key uint16, n int) []byte {
	b.Out(PortSelector, 2, uint32(key))
	p := make([]byte, n)
	for i := range p {
		p[i] = byte(b.In(PortData, 1))
	}
	return p
}

func TestItems(t *testing.T) {
	b := newBench(t)
	b.run(`
		in 510h = 51h  ; "QEMU", selected after a reset, at either port
		in 511h = 45h
		in 511h = 4dh
		in 510h = 55h
		in 511h = 0
		in 512h = 0ffh
		in 513h = 0ffh
		in 514h = 51h  ; "QEMU CFG"
		in 51bh = 47h
		in 51ch = 0ffh`)
	assert.Equal(t, []byte{3, 0, 0, 0, 0}, b.item(KeyID, 5))
	assert.Equal(t, []byte{0, 0, 0, 1, 0, 0, 0, 0}, b.item(KeyRAMSize, 8))
	assert.Equal(t, []byte{1, 0}, b.item(KeyCPUs, 2))
	assert.Equal(t, []byte{1, 0}, b.item(KeyMaxCPUs, 2))
	assert.Equal(t, []byte("QEMU"), b.item(KeySignature|keyWrite, 4))
	for _, key := range []uint16{0x3f, 0x40, 0x1234, 0x8000, 0xffff} {
		assert.Equal(t, []byte{0, 0}, b.item(key, 2), "%x", key)
	}
	b.item(KeyID, 1)
	b.Reset()
	assert.EqualValues(t, 0x4551, b.In(PortSelector, 2))
	b.Out(PortSelector, 1, KeyID) // a byte selects nothing
	assert.EqualValues(t, 0x4d, b.In(PortData, 1))
}

// files reads the directory.
func (b *bench) files() map[string]string {
	files := map[string]string{}
	n := int(binary.BigEndian.Uint32(b.item(KeyDirectory, 4)))
	dir := b.item(KeyDirectory, 4+64*n)[4:]
	for ; len(dir) > 0; dir = dir[64:] {
		name := strings.TrimRight(string(dir[8:64]), "\x00")
		files[name] = string(b.item(binary.BigEndian.Uint16(dir[4:]), int(binary.BigEndian.Uint32(dir))))
	}
	return files
}

func TestFiles(t *testing.T) {
	b := newBench(t)
	const e820 = "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x01\x00\x00\x00"
	assert.Equal(t, map[string]string{FileE820: e820}, b.files())
	require.NoError(t, b.SetFile(FileVGABIOS, []byte{0x55, 0xaa}))
	require.NoError(t, b.SetFile(FileBootOrder, BootOrder("/a", "/b")))
	require.NoError(t, b.SetFile(FileBootFailWait, []byte{0xff, 0xff, 0xff, 0xff}))
	assert.Equal(t, map[string]string{
		FileE820:         e820,
		FileVGABIOS:      "\x55\xaa",
		FileBootOrder:    "/a\n/b\x00",
		FileBootFailWait: "\xff\xff\xff\xff",
	}, b.files())
	assert.Equal(t, []string{FileBootOrder, FileBootFailWait, FileE820, FileVGABIOS}, b.Device.files)
}

func TestFilesThatDoNotFit(t *testing.T) {
	b := newBench(t)
	assert.ErrorContains(t, b.SetFile(strings.Repeat("x", 56), nil), "longer than 55 bytes")
	require.NoError(t, b.SetFile(strings.Repeat("x", 55), nil))
	for i := range 30 {
		require.NoError(t, b.SetFile(fmt.Sprintf("file%d", i), nil))
	}
	assert.ErrorContains(t, b.SetFile("last", nil), "no room")
}

// request describes a transfer at address 100h and starts it, and returns what
// control is in the end.
func (b *bench) request(control, length uint32, address uint64) uint32 {
	be := binary.BigEndian
	be.PutUint32(b.ram[0x100:], control)
	be.PutUint32(b.ram[0x104:], length)
	be.PutUint64(b.ram[0x108:], address)
	b.Out(PortDMA, 4, 0)
	b.Out(PortDMALow, 4, 0x00010000)
	return be.Uint32(b.ram[0x100:])
}

func TestDMA(t *testing.T) {
	b := newBench(t)
	for i := range b.ram {
		b.ram[i] = 0xcc
	}
	assert.Zero(t, b.request(dmaSelect|dmaRead|KeySignature<<16, 6, 0x200))
	assert.Equal(t, "QEMU\x00\x00\xcc", string(b.ram[0x200:0x207]))

	assert.Zero(t, b.request(dmaSelect|dmaSkip|KeySignature<<16, 1, 0))
	assert.Zero(t, b.request(dmaRead, 2, 0x300))
	assert.Equal(t, "EM\xcc", string(b.ram[0x300:0x303]))
	b.run("in 511h = 55h")
	assert.Zero(t, b.request(dmaSkip, 9, 0))
	b.run("in 511h = 0")

	assert.Zero(t, b.request(dmaSelect|dmaRead|0x77<<16, 0x20000, 0x400), "zeros of what there is not")
	assert.Equal(t, make([]byte, 0x20000)[:0xfc00], []byte(b.ram[0x400:]))

	assert.EqualValues(t, dmaError, b.request(dmaWrite, 1, 0x200))
	assert.EqualValues(t, dmaError, b.request(dmaRead, 1, 1<<32))
	assert.EqualValues(t, dmaError, b.request(dmaRead, 1, 1<<64-1))
	assert.Zero(t, b.request(dmaSelect|KeyID<<16, 0, 0))
	b.run("in 511h = 3")
}

func TestDMAFromAddressesThatThereAreNot(t *testing.T) {
	b := newBench(t)
	b.Out(PortDMA, 4, 0x01000000)
	assert.EqualValues(t, 1<<32, b.dma)
	b.Out(PortDMALow, 4, 0)
	assert.Zero(t, b.dma)
	b.Out(PortDMALow, 4, 0xffffffff)
	b.Out(PortDMA, 2, 1) // neither is half an address
	assert.Zero(t, b.dma)
	assert.Equal(t, make(ram, 64<<10), b.ram)
}
