package ata

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"toyvm/devices/devicetest"
)

// A fuzzed byte string is what a guest and its user do to a channel, in
// operations of four bytes.
const (
	fuzzOut      = iota // to port 1 of the command block or control, a byte
	fuzzIn              // from there
	fuzzReadData        // words, by blocks
	fuzzWriteData
	fuzzSmall // an address and count within the disk
	fuzzMedia
	fuzzPacket // the next 12 bytes are a packet
	fuzzWide
	fuzzOperations
)

// fuzzed does what a byte string says to c and returns what the guest saw.
func fuzzed(c *Channel, operations []byte) []byte {
	var seen bytes.Buffer
	for len(operations) >= 4 {
		op, a, b, n := operations[0]%fuzzOperations, operations[1], operations[2], int(operations[3])
		operations = operations[4:]
		port := Primary.Command + uint16(a%8)
		if a >= 0xe0 {
			port = Primary.Control
		}
		switch op {
		case fuzzOut:
			c.Out(port, 1, uint32(b))
		case fuzzIn:
			seen.WriteByte(byte(c.In(port, 1)))
		case fuzzReadData:
			data := make([]byte, n*8+int(b%4))
			c.InBlock(Primary.Command, 1<<(a%3), data)
			seen.Write(data)
		case fuzzWriteData:
			c.OutBlock(Primary.Command, 1<<(a%3), bytes.Repeat([]byte{b}, n*8))
		case fuzzSmall:
			for i, v := range []byte{b % 5, a, 0, 0, 0xe0 | b&0x10} {
				c.Out(Primary.Command+2+uint16(i), 1, uint32(v))
			}
		case fuzzMedia:
			if a&1 != 0 {
				_ = c.Eject(1, a&2 != 0)
			} else {
				_ = c.Insert(1, patterned(n))
			}
			if a&0x80 != 0 {
				c.Reset()
			}
		case fuzzPacket:
			var p [packetSize]byte
			operations = operations[copy(p[:], operations):]
			c.Out(Primary.Command+6, 1, 0xb0)
			c.Out(Primary.Command+4, 2, uint32(b)|uint32(n)<<8)
			c.Out(Primary.Command+7, 1, cmdPacket)
			c.OutBlock(Primary.Command, 2, p[:])
		case fuzzWide:
			seen.WriteByte(byte(c.In(port, 4) >> 8))
			c.Out(port, 4, uint32(b)*0x01010101)
		}
	}
	return seen.Bytes()
}

// fuzzBoard is a channel with a small disk and a CD-ROM.
func fuzzBoard() (*Channel, *devicetest.Line) {
	irq := &devicetest.Line{}
	c := New(Primary, irq)
	if err := c.AttachDisk(0, patterned(40), Geometry{}); err != nil {
		panic(err)
	}
	c.AttachCDROM(1, patterned(601))
	return c, irq
}

// FuzzPorts does anything to the ports. Nothing may panic; the state must load
// and be saved as itself; and it must go on in another channel as it does in
// this one.
func FuzzPorts(f *testing.F) {
	f.Add([]byte{fuzzSmall, 2, 3, 0, fuzzOut, 7, 0x20, 0, fuzzReadData, 1, 0, 100}, []byte{fuzzReadData, 1, 0, 100})
	f.Add([]byte{fuzzSmall, 2, 3, 0, fuzzOut, 7, 0xc5, 0, fuzzWriteData, 2, 9, 20}, []byte{fuzzWriteData, 1, 0, 200})
	f.Add([]byte{fuzzOut, 7, 0xec, 0, fuzzReadData, 1, 0, 10, fuzzOut, 0xff, 4, 0, fuzzOut, 0xff, 0, 0}, []byte{fuzzIn, 7, 0, 0})
	f.Add([]byte{fuzzPacket, 0, 0, 8, 0x28, 0, 0, 0, 0, 1, 0, 0, 130, 0, 0, 0, fuzzReadData, 1, 0, 255}, []byte{fuzzReadData, 1, 0, 255})
	f.Add([]byte{fuzzPacket, 0, 9, 1, 0xbe, 0, 0, 0, 0, 1, 0, 0, 60, 0xf8, 0, 0, fuzzMedia, 3, 0, 0}, []byte{fuzzReadData, 1, 0, 255})
	f.Add([]byte{fuzzMedia, 3, 0, 0, fuzzMedia, 0, 0, 9, fuzzPacket, 0, 9, 1, 0x1e, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0}, []byte{fuzzMedia, 1, 0, 0})
	f.Add([]byte{fuzzPacket, 0, 9, 1, 0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8, 0, 0, 0}, []byte{fuzzWide, 0, 0, 0})
	f.Fuzz(func(t *testing.T, before, after []byte) {
		still, irq := fuzzBoard()
		fuzzed(still, before)
		body := save(t, still)

		moved, movedIRQ := fuzzBoard()
		*movedIRQ = *irq
		for i := range still.drives {
			d := &still.drives[i]
			if m, ok := d.media.(*memory); ok && m != nil {
				copied := *m
				copied.data = bytes.Clone(m.data)
				moved.drives[i].media, moved.drives[i].sectors = &copied, d.sectors
			} else {
				moved.drives[i].media, moved.drives[i].sectors = nil, 0
			}
		}
		require.NoError(t, moved.Section(0).Unmarshal(body, 3))
		require.True(t, bytes.Equal(body, save(t, moved)), "the state is saved as itself")

		require.Equal(t, fuzzed(still, after), fuzzed(moved, after))
		require.True(t, bytes.Equal(save(t, still), save(t, moved)), "the state afterwards")
		require.Equal(t, irq.Level, movedIRQ.Level)
	})
}
